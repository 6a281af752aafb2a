"""What a table holds, column by column, before anything is trained."""

import sys
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.checks import check_task
from laat_core.data.cleaning_words import coded_rows, merged_rows
from laat_core.data.encoding import MISSING_LEVEL, median
from laat_core.data.hold_out import HoldOut
from laat_core.data.leakage import column_leaks
from laat_core.data.roles import MAX_LEVELS, holds_numbers
from laat_core.data.suggested import suggested
from laat_core.data.task import Column, Role, Task
from laat_core.data.text import as_numbers, as_text, feature_name, level_text
from laat_core.data.values import column_levels, known_numbers, level_at, numbers_of

__all__ = ["MAX_BINS", "ColumnProfile", "Distribution", "profile", "remarks"]

MAX_BINS = 20
LARGEST = sys.float_info.max


@dataclass(frozen=True, eq=False)
class Distribution:
    """How often which values stand in a column, by class.

    Attributes
    ----------
    bins : ndarray of shape (n_bins + 1,), float64, or tuple of str
        Edges of bins of equal width over the finite numbers, the last edge included; or the
        levels of a category, sorted, or the most frequent ones first where there are too many.
        Of an ordered column the levels in their order; of a date column the bins are of years.
    counts : ndarray of shape (2, n_bins), int64
        Rows of the negative class, then of the positive class.
    not_shown : ndarray of shape (2,), int64
        Rows of each class with a level that is not among the bins.
    """

    bins: NDArray[np.float64] | tuple[str, ...]
    counts: NDArray[np.int64]
    not_shown: NDArray[np.int64] = field(default_factory=lambda: np.zeros(2, dtype=np.int64))

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of each class's rows with a value that lies in each bin, (2, n_bins)."""
        known = self.counts.sum(axis=1) + self.not_shown
        return np.asarray(self.counts / np.maximum(known, 1)[:, None])

    @property
    def numeric(self) -> bool:
        """Whether the bins are edges, not levels."""
        return isinstance(self.bins, np.ndarray)


@dataclass(frozen=True, eq=False)
class ColumnProfile:
    """What one column holds, in all rows of the table.

    Attributes
    ----------
    name : str
    role : Role
    n_missing : int
        Values that count as missing: in a numeric column also what is no finite number, in an
        ordered one a level that has no place in the order, in a date column what is no date.
    missing_share : float
        From 0 to 1.
    n_distinct : int
        Different values among those that are not missing.
    distribution : Distribution
        Of the rows whose target is known: the others have no class.
    treatment : str
        One sentence on what becomes of missing values; empty where there are none, or the column
        is left out.
    merges : str
        Which levels are counted as another one, and in how many rows; usually empty.
    warning : str
        Why the column is suspected of leakage, and what to do; usually empty.
    """

    name: str
    role: Role
    n_missing: int
    missing_share: float
    n_distinct: int
    distribution: Distribution
    treatment: str
    warning: str
    merges: str = ""


def profile(task: Task) -> tuple[ColumnProfile, ...]:
    """Describe every column of a task but the target, in the table's order.

    What counts as missing, as a number and as a level is what the encoder makes of it. Nothing is
    refused: a column that cannot be encoded has a profile as well.

    Parameters
    ----------
    task : Task

    Returns
    -------
    tuple of ColumnProfile
        As ``task.columns``.
    """
    return tuple(_profile(task, column) for column in task.columns)


def remarks(task: Task, hold_out: HoldOut | None = None) -> list[str]:
    """One sentence on every row and column that is left out, changed, filled or suspect.

    Then one on everything that may be declared of its values.

    Parameters
    ----------
    task : Task
    hold_out : HoldOut, optional
        Rows whose labels are not looked at.
    """
    found = [*task.notes, *_target_remarks(task)]
    seen = hold_out.hide(task) if hold_out else task
    found += [finding.text for finding in check_task(seen)]
    for column, shown in zip(task.columns, profile(seen), strict=True):
        note = column.note or NOTES.get(column.role, "")
        texts = filter(None, (column.reading, note, shown.treatment, shown.merges))
        found += [f"{column.name!r}: {text}" for text in texts]
    return [*found, *suggested(task)]


NOTES = {
    Role.IGNORE: "Left out.",
    Role.GROUP: "Rows with the same value stay on one side of every split; not a feature.",
}


def _target_remarks(task: Task) -> list[str]:
    found, values = [], task.table[task.target]
    if task.n_unlabelled:
        coded = coded_rows(task.target_cleaning, values)
        found.append(
            f"Rows without a value in {task.target!r}, neither trained on nor tested: "
            f"{task.n_unlabelled:,}{f' ({coded})' if coded else ''}."
        )
    if merged := merged_rows(task.target_cleaning, values):
        found.append(f"{task.target!r}: {merged}")
    return found


def _profile(task: Task, column: Column) -> ColumnProfile:
    values = task.cleaned[column.name]
    by_level = _shows_levels(column, values)
    read = _as_levels if by_level else _as_numbers
    known = with_class = read(values, column)
    if task.n_unlabelled:
        with_class = read(task.labelled[column.name], column)
    if by_level:
        levels = column_levels(values, column)
        distribution = _frequencies(with_class, levels, task.labels)
    else:
        distribution = _histogram(with_class.to_numpy(), task.labels)
    n_missing = int(known.isna().sum())
    return ColumnProfile(
        name=column.name,
        role=column.role,
        n_missing=n_missing,
        missing_share=n_missing / len(values),
        n_distinct=int(known.nunique()),
        distribution=distribution,
        treatment=_treatment(task, column, known),
        warning=" ".join(leak.said for leak in column_leaks(task, column)),
        merges=merged_rows(column.cleaning, task.table[column.name]),
    )


def _shows_levels(column: Column, values: pd.Series) -> bool:
    if column.role.is_used:
        return column.role in (Role.CATEGORICAL, Role.ORDERED)
    return not holds_numbers(values)


def _as_levels(values: pd.Series, column: Column) -> pd.Series:
    """Cells as text; of an ordered column only those that have a place in the order."""
    text = level_text(values)
    return text.where(text.isin(column.ranked)) if column.role is Role.ORDERED else text


def _as_numbers(values: pd.Series, column: Column) -> pd.Series:
    return known_numbers(values, column) if column.role.is_used else as_numbers(values)


def _histogram(numbers: NDArray[np.float64], labels: NDArray[np.int64]) -> Distribution:
    known = ~np.isnan(numbers)
    found = numbers[known]
    edges = _edges(np.unique(found))
    # The inner edges alone: the outermost bins take what lies on the outer ones.
    bins = np.searchsorted(edges[1:-1], found, side="right")
    return Distribution(edges, _count(bins, labels[known], max(len(edges) - 1, 0)))


def _edges(distinct: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of at most MAX_BINS bins; one bin around a single value, none without values."""
    if not len(distinct):
        return distinct
    low, high = float(distinct[0]), float(distinct[-1])
    if low == high:
        around = max(0.5, abs(low) * 1e-6)
        return np.array([max(low - around, -LARGEST), min(high + around, LARGEST)])
    # Halves, as the span of two huge numbers is infinite.
    edges = 2 * np.linspace(low / 2, high / 2, min(MAX_BINS, len(distinct)) + 1)
    return np.asarray(edges)


def _frequencies(text: pd.Series, levels: list[str], labels: NDArray[np.int64]) -> Distribution:
    codes = pd.Index(levels, dtype="str").get_indexer(pd.Index(text))  # -1 for missing
    known = codes >= 0
    counts = _count(codes[known], labels[known], len(levels))
    if len(levels) <= MAX_LEVELS:
        return Distribution(tuple(levels), counts)
    most = np.argsort(-counts.sum(axis=0), kind="stable")[:MAX_LEVELS].tolist()
    shown = counts[:, most]
    return Distribution(
        tuple(levels[i] for i in most), shown, counts.sum(axis=1) - shown.sum(axis=1)
    )


def _count(bins: NDArray[np.intp], labels: NDArray[np.int64], n_bins: int) -> NDArray[np.int64]:
    return np.bincount(bins + n_bins * labels, minlength=2 * n_bins).reshape(2, n_bins)


def _treatment(task: Task, column: Column, known: pd.Series) -> str:
    values = task.cleaned[column.name]
    missing = known.isna()
    n_missing = int(missing.sum())
    if not column.role.is_used or n_missing == 0:
        return ""
    coded = coded_rows(column.cleaning, task.table[column.name])
    found = f"{n_missing:,} missing{f' ({coded})' if coded else ''}"
    if column.role.is_number:
        # Of dates, what is no date is seen in the table alone.
        cells = column.cleaning.apply(task.table[column.name])[missing]
        return f"{found}: {_filled(column, values, missing)}{_strange(column, cells)}"
    if not task.missing_as_feature:
        return f"{found}: all indicators 0"
    return f"{found}: own category, {feature_name(column.name, MISSING_LEVEL)}"


def _filled(column: Column, values: pd.Series, missing: pd.Series) -> str:
    """Say what stands in for the missing values of a column that becomes one number."""
    if missing.all():
        return {
            Role.NUMERIC: "there is no number to fill them with",
            Role.ORDERED: "none of its levels has a place in the order",
            Role.DATE: "there is no date to fill them with"
            if column.reference
            else "there is no reference date to count years to",
        }[column.role]
    middle = median(numbers_of(values, column))
    if column.role is Role.ORDERED:
        return f"filled with the median level, {level_at(column.ranked, middle)}"
    unit = " years" if column.role is Role.DATE else ""
    return f"filled with the median, {as_text(round(middle, 2) if unit else middle)}{unit}"


def _strange(column: Column, missing: pd.Series) -> str:
    """Say which values are there and yet count as missing."""
    strange = level_text(missing).dropna()
    if strange.empty:
        return ""
    n, (one, many) = len(strange), STRANGE[column.role]
    are = f"{n:,} {many}" if n > 1 else f"1 {one}"
    return f"; {are} (such as {strange.iloc[0][:40]!r})"


STRANGE = {
    Role.NUMERIC: ("is no number", "are no numbers"),
    Role.ORDERED: ("has no place in the order", "have no place in the order"),
    Role.DATE: ("is no date", "are no dates"),
}
