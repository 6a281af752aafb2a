"""Rows held out: no label of theirs is seen, and a look is counted once."""

import json
from dataclasses import replace

import numpy as np
import pytest

from laat_core import HoldOut, load_dataset, load_proposal
from laat_core.errors import LaatError
from laat_core.evaluate.hold_out import look
from tests.held_out import with_labels_exchanged
from ui.case import CaseView
from ui.held_out import known_look, lock_hold_out, look_at_hold_out
from ui.instrument.contents import contents
from ui.state import AppState

HEART, SEED = load_dataset("heart"), 3
HOLD_OUT = HoldOut(0.2, SEED)
HELD_OUT = HOLD_OUT.positions(HEART).tolist()


@pytest.fixture(autouse=True)
def _drawn(monkeypatch):
    monkeypatch.setattr("secrets.randbelow", lambda _: SEED)


@pytest.fixture
def locked(state):
    lock_hold_out(state, 0.2)
    return state


def other_window(state):
    return AppState.of_project(state.projects, state.kept.id)


def row(state, position, findings=None):
    case = CaseView()
    case.obey(state, {"what": "row", "position": position + 1})
    return case.contents(state, findings)


# What is seen


@pytest.mark.slow
def test_labels_of_rows_held_out_change_nothing_that_an_expert_sees(state, finished):
    def seen(task):
        state.open(task, load_proposal("heart"))
        lock_hold_out(state, 0.2)
        state.settings.shots, state.settings.gamma = 20, 3.0
        state.keep_settings()
        state.edit_scores({"age": -9}, "move")
        outcome = finished(state)
        state.keep_result(outcome)
        case = CaseView()
        case.obey(state, {"what": "row", "position": HELD_OUT[0] + 1})
        shown = contents(state, outcome, case) | {"project": ""}
        recorded = dict(state.project.history.states[-1].result["result"], seconds=0)
        counts = [profile.distribution.counts.tolist() for profile in state.profiles()]
        return json.dumps([shown, recorded, counts])

    assert seen(HEART) == seen(with_labels_exchanged(HEART, HOLD_OUT))


def test_the_workbench_says_how_many_rows_are_held_out(locked, finished):
    shown = contents(locked, finished(locked), CaseView())
    assert shown["result"]["rows"][-1] == ("mark", "61 rows held out")


def test_without_a_hold_out_it_says_nothing_of_it(state, finished):
    shown = contents(state, finished(state), CaseView())
    assert "held out" not in str(shown["result"]["rows"])


def test_one_row_that_is_held_out_keeps_its_label_to_itself(state):
    open_row = next(p for p in range(303) if p not in HELD_OUT)
    before = [row(state, position)["label"] for position in (HELD_OUT[0], open_row)]
    lock_hold_out(state, 0.2)
    after = [row(state, position)["label"] for position in (HELD_OUT[0], open_row)]
    assert before[0].startswith(", really")
    assert after == [", held out: what it really is stays hidden", before[1]]


def test_the_profile_counts_the_other_rows(locked):
    counts = {p.name: p.distribution.counts.sum() for p in locked.profiles()}
    assert counts["age"] == 303 - 61


def test_all_rows_stay_in_the_project(locked):
    assert not locked.task.table["heart_disease"].isna().any()
    assert len(locked.task.labels) == 303
    assert len(locked.seen.labels) == 242


def test_without_a_hold_out_all_is_seen(state):
    assert state.hold_out is None
    assert state.seen is state.task


# Locking


def test_the_experiment_is_made_anew_once_rows_are_held_out(state, finished):
    before = finished(state).found
    lock_hold_out(state, 0.2)
    after = finished(state).found
    assert after.experiment is not before.experiment
    assert after.comparison.hold_out == HOLD_OUT
    assert sum(after.comparison.n_test) == sum(before.comparison.n_test) - 61


def test_a_result_before_and_one_after_belong_to_two_states(state, finished):
    state.keep_result(finished(state))
    lock_hold_out(state, 0.2)
    state.keep_result(finished(state))
    before, after = state.project.history.states[-2:]
    assert before.result["result"]["hold_out"] is None
    assert after.result["result"]["hold_out"] == {"share": 0.2, "seed": SEED}


def test_a_state_from_before_is_trained_without_the_rows_too(state):
    state.edit_scores({"age": 1}, "move")
    number = state.project.history.states[-1].number
    lock_hold_out(state, 0.2)
    state.train_state(number)
    found = state.project.history.state(number).result["result"]
    assert found["hold_out"] == {"share": 0.2, "seed": SEED}


def test_rows_are_held_out_once(locked):
    with pytest.raises(LaatError, match="held out already"):
        lock_hold_out(locked, 0.3)
    assert locked.hold_out == HOLD_OUT


def test_another_window_sees_that_rows_are_held_out(state, finished):
    other = other_window(state)
    finished(other)
    lock_hold_out(state, 0.2)
    other.look()
    assert other.hold_out == HOLD_OUT
    assert finished(other).found.comparison.hold_out == HOLD_OUT


def test_the_rows_are_held_out_when_the_project_is_opened_again(locked):
    again = other_window(locked)
    assert again.hold_out == HOLD_OUT
    assert again.experiment().task.labels.tolist() == locked.seen.labels.tolist()


def test_the_rows_stay_the_same_for_the_other_class(locked):
    hidden = locked.seen.table["heart_disease"].isna()
    locked.change_task(replace(locked.task, positive_class="no"))
    assert locked.seen.table["heart_disease"].isna().equals(hidden)
    assert np.flatnonzero(hidden).tolist() == HELD_OUT


# Looking


def test_a_look_is_recorded_with_state_settings_and_result(locked):
    locked.settings.gamma, locked.settings.shots = 3.0, 20
    locked.keep_settings()
    look_at_hold_out(locked)
    (looked,) = locked.project.history.looks
    experiment = locked.experiment()
    expected = look(experiment, experiment.compare(locked.scores, 3.0))
    assert looked.look == expected
    assert looked.state == locked.project.history.states[-1].number
    assert looked.settings == locked.settings.document()


def test_the_same_models_are_looked_at_once(locked):
    look_at_hold_out(locked)
    assert known_look(locked).look.number == 1
    look_at_hold_out(locked)
    locked.edit_scores({"age": -9}, "move")
    assert known_look(locked) is None
    locked.kept.undo()
    look_at_hold_out(locked)
    locked.settings.shots = 3
    locked.keep_settings()
    locked.settings.shots = 5
    locked.keep_settings()
    look_at_hold_out(locked)
    assert len(locked.project.history.looks) == 1


@pytest.mark.slow
def test_models_that_are_held_otherwise_are_others(locked):
    locked.settings.gamma = "auto"
    locked.keep_settings()
    look_at_hold_out(locked)
    locked.project.doubt(["age"])
    assert known_look(locked) is None
    look_at_hold_out(locked)
    locked.project.lock(["age"])  # what is locked is sure
    assert known_look(locked).look.number == 1


@pytest.mark.slow
def test_models_that_leave_something_unused_are_others_and_trained_so(locked):
    look_at_hold_out(locked)
    locked.project.unuse(["vessels_colored"])
    assert known_look(locked) is None
    look_at_hold_out(locked)
    first, second = locked.project.history.looks
    experiment = locked.experiment()
    assert experiment.recipe.not_used == ("vessels_colored",)
    assert second.look == look(experiment, experiment.compare(locked.scores), 2)
    assert second.look.laat != first.look.laat
    locked.project.unuse(["vessels_colored"], unused=False)
    assert known_look(locked).look.number == 1


def test_a_look_from_before_there_was_a_switch_is_known(locked):
    look_at_hold_out(locked)
    (looked,) = locked.project.history.looks
    settings = {name: value for name, value in looked.settings.items() if name != "loosen"}
    state = locked.project.history.states[-1].number
    assert locked.project.history.look_at(state, settings) is looked


def test_what_is_not_recorded_is_not_looked_at(locked):
    locked.moving = {"age": -9.0}
    locked.settings.gamma = 0.0  # trust is being dragged
    look_at_hold_out(locked)
    (looked,) = locked.project.history.looks
    assert looked.settings["gamma"] == 100
    assert looked.look.difference != 0


def test_without_a_hold_out_there_is_no_look(state):
    with pytest.raises(LaatError, match="No rows are held out"):
        look_at_hold_out(state)


def test_what_cannot_be_trained_is_no_look(locked):
    locked.settings.shots = 500
    locked.keep_settings()
    with pytest.raises(LaatError, match="Choose 110 or fewer"):
        look_at_hold_out(locked)
    assert locked.project.history.looks == ()
