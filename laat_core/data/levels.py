"""Levels of a column that probably belong together: spellings of one word, and rare ones."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from laat_core.data.roles import MAX_LEVELS, suggest_column
from laat_core.data.task import Role, Task
from laat_core.data.text import level_counts

__all__ = ["Spellings", "rare_levels", "spellings", "suggest_merges"]


@dataclass(frozen=True)
class Spellings:
    """Levels that differ only in case or spaces.

    Attributes
    ----------
    column : str
    levels : tuple of str
        All of them, in the order of the column's levels.
    into : str
        The most frequent one.
    n_rows : int
        Rows that have one of the others.
    """

    column: str
    levels: tuple[str, ...]
    into: str
    n_rows: int

    @property
    def others(self) -> tuple[str, ...]:
        """All but the most frequent one."""
        return tuple(level for level in self.levels if level != self.into)


def spellings(values: pd.Series) -> tuple[Spellings, ...]:
    """Name levels that differ only in case or spaces.

    Examples
    --------
    >>> spellings(pd.Series(["Bonn", "bonn", "Bonn", "Rome"], name="city"))[0].others
    ('bonn',)
    """
    counts, alike = level_counts(values), dict[str, list[str]]()
    for level in counts:
        alike.setdefault(_folded(level), []).append(level)
    return tuple(
        _spellings(str(values.name), {level: counts[level] for level in levels})
        for levels in alike.values()
        if len(levels) > 1
    )


def _spellings(column: str, counts: Mapping[str, int]) -> Spellings:
    into = max(counts, key=counts.__getitem__)
    return Spellings(column, tuple(counts), into, sum(counts.values()) - counts[into])


def suggest_merges(task: Task) -> dict[str, tuple[Spellings, ...]]:
    """Name spellings of one level in the categories of a task; nothing is changed.

    A column that is left out because it has too many levels is looked at where merging would
    leave few enough.

    Returns
    -------
    dict of str to tuple of Spellings
        By column; columns without any are left out.

    Examples
    --------
    >>> from laat_core import make_task
    >>> table = pd.DataFrame({"sex": ["f", "F", "m", "m"], "ill": [0, 1, 0, 1]})
    >>> suggest_merges(make_task(table, "ill", 1))["sex"][0].levels
    ('F', 'f')
    """
    found = {}
    for column in task.columns:
        values = task.cleaned[column.name]
        if column.role in (Role.NUMERIC, Role.IGNORE) and not _is_crowded(column.note, values):
            continue
        if alike := spellings(values):
            found[column.name] = alike
    return found


def _is_crowded(note: str, values: pd.Series) -> bool:
    """Whether a column was left out for a number of levels that merging would make small."""
    if not note or pd.api.types.is_numeric_dtype(values):
        return False
    levels = level_counts(values)
    n_merged = len(set(map(_folded, levels)))
    return n_merged <= MAX_LEVELS < len(levels) and note == suggest_column(values).note


def _folded(level: str) -> str:
    return "".join(level.casefold().split())


def rare_levels(values: pd.Series, fewest: int) -> list[str]:
    """Levels that fewer rows have than asked for.

    Examples
    --------
    >>> rare_levels(pd.Series(["a", "a", "b", "c"]), 2)
    ['b', 'c']
    """
    return [level for level, n_rows in level_counts(values).items() if n_rows < fewest]
