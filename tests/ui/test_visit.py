import pytest

from laat_core import DataError, load_dataset
from laat_core.store.archive import export_project
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


def press(app, label):
    next(button for button in app.button if label in button.label.replace("\\", "")).click().run()
    assert not app.exception


def told(app):
    return " ".join(toast.value for toast in app.toast).replace("\\", "")


# The plain address


def test_without_a_project_the_plain_address_shows_the_start_page_only(visit, projects):
    app = visit()
    assert [one.value for one in app.title] == ["LAAT Workbench"]
    assert not app.get("bidi_component")
    assert app.query_params == {}
    assert projects.listed() == []


@pytest.mark.parametrize("page", ["workbench", "evidence", "bias", "data", "proposals", "history"])
def test_before_anything_is_open_every_page_is_the_start_page(visit, page):
    app = visit().switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert [one.value for one in app.title] == ["LAAT Workbench"]


def test_one_click_leads_to_the_heart_demo(visit, projects):
    app = visit()
    press(app, "Open the heart demo")
    assert shown(app)["columns"]
    app.run()
    assert project_of(app).task.name == "heart"
    assert app.query_params == {"table": "heart"}
    assert projects.listed() == []


@pytest.mark.slow
def test_the_plain_address_opens_the_project_that_was_changed_last(app, visit, projects):
    app.run()
    edit(app, {"age": -9})
    wine = visit(table="wine")
    edit(wine, {"alcohol": 1})
    edit(app, {"age": 9})
    again = visit()
    assert project_of(again).id == project_of(app).id
    assert again.query_params == {"project": project_of(app).id}
    assert shown(again)["columns"]
    assert len(projects.listed()) == 2


def test_a_project_that_cannot_be_opened_is_said_and_the_one_before_it_opens(
    visit, projects, monkeypatch
):
    good, bad = (projects.create(name, load_dataset(name)) for name in ("heart", "wine"))
    real = Projects.open

    def opened(self, number):
        if number == bad.id:
            raise DataError("The column 'a' has the role 'new'.")
        return real(self, number)

    monkeypatch.setattr(Projects, "open", opened)
    app = visit()
    assert "has the role 'new'" in told(app)
    assert project_of(app).id == good.id


@pytest.mark.slow
def test_a_demo_hides_no_project_and_the_start_page_leads_back_with_one_click(visit, projects):
    mine = projects.create("My patients", load_dataset("diabetes"))
    app = visit(table="heart")
    assert app.query_params == {"table": "heart"}
    app.switch_page("pages/start.py").run()
    press(app, "My patients")
    assert project_of(app).id == mine.id
    assert shown(app)["columns"]
    assert app.query_params == {"project": mine.id}
    app.switch_page("pages/start.py").run()
    press(app, "Open the heart demo")
    assert app.query_params == {"table": "heart"}
    assert [one.id for one in projects.listed()] == [mine.id]


@pytest.mark.slow
def test_the_project_that_is_open_goes_on_as_it_is_from_the_start_page(app, projects):
    app.run()
    edit(app, {"age": -9})
    app.switch_page("pages/start.py").run()
    press(app, "(open)")
    assert shown(app)["undo"]
    assert len(projects.listed()) == 1


def test_a_table_of_ones_own_from_the_start_page_leads_to_its_columns(visit, projects):
    app = visit()
    content = b"age,ill\n" + b"".join(
        b"%d,%s\n" % (n % 37, [b"no", b"yes"][n % 2]) for n in range(40)
    )
    app.file_uploader(key="upload").set_value([("own.csv", content, "text/csv")]).run()
    next(one for one in app.selectbox if one.label.startswith("Target")).set_value("ill").run()
    press(app, "Use this table")
    assert "is open" in told(app)
    assert any(one.value == "Columns" for one in app.subheader)
    assert [one.title for one in projects.listed()] == ["own.csv"]


@pytest.mark.slow
def test_another_demo_and_a_project_file_open_from_the_start_page_too(visit, projects):
    app = visit()
    app.selectbox(key="bundled").set_value("wine").run()
    press(app, "Open this table")
    assert project_of(app).task.name == "wine"
    assert shown(app)["columns"]
    content = export_project(projects.create("Mine", load_dataset("diabetes")))
    fresh = visit(table="heart").switch_page("pages/start.py").run()
    uploader = next(one for one in fresh.file_uploader if one.label.startswith("Import"))
    uploader.set_value(("mine.zip", content, "application/zip")).run()
    assert project_of(fresh).task.name == "diabetes"
    assert shown(fresh)["columns"]


# Addresses


def test_who_only_looks_leaves_nothing(app, projects):
    app.run()
    settled(app)
    app.run()
    assert app.query_params == {"table": "heart"}
    assert projects.listed() == []


@pytest.mark.slow
def test_who_only_looks_at_every_page_leaves_nothing(app, projects):
    app.run()
    for page in ("data", "proposals", "history", "workbench"):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
    assert projects.listed() == []


def test_the_address_names_the_table_before_there_is_a_project(visit):
    assert visit(table="wine").query_params == {"table": "wine"}


@pytest.mark.slow
def test_from_the_first_edit_on_the_address_leads_back(app, visit):
    app.run()
    settled(app)
    data = edit(app, {"age": -9})
    assert app.query_params == {"project": project_of(app).id}
    again = visit(**app.query_params)
    assert settled(again)["columns"] == data["columns"]
    assert aucs(shown(again)) == aucs(data)
    assert again.query_params == app.query_params


@pytest.mark.slow
def test_the_first_edit_keeps_the_first_result_too(app, projects):
    app.run()
    settled(app)
    edit(app, {"age": -9})
    states = projects.open(project_of(app).id).history.states
    assert [one.result is not None for one in states[-2:]] == [True, True]


@pytest.mark.slow
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
def test_an_address_of_no_project_is_one_sentence_and_the_start_page(number, visit):
    app = visit(project=number)
    assert told(app).count("no such project") == (1 if number else 0)
    assert [one.value for one in app.title] == ["LAAT Workbench"]
    assert app.query_params == {}
    app.run()
    assert told(app) == ""


def test_somebody_elses_project_is_as_if_there_were_none(own_database, visit):
    with Database(own_database) as database:
        number = Projects(database, "somebody else").create("t", load_dataset("wine")).id
    app = visit(project=number)
    assert "There is no such project, or it is somebody else's" in told(app)
    assert [one.value for one in app.title] == ["LAAT Workbench"]
    assert not any("wine" in button.label for button in app.button)


def test_a_database_that_cannot_be_used_is_one_sentence(app, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no database")
    monkeypatch.setenv("LAAT_DATABASE_URL", f"sqlite:///{tmp_path / 'file'}")
    app.run()
    assert not app.exception
    assert "cannot be used" in app.error[0].value
    assert len(app.error) == 1
    assert not app.get("bidi_component")


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
