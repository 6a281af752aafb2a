from dataclasses import replace

import pytest
import streamlit as st

from laat_core import Role
from laat_core.data.profile import remarks
from ui.columns.editor import take_edits


def test_an_edited_role_reaches_the_task_and_keeps_the_other_scores(state):
    before = state.scores.as_dict()
    take_edits(state, {0: {"role": "ignore"}})
    assert state.task.columns[0].role is Role.IGNORE
    assert state.scores.as_dict() == {n: score for n, score in before.items() if n != "age"}


def test_edited_words_reach_the_task_and_an_emptied_cell_is_no_text(state):
    take_edits(state, {0: {"label": " Years ", "unit": None}, 2: {"description": "Where it hurts"}})
    first, third = state.task.columns[0], state.task.columns[2]
    assert (first.label, first.unit, first.role) == ("Years", "", Role.NUMERIC)
    assert third.description == "Where it hurts"


def test_a_column_that_becomes_ordered_gets_an_order_and_is_opened(state):
    name = state.task.columns[2].name
    take_edits(state, {2: {"role": "ordered"}})
    column = state.task.column(name)
    assert column.role is Role.ORDERED
    assert sorted(column.order) == sorted(set(state.task.table[name]))
    assert "may be wrong" in column.note
    assert [f.name for f in state.features if f.column == name] == [name]
    assert st.session_state[f"one_column_{state.opened}"] == name
    take_edits(state, {2: {"label": "Pain", "role": "categorical"}})
    assert state.task.column(name).order == column.order
    assert state.task.column(name).note == ""


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ({0: {"role": "date"}}, "'age' holds no dates"),
        ({0: {"role": "group"}, 1: {"role": "group"}}, "all have the role group: age, sex"),
        ({7: {"role": "ordered"}}, "at most 50 can be put in order"),
    ],
)
def test_a_role_that_a_column_cannot_have_is_refused_with_the_reason(state, edits, said):
    before, epoch = state.task, state.epoch
    take_edits(state, edits)
    assert state.task is before
    assert state.epoch > epoch
    assert said in state.refusal


def test_how_a_column_was_read_outlives_a_change_of_its_role(state):
    age = replace(state.task.column("age"), reading="'63 years' is read as 63, in years.")
    state.change_task(state.task.with_columns(age))
    take_edits(state, {0: {"role": "categorical"}})
    assert state.task.column("age").reading == age.reading
    assert any("63 years" in remark for remark in remarks(state.task))
