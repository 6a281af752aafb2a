"""How often each group is selected, and how far apart that is: Fairlearn's, for all splits at once.

One ``MetricFrame`` has all splits as its control feature, and counts of rows as its weights: it is
as fast for a large table as for a small one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, selection_rate
from numpy.typing import NDArray

from laat_core.evaluate.groups import Groups

__all__ = [
    "GAPS",
    "Rates",
    "class_rates",
    "class_shares",
    "count_rows",
    "disparities",
    "parity_difference",
    "rates",
]

GAPS = (
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equalized_odds_difference",
    "equalized_odds_ratio",
    "equal_opportunity_difference",
    "equal_opportunity_ratio",
)

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def count_rows(
    groups: Groups,
    splits: Iterable[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]],
) -> Counts:
    """Count the test rows by group, class and selection.

    Parameters
    ----------
    groups : Groups
    splits : iterable of (codes, labels, selected)
        Of the test rows of each split: group, 0 or 1, and whether the model selects the row.

    Returns
    -------
    ndarray of shape (n_splits, n_groups, 2, 2)
        Rows of each split and group, negative and positive, not selected and selected.
    """
    shape = len(groups.names), 2, 2
    size = 4 * len(groups.names)
    cells = (
        np.ravel_multi_index((codes, labels, selected.astype(np.int64)), shape)
        for codes, labels, selected in splits
    )
    return np.stack([np.bincount(cell, minlength=size).reshape(shape) for cell in cells])


@dataclass(frozen=True, eq=False)
class Rates:
    """Selection rates; not-a-number where they are of no rows.

    Attributes
    ----------
    by_group : ndarray of shape (n_splits, n_groups) or (n_splits, n_groups, 2)
        Share of each group's rows that is selected; by class, false and true positive rates.
    difference, ratio : ndarray of shape (n_splits,) or (n_splits, 2)
        Largest less smallest of the groups that are not small, and smallest by largest, 0 to 1;
        not-a-number where there are no two of them, and no ratio where none has a selected row.
    """

    by_group: Floats
    difference: Floats
    ratio: Floats

    def __getitem__(self, splits: slice) -> "Rates":
        """Those of some of the splits."""
        return Rates(self.by_group[splits], self.difference[splits], self.ratio[splits])


def rates(groups: Groups, counts: Counts) -> Rates:
    """Selection rates of all rows; ``counts`` are those of :func:`count_rows`."""
    return _rates(groups, counts, ["split"])


def class_rates(groups: Groups, counts: Counts) -> Rates:
    """Selection rates of negative and of positive rows, each by themselves."""
    return _rates(groups, counts, ["split", "class"])


def class_shares(counts: Counts) -> Floats:
    """The rates by group of :func:`class_rates` alone, by a division: fast enough for a drag.

    Parameters
    ----------
    counts : ndarray of shape (n_splits, n_groups, 2, 2)
        Of :func:`count_rows`.

    Returns
    -------
    ndarray of shape (n_splits, n_groups, 2)
        False and true positive rates, 0 to 1; not-a-number where they are of no rows.
    """
    n_rows = counts.sum(axis=3)
    unknown = np.full(n_rows.shape, np.nan)
    return np.asarray(np.divide(counts[..., 1], n_rows, out=unknown, where=n_rows > 0))


def parity_difference(groups: Groups, counts: Counts) -> Floats:
    """Largest less smallest selection rate of the groups that are not small, split by split.

    Fairlearn's ``demographic_parity_difference``: 0 where each group is selected equally often, 1
    where one is always and another never.

    Parameters
    ----------
    groups : Groups
    counts : ndarray of shape (n_splits, n_groups, 2, 2)
        Of :func:`count_rows`.

    Returns
    -------
    ndarray of shape (n_splits,)
        From 0 to 1; not-a-number where a split has no two groups.
    """
    return rates(groups, counts).difference


def disparities(every: Rates, by_class: Rates) -> dict[str, Floats]:
    """All differences and ratios between the groups that are not small, split by split.

    Where each of these has rows of both classes they are what Fairlearn's functions of the same
    names find. A group without positive rows has no true positive rate here and is left out of
    what is made of that rate; Fairlearn takes it for 0. With few test rows in a split, its groups
    differ by chance too.

    Parameters
    ----------
    every : Rates
        Of :func:`rates`.
    by_class : Rates
        Of :func:`class_rates`.

    Returns
    -------
    dict of str to ndarray of shape (n_splits,)
        By the names of :data:`GAPS`, from 0 to 1; not-a-number where a split has no such figure.
    """
    false, true = by_class.difference.T
    false_ratio, true_ratio = by_class.ratio.T
    # As Fairlearn does: where no group has a false positive, the true ones decide by themselves.
    no_false = np.isnan(false_ratio) & ~np.isnan(false)
    odds_ratio = np.where(no_false, true_ratio, np.minimum(true_ratio, false_ratio))
    odds = np.maximum(true, false)
    values = every.difference, every.ratio, odds, odds_ratio, true, true_ratio
    return dict(zip(GAPS, values, strict=True))


def _rates(groups: Groups, counts: Counts, conditions: list[str]) -> Rates:
    """Selection rates by group under all values of some conditions, ``split`` the first."""
    places = np.nonzero(counts)
    cells = pd.DataFrame(np.stack(places, axis=1), columns=["split", "group", "class", "selected"])
    # Under a condition of their own small groups have rates, but no part in what is compared.
    cells["small"] = groups.small[cells["group"]]
    frame = MetricFrame(
        metrics=selection_rate,
        y_true=cells["class"],
        y_pred=cells["selected"],
        sensitive_features=cells["group"],
        control_features=cells[[*conditions, "small"]],
        sample_params={"sample_weight": counts[places]},
    )
    shape = len(counts), len(groups.names), *counts.shape[2 : 1 + len(conditions)]
    by_group = np.full(shape, np.nan)
    _fill(by_group, frame.by_group.dropna(), ["split", "group", *conditions[1:]])
    two = (~np.isnan(by_group[:, ~groups.small])).sum(axis=1) > 1
    gaps = np.full((2, *two.shape), np.nan)
    for gap, found in zip(gaps, (frame.difference(), frame.ratio()), strict=True):
        _fill(gap, found[~found.index.get_level_values("small")], conditions)
    gaps[:, ~two] = np.nan  # one group does not differ from itself
    return Rates(by_group, gaps[0], gaps[1])


def _fill(values: Floats, found: pd.Series, axes: Sequence[str]) -> None:
    """Put numbers where their index says."""
    values[tuple(found.index.get_level_values(axis) for axis in axes)] = found
