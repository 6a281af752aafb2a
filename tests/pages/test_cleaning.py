"""Missing codes and merged levels, declared on the data page."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from laat_core import Cleaning, Role
from laat_core.data.hold_out import HoldOut
from tests.pages.test_data import choose_target, csv, labelled, press, toasts, told, upload
from ui.state import AppState


@pytest.fixture
def data_page(app: AppTest) -> AppTest:
    return app.run().switch_page("pages/data.py").run()


def own_table(rows: int = 60) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": np.where(np.arange(rows) % 20 == 0, 999, generator.integers(20, 80, rows)),
            "dose": [*generator.normal(50, 9, rows - 4).round(2).astype(str), *["n/k"] * 4],
            "city": [*["Bonn", "bonn", "Bonn ", "Köln", "Rome"] * (rows // 5)],
            "ill": generator.choice(["yes", "no"], rows),
        }
    )


@pytest.fixture
def own(data_page: AppTest) -> AppTest:
    """The page with a table of somebody's own open."""
    upload(data_page, csv(own_table()))
    choose_target(data_page, "ill")
    press(data_page, "Use this table")
    assert not data_page.exception
    return data_page


def plain(text: str) -> str:
    return text.replace("\\", "").strip("\u2068\u2069")


def click(page: AppTest, start: str) -> AppTest:
    button = next(button for button in page.button if plain(button.label).startswith(start))
    button.click().run()
    assert not page.exception
    return page


def buttons(page: AppTest) -> list[str]:
    return [plain(button.label) for button in page.button]


def task(page: AppTest):
    return page.session_state["laat"].task


# Suggestions


def test_nothing_is_declared_before_a_click(own):
    assert all(not column.cleaning for column in task(own).columns)
    assert "Treat 999 as missing in age (3 rows)" in buttons(own)
    assert "Treat n/k as missing in dose (4 rows)" in buttons(own)
    assert "Merge “bonn” into “Bonn” in city (12 rows)" in buttons(own)
    assert "all others lie between 20 and 79" in told(own)


def test_a_click_declares_a_code_and_another_takes_it_back(own):
    click(own, "Treat 999 as missing")
    assert task(own).column("age").cleaning == Cleaning(("999",))
    assert task(own).cleaned["age"].isna().sum() == 3
    assert "Treat 999 as missing in age (3 rows)" not in buttons(own)
    assert "999 counts as missing: 3 rows." in told(own)
    assert "3 missing (3 written as 999): filled with the median" in told(own)
    history = own.session_state["laat"].project.history
    assert history.states[-1].what == "age: counted as missing: 999"
    click(own, "Undo")
    assert task(own).column("age").cleaning == Cleaning()
    assert history.states[-1].what == "age: no longer missing: 999"
    assert "Treat 999 as missing in age (3 rows)" in buttons(own)


def test_a_column_of_numbers_and_a_word_becomes_numeric(own):
    assert task(own).column("dose").role is Role.IGNORE
    click(own, "Treat n/k as missing")
    assert (task(own).column("dose").role, task(own).column("dose").note) == (Role.NUMERIC, "")
    assert "dose" in own.session_state["laat"].feature_names


def test_spellings_are_merged_by_a_click_and_edits_of_other_levels_stay(own):
    state = own.session_state["laat"]
    names = [name for name in state.feature_names if name.startswith("city")]
    assert names == ["city = Bonn", "city = Köln", "city = Rome", "city = bonn"]
    state.edit_scores({"city = Köln": 3.0, "city = bonn": 5.0}, "move")
    click(own, "Merge “bonn” into “Bonn”")
    names = [name for name in state.feature_names if name.startswith("city")]
    assert names == ["city = Bonn", "city = Köln", "city = Rome"]
    assert state.scores.score("city = Köln") == 3
    own.selectbox(key=f"one_column_{state.opened}").set_value("city").run()
    assert "bonn counts as Bonn." in told(own)
    click(own, "Undo")
    assert state.scores.score("city = bonn") == 5


def test_what_was_declared_is_there_when_the_project_is_opened_again(own):
    click(own, "Treat 999 as missing")
    state = own.session_state["laat"]
    again = AppState.of_project(state.projects, state.project.id)
    assert again.task.column("age").cleaning == Cleaning(("999",))
    assert again.task.table["age"].max() == 999


def test_of_many_suggestions_the_first_are_shown_and_the_others_can_be(data_page):
    table = own_table()[["age", "ill"]]
    for number in range(8):
        table[f"x{number}"] = table["age"].where(table["age"] == 999, table["age"] + number)
    upload(data_page, csv(table))
    choose_target(data_page, "ill")
    press(data_page, "Use this table")
    assert [box.label for box in data_page.expander] == ["4 more suggestions"]
    click(data_page, "Treat 999 as missing in x7")
    assert task(data_page).column("x7").cleaning == Cleaning(("999",))


# One column


def one_column(page: AppTest, name: str) -> AppTest:
    opened = page.session_state["laat"].opened
    return page.selectbox(key=f"one_column_{opened}").set_value(name).run()


def test_any_value_is_declared_missing(own):
    one_column(own, "city")
    labelled(own.selectbox, "Count a value as missing").set_value("Rome").run()
    assert task(own).column("city").cleaning == Cleaning(("Rome",))


def test_a_value_that_no_row_has_is_not_taken_and_that_is_said(own):
    # AppTest has no public way to type what is not offered.
    states = own._tree.get_widget_states()
    field = labelled(own.selectbox, "Count a value as missing")
    states.widgets.add(id=field.proto.id, string_value="-77")
    own._run(states)
    assert not own.exception
    assert "No row of age has the value -77" in toasts(own)
    assert task(own).column("age").cleaning == Cleaning()


def test_chosen_levels_are_merged_into_other_or_into_one_of_them(own):
    one_column(own, "city")
    labelled(own.multiselect, "Merge levels").set_value(["Rome", "Köln"]).run()
    press(own, "Merge")
    assert task(own).column("city").cleaning.merged == {"Köln": "other", "Rome": "other"}
    assert "city = other" in own.session_state["laat"].feature_names
    assert "Counted as other: Köln, Rome (24 rows)" in told(own)
    labelled(own.multiselect, "Merge levels").set_value(["other"]).run()
    labelled(own.selectbox, "Into").set_value("Bonn").run()
    press(own, "Merge")
    assert task(own).column("city").cleaning.merged == {
        "Köln": "Bonn",
        "Rome": "Bonn",
        "other": "Bonn",
    }


def test_rare_levels_are_merged_into_other(own):
    one_column(own, "city")
    labelled(own.number_input, "Rare").set_value(13).run()
    click(own, "Merge 3 rare levels")
    assert task(own).column("city").cleaning.merged == dict.fromkeys(
        ("Köln", "Rome", "bonn"), "other"
    )


def test_numbers_have_no_levels_to_merge(own):
    one_column(own, "age")
    assert not [field for field in own.multiselect if field.label == "Merge levels"]


def test_most_frequent_levels_are_said_to_be_shown_where_there_are_too_many(data_page):
    words = [f"w{number}" for number in range(60)] * 2
    upload(data_page, csv(pd.DataFrame({"w": words, "x": range(120), "ill": [0, 1] * 60})))
    choose_target(data_page, "ill")
    press(data_page, "Use this table")
    assert "The 50 most frequent of 60 levels." in told(data_page)


# The target, before there is a task


def target_of(page: AppTest, classes: list[object]) -> AppTest:
    table = own_table().assign(ill=(classes * 60)[:60])
    upload(page, csv(table))
    return choose_target(page, "ill")


def test_a_class_that_stands_for_not_known_is_declared_missing(data_page):
    target_of(data_page, [1, 2, 1, 2, 9])
    assert "ill has 3 classes: 1 (24 rows), 2 (24 rows), 9 (12 rows)" in told_warning(data_page)
    assert "Use this table" not in buttons(data_page)
    click(data_page, "Treat 9 as missing (12 rows)")
    assert labelled(data_page.selectbox, "Positive class:").options == ["1", "2"]
    press(data_page, "Use this table")
    assert not data_page.exception
    assert task(data_page).target_cleaning == Cleaning(("9",))
    assert task(data_page).classes == ("1", "2")
    assert task(data_page).n_unlabelled == 12
    assert "12 more have no value in" in told(data_page)
    assert "12 written as 9" in told(data_page)


def test_spellings_of_a_class_are_merged(data_page):
    target_of(data_page, ["NO", "no", "yes", "no"])
    click(data_page, "Merge into no (15 rows)")
    press(data_page, "Use this table")
    assert task(data_page).target_cleaning == Cleaning(merged={"NO": "no"})
    assert task(data_page).positive_class == "yes"
    assert "Counted as no: NO (15 rows)" in told(data_page)


def test_any_classes_are_merged_and_apart_again(data_page):
    target_of(data_page, ["mild", "severe", "none"])
    labelled(data_page.multiselect, "Merge classes").set_value(["mild", "severe"]).run()
    labelled(data_page.selectbox, "Into").set_value("mild").run()
    press(data_page, "Merge")
    assert labelled(data_page.selectbox, "Positive class:").options == ["mild", "none"]
    click(data_page, "Undo")
    assert "has 3 classes" in told_warning(data_page)


def test_two_classes_are_as_they_were(data_page):
    target_of(data_page, [-1, 1])
    assert not [field for field in data_page.multiselect if field.label == "Merge classes"]
    press(data_page, "Use this table")
    assert task(data_page).target_cleaning == Cleaning()


@pytest.mark.parametrize("classes", [[True, False], [1.0, 0.0]])
def test_classes_that_are_no_texts(data_page, classes):
    target_of(data_page, classes)
    press(data_page, "Use this table")
    assert not data_page.exception


def told_warning(page: AppTest) -> str:
    return plain(" ".join(one.value for one in page.warning))


def test_with_rows_held_out_columns_can_still_be_cleaned(own):
    state = own.session_state["laat"]
    state.project.hold_out(HoldOut(0.3))
    own.run()
    held_out = state.hold_out.positions(state.task)
    click(own, "Treat 999 as missing")
    np.testing.assert_array_equal(state.hold_out.positions(state.task), held_out)
    assert task(own).column("age").cleaning == Cleaning(("999",))
