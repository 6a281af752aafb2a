from laat_core import Role
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
