import pytest

from laat_core import load_dataset
from laat_core.store.database import Database
from laat_core.store.projects import Projects
from tests.instrument import aucs, edit, rows, send, settled, shown


@pytest.fixture
def visit(new_app):
    """Come to the app by an address."""

    def visit(**query):
        app = new_app()
        app.query_params.update(query)
        app.run()
        assert not app.exception
        return app

    return visit


def project_of(app):
    return app.session_state["laat"].project


def told(app):
    return " ".join(toast.value for toast in app.toast).replace("\\", "")


def test_who_only_looks_has_a_plain_address_and_leaves_nothing(app, projects):
    app.run()
    settled(app)
    app.run()
    assert app.query_params == {}
    assert projects.listed() == []


def test_who_only_looks_at_every_page_leaves_nothing(app, projects):
    app.run()
    for page in ("data", "proposals", "history", "workbench"):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
    assert projects.listed() == []


def test_the_address_names_the_table_before_there_is_a_project(visit):
    assert visit(table="wine").query_params == {"table": "wine"}


def test_from_the_first_edit_on_the_address_leads_back(app, visit):
    app.run()
    settled(app)
    data = edit(app, {"age": -9})
    assert app.query_params == {"project": project_of(app).id}
    again = visit(**app.query_params)
    assert settled(again)["columns"] == data["columns"]
    assert aucs(shown(again)) == aucs(data)
    assert again.query_params == app.query_params


def test_the_first_edit_keeps_the_first_result_too(app, projects):
    app.run()
    settled(app)
    edit(app, {"age": -9})
    states = projects.open(project_of(app).id).history.states
    assert [one.result is not None for one in states[-2:]] == [True, True]


def test_settings_notes_and_locks_come_back(app, visit):
    app.run()
    edit(app, {"age": -9})
    send(
        app,
        {"kind": "note", "feature": "age", "text": "I know"},
        {"kind": "lock", "features": ["sex = male"], "locked": True},
        {"kind": "gamma", "position": 3, "moving": False},
    )
    data = settled(visit(**app.query_params))
    by_name = {row["name"]: row for row in rows(data)}
    assert by_name["age"]["why"] == "I know"
    assert by_name["sex = male"]["locked"]
    assert data["gamma"]["position"] == 3
    assert data["undo"] != ""


@pytest.mark.parametrize("number", ["nowhere", "", "'; drop table projects; --", "\0", "x" * 9999])
def test_an_address_of_no_project_is_one_sentence_and_the_first_table(number, visit):
    app = visit(project=number)
    assert told(app).count("no such project") == (1 if number else 0)
    assert app.session_state["laat"].task.name == "heart"
    assert app.query_params == {}
    app.run()
    assert told(app) == ""


def test_somebody_elses_project_is_as_if_there_were_none(own_database, visit):
    with Database(own_database) as database:
        number = Projects(database, "somebody else").create("t", load_dataset("wine")).id
    app = visit(project=number)
    assert "There is no such project, or it is somebody else's" in told(app)
    assert app.session_state["laat"].task.name == "heart"


def test_a_database_that_cannot_be_used_is_one_sentence(app, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no database")
    monkeypatch.setenv("LAAT_DATABASE_URL", f"sqlite:///{tmp_path / 'file'}")
    app.run()
    assert not app.exception
    assert "cannot be used" in app.error[0].value
    assert len(app.error) == 1
    assert not app.get("bidi_component")


def test_what_another_window_has_done_is_there_on_every_page(app, visit):
    app.run()
    edit(app, {"age": -9})
    other = visit(**app.query_params)
    edit(other, {"age": 3})
    other.number_input(key=f"shots_{other.session_state['laat'].given}").set_value(7).run()
    app.switch_page("pages/data.py").run()
    state = app.session_state["laat"]
    assert state.scores.score("age") == 3
    assert state.settings.shots == 7


def test_settings_of_another_window_are_not_set_back_by_this_ones_fields(app, visit):
    app.run()
    edit(app, {"age": -9})
    other = visit(**app.query_params)
    other.number_input(key=f"shots_{other.session_state['laat'].given}").set_value(7).run()
    send(app, {"kind": "look"})
    app.run()
    assert app.session_state["laat"].settings.shots == 7
    other.run()
    assert other.session_state["laat"].settings.shots == 7


@pytest.mark.parametrize("page", ["workbench", "data", "proposals", "history"])
def test_a_project_that_another_window_has_deleted_breaks_no_page(app, projects, page):
    app.run()
    edit(app, {"age": -9})
    projects.delete(project_of(app).id)
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert "no such project" in told(app)


def test_an_edit_of_a_project_that_is_deleted_says_so(app, projects):
    app.run()
    edit(app, {"age": -9})
    projects.delete(project_of(app).id)
    data = edit(app, {"age": 3})
    assert "no such project" in data["notice"]
    assert next(row for row in rows(data) if row["name"] == "age")["score"] == -9
