"""Intervals of a mean difference over repeated splits, whose rows are used again and again."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from laat_core.evaluate.spread import Interval

__all__ = ["RowVariance", "corrected_t", "row_variance", "rows_and_splits"]


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
        Nearly without bias, but noisy where splits are few; may be negative.
    error : float
        Its standard error; infinite for two splits.
    bound : float
        As large as the variance can be, as far as the splits tell; less noisy.
    """

    estimate: float
    error: float
    bound: float

    @property
    def weight(self) -> float:
        """Weight of the estimate, 0 to 1.

        ``1 - error² / gap²``, or 0, with ``gap`` from the estimate up to the bound. Were the bound
        free of noise, ``gap² - error²`` would estimate its bias squared, and these weights would
        make the squared error the least.
        """
        gap = self.bound - self.estimate
        return max(1 - (self.error / gap) ** 2, 0.0) if gap > 0 else 0.0

    @property
    def weighted(self) -> float:
        """Estimate and bound by their weights, at least 0."""
        return max(self.weight * self.estimate + (1 - self.weight) * self.bound, 0.0)


def row_variance(
    differences: NDArray[np.float64],
    influence: NDArray[np.float32],
    trained: NDArray[np.bool_],
    labels: NDArray[np.int64],
    n_test: tuple[int, int],
) -> RowVariance:
    """Variance that the rows of the table bring to the mean difference over all splits.

    A row moves the mean over all splits that there are twice: by ``q t`` where it is tested, in a
    share ``q`` of the splits, and by ``p g`` where it is trained on, in a share ``p``. To first
    order (Hájek's projection) the variance is ``Σ (q t + p g)²``.

    What a row does in training is read off the splits as by the infinitesimal jackknife of S.
    Wager, T. Hastie and B. Efron, "Confidence intervals for random forests: the jackknife and the
    infinitesimal jackknife", Journal of Machine Learning Research 15 (2014); what it does as a test
    row, and the bound, are this package's own.

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

    Returns
    -------
    RowVariance
        In squared units of AUC.
    """
    found, error = _estimate(differences, influence, trained, labels)
    return RowVariance(found, error, _bound(differences, influence, trained, labels, n_test))


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
        Of :func:`row_variance`, weighted.
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


def _estimate(
    differences: NDArray[np.float64],
    influence: NDArray[np.float32],
    trained: NDArray[np.bool_],
    labels: NDArray[np.int64],
) -> tuple[float, float]:
    """Estimate Σ (q t + p g)² from every pair of splits; its standard error by the jackknife.

    A row's influence is ``q t`` on average. The covariance over the splits of the difference with
    whether the row is trained on is ``p ((1 - p) g - q t)``, since a row that is trained on is not
    tested. Their sum is ``(1 - p) (q t + p g)``.
    """
    n_splits = len(differences)
    apart = (differences - differences.mean())[:, None] * n_splits / (n_splits - 1)
    often = trained.mean(axis=0)
    share = np.array([often[labels == label].mean() for label in (0, 1)], np.float32)[labels]
    moves = (influence + apart.astype(np.float32) * (trained - share)) / (1 - share)
    products = (moves @ moves.T).astype(np.float64)
    of_split = (products.sum(axis=1) - products.diagonal()) / (n_splits - 1)
    of_all = float(of_split.mean())
    if n_splits < 3:
        return of_all, math.inf
    # Without the pairs of each split in turn.
    left = (n_splits * of_all - 2 * of_split) / (n_splits - 2)
    return of_all, math.sqrt((n_splits - 1) * float(left.var()))


def _bound(
    differences: NDArray[np.float64],
    influence: NDArray[np.float32],
    trained: NDArray[np.bool_],
    labels: NDArray[np.int64],
    n_test: tuple[int, int],
) -> float:
    """Estimate how large Σ (q t + p g)² can be.

    Of its three sums

    - ``R = Σ (q t)²`` is known;
    - ``X = 2 Σ q t p g`` follows from the covariance over the splits of the difference with the
      ``q t`` of the rows trained on, which is ``Σ q t p ((1 - p) g - q t)``;
    - ``Σ (p g)²`` is at most ``p / (1 - p) · (s² - R (1 - q) / q + X)``, were nothing but single
      rows to make the splits differ.
    """
    n_splits, mean = len(differences), influence.mean(axis=0, dtype=np.float64)
    every = np.einsum("sr,sr->r", influence, influence, dtype=np.float64) / n_splits
    squares = (n_splits * mean**2 - every) / (n_splits - 1)  # of the mean over all splits
    often = trained.mean(axis=0)
    of_rows, of_both, most = 0.0, 0.0, 0.0
    without_test = float(differences.var(ddof=1))
    for label, n_tested in enumerate(n_test):
        rows = labels == label
        tested, trains = n_tested / int(rows.sum()), float(often[rows].mean())
        known = max(float(squares[rows].sum()), 0.0)
        moved = trained @ np.where(rows, mean, 0)
        shared = float(np.cov(differences, moved)[0, 1])
        both = 2 * (shared + trains * known) / (1 - trains)
        of_rows, of_both = of_rows + known, of_both + both
        without_test += both - known * (1 - tested) / tested
        most = max(most, trains / (1 - trains))
    return of_rows + of_both + most * max(without_test, 0.0)


def _interval(
    differences: NDArray[np.float64], error: float, freedom: float, level: float
) -> Interval:
    mean = float(differences.mean())
    width = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return Interval(max(mean - width, -1.0), min(mean + width, 1.0))
