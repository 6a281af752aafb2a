"""How many labelled rows the scores are worth, read off a learning curve."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import isotonic_regression

from laat_core.evaluate.curves.curve import Curve

__all__ = ["Worth", "rows_worth", "worth_of"]

N_RESAMPLES = 1000
RANGE = (0.025, 0.975)


@dataclass(frozen=True)
class Worth:
    """What the scores count for, in labelled rows of each class.

    Attributes
    ----------
    rows : float
        Rows per class that the baseline needs to have the AUC of the LAAT model; ``used`` where it
        has that with the same rows, infinite where not with the most tried.
    low, high : float
        Range of 95 % of the resampled splits.
    used : int
        Training rows per class of the LAAT model, which are among ``rows``.
    most : int
        Most rows per class that the baseline was given.
    """

    rows: float
    low: float
    high: float
    used: int
    most: int


def worth_of(curve: Curve, line: str) -> Worth | None:
    """Read the worth of the scores off a learning curve, for one line of a LAAT model.

    Returns
    -------
    Worth or None
        None while the curve lacks numbers that this needs.
    """
    rows, used = curve.points, curve.about.get("rows")
    if line not in curve.lines or "baseline" not in curve.lines or used not in rows:
        return None
    laat, baseline = curve.lines[line][rows.index(used)], curve.lines["baseline"]
    if not (np.isfinite(laat).all() and np.isfinite(baseline).all()):
        return None
    return rows_worth([int(k) for k in rows if not isinstance(k, str)], baseline, laat, int(used))


def rows_worth(
    rows_per_class: Sequence[int],
    baseline: NDArray[np.float64],
    laat: NDArray[np.float64],
    used: int,
    seed: int = 0,
) -> Worth:
    """Say how many rows the baseline needs to be as good as the LAAT model.

    The mean AUC of the baseline is made to rise with the rows (isotonic regression), and read
    between two points on a straight line over the logarithm of the rows.

    Parameters
    ----------
    rows_per_class : sequence of int, rising
    baseline : ndarray of shape (n_points, n_splits)
        AUC.
    laat : ndarray of shape (n_splits,)
        AUC with ``used`` rows per class, of the same splits as the baseline's there.
    used : int
        One of ``rows_per_class``.
    seed : int
        Of the resampling: the splits of each point are drawn with replacement, 1,000 times; those
        of the LAAT model and of the baseline with the same rows together.
    """
    generator = np.random.default_rng(seed)
    n_splits = len(laat)
    at = list(rows_per_class).index(used)
    means = np.empty((N_RESAMPLES, len(rows_per_class)))
    levels = np.empty(N_RESAMPLES)
    for point, values in enumerate(baseline):
        drawn = generator.integers(n_splits, size=(N_RESAMPLES, n_splits))
        means[:, point] = values[drawn].mean(axis=1)
        if point == at:
            levels = laat[drawn].mean(axis=1)
    log_rows = np.log(rows_per_class)

    def worth(mean: NDArray[np.float64], level: float) -> float:
        return max(_rows_at(log_rows, mean, level), float(used))

    resampled = [worth(*both) for both in zip(means, levels, strict=True)]
    # Some may be infinite, between which nothing can be interpolated.
    low, high = np.quantile(resampled, RANGE, method="nearest")
    rows = worth(baseline.mean(axis=1), float(laat.mean()))
    return Worth(rows, float(low), float(high), used, int(max(rows_per_class)))


def _rows_at(log_rows: NDArray[np.float64], mean: NDArray[np.float64], level: float) -> float:
    """Rows with which a curve that is made to rise reaches a level; infinite where it does not."""
    rising = isotonic_regression(mean)
    if level > rising[-1]:
        return math.inf
    after = int(np.searchsorted(rising, level))  # the first that is as high
    if after == 0:
        return float(np.exp(log_rows[0]))
    ends = slice(after - 1, after + 1)
    return float(np.exp(np.interp(level, rising[ends], log_rows[ends])))
