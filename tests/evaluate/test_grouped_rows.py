"""Rows of one patient: no model is trained on some of them and tested on others."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from laat_core import (
    Bias,
    Column,
    Condition,
    Design,
    DesignError,
    Experiment,
    HoldOut,
    ImportanceScores,
    Recipe,
    Role,
    Step,
    make_task,
)
from laat_core.data.encoding import features_of
from laat_core.evaluate import sampling
from laat_core.evaluate.curves.learning import learning_curve
from laat_core.evaluate.curves.plan import Plan
from laat_core.evaluate.hold_out import look

DESIGNS = [Design(5, n_splits=6), Design(None, 0.3, n_splits=6), Design(None, 0.7, n_splits=6)]


def visits(n_rows=240, seed=0):
    """Visits of patients: some come once, some often, and a few have no number."""
    draw = np.random.default_rng(seed)
    patients = draw.integers(0, 110, n_rows)
    sickness = draw.normal(size=110)[patients]
    ill = sickness + draw.normal(size=n_rows) > 0
    table = pd.DataFrame(
        {
            "patient": pd.Series(patients).where(draw.random(n_rows) > 0.05),
            "pain": np.digitize(sickness + draw.normal(size=n_rows), [-1, 0, 1]),
            "born": [f"{1940 + age}-06-01" for age in draw.integers(0, 60, n_rows)],
            "size": draw.normal(size=n_rows),
            "ill": np.where(ill, "yes", "no"),
        }
    )
    table["pain"] = np.array(["none", "mild", "strong", "worst"])[table["pain"]]
    return make_task(table, "ill", "yes").with_columns(
        Column("patient", Role.GROUP),
        Column("pain", Role.ORDERED, order=("none", "mild", "strong", "worst")),
        Column("born", Role.DATE, reference="2000-06-01"),
    )


TASK = visits()
SCORES = ImportanceScores.from_mapping({"pain": 8, "born": 1, "size": 0}, "x")


def check_apart(experiment):
    groups = experiment.task.groups
    for split in experiment.splits:
        assert not set(groups[split.train]) & set(groups[split.test])
        assert set(experiment.task.labels[split.test]) == {0, 1}


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("hold_out", [None, HoldOut(0.2, 3)])
def test_no_patient_is_on_both_sides(design, hold_out):
    experiment = Experiment(TASK, design, Recipe(), hold_out)
    assert [f.name for f in experiment.encoder.features_] == ["pain", "born", "size"]
    check_apart(experiment)
    comparison = experiment.compare(SCORES, 3.0)
    assert comparison.laat.auc.shape == (6,)
    assert not comparison.laat.influence[comparison.trained].any()
    json.dumps(comparison.to_dict(), allow_nan=False)
    if hold_out:
        held_out = hold_out.positions(TASK)
        names = TASK.table["patient"]
        seen = names.drop(index=held_out).dropna()
        assert not set(names.iloc[held_out].dropna()) & set(seen)


def test_a_bias_leaves_the_sides_apart():
    bias = Bias((Step("leave out", (Condition("pain", "at least", "strong"),), of_class="no"),))
    experiment = Experiment(TASK, Design(40, n_splits=4), Recipe(), bias=bias)
    check_apart(experiment)
    assert (experiment.trained.sum(axis=1) == 80).all()
    assert len(experiment.splits[0].train) < 80


def test_automatic_trust_is_read_off_folds_without_common_patients(monkeypatch):
    given = []
    plain = Experiment(TASK, Design(20, n_splits=2), Recipe(max_epochs=5))

    def watch(begun, X, y, fit, seed, groups):  # noqa: ARG001 - as it is called
        given.append(groups)

    monkeypatch.setattr("laat_core.evaluate.experiment.hold_out_folds", watch)
    plain.gammas(plain.target(SCORES), "auto")
    (groups,) = given
    for of_split, split in zip(groups, plain.splits, strict=True):
        assert of_split.tolist() == TASK.groups[split.train].tolist()


def test_test_rows_are_counted_on_average():
    comparison = Experiment(TASK, DESIGNS[0], Recipe()).compare(SCORES, 3.0)
    splits = Experiment(TASK, DESIGNS[0], Recipe()).splits
    counts = np.mean([np.bincount(TASK.labels[split.test]) for split in splits], axis=0)
    assert comparison.n_test == tuple(counts.round())


def test_without_patients_more_rows_are_tested():
    free = Experiment(
        TASK.with_columns(Column("patient", Role.IGNORE)), DESIGNS[0], Recipe()
    ).compare(SCORES, 3.0)
    grouped = Experiment(TASK, DESIGNS[0], Recipe()).compare(SCORES, 3.0)
    assert free.groups is None
    assert sum(grouped.n_test) < sum(free.n_test) == len(TASK.labels) - 10
    assert (free.trained == grouped.trained).all()


def test_samples_of_test_rows_are_of_other_patients(monkeypatch):
    monkeypatch.setattr(sampling, "MOST_TEST_ROWS", 150)
    monkeypatch.setattr(sampling, "FEWEST_OF_A_CLASS", 30)
    experiment = Experiment(TASK, Design(3, n_splits=4), Recipe())
    assert experiment.has_samples
    comparison = experiment.compare(SCORES, 3.0, sampled=True)
    groups = TASK.groups
    for influence, trained in zip(comparison.laat.influence, comparison.trained, strict=True):
        assert not set(groups[influence != 0]) & set(groups[trained])
    assert sum(comparison.n_test) == 150


def test_studies_keep_patients_together():
    curve = learning_curve(Plan(TASK, DESIGNS[0], Recipe(max_epochs=5)), SCORES, 3.0, n_jobs=1)
    assert curve.points
    assert Plan(TASK, DESIGNS[0], Recipe()).task.groups is not None


def test_a_look_is_at_other_patients():
    experiment = Experiment(TASK, DESIGNS[0], Recipe(), HoldOut(0.3, 1))
    found = look(experiment, experiment.compare(SCORES, 3.0))
    held_out = HoldOut(0.3, 1).positions(TASK)
    assert found.n_negative + found.n_positive == len(held_out)


def test_a_single_hospital_cannot_be_divided():
    table = TASK.table.assign(patient="one")
    task = replace(TASK, table=table)
    for design in DESIGNS:
        with pytest.raises(DesignError, match="group"):
            Experiment(task, design, Recipe())


def test_an_order_and_its_reverse_are_the_same_model_with_the_sign_turned():
    turned = TASK.with_columns(replace(TASK.column("pain"), order=TASK.column("pain").order[::-1]))
    one = Experiment(TASK, DESIGNS[0], Recipe()).compare(SCORES, 3.0)
    other = Experiment(turned, DESIGNS[0], Recipe()).compare(SCORES.edit({"pain": -8}), 3.0)
    np.testing.assert_allclose(one.laat.auc, other.laat.auc, atol=0.02)
    np.testing.assert_allclose(
        one.laat.attributions[:, 0], -other.laat.attributions[:, 0], atol=0.02
    )
    assert [feature.name for feature in features_of(turned)] == ["pain", "born", "size"]


def test_another_reference_date_is_the_same_model():
    later = TASK.with_columns(replace(TASK.column("born"), reference="2020-06-01"))
    one, other = (
        Experiment(task, DESIGNS[0], Recipe()).compare(SCORES, 3.0) for task in (TASK, later)
    )
    np.testing.assert_allclose(one.laat.auc, other.laat.auc, atol=1e-3)
