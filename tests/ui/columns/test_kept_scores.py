from dataclasses import replace

import pytest
import streamlit as st

from laat_core import Cleaning
from ui.columns.editor import take_edits
from ui.columns.kept_scores import take_cleaning, take_order


@pytest.fixture
def told(monkeypatch):
    """What toasts say, without the marks that escape it."""
    said = []

    def toast(text, **_):
        said.append(text.replace("\\", "").strip("\u2068\u2069"))

    monkeypatch.setattr(st, "toast", toast)
    return said


@pytest.fixture
def ordered(state):
    """The third column of heart, ordered, with a score."""
    take_edits(state, {2: {"role": "ordered", "label": "Pain"}})
    column = state.task.columns[2]
    state.edit_scores({column.name: 5.0}, "move")
    return column


def test_the_score_of_a_reversed_order_speaks_for_the_same_levels(state, ordered, told):
    take_order(state, ordered, ordered.order[::-1])
    column = state.task.column(ordered.name)
    assert column.order == ordered.order[::-1]
    assert state.scores.score(ordered.name) == -5
    assert "The score of Pain is now −5" in told[-1]
    take_order(state, column, ordered.order)
    assert state.scores.score(ordered.name) == 5


def test_a_locked_score_stays_and_the_page_says_what_it_speaks_for(state, ordered, told):
    state.project.lock([ordered.name])
    take_order(state, ordered, ordered.order[::-1])
    assert state.scores.score(ordered.name) == 5
    assert told == [f"The score of Pain is locked at +5. It now speaks for {ordered.order[0]}."]


def test_another_order_leaves_the_score(state, ordered, told):
    first, second, *others = ordered.order
    take_order(state, ordered, (second, first, *others))
    assert state.scores.score(ordered.name) == 5
    assert told == []


def test_scores_of_merged_levels_are_named(state, told):
    column = state.task.columns[2]
    first, second, *_ = (f for f in state.features if f.column == column.name)
    state.edit_scores({first.name: 5.0, second.name: -3.0}, "move")
    take_cleaning(state, column.name, Cleaning(merged={first.level: "new", second.level: "new"}))
    assert state.scores.score(f"{column.name} = new") == 0
    (said,) = told
    assert said.startswith("These scores were dropped with their levels: ")
    assert f"{first.level} (+5)" in said
    assert f"{second.level} (−3)" in said
    assert said.endswith("= new.")


def test_nothing_is_said_where_no_score_is_gone(state, told):
    column = state.task.columns[2]
    first, second, *_ = (f for f in state.features if f.column == column.name)
    state.edit_scores({first.name: 0.0, second.name: 2.0}, "move")
    take_cleaning(state, column.name, Cleaning(merged={first.level: second.level}))
    assert state.scores.score(second.name) == 2
    assert told == []


def test_without_any_feature_there_is_nothing_to_say(state, told):
    columns = [replace(column, role="ignore") for column in state.task.columns]
    state.project.change_task(state.task.with_columns(*columns))
    state.catch_up()
    assert state.problem
    take_cleaning(state, "age", Cleaning(("63",)))
    assert state.task.column("age").cleaning.missing_codes == ("63",)
    assert told == []
