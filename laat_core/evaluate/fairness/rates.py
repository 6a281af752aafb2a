"""How often each group is selected, and how far apart that is: Fairlearn's, for all splits at once.

One ``MetricFrame`` has all splits as its control feature, and counts of rows as its weights: it is
as fast for a large table as for a small one.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, selection_rate
from numpy.typing import NDArray

from laat_core.evaluate.groups import Groups

__all__ = [
    "GAPS",
    "class_rates",
    "count_rows",
    "disparities",
    "parity_difference",
    "parity_gaps",
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


def rates(counts: Counts) -> Floats:
    """Share of each group's rows that is selected, (n_splits, n_groups); not-a-number for none."""
    return _by_group(_frame(counts, "split"), counts.shape[:2], ("split", "group"))


def class_rates(counts: Counts) -> Floats:
    """The same by class: false and true positive rates, (n_splits, n_groups, 2)."""
    frame = _frame(counts, "split", "class")
    return _by_group(frame, counts.shape[:3], ("split", "group", "class"))


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
    return parity_gaps(counts[:, ~groups.small])[0]


def disparities(groups: Groups, counts: Counts) -> dict[str, Floats]:
    """All differences and ratios between the groups that are not small, split by split.

    Where each of these has rows of both classes they are what Fairlearn's functions of the same
    names find. A group without positive rows has no true positive rate here and is left out of
    what is made of that rate; Fairlearn takes it for 0. With few test rows in a split, its groups
    differ by chance too.

    Parameters
    ----------
    groups : Groups
    counts : ndarray of shape (n_splits, n_groups, 2, 2)
        Of :func:`count_rows`.

    Returns
    -------
    dict of str to ndarray of shape (n_splits,)
        By the names of :data:`GAPS`, from 0 to 1; not-a-number where a split has no such figure.
    """
    counts = counts[:, ~groups.small]
    false, false_ratio = parity_gaps(counts[:, :, :1])
    true, true_ratio = parity_gaps(counts[:, :, 1:])
    # As Fairlearn does: where no group has a false positive, the true ones decide by themselves.
    no_false = np.isnan(false_ratio) & ~np.isnan(false)
    odds_ratio = np.where(no_false, true_ratio, np.minimum(true_ratio, false_ratio))
    values = *parity_gaps(counts), np.maximum(true, false), odds_ratio, true, true_ratio
    return dict(zip(GAPS, values, strict=True))


def parity_gaps(counts: Counts) -> tuple[Floats, Floats]:
    """Difference and ratio of the selection rates of these groups, (n_splits,) each."""
    n_groups = counts.any(axis=(2, 3)).sum(axis=1)
    values = np.full((2, len(counts)), np.nan)
    if (n_groups > 1).any():
        frame = _frame(counts, "split")
        for row, found in zip(values, (frame.difference(), frame.ratio()), strict=True):
            row[found.index] = found
        values[:, n_groups < 2] = np.nan  # one group does not differ from itself
    return values[0], values[1]


def _frame(counts: Counts, *conditions: str) -> MetricFrame:
    """Selection rates by group, apart for each split, or each split and class."""
    places = np.nonzero(counts)
    cells = pd.DataFrame(np.stack(places, axis=1), columns=["split", "group", "class", "selected"])
    return MetricFrame(
        metrics=selection_rate,
        y_true=cells["class"],
        y_pred=cells["selected"],
        sensitive_features=cells["group"],
        control_features=cells[list(conditions)],
        sample_params={"sample_weight": counts[places]},
    )


def _by_group(frame: MetricFrame, shape: tuple[int, ...], axes: Sequence[str]) -> Floats:
    values = np.full(shape, np.nan)
    index = frame.by_group.index
    values[tuple(index.get_level_values(axis) for axis in axes)] = frame.by_group
    return values
