import numpy as np
import pytest
from scipy import stats

from benchmarks.coverage import Splits, cover_splits
from laat_core import Design, Recipe, compare, load_dataset, load_proposal
from laat_core.evaluate.resampled import corrected_t, rows_and_splits
from laat_core.evaluate.spread import Interval

DIFFERENCES = np.array([0.05, 0.02, 0.08, 0.01, 0.04])


def test_corrected_t_is_the_published_formula():
    error = np.sqrt(DIFFERENCES.var(ddof=1) * (1 / 5 + 20 / 80))
    expected = stats.t.interval(0.9, 4, DIFFERENCES.mean(), error)
    assert corrected_t(DIFFERENCES, 80, 20, level=0.9) == pytest.approx(expected)


def test_without_test_rows_in_common_it_is_students_t():
    expected = stats.ttest_1samp(DIFFERENCES, 0).confidence_interval(0.95)
    assert corrected_t(DIFFERENCES, 10**12, 1) == pytest.approx(tuple(expected))


def test_rows_and_splits_by_hand():
    influence = np.array([0.01, -0.02, 0.0, 0.015])
    splits = DIFFERENCES.var(ddof=1) * (1 / 5 + 4 / 24)
    rows = (influence**2).sum()
    freedom = (splits + rows) ** 2 / (splits**2 / 4 + rows**2 / 9)
    expected = stats.t.interval(0.95, freedom, DIFFERENCES.mean(), np.sqrt(splits + rows))
    assert rows_and_splits(DIFFERENCES, influence, 4, (10, 10)) == pytest.approx(expected)


def test_one_split_tells_nothing_of_others():
    assert corrected_t(np.array([0.1]), 10, 10) is None
    assert rows_and_splits(np.array([0.1]), np.zeros(4), 10, (10, 10)) is None


def test_one_test_row_of_a_class_tells_nothing_of_others():
    assert rows_and_splits(DIFFERENCES, np.zeros(4), 10, (1, 10)) is None


def test_splits_that_agree_have_an_interval_without_width():
    same = np.full(4, 0.25)
    assert corrected_t(same, 10, 10) == Interval(0.25, 0.25)
    assert rows_and_splits(np.zeros(4), np.zeros(9), 10, (5, 5)) == Interval(0, 0)


def test_ends_are_possible_differences():
    assert corrected_t(np.array([-0.9, 0.9]), 2, 1000) == Interval(-1, 1)


def compared(design):
    return compare(load_dataset("heart"), load_proposal("heart").scores, 3.0, design, Recipe())


def test_with_few_training_rows_the_interval_is_of_rows_and_splits():
    comparison = compared(Design(5, n_splits=4))
    influence = comparison.laat.influence - comparison.baseline.influence
    expected = rows_and_splits(comparison.difference, influence, 10, comparison.n_test)
    assert comparison.difference_interval == expected
    low, high = comparison.corrected_t
    assert high - low > expected.high - expected.low


def test_with_many_training_rows_the_interval_is_the_corrected_t():
    comparison = compared(Design(None, 0.2, n_splits=4))
    assert comparison.difference_interval == comparison.corrected_t


def test_a_single_split_has_no_interval():
    assert compared(Design(5, n_splits=1)).difference_interval is None


def test_influence_of_one_split_is_delongs_variance():
    comparison = compared(Design(5, n_splits=1))
    influence = comparison.laat.influence
    assert np.count_nonzero(influence) <= sum(comparison.n_test)
    area = comparison.laat.auc[0]
    # Hanley and McNeil's approximation is near.
    n = comparison.n_test[1], comparison.n_test[0]
    q = area / (2 - area), 2 * area**2 / (1 + area)
    rough = area * (1 - area) + (n[0] - 1) * (q[0] - area**2) + (n[1] - 1) * (q[1] - area**2)
    assert (influence**2).sum() == pytest.approx(rough / (n[0] * n[1]), rel=0.3)


def test_rows_and_splits_hold_the_truth_where_few_rows_train():
    covered = cover_splits(Splits("the target alone", 100, 5), 200)
    assert covered["rows and splits"] >= 93
    assert covered["rows and splits, width"] < covered["corrected t, width"] / 3
