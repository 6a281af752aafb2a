import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from laat_core import HoldOut
from laat_core.errors import DataError, DesignError
from laat_core.evaluate.curves.curve import Curve
from ui.held_out import lock_hold_out
from ui.state import AppState
from ui.studies import changes_since, kept_curve

HALF = {line: np.array([0.5]) for line in ("laat", "baseline")}
CURVE = Curve.empty("noise", (0.0, 1.0), tuple(HALF), 1, gamma=100.0)
WHOLE = CURVE.grown(0, 0, HALF).grown(1, 0, HALF)


class CarryOut:
    """A study that goes on when it is told to, after some share of it."""

    def __init__(self, share=0.5):
        self.share = share
        self.begun, self.go, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.wanted = None

    def __call__(self, take, wanted):
        self.wanted = wanted
        try:
            take(CURVE.grown(0, 0, HALF), self.share)
            self.begun.set()
            assert self.go.wait(30)
            if self.share < 1:
                take(WHOLE, 1.0)
            return WHOLE
        finally:
            self.ended.set()


def start(state, carry_out):
    state.studies.start("noise", state.kept, state.projects, carry_out)


def finish(state):
    until = time.monotonic() + 30
    while state.studies.is_busy:
        assert time.monotonic() < until
        time.sleep(0.01)
    state.look()


def test_a_study_grows_and_is_kept_with_the_state_that_it_was_of(state):
    carry_out = CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    running = state.studies.running
    assert (running.job.share, running.grown.known("laat").tolist()) == (0.5, [True, False])
    number = state.project.history.states[-1].number
    state.edit_scores({"age": 1}, "move")
    carry_out.go.set()
    finish(state)
    curve, of = kept_curve(state.project.history, "noise")
    assert of == number
    assert curve.to_dict() == WHOLE.to_dict()
    assert not carry_out.wanted
    assert kept_curve(state.project.history, "trust") is None


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_cancelled_study_stops_at_once_and_keeps_nothing(state, share):
    carry_out = CarryOut(share)
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    state.studies.cancel()
    assert not state.studies.is_busy
    assert state.studies.running is None
    assert not carry_out.wanted
    carry_out.go.set()
    assert carry_out.ended.wait(30)
    time.sleep(0.1)
    state.look()
    assert state.project.history.studies == {}


def other_session(state):
    return AppState.of_project(state.projects, state.project.id)


def test_another_session_sees_a_study_and_cannot_begin_a_second(state):
    carry_out, second = CarryOut(), CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    other = other_session(state)
    assert other.studies.running is state.studies.running
    assert other.studies.is_busy
    other.studies.start("trust", other.project, other.projects, second)
    assert other.studies.running.study == "noise"
    assert not second.begun.is_set()
    carry_out.go.set()
    finish(other)
    assert kept_curve(other.project.history, "noise")[0].to_dict() == WHOLE.to_dict()
    assert other_session(state).studies.running is None


def test_a_session_that_was_open_before_sees_what_another_begins(state):
    other = AppState.of_project(state.projects, state.kept.id)
    assert other.studies.running is None
    carry_out = CarryOut()
    start(state, carry_out)
    other.look()
    assert other.studies.running is state.studies.running
    carry_out.go.set()
    finish(other)


def test_any_session_may_cancel_and_another_study_may_begin_at_once(state):
    carry_out = CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    other_session(state).studies.cancel()
    assert not state.studies.is_busy
    assert not carry_out.wanted
    again = CarryOut()
    start(state, again)
    carry_out.go.set()
    assert carry_out.ended.wait(30)
    time.sleep(0.1)
    # The end of the first is not taken for that of the second.
    assert other_session(state).studies.running is state.studies.running
    again.go.set()
    finish(state)
    assert kept_curve(state.project.history, "noise") is not None


def test_a_study_ends_with_its_project(state):
    carry_out = CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    project = state.project.id
    state.studies.end("another")
    assert state.studies.is_busy
    state.projects.delete(project)
    state.studies.end(project)
    assert not carry_out.wanted
    assert not state.studies.is_busy
    carry_out.go.set()
    assert carry_out.ended.wait(30)


def test_what_another_session_has_cancelled_is_no_longer_shown(state):
    carry_out = CarryOut()
    start(state, carry_out)
    other_session(state).studies.cancel()
    state.look()
    assert state.studies.running is None
    carry_out.go.set()


def test_a_study_goes_on_while_another_project_is_open(state):
    carry_out = CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    running, number = state.studies.running, state.project.id
    state.open(state.task)
    assert state.studies.running is None
    assert not running.is_done
    state.enter(number)
    assert state.studies.running is running
    state.open(state.task)
    carry_out.go.set()
    assert running.job.done.wait(30)
    state.enter(number)
    assert kept_curve(state.project.history, "noise")[0].to_dict() == WHOLE.to_dict()


def test_holding_rows_out_ends_a_study_of_all_rows(state):
    carry_out = CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    lock_hold_out(state, 0.2)
    assert state.studies.running is None
    assert not carry_out.wanted
    carry_out.go.set()
    assert carry_out.ended.wait(30)
    time.sleep(0.1)
    state.look()
    assert state.project.history.studies == {}


def test_rows_that_another_window_holds_out_end_a_study_once_seen(state):
    carry_out = CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    state.projects.open(state.project.id).hold_out(HoldOut(0.2, 1))
    assert state.studies.is_busy
    state.look()
    assert state.studies.running is None
    assert not carry_out.wanted
    carry_out.go.set()


def test_what_ends_after_another_window_has_held_rows_out_is_not_kept(state):
    carry_out = CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    state.projects.open(state.project.id).hold_out(HoldOut(0.2, 1))
    carry_out.go.set()
    finish(state)
    assert "Rows have been held out since the study began" in state.studies.running.job.problem
    assert state.project.history.studies == {}


def test_a_study_after_rows_are_held_out_is_kept(state):
    lock_hold_out(state, 0.2)
    carry_out = CarryOut()
    start(state, carry_out)
    carry_out.go.set()
    finish(state)
    _, number = kept_curve(state.project.history, "noise")
    assert changes_since(state.project.history, number, state.settings) == []


def test_why_there_is_no_result_is_told(state):
    def impossible(take, wanted):  # noqa: ARG001
        raise DesignError("Choose fewer rows.")

    start(state, impossible)
    finish(state)
    assert state.studies.running.problem == "Choose fewer rows."
    assert other_session(state).studies.running is None  # it has been told


def test_who_opens_the_project_later_is_told_why_there_is_no_result(state):
    carry_out = CarryOut()

    def impossible(take, wanted):
        carry_out(take, wanted)
        raise DesignError("Choose fewer rows.")

    start(state, impossible)
    job = state.studies.running.job
    carry_out.go.set()
    assert job.done.wait(30)
    later = other_session(state)
    assert later.studies.running.problem == "Choose fewer rows."
    assert other_session(state).studies.running is None
    again = CarryOut()
    start(later, again)
    assert again.begun.wait(30)
    again.go.set()
    finish(later)
    assert kept_curve(later.project.history, "noise")[0].to_dict() == WHOLE.to_dict()


def test_a_study_that_nobody_saw_fail_is_no_obstacle(state):
    def impossible(take, wanted):  # noqa: ARG001
        raise DesignError("Choose fewer rows.")

    start(state, impossible)
    assert state.studies.running.job.done.wait(30)
    carry_out = CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    carry_out.go.set()
    finish(state)
    assert not state.studies.running.problem


def test_one_that_another_session_cancels_has_not_failed(state):
    carry_out = CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    assert not state.studies.running.problem
    other_session(state).studies.cancel()
    assert not state.studies.is_busy
    assert not state.studies.running.problem
    carry_out.go.set()
    assert carry_out.ended.wait(30)


def test_a_project_that_is_gone_is_said(state):
    carry_out = CarryOut()
    start(state, carry_out)
    assert carry_out.begun.wait(30)
    state.projects.delete(state.project.id)
    carry_out.go.set()
    until = time.monotonic() + 30
    while state.studies.is_busy:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert "no such project" in state.studies.running.problem


@pytest.mark.parametrize("kept", [{}, {"study": "trust"}, WHOLE.to_dict() | {"points": [3, 1]}])
def test_what_was_kept_in_another_form_is_said(state, kept):
    project = state.kept
    project.studied("noise", kept, project.history.states[-1].number)
    with pytest.raises(DataError):
        kept_curve(project.history, "noise")
    project.studied("trust", WHOLE.to_dict(), project.history.states[-1].number)
    with pytest.raises(DataError, match="name of another"):
        kept_curve(project.history, "trust")


def test_what_the_scores_are_worth_is_known_of_these_scores_and_this_trust(state):
    rows = {"baseline": [0.5, 0.7, 0.9], "laat 100": [0.8] * 3, "laat auto": [0.7] * 3}
    lines = {name: np.array([[area] * 2 for area in areas]) for name, areas in rows.items()}
    curve = Curve("learning", (5, 10, 50), lines | {"scores alone": lines["baseline"]}, {"rows": 5})
    settings, project = state.settings, state.kept
    assert state.studies.worth(project.history, settings) is None
    project.studied("learning", curve.to_dict(), project.history.states[-1].number)
    worth = state.studies.worth(project.history, settings)
    assert worth.rows == pytest.approx(np.sqrt(500))
    settings.gamma = "auto"
    assert state.studies.worth(project.history, settings).rows == pytest.approx(10)
    settings.gamma = 3.0
    assert state.studies.worth(project.history, settings) is None
    more = replace(curve, lines=curve.lines | {"laat 3": curve.lines["laat auto"]})
    project.studied("learning", more.to_dict(), project.history.states[-1].number)
    assert state.studies.worth(project.history, settings).rows == pytest.approx(10)
    settings.gamma = 100.0
    project.doubt(["age"])
    assert state.studies.worth(project.history, settings) is None
    project.studied("learning", {}, project.history.states[-1].number)
    assert state.studies.worth(project.history, settings) is None


def test_a_curve_of_rows_that_are_held_out_now_tells_no_worth(state):
    areas = np.array([[0.5], [0.9]])
    lines = dict.fromkeys(("baseline", "laat 100", "scores alone"), areas)
    curve = Curve("learning", (5, 50), lines, {"rows": 5}).to_dict()
    project = state.kept
    number = project.history.states[-1].number
    project.studied("learning", curve, number)
    assert state.studies.worth(project.history, state.settings)
    lock_hold_out(state, 0.2)
    assert state.studies.worth(project.history, state.settings) is None
    changed = changes_since(project.history, number, state.settings)
    assert changed == ["the rows (some are held out now)"]
    project.studied("learning", curve, project.history.states[-1].number)
    assert state.studies.worth(project.history, state.settings)


def test_what_has_changed_since_a_state_is_named(state):
    project = state.kept
    number = project.history.states[-1].number
    assert changes_since(project.history, number, state.settings) == []
    state.settings.gamma = 3.0  # a study has its own, or none
    assert changes_since(project.history, number, state.settings) == []
    project.doubt(["age"])
    assert changes_since(project.history, number, state.settings) == [
        "how firmly features are held"
    ]
    project.doubt(["age"], doubted=False)
    project.unuse(["age"])
    assert changes_since(project.history, number, state.settings) == ["what is not to be used"]
    project.unuse(["age"], unused=False)
    state.settings.shots = 10
    assert changes_since(project.history, number, state.settings) == ["the settings"]
    state.edit_scores({"age": 1}, "move")
    changed = changes_since(project.history, number, state.settings)
    assert changed == ["the scores", "the settings"]
    state.change_task(replace(state.task, description="Another."))
    assert changes_since(project.history, number, state.settings) == ["the task"]
