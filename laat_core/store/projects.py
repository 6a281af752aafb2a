"""The projects of one owner in a database."""

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from laat_core.data.task import Task
from laat_core.errors import StoreError
from laat_core.store import entries
from laat_core.store.checks import check_line
from laat_core.store.database import Database, EventRow, ProjectRow, TableRow
from laat_core.store.documents import table_bytes
from laat_core.store.events import Event, event_after, now, sha256
from laat_core.store.history import STATES
from laat_core.store.project import Draft, Project
from laat_core.store.rows import ID, keep_table, no_project, read_events, read_tables, row_of

__all__ = ["Listed", "Project", "Projects", "read_events", "read_tables"]

MOST_TRIES = 5


class Listed(NamedTuple):
    """A project in a list."""

    id: str
    title: str
    created: str
    changed: str
    n_states: int


class Projects:
    """The projects of one owner.

    Parameters
    ----------
    database : Database
    owner : str
        Who may open them; empty where there is one person only.
    who : str, optional
        Who is named by what is recorded; default: the owner.
    """

    def __init__(self, database: Database, owner: str = "", who: str | None = None) -> None:
        self.database = database
        self.owner = entries.line(owner)
        self.who = entries.line(self.owner if who is None else who)

    def create(self, title: str, task: Task) -> Project:
        """Start a project with a task; its scores are 0."""
        project = self.draft(title, task)
        project.keep()
        return project

    def draft(self, title: str, task: Task) -> Project:
        """Start a project of which nothing is kept before :meth:`Project.keep` is called.

        Somebody who only looks at a table leaves nothing behind.
        """
        content = table_bytes(task.table)
        entry = entries.opened(title, task, sha256(content))
        event = event_after(None, self.who, *entry)
        project = Project(self.database, "", self.who, Draft(task, content, self.add))
        project.history.fold(event)
        return project

    def add(self, events: list[Event], tables: Mapping[str, bytes], title: str) -> str:
        """Keep a whole history under a new id, which is returned; nothing is checked here."""
        project_id, named = uuid4().hex, events[0].content["table"]
        for attempt in range(MOST_TRIES):
            try:
                with self.database.writing() as connection:
                    for key, content in tables.items():
                        keep_table(connection, key, content)
                    moment = now()
                    connection.execute(
                        insert(ProjectRow).values(
                            id=project_id,
                            owner=self.owner,
                            title=entries.line(title),
                            table_hash=named,
                            created=moment,
                            changed=moment,
                        )
                    )
                    connection.execute(insert(EventRow), [row_of(project_id, e) for e in events])
                break
            except IntegrityError as error:
                # Another project that had the same table may have been deleted in this moment.
                if attempt == MOST_TRIES - 1:
                    raise StoreError("The project could not be kept. Try again.") from error
        return project_id

    def open(self, project_id: str) -> Project:
        """Open a project; a StoreError where there is none of this owner's with that id."""
        with self.database.reading() as connection:
            self._check(connection, project_id)
        return Project(self.database, project_id, self.who)

    def listed(self) -> list[Listed]:
        """All projects, the last changed first."""
        states = (
            select(func.count())
            .where(EventRow.project_id == ProjectRow.id, EventRow.kind.in_(STATES))
            .scalar_subquery()
        )
        query = (
            select(ProjectRow.id, ProjectRow.title, ProjectRow.created, ProjectRow.changed, states)
            .where(ProjectRow.owner == self.owner)
            .order_by(ProjectRow.changed.desc(), ProjectRow.id)
        )
        with self.database.reading() as connection:
            return [Listed(*row) for row in connection.execute(query)]

    def rename(self, project_id: str, title: str) -> None:
        """Give a project another title."""
        title = entries.line(title)
        check_line(title, "title")
        with self.database.writing() as connection:
            self._check(connection, project_id)
            connection.execute(
                update(ProjectRow).where(ProjectRow.id == project_id).values(title=title)
            )

    def delete(self, project_id: str) -> None:
        """Delete a project with its history, and its table unless another project has it."""
        with self.database.writing() as connection:
            named = self._check(connection, project_id)
            connection.execute(delete(ProjectRow).where(ProjectRow.id == project_id))
        # Somebody may open the same table in this moment.
        with suppress(IntegrityError), self.database.writing() as connection:
            used = select(ProjectRow.id).where(ProjectRow.table_hash == named)
            connection.execute(delete(TableRow).where(TableRow.hash == named, ~used.exists()))

    def _check(self, connection: Connection, project_id: str) -> str:
        if not ID.fullmatch(project_id):
            raise no_project()
        found = connection.execute(
            select(ProjectRow.table_hash).where(
                ProjectRow.id == project_id, ProjectRow.owner == self.owner
            )
        ).scalar()
        if found is None:
            raise no_project()
        return found
