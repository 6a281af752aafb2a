"""Intervals of a mean difference over repeated splits, whose rows are used again and again."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from laat_core.evaluate.spread import Interval

__all__ = ["corrected_t", "rows_and_splits"]


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


def rows_and_splits(
    differences: NDArray[np.float64],
    influence: NDArray[np.float32],
    trained: NDArray[np.bool_],
    labels: NDArray[np.int64],
    n_test: tuple[int, int],
    level: float = 0.95,
) -> Interval | None:
    """Interval of the expected difference when training rows are a small part of the table.

    A row moves the mean over all splits that there are twice: by ``q t`` where it is tested, in a
    share ``q`` of the splits, and by ``p g`` where it is trained on, in a share ``p``. To first
    order (Hájek's projection) the variance is ``Σ (q t + p g)²``, and ``s² / n_splits`` comes on
    top for the splits that were drawn; ``s²`` is the variance over them. The sum over the rows has
    an estimate without bias, which is noisy where splits are few, and an upper bound, which is
    not. They are weighted so that the squared error is the least, by bias and noise: the weight
    of the estimate is ``1 - error² / gap²``, or 0, where ``error`` is its standard error and
    ``gap`` is how far the bound lies above it, so that ``gap² - error²`` estimates the bound's
    bias squared. The more splits there are, the narrower is the interval.

    What a row does in training is read off the splits as by the infinitesimal jackknife of S.
    Wager, T. Hastie and B. Efron, "Confidence intervals for random forests: the jackknife and the
    infinitesimal jackknife", Journal of Machine Learning Research 15 (2014); the weights, and what
    a row does as a test row, are this package's own (``docs/coverage.md`` tells how well it holds).
    Degrees of freedom are those of Welch and Satterthwaite.

    Parameters
    ----------
    differences : ndarray of shape (n_splits,)
        Of two AUCs, split by split, -1 to 1.
    influence : ndarray of shape (n_splits, n_rows)
        How much each row of the table, as a test row, moves each difference; 0 of others.
    trained : ndarray of shape (n_splits, n_rows)
        Which rows a split trains on.
    labels : ndarray of shape (n_rows,)
        0 or 1; each class has its own ``p`` and ``q``.
    n_test : tuple of int
        Test rows of each class per split.
    level : float

    Returns
    -------
    Interval or None
        Within -1 and 1. Without width where models never differ; None for a single split, or a
        single test row of a class.
    """
    n_splits, fewest = len(differences), min(n_test)
    if n_splits < 2 or fewest < 2:
        return None
    found, error = _estimate(differences, influence, trained, labels)
    most = _bound(differences, influence, trained, labels, n_test)
    gap = most - found
    share = max(1 - (error / gap) ** 2, 0.0) if gap > 0 else 0.0
    of_rows = max(share * found + (1 - share) * most, 0.0)
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
    every = float(of_split.mean())
    if n_splits < 3:
        return every, math.inf
    # Without each split in turn.
    left = (n_splits * every - 2 * of_split) / (n_splits - 2)
    return every, math.sqrt((n_splits - 1) * float(left.var()))


def _bound(
    differences: NDArray[np.float64],
    influence: NDArray[np.float32],
    trained: NDArray[np.bool_],
    labels: NDArray[np.int64],
    n_test: tuple[int, int],
) -> float:
    """Return how large Σ (q t + p g)² can be.

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
