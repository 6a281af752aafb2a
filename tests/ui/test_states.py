from dataclasses import replace

import pytest

from ui.runs import run_document
from ui.states import _attribution, _auc, _difference, _per_split
from ui.text import moment


@pytest.fixture
def two(state, finished):
    """A history of two states with the results of both."""
    state.keep_result(finished(state))
    state.edit_scores({"age": -9}, "move")
    state.keep_result(finished(state))
    return state.project.history


def test_aucs_and_attributions_are_those_that_were_found(two, state, finished):
    comparison, one = finished(state).found.comparison, two.states[-1]
    assert _auc(one, "laat") == 100 * comparison.laat.auc_mean
    assert _auc(one, "baseline") == 100 * comparison.baseline.auc_mean
    assert _per_split(one) == comparison.laat.auc.tolist()
    means = comparison.laat.attributions.mean(axis=0)
    found = [_attribution(two, one, name) for name in comparison.features]
    assert found == means.tolist()


def test_the_difference_is_paired_and_turns_with_the_order(two):
    first, second = two.states[-2:]
    forth, back = _difference(two, first, second), _difference(two, second, first)
    assert "over 20 splits" in forth
    assert forth != back
    mean = forth.split("paired difference ")[1].split(" ")[0]
    turned = {"+": "−", "−": "+"}[mean[0]] + mean[1:]
    assert f"paired difference {turned}" in back


def test_one_split_has_no_spread(state, finished):
    state.settings.n_splits = 1
    state.keep_settings()
    state.keep_result(finished(state))
    one = state.project.history.states[-1]
    said = _difference(state.project.history, one, one)
    assert "±" not in said
    assert "over one split;" in said


def test_a_state_without_a_result_has_no_numbers(state):
    history = state.kept.history
    one = history.states[-1]
    assert (_auc(one, "laat"), _per_split(one)) == (None, [])
    assert _attribution(history, one, "age") is None
    assert "has no result" in _difference(history, one, one)


def test_a_result_for_the_other_class_is_turned(two, state):
    one = two.states[-1]
    before = _attribution(two, one, "age")
    state.change_task(replace(state.task, positive_class="no"))
    assert _attribution(two, one, "age") == -before
    assert _auc(one, "laat") is not None


def test_a_run_survives_the_database(state, finished):
    state.edit_scores({"age": -9}, "move")
    state.keep_result(finished(state))
    again = state.projects.open(state.project.id).history.states[-1]
    kept = run_document(finished(state).found.comparison)["models"]["laat"]
    assert again.result["result"]["models"]["laat"] == kept


@pytest.mark.parametrize("text", ["", "ZZ", "2026-99-99", "+14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_is_left_out(text):
    assert moment(text) is None


def test_a_time_is_thatmoment():
    assert moment("2026-01-01T00:00:00+00:00").isoformat() == "2026-01-01T00:00:00+00:00"
