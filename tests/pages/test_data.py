"""The data page: choosing a table and saying what it is."""

import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from laat_core import HoldOut, Role, make_task
from laat_core.data.role_needs import with_role
from laat_core.store.archive import export_project, import_project
from tests.instrument import edit, rows, settled
from ui.columns.editor import take_edits
from ui.state import AppState

CASES = Path(__file__).parent.parent / "data" / "cases"


@pytest.fixture
def data_page(app: AppTest) -> AppTest:
    return app.run().switch_page("pages/data.py").run()


def csv(table: pd.DataFrame) -> bytes:
    stream = io.StringIO()
    table.to_csv(stream, index=False)
    return stream.getvalue().encode()


def own_table(rows: int = 60) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "age": np.where(np.arange(rows) % 7 == 0, np.nan, generator.normal(50, 9, rows)),
            "smoker": generator.choice(["yes", "no", None], rows),
            "same": 1,
            "ill": [None] * 3 + list(generator.choice(["yes", "no"], rows - 3)),
        }
    )


def upload(page: AppTest, content: bytes, name: str = "own.csv") -> AppTest:
    return page.file_uploader(key="upload").set_value([(name, content, "text/csv")]).run()


def choose_target(page: AppTest, target: str) -> AppTest:
    return labelled(page.selectbox, "Target").set_value(target).run()


def labelled(elements, start: str):
    return next(element for element in elements if element.label.startswith(start))


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def told(page: AppTest) -> str:
    shown = [*page.markdown, *page.caption, *page.error, *page.subheader]
    return " ".join(element.value for element in shown).replace("\\", "")


def test_says_what_the_open_table_is(data_page):
    assert not data_page.exception
    assert "303 rows" in told(data_page)
    assert "CC BY 4.0" in told(data_page)


def test_opens_another_demo_table_with_its_proposal(data_page):
    data_page.selectbox(key="bundled").set_value("diabetes").run()
    press(data_page, "Open this table")
    assert not data_page.exception
    state = data_page.session_state["laat"]
    assert state.task.name == "diabetes"
    assert state.scores.score("glucose") == state.proposal.scores.score("glucose")


def test_own_table_is_used_once_target_and_class_are_chosen(data_page):
    upload(data_page, csv(own_table()))
    choose_target(data_page, "ill")
    press(data_page, "Use this table")
    assert not data_page.exception
    state = data_page.session_state["laat"]
    assert state.feature_names == ["age", "smoker = yes"]
    assert set(state.scores.as_dict().values()) == {0.0}
    assert "3 more have no value in" in told(data_page)
    roles = {column.name: column.role for column in state.task.columns}
    assert roles["id"] is Role.IGNORE
    assert roles["same"] is Role.IGNORE


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"", "empty.csv", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "picture.csv", "picture.csv"),
        (b"\xd0\xcf\x11\xe0", "sheet.xlsx", "protected by a password"),
    ],
)
def test_a_file_that_is_no_table_says_so(data_page, content, name, expected):
    upload(data_page, content, name)
    assert not data_page.exception
    assert expected in told(data_page)


@pytest.mark.parametrize(("target", "expected"), [("same", "one class only"), ("id", "60 classes")])
def test_a_column_that_cannot_be_the_target_says_why(data_page, target, expected):
    upload(data_page, csv(own_table()))
    choose_target(data_page, target)
    assert not data_page.exception
    assert expected in told(data_page)


def test_what_was_changed_is_told_before_and_after_the_table_is_used(data_page):
    content = b"Station 7\nweight;bmi;ill\n" + b"72 kg;27,7;no\n81 kg;22,1;yes\n" * 5
    upload(data_page, content)
    before = told(data_page)
    assert "Left out above the header: 'Station 7'." in before
    assert "'weight': '72 kg' is read as 72, in kg." in before
    choose_target(data_page, "ill")
    press(data_page, "Use this table")
    task = data_page.session_state["laat"].task
    assert task.column("weight").unit == "kg"
    assert len(task.notes) == 2
    assert "Decimal commas, such as '27,7' for 27.7" in told(data_page)


def test_a_workbook_offers_its_sheets(data_page):
    content = (CASES / "active_is_second.xlsx").read_bytes()
    upload(data_page, content, "book.xlsx")
    sheet = labelled(data_page.selectbox, "Sheet")
    assert (sheet.value, list(sheet.options)) == ("Data", ["codes", "Data"])
    sheet.set_value("codes").run()
    assert not data_page.exception
    assert "12 rows, 2 columns" in told(data_page)


def test_sheets_are_offered_where_the_first_cannot_be_read(data_page):
    book = openpyxl.Workbook()
    book.active.append(["age", "ill"])
    book.create_sheet("Empty")
    book.create_sheet("Words").append(["age"])
    stream = io.BytesIO()
    book.save(stream)
    upload(data_page, stream.getvalue(), "book.xlsx")
    sheet = labelled(data_page.selectbox, "Sheet")
    assert list(sheet.options) == ["Sheet", "Empty", "Words"]
    assert "Other sheets: 'Empty', 'Words'" in told(data_page)
    sheet.set_value("Words").run()
    assert not data_page.exception
    assert "Sheet 'Words': book.xlsx has no table on this sheet" in told(data_page)


def test_a_table_with_its_descriptions_needs_no_choice(data_page):
    metadata = (
        b'{"#DatasetTask#": "Predict illness.", "#DatasetClasses#": ["no", "yes"],'
        b' "age": "Age in years", "smoker_yes": "Smokes"}'
    )
    table = own_table().drop(columns="smoker").assign(smoker="yes")
    table.loc[::2, "smoker"] = "never"
    data_page.file_uploader(key="upload").set_value(
        [
            ("own.csv", csv(table), "text/csv"),
            ("own-metadata.json", metadata, "application/json"),
        ]
    ).run()
    press(data_page, "Use this table")
    task = data_page.session_state["laat"].task
    assert task.outcome == "ill = yes"
    assert task.description == "Predict illness."
    assert task.column("age").description == "Age in years"


def test_the_other_positive_class_turns_the_scores(data_page):
    state = data_page.session_state["laat"]
    before = state.scores.score("age")
    labelled(data_page.selectbox, "Positive class of").set_value("no").run()
    assert state.task.outcome == "no heart disease"
    assert state.scores.score("age") == -before


def test_classes_get_words(data_page):
    state = data_page.session_state["laat"]
    field = next(f for f in data_page.text_input if f.value == "heart disease")
    field.set_value(" a narrowed vessel ").run()
    assert not data_page.exception
    assert state.task.outcome == "a narrowed vessel"
    assert "with \u2068a narrowed vessel" in told(data_page)
    field.set_value("").run()
    assert state.task.outcome == "heart_disease = yes"


def test_a_table_that_is_opened_again_takes_the_last_choices(data_page):
    upload(data_page, csv(own_table()))
    choose_target(data_page, "ill")
    data_page.text_input(key="new_task_sentence").set_value("First").run()
    press(data_page, "Use this table")
    data_page.text_input(key="new_task_sentence").set_value("Second").run()
    labelled(data_page.selectbox, "Positive class:").set_value("no").run()
    press(data_page, "Use this table")
    task = data_page.session_state["laat"].task
    assert (task.description, task.positive_class) == ("Second", "no")
    choose_target(data_page, "smoker")
    press(data_page, "Use this table")
    task = data_page.session_state["laat"].task
    assert (task.target, task.description) == ("smoker", "Second")


@pytest.mark.parametrize(
    ("classes", "positive"),
    [(("ja", "nein"), "ja"), (("No", "Yes"), "Yes"), (("0", "1"), "1"), (("bad", "good"), "good")],
)
def test_the_class_that_says_yes_is_positive_until_another_is_chosen(data_page, classes, positive):
    upload(data_page, csv(own_table().assign(ill=[*classes] * 30)))
    choose_target(data_page, "ill")
    assert labelled(data_page.selectbox, "Positive class:").value == positive


def test_missing_categories_become_features_on_request(data_page):
    labelled(data_page.checkbox, "Treat missing as its own category").check().run()
    state = data_page.session_state["laat"]
    assert "thallium_scan = missing" in state.feature_names
    assert state.scores.score("thallium_scan = missing") == 0


def test_a_table_of_the_target_alone_says_what_is_lacking(data_page):
    upload(data_page, b"ill\nyes\nno\nyes\nno\n")
    choose_target(data_page, "ill")
    press(data_page, "Use this table")
    assert not data_page.exception
    assert "No column is left" in told(data_page)


# Changes that would make the project unusable


def edit_cells(page: AppTest, edits: dict) -> AppTest:
    """Edit cells of the columns as the editor's callback does, and run the page."""
    take_edits(page.session_state["laat"], edits)
    page.run()
    assert not page.exception
    return page


def roles(page: AppTest) -> list[str]:
    return [str(column.role) for column in page.session_state["laat"].task.columns]


def test_a_change_that_leaves_no_feature_is_refused_with_the_reason_and_shown_no_more(data_page):
    before, state = roles(data_page), data_page.session_state["laat"]
    edit_cells(data_page, {n: {"role": "ignore"} for n in range(len(before))})
    assert "No column is left to learn from" in told(data_page)
    assert "Nothing was changed." in told(data_page)
    assert (roles(data_page), state.problem) == (before, "")
    editor = next(one.value for one in data_page.dataframe if "role" in one.value)
    assert list(editor["role"]) == before
    data_page.run()
    assert "Nothing was changed." not in told(data_page)
    assert state.projects.listed() == []  # nothing was recorded, either


@pytest.mark.parametrize(
    ("table", "edits", "reason"),
    [
        (
            {"a": ["b", "c", "d"] * 20, "a = b": [1, 2, 3] * 20},
            {1: {"role": "numeric"}},
            "Two features would be named 'a = b'",
        ),
        (
            {"x": range(60), "text": [f"w{n}" for n in range(60)]},
            {1: {"role": "categorical"}},
            "has 60 different values",
        ),
        (
            {"x": range(60), "word": ["u", "v"] * 30},
            {1: {"role": "numeric"}},
            "holds no numbers",
        ),
    ],
)
def test_a_role_that_cannot_be_encoded_is_refused(data_page, table, edits, reason):
    frame = pd.DataFrame(table).assign(ill=["yes", "no"] * 30)
    task = make_task(frame, "ill", "yes")
    task = task.with_columns(
        *(replace(c, role="ignore") for c in task.columns if c.name in {"a = b", "text"}),
        *(replace(c, role="numeric") for c in task.columns if c.name == "x"),
    )
    state = data_page.session_state["laat"]
    state.open(task)
    data_page.run()
    before = roles(data_page)
    edit_cells(data_page, edits)
    assert reason in told(data_page)
    assert (roles(data_page), state.problem) == (before, "")


def test_both_classes_are_not_called_the_same(data_page):
    state = data_page.session_state["laat"]
    field = next(one for one in data_page.text_input if one.value == "no heart disease")
    field.set_value("heart disease").run()
    assert "Both classes would be called 'heart disease'" in told(data_page)
    assert state.task.opposite == "no heart disease"
    assert any(one.value == "no heart disease" for one in data_page.text_input)


def test_a_table_that_came_unusable_is_mended_step_by_step(data_page):
    frame = pd.DataFrame({"u": ["a", "b"] * 30, "v": ["c", "d"] * 30, "ill": ["yes", "no"] * 30})
    task = make_task(frame, "ill", "yes")
    state = data_page.session_state["laat"]
    state.open(task.with_columns(*(replace(c, role="numeric") for c in task.columns)))
    data_page.run()
    assert "holds no numbers" in told(data_page)
    edit_cells(data_page, {0: {"role": "categorical"}})
    assert "'v' holds no numbers" in told(data_page)
    edit_cells(data_page, {1: {"role": "categorical"}})
    assert state.feature_names == ["u = b", "v = d"]


# The positive class and the sentence


def loans(sentence: str, positive: str = "paid"):
    frame = own_table().drop(columns="ill").assign(loan=["paid", "default"] * 30)
    return make_task(frame, "loan", positive, description=sentence)


def test_what_a_positive_score_speaks_for_is_always_said(data_page):
    assert "A positive score speaks for: **\u2068heart disease" in told(data_page)
    assert "Which one should it speak for?" not in told(data_page)


def test_a_sentence_that_names_the_other_class_is_asked_about_and_the_class_switched(data_page):
    state = data_page.session_state["laat"]
    state.open(loans("Predict who defaults"))
    data_page.run()
    assert "The task says “\u2068defaults" in told(data_page)
    next(one for one in data_page.button if str(one.key).endswith("_switch")).click().run()
    assert state.task.positive_class == "default"
    assert "Which one should it speak for?" not in told(data_page)


def test_the_answer_that_the_class_is_meant_is_kept_until_class_or_sentence_change(
    data_page, new_app
):
    state = data_page.session_state["laat"]
    state.open(loans("Predict who defaults"))
    data_page.run()
    next(one for one in data_page.button if str(one.key).endswith("_keep")).click().run()
    assert not data_page.exception
    assert state.task.positive_class == "paid"
    assert "Which one" not in told(data_page)
    assert state.project.history.states[-1].what == "Positive class confirmed: paid"
    again = new_app()
    again.query_params["project"] = state.project.id
    again.run().switch_page("pages/data.py").run()
    assert "Which one" not in told(again)
    labelled(again.text_input, "Task:").set_value("Predict who will default").run()
    assert "The task says “\u2068default" in told(again)


@pytest.mark.parametrize(("button", "positive"), [("_switch", "default"), ("_keep", "paid")])
def test_an_upload_is_asked_about_before_it_is_used(data_page, button, positive):
    upload(data_page, csv(loans("").table))
    choose_target(data_page, "loan")
    labelled(data_page.selectbox, "Positive class:").set_value("paid").run()
    data_page.text_input(key="new_task_sentence").set_value("Predict who defaults").run()
    data_page.button(key=f"new_task{button}").click().run()
    assert not data_page.exception
    assert labelled(data_page.selectbox, "Positive class:").value == positive
    press(data_page, "Use this table")
    assert data_page.session_state["laat"].task.positive_class == positive
    assert "Which one" not in told(data_page)


# What to check before training


def test_findings_are_listed_before_anything_is_trained(data_page):
    assert not data_page.expander
    frame = own_table().assign(patient_id=np.arange(60) // 2, discharge=np.arange(60) % 17)
    state = data_page.session_state["laat"]
    task = make_task(frame, "ill", "yes")
    assert task.column("patient_id").role is Role.GROUP  # with which nothing is left to find
    state.open(task.with_columns(replace(task.column("patient_id"), role=Role.NUMERIC)))
    data_page.run()
    assert [one.label for one in data_page.expander] == ["Check before training: 2 points"]
    assert "patient_id\u2069**: \u2068Looks like the number of a person" in told(data_page)
    assert "discharge\u2069**: \u2068Sounds like something known only after" in told(data_page)


def test_findings_do_not_look_at_rows_held_out(data_page):
    state = data_page.session_state["laat"]
    outcome = np.array([1.0, 0.0] * 60)
    frame = pd.DataFrame({"x": range(120), "code": outcome, "ill": np.where(outcome, "yes", "no")})
    hidden = HoldOut().positions(make_task(frame, "ill", "yes"))
    frame.loc[hidden, "code"] = 1 - frame.loc[hidden, "code"]
    state.open(make_task(frame, "ill", "yes"))
    assert not state.findings()
    state.kept.hold_out(HoldOut())
    state.catch_up()
    data_page.run()
    assert "by itself in 96 rows" in told(data_page)


# Projects


@pytest.fixture
def projects(data_page):
    """Two projects beside the table that is open."""
    state = data_page.session_state["laat"]
    made = {}
    for name, feature in (("heart", "age"), ("wine", "alcohol")):
        window = AppState.bundled(state.projects, name)
        window.edit_scores({feature: -9.0}, "move")
        made[name] = window.project
    data_page.run()
    return made


def choose_project(page: AppTest, number: str) -> AppTest:
    return labelled(page.selectbox, "Project").set_value(number).run()


def toasts(page: AppTest) -> str:
    return " ".join(toast.value for toast in page.toast).replace("\\", "")


def test_without_a_project_that_is_said(data_page):
    assert "No project yet" in " ".join(one.value for one in data_page.info)


def test_a_project_is_opened_with_its_edits_and_the_address_leads_to_it(data_page, projects):
    choose_project(data_page, projects["wine"].id)
    press(data_page, "Open this project")
    assert not data_page.exception
    state = data_page.session_state["laat"]
    assert (state.task.name, state.scores.score("alcohol")) == ("wine", -9)
    data_page.switch_page("pages/workbench.py").run()
    assert data_page.query_params == {"project": projects["wine"].id}
    assert {row["name"] for row in rows(settled(data_page))} == set(state.feature_names)


def test_settings_of_the_last_project_are_not_those_of_the_next(data_page, projects):
    app = data_page.switch_page("pages/workbench.py").run()
    labelled(app.number_input, "Training rows per class").set_value(9).run()
    app.switch_page("pages/data.py").run()
    choose_project(app, projects["wine"].id)
    press(app, "Open this project")
    app.switch_page("pages/workbench.py").run()
    assert labelled(app.number_input, "Training rows per class").value == 5
    assert app.session_state["laat"].settings.shots == 5
    assert app.session_state["laat"].project.history.settings == {}


def test_a_project_gets_another_title(data_page, projects):
    choose_project(data_page, projects["wine"].id)
    labelled(data_page.text_input, "Title").set_value("*Mine*").run()
    press(data_page, "Rename it")
    assert not data_page.exception
    listed = {one.id: one.title for one in data_page.session_state["laat"].projects.listed()}
    assert listed[projects["wine"].id] == "*Mine*"


def test_a_project_is_deleted_and_another_is_offered(data_page, projects):
    choose_project(data_page, projects["wine"].id)
    press(data_page, "Delete it for good")
    assert not data_page.exception
    listed = [one.id for one in data_page.session_state["laat"].projects.listed()]
    assert listed == [projects["heart"].id]
    assert labelled(data_page.selectbox, "Project").value == projects["heart"].id


def test_the_project_that_is_open_is_not_deleted(data_page, projects):
    choose_project(data_page, projects["wine"].id)
    press(data_page, "Open this project")
    assert labelled(data_page.button, "Delete it for good").disabled


@pytest.mark.parametrize("button", ["Open this project", "Delete it for good"])
def test_a_project_that_another_window_has_deleted_meanwhile_is_said(data_page, projects, button):
    choose_project(data_page, projects["wine"].id)
    store = data_page.session_state["laat"].projects
    listed = store.listed()
    store.delete(projects["wine"].id)
    store.listed = lambda: listed  # as the page still shows it
    press(data_page, button)
    assert not data_page.exception
    assert "no such project" in told(data_page)
    assert data_page.session_state["laat"].task.name == "heart"


def test_an_exported_project_is_imported_as_another_one(data_page, projects):
    content = export_project(projects["wine"])
    uploader = labelled(data_page.file_uploader, "Import a project")
    uploader.set_value(("wine.zip", content, "application/zip")).run()
    assert not data_page.exception
    state = data_page.session_state["laat"]
    assert (state.task.name, state.scores.score("alcohol")) == ("wine", -9)
    assert state.project.id not in {project.id for project in projects.values()}
    assert "has been imported" in toasts(data_page)
    assert len(state.projects.listed()) == 3


def test_after_an_import_the_project_shown_is_the_open_one_and_no_other_is_deleted(
    data_page, projects
):
    choose_project(data_page, projects["heart"].id)
    uploader = labelled(data_page.file_uploader, "Import a project")
    uploader.set_value(("wine.zip", export_project(projects["wine"]), "application/zip")).run()
    imported = data_page.session_state["laat"].project.id
    assert labelled(data_page.selectbox, "Project").value == imported
    assert labelled(data_page.button, "Delete it for good").disabled
    choose_project(data_page, projects["wine"].id)
    press(data_page, "Delete it for good")
    listed = {one.id for one in data_page.session_state["laat"].projects.listed()}
    assert listed == {projects["heart"].id, imported}


def test_a_deletion_names_title_states_and_last_change(data_page, projects):
    choose_project(data_page, projects["wine"].id)
    listed = data_page.session_state["laat"].projects.listed()
    one = next(one for one in listed if one.id == projects["wine"].id)
    said = told(data_page)
    assert f"This deletes **\u2068{one.title} · {one.n_states} states · last changed" in said


def test_two_projects_of_one_name_and_time_can_be_told_apart(data_page, projects, monkeypatch):
    state = data_page.session_state["laat"]
    content = export_project(projects["wine"])
    for _ in range(2):
        import_project(content, state.projects)
    monkeypatch.setattr("ui.project_list.local_time", lambda _: datetime(2025, 1, 2, 3, 4))
    data_page.run()
    titles = labelled(data_page.selectbox, "Project").options
    assert len(set(titles)) == len(titles) == 4
    assert sum(title.startswith("Wine") for title in titles) == 3


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_project_is_said_and_changes_nothing(data_page, content):
    uploader = labelled(data_page.file_uploader, "Import a project")
    uploader.set_value(("x.zip", content, "application/zip")).run()
    assert not data_page.exception
    assert "The file" in told(data_page)
    assert data_page.session_state["laat"].projects.listed() == []


# Other windows, other tables


def test_words_that_another_window_has_changed_are_shown(data_page):
    state = data_page.session_state["laat"]
    other = AppState.of_project(state.projects, state.kept.id)
    other.change_task(replace(other.task, description="Theirs"))
    data_page.run()
    assert labelled(data_page.text_input, "Task:").value == "Theirs"


def test_words_that_another_window_has_overtaken_are_not_taken_and_that_is_said(data_page):
    state = data_page.session_state["laat"]
    other = AppState.of_project(state.projects, state.kept.id)
    other.change_task(replace(other.task, description="Theirs"))
    labelled(data_page.text_input, "Task:").set_value("Mine").run()
    assert not data_page.exception
    assert "changed meanwhile" in toasts(data_page)
    assert state.task.description == "Theirs"


def test_an_own_table_is_a_project_that_its_address_leads_back_to(data_page, new_app):
    upload(data_page, csv(own_table()))
    choose_target(data_page, "ill")
    press(data_page, "Use this table")
    again = new_app()
    again.query_params.update(data_page.query_params)
    again.run()
    assert again.session_state["laat"].feature_names == ["age", "smoker = yes"]


def test_another_table_begins_with_nothing_of_the_last_one(data_page):
    app = data_page.switch_page("pages/workbench.py").run()
    settled(app)
    edit(app, {"age": -9})
    app.switch_page("pages/data.py").run()
    app.selectbox(key="bundled").set_value("wine").run()
    press(app, "Open this table")
    data = settled(app.switch_page("pages/workbench.py").run())
    assert (data["notice"], data["undo"], data["old"]) == ("", "", False)
    assert app.query_params == {"table": "wine"}
    assert "All scores are 0" in str(data["result"]["sentence"])


# Orders, dates and groups


def visits(rows: int = 60) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    days = pd.Timestamp(2020, 1, 1) - pd.to_timedelta(generator.integers(0, 9000, rows), unit="D")
    return pd.DataFrame(
        {
            "patient_id": generator.integers(100, 145, rows),
            "pain": generator.choice(["strong", "none", "some", "odd"], rows),
            "born": days.strftime("%Y-%m-%d"),
            "ill": generator.choice(["yes", "no"], rows),
        }
    )


@pytest.fixture
def visits_page(data_page):
    upload(data_page, csv(visits()))
    choose_target(data_page, "ill")
    return press(data_page, "Use this table")


def in_full(page: AppTest, name: str, role: str) -> AppTest:
    """Give a column a role, as the table's editor does, and show it in full."""
    state = page.session_state["laat"]
    column = state.task.column(name)
    changed = with_role(column, Role(role), state.task.table[name])
    state.change_task(state.task.with_columns(changed))
    page.run()
    return labelled(page.selectbox, "One column in full").set_value(name).run()


def test_a_column_of_patients_groups_the_rows(visits_page):
    task = visits_page.session_state["laat"].task
    assert task.column("patient_id").role is Role.GROUP
    assert "Looks like the number of a person" in task.column("patient_id").note
    assert "patient_id" not in {f.column for f in visits_page.session_state["laat"].features}


def test_levels_are_put_in_order(visits_page):
    page = in_full(visits_page, "pain", "ordered")
    state = page.session_state["laat"]
    assert state.task.column("pain").order == ("none", "odd", "some", "strong")
    labelled(page.radio, "Levels, lowest first").set_value("odd").run()
    for _ in range(2):
        press(page, "Move down")
    assert state.task.column("pain").order == ("none", "some", "strong", "odd")
    assert labelled(page.radio, "Levels").value == "odd"
    press(page, "Move down")
    assert state.task.column("pain").order == ("none", "some", "strong", "odd")
    labelled(page.multiselect, "Levels that count as missing").set_value(["odd"]).run()
    assert state.task.column("pain").order == ("none", "some", "strong")
    assert "no place in the order" in told(page)
    press(page, "Reverse")
    assert state.task.column("pain").order == ("strong", "some", "none")
    labelled(page.multiselect, "Levels that count as missing").set_value([]).run()
    assert state.task.column("pain").order == ("strong", "some", "none", "odd")
    assert state.task.column("pain").note == ""
    assert not page.exception


def test_a_reference_date_is_set(visits_page):
    page = in_full(visits_page, "born", "date")
    state = page.session_state["laat"]
    latest = max(visits()["born"])
    assert state.task.column("born").reference == latest
    assert labelled(page.date_input, "Reference date").value.isoformat() == latest
    labelled(page.date_input, "Reference date").set_value(date(2024, 2, 29)).run()
    column = state.task.column("born")
    assert (column.reference, column.note) == ("2024-02-29", "Years from each date to 2024-02-29.")
    assert not page.exception
    data = settled(page.switch_page("pages/workbench.py").run())
    assert {row["name"] for row in rows(data)} >= {"born"}


def test_an_order_that_the_levels_show_is_offered_again(visits_page):
    state = visits_page.session_state["laat"]
    table = state.task.table.assign(pain=["low", "high", "medium"] * 20)
    state.open(replace(state.task, table=table, name="x.csv"))
    visits_page.run()
    page = in_full(visits_page, "pain", "ordered")
    assert "Order as the levels say" not in {button.label for button in page.button}
    press(page, "Reverse")
    assert state.task.column("pain").order == ("high", "medium", "low")
    press(page, "Order as the levels say")
    assert state.task.column("pain").order == ("low", "medium", "high")
