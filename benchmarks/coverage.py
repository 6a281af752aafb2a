"""Whether the intervals hold what they say, where the truth is known.

Run ``python -m benchmarks.coverage``. It simulates, and writes ``docs/coverage.md``; nothing in it
depends on time or load, so a second run writes the same file.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import stats

from benchmarks.command import ROOT, markdown_table, paragraph, write_document
from laat_core.evaluate.intervals import BEYOND, bootstrap, delong
from laat_core.evaluate.resampled import PAIRS_LEAST, corrected_t, row_variance, rows_and_splits
from laat_core.evaluate.spread import SKEW_SHARE, Interval, Spread
from laat_core.model.ranking import Ranking

__all__ = [
    "DIVISIONS",
    "FEWER",
    "SCENARIOS",
    "Scenario",
    "Splits",
    "cover",
    "cover_splits",
    "document",
    "measure",
]

SIMULATIONS = 1000
RESAMPLES = 1000
SEED = 0
WANTED = (93.0, 97.0)  # percent, of a nominal 95
SIZE_WANTED = (3.0, 7.0)


class Scenario(NamedTuple):
    """Two models' scores, normal in each class: the AUCs follow, and so does their difference."""

    n_rows: int
    share: float
    first: float
    second: float
    correlation: float

    def draw(
        self, generator: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Labels and the scores of both models."""
        n_positive = round(self.n_rows * self.share)
        labels = np.repeat([1, 0], [n_positive, self.n_rows - n_positive])
        root = np.linalg.cholesky([[1, self.correlation], [self.correlation, 1]])
        # Two normal classes of variance 1, so far apart, are ranked rightly with probability AUC.
        apart = np.sqrt(2) * stats.norm.ppf([self.first, self.second])
        scores = generator.normal(size=(self.n_rows, 2)) @ root.T + labels[:, None] * apart
        return labels, scores[:, 0], scores[:, 1]


AUCS = (
    (0.7, 0.7, 0.5),
    (0.8, 0.8, 0.8),
    (0.9, 0.9, 0.5),
    (0.75, 0.7, 0.9),
    (0.8, 0.7, 0.5),
    (0.9, 0.8, 0.8),
    (0.9, 0.6, 0.5),
    (0.95, 0.85, 0.3),
    (0.95, 0.95, 0.5),
)
ROWS = ((50, 0.5), (50, 0.3), (100, 0.5), (200, 0.5), (200, 0.2), (500, 0.5))
SCENARIOS = tuple(Scenario(*rows, *aucs) for rows in ROWS for aucs in AUCS)
# Ten rows of the rarer class.
FEWER = tuple(Scenario(*rows, *aucs) for rows in ((50, 0.2), (100, 0.1)) for aucs in AUCS)


class Splits(NamedTuple):
    """A table of normal rows, two simple models, and how the table is divided.

    The classes lie ``APART`` apart. The baseline is the difference of the class means in the
    training rows; the other model is one of :data:`RIVALS`.
    """

    rival: str
    n_rows: int
    n_positive: int
    shots: int
    n_splits: int = 20

    @property
    def n_train(self) -> int:
        """Training rows per split."""
        return 2 * self.shots

    @property
    def n_test(self) -> tuple[int, int]:
        """Test rows of each class per split."""
        return self.n_rows - self.n_positive - self.shots, self.n_positive - self.shots

    @property
    def few_train(self) -> bool:
        """Whether fewer rows train than test."""
        return self.n_train < sum(self.n_test)


APART: NDArray[np.float64] = np.array([0.8, 0.6, 0.4, 0.3, 0.2, 0.1, 0.0, 0.0])
TARGET = np.array([1.0, 0.3, 1.0, 0.2, 0.2, 0.5, 0.3, -0.3])
TARGET /= np.linalg.norm(TARGET)
HALVES = np.arange(len(APART)) < 4
IDLE = np.array([0, 0, 0, 0, 0, 0, 1, -1])  # they tell nothing
EQUAL = "idle features exchanged"  # as good as the baseline, on average

Weights = NDArray[np.float64]
RIVALS: dict[str, Callable[[Weights], Weights]] = {
    "drawn to a target": lambda w: w / np.linalg.norm(w, axis=-1, keepdims=True) + TARGET,
    "the target alone": lambda w: np.broadcast_to(TARGET, w.shape),
    "signs of the weights": np.sign,
    "half of the features": lambda w: w * HALVES,
    EQUAL: lambda w: w[..., [0, 1, 2, 3, 4, 5, 7, 6]],
    "idle features weighed": lambda w: w + 0.6 * IDLE,
}
TABLES = (
    (100, 50, (1, 5, 20, 40)),
    (300, 150, (1, 5, 60, 120)),
    (300, 45, (5, 15)),
)
DIVISIONS = tuple(
    Splits(rival, n_rows, n_positive, shots)
    for rival in RIVALS
    for n_rows, n_positive, several in TABLES
    for shots in several
)
# Where the interval is one that more splits make narrower.
DIVISIONS += tuple(one._replace(n_splits=100) for one in DIVISIONS if one.few_train)
MANY_TRAININGS = 100_000
# What is shown, and what it is made of.
OF_ROWS = ("rows and splits", "bound alone", "estimate alone")


def cover(scenario: Scenario, n_simulations: int, seed: int = SEED) -> dict[str, float]:
    """Percent of the intervals that hold the true difference, by method.

    Returns
    -------
    dict
        ``delong``, ``bootstrap``, and what was tried and left: ``normal``, ``student``,
        ``whole skewness``; ``single`` for the first AUC's own interval.
    """
    generator = np.random.default_rng([seed, *(round(1000 * part) for part in scenario)])
    truth = scenario.first - scenario.second
    hits: dict[str, list[bool]] = {}
    for number in range(n_simulations):
        labels, first, second = scenario.draw(generator)
        compared = delong(labels, first, second)
        drawn = bootstrap(labels, first, second, RESAMPLES, seed=number)
        intervals = {"delong": compared.interval, "bootstrap": drawn.interval}
        intervals |= dict(_left(labels, first, second))
        for name, interval in intervals.items():
            hits.setdefault(name, []).append(_holds(interval, truth))
        hits.setdefault("single", []).append(_holds(compared.first_interval, scenario.first))
    return {name: 100 * float(np.mean(values)) for name, values in hits.items()}


def _left(
    labels: NDArray[np.int64], first: NDArray[np.float64], second: NDArray[np.float64]
) -> Iterator[tuple[str, Interval]]:
    """Forms of the interval that were tried and left."""
    places = Ranking(labels, first).placements - Ranking(labels, second).placements
    spread = Spread(places[labels == 0], places[labels == 1])
    corrected = spread.skew
    for name, freedom, skew in (
        ("normal", np.inf, 0.0),
        ("student", spread.freedom, 0.0),
        ("whole skewness", spread.freedom, corrected / SKEW_SHARE),
    ):
        spread.freedom, spread.skew = freedom, skew
        yield name, spread.interval(0.95) or Interval(-1, 1)


def _holds(interval: Interval | None, truth: float) -> bool:
    """Whether an interval holds the truth; one that is unknown excludes nothing."""
    return interval is None or interval.low <= truth <= interval.high


def cover_splits(splits: Splits, n_simulations: int, seed: int = SEED) -> dict[str, float]:
    """Percent of the intervals over repeated splits that hold the expected difference.

    Returns
    -------
    dict
        ``truth``, the expected difference over training sets of that size; per method its
        coverage and, with ``width`` in the name, its mean width; ``weight``, the mean weight of
        the estimate in *rows and splits*.
    """
    generator = np.random.default_rng([seed, *splits[1:], list(RIVALS).index(splits.rival)])
    truth = _expected(splits, generator)
    labels = np.repeat([0, 1], [splits.n_rows - splits.n_positive, splits.n_positive])
    hits: dict[str, list[bool]] = {}
    widths: dict[str, list[float]] = {}
    weights = []
    for _ in range(n_simulations):
        rows = generator.normal(size=(len(labels), len(APART))) + labels[:, None] * APART
        differences, influence, trained = _compare(splits, rows, labels, generator)
        n_test = splits.n_test
        of_rows = row_variance(differences, influence, trained, labels, n_test)
        weights.append(of_rows.weight)
        intervals = {"corrected t": corrected_t(differences, splits.n_train, sum(n_test))}
        for name, variance in zip(
            OF_ROWS, (of_rows.variance, of_rows.bound, of_rows.estimate), strict=True
        ):
            intervals[name] = rows_and_splits(differences, max(variance, 0.0), n_test)
        for name, interval in intervals.items():
            hits.setdefault(name, []).append(_holds(interval, truth))
            widths.setdefault(name, []).append(interval.high - interval.low if interval else 2)
    return {
        "truth": truth,
        "weight": float(np.mean(weights)),
        **{name: 100 * float(np.mean(values)) for name, values in hits.items()},
        **{f"{name}, width": float(np.mean(values)) for name, values in widths.items()},
    }


def _expected(splits: Splits, generator: np.random.Generator) -> float:
    """Expected difference of the AUCs over training sets of that size."""
    if splits.rival == EQUAL:
        return 0.0
    noise = generator.normal(size=(MANY_TRAININGS, len(APART))) * np.sqrt(2 / splits.shots)
    weights = APART + noise
    first, second = (_true_auc(w) for w in (RIVALS[splits.rival](weights), weights))
    return float((first - second).mean())


def _true_auc(weights: Weights) -> NDArray[np.float64]:
    area: NDArray[np.float64] = stats.norm.cdf(
        weights @ APART / np.sqrt(2) / np.linalg.norm(weights, axis=1)
    )
    return area


def _compare(
    splits: Splits,
    rows: NDArray[np.float64],
    labels: NDArray[np.int64],
    generator: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.bool_]]:
    """Differences split by split, the influence of every row on each, and which rows train."""
    shape = splits.n_splits, len(rows)
    train, test = [], []
    for label in (0, 1):
        of_class = np.flatnonzero(labels == label)
        order = generator.permuted(np.tile(of_class, (splits.n_splits, 1)), axis=1)
        train.append(order[:, : splits.shots])
        test.append(order[:, splits.shots :])
    tested = np.concatenate(test, axis=1)
    weights = rows[train[1]].mean(axis=1) - rows[train[0]].mean(axis=1)
    rival, baseline = (
        _placements(np.repeat([0, 1], splits.n_test), np.einsum("srf,sf->sr", rows[tested], w))
        for w in (RIVALS[splits.rival](weights), weights)
    )
    influence, trained = np.zeros(shape, np.float32), np.ones(shape, np.bool_)
    np.put_along_axis(trained, tested, False, axis=1)
    np.put_along_axis(influence, tested, (rival[1] - baseline[1]).astype(np.float32), axis=1)
    return rival[0] - baseline[0], influence, trained


def _placements(
    labels: NDArray[np.int64], scores: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """AUC and influence of :class:`Ranking` for many rankings without ties at once."""
    order = np.argsort(scores, axis=1)
    ranked = labels[order]
    n_positive = int(labels.sum())
    n_negative = len(labels) - n_positive
    above = n_positive - np.cumsum(ranked, axis=1)
    below = np.cumsum(1 - ranked, axis=1)
    placements = np.where(ranked == 1, below / n_negative, above / n_positive)
    areas = placements.mean(axis=1, where=ranked == 1)
    size = np.where(ranked == 1, n_positive, n_negative)
    influence = np.empty(scores.shape)
    values = (placements - areas[:, None]) / np.sqrt(size * (size - 1))
    np.put_along_axis(influence, order, values, axis=1)
    return areas, influence


def measure(
    scenarios: Sequence[Scenario] = SCENARIOS,
    fewer: Sequence[Scenario] = FEWER,
    divisions: Sequence[Splits] = DIVISIONS,
    n_simulations: int = SIMULATIONS,
    n_jobs: int = -1,
) -> dict[str, Any]:
    """Simulate every scenario, on all cores; each has random numbers of its own."""
    every = [(cover, one) for one in (*scenarios, *fewer)]
    every += [(cover_splits, one) for one in divisions]
    work = [delayed(_simulate)(simulate, one, n_simulations) for simulate, one in every]
    found = iter(Parallel(n_jobs)(work))

    def covered(several: Sequence[Scenario]) -> list[dict[str, Any]]:
        return [{**one._asdict(), "coverage": next(found)} for one in several]

    return {
        "seed": SEED,
        "simulations": n_simulations,
        "resamples": RESAMPLES,
        "scenarios": covered(scenarios),
        "fewer": covered(fewer),
        "splits": [{**one._asdict(), **next(found)} for one in divisions],
    }


def _simulate(
    simulate: Callable[[Any, int], dict[str, float]], one: Any, n_simulations: int
) -> dict[str, float]:
    print(*one, "…", file=sys.stderr)
    return simulate(one, n_simulations)


FEWER_TRAIN = "fewer rows train than test"
NOT_FEWER = "at least as many rows train as test"
METHODS = ("delong", "bootstrap", "normal", "student", "whole skewness")
SINGLE = "first AUC"


def document(result: dict[str, Any]) -> str:
    """Write what was found as Markdown."""
    return "\n\n".join(_parts(result)) + "\n"


def _parts(result: dict[str, Any]) -> Iterator[str]:
    noise = 196 * np.sqrt(0.95 * 0.05 / result["simulations"])
    yield "# Do the intervals hold?"
    yield paragraph(
        "Made by `python -m benchmarks.coverage`; a second run writes the same file. "
        f"{result['simulations']:,} simulations per line, seed {result['seed']}: the share of "
        "nominal 95 % intervals that hold the known truth, in percent. With so many simulations, "
        f"an interval that is exact is seen within {noise:.1f} of 95 in 19 of 20 lines."
    )
    yield "## The difference of two AUCs on the same rows"
    yield paragraph(
        "Scores of two models are normal in each class and correlated, so that both AUCs and their "
        "difference are known. `delong` and `bootstrap` are what the package gives; here the "
        f"bootstrap draws the rows {result['resamples']:,} times, in the package so often that "
        f"about {BEYOND} drawings lie beyond each end, unless a number is asked for. What was "
        "tried beside: DeLong's standard error with a normal quantile (*normal*), with Student's t "
        "(*student*), and Hall's scale with all of the estimated skewness (*whole skewness*) where "
        "the package takes two thirds, which was chosen on simulations of this kind with other "
        "seeds. *first AUC* is the interval of the first model's AUC by itself."
    )
    yield _verdict(result["scenarios"])
    yield _coverage_table(result["scenarios"])
    yield "### Where one class has ten rows"
    yield _verdict(result["fewer"])
    yield _coverage_table(result["fewer"])
    yield "## The difference over repeated splits"
    yield paragraph(
        "Rows are normal in each class; the baseline's weights are the difference of the class "
        "means of the training rows, the other model is named. The truth is the expected "
        "difference of the AUCs over training sets of that size. *corrected t* is the interval as "
        "Nadeau and Bengio published it; *rows and splits* is the one that the package shows where "
        "fewer rows train than test. What the rows add to its variance has an estimate, which is "
        "noisy where splits are few, and an upper bound; *weight of the estimate* is how much it "
        "counts beside the bound, on average. Both count twice what rows bring only in pairs. Off "
        f"the bound it is taken once, and at least {PAIRS_LEAST:g} of it counts. Tried beside: the "
        "estimate and the bound by themselves, with nothing done about pairs (*bound alone*, "
        "*estimate alone*). None of these intervals can be right for every pair of models."
    )
    yield paragraph(
        "Two features are idle: they tell nothing. A model for which the weights of these two are "
        f"exchanged (*{EQUAL}*) is as good as the baseline on average, so that the truth is 0 and "
        "an interval that leaves 0 out is wrong: how often is the *size of the test*. No single "
        "row makes these two differ, only pairs of rows do. *idle features weighed* gives the two "
        "a weight of 0.6 and −0.6 too much."
    )
    yield _splits_verdict(result["splits"])
    yield _splits_table(result["splits"])


def _verdict(cells: Sequence[dict[str, Any]]) -> str:
    equal = [cell for cell in cells if cell["first"] == cell["second"]]
    said = []
    for method in METHODS:
        sizes = [100 - cell["coverage"][method] for cell in equal]
        said.append(_range(method, [cell["coverage"][method] for cell in cells]) + _size(sizes))
    said.append(_range(SINGLE, [cell["coverage"]["single"] for cell in cells]))
    return "\n".join(paragraph(f"- {line}") for line in said)


def _size(sizes: Sequence[float]) -> str:
    return f", size of the test {min(sizes):.1f} to {max(sizes):.1f}" if sizes else ""


def _range(name: str, values: Sequence[float]) -> str:
    inside = sum(WANTED[0] <= value <= WANTED[1] for value in values)
    return (
        f"{name} {min(values):.1f} to {max(values):.1f} ({inside} of {len(values)} between "
        f"{WANTED[0]:.0f} and {WANTED[1]:.0f})"
    )


def _coverage_table(cells: Sequence[dict[str, Any]]) -> str:
    return markdown_table(
        ["rows (positive)", "AUCs", "correlation", *METHODS, SINGLE],
        [
            [
                f"{cell['n_rows']} ({round(cell['n_rows'] * cell['share'])})",
                f"{cell['first']:g}, {cell['second']:g}",
                f"{cell['correlation']:g}",
                *(f"{cell['coverage'][method]:.1f}" for method in (*METHODS, "single")),
            ]
            for cell in cells
        ],
    )


def _splits_verdict(cells: Sequence[dict[str, Any]]) -> str:
    said = []
    kinds = [_splits(cell) for cell in cells]
    for few, words in ((True, FEWER_TRAIN), (False, NOT_FEWER)):
        for n_splits in sorted({one.n_splits for one in kinds if one.few_train == few}):
            some = [
                cell
                for cell, one in zip(cells, kinds, strict=True)
                if (one.few_train, one.n_splits) == (few, n_splits)
            ]
            for method in ("corrected t", *OF_ROWS):
                name = f"{words}, {n_splits} splits, {method}"
                values = [cell[method] for cell in some]
                width = 100 * np.mean([cell[f"{method}, width"] for cell in some])
                said.append(
                    f"{_range(name, values)}, on average {np.mean(values):.1f}; "
                    f"{width:.1f} points of AUC × 100 wide"
                    + _size([100 - cell[method] for cell in some if cell["rival"] == EQUAL])
                )
    return "\n".join(paragraph(f"- {line}") for line in said)


def _splits(cell: dict[str, Any]) -> Splits:
    return Splits(*(cell[name] for name in Splits._fields))


def _splits_table(cells: Sequence[dict[str, Any]]) -> str:
    return markdown_table(
        [
            "model",
            "rows (positive)",
            "per class",
            "splits",
            "truth",
            *(f"{method} (width)" for method in ("corrected t", *OF_ROWS)),
            "weight of the estimate",
        ],
        [
            [
                cell["rival"],
                f"{cell['n_rows']} ({cell['n_positive']})",
                cell["shots"],
                cell["n_splits"],
                f"{100 * cell['truth']:+.1f}".replace("-", "−"),
                *(
                    f"{cell[method]:.1f} ({100 * cell[f'{method}, width']:.0f})"
                    for method in ("corrected t", *OF_ROWS)
                ),
                f"{cell['weight']:.2f}",
            ]
            for cell in cells
        ],
    )


if __name__ == "__main__":
    write_document("coverage", measure, document, ROOT / "docs" / "coverage.md")
