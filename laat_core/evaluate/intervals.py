"""The difference of two AUCs on the same rows, with its interval: DeLong's, and a bootstrap."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from laat_core.errors import DesignError
from laat_core.evaluate.ranking import Ranking

__all__ = ["AUCDifference", "Interval", "bootstrap", "delong"]

# How much of the estimated skewness is corrected for: with all of it, equal models of a high AUC
# seem different too often; with none, the interval is blind to it (`python -m benchmarks.coverage`).
SKEW_SHARE = 0.5
# Placements are multiples of 1 / (2 rows of a class): what is smaller is rounding.
SAME = 1e-9
CHUNK = 2_000_000  # numbers of 8 bytes that a bootstrap handles at once, a few times over

ONE_ROW = "One class has a single row, so there is no telling how much the result depends on it."
NO_SPREAD = (
    "Each model ranks all rows of a class alike, so these rows do not show how much the "
    "difference depends on them."
)


class Interval(NamedTuple):
    """Both ends, as they stand for a value."""

    low: float
    high: float


@dataclass(frozen=True)
class AUCDifference:
    """Two AUCs on the same rows, and how they differ.

    Attributes
    ----------
    first, second : float
        AUCs, 0 to 1.
    first_interval, second_interval : Interval or None
        Within 0 and 1; None where unknown.
    difference : float
        First less second, -1 to 1.
    interval : Interval or None
        Of the difference, within -1 and 1; None where unknown.
    z : float or None
        Difference divided by its standard error: the statistic of DeLong's test. None from a
        bootstrap, and where the standard error is unknown.
    p_value : float or None
        Of no difference, two-sided: below 1 - level just where the interval leaves 0 out.
    n_negative, n_positive : int
        Rows of each class.
    level : float
        Of the intervals, such as 0.95.
    method : {"DeLong", "bootstrap"}
    problem : str
        Why the interval of the difference is unknown, empty where it is known.
    """

    first: float
    second: float
    first_interval: Interval | None
    second_interval: Interval | None
    difference: float
    interval: Interval | None
    z: float | None
    p_value: float | None
    n_negative: int
    n_positive: int
    level: float
    method: str
    problem: str = ""


def delong(
    labels: NDArray[np.int64],
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    level: float = 0.95,
) -> AUCDifference:
    """Compare two AUCs on the same rows by their placements, allowing for their correlation.

    The standard errors are those of E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson,
    "Comparing the areas under two or more correlated receiver operating characteristic curves:
    a nonparametric approach", Biometrics 44 (1988). With few rows a normal quantile is too short
    for them, and the difference is skewed. So quantiles are those of Student's t with the degrees
    of freedom of Welch and Satterthwaite; the difference is taken to P. Hall's cubic scale ("On
    the removal of skewness by transformation", Journal of the Royal Statistical Society B 54,
    1992) with half of the skewness estimated; and an AUC by itself is taken to the logit scale.
    With many rows all of this fades. A perfect AUC, which has no standard error, gets the lower
    end ``((1 - level) / 2) ** (1 / rows of the smaller class)``: so many pairs without a common
    row, all ranked rightly.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        0 or 1, both there.
    first, second : ndarray of shape (n_rows,)
        Scores of the two models, the higher, the likelier 1; logits and probabilities do alike.
    level : float
        Between 0 and 1.

    Returns
    -------
    AUCDifference
        With one row in a class, no interval. Models that rank alike differ by 0, from 0 to 0,
        with p = 1.

    Raises
    ------
    DesignError
        If a class is missing, the lengths differ, or the level is none.
    """
    labels, *scores = _checked(labels, first, second, level)
    places = [Ranking(labels, values).placements for values in scores]
    singles = [_Spread(*_by_class(labels, place)) for place in places]
    difference = _Spread(*_by_class(labels, places[0] - places[1]))
    known = difference.problem == ""
    return AUCDifference(
        first=singles[0].mean,
        second=singles[1].mean,
        first_interval=singles[0].interval_of_share(level),
        second_interval=singles[1].interval_of_share(level),
        difference=difference.mean,
        interval=difference.interval(level) if known else None,
        z=difference.z if known else None,
        p_value=difference.p_value if known else None,
        method="DeLong",
        problem=difference.problem,
        **_about(labels, level),
    )


class _Spread:
    """A mean over rows of both classes, with the standard error that comes of their sampling.

    Parameters
    ----------
    negative, positive : ndarray
        Placements, or their differences, of the rows of each class; their means are equal.
    """

    def __init__(self, negative: NDArray[np.float64], positive: NDArray[np.float64]) -> None:
        parts = (negative, positive)
        self.mean = float(positive.mean())
        self.fewest = min(map(len, parts))
        self.constant = all(np.ptp(part) < SAME for part in parts)
        if self.constant or self.fewest < 2:
            self.error = 0.0
            return
        shares = [part.var(ddof=1) / len(part) for part in parts]
        variance = sum(shares)
        self.error = math.sqrt(variance)
        self.freedom = variance**2 / sum(
            share**2 / (len(part) - 1) for share, part in zip(shares, parts, strict=True)
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
    def z(self) -> float:
        return 0.0 if self.same else self.mean / self.error

    @property
    def p_value(self) -> float:
        if self.same:
            return 1.0
        return float(2 * stats.t.sf(abs(_straight(self.z, self.skew)), self.freedom))

    def interval(self, level: float) -> Interval:
        """Interval of a difference, -1 to 1."""
        if self.same:
            return Interval(0.0, 0.0)
        ends = (
            self.mean - self.error * _bent(t, self.skew)
            for t in _quantiles(level, self.freedom)[::-1]
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
        ends = special.logit(self.mean) + error * _quantiles(level, self.freedom)
        return Interval(*special.expit(ends).tolist())


def _straight(t: float, skew: float) -> float:
    """Take a studentised mean to the scale where it is nearly symmetric (Hall 1992)."""
    return t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / 6


def _bent(t: float, skew: float) -> float:
    """Undo :func:`_straight`."""
    if abs(skew) < SAME:
        return t
    return float(3 / skew * (np.cbrt(1 + skew * (t - skew / 6)) - 1))


def _quantiles(level: float, freedom: float) -> NDArray[np.float64]:
    return np.array([-1.0, 1.0]) * stats.t.ppf((1 + level) / 2, freedom)


def bootstrap(
    labels: NDArray[np.int64],
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    n_resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> AUCDifference:
    """Compare two AUCs on the same rows by drawing the rows again, class by class.

    Both models get the same drawn rows. The ends are percentiles, further out than the level says
    by what the bootstrap is too narrow with few rows (T. C. Hesterberg, "What teachers should
    know about the bootstrap: resampling in the undergraduate statistics curriculum", The American
    Statistician 69, 2015: the expanded percentile interval); its quantile is here that of
    Student's t with the degrees of freedom of Welch and Satterthwaite.

    Parameters
    ----------
    labels, first, second, level
        As of :func:`delong`.
    n_resamples : int
        At least 1; below a thousand the ends are rough.
    seed : int

    Returns
    -------
    AUCDifference
        Without z and p. With one row in a class, no interval.

    Raises
    ------
    DesignError
        If a class is missing, the lengths differ, or the level is none.
    """
    labels, *scores = _checked(labels, first, second, level)
    rankings = [Ranking(labels, values) for values in scores]
    places = [ranking.placements for ranking in rankings]
    differences = places[0] - places[1]
    spreads = [_Spread(*_by_class(labels, values)) for values in (*places, differences)]
    known = spreads[2].problem == ""
    ends: list[Interval | None] = [None] * 3
    if known:
        drawn = _drawn_aucs(labels, scores, n_resamples, np.random.default_rng(seed))
        ends = [
            _percentiles(values, labels, place, level)
            for values, place in zip(
                (*drawn, drawn[0] - drawn[1]), (*places, differences), strict=True
            )
        ]
    return AUCDifference(
        first=spreads[0].mean,
        second=spreads[1].mean,
        first_interval=ends[0],
        second_interval=ends[1],
        difference=spreads[2].mean,
        interval=ends[2],
        z=None,
        p_value=None,
        method="bootstrap",
        problem=spreads[2].problem,
        **_about(labels, level),
    )


def _drawn_aucs(
    labels: NDArray[np.int64],
    scores: list[NDArray[np.float64]],
    n_resamples: int,
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    """AUCs on drawn rows, (n_models, n_resamples): counts of sorted rows, sorted once."""
    # Equal scores are one place in the order; a drawn row adds 1 to its place.
    orders = [np.unique(values, return_inverse=True)[1] for values in scores]
    by_class = [[order[labels == label] for order in orders] for label in (0, 1)]
    sizes = [len(places[0]) for places in by_class]
    most = max(int(order.max()) + 1 for order in orders)
    chunk = max(1, CHUNK // max(most, len(labels)))
    areas = np.empty((len(scores), n_resamples))
    for start in range(0, n_resamples, chunk):
        n = min(chunk, n_resamples - start)
        draws = [generator.integers(size, size=(n, size)) for size in sizes]
        for model in range(len(scores)):
            negative, positive = (
                _counts(places[model][draw], most)
                for places, draw in zip(by_class, draws, strict=True)
            )
            below = np.cumsum(negative, axis=1) - negative / 2  # a tie counts half
            pairs = np.einsum("rp,rp->r", positive, below)
            areas[model, start : start + n] = pairs / (sizes[0] * sizes[1])
    return areas


def _counts(places: NDArray[np.int64], n_places: int) -> NDArray[np.int64]:
    """How often each place comes in each row, (n_rows, n_places)."""
    n_rows = len(places)
    flat = (places + n_places * np.arange(n_rows)[:, None]).ravel()
    return np.bincount(flat, minlength=n_rows * n_places).reshape(n_rows, n_places)


def _percentiles(
    drawn: NDArray[np.float64],
    labels: NDArray[np.int64],
    places: NDArray[np.float64],
    level: float,
) -> Interval:
    spread = _Spread(*_by_class(labels, places))
    if spread.constant:
        return Interval(spread.mean, spread.mean)
    narrow = math.sqrt(sum(part.var() / len(part) for part in _by_class(labels, places)))
    outside = stats.norm.cdf(_quantiles(level, spread.freedom)[0] * spread.error / narrow)
    return Interval(*np.quantile(drawn, [outside, 1 - outside]).tolist())


def _by_class(
    labels: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return values[labels == 0], values[labels == 1]


def _about(labels: NDArray[np.int64], level: float) -> dict[str, float]:
    n_positive = int(labels.sum())
    return {"n_negative": len(labels) - n_positive, "n_positive": n_positive, "level": level}


def _checked(
    labels: NDArray[np.int64],
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    level: float,
) -> list[NDArray[np.float64]]:
    labels, first, second = np.asarray(labels), np.asarray(first), np.asarray(second)
    if not len(labels) == len(first) == len(second):
        raise DesignError(
            f"{len(labels)} labels, {len(first)} and {len(second)} scores: each row needs one of "
            "each."
        )
    if set(np.unique(labels).tolist()) != {0, 1}:
        raise DesignError("Rows of both classes are needed to compare how well they are ranked.")
    if not np.isfinite(first).all() or not np.isfinite(second).all():
        raise DesignError("Some scores are no finite numbers, so the rows cannot be ranked.")
    if not 0 < level < 1:
        raise DesignError(f"The level is {level!r}; it must lie between 0 and 1, such as 0.95.")
    return [labels.astype(np.int64), first, second]
