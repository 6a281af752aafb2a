"""Comparisons by the hundred: what they are of, and how their numbers become a curve."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from laat_core.data.splits import Design
from laat_core.data.task import Role, Task
from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.experiment import Experiment
from laat_core.evaluate.recipe import Recipe
from laat_core.evaluate.workers import Wanted, in_parallel
from laat_core.model.settings import Gamma
from laat_core.scores.importance import ImportanceScores

__all__ = ["Measure", "OnResult", "Plan", "Running", "Unit", "areas", "grow"]

OnResult = Callable[[Curve, float], None]
Measure = Callable[[Experiment, Comparison], dict[str, NDArray[np.float64]]]

Found = tuple[tuple[int, int], dict[str, NDArray[np.float64]]]  # where numbers belong, and these


class Running(TypedDict, total=False):
    """How a study is carried out.

    Attributes
    ----------
    on_result : callable
        Called with the curve so far and the share of the comparisons done, 0 to 1, after each.
        What it raises goes through and ends the study.
    wanted : Wanted
        Ends the study when it is ended, from any thread.
    n_jobs : int
        Processes; by default -1, one per core. They are started once what is left seems to take
        longer than that does.
    """

    on_result: OnResult
    wanted: Wanted
    n_jobs: int


SECONDS_TO_START = 5.0  # other processes: each imports torch first

_numbers = count()


@dataclass(frozen=True)
class Plan:
    """A task under one design and recipe, small enough to be sent to other processes.

    Attributes
    ----------
    task : Task
        Without the columns that neither models see nor rows are grouped by.
    design : Design
    recipe : Recipe
    number : int
        The same for all that is made from one plan by ``replace``, and for nothing else.
    """

    task: Task = field(compare=False)
    design: Design
    recipe: Recipe
    number: int = field(default_factory=_numbers.__next__)

    def __post_init__(self) -> None:
        used = tuple(column for column in self.task.columns if column.role is not Role.IGNORE)
        table = self.task.table[[self.task.target, *(column.name for column in used)]]
        object.__setattr__(self, "task", replace(self.task, table=table, columns=used))

    def experiment(self) -> Experiment:
        """The experiment; the last one stays, with its baseline, for the next comparison."""
        return _experiment(self)


@lru_cache(maxsize=1)
def _experiment(plan: Plan) -> Experiment:
    return Experiment(plan.task, plan.design, plan.recipe)


@dataclass(frozen=True)
class Unit:
    """One comparison of many.

    Attributes
    ----------
    point, first : int
        Where its numbers belong: position of the point, and of the first repeat.
    plan : Plan
    scores : ImportanceScores
    gamma : float or "auto"
    measure : callable
        Takes experiment and comparison, and returns the numbers by line, one per split; of lines
        that the curve does not have, they are left out.
    feature_trust : mapping of str to float or None
        As in :meth:`Experiment.compare`.
    """

    point: int
    first: int
    plan: Plan
    scores: ImportanceScores
    gamma: Gamma
    measure: Measure
    feature_trust: Mapping[str, float] | None = None


def areas(_: Experiment, comparison: Comparison) -> dict[str, NDArray[np.float64]]:
    """AUC on the test rows of all three models."""
    return {
        "laat": comparison.laat.auc,
        "baseline": comparison.baseline.auc,
        "scores alone": comparison.scores_alone.auc,
    }


def grow(curve: Curve, units: Sequence[Unit], **running: Unpack[Running]) -> Curve:
    """Carry out comparisons, and put their numbers on a curve.

    Parameters
    ----------
    curve : Curve
        Empty.
    units : sequence of Unit
    **running
        As in :class:`Running`.

    Returns
    -------
    Curve

    Raises
    ------
    LaatError
        If a comparison cannot be carried out, or the study was stopped.
    """
    on_result = running.get("on_result")
    results = _results(units, running.get("wanted") or Wanted(), running.get("n_jobs", -1))
    try:
        with closing(results):
            for done, (unit, found) in enumerate(results, start=1):
                curve = curve.grown(*unit, found)
                if on_result:
                    on_result(curve, done / len(units))
    finally:
        _experiment.cache_clear()  # of this process: nobody asks for it again
    return curve


def _results(units: Sequence[Unit], wanted: Wanted, n_jobs: int) -> Generator[Found]:
    """Begin here; go on in other processes once it pays to start them.

    That is where the rest, were all of it as dear as the dearest so far, takes longer than that:
    the first may well be the cheapest.
    """
    rest, dearest = list(units), 0.0
    try:
        while rest and dearest * len(rest) <= SECONDS_TO_START:
            wanted.check()
            started = time.monotonic()
            found = _measure(rest.pop(0), wanted.check)
            dearest = max(dearest, time.monotonic() - started)
            yield found
        yield from in_parallel(_measure, rest, wanted, n_jobs if rest else 1)
    finally:
        wanted.end()


def _measure(unit: Unit, check: Callable[[object], None]) -> Found:
    experiment = unit.plan.experiment()
    comparison = experiment.compare(
        unit.scores, unit.gamma, feature_trust=unit.feature_trust, on_progress=check
    )
    return (unit.point, unit.first), unit.measure(experiment, comparison)
