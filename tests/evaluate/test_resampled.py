from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchmarks.coverage import Splits, cover_splits
from laat_core import (
    Column,
    Design,
    Experiment,
    Recipe,
    Role,
    load_biases,
    load_dataset,
    load_proposal,
)
from laat_core.data.splits import make_splits
from laat_core.evaluate.intervals import delong
from laat_core.evaluate.resampled import (
    PAIRS_LEAST,
    RowVariance,
    corrected_t,
    row_variance,
    rows_and_splits,
)
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


def by_hand(differences, influence, trained, labels, n_test):
    """Variance of the mean that the rows bring: estimate, its standard error, bound, and pairs."""
    n, every_row = len(differences), range(len(labels))
    p = [trained[:, labels == label].mean() for label in labels]
    q = [n_test[label] / (labels == label).sum() for label in labels]
    m = (~trained).sum(axis=0)
    t = influence.sum(axis=0) / m
    of_training = np.array(
        [differences[b] + sum(t[i] * (trained[b, i] - p[i]) for i in every_row) for b in range(n)]
    )
    moves, from_mean, trains = (np.zeros(influence.shape) for _ in range(3))
    for b, i in product(range(n), every_row):
        trains[b, i] = (trained[b, i] - p[i]) / (1 - p[i])
        apart = (of_training[b] - of_training.mean()) * n / (n - 1)
        moves[b, i] = influence[b, i] + apart * trains[b, i]
        from_mean[b, i] = 0 if trained[b, i] else (influence[b, i] - t[i]) * m[i] / max(m[i] - 1, 1)

    def estimate(splits):
        return np.mean([moves[a] @ moves[b] for a, b in permutations(splits, 2)])

    without = [estimate([b for b in range(n) if b != left]) for left in range(n)]
    error = np.sqrt((n - 1) / n * sum((one - np.mean(without)) ** 2 for one in without))
    mean = influence.mean(axis=0)
    # The square of a mean of n is larger than that of all by their variance over n.
    squares = [mean[i] ** 2 - np.var(influence[:, i], ddof=1) / n for i in every_row]
    both = 2 * np.cov(of_training, [trains[b] @ mean for b in range(n)])[0, 1]
    which = sum(squares[i] * ((1 - q[i]) / q[i] - p[i] / (1 - p[i])) for i in every_row)
    most = max(share / (1 - share) for share in p) * (np.var(of_training, ddof=1) - which)

    def together(a, i, r):
        return from_mean[a, r] * trains[a, i]

    pairs = [
        together(a, i, r) * (together(b, i, r) + together(b, r, i))
        for a, b in permutations(range(n), 2)
        for i, r in product(every_row, every_row)
    ]
    bound = max(sum(squares), 0) + both + max(most, 0)
    return estimate(range(n)), error, bound, max(sum(pairs) / (n * (n - 1)), 0)


# A quarter of class 0 trains and half of class 1; of the others of class 0, half are tested.
LABELS_BY_HAND, N_TEST = np.repeat([0, 1], [16, 6]), (6, 3)


def by_class(n_splits):
    return np.hstack([rows_of(n_splits, 16, 4), rows_of(n_splits, 6, 3)])


@pytest.mark.parametrize("n_splits", [3, 5])
def test_what_rows_bring_by_hand(n_splits):
    trained, differences = by_class(n_splits), DIFFERENCES[:n_splits]
    influence = np.random.default_rng(3).normal(size=trained.shape, scale=0.02)
    for number in range(n_splits):
        influence[number, np.flatnonzero(~trained[number, :16])[number % 2 :: 2]] = 0
    influence = np.where(trained, 0, influence).astype(np.float32)
    assert (influence[:, :16] != 0).sum(axis=1).tolist() == [6] * n_splits
    found = row_variance(differences, influence, trained, LABELS_BY_HAND, N_TEST)
    expected = by_hand(differences, influence, trained, LABELS_BY_HAND, N_TEST)
    assert found.pairs > 0
    assert tuple(found) == pytest.approx(expected, rel=1e-5)


def test_two_splits_do_not_tell_how_noisy_an_estimate_is():
    trained = by_class(2)
    influence = np.where(trained, 0, 0.01).astype(np.float32)
    found = row_variance(DIFFERENCES[:2], influence, trained, LABELS_BY_HAND, N_TEST)
    assert found.error == np.inf
    assert RowVariance(0.1, np.inf, 0.3, 0).variance == 0.3


@given(*[st.integers(-1000, 1000).map(lambda x: x / 1000)] * 2, st.floats(0, 1))
def test_estimate_and_bound_are_weighted(estimate, bound, error):
    found = RowVariance(estimate, error, bound, 0)
    squared = (bound - estimate) ** 2 - error**2  # of the bound's bias
    if estimate < bound and squared > 1e-9:
        both = (squared * estimate + error**2 * bound) / (squared + error**2)
        assert found.variance == pytest.approx(max(both, 0), abs=1e-9)
    elif squared <= 0 or bound <= estimate:
        assert found.variance == max(bound, 0)


def test_pairs_are_taken_off_the_bound_which_counts_them_twice():
    assert RowVariance(0.1, 0.0, 0.3, 0.2).variance == 0.1  # not off the estimate
    assert RowVariance(0.1, np.inf, 0.3, 0.2).variance == pytest.approx(0.3 - 0.2)


def test_a_share_of_what_pairs_bring_counts_at_least():
    assert RowVariance(0.1, 0.0, 0.3, 2.0).variance == 2 * PAIRS_LEAST
    assert RowVariance(-0.1, 0.0, 0.3, 0.2).variance == 0.2 * PAIRS_LEAST


def test_rows_and_splits_by_hand():
    splits, of_rows = DIFFERENCES.var(ddof=1) / 5, 0.0004
    freedom = (splits + of_rows) ** 2 / (splits**2 / 4 + of_rows**2 / 2)
    expected = stats.t.interval(0.9, freedom, DIFFERENCES.mean(), np.sqrt(splits + of_rows))
    assert rows_and_splits(DIFFERENCES, of_rows, N_TEST, level=0.9) == pytest.approx(expected)


@pytest.mark.parametrize("n_tested", [14, 7])
@pytest.mark.parametrize("n_splits", [20, 50])
def test_estimate_and_bound_are_on_average_what_they_say(n_splits, n_tested):
    """Differences that are sums of what each row adds, so that the variance is known."""
    generator, labels, n_train = np.random.default_rng(0), np.repeat([0, 1], 20), 6
    in_training, in_test = generator.normal(size=(2, 2, 20), scale=0.01)
    # Constant sums in each class say nothing: as many of its rows train in every split.
    in_training, in_test = (
        (values - values.mean(axis=1, keepdims=True)).ravel() for values in (in_training, in_test)
    )
    p, q = n_train / 20, n_tested / 20
    truth = ((p * in_training + q * in_test) ** 2).sum()
    found = []
    for _ in range(400):
        orders = generator.random((n_splits, 2, 20)).argsort(axis=2)
        trained = (orders < n_train).reshape(n_splits, 40)
        tested = (orders >= 20 - n_tested).reshape(n_splits, 40)
        added = np.where(trained, in_training, 0) + np.where(tested, in_test, 0)
        differences = added.sum(axis=1) + 0.03 * generator.normal(size=n_splits)
        influence = np.where(tested, in_test, 0).astype(np.float32)
        found.append(row_variance(differences, influence, trained, labels, (n_tested,) * 2))
    estimates, errors, bounds, _ = np.array(found).T
    noise = estimates.std(ddof=1)
    assert bounds.mean() > 1.05 * truth
    assert estimates.mean() == pytest.approx(truth, abs=0.1 * truth)
    # The jackknife is of the square, and rather too large.
    assert noise < np.sqrt((errors**2).mean()) < 1.4 * noise
    # As if all noise of the differences came of what single rows do in training.
    of_training = p / (1 - p) * (p * (1 - p) * (in_training**2).sum() * 20 / 19 + 0.03**2)
    known = ((q * in_test) ** 2).sum() + 2 * (p * in_training * q * in_test).sum()
    assert bounds.mean() == pytest.approx(known + of_training, rel=0.1)


@pytest.mark.parametrize("n_splits", [10, 50])
def test_what_pairs_bring_is_on_average_the_truth(n_splits):
    """What a test row does changes with every row trained on, by a known amount."""
    generator, labels, n_train = np.random.default_rng(1), np.repeat([0, 1], 20), 5
    together = generator.normal(size=(2, 20, 2, 20))
    # As many rows of a class train in every split: what they do all alike is not seen.
    together -= together.mean(axis=1, keepdims=True)
    together = together.reshape(40, 40)  # trained on, tested
    np.fill_diagonal(together, 0)  # no row is both
    alone = generator.normal(size=40)
    p = n_train / 20
    # Where one row of 20 trains, the others do so less often: by as much in each of two splits.
    drawn = (20 / 19) ** 2
    truth = (p * (1 - p)) ** 2 * (together * (together + together.T)).sum() * drawn
    found = []
    for _ in range(400):
        orders = generator.random((n_splits, 2, 20)).argsort(axis=2)
        trained = (orders < n_train).reshape(n_splits, 40)
        influence = np.where(trained, 0, alone + trained @ together).astype(np.float32)
        found.append(row_variance(np.zeros(n_splits), influence, trained, labels, (15, 15)).pairs)
    assert np.mean(found) == pytest.approx(truth, rel=0.1)


@pytest.mark.slow
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
        of_rows = row_variance(np.array(differences), influence, trained, labels, n_test)
        found = rows_and_splits(np.array(differences), of_rows.variance, n_test)
        whole = delong(labels, *scores).interval
        widths.append([one.high - one.low for one in (found, whole)])
    ours, delongs = np.mean(widths, axis=0)
    assert delongs < ours < 1.4 * delongs


def test_the_interval_is_as_wide_as_the_drawn_splits_make_it():
    trained, labels = rows_of(5, 10, 2), np.array([0, 1] * 5)  # each row once
    undone = (DIFFERENCES.mean() - DIFFERENCES) / 4  # by the two rows that a split trains on
    influence = np.where(trained, 0, np.repeat(undone, 2) * 5 / 4).astype(np.float32)
    of_rows = row_variance(DIFFERENCES, influence, trained, labels, (4, 4))
    low, high = rows_and_splits(DIFFERENCES, of_rows.variance, (4, 4))
    by_themselves = DIFFERENCES.std(ddof=1) / np.sqrt(5)
    # With at least the degrees of freedom of the few test rows, and at most those of all.
    least, most = (stats.t.ppf(0.975, freedom) for freedom in (7, 3))
    assert 2 * least * by_themselves < high - low <= 2 * most * by_themselves


def test_one_split_tells_nothing_of_others():
    assert corrected_t(np.array([0.1]), 10, 10) is None


def test_splits_that_agree_have_an_interval_without_width():
    same = np.full(4, 0.25)
    assert corrected_t(same, 10, 10) == Interval(0.25, 0.25)
    found = row_variance(np.zeros(4), np.zeros((4, 4)), rows_of(4, 4, 1), LABELS, (2, 2))
    assert found == RowVariance(0, 0, 0, 0)
    assert rows_and_splits(np.zeros(4), found.variance, (2, 2)) == Interval(0, 0)


def test_ends_are_possible_differences():
    assert corrected_t(np.array([-0.9, 0.9]), 2, 1000) == Interval(-1, 1)


def compared(design, bias=None):
    task, scores = load_dataset("heart"), load_proposal("heart").scores
    return Experiment(task, design, Recipe(), bias=bias).compare(scores, 3.0)


def test_with_few_training_rows_the_interval_is_of_rows_and_splits():
    comparison = compared(Design(5, n_splits=4))
    influence = comparison.laat.influence - comparison.baseline.influence
    trained = comparison.trained
    assert (trained.sum(axis=1) == 10).all()
    assert not influence[trained].any()
    assert influence[~trained].any()
    of_rows = row_variance(
        comparison.difference, influence, trained, comparison.labels, comparison.n_test
    )
    expected = rows_and_splits(comparison.difference, of_rows.variance, comparison.n_test)
    assert comparison.difference_interval == expected
    low, high = comparison.corrected_t
    assert high - low > expected.high - expected.low


def test_with_many_training_rows_the_interval_is_the_corrected_t():
    comparison = compared(Design(None, 0.2, n_splits=4))
    assert comparison.difference_interval == comparison.corrected_t


def test_a_single_split_or_test_row_has_no_interval():
    assert compared(Design(5, n_splits=1)).difference_interval is None
    comparison = compared(Design(5, n_splits=2))
    assert comparison.difference_interval is not None
    assert replace(comparison, n_test=(1, 100)).difference_interval is None


@pytest.mark.parametrize("preset", load_biases("heart"))
def test_rows_that_a_bias_leaves_out_have_their_turn_in_training(preset):
    fair, biased = (compared(Design(None, 0.6, n_splits=4), bias) for bias in (None, preset.bias))
    assert biased.n_train != fair.n_train
    assert (biased.trained == fair.trained).all()
    assert (biased.trained == (fair.laat.influence == 0)).all()


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


@pytest.mark.slow
def test_rows_and_splits_hold_the_truth_where_few_rows_train():
    splits = Splits("half of the features", 300, 45, 15)
    few, many = (cover_splits(splits._replace(n_splits=number), 200) for number in (20, 100))
    for covered in (few, many):
        assert covered["rows and splits"] >= 93
        assert covered["rows and splits, width"] < covered["corrected t, width"] / 3
        assert covered["rows and splits, width"] < covered["bound alone, width"]
    assert many["rows and splits, width"] < 0.9 * few["rows and splits, width"]
    assert many["weight"] > 0.5 > few["weight"] > 0.1


@pytest.mark.slow
def test_models_that_differ_by_chance_alone_are_seldom_called_different(monkeypatch):
    splits = Splits("idle features exchanged", 100, 50, 1, 100)
    covered = cover_splits(splits, 200)
    assert covered["truth"] == 0
    assert covered["rows and splits"] >= 95
    monkeypatch.setattr("laat_core.evaluate.resampled.PAIRS_LEAST", 0.0)
    assert cover_splits(splits, 200)["rows and splits"] < 90


@pytest.mark.slow
def test_the_interval_holds_where_what_rows_do_in_test_and_training_cancels():
    covered = cover_splits(Splits("idle features weighed", 300, 150, 60, 100), 200)
    # With the choice of test rows in what the splits say of training, it is 80.
    assert covered["rows and splits"] >= 90
    assert covered["rows and splits, width"] < covered["corrected t, width"] / 2


# Groups


def grouped_rows(generator, n_splits, groups, n_train):
    """Rows of each class that train, drawn one by one, and those of other groups."""
    orders = generator.random((n_splits, 2, 20)).argsort(axis=2)
    trained = (orders < n_train).reshape(n_splits, 40)
    kept_out = np.stack([np.isin(groups, groups[row]) for row in trained])
    return trained, ~kept_out


def test_groups_of_one_row_bring_what_rows_bring():
    trained = by_class(5)
    influence = np.where(trained, 0, np.random.default_rng(0).normal(size=trained.shape) / 50)
    given = DIFFERENCES, influence.astype(np.float32), trained, LABELS_BY_HAND, (12, 3)
    rows = row_variance(*given)
    groups = row_variance(*given, np.random.default_rng(1).permutation(22))
    assert tuple(groups) == pytest.approx(tuple(rows), rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 4])
def test_what_groups_bring_is_on_average_the_truth(size):
    """Rows of a group that do the same: together, size times what each by itself does, squared."""
    generator, labels, n_train = np.random.default_rng(0), np.repeat([0, 1], 20), 2
    groups = np.concatenate([np.arange(20) // size, 50 + np.arange(20) // size])
    of_group = generator.normal(size=(2, 2, 20 // size), scale=0.01)
    of_group -= of_group.mean(axis=2, keepdims=True)  # what all do alike is not seen
    in_training, in_test = np.repeat(of_group, size, axis=2).reshape(2, 40)
    found, of_rows, tested_share = [], [], []
    for _ in range(400):
        trained, tested = grouped_rows(generator, 20, groups, n_train)
        added = np.where(trained, in_training, 0) + np.where(tested, in_test, 0)
        differences = added.sum(axis=1) + 0.01 * generator.normal(size=20)
        influence = np.where(tested, in_test, 0).astype(np.float32)
        n_test = tuple(tested.reshape(20, 2, 20).sum(axis=2).mean(axis=0))
        given = differences, influence, trained, labels, n_test
        found.append(row_variance(*given, groups))
        of_rows.append(row_variance(*given).estimate)
        tested_share.append(tested.mean())
    p, q = n_train / 20, np.mean(tested_share)
    moves = (p * in_training + q * in_test).reshape(-1, size).sum(axis=1)
    truth = (moves**2).sum()
    estimates, _, bounds, _ = np.array(found).T
    assert estimates.mean() == pytest.approx(truth, rel=0.15)
    assert bounds.mean() > truth
    assert np.mean(of_rows) < 0.8 * truth  # as if the rows of a group were independent


def covered_by_groups(size, n_tables=150):
    """How often intervals hold the truth of 0, by groups and as if rows were independent.

    Two models look at one feature each; both features tell the classes alike, and hold a part that
    the rows of a group share.
    """
    generator, n_groups, n_splits = np.random.default_rng(2), 120 // size, 20
    hits = np.zeros(2)
    for _ in range(n_tables):
        groups = np.repeat(np.arange(n_groups), size)
        labels = np.repeat(generator.permutation(np.arange(n_groups) % 2), size)
        shared = np.repeat(generator.normal(size=(2, n_groups)), size, axis=1)
        scores = 0.9 * shared + 0.4 * generator.normal(size=shared.shape) + 0.8 * labels
        splits = make_splits(labels, Design(5, n_splits=n_splits), groups)
        differences, trained = [], np.zeros((n_splits, len(labels)), np.bool_)
        influence = np.zeros((n_splits, len(labels)), np.float32)
        for number, (train, test) in enumerate((s.train, s.test) for s in splits):
            first, second = (Ranking(labels[test], one[test]) for one in scores)
            differences.append(first.auc - second.auc)
            influence[number, test] = first.influence - second.influence
            trained[number, train] = True
        given = np.array(differences), influence, trained, labels
        n_test = tuple(np.mean([np.bincount(labels[s.test]) for s in splits], axis=0))
        for way, (of, fewest) in enumerate(((groups, (n_groups // 2 - 5,) * 2), (None, n_test))):
            variance = row_variance(*given, n_test, of).variance
            low, high = rows_and_splits(given[0], variance, fewest)
            hits[way] += low <= 0 <= high
    return 100 * hits / n_tables


@pytest.mark.slow
def test_the_interval_holds_where_rows_of_a_group_are_alike():
    by_groups, by_rows = covered_by_groups(4)
    assert by_groups >= 92
    assert by_rows < 85


@pytest.fixture(scope="module")
def grouped():
    task = load_dataset("heart")
    patients = np.arange(len(task.table)) // 2
    table = task.table.assign(patient=patients)
    return replace(task, table=table, columns=(*task.columns, Column("patient", Role.GROUP)))


def test_a_comparison_with_groups_has_the_interval_of_groups(grouped):
    comparison = Experiment(grouped, Design(5, n_splits=4), Recipe()).compare(
        load_proposal("heart").scores, 3.0
    )
    groups, influence = comparison.groups, comparison.laat.influence - comparison.baseline.influence
    assert (comparison.trained.sum(axis=1) == 10).all()
    mates = np.stack([np.isin(groups, groups[row]) for row in comparison.trained])
    assert not influence[mates].any()
    of_groups = row_variance(
        comparison.difference,
        influence,
        comparison.trained,
        comparison.labels,
        comparison.n_test,
        groups,
    )
    fewest = [len(np.unique(groups[comparison.labels == label])) for label in (0, 1)]
    independent = tuple(min(n - 5, m) for n, m in zip(fewest, comparison.n_test, strict=True))
    expected = rows_and_splits(comparison.difference, of_groups.variance, independent)
    assert comparison.difference_interval == expected


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_where_whole_groups_are_held_out_the_interval_is_the_corrected_t(grouped, share):
    comparison = Experiment(grouped, Design(None, share, n_splits=4), Recipe()).compare(
        load_proposal("heart").scores, 3.0
    )
    assert comparison.difference_interval == comparison.corrected_t
