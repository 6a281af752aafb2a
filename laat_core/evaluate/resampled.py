"""Intervals of a mean difference over repeated splits, whose rows are used again and again."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from laat_core.data.grouping import sum_groups
from laat_core.evaluate.spread import Interval

__all__ = ["PAIRS_LEAST", "RowVariance", "corrected_t", "row_variance", "rows_and_splits"]

# Of the variance v of pairs, at least so much counts. Where rows matter in pairs only, the mean
# difference is like ±√(v / 2) (z² - 1) of a standard normal z, and the sum over single rows like
# 2 v z². That is too small just where z is near 0 and the difference at the end that it cannot
# pass, √(v / 2) off. For an interval of 95 % to reach the truth there, 0.13 v is enough, were v
# known; it is estimated.
PAIRS_LEAST = 0.25


def corrected_t(
    differences: NDArray[np.float64], n_train: int, n_test: int, level: float = 0.95
) -> Interval | None:
    """Interval of the expected difference by the corrected resampled t statistic.

    C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003):
    the variance of the mean is that over the splits times ``1 / n_splits + n_test / n_train``
    in place of ``1 / n_splits``. Their correction takes the correlation between two splits to be
    the share of rows in test. That was made for training sets that overlap, with most rows in
    them. With few training rows it takes the splits for copies of one another, while in truth
    their training rows hardly overlap, and the interval is far too wide: there
    :func:`rows_and_splits` is the better one.

    Parameters
    ----------
    differences : ndarray of shape (n_splits,)
        Of two AUCs, split by split, -1 to 1.
    n_train, n_test : int
        Rows per split.
    level : float

    Returns
    -------
    Interval or None
        Within -1 and 1. Without width where all splits agree; None for a single split, which
        does not tell how much splits differ.
    """
    n_splits = len(differences)
    if n_splits < 2:
        return None
    variance = differences.var(ddof=1) * (1 / n_splits + n_test / n_train)
    return _interval(differences, math.sqrt(variance), n_splits - 1, level)


class RowVariance(NamedTuple):
    """Variance that the rows bring to a mean difference over all splits: see :func:`row_variance`.

    Attributes
    ----------
    estimate : float
        Of single rows, pairs counted twice, once for either row. Noisy where splits are few; may
        be negative.
    error : float
        Its standard error; infinite for two splits.
    bound : float
        As large as the estimate can be, as far as the splits tell; less noisy.
    pairs : float
        Part of the variance that a training row and a test row bring only together, at least 0.
    """

    estimate: float
    error: float
    bound: float
    pairs: float

    @property
    def weight(self) -> float:
        """Weight of the estimate, 0 to 1.

        ``1 - error² / gap²``, or 0, with ``gap`` from the estimate up to the bound. Were the bound
        free of noise, ``gap² - error²`` would estimate its bias squared, and these weights would
        make the squared error the least. Pairs are in both, and not in the gap.
        """
        gap = self.bound - self.estimate
        return max(1 - (self.error / gap) ** 2, 0.0) if gap > 0 else 0.0

    @property
    def variance(self) -> float:
        """Variance for an interval.

        Estimate and bound by their weights, and at least a share of the pairs. Off the bound the
        pairs are taken once. Taken off the estimate too, variances would be right on average, and
        intervals would hold too seldom: the difference is skewed, and its variance goes along with
        it.
        """
        weighted = self.weight * self.estimate + (1 - self.weight) * (self.bound - self.pairs)
        return max(weighted, PAIRS_LEAST * self.pairs)


def row_variance(
    differences: NDArray[np.float64],
    influence: NDArray[np.float32],
    trained: NDArray[np.bool_],
    labels: NDArray[np.int64],
    n_test: tuple[int, int],
    groups: NDArray[np.int64] | None = None,
) -> RowVariance:
    """Variance that the rows of the table bring to the mean difference over all splits.

    A row moves the mean over all splits that there are twice: by ``q t`` where it is tested, in a
    share ``q`` of the splits, and by ``p g`` where it is trained on, in a share ``p``. To first
    order (Hájek's projection) the variance is ``Σ (q t + p g)²``. What is left are pairs of rows,
    most of all a row ``i`` trained on and a row ``r`` tested, which do ``c_ir`` more together than
    each by itself; they bring ``(p q)² Σ c_ir (c_ir + c_ri)``. Where two models differ only by what
    chance makes of their training, as by features that tell nothing, this is all there is.

    What a row does in training is read off the splits, from the covariance of the difference with
    whether the row is trained on, as by the infinitesimal jackknife of S. Wager, T. Hastie and B.
    Efron, "Confidence intervals for random forests: the jackknife and the infinitesimal
    jackknife", Journal of Machine Learning Research 15 (2014). What it does as a test row, which is
    first taken out of the differences, the bound and the pairs are this package's own.

    Rows of one group are no independent rows: what they do is summed over the group before it is
    squared. A row that is trained on then keeps all rows of its group from being tested, and the
    ``p g`` of the rows of a group may add up: in the bound by the design effect of L. Kish, "Survey
    Sampling" (1965), of rows that are all alike within a group, the mean number of rows in the
    group of a row.

    Parameters
    ----------
    differences : ndarray of shape (n_splits,)
        Of two AUCs, split by split, -1 to 1; at least two.
    influence : ndarray of shape (n_splits, n_rows)
        How much each row of the table, as a test row, moves each difference; 0 of others.
    trained : ndarray of shape (n_splits, n_rows)
        Which rows a split trains on, before any bias: each row of a class equally often on
        average. One that a bias leaves out does nothing in training.
    labels : ndarray of shape (n_rows,)
        0 or 1; each class has its own ``p`` and ``q``.
    n_test : tuple of int
        Test rows of each class per split, at least two.
    groups : ndarray of shape (n_rows,), optional
        Equal numbers for rows that belong together, none of which is tested where one is trained
        on; the rows trained on are drawn one by one.

    Returns
    -------
    RowVariance
        In squared units of AUC.
    """
    n_splits = len(differences)
    share = _of_class(trained, labels)
    trains = (trained - share) / (1 - share)
    # Rows that cannot be tested, as they or rows of their group are trained on.
    kept_out = trained if groups is None else _with_mates(trained, groups)
    free = (~kept_out).sum(axis=0)
    missed = (influence.sum(axis=0) / np.maximum(free, 1)).astype(np.float32)
    # What is not tested for that reason takes q t / (1 - p) from a difference. That is known, and
    # without it there is less noise.
    if groups is None:
        of_training = differences + trains @ (missed * (1 - share))
    else:
        of_training = differences + kept_out.astype(np.float32) @ missed
    apart = (of_training - of_training.mean()) * n_splits / (n_splits - 1)
    moves = influence + apart.astype(np.float32)[:, None] * trains  # q t + p g on average
    moves = _summed(moves, groups)
    estimate, error = _between_splits(moves @ moves.T)
    from_mean = influence - missed  # which is of the same splits
    from_mean *= (free / np.maximum(free - 1, 1)).astype(np.float32)
    from_mean[kept_out] = 0
    tested = (np.array(n_test) / np.bincount(labels, minlength=2))[labels]  # q
    # Were all rows tested that can be, nothing would be left of it.
    by_choice = (1 - tested) / tested - _odds(_of_class(kept_out, labels))
    bound = _bound(of_training, influence, trains, share, by_choice, groups)
    of_pairs = _of_pairs(_summed(from_mean, groups), _summed(trains, groups))
    return RowVariance(estimate, error, bound, of_pairs)


def _of_class(there: NDArray[np.bool_], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """How often a row of its class is there, on average over the splits, (n_rows,)."""
    often = there.mean(axis=0)
    return np.array([often[labels == label].mean() for label in (0, 1)], np.float32)[labels]


def _odds(share: NDArray[np.float32]) -> NDArray[np.float32]:
    return share / (1 - share)


def _with_mates(trained: NDArray[np.bool_], groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows of groups that have a row in training, (n_splits, n_rows)."""
    codes = np.unique(groups, return_inverse=True)[1]
    found: NDArray[np.bool_] = sum_groups(trained.astype(np.int32), groups)[:, codes] > 0
    return found


def _summed(values: NDArray[Any], groups: NDArray[np.int64] | None) -> NDArray[Any]:
    """Values by group where there are groups, else by row."""
    return values if groups is None else sum_groups(values, groups)


def rows_and_splits(
    differences: NDArray[np.float64], of_rows: float, n_test: tuple[int, int], level: float = 0.95
) -> Interval:
    """Interval of the expected difference when training rows are a small part of the table.

    The variance is what the rows bring and ``s² / n_splits`` for the splits that were drawn;
    ``s²`` is the variance over them. Degrees of freedom are those of Welch and Satterthwaite. How
    well it holds: ``docs/coverage.md``.

    Parameters
    ----------
    differences : ndarray of shape (n_splits,)
        Of two AUCs, split by split, -1 to 1; at least two.
    of_rows : float
        The variance of :func:`row_variance`.
    n_test : tuple of int
        Test rows of each class per split, at least two.
    level : float

    Returns
    -------
    Interval
        Within -1 and 1. Without width where models never differ.
    """
    n_splits, fewest = len(differences), min(n_test)
    of_splits = float(differences.var(ddof=1)) / n_splits
    variance = of_rows + of_splits
    if variance == 0:
        return _interval(differences, 0.0, n_splits - 1, level)
    parts = of_splits**2 / (n_splits - 1) + of_rows**2 / (fewest - 1)
    return _interval(differences, math.sqrt(variance), variance**2 / parts, level)


def _between_splits(products: NDArray[np.float32]) -> tuple[float, float]:
    """Mean of the products of two different splits, and its standard error by the jackknife.

    The noise of one split has hardly anything to do with another's, so that the mean has none of
    the squared noise that the products of a split with itself have.
    """
    n_splits = len(products)
    exact = products.astype(np.float64)
    of_split = (exact.sum(axis=1) - exact.diagonal()) / (n_splits - 1)
    of_all = float(of_split.mean())
    if n_splits < 3:
        return of_all, math.inf
    # Without the products of each split in turn.
    left = (n_splits * of_all - 2 * of_split) / (n_splits - 2)
    return of_all, math.sqrt((n_splits - 1) * float(left.var()))


def _bound(
    of_training: NDArray[np.float64],
    influence: NDArray[np.float32],
    trains: NDArray[np.float32],
    share: NDArray[np.float32],
    by_choice: NDArray[np.float64],
    groups: NDArray[np.int64] | None,
) -> float:
    """Estimate how large Σ (q t + p g)² can be.

    Of its three sums ``Σ (q t)²`` is known, ``2 Σ q t p g`` follows from the covariance over the
    splits of what training makes of the difference with the ``q t`` of the rows trained on, and
    ``Σ (p g)²`` is at most ``p / (1 - p)`` times the variance of what training makes of the
    difference, were nothing but single rows to make the splits differ; with groups, times the
    design effect. Where not all other rows are tested, which of them are is in that variance, and
    is taken off.
    """
    mean, squares = influence.mean(axis=0, dtype=np.float64), _squares(influence)
    if groups is None:
        own, known, design_effect = mean, squares, 1.0
    else:
        codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)[1:]
        own, known = sum_groups(mean, groups)[codes], _squares(sum_groups(influence, groups))
        design_effect = float(sizes[codes].mean())
    both = 2 * float(np.cov(of_training, trains @ own.astype(np.float32))[0, 1])
    of_choice = float((squares * by_choice).sum())
    most = float(_odds(share).max()) * max(float(of_training.var(ddof=1)) - of_choice, 0.0)
    return max(float(known.sum()), 0.0) + both + design_effect * most


def _squares(influence: NDArray[np.float32]) -> NDArray[np.float64]:
    """Squares of the mean influence over all splits, not only over those that were drawn."""
    n_splits, mean = len(influence), influence.mean(axis=0, dtype=np.float64)
    every = np.einsum("sr,sr->r", influence, influence, dtype=np.float64) / n_splits
    found: NDArray[np.float64] = (n_splits * mean**2 - every) / (n_splits - 1)
    return found


def _of_pairs(from_mean: NDArray[np.float32], trains: NDArray[np.float32]) -> float:
    """Estimate ``(p q)² Σ c_ir (c_ir + c_ri)`` from how influences lie from their means.

    The covariance over the splits of the influence of ``r`` with whether ``i`` is trained on is
    ``p (1 - p) q c_ir``.
    """
    crossed = from_mean @ trains.T
    products = (from_mean @ from_mean.T) * (trains @ trains.T) + crossed * crossed.T
    return max(_between_splits(products)[0], 0.0)


def _interval(
    differences: NDArray[np.float64], error: float, freedom: float, level: float
) -> Interval:
    mean = float(differences.mean())
    width = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return Interval(max(mean - width, -1.0), min(mean + width, 1.0))
