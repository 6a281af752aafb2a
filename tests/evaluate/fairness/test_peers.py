from dataclasses import replace

import numpy as np
import pytest
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score, roc_auc_score

from laat_core import Design, Experiment, Recipe, load_biases, load_dataset, load_proposal
from laat_core.errors import DataError, StoppedError
from laat_core.evaluate.fairness.asked import asked_rows
from laat_core.evaluate.fairness.peers import (
    DISPARITIES,
    PEERS,
    Fittable,
    fair_peers,
    fittable,
    model_standing,
)
from laat_core.evaluate.groups import group_rows

pytestmark = pytest.mark.slow

TASK, SCORES = load_dataset("heart"), load_proposal("heart").scores
GROUPS = group_rows(TASK, "sex")


@pytest.fixture(scope="module")
def experiment():
    return Experiment(TASK, Design(shots=None, n_splits=2, test_share=0.5), Recipe(max_epochs=20))


@pytest.fixture(scope="module")
def peers(experiment):
    return {peer.name: peer for peer in fair_peers(experiment, GROUPS)}


def figures_of(codes, labels, selected):
    chosen = selected.astype(int)
    return {
        "accuracy": accuracy_score(labels, chosen),
        "balanced_accuracy": balanced_accuracy_score(labels, chosen),
        "demographic_parity_difference": demographic_parity_difference(
            labels, chosen, sensitive_features=codes
        ),
        "equalized_odds_difference": equalized_odds_difference(
            labels, chosen, sensitive_features=codes
        ),
    }


def test_a_model_stands_where_its_decisions_at_one_half_put_it(experiment):
    models = experiment.compare(SCORES, 10.0).laat.models
    asked = asked_rows(experiment, models, GROUPS)
    found = model_standing("LAAT model", GROUPS, asked)
    assert found.name == "LAAT model"
    each = [figures_of(part.codes, part.labels, part.logits >= 0) for part in asked]
    for name in each[0]:
        expected = np.mean([figures[name] for figures in each])
        assert found.figures[name].mean == pytest.approx(expected, abs=1e-12)
    areas = [roc_auc_score(part.labels, part.logits) for part in asked]
    assert found.figures["auc"].mean == pytest.approx(np.mean(areas))
    assert found.figures["auc"].band == pytest.approx(np.percentile(areas, (10, 90)))


def test_the_first_is_plain_logistic_regression_on_the_same_rows(experiment, peers):
    each = []
    for number, split in enumerate(experiment.splits):
        train, labels, test, truth = experiment.values(number)
        np.testing.assert_allclose(train, experiment.train_rows[number], rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(labels, TASK.labels[split.train])
        model = LogisticRegression(max_iter=1000, tol=1e-8).fit(train, labels)
        each.append(figures_of(GROUPS.codes[split.test], truth, model.predict(test) == 1))
    for name in each[0]:
        expected = np.mean([figures[name] for figures in each])
        assert peers[PEERS[0]].figures[name].mean == pytest.approx(expected)
    assert peers[PEERS[0]].figures["auc"].mean > 0.8


def test_each_fair_one_has_less_of_its_disparity(peers):
    assert tuple(peers) == PEERS
    plain = peers[PEERS[0]].figures["demographic_parity_difference"].mean
    for name in ("Reduction to demographic parity", "Thresholds for demographic parity"):
        assert peers[name].figures["demographic_parity_difference"].mean < plain - 0.1
    for name in PEERS[1:]:
        figures = peers[name].figures
        assert figures["balanced_accuracy"].mean > 0.7
        assert figures["auc"].mean is None
        assert "no score" in figures["auc"].reason
        assert all(figures[gap].n_splits == 2 for gap in DISPARITIES)


def test_again_they_decide_alike_and_splits_may_be_fewer(experiment):
    shares = []
    once = fair_peers(experiment, GROUPS, n_splits=1, on_progress=shares.append)
    again = fair_peers(experiment, GROUPS, n_splits=1)
    assert shares == [1.0]
    assert once == again
    assert all(value.n_splits <= 1 for peer in once for value in peer.figures.values())


def test_they_end_when_nobody_wants_them(experiment):
    def end(share):
        assert share == 0.5
        raise StoppedError("enough")

    with pytest.raises(StoppedError):
        fair_peers(experiment, GROUPS, on_progress=end)


def test_too_few_training_rows_for_a_fair_one_are_said():
    experiment = Experiment(TASK, Design(shots=1, n_splits=2), Recipe(max_epochs=1))
    plain, *fair = fair_peers(experiment, GROUPS)
    assert plain.figures["balanced_accuracy"].n_splits == 2
    for peer in fair:
        for value in peer.figures.values():
            assert value.mean is None
            assert "Take more training rows" in value.reason


def test_whether_fair_ones_can_be_fitted_is_known_beforehand(experiment):
    assert fittable(experiment, GROUPS) == Fittable(2, 2, {})
    with pytest.raises(DataError, match="The groups are of"):
        fittable(experiment, replace(GROUPS, codes=GROUPS.codes[:5]))
    codes = np.arange(len(GROUPS.codes)) % 30
    many = replace(GROUPS, names=tuple(map(str, range(30))), codes=codes)
    assert fittable(experiment, many) == Fittable(0, 0, {})


def test_a_group_of_one_class_is_named_with_its_splits():
    # Of one training row per class at least one sex lacks a class.
    experiment = Experiment(TASK, Design(shots=1, n_splits=6), Recipe(max_epochs=1))
    lacking = {}
    for split in experiment.splits:
        for code, name in enumerate(GROUPS.names):
            classes = TASK.labels[split.train[GROUPS.codes[split.train] == code]]
            lacking[name] = lacking.get(name, 0) + (len(np.unique(classes)) < 2)
    found = fittable(experiment, GROUPS)
    assert found.n_splits == 0
    assert found.one_class == {name: often for name, often in lacking.items() if often}


def test_a_bias_of_full_strength_leaves_no_fair_one_and_a_weaker_one_does():
    design, recipe = Design(shots=None, n_splits=2, test_share=0.5), Recipe(max_epochs=1)
    bias = load_biases("heart")[0].bias
    full = Experiment(TASK, design, recipe, bias=bias)
    assert fittable(full, GROUPS) == Fittable(0, 2, {"female": 2, "male": 2})
    half = replace(bias, steps=(replace(bias.steps[0], strength=0.5),))
    assert fittable(Experiment(TASK, design, recipe, bias=half), GROUPS).n_splits == 2


def test_rows_of_small_groups_have_no_part():
    codes = GROUPS.codes.copy()
    codes[:10] = 2
    three = replace(GROUPS, names=("female", "male", "other"), codes=codes)
    experiment = Experiment(
        TASK, Design(shots=None, n_splits=1, test_share=0.5), Recipe(max_epochs=1)
    )
    asked = asked_rows(experiment, experiment.baseline.models, three)
    found = model_standing("Baseline", three, asked)
    (part,) = asked
    inside = part.codes != 2
    expected = figures_of(part.codes[inside], part.labels[inside], part.logits[inside] >= 0)
    for name, value in expected.items():
        assert found.figures[name].mean == pytest.approx(value, abs=1e-12)
    for peer in fair_peers(experiment, three):
        assert peer.figures["equalized_odds_difference"].mean is not None


def test_without_groups_to_compare_nothing_stands_anywhere(experiment):
    many = replace(
        GROUPS, names=tuple(map(str, range(30))), codes=np.arange(len(GROUPS.codes)) % 30
    )
    for peer in fair_peers(experiment, many, n_splits=1):
        assert all(value.mean is None and value.reason for value in peer.figures.values())


def test_groups_of_another_table_are_refused(experiment):
    with pytest.raises(DataError, match="The groups are of"):
        fair_peers(experiment, replace(GROUPS, codes=GROUPS.codes[:5]))
