import gc
import threading
import time
import weakref

import pytest

from laat_core import DesignError
from ui.training import Job, Outcome, Trainer


class Work:
    """A training that goes on when it is told to."""

    def __init__(self, found="found"):
        self.found = found
        self.begun, self.go, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.was_cancelled = False

    def __call__(self, tell):
        try:
            tell(0.5)
            self.begun.set()
            assert self.go.wait(30)
            self.was_cancelled = True
            tell(1.0)
            self.was_cancelled = False
            return self.found
        finally:
            self.ended.set()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("ui.training.PATIENCE", 0.01)


@pytest.fixture
def trainer():
    return Trainer()


def now(value):
    return lambda _tell: value


def begin(trainer, key, work):
    outcome = trainer.ask(key, work, patience=0.0)
    assert work.begun.wait(30)
    return outcome


def end(trainer, key, work):
    work.go.set()
    assert work.ended.wait(30)
    return wait(trainer, key, work)


def wait(trainer, key, work):
    until = time.monotonic() + 30
    while (outcome := trainer.ask(key, work, patience=0.01)).share is not None:
        assert time.monotonic() < until
    return outcome


def test_what_is_quickly_found_is_there_at_once(trainer):
    assert trainer.ask("a", now(1), patience=30) == Outcome(1)


def test_the_same_is_not_trained_twice(trainer):
    first = trainer.ask("a", now(1), patience=30)
    assert trainer.ask("a", now(2), patience=30) == first


def test_without_a_result_the_share_is_told(trainer):
    work = Work()
    assert begin(trainer, "a", work).found is None
    assert trainer.ask("a", work, patience=0.0) == Outcome(None, old=True, share=0.5)
    assert end(trainer, "a", work) == Outcome("found")


def test_the_last_result_stays_and_is_called_old_while_another_is_under_way(trainer):
    assert trainer.ask("a", now(1), patience=30) == Outcome(1)
    work = Work(2)
    begin(trainer, "b", work)
    assert trainer.ask("b", work) == Outcome(1, old=True, share=0.5)
    assert end(trainer, "b", work) == Outcome(2)


def test_a_newer_move_ends_the_training_under_way(trainer):
    older, newer = Work("older"), Work("newer")
    begin(trainer, "a", older)
    begin(trainer, "b", newer)
    older.go.set()
    assert older.ended.wait(30)
    assert older.was_cancelled
    assert end(trainer, "b", newer) == Outcome("newer")


def test_the_last_of_many_moves_wins_in_whatever_order_they_end(trainer):
    works = [Work(number) for number in range(5)]
    for number, work in enumerate(works):
        begin(trainer, number, work)
    works[-1].go.set()
    assert wait(trainer, 4, works[-1]) == Outcome(4)
    for work in works:
        work.go.set()
        assert work.ended.wait(30)
    assert trainer.ask(4, works[-1]) == Outcome(4)


def test_one_that_ended_in_spite_of_a_newer_move_is_not_shown(trainer):
    entered, go, ended = threading.Event(), threading.Event(), threading.Event()

    def deaf(_tell):  # tells nobody, and so does not hear that it is too late
        entered.set()
        assert go.wait(30)
        ended.set()
        return "deaf"

    trainer.ask("a", deaf, patience=0.0)
    assert entered.wait(30)
    newer = Work("newer")
    begin(trainer, "b", newer)
    go.set()
    assert ended.wait(30)
    assert trainer.ask("b", newer, patience=0.0) == Outcome(None, old=True, share=0.5)
    assert end(trainer, "b", newer) == Outcome("newer")


def test_going_back_to_what_was_cancelled_trains_it_again(trainer):
    older, newer = Work("older"), Work("newer")
    begin(trainer, "a", older)
    begin(trainer, "b", newer)
    again = Work("again")
    begin(trainer, "a", again)
    assert end(trainer, "a", again) == Outcome("again")
    older.go.set()
    newer.go.set()


def test_what_is_forgotten_is_ended_and_never_shown_again(trainer):
    assert trainer.ask("a", now(1), patience=30) == Outcome(1)
    work = Work(2)
    begin(trainer, "b", work)
    trainer.forget()
    work.go.set()
    assert work.ended.wait(30)
    assert work.was_cancelled
    another = Work(3)
    assert begin(trainer, "b", another).found is None
    assert end(trainer, "b", another) == Outcome(3)


def test_why_nothing_was_found_is_told(trainer):
    def impossible(_tell):
        raise DesignError("Choose fewer rows.")

    trainer.ask("a", now(1), patience=30)
    assert wait(trainer, "b", impossible) == Outcome(None, problem="Choose fewer rows.")
    assert trainer.ask("c", now(3), patience=30).found == 3


def test_a_fault_of_the_program_ends_in_a_sentence_and_in_the_log(trainer, monkeypatch):
    logged, was_logged = [], threading.Event()

    def log(fault):
        logged.append(fault.exc_type)
        was_logged.set()

    monkeypatch.setattr("threading.excepthook", log)
    outcome = wait(trainer, "a", lambda _tell: 1 / 0)
    assert outcome.found is None
    assert "A fault of this program" in outcome.problem
    assert was_logged.wait(30)
    assert logged == [ZeroDivisionError]


def test_a_run_that_waits_for_a_cancelled_training_does_not_lose_the_last_result(
    trainer, monkeypatch
):
    trainer.ask("a", now(1), patience=30)
    monkeypatch.setattr("ui.training.PATIENCE", 30)
    work, outcomes = Work(), []
    waiting = threading.Thread(target=lambda: outcomes.append(trainer.ask("b", work)))
    waiting.start()
    assert work.begun.wait(30)
    monkeypatch.setattr("ui.training.PATIENCE", 0.01)
    newer = Work()
    begin(trainer, "c", newer)
    work.go.set()
    waiting.join(30)
    assert [outcome.found for outcome in outcomes] == [1]
    assert trainer.ask("c", newer) == Outcome(1, old=True, share=0.5)
    end(trainer, "c", newer)


def test_a_job_that_has_failed_keeps_nothing_of_its_table():
    class Table:
        def train(self, _tell):
            raise DesignError("Choose fewer rows.")

    table, job = Table(), Job("study")
    known = weakref.ref(table)
    job.start(table.train)
    del table
    assert job.done.wait(30)
    until = time.monotonic() + 30
    while known() is not None:  # until the thread is gone
        assert time.monotonic() < until
        gc.collect()
        time.sleep(0.01)
    assert job.problem == "Choose fewer rows."
