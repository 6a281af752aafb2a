"""A mean over rows of two classes: its standard error, skewness and interval."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

__all__ = ["Interval", "Spread", "quantiles"]

# How much of the estimated skewness is corrected for: with all of it, equal models of a high AUC
# seem different too often; with none, unequal ones too (docs/coverage.md).
SKEW_SHARE = 2 / 3
# Placements are multiples of 1 / (2 rows of a class): what is smaller is rounding.
SAME = 1e-9

ONE_ROW = "One class has a single row, so there is no telling how much the result depends on it."
NO_SPREAD = (
    "Each model ranks all rows of a class alike, so these rows do not show how much the "
    "difference depends on them."
)


class Interval(NamedTuple):
    """Both ends, as they stand for a value."""

    low: float
    high: float


class Spread:
    """A mean over rows of both classes, with the standard error that comes of their sampling.

    Parameters
    ----------
    negative, positive : ndarray
        Placements, or their differences, of the rows of each class; their means are equal.

    Attributes
    ----------
    mean : float
        An AUC, or a difference of two.
    fewest : int
        Rows of the smaller class.
    constant : bool
        Whether all rows of each class are alike, so that they show no error.
    error : float
        Standard error of the mean; 0 where unknown.
    freedom : float
        Degrees of freedom of the error, after Welch and Satterthwaite.
    skew : float
        What is corrected for: a share of the skewness of the mean.
    """

    def __init__(self, negative: NDArray[np.float64], positive: NDArray[np.float64]) -> None:
        parts = (negative, positive)
        self.mean = float(positive.mean())
        self.fewest = min(map(len, parts))
        self.constant = all(np.ptp(part) < SAME for part in parts)
        self.error, self.freedom, self.skew = 0.0, math.inf, 0.0
        if self.constant or self.fewest < 2:
            return
        shares = [part.var(ddof=1) / len(part) for part in parts]
        variance = float(sum(shares))
        self.error = math.sqrt(variance)
        self.freedom = variance**2 / float(
            sum(share**2 / (len(part) - 1) for share, part in zip(shares, parts, strict=True))
        )
        third = sum(((part - part.mean()) ** 3).mean() / len(part) ** 2 for part in parts)
        self.skew = SKEW_SHARE * third / self.error**3

    @property
    def problem(self) -> str:
        """Why there is no interval of a difference."""
        if self.same:
            return ""
        if self.fewest < 2:
            return ONE_ROW
        return NO_SPREAD if self.constant else ""

    @property
    def same(self) -> bool:
        """Whether the two models rank every row alike."""
        return self.constant and abs(self.mean) < SAME

    @property
    def z(self) -> float | None:
        """The mean in standard errors; None where there is a problem."""
        if self.problem:
            return None
        return 0.0 if self.same else self.mean / self.error

    @property
    def p_value(self) -> float | None:
        """Of a mean of 0, two-sided; None where there is a problem."""
        if self.same:
            return 1.0
        if self.z is None:
            return None
        return float(2 * stats.t.sf(abs(_straight(self.z, self.skew)), self.freedom))

    def interval(self, level: float) -> Interval | None:
        """Interval of a difference, -1 to 1; None where there is a problem."""
        if self.problem:
            return None
        if self.same:
            return Interval(0.0, 0.0)
        ends = (
            self.mean - self.error * _bent(t, self.skew)
            for t in quantiles(level, self.freedom)[::-1]
        )
        return Interval(*(min(max(end, -1.0), 1.0) for end in ends))

    def interval_of_share(self, level: float) -> Interval | None:
        """Interval of an AUC, 0 to 1."""
        if self.fewest < 2:
            return None
        rest = (1 - level) / 2
        if self.mean > 1 - SAME:
            return Interval(rest ** (1 / self.fewest), 1.0)
        if self.mean < SAME:
            return Interval(0.0, 1 - rest ** (1 / self.fewest))
        if self.constant:
            return Interval(self.mean, self.mean)  # ranks nothing: 0.5 on any rows
        error = self.error / (self.mean * (1 - self.mean))
        ends = special.logit(self.mean) + error * quantiles(level, self.freedom)
        return Interval(*special.expit(ends).tolist())


def _straight(t: float, skew: float) -> float:
    """Take a studentised mean to the scale where it is nearly symmetric (Hall 1992)."""
    return t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / 6


def _bent(t: float, skew: float) -> float:
    """Undo :func:`_straight`."""
    if abs(skew) < SAME:
        return t
    return float(3 / skew * (np.cbrt(1 + skew * (t - skew / 6)) - 1))


def quantiles(level: float, freedom: float) -> NDArray[np.float64]:
    """Lower and upper quantile of Student's t that hold a share of it, (2,)."""
    half: float = stats.t.ppf((1 + level) / 2, freedom)
    return np.array([-half, half])
