from itertools import permutations, product

import numpy as np
import pytest
from scipy import stats

from benchmarks.coverage import Splits, cover_splits
from laat_core import Design, Recipe, compare, load_dataset, load_proposal
from laat_core.evaluate.intervals import delong
from laat_core.evaluate.resampled import corrected_t, rows_and_splits
from laat_core.evaluate.spread import Interval
from laat_core.model.ranking import Ranking

LABELS = np.array([0, 1, 0, 1])
DIFFERENCES = np.array([0.05, 0.02, 0.08, 0.01, 0.04])


def test_corrected_t_is_the_published_formula():
    error = np.sqrt(DIFFERENCES.var(ddof=1) * (1 / 5 + 20 / 80))
    expected = stats.t.interval(0.9, 4, DIFFERENCES.mean(), error)
    assert corrected_t(DIFFERENCES, 80, 20, level=0.9) == pytest.approx(expected)


def test_without_test_rows_in_common_it_is_students_t():
    expected = stats.ttest_1samp(DIFFERENCES, 0).confidence_interval(0.95)
    assert corrected_t(DIFFERENCES, 10**12, 1) == pytest.approx(tuple(expected))


def rows_of(n_splits, n_rows, n_train):
    """Rows that train in turn."""
    trained = np.zeros((n_splits, n_rows), np.bool_)
    for number in range(n_splits):
        trained[number, (n_train * number + np.arange(n_train)) % n_rows] = True
    return trained


def by_hand(differences, influence, trained, labels, tested):
    """Variance of the mean that the rows bring: estimate, its standard error, and bound."""
    n, s2 = len(differences), np.var(differences, ddof=1)
    mean, middle = influence.mean(axis=0), differences.mean()
    moves = np.zeros(influence.shape)
    rows, both, rest, most = 0, 0, s2, 0
    for label, q in enumerate(tested):
        of_class = [i for i in range(len(labels)) if labels[i] == label]
        p = trained[0, of_class].mean()
        for b, i in product(range(n), of_class):
            apart = (differences[b] - middle) * (trained[b, i] - p) * n / (n - 1)
            moves[b, i] = (influence[b, i] + apart) / (1 - p)
        # The square of a mean of n is larger than that of all by their variance over n.
        r = max(sum(mean[i] ** 2 - np.var(influence[:, i], ddof=1) / n for i in of_class), 0)
        moved = [sum(mean[i] for i in of_class if trained[b, i]) for b in range(n)]
        x = 2 * (np.cov(differences, moved)[0, 1] + r * p) / (1 - p)
        rows, both, rest = rows + r, both + x, rest + x - r * (1 - q) / q
        most = max(most, p / (1 - p))

    def estimate(splits):
        return np.mean([moves[a] @ moves[b] for a, b in permutations(splits, 2)])

    if n == 2:
        return estimate(range(n)), np.inf, rows + both + most * max(rest, 0)
    without = [estimate([b for b in range(n) if b != left]) for left in range(n)]
    error = np.sqrt((n - 1) / n * sum((one - np.mean(without)) ** 2 for one in without))
    return estimate(range(n)), error, rows + both + most * max(rest, 0)


# A quarter of each class trains; class 1 is tested on one row in two of the others.
BY_HAND = np.array([0, 1] * 8), (6, 3), (6 / 8, 3 / 8)


def moved_at_random(n_splits, trained):
    influence = np.random.default_rng(389).normal(size=trained.shape, scale=0.02)
    return DIFFERENCES[:n_splits], np.where(trained, 0, influence).astype(np.float32)


def interval_by_hand(differences, of_rows):
    splits, n = differences.var(ddof=1) / len(differences), len(differences)
    freedom = (splits + of_rows) ** 2 / (splits**2 / (n - 1) + of_rows**2 / 2)
    return stats.t.interval(0.95, freedom, differences.mean(), np.sqrt(splits + of_rows))


def test_rows_and_splits_by_hand():
    (labels, n_test, tested), trained = BY_HAND, rows_of(5, 16, 4)
    differences, influence = moved_at_random(5, trained)
    estimate, error, bound = by_hand(differences, influence, trained, labels, tested)
    squared = (bound - estimate) ** 2 - error**2
    assert min(estimate, bound - estimate, squared) > 0
    of_rows = (squared * estimate + error**2 * bound) / (squared + error**2)
    found = rows_and_splits(differences, influence, trained, labels, n_test)
    assert found == pytest.approx(interval_by_hand(differences, of_rows), rel=1e-6)


def test_an_estimate_above_its_bound_is_the_bound():
    (labels, n_test, tested), trained = BY_HAND, rows_of(5, 16, 4)
    influence = np.where(trained, 0, np.arange(-8, 8) / 1000).astype(np.float32)
    estimate, _, bound = by_hand(DIFFERENCES, influence, trained, labels, tested)
    assert estimate > bound
    found = rows_and_splits(DIFFERENCES, influence, trained, labels, n_test)
    assert found == pytest.approx(interval_by_hand(DIFFERENCES, bound), rel=1e-6)


def test_two_splits_do_not_tell_how_noisy_their_estimate_is():
    (labels, n_test, tested), trained = BY_HAND, rows_of(2, 16, 4)
    differences, influence = moved_at_random(2, trained)
    bound = by_hand(differences, influence, trained, labels, tested)[2]
    assert bound > 0
    found = rows_and_splits(differences, influence, trained, labels, n_test)
    assert found == pytest.approx(interval_by_hand(differences, bound), rel=1e-6)


@pytest.mark.parametrize("n_train", [4, 20, 30])
def test_models_that_no_row_changes_differ_as_on_the_whole_table(n_train):
    generator, labels = np.random.default_rng(0), np.repeat([0, 1], 40)
    widths = []
    for _ in range(60):
        scores = generator.normal(size=(2, 80)) + labels * [[1.0], [0.5]]
        differences, influence = [], np.zeros((20, 80), np.float32)
        trained = np.zeros((20, 80), np.bool_)
        for number in range(20):
            for label in (0, 1):
                rows = np.flatnonzero(labels == label)
                trained[number, generator.choice(rows, n_train // 2, replace=False)] = True
            test = ~trained[number]
            first, second = (Ranking(labels[test], one[test]) for one in scores)
            differences.append(first.auc - second.auc)
            influence[number, test] = first.influence - second.influence
        n_test = (40 - n_train // 2,) * 2
        found = rows_and_splits(np.array(differences), influence, trained, labels, n_test)
        whole = delong(labels, *scores).interval
        widths.append([one.high - one.low for one in (found, whole)])
    ours, delongs = np.mean(widths, axis=0)
    assert delongs < ours < 1.4 * delongs


def test_the_interval_is_as_wide_as_the_drawn_splits_make_it():
    trained, labels = rows_of(5, 10, 2), np.array([0, 1] * 5)  # each row once
    undone = (DIFFERENCES.mean() - DIFFERENCES) / 4  # by the two rows that a split trains on
    influence = np.where(trained, 0, np.repeat(undone, 2) * 5 / 4).astype(np.float32)
    low, high = rows_and_splits(DIFFERENCES, influence, trained, labels, (4, 4))
    by_themselves = DIFFERENCES.std(ddof=1) / np.sqrt(5)
    # With at least the degrees of freedom of the few test rows, and at most those of all.
    least, most = (stats.t.ppf(0.975, freedom) for freedom in (7, 3))
    assert 2 * least * by_themselves < high - low <= 2 * most * by_themselves


def test_one_split_tells_nothing_of_others():
    assert corrected_t(np.array([0.1]), 10, 10) is None
    assert (
        rows_and_splits(np.array([0.1]), np.zeros((1, 4)), rows_of(1, 4, 2), LABELS, (10, 10))
        is None
    )


def test_one_test_row_of_a_class_tells_nothing_of_others():
    assert rows_and_splits(DIFFERENCES, np.zeros((5, 4)), rows_of(5, 4, 2), LABELS, (1, 10)) is None


def test_splits_that_agree_have_an_interval_without_width():
    same = np.full(4, 0.25)
    assert corrected_t(same, 10, 10) == Interval(0.25, 0.25)
    trained = rows_of(4, 4, 1)
    found = rows_and_splits(np.zeros(4), np.zeros((4, 4)), trained, LABELS, (2, 2))
    assert found == Interval(0, 0)


def test_ends_are_possible_differences():
    assert corrected_t(np.array([-0.9, 0.9]), 2, 1000) == Interval(-1, 1)


def compared(design):
    return compare(load_dataset("heart"), load_proposal("heart").scores, 3.0, design, Recipe())


def test_with_few_training_rows_the_interval_is_of_rows_and_splits():
    comparison = compared(Design(5, n_splits=4))
    influence = comparison.laat.influence - comparison.baseline.influence
    trained = comparison.trained
    assert (trained.sum(axis=1) == 10).all()
    assert not influence[trained].any()
    assert influence[~trained].any()
    expected = rows_and_splits(
        comparison.difference, influence, trained, comparison.labels, comparison.n_test
    )
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
    covered = cover_splits(Splits("the target alone", 100, 50, 5), 200)
    assert covered["rows and splits"] >= 93
    assert covered["rows and splits, width"] < covered["corrected t, width"] / 3
