"""The choice of gamma against its formula, written out with scikit-learn's AUC."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from laat_core.evaluate.intervals import delong
from laat_core.model import trust
from laat_core.model.networks import start
from laat_core.model.objective import target_vector
from laat_core.model.training import train
from laat_core.model.trust import OutOfFold, choose_gamma, hold_out_folds

FAMILIES = pytest.mark.parametrize("hidden", [(), (4,)], ids=["linear", "hidden"])
SEEDS = st.integers(0, 10_000)
TARGET = target_vector([5.0, -3.0, 2.0, 1.0])


def labels_of(*counts):
    """Labels of some splits, by how many rows of each class they have."""
    generator = np.random.default_rng(0)
    return np.stack([generator.permutation(np.repeat([0, 1], count)) for count in counts])


def rows_of(y, signal=1.0, seed=0, target=TARGET):
    """Rows that differ between the classes along the target."""
    noise = np.random.default_rng(seed).normal(size=(*y.shape, len(target)))
    return noise + signal * y[..., None] * target


def fit(models, X, y, max_epochs=3):
    n_models, _, n_features = X.shape
    return train(
        models,
        X,
        y,
        torch.zeros(n_models),
        torch.zeros(n_models, n_features),
        max_epochs=max_epochs,
        learning_rate=0.05,
        batch_size=None,
        generator=torch.Generator().manual_seed(0),
    )


def held_out(y, seed=0, hidden=(), fit=fit, signal=1.0):
    X = torch.from_numpy(rows_of(y, signal)).float()
    begun = start(len(y), X.shape[2], hidden, torch.Generator().manual_seed(1))
    return hold_out_folds(begun, X, y, fit, seed)


def untrained(models, X, y):  # noqa: ARG001 - as a fit is called
    return models


class Watched:
    """A fit that notes which labels it was given, and trains nothing."""

    def __init__(self):
        self.labels = []

    def __call__(self, models, X, y):
        assert len(X) == len(y) == len(models.weights)
        self.labels.append(y.numpy())
        return models


# Folds

EVERY_SIZE = pytest.mark.parametrize(
    ("counts", "times"),
    [
        ([(5, 5)], 6),
        ([(5, 40)], 6),
        ([(7, 9), (8, 8), (7, 9)], 6),
        ([(23, 24), (24, 23)], 4),
        ([(50, 60)], 2),
        ([(120, 51)], 1),
        ([(3000, 3000)], 1),
        ([(3000, 12)], 6),
    ],
)


@EVERY_SIZE
def test_folds_of_a_repetition_share_no_row_and_divide_what_was_drawn(counts, times):
    y = labels_of(*counts)
    sizes = [min(1000, *(count[label] for count in counts)) for label in (0, 1)]
    n_held = [size // 5 for size in sizes]
    watched = Watched()
    found = held_out(y, fit=watched)
    assert found.rows.shape == found.logits.shape == (len(y), 5 * times, sum(n_held))
    for labels, rows, trained in zip(y, found.rows, watched.labels, strict=True):
        assert trained.shape == (5 * times, sum(sizes) - sum(n_held))
        for repetition in rows.reshape(times, 5, -1):
            assert len(np.unique(repetition)) == repetition.size
        assert (np.sort(labels[rows], axis=1) == np.repeat([0, 1], n_held)).all()
        assert (trained.sum(axis=1) == sizes[1] - n_held[1]).all()


@pytest.mark.parametrize("counts", [(5, 5), (7, 31), (250, 24)])
def test_a_fold_is_trained_on_all_other_rows(counts):
    (labels,) = labels_of(counts)
    train_rows, held = trust._folds(labels, counts, np.random.default_rng(0))
    for one, other in zip(train_rows, held, strict=True):
        assert sorted([*one, *other]) == list(range(len(labels)))


def test_of_very_many_rows_some_are_drawn_and_the_others_left_out():
    (labels,) = labels_of((3000, 1500))
    train_rows, held = trust._folds(labels, (1000, 1000), np.random.default_rng(0))
    drawn = [set(one) | set(other) for one, other in zip(train_rows, held, strict=True)]
    assert all(len(rows) == 2000 and rows == drawn[0] for rows in drawn)
    assert set(held.ravel()) == drawn[0]


def test_repetitions_divide_the_rows_otherwise():
    rows = held_out(labels_of((10, 10)), fit=untrained).rows[0]
    assert len({tuple(sorted(fold)) for fold in rows}) > 25


@FAMILIES
def test_folds_are_decided_by_the_seed(hidden):
    y = labels_of((6, 7), (6, 7))
    first, again, other = (held_out(y, seed, hidden) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.rows, again.rows)
    np.testing.assert_array_equal(first.logits, again.logits)
    assert not np.array_equal(first.rows, other.rows)


@FAMILIES
def test_what_is_said_of_a_row_comes_of_models_trained_without_it(hidden):
    y = labels_of((8, 9))
    found = held_out(y, hidden=hidden)
    X = torch.from_numpy(rows_of(y)).float()
    begun = start(1, 4, hidden, torch.Generator().manual_seed(1))
    for rows, logits in zip(found.rows[0], found.logits[0], strict=True):
        others = np.setdiff1d(np.arange(17), rows)
        # The folds leave rows over, which are trained on; so all that were not held out are.
        model = fit(begun.repeat(1), X[:, others], torch.from_numpy(y[:, others]).float())
        expected = model.logits(X[:, rows])[0].numpy()
        np.testing.assert_allclose(logits, expected, atol=1e-5)


@FAMILIES
def test_training_folds_leaves_the_start_as_it_was(hidden):
    y = labels_of((6, 6))
    begun = start(1, 4, hidden, torch.Generator().manual_seed(1))
    before = [p.clone() for p in begun.parameters()]
    hold_out_folds(begun, torch.from_numpy(rows_of(y)).float(), y, fit, 0)
    assert all(torch.equal(a, b) for a, b in zip(before, begun.parameters(), strict=True))


@pytest.mark.parametrize("counts", [[(4, 100)], [(100, 4)], [(1, 1)], [(6, 4), (4, 6)]])
def test_too_few_rows_of_a_class_are_not_divided(counts):
    def refuse(*_):
        raise AssertionError

    assert held_out(labels_of(*counts), fit=refuse) is None


# Full trust


@given(
    n_features=st.integers(1, 60),
    n_rows=st.integers(2, 500),
    n_splits=st.integers(1, 4),
    seed=SEEDS,
)
def test_without_folds_trust_is_full_and_more_where_scores_are_all_there_is(
    n_features, n_rows, n_splits, seed
):
    generator = np.random.default_rng(seed)
    X = generator.normal(size=(n_splits, n_rows, n_features))
    y = generator.integers(2, size=(n_splits, n_rows))
    y[:, :2] = 0, 1
    target = np.eye(n_features)[:1]
    full = 30 * math.sqrt(n_features / 20) * n_features / n_rows
    few = np.array([few_of(labels) for labels in y])
    got = choose_gamma(X, y, target, None, hidden=False, seed=seed)
    np.testing.assert_allclose(got, full * (50 / few) ** 0.5)
    got = choose_gamma(X, y, target, None, hidden=True, seed=seed)
    np.testing.assert_allclose(got, np.full(n_splits, 100 * full))


@pytest.mark.slow
def test_trust_does_not_jump_where_rows_become_enough_to_be_asked():
    """Of scores that do as well as expected."""
    found = []
    for per_class in (4, 5):
        y = labels_of(*[(per_class, per_class)] * 40)
        X = rows_of(y, 1.0, target=SCATTERED)
        found.append(np.median(gammas(X, y, SCATTERED)))
    assert found[1] == pytest.approx(found[0], rel=0.5)


# The two numbers


def probit(area, few):
    return norm.ppf(min(max(area, 0.5 / few), 1 - 0.5 / few))


def few_of(y):
    return min(int(y.sum()), int((1 - y).sum()))


def gain_of(alone, y, rows, logits):
    """Gain of some scores over logits, both on the same folds of rows."""
    seen = np.unique(rows)
    shares = (trust._shares(values, rows, y)[seen] for values in (alone[rows], logits))
    return trust._gain(*shares, y[seen])


def lead(X, y, target, orders):
    """Lead over shuffles, one AUC after the other."""
    few = few_of(y)
    ranked = (X @ np.stack([target, *target[orders]]).T).astype(np.float32)
    own, *others = (probit(roc_auc_score(y, values), few) for values in ranked.T)
    return (own - np.mean(others)) / max(np.std(others), 0.05)


def drawn(areas, variance, few):
    """Gain by two AUCs and the variance of their difference."""
    probits = [probit(area, few) for area in areas]
    variance = max(variance, 0.02 / few) / norm.pdf(np.mean(probits)) ** 2
    expected = 0.1 * math.log(50 / few)
    weight = 0.4**2 / (0.4**2 + variance)
    return expected + weight * (probits[0] - probits[1] - expected)


def some_orders(n_features, n=20, seed=0):
    generator = np.random.default_rng(seed)
    return np.stack([generator.permutation(n_features) for _ in range(n)])


@pytest.mark.slow
@settings(max_examples=20)
@given(seed=SEEDS, counts=st.tuples(st.integers(1, 30), st.integers(1, 30)), tied=st.booleans())
def test_lead_over_shuffles_is_that_of_direct_calculation(seed, counts, tied):
    (y,) = labels_of(counts)
    X = rows_of(y, seed=seed)
    target, orders = TARGET, some_orders(4, seed=seed)
    if tied:  # sums of whole numbers have no last bit
        X, target = X.round(), np.array([3.0, -2.0, 1.0, 0.0])
    got = trust._lead_over_shuffles(X, y, target, orders)
    assert got == pytest.approx(lead(X, y, target, orders), abs=1e-9)


@pytest.mark.slow
@given(seed=SEEDS, counts=st.tuples(st.integers(2, 40), st.integers(2, 40)), tied=st.booleans())
def test_gain_on_one_fold_is_by_the_variance_of_delong(seed, counts, tied):
    (y,) = labels_of(counts)
    generator = np.random.default_rng(seed)
    alone, other = generator.normal(size=(2, len(y))) + y * generator.uniform(-2, 2, size=(2, 1))
    if tied:
        alone, other = alone.round(), other.round()
    rows = generator.permutation(len(y))
    got = gain_of(alone, y, rows[None], other[rows][None])
    variance = delong_variance(y, alone, other)
    compared = delong(y, alone, other)
    if compared.z:
        assert compared.difference / compared.z == pytest.approx(math.sqrt(variance))
    areas = roc_auc_score(y, alone), roc_auc_score(y, other)
    assert got == pytest.approx(drawn(areas, variance, few_of(y)), abs=1e-9)


def delong_variance(y, first, second):
    """Variance of the difference by the placement of every row, pair by pair."""

    def placements(values):
        apart = np.subtract.outer(values[y == 1], values[y == 0])
        right = (apart > 0) + 0.5 * (apart == 0)
        return right.mean(axis=1), right.mean(axis=0)

    parts = zip(placements(first), placements(second), strict=True)
    return sum((a - b).var(ddof=1) / len(a) for a, b in parts)


@pytest.mark.parametrize("tied", [False, True])
def test_areas_are_means_of_those_in_the_folds(tied, monkeypatch):
    y = labels_of((60, 75))  # one repetition, and no row is left over
    found = held_out(y, fit=untrained)
    alone = rows_of(y)[0] @ TARGET
    logits = found.logits[0]
    if tied:
        alone, logits = alone.round(), (2 * logits).round()
    seen = []
    probit_of = trust._probit
    monkeypatch.setattr(
        trust, "_probit", lambda areas, few: (seen.append((areas, few)), probit_of(areas, few))[1]
    )
    gain_of(alone, y[0], found.rows[0], logits)
    ((areas, few),) = seen
    for number, values in enumerate((alone[found.rows[0]], logits)):
        folds = zip(y[0][found.rows[0]], values, strict=True)
        assert areas[number] == pytest.approx(np.mean([roc_auc_score(*fold) for fold in folds]))
    assert few == 60


@pytest.mark.slow
@settings(max_examples=8)
@given(seed=SEEDS, counts=st.tuples(st.integers(5, 40), st.integers(5, 40)))
def test_gamma_is_that_of_the_formula(seed, counts):
    y = labels_of(counts)
    X = rows_of(y, signal=1.5, seed=seed)
    generator = np.random.default_rng(seed)
    rows = np.arange(y.size)[None, None]  # one fold, as if asked of a model from elsewhere
    logits = generator.normal(size=rows.shape) + 2 * y
    found = OutOfFold(rows, logits, y)
    orders = np.random.default_rng(seed).permuted(np.tile(np.arange(4), (100, 1)), axis=1)
    few = few_of(y[0])
    ahead = lead(X[0], y[0], TARGET, orders)
    alone = (X[0] @ TARGET).astype(np.float32)
    areas = roc_auc_score(y[0], alone), roc_auc_score(y[0], logits[0, 0])
    gain = drawn(areas, delong_variance(y[0], alone, logits[0, 0]), few)
    stands_out = ahead - 1.3 - 0.3 * math.log(4 / 20)
    knowledge = expit(8 * (10 / few) ** 4 + 3 * stands_out)
    full = 30 * math.sqrt(4 / 20) * 4 / y.size
    got = choose_gamma(X, y, TARGET[None], found, hidden=False, seed=seed)
    np.testing.assert_allclose(got, full * knowledge * math.exp(5 * gain), rtol=1e-6)
    kept = knowledge * math.exp(5 * min(gain, 0))
    of_hidden = choose_gamma(X, y, TARGET[None], found, hidden=True, seed=seed)
    np.testing.assert_allclose(
        of_hidden, 100 * full if kept >= 0.6 else min(0.3 * kept, 100 * full), rtol=1e-6
    )


# What it comes to


def gammas(X, y, target, hidden=(), **found):
    """Gamma of each split, with the baseline out of fold."""
    begun = start(len(y), X.shape[2], hidden, torch.Generator().manual_seed(1))
    folds = found.get("folds") or hold_out_folds(
        begun, torch.from_numpy(X).float(), y, lambda *batch: fit(*batch, max_epochs=60), 0
    )
    return choose_gamma(X, y, np.atleast_2d(target), folds, hidden=bool(hidden), seed=0)


SCATTERED = target_vector([6.0, -5.0, 4.0, -3.0, 2.0, 1.0, 0.0, -2.0, 5.0, -4.0])


def full_trust(X):
    return 30 * math.sqrt(X.shape[2] / 20) * X.shape[2] / X.shape[1]


@pytest.mark.parametrize("per_class", [25, 100])
def test_signs_turned_on_a_table_with_signal_are_hardly_trusted(per_class):
    y = labels_of(*[(per_class, per_class)] * 3)
    X = rows_of(y, 1.5, target=SCATTERED)
    right, wrong = gammas(X, y, SCATTERED), gammas(X, y, -SCATTERED)
    assert (right > 0.5 * full_trust(X)).all()
    assert (wrong < 1e-3 * full_trust(X)).all()
    assert (gammas(X, y, -SCATTERED, (4,)) < 1e-3).all()
    np.testing.assert_allclose(gammas(X, y, SCATTERED, (4,)), 100 * full_trust(X))


def test_gamma_falls_as_the_same_rows_come_again_and_again():
    y = labels_of((10, 10))
    X = rows_of(y, 1.5, target=SCATTERED)
    logits = X[0] @ SCATTERED  # a baseline that ranks as well as the scores

    def chosen(times):
        found = OutOfFold(
            np.arange(20 * times)[None, None], np.tile(logits, times)[None, None], np.tile(y, times)
        )
        return float(
            gammas(np.tile(X, (1, times, 1)), np.tile(y, times), SCATTERED, folds=found)[0]
        )

    chosen = [chosen(times) for times in (1, 2, 5, 20)]
    assert all(many < 0.75 * few for few, many in pairwise(chosen))


def test_every_split_is_judged_by_its_own_rows_and_target():
    y = labels_of((25, 25), (25, 25))
    X = rows_of(y, 1.5, target=SCATTERED)
    found = held_out_of(X, y)
    both = gammas(X, y, np.stack([SCATTERED, -SCATTERED]), folds=found)
    for split, target in enumerate((SCATTERED, -SCATTERED)):
        one = slice(split, split + 1)
        alone = OutOfFold(found.rows[one], found.logits[one], found.labels[one])
        np.testing.assert_allclose(both[one], gammas(X[one], y[one], target, folds=alone))


def held_out_of(X, y):
    begun = start(len(y), X.shape[2], (), torch.Generator().manual_seed(1))
    return hold_out_folds(begun, torch.from_numpy(X).float(), y, fit, 0)


def test_choice_is_decided_by_the_seed_of_the_shuffles():
    y = labels_of((25, 25))
    X = rows_of(y, 0.3, target=SCATTERED)
    found = held_out_of(X, y)
    first, again, other = (
        choose_gamma(X, y, SCATTERED[None], found, hidden=False, seed=seed) for seed in (0, 0, 1)
    )
    assert first == again
    assert first != other
    assert first == pytest.approx(other, rel=0.8)  # shuffles are many enough


@pytest.mark.slow
@given(order=st.permutations(range(10)))
def test_order_of_features_does_not_matter_but_to_the_shuffles(order):
    y = labels_of((30, 30))
    X = rows_of(y, 0.5, target=SCATTERED)
    found = held_out_of(X, y)
    parts = y[0], found.rows[0], found.logits[0]
    gain = gain_of(X[0] @ SCATTERED, *parts)
    assert gain_of(X[0][:, order] @ SCATTERED[order], *parts) == pytest.approx(gain, abs=1e-9)
    orders = some_orders(10, 100)
    ahead, other = (
        trust._lead_over_shuffles(X[0][:, by], y[0], SCATTERED[by], orders)
        for by in (list(range(10)), order)
    )
    assert abs(ahead - other) < 1.5


@FAMILIES
@pytest.mark.parametrize("counts", [(5, 5), (5, 60), (30, 30)])
@pytest.mark.parametrize(
    "odd", ["constant features", "all alike", "one feature", "AUC 1", "AUC 0", "equal scores"]
)
def test_odd_tables_get_a_finite_gamma(odd, counts, hidden):
    y = labels_of(counts, counts)
    X, target = rows_of(y), TARGET
    match odd:
        case "constant features":
            X[..., 1:] = 0.0
        case "all alike":
            X[:] = 1.0
        case "one feature":
            X, target = X[..., :1], np.ones(1)
        case "AUC 1":
            X += 100 * y[..., None] * TARGET
        case "AUC 0":
            X -= 100 * y[..., None] * TARGET
        case "equal scores":
            target = np.full(4, 0.5)
    got = gammas(X, y, target, hidden)
    assert got.shape == (2,)
    assert np.isfinite(got).all()
    assert (got >= 0).all()


@given(few=st.integers(1, 12), areas=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_probits_are_finite_and_in_the_order_of_the_areas(few, areas):
    first, second = trust._probit(np.array(areas), few)
    assert np.isfinite([first, second]).all()
    if areas[0] < areas[1]:
        assert first <= second


# Groups


class Seen:
    """A fit that notes which rows it was given: their first feature is their number."""

    def __init__(self):
        self.rows = []

    def __call__(self, models, X, y):  # noqa: ARG002 - as a fit is called
        self.rows.append(X[..., 0].numpy().astype(int))
        return models


def folds_of(y, groups, seed=0):
    X = torch.arange(y.shape[1]).repeat(len(y), 1)[..., None].float().expand(*y.shape, 2)
    seen = Seen()
    begun = start(len(y), 2, (), torch.Generator().manual_seed(0))
    return hold_out_folds(begun, X, y, seen, seed, groups), seen.rows


@pytest.mark.slow
@given(st.integers(1, 12), SEEDS)
def test_no_group_is_held_out_and_trained_on(n_groups, seed):
    y = labels_of((20, 14), (17, 17))
    groups = np.random.default_rng(seed).integers(0, 3 * n_groups, y.shape)
    folds, trained = folds_of(y, groups, seed)
    if folds is None:
        assert n_groups < 6
        return
    for of_split, held_out, others in zip(groups, folds.rows, trained, strict=True):
        for held, rows in zip(held_out, others, strict=True):
            assert not set(of_split[held]) & set(of_split[rows])
    for labels, others in zip(y, trained, strict=True):
        assert all(set(labels[rows]) == {0, 1} for rows in others)


def test_nothing_is_held_out_where_one_group_is_a_class():
    y = labels_of((20, 14))
    assert folds_of(y, y)[0] is None


def test_rows_of_a_group_mostly_fall_into_one_fold():
    y = labels_of((60, 60))
    groups = np.arange(120)[None] // 4
    folds, trained = folds_of(y, groups)
    # 96 of 120 rows train without groups; drawn row by row, hardly 50 would be of other groups.
    assert trained[0].shape[1] >= 84
    assert folds.rows.shape[2] == 24
