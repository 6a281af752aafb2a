"""An experiment with a bias in its training rows."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from laat_core import (
    PROTOCOLS,
    Bias,
    Condition,
    Design,
    DesignError,
    Experiment,
    HoldOut,
    ImportanceScores,
    LAATClassifier,
    Recipe,
    Step,
    TableEncoder,
    make_task,
)

DESIGN = Design(None, 0.25, n_splits=4, seed=3)
SCORES = ImportanceScores.from_mapping({"age": 8.0, "pulse": -2.0, "sex = male": 5.0})
BIAS = Bias(
    (
        Step("leave out", (Condition("age", "at least", 50),), 0.8, "yes"),
        Step("turn labels", (Condition("sex", "is", "male"),), 0.3),
    )
)


@pytest.fixture(scope="module")
def task():
    generator = np.random.default_rng(0)
    values = pd.DataFrame(
        {
            "age": generator.normal(50, 10, 240),
            "pulse": generator.normal(70, 5, 240),
            "sex": generator.choice(["female", "male"], 240),
        }
    )
    risk = (values["age"] - 50) / 10 + (values["sex"] == "male") + generator.normal(size=240)
    return make_task(values.assign(ill=np.where(risk > 0.5, "yes", "no")), "ill", "yes")


@pytest.fixture(scope="module")
def biased(task):
    return Experiment(task, DESIGN, Recipe(), bias=BIAS)


def test_training_rows_are_those_of_the_bias_and_test_rows_as_without(task, biased):
    fair = Experiment(task, DESIGN, Recipe())
    expected = BIAS.apply_to_splits(task, [split.train for split in fair.splits], DESIGN.seed)
    for number, rows in enumerate(expected):
        split = biased.splits[number]
        assert split.train.tolist() == rows.positions.tolist()
        assert biased.train_labels[number].tolist() == rows.labels.tolist()
        assert split.test.tolist() == fair.splits[number].test.tolist()
        values, without = biased.values(number), fair.values(number)
        np.testing.assert_array_equal(values.test, without.test)
        np.testing.assert_array_equal(values.test_labels, task.labels[split.test])
        np.testing.assert_array_equal(values.train_labels, rows.labels)
        kept = np.isin(fair.splits[number].train, rows.positions)
        np.testing.assert_array_equal(values.train, without.train[kept])
        np.testing.assert_allclose(values.train, biased.train_rows[number], rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_models_are_those_of_the_estimator_on_the_rows_that_are_left(task, protocol):
    recipe = replace(PROTOCOLS[protocol], both_levels=False, batch_size=None, max_epochs=2000)
    experiment = Experiment(task, replace(DESIGN, n_splits=2), recipe, bias=BIAS)
    comparison = experiment.compare(SCORES, 2.0)
    X = TableEncoder(task.columns).fit_transform(task.labelled).to_numpy()
    for number, split in enumerate(experiment.splits):
        rows = X if recipe.scaling == "standard" else X[split.train]
        scaler = (StandardScaler if recipe.scaling == "standard" else MinMaxScaler)().fit(rows)
        told = experiment.train_labels[number].numpy()
        for gamma, found in ((2.0, comparison.laat), (0.0, comparison.baseline)):
            model = LAATClassifier([8.0, -2.0, 5.0], gamma, max_epochs=2000, batch_size=None)
            model.fit(scaler.transform(X[split.train]), told)
            logits = model.decision_function(scaler.transform(X[split.test]))
            expected = roc_auc_score(task.labels[split.test], logits)
            assert found.auc[number] == pytest.approx(expected, abs=1e-2)


def test_what_counts_training_rows_counts_what_is_left_as_it_was_told(task, biased):
    comparison = biased.compare(SCORES)
    told = biased.train_labels[0].numpy()
    assert comparison.n_train == tuple(np.bincount(told.astype(int)))
    test = task.labels[biased.splits[0].test]
    assert comparison.n_test == tuple(np.bincount(test))
    assert comparison.bias == BIAS
    assert json.loads(json.dumps(comparison.to_dict()))["bias"] == BIAS.to_dict()
    assert Experiment(task, DESIGN, Recipe()).compare(SCORES).to_dict()["bias"] is None


def test_evidence_and_automatic_trust_go_by_the_labels_that_are_told(task):
    turned = Bias((Step("turn labels", ()),))
    fair, wrong = (Experiment(task, DESIGN, Recipe(), bias=b) for b in (None, turned))
    np.testing.assert_allclose(wrong.evidence.correlation, np.negative(fair.evidence.correlation))
    assert wrong.compare(SCORES, "auto").gammas.max() < fair.compare(SCORES, "auto").gammas.max()


def test_rows_held_out_stay_out(task):
    experiment = Experiment(task, DESIGN, Recipe(), HoldOut(0.2), BIAS)
    assert experiment.compare(SCORES).n_held_out == 48
    trains = [split.train for split in Experiment(task, DESIGN, Recipe(), HoldOut(0.2)).splits]
    expected = BIAS.apply_to_splits(experiment.task, trains, DESIGN.seed)
    assert [s.train.tolist() for s in experiment.splits] == [
        rows.positions.tolist() for rows in expected
    ]


def test_a_bias_without_steps_changes_nothing(task):
    fair, empty = (
        Experiment(task, DESIGN, Recipe(), bias=bias).compare(SCORES) for bias in (None, Bias(()))
    )
    np.testing.assert_array_equal(fair.laat.auc, empty.laat.auc)


def test_a_bias_that_leaves_too_few_rows_is_refused(task):
    bias = Bias((Step("leave out", (), 1.0, "no"),))
    with pytest.raises(DesignError, match="no training row with ill = no"):
        Experiment(task, DESIGN, Recipe(), bias=bias)
