"""Biases as they are composed by clicks: every click makes another one that can be used."""

from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from laat_core import Bias, Column, Condition, Role, Step, Task
from laat_core.data.conditions import Relation
from laat_core.data.text import as_numbers, level_counts, level_text
from laat_core.data.values import as_ranks, numbers_of

__all__ = [
    "MADE",
    "MOST_CONDITIONS",
    "MOST_STEPS",
    "Made",
    "Values",
    "as_made",
    "few_digits",
    "made_of",
    "new_condition",
    "new_step",
    "values_of",
    "with_comparison",
    "with_strength",
]

MOST_STEPS = MOST_CONDITIONS = 3
MOST_LEVELS = 200  # of a list; the most frequent
FEW_LEVELS = 20  # numbers that are picked one by one as well

Made = Literal["leave out", "under-sample", "tie", "turn labels"]
MADE: dict[Made, str] = {
    "leave out": "Leave out rows of a class",
    "under-sample": "Under-sample a group",
    "tie": "Tie a column to the class",
    "turn labels": "Turn labels in a group",
}


class Values(NamedTuple):
    """What a column offers to a condition.

    Attributes
    ----------
    range : tuple of float or None
        Smallest value, median and largest; None of a column that is no number. Of dates, years.
    levels : tuple of str
        To choose among; of many the most frequent, of numbers none where there are many; of an
        ordered column all, in their order.
    gaps : bool
        Whether values are missing.
    commonest : str
        Most frequent level, or the middle one of an ordered column; empty where there is none.
    ordered : bool
        Whether levels can be compared by "under" and "at least".
    """

    range: tuple[float, float, float] | None
    levels: tuple[str, ...]
    gaps: bool
    commonest: str
    ordered: bool = False

    @property
    def comparisons(self) -> tuple[Relation, ...]:
        """What can be asked of the column."""
        bounds: tuple[Relation, ...] = ("under", "at least") if self.range or self.ordered else ()
        equal: tuple[Relation, ...] = ("is", "is not") if self.levels else ()
        missing: tuple[Relation, ...] = ("is missing",) if self.gaps else ()
        return bounds + equal + missing


def values_of(task: Task, column: str) -> Values:
    """Look what a column of the table holds."""
    values = task.cleaned[column]
    about = next((known for known in task.columns if known.name == column), None)
    role = about.role if about else Role.IGNORE
    if about and role is Role.ORDERED:
        return _of_ordered(values, about)
    is_date = about is not None and role is Role.DATE and bool(about.reference)
    numbers = numbers_of(values, about) if about and is_date else as_numbers(values)
    texts, counts = level_text(values), level_counts(values)
    are_numbers = numbers.notna().sum() == texts.notna().sum() and role is not Role.CATEGORICAL
    numeric = bool(numbers.notna().any()) and (role is Role.NUMERIC or is_date or are_numbers)
    levels = tuple(counts)
    if len(levels) > MOST_LEVELS:
        frequent = set(sorted(counts, key=counts.__getitem__, reverse=True)[:MOST_LEVELS])
        levels = tuple(level for level in levels if level in frequent)
    known = numbers.dropna().to_numpy()
    return Values(
        (float(known.min()), float(np.median(known)), float(known.max())) if numeric else None,
        () if numeric and len(counts) > FEW_LEVELS else levels,
        bool((numbers if numeric else texts).isna().any()),
        max(counts, key=counts.__getitem__, default=""),
    )


def _of_ordered(values: pd.Series, column: Column) -> Values:
    ranks = as_ranks(values, column.ranked)
    middle = column.ranked[int(ranks.median())] if ranks.notna().any() else ""
    return Values(None, column.ranked, bool(ranks.isna().any()), middle, ordered=True)


def new_condition(task: Task, column: str) -> Condition:
    """Make a condition on a column that some rows meet, where there is one."""
    values = values_of(task, column)
    if values.range:
        return Condition(column, "at least", few_digits(values.range[1]))
    if values.ordered and values.commonest:
        return Condition(column, "at least", values.commonest)
    return Condition(column, "is", values.commonest) if values.levels else _is_missing(column)


def with_comparison(task: Task, condition: Condition, comparison: Relation) -> Condition:
    """Compare otherwise, with a value that fits; the same one where it does."""
    values = values_of(task, condition.column)
    if comparison == "is missing":
        return _is_missing(condition.column)
    if comparison in ("under", "at least") and not values.ordered:
        same = isinstance(condition.value, float | int)
        median = few_digits(values.range[1]) if values.range else 0.0
        return Condition(condition.column, comparison, condition.value if same else median)
    same = isinstance(condition.value, str)
    return Condition(condition.column, comparison, condition.value if same else values.commonest)


def few_digits(value: float) -> float:
    """Round a number to four digits, to be read and changed by a person."""
    return float(f"{value:.4g}")


def new_step(task: Task, made: Made, column: str) -> Step:
    """Make a step that touches the rows with a common value of a column, at full strength."""
    return as_made(Step("leave out", (new_condition(task, column),)), made, task)


def made_of(step: Step) -> Made:
    """What a step is called here."""
    return "under-sample" if step.kind == "leave out" and step.of_class is None else step.kind


def as_made(step: Step, made: Made, task: Task) -> Step:
    """Do something else to the rows of a step."""
    if made in ("turn labels", "under-sample"):
        kind: Literal["turn labels", "leave out"] = (
            "turn labels" if made == "turn labels" else "leave out"
        )
        return replace(step, kind=kind, of_class=None)
    return replace(
        step,
        kind="tie" if made == "tie" else "leave out",
        of_class=step.of_class or task.positive_class,
    )


def with_strength(bias: Bias, number: int, strength: float) -> Bias:
    """Give one step, counted from 0, another strength."""
    steps = list(bias.steps)
    steps[number] = replace(steps[number], strength=strength)
    return Bias(tuple(steps))


def _is_missing(column: str) -> Condition:
    return Condition(column, "is missing")
