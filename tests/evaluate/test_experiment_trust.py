"""Automatic trust and trust in single features, in a comparison."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from laat_core import (
    PROTOCOLS,
    Design,
    Experiment,
    ImportanceScores,
    Recipe,
    ScoreError,
    compare,
    make_task,
)
from laat_core.evaluate import experiment as module
from laat_core.evaluate import split_rows
from laat_core.model.objective import target_vector, unit
from laat_core.model.settings import MAX_GAMMA
from laat_core.model.trust import choose_gamma, hold_out_folds

FAMILIES = pytest.mark.parametrize("hidden", [(), (6,)], ids=["linear", "hidden"])
SCORES = ImportanceScores.from_mapping({"age": 8.0, "pulse": -2.0, "sex = male": 5.0})
TARGET = target_vector([8.0, -2.0, 5.0])
DESIGN = Design(shots=6, n_splits=4)
QUICK = Recipe(max_epochs=5)


@pytest.fixture(scope="module")
def task():
    generator = np.random.default_rng(0)
    age, pulse = generator.normal(50, 10, 80), generator.normal(70, 5, 80)
    sex = generator.choice(["female", "male"], 80)
    risk = (age - 50) / 10 + (sex == "male") + generator.normal(size=80)
    values = {"age": age, "pulse": pulse, "sex": sex, "ill": np.where(risk > 0.5, "yes", "no")}
    return make_task(pd.DataFrame(values), "ill", "yes")


def recipe(hidden=(), max_epochs=5):
    return Recipe(hidden_layer_sizes=hidden, max_epochs=max_epochs)


def without_time(comparison):
    return comparison.to_dict() | {"seconds": 0}


def counting(monkeypatch):
    """Note how many models each training has."""
    trained, train = [], module.train

    def note(models, *arguments, **settings):
        trained.append(len(models.weights))
        return train(models, *arguments, **settings)

    monkeypatch.setattr(module, "train", note)
    return trained


# Automatic trust


@FAMILIES
def test_gammas_are_chosen_from_the_training_rows_of_each_split(task, hidden):
    experiment = Experiment(task, DESIGN, recipe(hidden))
    comparison = experiment.compare(SCORES, "auto")
    X = experiment.train_rows
    y = np.stack([task.labels[split.train] for split in experiment.splits])
    fit = experiment._fit
    folds = hold_out_folds(experiment._start(), X, y, fit, DESIGN.seed)
    expected = choose_gamma(
        X.numpy(), y, TARGET[None], folds, hidden=bool(hidden), seed=DESIGN.seed
    )
    np.testing.assert_array_equal(comparison.gammas, expected)
    assert comparison.gamma == "auto"
    if not hidden:
        assert len(set(comparison.gammas)) == 4


@FAMILIES
def test_automatic_trust_is_the_same_as_its_gammas_given(task, hidden):
    experiment = Experiment(task, DESIGN, recipe(hidden))
    comparison = experiment.compare(SCORES, "auto")
    models = experiment.train(TARGET[None], comparison.gammas)
    attributions = unit(models.attributions(experiment.train_rows)).double().numpy()
    np.testing.assert_array_equal(comparison.laat.attributions, attributions)
    for number, gamma in enumerate(comparison.gammas):
        fixed = experiment.compare(SCORES, gamma)
        assert fixed.laat.auc[number] == comparison.laat.auc[number]


def test_a_fixed_gamma_is_that_of_every_split(task):
    comparison = compare(task, SCORES, 3, DESIGN, QUICK)
    np.testing.assert_array_equal(comparison.gammas, [3.0, 3.0, 3.0, 3.0])


def test_test_rows_have_no_say_in_the_choice(task, monkeypatch):
    splits = Experiment(task, DESIGN, QUICK).splits[:1]
    monkeypatch.setattr(split_rows, "make_splits", lambda *_: splits)
    values = task.table.copy()
    rows = splits[0].test
    values.loc[rows, "ill"] = np.where(values.loc[rows, "ill"] == "yes", "no", "yes")
    before, after = (
        compare(t, SCORES, "auto", DESIGN, QUICK).gammas
        for t in (task, make_task(values, "ill", "yes"))
    )
    np.testing.assert_array_equal(before, after)


def test_without_scores_nothing_is_trusted_and_no_fold_trained(task, monkeypatch):
    trained = counting(monkeypatch)
    comparison = compare(task, ImportanceScores.zeros(SCORES.features), "auto", DESIGN, QUICK)
    assert trained == [4, 4]
    assert not comparison.gammas.any()
    assert not comparison.difference.any()


def test_folds_are_trained_once(task, monkeypatch):
    trained = counting(monkeypatch)
    experiment = Experiment(task, DESIGN, QUICK)
    experiment.compare(SCORES, "auto")
    assert trained == [4, *[30] * 4, 4]
    again = experiment.compare(SCORES.edit({"age": 1.0}), "auto")
    assert trained[6:] == [4]
    fresh = compare(task, SCORES.edit({"age": 1.0}), "auto", DESIGN, QUICK)
    assert without_time(again) == without_time(fresh)


def test_gamma_stays_within_its_bounds(task, monkeypatch):
    monkeypatch.setattr(module, "choose_gamma", lambda *_, **__: np.full(4, 1e9))
    assert (Experiment(task, DESIGN, QUICK).gammas(TARGET, "auto") == MAX_GAMMA).all()


def test_gammas_by_a_target_of_each_split_are_those_of_each(task):
    experiment = Experiment(task, DESIGN, QUICK)
    targets = np.random.default_rng(0).permuted(np.tile(TARGET, (4, 1)), axis=1)
    by_split = experiment.gammas(targets, "auto")
    for number, target in enumerate(targets):
        assert by_split[number] == experiment.gammas(target, "auto")[number]


@pytest.mark.parametrize("shots", [1, 2, 4, 5, 6])
@pytest.mark.parametrize("scores", [SCORES, ImportanceScores.zeros(SCORES.features)])
def test_progress_grows_to_the_whole(task, shots, scores):
    experiment = Experiment(task, Design(shots, n_splits=2), QUICK)
    for _ in range(2):
        told = []
        experiment.compare(scores, "auto", on_progress=told.append)
        assert told == sorted(told)
        assert told[-1] == told[-2] == 1.0
    assert told[:5] == [0.2, 0.4, 0.6, 0.8, 1.0]


class EndedError(Exception):
    """What a listener raises to end a comparison."""


@pytest.mark.slow
def test_a_comparison_ended_while_trust_is_chosen_leaves_nothing_half_made(task):
    few = Recipe(max_epochs=2)
    expected = without_time(compare(task, SCORES, "auto", DESIGN, few))
    moments = []
    Experiment(task, DESIGN, few).compare(SCORES, "auto", on_progress=moments.append)
    for last in range(len(moments)):
        experiment, seen = Experiment(task, DESIGN, few), []

        def stop(share, seen=seen, last=last):
            seen.append(share)
            if len(seen) > last:
                raise EndedError

        with pytest.raises(EndedError):
            experiment.compare(SCORES, "auto", on_progress=stop)
        assert without_time(experiment.compare(SCORES, "auto")) == expected


def test_an_automatic_comparison_survives_json(task):
    content = compare(task, SCORES, "auto", DESIGN, QUICK).to_dict()
    plain = json.loads(json.dumps(content, allow_nan=False))
    assert plain["gamma"] == "auto"
    assert len(plain["gammas"]) == 4
    assert plain["feature_trust"] == {}


# Targets and weights of each split


@pytest.mark.slow
@FAMILIES
@pytest.mark.parametrize("n_splits", [None, 2])
def test_targets_by_split_are_trained_as_each_alone(task, hidden, n_splits):
    experiment = Experiment(task, DESIGN, recipe(hidden, 20))
    generator = np.random.default_rng(0)
    n = n_splits or 4
    targets = target_vector(generator.normal(size=(3, n, 3)))
    gammas = generator.uniform(0, 5, size=(3, n))
    together = experiment.train(targets, gammas, n_splits=n_splits)
    assert len(together.weights) == 3 * n
    for number, (of_target, some) in enumerate(zip(targets, gammas, strict=True)):
        for split in range(n):
            alone = experiment.train(of_target[split][None], float(some[split]), n_splits=n_splits)
            for one, other in zip(together.parameters(), alone.parameters(), strict=True):
                torch.testing.assert_close(one[number * n + split], other[split])


@pytest.mark.parametrize("gamma", [2.0, np.array(2.0), np.full(4, 2.0), np.full((2, 1), 2.0)])
def test_a_weight_is_given_once_or_by_split_or_by_target(task, gamma):
    experiment = Experiment(task, DESIGN, QUICK)
    targets = np.stack([TARGET, -TARGET])
    expected = experiment.train(targets, np.full((2, 4), 2.0))
    for one, other in zip(
        experiment.train(targets, gamma).parameters(), expected.parameters(), strict=True
    ):
        assert torch.equal(one, other)


# Trust in single features


@FAMILIES
def test_features_that_are_all_trusted_fully_are_as_none_named(task, hidden):
    experiment = Experiment(task, DESIGN, recipe(hidden, 50))
    full = experiment.compare(SCORES, 5.0, feature_trust=dict.fromkeys(SCORES.features, 1.0))
    plain = experiment.compare(SCORES, 5.0, feature_trust={})
    np.testing.assert_allclose(full.laat.attributions, plain.laat.attributions, atol=1e-4)
    assert plain.feature_trust == {}


@FAMILIES
def test_features_of_which_none_is_trusted_are_a_baseline(task, hidden):
    experiment = Experiment(task, DESIGN, recipe(hidden))
    none = experiment.compare(SCORES, 5.0, feature_trust=dict.fromkeys(SCORES.features, 0.0))
    assert not none.difference.any()
    np.testing.assert_array_equal(none.laat.attributions, none.baseline.attributions)


@FAMILIES
@pytest.mark.parametrize("feature", SCORES.features)
def test_a_feature_that_is_not_trusted_is_let_go(task, hidden, feature):
    wrong = SCORES.flipped()  # so that the rows pull all features away from their scores
    experiment = Experiment(task, DESIGN, recipe(hidden, 200))
    position = SCORES.features.index(feature)

    def distance(trust):
        found = experiment.compare(wrong, 10.0, feature_trust={feature: trust})
        return np.abs(found.laat.attributions[:, position] - found.target[position]).mean()

    assert distance(1.0) < distance(0.1) < distance(0.0)


def test_trust_in_a_feature_is_kept_with_the_comparison_in_plain_numbers(task):
    given = {"age": np.float32(0.5), "sex = male": 1}
    comparison = compare_trusting(task, given)
    given["age"] = 0.0
    assert comparison.feature_trust == {"age": 0.5, "sex = male": 1.0}
    assert json.loads(json.dumps(comparison.to_dict()))["feature_trust"]["age"] == 0.5


def compare_trusting(task, feature_trust, recipe=QUICK, scores=SCORES):
    return Experiment(task, DESIGN, recipe).compare(scores, 5.0, feature_trust=feature_trust)


def test_a_flag_that_follows_another_follows_in_trust(task):
    mirrored = compare_trusting(task, {"sex = male": 0.2}, PROTOCOLS["paper"])
    named = dict.fromkeys(["sex = male", "sex = female"], 0.2)
    both = compare_trusting(task, named, PROTOCOLS["paper"])
    other = compare_trusting(task, named | {"sex = female": 1.0}, PROTOCOLS["paper"])
    np.testing.assert_array_equal(mirrored.laat.attributions, both.laat.attributions)
    assert not np.array_equal(other.laat.attributions, both.laat.attributions)


@pytest.mark.parametrize(
    ("feature_trust", "message"),
    [
        ({"weight": 0.5}, "given for 'weight', which the table does not have"),
        ({"sex = female": 0.5}, "'sex = female'"),
        ({5: 0.5, "weight": 1.0}, "5, 'weight'"),
        ({"age": -0.1}, "trust in 'age' is -0.1"),
        ({"age": 1.1}, "from 0 to 1"),
        ({"pulse": 1.0, "age": np.nan}, "trust in 'age' is nan"),
        ({"age": "high"}, "trust in 'age' is 'high'"),
        ({"age": True}, "trust in 'age' is True"),
        ({"age": None}, "trust in 'age' is None"),
    ],
)
def test_trust_that_cannot_be_used_is_refused_before_anything_is_trained(
    task, feature_trust, message, monkeypatch
):
    trained = counting(monkeypatch)
    with pytest.raises(ScoreError, match=message):
        compare_trusting(task, feature_trust)
    assert not trained
