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
    n_test: tuple[int, int],
    level: float = 0.95,
) -> Interval | None:
    """Interval of the expected difference when training rows are a small part of the table.

    A row moves the mean over the splits twice: where it is a test row, and where it is trained on.
    Were all splits drawn that there are, the variance of their mean would be the sum of the squares
    of both moves together (Hájek's projection): ``Σ influence² + 2 Σ influence · move + Σ move²``.
    The first sum is that of DeLong, DeLong and Clarke-Pearson (1988), less what other splits would
    have made of it. The second is twice the covariance, over the splits, of the difference with the
    influence of the rows trained on. The third is at most ``s²`` times the share of rows in
    training, which two splits have in common; all of it is taken, so that the interval is rather
    too wide, the more so the more rows train. ``s² / n_splits`` comes on top for the splits that
    were drawn. Degrees of freedom are those of Welch and Satterthwaite.

    Parameters
    ----------
    differences : ndarray of shape (n_splits,)
        Of two AUCs, split by split, -1 to 1; ``s²`` is their variance.
    influence : ndarray of shape (n_splits, n_rows)
        How much each row of the table, as a test row, moves each difference.
    trained : ndarray of shape (n_splits, n_rows)
        Which rows a split trains on.
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
    over_splits = float(differences.var(ddof=1))
    mean = influence.mean(axis=0, dtype=np.float64)
    of_rows = float(mean @ mean)
    times_tested = n_splits * sum(n_test) / influence.shape[1]
    of_one = float(np.square(influence).sum(axis=1).mean())
    of_rows -= max(of_one * times_tested / n_splits - of_rows, 0.0) / max(times_tested - 1, 1.0)
    of_both = 2 * float(np.cov(differences, trained @ mean)[0, 1])
    of_splits = over_splits * (1 / n_splits + float(trained.mean()))
    variance = max(of_splits + of_both + of_rows, over_splits / n_splits)
    if variance == 0:
        return _interval(differences, 0.0, n_splits - 1, level)
    freedom = variance**2 / (of_splits**2 / (n_splits - 1) + of_rows**2 / (fewest - 1))
    return _interval(differences, math.sqrt(variance), freedom, level)


def _interval(
    differences: NDArray[np.float64], error: float, freedom: float, level: float
) -> Interval:
    mean = float(differences.mean())
    width = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return Interval(max(mean - width, -1.0), min(mean + width, 1.0))
