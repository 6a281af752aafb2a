"""The data page: choosing a table and saying what it is."""

import io

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from laat_core import Role


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
        (b"not a workbook", "sheet.xlsx", "could not be read"),
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
    labelled(data_page.checkbox, "Take a missing category").check().run()
    state = data_page.session_state["laat"]
    assert "thallium_scan = missing" in state.feature_names
    assert state.scores.score("thallium_scan = missing") == 0


def test_a_table_of_the_target_alone_says_what_is_lacking(data_page):
    upload(data_page, b"ill\nyes\nno\nyes\nno\n")
    choose_target(data_page, "ill")
    press(data_page, "Use this table")
    assert not data_page.exception
    assert "No column is left" in told(data_page)
