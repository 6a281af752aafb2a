"""Training beside the page: a newer move cancels the one under way."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from laat_core import LaatError

__all__ = ["Job", "Outcome", "Trainer", "Work"]

FIRST_PATIENCE = 5.0  # seconds that a page waits for a result where it has none yet
PATIENCE = 0.25  # and where it has an older one to show meanwhile
# Up to so long it waits for a training that takes no longer than the last: while somebody drags,
# each move would otherwise end the one before, and nothing would be seen.
MOST_PATIENCE = 1.0

T = TypeVar("T")
Work = Callable[[Callable[[float], None]], T]  # is told whom to tell the share done


class _Cancelled(Exception):  # noqa: N818 - no fault, and never shown
    """A newer move has come."""


@dataclass
class Job(Generic[T]):
    """One training, or study, in a thread of its own.

    Attributes
    ----------
    key : object
        Equal where the result would be the same.
    share : float
    found : object or None
    problem : str
        Why nothing was found.
    cancelled : bool
    seconds : float
    done : threading.Event
    """

    key: object
    share: float = 0.0
    found: T | None = None
    problem: str = ""
    cancelled: bool = False
    seconds: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    def start(self, work: Work[T]) -> None:
        """Begin, in a thread that does not keep the server from ending.

        Parameters
        ----------
        work : callable
            Is given whom to tell the share done, who raises once the job is cancelled. The job
            does not keep it: a whole table may hang on it.
        """
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    def _run(self, work: Work[T]) -> None:
        started = time.monotonic()
        self.problem = "A fault of this program has ended the training. Its log has the details."
        try:
            self.found, self.problem = work(self._tell), ""
        except _Cancelled:
            self.problem = ""
        except LaatError as error:
            self.problem = str(error)
        finally:
            self.seconds = time.monotonic() - started
            self.done.set()

    def _tell(self, share: float) -> None:
        if self.cancelled:
            raise _Cancelled
        self.share = share


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What can be shown now.

    Attributes
    ----------
    found : object or None
        The last that was found.
    old : bool
        Whether it is of earlier scores.
    share : float or None
        How much of the training under way is done.
    problem : str
        Why nothing was found.
    """

    found: T | None
    old: bool = False
    share: float | None = None
    problem: str = ""


class Trainer(Generic[T]):
    """Trains what was asked for last, and keeps the last result."""

    def __init__(self) -> None:
        self._job: Job[T] | None = None
        self._last: T | None = None
        self._seconds = 0.0  # that the last result took

    def ask(self, key: object, work: Work[T], patience: float = FIRST_PATIENCE) -> Outcome[T]:
        """Train, unless that is done or under way; return what there is after a short while.

        Parameters
        ----------
        key : object
            Equal where the result would be the same.
        work : callable
            Trains. What it is given tells the share done, and raises once a newer move has come.
        patience : float
            Seconds to wait for the first result.
        """
        job = self._job
        if job is None or job.key != key:
            if job is not None:
                job.cancelled = True
            job = self._job = Job(key)
            job.start(work)
        usual = min(max(PATIENCE, 2 * self._seconds), MOST_PATIENCE)
        job.done.wait(usual if self._last else patience)
        # Streamlit may begin a run of the page while an earlier one still waits here; what the
        # earlier one waits for has then been cancelled, and nothing was found.
        if job.cancelled or not job.done.is_set():
            return Outcome(self._last, old=True, share=job.share)
        if job.problem:
            return Outcome(None, problem=job.problem)
        self._last, self._seconds = job.found, job.seconds
        return Outcome(self._last)

    @property
    def share(self) -> float | None:
        """How much of the training under way is done; None where none is."""
        job = self._job
        return None if job is None or job.done.is_set() else job.share

    @property
    def problem(self) -> str:
        """Why nothing came of what was asked for last; empty where it did, or may yet."""
        return self._job.problem if self._job is not None and self._job.done.is_set() else ""

    def forget(self) -> None:
        """End the training under way, and show no earlier result: they are of something else."""
        if self._job is not None:
            self._job.cancelled = True
        self._job = self._last = None
