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
from laat_core.data.task import Column, Role, Task
from laat_core.data.text import as_numbers, as_text, feature_name, level_text, sorted_levels

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
        Values that count as missing: in a numeric column also what is no finite number.
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
        note = column.note or ("Left out." if column.role is Role.IGNORE else "")
        texts = filter(None, (note, shown.treatment, shown.merges))
        found += [f"{column.name!r}: {text}" for text in texts]
    return found


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
    is_number = column.role is Role.NUMERIC or (
        column.role is Role.IGNORE and holds_numbers(values)
    )
    read = as_numbers if is_number else level_text
    known = with_class = read(values)
    if task.n_unlabelled:
        with_class = read(task.labelled[column.name])
    if is_number:
        n_distinct = known.nunique()
        distribution = _histogram(with_class.to_numpy(), task.labels)
    else:
        levels = sorted_levels(values)
        n_distinct = len(levels)
        distribution = _frequencies(with_class, levels, task.labels)
    n_missing = int(known.isna().sum())
    return ColumnProfile(
        name=column.name,
        role=column.role,
        n_missing=n_missing,
        missing_share=n_missing / len(values),
        n_distinct=n_distinct,
        distribution=distribution,
        treatment=_treatment(task, column, values, known),
        warning=" ".join(leak.said for leak in column_leaks(task, column)),
        merges=merged_rows(column.cleaning, task.table[column.name]),
    )


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


def _treatment(task: Task, column: Column, values: pd.Series, known: pd.Series) -> str:
    missing = known.isna()
    n_missing = missing.sum()
    if column.role is Role.IGNORE or n_missing == 0:
        return ""
    coded = coded_rows(column.cleaning, task.table[column.name])
    found = f"{n_missing:,} missing{f' ({coded})' if coded else ''}"
    if column.role is Role.NUMERIC:
        filled = (
            "there is no number to fill them with"
            if missing.all()
            else f"filled with the median, {as_text(median(known))}"
        )
        return f"{found}: {filled}{_no_numbers(values[missing])}"
    if not task.missing_as_feature:
        return f"{found}: all indicators 0"
    return f"{found}: own category, {feature_name(column.name, MISSING_LEVEL)}"


def _no_numbers(missing: pd.Series) -> str:
    """Say which values of a numeric column are there and yet count as missing."""
    strange = level_text(missing).dropna()
    if strange.empty:
        return ""
    n = len(strange)
    are = f"{n:,} are no numbers" if n > 1 else "1 is no number"
    return f"; {are} (such as {strange.iloc[0][:40]!r})"
