import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm, pearsonr

from laat_core import PROTOCOLS, Design, Experiment, Recipe, TableEncoder, load_dataset, make_task
from laat_core.evaluate.evidence import correlate


def names(n_features):
    return tuple(f"x{number}" for number in range(n_features))


def problem(n_rows, n_features=5, seed=0):
    generator = np.random.default_rng(seed)
    y = np.arange(n_rows) % 2
    X = generator.normal(size=(n_rows, n_features)) + y[:, None] * np.arange(n_features)
    X[:, 1] = X[:, 1] > 0
    return X, y


@pytest.mark.parametrize("n_rows", [6, 10, 100, 5000])
def test_correlation_and_interval_are_those_of_scipy(n_rows):
    X, y = problem(n_rows)
    evidence = correlate(names(5), X, y)
    assert evidence.n_rows == n_rows
    for position in range(5):
        expected = pearsonr(X[:, position], y)
        interval = expected.confidence_interval(0.95)
        assert evidence.correlation[position] == pytest.approx(expected.statistic, abs=1e-12)
        assert evidence.low[position] == pytest.approx(interval.low, abs=1e-12)
        assert evidence.high[position] == pytest.approx(interval.high, abs=1e-12)


@pytest.mark.parametrize("n_rows", [10, 100])
def test_the_p_value_is_that_of_the_level_whose_interval_ends_at_0(n_rows):
    X, y = problem(n_rows)
    evidence = correlate(names(5), X, y)
    for position, p_value in enumerate(evidence.p_value):
        if p_value > max(evidence.least_p, 1e-9):
            ends = pearsonr(X[:, position], y).confidence_interval(1 - p_value)
            assert min(map(abs, ends)) == pytest.approx(0, abs=1e-9)
    assert max(evidence.p_value) > max(evidence.least_p, 1e-9)


def test_no_p_value_is_below_the_share_of_orders_that_are_perfect():
    y = np.array([0, 1, 1, 0, 1, 0, 1])
    evidence = correlate(("same", "other"), np.stack([y, 3.0 - y], axis=1), y)
    orders = [np.isin(np.arange(7), ones).astype(int) for ones in combinations(range(7), 4)]
    perfect = np.mean([np.array_equal(order, y) for order in orders])
    assert evidence.least_p == pytest.approx(2 * perfect)
    assert evidence.p_value == (evidence.least_p,) * 2
    many = np.arange(4000)
    assert correlate(("same",), many[:, None] / 1.0, many // 2000).least_p == 0


def test_p_values_are_even_where_there_is_nothing_to_find():
    generator = np.random.default_rng(0)
    X, y = generator.normal(size=(40, 2000)), np.arange(40) % 2
    found = np.array(correlate(names(2000), X, y).p_value)
    for level in (0.01, 0.05, 0.5):
        error = norm.ppf(0.9999) * math.sqrt(level * (1 - level) / 2000)
        assert (found < level).mean() == pytest.approx(level, abs=error)


def test_a_constant_feature_is_no_evidence():
    X, y = problem(10)
    X[:, 2] = 0.1  # whose mean is not exactly itself
    evidence = correlate(names(5), X, y)
    assert (evidence.correlation[2], evidence.low[2], evidence.high[2]) == (None, None, None)
    assert evidence.p_value[2] is None
    assert None not in evidence.correlation[:2]


@pytest.mark.parametrize(("n_rows", "there"), [(2, False), (3, False), (4, True)])
def test_fewer_than_four_rows_have_no_interval(n_rows, there):
    X, y = problem(n_rows)
    evidence = correlate(names(5), X, y)
    assert evidence.correlation[0] is not None
    assert (evidence.low[0] is not None) == (evidence.high[0] is not None) == there
    assert (evidence.p_value[0] is not None) == there


@pytest.mark.parametrize("sign", [1, -1])
def test_a_perfect_correlation_has_an_interval_without_width_as_in_scipy(sign):
    y = np.array([0, 1, 0, 1, 1])
    evidence = correlate(("x",), sign * y[:, None] * 3.0 + 1.0, y)
    assert evidence.correlation == pytest.approx((sign,), abs=1e-12)
    assert evidence.low == pytest.approx((sign,), abs=1e-6)
    assert evidence.high == pytest.approx((sign,), abs=1e-6)


@pytest.mark.parametrize("unit", [1e-300, 1e-20, 1e20, 1e300])
def test_the_unit_does_not_matter(unit):
    X, y = problem(20)
    one, other = correlate(names(5), X, y), correlate(names(5), X * unit, y)
    assert other.correlation == pytest.approx(one.correlation, abs=1e-12)
    assert other.low == pytest.approx(one.low, abs=1e-12)


@given(
    arrays(np.float64, (12, 3), elements=st.floats(allow_nan=False, allow_infinity=False)),
    arrays(np.int64, 12, elements=st.integers(0, 1)).filter(lambda y: 0 < y.sum() < 12),
)
def test_any_numbers_give_ordered_ends_that_turn_with_the_label(X, y):
    evidence, turned = correlate(names(3), X, y), correlate(names(3), X, 1 - y)
    found = zip(
        evidence.low, evidence.correlation, evidence.high, turned.low, turned.high, strict=True
    )
    for low, r, high, turned_low, turned_high in found:
        if r is None:
            assert low is high is turned_low is turned_high is None
        else:
            assert -1 <= low <= r + 1e-12
            assert r - 1e-12 <= high <= 1
            assert turned_low == pytest.approx(-high, abs=1e-9)
            assert turned_high == pytest.approx(-low, abs=1e-9)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_experiment_looks_at_the_training_rows_of_its_first_split(protocol):
    task = load_dataset("heart")
    experiment = Experiment(task, Design(shots=10, n_splits=2), PROTOCOLS[protocol])
    evidence = experiment.evidence
    assert evidence is experiment.evidence
    rows = experiment.splits[0].train
    encoder = TableEncoder(task.columns, experiment.recipe.both_levels)
    encoded = encoder.fit(task.table).transform(task.table).iloc[rows]
    assert evidence.features == tuple(encoded)
    assert evidence.n_rows == 20
    for name, r in zip(evidence.features, evidence.correlation, strict=True):
        if r is None:
            assert encoded[name].nunique() == 1
        else:
            expected = np.corrcoef(encoded[name], task.labels[rows])[0, 1]
            assert r == pytest.approx(expected, abs=1e-12)
            assert not math.isnan(r)


def test_test_rows_have_no_say():
    task = load_dataset("wine")  # no value is missing: a median would be one of all rows
    design = Design(shots=8, n_splits=1)
    experiment = Experiment(task, design, Recipe())
    values = task.table.copy()
    test = experiment.splits[0].test
    numeric = [column.name for column in task.columns]
    values.loc[test, numeric] = values.loc[test, numeric].to_numpy()[::-1] * 2
    changed = make_task(values, task.target, task.positive_class)
    assert Experiment(changed, design, Recipe()).evidence == experiment.evidence
