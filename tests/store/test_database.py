import sqlite3
import sys
import threading

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from laat_core import load_dataset
from laat_core.errors import StoreError
from laat_core.store.database import Base, Database, default_url
from laat_core.store.projects import Projects
from tests.store import child


@pytest.fixture
def project(database):
    project = Projects(database).create("Heart", load_dataset("heart"))
    project.edit({"age": (0, 1)})
    return project


def test_the_migrations_make_what_the_classes_say(database):
    with database.reading() as connection:
        found = inspect(connection)
        for table in Base.metadata.sorted_tables:
            columns = {
                column["name"]: column["nullable"] for column in found.get_columns(table.name)
            }
            assert columns == {column.name: column.nullable for column in table.columns}
            keys = found.get_pk_constraint(table.name)["constrained_columns"]
            assert keys == [column.name for column in table.primary_key]


def test_opening_again_changes_nothing(url, project):
    with Database(url) as again:
        assert Projects(again).open(project.id).history.value("age") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET who = 'nobody'",
        "UPDATE events SET project_id = 'other' WHERE number = 2",
        "DELETE FROM events",
        "DELETE FROM events WHERE number = 2",
        "INSERT OR REPLACE INTO events SELECT * FROM events",
        "TRUNCATE events",
        "TRUNCATE events, projects",
    ],
)
def test_the_database_refuses_to_change_what_happened(database, project, statement):
    only_here = {"TRUNCATE": "postgresql", "INSERT": "sqlite"}.get(statement.split()[0])
    with database.reading() as connection:
        if only_here not in (None, connection.dialect.name):
            pytest.skip("no statement of this database")

    def run():
        with database.writing() as connection:
            connection.execute(text(statement))

    with pytest.raises((StoreError, IntegrityError), match="append-only"):
        run()
    again = Projects(database).open(project.id)
    assert again.history.events == project.history.events


@pytest.mark.usefixtures("project")
def test_only_a_whole_project_takes_its_events_along(database):
    with database.writing() as connection:
        connection.execute(text("DELETE FROM projects"))
        assert connection.execute(text("SELECT count(*) FROM events")).scalar() == 0


@pytest.mark.slow
def test_several_that_open_a_new_database_at_once_all_succeed(url):
    code = "from laat_core.store.database import Database; Database(arguments[0]).close()"
    started = [child.start(code, url) for _ in range(3)]
    errors = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], errors


def test_several_threads_that_open_a_new_database_at_once_all_succeed(url):
    errors = []

    def run():
        try:
            Database(url).close()
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_a_newer_database_is_left_alone(url, database):
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        Database(url)


def test_writing_is_all_or_nothing(database, project):
    def fail():
        with database.writing() as connection:
            connection.execute(text("UPDATE projects SET title = 'other'"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert Projects(database).open(project.id).title == "Heart"


# Addresses


def test_a_file_in_the_users_folder_is_the_default(monkeypatch, tmp_path):
    monkeypatch.delenv("LAAT_DATABASE_URL", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "my data"))
    if sys.platform.startswith("linux"):
        assert default_url() == f"sqlite:///{tmp_path}/my data/laat-workbench/projects.db"
    assert default_url().endswith("projects.db")
    monkeypatch.setenv("LAAT_DATABASE_URL", "postgresql://somewhere/else")
    assert default_url() == "postgresql://somewhere/else"


def test_the_folder_is_made_for_its_owner_only(tmp_path):
    Database(f"sqlite:///{tmp_path}/new/projects.db").close()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://me:secret@host/db",
        "x://:secret@",
    ],
)
def test_an_address_of_another_kind_is_refused(address):
    with pytest.raises(StoreError) as caught:
        Database(address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_that_does_not_answer_is_named_without_its_password(scheme):
    with pytest.raises(StoreError) as caught:
        Database(f"{scheme}://me:secret@127.0.0.1:9/projects")
    said = str(caught.value)
    assert "'projects' at 127.0.0.1 cannot be used" in said
    assert "secret" not in said
    assert "\n" not in said


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("My notes. " * 200, encoding="utf-8")
    with pytest.raises(StoreError, match="not a database"):
        Database(f"sqlite:///{path}")
    assert path.read_text(encoding="utf-8").startswith("My notes.")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be used"):
        Database(f"sqlite:///{tmp_path}/file/projects.db")


def test_a_database_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE projects (id)")
    connection.close()
    with pytest.raises(StoreError, match="already exists"):
        Database(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert tables == {"projects"}
