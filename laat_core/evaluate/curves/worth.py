"""How many labelled rows the scores are worth, read off a learning curve."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.learning import error_line
from laat_core.evaluate.spread import Interval

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
        needs no more, infinite where the most tried do not suffice.
    interval : Interval or None
        Of 95 %: what to expect in other tables of the same kind. None where it is not known.
    ahead : float
        Mean AUC of the LAAT model less that of the baseline with the same rows, -1 to 1.
    used : int
        Training rows per class of the LAAT model, which are among ``rows``.
    most : int
        Most rows per class that the baseline was given.
    """

    rows: float
    interval: Interval | None
    ahead: float
    used: int
    most: int


def worth_of(curve: Curve, line: str) -> Worth | None:
    """Read the worth of the scores off a learning curve, for one line of a LAAT model.

    Returns
    -------
    Worth or None
        None while the curve lacks numbers that this needs. Without an interval where a curve was
        kept before test rows were asked for their part in it.
    """
    rows, used = curve.points, curve.about.get("rows")
    if line not in curve.lines or "baseline" not in curve.lines or used not in rows:
        return None
    at = rows.index(used)
    laat, baseline = curve.lines[line][at], curve.lines["baseline"]
    if not (np.isfinite(laat).all() and np.isfinite(baseline).all()):
        return None
    errors = curve.lines.get(error_line(line))
    row_error = float(errors[at, 0]) if errors is not None and errors[at, 0] >= 0 else None
    tried = [int(k) for k in rows if not isinstance(k, str)]
    return rows_worth(tried, baseline, laat, int(used), row_error)


def rows_worth(
    rows_per_class: Sequence[int],
    baseline: NDArray[np.float64],
    laat: NDArray[np.float64],
    used: int,
    row_error: float | None,
    seed: int = 0,
) -> Worth:
    """Say how many rows the baseline needs to be as good as the LAAT model.

    The mean AUC of the baseline is made to rise with the rows (isotonic regression), and read
    between two points on a straight line over the logarithm of the rows. Two things vary: the
    training rows, which differ from split to split, and the test rows, which nearly all splits
    share. So the splits are drawn with
    replacement, and the level of the LAAT model gets a draw of what the test rows make of it.

    Parameters
    ----------
    rows_per_class : sequence of int, rising
    baseline : ndarray of shape (n_points, n_splits)
        AUC.
    laat : ndarray of shape (n_splits,)
        AUC with ``used`` rows per class, of the same splits as the baseline's there.
    used : int
        One of ``rows_per_class``.
    row_error : float or None
        Standard error that the test rows give the mean difference of both with ``used`` rows.
        Where it is not known, or there is one split, there is no interval.
    seed : int
        Of the 1,000 draws: the splits of each point by themselves, those of the LAAT model and of
        the baseline with the same rows together.
    """
    at = list(rows_per_class).index(used)
    log_rows = np.log(rows_per_class)

    def worth(mean: NDArray[np.float64], level: float) -> float:
        return max(_rows_at(log_rows, mean, level), float(used))

    means, level = baseline.mean(axis=1), float(laat.mean())
    interval = None
    if row_error is not None and len(laat) > 1:
        generator = np.random.default_rng(seed)
        drawn = generator.integers(len(laat), size=(len(baseline), N_RESAMPLES, len(laat)))
        resampled = [values[d].mean(axis=1) for values, d in zip(baseline, drawn, strict=True)]
        levels = laat[drawn[at]].mean(axis=1) + generator.normal(0, row_error, N_RESAMPLES)
        found = [worth(*both) for both in zip(np.stack(resampled, axis=1), levels, strict=True)]
        # Some may be infinite, between which nothing can be interpolated.
        interval = Interval(*map(float, np.quantile(found, RANGE, method="nearest")))
    ahead = level - float(means[at])
    return Worth(worth(means, level), interval, ahead, used, int(max(rows_per_class)))


def _rows_at(log_rows: NDArray[np.float64], mean: NDArray[np.float64], level: float) -> float:
    """Rows with which a curve that is made to rise reaches a level; infinite where it does not."""
    rising = isotonic_regression(mean).x
    if level > rising[-1]:
        return math.inf
    after = int(np.searchsorted(rising, level))  # the first that is as high
    if after == 0:
        return float(np.exp(log_rows[0]))
    ends = slice(after - 1, after + 1)
    return float(np.exp(np.interp(level, rising[ends], log_rows[ends])))
