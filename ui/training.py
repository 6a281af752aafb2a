"""Training beside the page: a newer move cancels the one under way."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from laat_core import Comparison, Experiment, LaatError
from laat_core.evaluate.conflicts import Conflict

__all__ = ["Findings", "Outcome", "Trainer"]

FIRST_PATIENCE = 5.0  # seconds that a page waits for a result where it has none yet
PATIENCE = 0.25  # and where it has an older one to show meanwhile


@dataclass(frozen=True)
class Findings:
    """What came of one training; the parts belong together.

    Attributes
    ----------
    experiment : Experiment
    comparison : Comparison
    conflicts : dict of str to tuple of {"rows", "llm", "model"}
        By feature name.
    """

    experiment: Experiment
    comparison: Comparison
    conflicts: dict[str, tuple[Conflict, ...]]


Work = Callable[[Callable[[float], None]], Findings]  # is told whom to tell the share done


class _Cancelled(Exception):  # noqa: N818 - no fault, and never shown
    """A newer move has come."""


@dataclass
class _Job:
    """One training in a thread of its own."""

    key: Any
    work: Work
    share: float = 0.0
    findings: Findings | None = None
    problem: str = ""
    cancelled: bool = False
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        self.problem = "A fault of this program has ended the training. Its log has the details."
        try:
            self.findings, self.problem = self.work(self._tell), ""
        except _Cancelled:
            self.problem = ""
        except LaatError as error:
            self.problem = str(error)
        finally:
            self.done.set()

    def _tell(self, share: float) -> None:
        if self.cancelled:
            raise _Cancelled
        self.share = share


@dataclass(frozen=True)
class Outcome:
    """What can be shown now.

    Attributes
    ----------
    findings : Findings or None
        The last that there are.
    old : bool
        Whether they are of earlier scores.
    share : float or None
        How much of the training under way is done.
    problem : str
        Why there are none.
    """

    findings: Findings | None
    old: bool = False
    share: float | None = None
    problem: str = ""


class Trainer:
    """Trains what was asked for last, and keeps the last result."""

    def __init__(self) -> None:
        self._job: _Job | None = None
        self._last: Findings | None = None

    def ask(self, key: object, work: Work) -> Outcome:
        """Train, unless that is done or under way; return what there is after a short while.

        Parameters
        ----------
        key : object
            Equal where the result would be the same.
        work : callable
            Trains. What it is given tells the share done, and raises once a newer move has come.
        """
        job = self._job
        if job is None or job.key != key:
            if job is not None:
                job.cancelled = True
            job = self._job = _Job(key, work)
            threading.Thread(target=job.run, daemon=True).start()
        job.done.wait(PATIENCE if self._last else FIRST_PATIENCE)
        if not job.done.is_set():
            return Outcome(self._last, old=True, share=job.share)
        if job.problem:
            return Outcome(None, problem=job.problem)
        self._last = job.findings
        return Outcome(self._last)
