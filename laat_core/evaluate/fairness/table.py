"""Figures by group of a model over all splits, with intervals, and how far they lie apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from laat_core.evaluate.fairness.asked import Asked
from laat_core.evaluate.fairness.rates import (
    Rates,
    class_rates,
    count_rows,
    disparities,
    rates,
)
from laat_core.evaluate.groups import FEWEST_ROWS, Groups
from laat_core.evaluate.intervals import auc_interval, wilson
from laat_core.evaluate.spread import ONE_ROW, Interval

__all__ = [
    "FIGURES",
    "GroupRow",
    "GroupTable",
    "Value",
    "group_table",
    "group_tables",
    "label_table",
    "summarise",
    "why_no_gap",
]

FIGURES = ("base_rate", "selection_rate", "tpr", "fpr", "auc", "calibration", "brier")
BAND = (10, 90)  # percentiles over the splits

NO_ROWS = "No row of this group was tested."
WHY_UNKNOWN = {
    "tpr": "No row of this group is of the positive class.",
    "fpr": "No row of this group is of the negative class.",
    "auc": "All rows of this group are of one class, so there is nothing to rank.",
}
FEW_GROUPS = f"Fewer than two groups have {FEWEST_ROWS} rows or more."
FEW_POSITIVE = f"Fewer than two groups of {FEWEST_ROWS} rows or more have positive rows."
FEW_OF_BOTH = f"Fewer than two groups of {FEWEST_ROWS} rows or more have rows of each class."
ALL_ZERO = "The rate is 0 in every group, so there is no ratio."

Known = tuple[NDArray[np.float64], NDArray[np.float64]]  # (s, g) values and their (2, s, g) ends


@dataclass(frozen=True)
class Value:
    """A figure over all splits in which it is known.

    Attributes
    ----------
    mean : float or None
        Over the splits; None where no split has it.
    interval : Interval or None
        95 % interval for the rows that one split has, its ends averaged over the splits: these
        share most of their rows, and all of them together would count rows again and again.
    band : Interval or None
        What 8 of 10 splits lie in; None with fewer than two.
    n_splits : int
        In how many it is known.
    reason : str
        Why there is no mean, or no interval of a figure that otherwise has one; or empty.
    """

    mean: float | None
    interval: Interval | None = None
    band: Interval | None = None
    n_splits: int = 0
    reason: str = ""


@dataclass(frozen=True)
class GroupRow:
    """One group.

    Attributes
    ----------
    name : str
    n, n_positive : float
        Rows, and rows of the positive class, per split on average.
    small : str
        Why differences and ratios leave the group out; empty where they do not.
    figures : mapping of str to Value
        By the names of :data:`FIGURES`; shares and the AUC from 0 to 1, calibration from -1 to 1.
    """

    name: str
    n: float
    n_positive: float
    small: str
    figures: Mapping[str, Value]


@dataclass(frozen=True)
class GroupTable:
    """All groups, and how far they lie apart.

    Attributes
    ----------
    columns : tuple of str
        What divides the rows.
    rows : tuple of GroupRow
    gaps : mapping of str to Value
        Differences and ratios, 0 to 1, over the groups that are not small.
    n_splits : int
    """

    columns: tuple[str, ...]
    rows: tuple[GroupRow, ...]
    gaps: Mapping[str, Value]
    n_splits: int

    def size(self, row: GroupRow) -> str:
        """Rows of a group per split, on average; of less than one, in how many splits it has any.

        Parameters
        ----------
        row : GroupRow
            One of :attr:`rows`.
        """
        if row.n >= 1:
            return f"{row.n:,.1f}".removesuffix(".0")
        return f"in {row.figures['base_rate'].n_splits} of {self.n_splits} splits"


def label_table(groups: Groups, labels: NDArray[np.int64]) -> GroupTable:
    """What the table itself says about the groups, before any model.

    Parameters
    ----------
    groups : Groups
    labels : ndarray of shape (n_labelled,)
        0 or 1.

    Returns
    -------
    GroupTable
        With the base rate as its only figure, and ``base_rate_difference`` and
        ``base_rate_ratio``: the demographic parity of a model that is always right.
    """
    counts = count_rows(groups, [(groups.codes, labels, labels == 1)])
    found = rates(groups, counts)
    gaps = {"base_rate_difference": found.difference, "base_rate_ratio": found.ratio}
    return _table(groups, counts, {"base_rate": _with_ends(found.by_group, counts)}, gaps)


def group_table(groups: Groups, asked: Sequence[Asked], threshold: float = 0.5) -> GroupTable:
    """Figures by group of a model over all splits; as :func:`group_tables` of one model."""
    return group_tables(groups, {"": asked}, threshold)[""]


def group_tables(
    groups: Groups, asked: Mapping[str, Sequence[Asked]], threshold: float = 0.5
) -> dict[str, GroupTable]:
    """Figures by group of several models over all splits.

    Parameters
    ----------
    groups : Groups
    asked : mapping of str to sequence of Asked
        By the name of a model whose logits make probabilities, one per split.
    threshold : float
        Rows of at least this probability are selected; 0 to 1.

    Returns
    -------
    dict of str to GroupTable
        With :data:`FIGURES`, and the differences and ratios of
        :data:`laat_core.evaluate.fairness.rates.GAPS`.
    """
    parts = [part for every in asked.values() for part in every]
    counts = count_rows(groups, [(p.codes, p.labels, p.selected(threshold)) for p in parts])
    # All models at once, as if each had other splits: Fairlearn takes its time for every call.
    every, by_class = rates(groups, counts), class_rates(groups, counts)
    tables, first = {}, 0
    for name, of_model in asked.items():
        part = slice(first, first := first + len(of_model))
        tables[name] = _model_table(groups, of_model, counts[part], every[part], by_class[part])
    return tables


def _model_table(
    groups: Groups,
    asked: Sequence[Asked],
    counts: NDArray[np.int64],
    every: Rates,
    by_class: Rates,
) -> GroupTable:
    n = counts.sum(axis=(2, 3))
    base_rates = np.divide(
        counts[:, :, 1].sum(axis=2), n, out=np.full(n.shape, np.nan), where=n > 0
    )
    known = {
        "base_rate": _with_ends(base_rates, counts),
        "selection_rate": _with_ends(every.by_group, counts),
        "tpr": _with_ends(by_class.by_group[..., 1], counts[:, :, 1:]),
        "fpr": _with_ends(by_class.by_group[..., 0], counts[:, :, :1]),
        **_of_probabilities(asked, len(groups.names)),
    }
    return _table(groups, counts, known, disparities(every, by_class))


def summarise(values: NDArray[np.float64], reason: str = "") -> Value:
    """Mean over the splits that have the figure, and what 8 of 10 of them lie in.

    Parameters
    ----------
    values : ndarray of shape (n_splits,)
        Not-a-number where a split does not have it.
    reason : str
        Why there is none, where no split has it.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return Value(None, reason=reason)
    band = Interval(*np.percentile(known, BAND).tolist()) if len(known) > 1 else None
    return Value(float(known.mean()), band=band, n_splits=len(known))


def _with_ends(values: NDArray[np.float64], counts: NDArray[np.int64]) -> Known:
    return values, wilson(values, counts.sum(axis=(2, 3)))


def _of_probabilities(asked: Sequence[Asked], n_groups: int) -> dict[str, Known]:
    """Figures that no threshold has a say in."""
    shape = len(asked), n_groups
    names = ("auc", "calibration", "brier")
    found = {name: (np.full(shape, np.nan), np.full((2, *shape), np.nan)) for name in names}
    for split, part in enumerate(asked):
        probabilities = part.probabilities
        for group in np.unique(part.codes):
            rows = part.codes == group
            labels, given = part.labels[rows], probabilities[rows]
            share = float(labels.mean())
            over = given.mean() - share, given.mean() - wilson(share, len(labels))[::-1]
            numbers = {"calibration": over, "brier": (np.square(given - labels).mean(), None)}
            if 0 < share < 1:
                numbers["auc"] = auc_interval(labels, part.logits[rows])
            for name, (value, ends) in numbers.items():
                found[name][0][split, group] = value
                found[name][1][:, split, group] = np.nan if ends is None else ends
    return found


def _table(
    groups: Groups,
    counts: NDArray[np.int64],
    known: Mapping[str, Known],
    gaps: Mapping[str, NDArray[np.float64]],
) -> GroupTable:
    n = counts.sum(axis=(2, 3)).mean(axis=0)
    n_positive = counts[:, :, 1].sum(axis=2).mean(axis=0)
    rows = [
        GroupRow(
            name,
            float(n[place]),
            float(n_positive[place]),
            _why_small(groups, place),
            {
                figure: _figure(figure, values[:, place], ends[:, :, place], n[place] > 0)
                for figure, (values, ends) in known.items()
            },
        )
        for place, name in enumerate(groups.names)
    ]
    between = {
        name: summarise(values, why_no_gap(name, groups, counts)) for name, values in gaps.items()
    }
    return GroupTable(groups.columns, tuple(rows), between, len(counts))


def _figure(
    name: str, values: NDArray[np.float64], ends: NDArray[np.float64], has_rows: bool
) -> Value:
    """Summarise a figure of a group, (n_splits,), with its ends, (2, n_splits)."""
    value = summarise(values, WHY_UNKNOWN.get(name, "") if has_rows else NO_ROWS)
    bounded = ~np.isnan(ends).any(axis=0)
    if bounded.any():
        return replace(value, interval=Interval(*ends[:, bounded].mean(axis=1).tolist()))
    single = name == "auc" and value.mean is not None
    return replace(value, reason=ONE_ROW) if single else value


def _why_small(groups: Groups, place: int) -> str:
    if not groups.small[place]:
        return ""
    size = int(groups.sizes[place])
    return (
        f"{size} {'row' if size == 1 else 'rows'}, fewer than {FEWEST_ROWS}: its rates are mostly "
        "chance, and differences and ratios leave it out."
    )


def why_no_gap(name: str, groups: Groups, counts: NDArray[np.int64]) -> str:
    """Why no split has a difference or ratio of this name."""
    there = counts[:, ~groups.small].sum(axis=3) > 0  # (s, g, 2)
    by_class = there.sum(axis=1)  # groups, (s, 2)
    notion = name.rpartition("_")[0]
    if not (there.any(axis=2).sum(axis=1) > 1).any():
        return FEW_GROUPS
    if notion == "equalized_odds" and not (by_class > 1).all(axis=1).any():
        return FEW_OF_BOTH
    if notion == "equal_opportunity" and not (by_class[:, 1] > 1).any():
        return FEW_POSITIVE
    return ALL_ZERO
