"""Rows of the bias lab by the groups that a bias makes, and what models do to these groups."""

from itertools import pairwise
from typing import Any, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from laat_core import Bias, Condition, DataError, Experiment, Role, Task
from laat_core.data.text import as_numbers, as_text
from laat_core.data.values import numbers_of
from laat_core.evaluate.fairness.asked import Asked, asked_rows
from laat_core.evaluate.fairness.rates import class_shares, count_rows
from laat_core.evaluate.fairness.table import summarise
from laat_core.evaluate.groups import Groups, group_rows
from laat_core.model.networks import Models
from ui.bias.lab import LabFindings

__all__ = ["MISSING", "GroupErrors", "divide", "errors_by_group", "n_turned", "told_rows"]

MOST_LEVELS = 8  # more bars say less
MISSING = "missing"


class GroupErrors(NamedTuple):
    """What a model gets wrong in one group where it flags as many rows as are positive.

    Attributes
    ----------
    false_alarms, missed : float or None
        Share of the negative rows that are flagged, and of the positive ones that are not;
        means over the splits, 0 to 1. None where there are no such rows.
    small : bool
        Whether the group has so few rows that this is mostly chance.
    """

    false_alarms: float | None
    missed: float | None
    small: bool


def divide(task: Task, bias: Bias, column: str) -> Groups:
    """Divide the labelled rows by a column, numbers where the bias divides them.

    Parameters
    ----------
    task : Task
    bias : Bias
    column : str
        Of the task. With conditions of a bias on it, there is a group for each side of them; else
        it is :func:`laat_core.evaluate.groups.group_rows`.

    Raises
    ------
    DataError
        If there is no such column, or it has too many levels and the bias does not divide them.
    """
    conditions = [c for step in bias.steps for c in step.conditions if c.column == column]
    bounds = sorted({float(c.value) for c in conditions if isinstance(c.value, float | int)})
    if bounds:
        return _by_bounds(task, column, bounds)
    try:
        groups = group_rows(task, column)
    except DataError:
        if not conditions:
            raise
        return _by_condition(task, conditions[0])
    return _by_condition(task, conditions[0]) if _too_many(groups) and conditions else groups


def told_rows(experiment: Experiment, groups: Groups) -> NDArray[np.int64]:
    """Count training rows of the first split, by group and by the class that models are told.

    Returns
    -------
    ndarray of shape (n_groups, 2)
    """
    counts = np.zeros((len(groups.names), 2), dtype=np.int64)
    labels = experiment.train_labels[0].numpy().astype(np.int64)
    np.add.at(counts, (groups.codes[experiment.splits[0].train], labels), 1)
    return counts


def n_turned(experiment: Experiment) -> int:
    """How many training rows of the first split carry another class than their own."""
    told = experiment.train_labels[0].numpy()
    return int((told != experiment.task.labels[experiment.splits[0].train]).sum())


def errors_by_group(
    findings: LabFindings, name: Literal["laat", "baseline"], groups: Groups
) -> tuple[tuple[GroupErrors, ...], ...]:
    """What one of two models gets wrong of the test rows of each group, fair and biased.

    It flags the rows that it ranks highest, as many as are positive: from a fixed probability on
    it would flag fewer with a bias that makes the class rare, however well it still ranks them.
    """
    asked = [
        one
        for pair in (findings.fair, findings.biased)
        # Trained here, and so there.
        for one in asked_rows(
            pair.experiment, cast(Models, pair.comparison.models[name].models), groups
        )
    ]
    counts = count_rows(groups, [(one.codes, one.labels, _flagged(one)) for one in asked])
    halves = np.split(class_shares(counts), 2)  # both have the same splits
    return tuple(_errors(groups, rates) for rates in halves)


def _errors(groups: Groups, rates: NDArray[np.float64]) -> tuple[GroupErrors, ...]:
    found = []
    for place in range(len(groups.names)):
        false_alarms = summarise(rates[:, place, 0]).mean
        caught = summarise(rates[:, place, 1]).mean
        missed = None if caught is None else 1 - caught
        found.append(GroupErrors(false_alarms, missed, bool(groups.small[place])))
    return tuple(found)


def _flagged(asked: Asked) -> NDArray[np.bool_]:
    n_positive = int(asked.labels.sum())
    return np.asarray(asked.logits >= np.sort(asked.logits)[-n_positive])


def _too_many(groups: Groups) -> bool:
    return len(groups.names) > MOST_LEVELS


def _by_bounds(task: Task, column: str, bounds: list[float]) -> Groups:
    about, values = task.column(column), task.labelled[column]
    is_date = about.role is Role.DATE
    numbers = (numbers_of(values, about) if is_date else as_numbers(values)).to_numpy()
    codes = np.where(np.isnan(numbers), len(bounds) + 1, np.searchsorted(bounds, numbers, "right"))
    said = [as_text(bound) for bound in bounds]
    between = [f"{low} to under {high}" for low, high in pairwise(said)]
    return _occurring(column, [f"under {said[0]}", *between, f"{said[-1]} or more", MISSING], codes)


def _by_condition(task: Task, condition: Condition) -> Groups:
    codes = np.where(condition.rows(task), 0, 1)
    value = "" if condition.value is None else f" {as_text(condition.value)}"
    return _occurring(condition.column, [f"{condition.comparison}{value}", "all others"], codes)


def _occurring(column: str, names: list[str], codes: NDArray[Any]) -> Groups:
    """Groups without those that no row is in."""
    found, numbers = np.unique(codes, return_inverse=True)
    return Groups((column,), tuple(names[code] for code in found), numbers.astype(np.int64))
