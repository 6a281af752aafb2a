"""Intervals from the rows: of an AUC, of the difference of two, and of a share."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from laat_core.errors import DesignError
from laat_core.evaluate.spread import Interval, Spread, quantiles
from laat_core.model.ranking import Ranking

__all__ = [
    "AUCDifference",
    "Interval",
    "auc_interval",
    "bootstrap",
    "delong",
    "wilson",
]

BEYOND = 50  # resamples of a bootstrap beyond each end: another seed moves it by a few percent
MOST_DRAWN = 20_000_000  # rows that a bootstrap draws for that: two or three seconds
CHUNK = 2_000_000  # numbers of 8 bytes that a bootstrap handles at once, a few times over


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
        Of no difference, two-sided: below 1 - level just where the interval leaves 0 out. It
        allows for skewness and few rows, which z does not.
    n_negative, n_positive : int
        Rows of each class.
    level : float
        Of the intervals, such as 0.95.
    method : {"DeLong", "bootstrap"}
        That the interval of the difference comes of.
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
    1992) with two thirds of the skewness estimated; and an AUC by itself is taken to the logit
    scale. With many rows all of this fades. A perfect AUC, which has no standard error, gets the
    lower end ``((1 - level) / 2) ** (1 / rows of the smaller class)``: so many pairs without a
    common row, all ranked rightly.

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
    given = _checked(labels, first, second, level)
    one, other, difference = (
        Spread(*_by_class(given.labels, values)) for values in given.placements
    )
    return AUCDifference(
        one.mean,
        other.mean,
        one.interval_of_share(level),
        other.interval_of_share(level),
        difference.mean,
        difference.interval(level),
        difference.z,
        difference.p_value,
        *given.counts,
        level,
        "DeLong",
        difference.problem,
    )


def bootstrap(
    labels: NDArray[np.int64],
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    n_resamples: int | None = None,
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
    n_resamples : int, optional
        Default: so many that about 50 lie beyond each end, as far as 20 million drawn rows go.
    seed : int

    Returns
    -------
    AUCDifference
        Without z and p. With one row in a class, no interval. Where not even one resample is to be
        expected beyond an end, as at a level of nearly 1 with few rows, intervals are those of
        :func:`delong`.

    Raises
    ------
    DesignError
        If a class is missing, the lengths differ, or the level is none.
    """
    given = _checked(labels, first, second, level)
    by_class = [_by_class(given.labels, values) for values in given.placements]
    one, other, difference = (Spread(*parts) for parts in by_class)
    tails = [_tail(parts, level) for parts in by_class]
    n_resamples = n_resamples or _enough(tails, len(given.labels))
    drawn = _drawn_aucs(given, n_resamples, np.random.default_rng(seed))
    first_ends, second_ends, ends = (
        _percentiles(values, tail)
        for values, tail in zip((*drawn, drawn[0] - drawn[1]), tails, strict=True)
    )
    return AUCDifference(
        one.mean,
        other.mean,
        first_ends or one.interval_of_share(level),
        second_ends or other.interval_of_share(level),
        difference.mean,
        ends or difference.interval(level),
        None,
        None,
        *given.counts,
        level,
        "bootstrap" if ends else "DeLong",
        difference.problem,
    )


def auc_interval(
    labels: NDArray[np.int64], scores: NDArray[np.floating], level: float = 0.95
) -> tuple[float, Interval | None]:
    """AUC of one model with its interval, as :func:`delong` has it.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        0 or 1, both there.
    scores : ndarray of shape (n_rows,)
        Finite; the higher, the likelier 1.
    level : float

    Returns
    -------
    auc : float
    interval : Interval or None
        None with one row in a class.
    """
    spread = Spread(*_by_class(labels, Ranking(labels, scores).placements))
    return spread.mean, spread.interval_of_share(level)


def wilson(
    share: NDArray[np.float64] | float, n_rows: NDArray[np.floating] | float
) -> NDArray[np.float64]:
    """95 % intervals of shares, each of so many rows.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22 (1927).

    Parameters
    ----------
    share : float or ndarray
        0 to 1; not-a-number for no rows.
    n_rows : float or ndarray of the same shape
        An average may have a fraction.

    Returns
    -------
    ndarray of shape (2, ...)
        Lower and upper ends, 0 to 1; not-a-number where the share is.
    """
    n = np.asarray(n_rows, dtype=np.float64)
    z = special.ndtri(0.975)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        half *= z / (1 + z**2 / n)
    return np.stack([middle - half, middle + half]).clip(0, 1)


def _drawn_aucs(
    given: "_Given", n_resamples: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """AUCs on drawn rows, (2, n_resamples): counts of sorted rows, sorted once."""
    labels = given.labels
    # Equal scores are one place in the order; a drawn row adds 1 to its place.
    orders = [np.unique(values, return_inverse=True)[1] for values in given.scores]
    by_class = [[order[labels == label] for order in orders] for label in (0, 1)]
    sizes = [len(places[0]) for places in by_class]
    most = max(int(order.max()) + 1 for order in orders)
    chunk = max(1, CHUNK // max(most, len(labels)))
    areas = np.empty((len(orders), n_resamples))
    for start in range(0, n_resamples, chunk):
        n = min(chunk, n_resamples - start)
        draws = [generator.integers(size, size=(n, size)) for size in sizes]
        for model in range(len(orders)):
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


def _tail(by_class: tuple[NDArray[np.float64], NDArray[np.float64]], level: float) -> float:
    """Share of the resamples beyond each end; 0 where none differs from another."""
    spread = Spread(*by_class)
    if spread.error == 0:
        return 0.0
    narrow = math.sqrt(sum(part.var() / len(part) for part in by_class))
    return float(stats.norm.cdf(quantiles(level, spread.freedom)[0] * spread.error / narrow))


def _enough(tails: list[float], n_rows: int) -> int:
    """How many resamples show the ends, of those that they can show."""
    most = max(MOST_DRAWN // n_rows, 1)
    within_reach = [tail for tail in tails if tail * most >= 1]
    return min(math.ceil(BEYOND / min(within_reach)), most) if within_reach else 1


def _percentiles(drawn: NDArray[np.float64], tail: float) -> Interval | None:
    """Ends from what was drawn; None where that does not reach so far."""
    if tail * len(drawn) < 1:
        return None
    return Interval(*np.quantile(drawn, [tail, 1 - tail]).tolist())


def _by_class(
    labels: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return values[labels == 0], values[labels == 1]


class _Given(NamedTuple):
    """What two models are compared on."""

    labels: NDArray[np.int64]
    scores: tuple[NDArray[np.floating], NDArray[np.floating]]

    @property
    def counts(self) -> tuple[int, int]:
        """Rows of the negative and of the positive class."""
        n_positive = int(self.labels.sum())
        return len(self.labels) - n_positive, n_positive

    @property
    def placements(self) -> list[NDArray[np.float64]]:
        """Of the first model, of the second, and their difference."""
        first, second = (Ranking(self.labels, values).placements for values in self.scores)
        return [first, second, first - second]


def _checked(
    labels: NDArray[np.int64],
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    level: float,
) -> _Given:
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
    return _Given(labels.astype(np.int64), (first, second))
