from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from laat_core import Bias, Condition, ImportanceScores, Recipe, Step, make_task
from laat_core.data.encoding import features_of
from ui.bias.lab import FEWEST_OF_CLASS, MOST_ROWS, TRUST, Lab

BIAS = Bias((Step("tie", (Condition("age", "at least", 40),), of_class="yes"),))


def task_of(n_rows, n_positive=None, n_labelled=None):
    generator = np.random.default_rng(0)
    age = generator.normal(50, 10, n_rows)
    ill = np.where(age > 50, "yes", "no").astype(object)
    if n_positive is not None:
        ill[:] = "no"
        ill[:n_positive] = "yes"
    if n_labelled is not None:
        ill[n_labelled:] = None
    return make_task(pd.DataFrame({"age": age, "ill": ill}), "ill", "yes")


def found(lab, task, gamma=100.0):
    scores = ImportanceScores.zeros([f.name for f in features_of(task)]).edit({"age": 8.0})
    outcome = lab.outcome(task, scores, gamma, Recipe())
    assert not outcome.problem
    while outcome.found is None or outcome.old:
        outcome = lab.outcome(task, scores, gamma, Recipe())
    return outcome.found


def test_a_small_table_is_used_as_it_is():
    task = task_of(60)
    assert Lab().task(task) is task


def test_a_long_table_is_sampled_once_in_the_shares_of_the_classes():
    lab, task = Lab(), task_of(20_000)
    sample = lab.task(task)
    assert lab.task(task) is sample
    assert len(sample.labels) == pytest.approx(MOST_ROWS, abs=1)
    assert sample.labels.mean() == pytest.approx(task.labels.mean(), abs=1e-3)


@pytest.mark.parametrize(("n_positive", "kept"), [(12, 12), (500, FEWEST_OF_CLASS)])
def test_a_rare_class_stays_in_the_sample(n_positive, kept):
    sample = Lab().task(task_of(20_000, n_positive))
    assert int(sample.labels.sum()) == kept


def test_of_a_long_table_with_few_labels_all_these_rows_are_used():
    sample = Lab().task(task_of(20_000, n_labelled=200))
    assert len(sample.labels) == len(sample.table) == 200


def test_without_a_bias_both_are_the_same_models():
    lab, task = Lab(), task_of(100)
    fair = found(lab, task)
    assert fair.fair is fair.biased
    lab.put(BIAS, "age")
    biased = found(lab, task)
    assert biased.biased.experiment.bias == BIAS
    assert biased.fair.experiment is fair.fair.experiment


def test_the_fair_models_are_compared_again_only_where_they_change():
    lab, task = Lab(), task_of(100)
    before = found(lab, task).fair.comparison
    for strength in (1.0, 0.5):
        lab.put(Bias((replace(BIAS.steps[0], strength=strength),)), "age")
        findings = found(lab, task)
        assert findings.fair.comparison is before
        assert findings.biased.comparison.bias == lab.bias
    assert found(lab, task, gamma=1.0).fair.comparison.gamma == 1.0
    lab.moved = {"age": -8.0}
    assert found(lab, task).fair.comparison.target.tolist() == [-1.0]


def test_panels_follow_at_rest():
    lab, task = Lab(), task_of(100)
    rested = found(lab, task)
    assert lab.at_rest(rested) is rested
    lab.put(BIAS, "age")
    lab.held = True
    dragged = found(lab, task)
    assert lab.at_rest(dragged) is rested
    lab.held = False
    assert lab.at_rest(dragged) is dragged


def test_automatic_trust_is_full_trust_here():
    assert found(Lab(), task_of(100), "auto").fair.comparison.gamma == TRUST


def test_trust_in_single_features_is_that_of_the_workbench():
    lab, task = Lab(), task_of(100)
    scores = ImportanceScores.zeros([f.name for f in features_of(task)]).edit({"age": 8.0})
    outcome = lab.outcome(task, scores, 100.0, Recipe(), {"age": 0.1, "gone": 0.5})
    while outcome.found is None:
        outcome = lab.outcome(task, scores, 100.0, Recipe(), {"age": 0.1, "gone": 0.5})
    assert outcome.found.fair.comparison.feature_trust == {"age": 0.1}
