import os
import time
from threading import Timer

import pytest

from laat_core.errors import DesignError, StoppedError
from laat_core.evaluate.workers import Wanted, in_parallel

pytestmark = pytest.mark.slow


def square(number, check):
    check(None)
    return number**2


def pid(_, check):  # noqa: ARG001
    return os.getpid()


def impossible(number, check):  # noqa: ARG001
    if number == 2:
        raise DesignError("It cannot be done.")
    return number


def endless(_, check):
    while True:
        check(None)
        time.sleep(0.01)


def test_every_item_is_done_here():
    wanted = Wanted()
    assert list(in_parallel(square, range(5), wanted, n_jobs=1)) == [0, 1, 4, 9, 16]
    assert not wanted


def test_every_item_is_done_in_other_processes_and_they_can_be_stopped_and_used_again():
    assert sorted(in_parallel(square, range(5), Wanted(), n_jobs=2)) == [0, 1, 4, 9, 16]
    assert os.getpid() not in set(in_parallel(pid, range(5), Wanted(), n_jobs=2))
    wanted = Wanted()
    timer = Timer(0.3, wanted.end)
    timer.start()
    with pytest.raises(StoppedError, match="stopped before its end"):
        list(in_parallel(endless, range(50), wanted, n_jobs=2))
    timer.join()
    with pytest.raises(DesignError, match="cannot be done"):
        list(in_parallel(impossible, range(5), Wanted(), n_jobs=2))
    assert sorted(in_parallel(square, range(3), Wanted(), n_jobs=2)) == [0, 1, 4]


def test_who_takes_no_more_results_ends_the_work():
    wanted = Wanted()
    results = in_parallel(square, range(1000), wanted, n_jobs=1)
    assert next(results) == 0
    results.close()
    assert not wanted


def test_what_is_no_longer_wanted_is_not_begun():
    wanted = Wanted()
    wanted.end()
    with pytest.raises(StoppedError):
        list(in_parallel(square, range(3), wanted, n_jobs=1))


def test_an_error_in_words_goes_through():
    with pytest.raises(DesignError, match="cannot be done"):
        list(in_parallel(impossible, range(5), Wanted(), n_jobs=1))
