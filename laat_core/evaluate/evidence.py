"""What the labelled rows by themselves say about each feature, and how surely."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy import special

__all__ = ["Evidence", "correlate"]

LEVEL = 0.95
FEWEST_ROWS = 4  # the spread of Fisher's z is 1 / sqrt(rows - 3)


@dataclass(frozen=True)
class Evidence:
    """Correlation of each feature with the label over some rows.

    Attributes
    ----------
    features : tuple of str
    correlation : tuple of float or None
        From -1 to 1, positive where the feature goes with the positive class; None for a feature
        that is the same in all rows.
    low, high : tuple of float or None
        Ends of the 95 % interval; None as well where there are fewer than 4 rows. A perfect
        correlation has an interval without width, however few the rows.
    p_value : tuple of float or None
        Of no correlation, two-sided, by the same approximation, but never below ``least_p``; None
        where the interval is.
    least_p : float
        How often labels in random order would follow, or oppose, a feature perfectly that tells
        the classes of all rows. No feature of so many rows is stronger evidence than that.
    n_rows : int
        Rows that were looked at.
    """

    features: tuple[str, ...]
    correlation: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    p_value: tuple[float | None, ...]
    least_p: float
    n_rows: int


def correlate(features: tuple[str, ...], X: NDArray[np.float64], y: NDArray[np.int64]) -> Evidence:
    """Correlate every feature with the label.

    Pearson's coefficient, which for a 0/1 label is the point-biserial one. The interval is that
    of R. A. Fisher, "On the 'probable error' of a coefficient of correlation deduced from a small
    sample", Metron 1 (1921): ``tanh(artanh r ± 1.96 / sqrt(n - 3))``. It is an approximation, a
    rough one for flags and a handful of rows.

    Parameters
    ----------
    features : tuple of str
        Names of the columns of ``X``.
    X : ndarray of shape (n_rows, n_features)
        Encoded rows; their scale does not matter.
    y : ndarray of shape (n_rows,)
        Labels, 0 or 1, both there.

    Returns
    -------
    Evidence
    """
    constant = (X[:1] == X).all(axis=0)
    # Divided by the largest first: squares of very large or small numbers leave their range.
    largest = np.abs(X).max(axis=0)
    rows = _centred(X / np.where(largest > 0, largest, 1.0))
    size = np.abs(rows).max(axis=0)
    rows = rows / np.where(size > 0, size, 1.0)
    labels = _centred(y.astype(np.float64))
    length = np.sqrt((rows**2).sum(axis=0) * (labels @ labels))
    known = ~constant & (length > 0)
    r = np.divide(labels @ rows, length, out=np.full(len(features), math.nan), where=known)
    r = r.clip(-1.0, 1.0)
    least = _least_p(len(y), int(y.sum()))
    low = high = p = np.full_like(r, math.nan)
    if len(y) >= FEWEST_ROWS:
        error = 1 / math.sqrt(len(y) - 3)
        width = NormalDist().inv_cdf((1 + LEVEL) / 2) * error
        with np.errstate(divide="ignore"):  # a perfect correlation
            z = np.arctanh(r)
        low, high = np.tanh(z - width), np.tanh(z + width)
        p = np.maximum(2 * special.ndtr(-np.abs(z) / error), least)
    return Evidence(features, _plain(r), _plain(low), _plain(high), _plain(p), least, len(y))


def _least_p(n_rows: int, n_positive: int) -> float:
    """Two of the orders in which so many labels can stand, as a share of all."""
    one: float = (n_rows + 1) * special.beta(n_positive + 1, n_rows - n_positive + 1)
    return 2 * float(one)


def _centred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred: NDArray[np.float64] = values - values.mean(axis=0)
    return centred


def _plain(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(value) else value for value in values.tolist())
