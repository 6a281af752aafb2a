import csv
import io
import math
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from benchmarks.coverage import SIZE_WANTED, Scenario, cover
from laat_core.errors import DesignError
from laat_core.evaluate import intervals
from laat_core.evaluate.intervals import Interval, auc_interval, bootstrap, delong, wilson
from laat_core.model.ranking import Ranking

METHODS = pytest.mark.parametrize("compare", [delong, bootstrap])
ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=30
).filter(lambda rows: len({row[0] for row in rows}) == 2)


def table(number, n_rows=60, ties=False):
    """Labels and two correlated models' scores."""
    generator = np.random.default_rng(number)
    labels = generator.permutation(np.arange(n_rows) % (2 + number % 3) == 0).astype(int)
    common = generator.normal(size=n_rows)
    first = common + labels * generator.uniform(0.3, 1.5) + generator.normal(size=n_rows) / 2
    second = common + labels * generator.uniform(0.3, 1.5) + generator.normal(size=n_rows)
    return (labels, first.round(), second.round(1)) if ties else (labels, first, second)


TABLES = [table(number, 30 + 40 * number, ties=number % 2 == 1) for number in range(8)]
# R takes seconds for each: one without equal scores, and one with.
DRAWN_BY_R, RESAMPLES_OF_R, RESAMPLES = 2, 5000, 50_000


# Against an independent implementation


@pytest.fixture(scope="module")
def reference():
    """What R's pROC says of the tables: p-value, z, both AUCs between their ends, D."""
    program = shutil.which("Rscript")
    script = Path(__file__).with_name("reference.R")
    if program is None:
        if os.environ.get("LAAT_REQUIRE_R"):
            pytest.fail("R is not installed: apt-get install r-cran-proc")
        pytest.skip("R with pROC is not installed")
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["table", "label", "first", "second"])
    for number, columns in enumerate(TABLES):
        writer.writerows([number, *map(float, row)] for row in zip(*columns, strict=True))
    done = subprocess.run(  # noqa: S603 - our own script
        [program, "--vanilla", str(script), str(RESAMPLES_OF_R), str(DRAWN_BY_R)],
        input=lines.getvalue(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [[float(cell) for cell in row] for row in csv.reader(io.StringIO(done.stdout))]
    assert [row[0] for row in rows] == list(range(len(TABLES)))
    return [row[1:] for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(TABLES)))
def test_delong_is_that_of_proc(reference, number):
    p_value, z, *ends, _ = reference[number]
    found = delong(*TABLES[number])
    assert found.z == pytest.approx(z, rel=1e-6)
    assert 2 * stats.norm.sf(abs(found.z)) == pytest.approx(p_value, rel=1e-6)
    labels, *scores = TABLES[number]
    for values, auc, (low, middle, high) in zip(
        scores, (found.first, found.second), (ends[:3], ends[3:]), strict=True
    ):
        assert auc == pytest.approx(middle, abs=1e-9)
        error = np.sqrt((Ranking(labels, values).influence ** 2).sum())
        width = stats.norm.ppf(0.975) * error
        assert (max(auc - width, 0), min(auc + width, 1)) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(DRAWN_BY_R))
def test_the_spread_of_a_bootstrap_is_that_of_proc(reference, number):
    given = intervals._checked(*TABLES[number], 0.95)
    first, second = intervals._drawn_aucs(given, RESAMPLES, np.random.default_rng(0))
    difference = delong(*TABLES[number]).difference
    # What a standard deviation of so many nearly normal numbers is off by, on both sides.
    error = math.sqrt(1 / (2 * RESAMPLES_OF_R) + 1 / (2 * RESAMPLES))
    assert difference / (first - second).std() == pytest.approx(
        reference[number][-1], rel=4 * error
    )


# Algebra


def test_the_interval_of_a_difference_by_hand():
    labels, first, second = table(2)
    kernel = [
        np.sign(values[labels == 1][:, None] - values[labels == 0][None]) / 2 + 0.5
        for values in (first, second)
    ]
    parts = [(kernel[0] - kernel[1]).mean(axis=axis) for axis in (0, 1)]
    variances = [part.var(ddof=1) / len(part) for part in parts]
    error = math.sqrt(sum(variances))
    found = delong(labels, first, second)
    assert found.difference == pytest.approx((kernel[0] - kernel[1]).mean())
    assert found.z == pytest.approx(found.difference / error)
    freedom = sum(variances) ** 2 / sum(
        variance**2 / (len(part) - 1) for variance, part in zip(variances, parts, strict=True)
    )
    skew = sum(stats.moment(part, 3) / len(part) ** 2 for part in parts) / error**3 * 2 / 3

    def straight(t):
        return ((1 + skew * t / 3) ** 3 - 1) / skew + skew / 6

    for end, quantile in zip(found.interval, (0.975, 0.025), strict=True):
        t = (found.difference - end) / error
        assert straight(t) == pytest.approx(stats.t.ppf(quantile, freedom), rel=1e-6)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(straight(found.z)), freedom), rel=1e-6)


def test_placements_are_shares_of_pairs_and_their_means_the_area():
    labels, scores, _ = table(1, ties=True)
    placements = Ranking(labels, scores).placements
    for row in range(len(labels)):
        others = scores[labels != labels[row]]
        right = others < scores[row] if labels[row] else others > scores[row]
        share = right.mean() + (others == scores[row]).mean() / 2
        assert placements[row] == pytest.approx(share)
    for label in (0, 1):
        area = placements[labels == label].mean()
        assert area == pytest.approx(roc_auc_score(labels, scores))


def test_a_bootstrap_draws_rows_of_each_class():
    labels, first, second = table(3, 40, ties=True)
    drawn = intervals._drawn_aucs(
        intervals._checked(labels, first, second, 0.95), 5, np.random.default_rng(1)
    )
    generator = np.random.default_rng(1)
    draws = [generator.integers(n, size=(5, n)) for n in np.bincount(labels)]
    for model, scores in enumerate((first, second)):
        for number in range(5):
            rows = [scores[labels == label][draws[label][number]] for label in (0, 1)]
            names = np.repeat([0, 1], [len(rows[0]), len(rows[1])])
            expected = roc_auc_score(names, np.concatenate(rows))
            assert drawn[model, number] == pytest.approx(expected)


def test_a_bootstrap_in_parts_is_the_same(monkeypatch):
    labels, first, second = table(3, 40)
    one = bootstrap(labels, first, second, 50, seed=3)
    assert one == bootstrap(labels, first, second, 50, seed=3)
    monkeypatch.setattr(intervals, "CHUNK", 100)
    parts = bootstrap(labels, first, second, 500, seed=3)
    assert parts.interval == pytest.approx(bootstrap(labels, first, second, 500).interval, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("level", [0.95, 0.975, 1 - 0.05 / 12])
def test_another_seed_moves_the_ends_by_little(level):
    labels, first, second = table(3, 60)
    found = [bootstrap(labels, first, second, seed=seed, level=level) for seed in range(5)]
    assert {one.method for one in found} == {"bootstrap"}
    ends = np.array([one.interval for one in found])
    assert (ends.std(axis=0) < 0.03 * np.ptp(ends.mean(axis=0))).all()
    widths = [np.diff(bootstrap(labels, first, second, level=one).interval) for one in (0.9, level)]
    assert widths[0] < widths[1]


@pytest.mark.parametrize("n_resamples", [None, 5])
def test_ends_that_no_resample_reaches_are_delongs(n_resamples):
    labels, first, second = table(3, 60)
    level = 0.9 if n_resamples else 1 - 1e-9
    found = bootstrap(labels, first, second, n_resamples, level=level)
    assert found.method == "DeLong"
    assert found.interval == delong(labels, first, second, level).interval


@METHODS
def test_both_methods_agree_on_many_rows(compare):
    labels, first, second = table(4, 4000)
    found, other = compare(labels, first, second), delong(labels, first, second)
    assert found.interval == pytest.approx(other.interval, abs=2e-3)
    assert found.first_interval == pytest.approx(other.first_interval, abs=2e-3)


# Properties


@METHODS
@given(rows=ROWS)
def test_ends_hold_the_values_and_stay_in_bounds(compare, rows):
    labels, first, second = (np.array(column) for column in zip(*rows, strict=True))
    found = compare(labels, first, second, **({"n_resamples": 100} if compare is bootstrap else {}))
    assert found.first == pytest.approx(roc_auc_score(labels, first))
    assert found.difference == pytest.approx(found.first - found.second, abs=1e-12)
    assert (found.interval is None) == bool(found.problem)
    for ends, low in ((found.first_interval, 0), (found.second_interval, 0), (found.interval, -1)):
        if ends is not None:
            assert low <= ends.low <= ends.high <= 1
    if compare is delong and found.interval is not None:
        assert found.interval.low - 1e-9 <= found.difference <= found.interval.high + 1e-9
        leaves_out = found.interval.low > 0 or found.interval.high < 0
        assert leaves_out == (found.p_value < 0.05)


@given(rows=ROWS)
def test_the_other_way_round_only_signs_change(rows):
    labels, first, second = (np.array(column) for column in zip(*rows, strict=True))
    one, other = delong(labels, first, second), delong(labels, second, first)
    assert one.difference == pytest.approx(-other.difference, abs=1e-12)
    assert one.problem == other.problem
    if one.interval is not None:
        assert one.p_value == pytest.approx(other.p_value)
        assert one.interval == pytest.approx((-other.interval.high, -other.interval.low))


# Edges


@METHODS
@pytest.mark.parametrize("scores", [[1, 2, 3, 4], [0, 0, 0, 0], [1, 0, 1, 1]])
def test_identical_predictions_differ_by_nothing(compare, scores):
    labels, scores = np.array([0, 0, 1, 1]), np.array(scores)
    found = compare(labels, scores, 3 * scores + 1)
    assert (found.difference, found.interval) == (0, (0, 0))
    if compare is delong:
        assert (found.z, found.p_value) == (0, 1)


@METHODS
def test_one_row_of_a_class_has_no_interval(compare):
    found = compare(np.array([0, 1, 1, 1]), np.array([1, 2, 3, 0]), np.array([3, 1, 2, 0]))
    assert (found.interval, found.first_interval, found.p_value, found.z) == (None,) * 4
    assert "single row" in found.problem
    assert (found.n_negative, found.n_positive) == (1, 3)


@METHODS
def test_a_difference_without_any_spread_has_no_interval(compare):
    labels = np.array([0, 0, 0, 1, 1, 1])
    found = compare(labels, labels, -labels)
    assert (found.first, found.second, found.difference) == (1, 0, 1)
    assert found.interval is None
    assert "do not show" in found.problem
    low = 0.025 ** (1 / 3)
    assert found.first_interval == pytest.approx((low, 1))
    assert found.second_interval == pytest.approx((0, 1 - low))


@METHODS
def test_constant_predictions_rank_nothing(compare):
    labels = np.array([0, 1] * 10)
    found = compare(labels, np.zeros(20), np.random.default_rng(0).normal(size=20))
    assert found.first == 0.5
    assert found.first_interval == Interval(0.5, 0.5)
    assert found.interval is not None


@pytest.mark.parametrize(
    ("labels", "first", "level", "said"),
    [
        ([1, 1], [1, 2], 0.95, "both classes"),
        ([0, 1], [1, 2, 3], 0.95, "each row needs one"),
        ([0, 1], [1, np.nan], 0.95, "no finite numbers"),
        ([0, 1], [1, 2], 1.0, "between 0 and 1"),
    ],
)
@METHODS
def test_what_cannot_be_compared_is_said(compare, labels, first, level, said):
    with pytest.raises(DesignError, match=said):
        compare(np.array(labels), np.array(first), np.array([1, 2]), level=level)


# What they promise


@pytest.mark.slow
@pytest.mark.parametrize(
    "scenario", [Scenario(50, 0.5, 0.8, 0.7, 0.5), Scenario(50, 0.3, 0.8, 0.8, 0.8)]
)
def test_intervals_hold_the_truth_as_often_as_they_say(scenario):
    covered = cover(scenario, 400)
    for method in ("delong", "bootstrap", "single"):
        assert 92 <= covered[method] <= 98
    if scenario.first == scenario.second:
        assert SIZE_WANTED[0] - 1 <= 100 - covered["delong"] <= SIZE_WANTED[1] + 1


@given(ROWS)
def test_one_auc_has_the_interval_that_it_has_beside_another(rows):
    labels, first, second = (np.array(part) for part in zip(*rows, strict=True))
    both = delong(labels, first, second)
    assert auc_interval(labels, first) == (both.first, both.first_interval)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_is_scipys(hits_and_rows):
    hits, n = hits_and_rows
    expected = stats.binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits / n, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_shares_of_nothing_have_no_interval():
    ends = wilson(np.array([0.5, np.nan]), np.array([4.0, 0.0]))
    assert ends.shape == (2, 2)
    np.testing.assert_array_equal(np.isnan(ends), [[False, True]] * 2)
