import pytest
from sqlalchemy import create_engine, text

from laat_core import load_dataset
from laat_core.store.archive import export_project
from laat_core.store.database import Database
from laat_core.store.projects import Projects
from tests import command_line


@pytest.fixture
def url(monkeypatch, tmp_path):
    address = f"sqlite:///{tmp_path}/projects.db"
    monkeypatch.setenv("LAAT_DATABASE_URL", address)
    return address


@pytest.fixture
def project(url):
    with Database(url) as database:
        project = Projects(database, "ann").create("Heart", load_dataset("heart"))
        project.edit({"age": (0, 1)}, why="older")
        project.undo()
        yield project


def run(capsys, project):
    return command_line.run(capsys, "verify", project)


def spoil(url, *statements):
    """Change a database as somebody can who has its file."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for trigger in ("changed", "deleted"):
            connection.execute(text(f"DROP TRIGGER events_are_not_{trigger}"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_a_project_of_the_database(capsys, project):
    said = f"3 events, all links hold. The last one's hash is {project.history.last.hash}.\n"
    assert run(capsys, project.id) == (0, said, "")


def test_an_exported_project(capsys, tmp_path, project):
    path = tmp_path / "Heart.ZIP"
    path.write_bytes(export_project(project))
    said = f"3 events, all links hold. The last one's hash is {project.history.last.hash}.\n"
    assert run(capsys, path) == (0, said, "")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE events SET who = 'bob' WHERE number = 2", "Event 2 is not what was recorded"),
        (
            "UPDATE events SET content = replace(content, 'older', 'wiser')",
            "Event 2 is not what was recorded",
        ),
        (
            "UPDATE events SET content = content || ' ' WHERE number = 1",
            "Event 1 is not what was recorded",
        ),
        ("UPDATE events SET content = '{' WHERE number = 3", "Event 3 is not what was recorded"),
        ("DELETE FROM events WHERE number = 2", "Event 2 is missing"),
        ("UPDATE events SET previous = '' WHERE number = 3", "Event 3 does not follow"),
        ("UPDATE tables SET content = x'00'", "The table that event 1 names is not the recorded"),
    ],
)
def test_the_first_broken_link_is_named(capsys, url, project, statement, said):
    spoil(url, statement)
    status, out, err = run(capsys, project.id)
    assert (status, out) == (1, "")
    assert err.startswith(f"laat_core verify: {said}")
    assert err.count("\n") == 1


def test_a_spoilt_file_is_named(capsys, tmp_path, project):
    path = tmp_path / "heart.zip"
    path.write_bytes(export_project(project)[:-30])
    status, _, err = run(capsys, path)
    assert status == 2
    assert "damaged" in err


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("project", ["nobody", "nowhere.zip", "", "\udc80"])
def test_what_is_not_there_is_said(capsys, project):
    status, out, err = run(capsys, project)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
