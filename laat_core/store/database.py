"""The database of projects: SQLite in the user's folder, or PostgreSQL by its address."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from platformdirs import user_data_path
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from laat_core.errors import StoreError

__all__ = ["Database", "EventRow", "ProjectRow", "TableRow", "default_url"]

SECONDS_TO_WAIT = 10  # for another process that writes, or a server that does not answer
UPGRADE_LOCK = 0x1AA7  # any number, so long as it is the same in every process
MIGRATIONS = Path(__file__).with_name("migrations")
DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}


class Base(DeclarativeBase):
    """Base of what the tables hold."""


class TableRow(Base):
    """A table of data, by the hash of its content."""

    __tablename__ = "tables"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ProjectRow(Base):
    """A project; what it amounts to is in its events."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(Text, index=True)
    title: Mapped[str] = mapped_column(Text)
    table_hash: Mapped[str] = mapped_column(String(64), ForeignKey("tables.hash"))
    created: Mapped[str] = mapped_column(String(32))
    changed: Mapped[str] = mapped_column(String(32))


class EventRow(Base):
    """An event, its content as the very text that was hashed."""

    __tablename__ = "events"

    project_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time: Mapped[str] = mapped_column(String(32))
    who: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(32))
    content: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


def default_url() -> str:
    """What ``LAAT_DATABASE_URL`` says, else a file in the user's data folder."""
    named = os.environ.get("LAAT_DATABASE_URL")
    if named:
        return named
    path = user_data_path("laat-workbench") / "projects.db"
    return URL.create("sqlite", database=str(path)).render_as_string()


class Database:
    """Connections to the database, which is made or brought up to date first.

    Safe to share among threads.

    Parameters
    ----------
    url : str, optional
        Default: see :func:`default_url`.

    Raises
    ------
    StoreError
        If it cannot be reached, is of another kind, or newer than this program.
    """

    def __init__(self, url: str | None = None) -> None:
        self._url = _checked(default_url() if url is None else url)
        self._engine = self._connect()
        try:
            with self._translated():
                self._upgrade()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to look something up."""
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are all kept at the end, or none.

        Raises
        ------
        IntegrityError
            If somebody else was first.
        StoreError
            If the database does not answer, or refuses.
        """
        with self._translated(), self._engine.begin() as connection:
            yield connection

    def _connect(self) -> Engine:
        try:
            if self._url.get_backend_name() == "sqlite":
                return self._connect_file()
            # A server may have been started anew since a connection was last used.
            return create_engine(
                self._url, pool_pre_ping=True, connect_args={"connect_timeout": SECONDS_TO_WAIT}
            )
        except (OSError, SQLAlchemyError) as error:
            raise self._unusable(error) from error

    def _connect_file(self) -> Engine:
        path = Path(self._url.database or "")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = create_engine(self._url, connect_args={"timeout": SECONDS_TO_WAIT})

        @event.listens_for(engine, "connect")
        def prepare(connection, record) -> None:  # type: ignore[no-untyped-def] # noqa: ARG001
            # FULL: what is acknowledged outlasts a power cut. It costs below a millisecond here.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")

        return engine

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn the errors of a database into ours; a clash is left to who can try again."""
        try:
            yield
        except IntegrityError:
            raise
        except (OSError, SQLAlchemyError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> StoreError:
        cause = getattr(error, "orig", None) or error
        reason = (str(cause).strip().splitlines() or [type(cause).__name__])[0].rstrip(". ")
        if self._url.password:
            reason = reason.replace(str(self._url.password), "***")
        return StoreError(f"The database {_shown(self._url)} cannot be used: {reason}.")

    def _upgrade(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        newest = ScriptDirectory.from_config(config).get_current_head()
        with self._engine.connect() as connection:
            if _revision(connection) == newest:
                return
        if self._engine.dialect.name == "sqlite":
            self._keep_a_log()
        with self._engine.begin() as connection:
            # One process at a time: the others wait here, and then find nothing to do.
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
            known = {
                script.revision for script in ScriptDirectory.from_config(config).walk_revisions()
            }
            revision = _revision(connection)
            if revision is not None and revision not in known:
                raise StoreError(
                    f"The database {_shown(self._url)} was made by a newer version of this "
                    "program. Update the program."
                )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def _keep_a_log(self) -> None:
        """Let readers and a writer of a file not wait for each other; the file remembers it."""
        give_up = time.monotonic() + SECONDS_TO_WAIT
        while True:
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
                return
            except OperationalError as error:
                # Of two processes that start at once one is told so without any waiting.
                if "locked" not in str(error) or time.monotonic() > give_up:
                    raise
                time.sleep(0.05)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _checked(text: str) -> URL:
    """Address of a database of a kind that is known."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise StoreError(
            "The address of the database is none. Write postgresql://user:password@host/name, or "
            "sqlite:///path."
        ) from None
    driver = DRIVERS.get(url.get_backend_name())
    if driver is None or (driver == "sqlite" and url.database in (None, "", ":memory:")):
        raise StoreError(
            "Projects are kept in SQLite (sqlite:///path) or PostgreSQL "
            f"(postgresql://user:password@host/name), not in {url.get_backend_name()!r}."
        )
    return url.set(drivername=driver)


def _shown(url: URL) -> str:
    """Address for a message: nothing that lets anybody in."""
    if url.get_backend_name() == "sqlite":
        return repr(url.database)
    return f"{url.database!r} at {url.host or 'this machine'}"
