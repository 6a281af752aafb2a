"""Rows of the bias lab by group, against counts by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from laat_core import (
    Bias,
    Condition,
    DataError,
    Design,
    Experiment,
    ImportanceScores,
    Recipe,
    Step,
    make_task,
)
from laat_core.data.encoding import features_of
from ui.bias.lab import LabFindings, Pair
from ui.bias.story_rows import MISSING, divide, errors_by_group, n_turned, told_rows


@pytest.fixture
def task():
    generator = np.random.default_rng(0)
    age = generator.integers(20, 80, 120).astype(float)
    age[:6] = np.nan
    ward = [f"w{place % 12}" for place in range(120)]
    ill = np.where(generator.random(120) < 0.5, "yes", "no")
    return make_task(pd.DataFrame({"age": age, "ward": ward, "ill": ill}), "ill", "yes")


def bias_on(*conditions, kind="leave out", of_class="yes"):
    return Bias((Step(kind, conditions, 1.0, of_class),))


def test_numbers_are_divided_where_the_bias_divides_them(task):
    bias = bias_on(Condition("age", "at least", 30), Condition("age", "under", 50.5))
    groups = divide(task, bias, "age")
    assert groups.names == ("under 30", "30 to under 50.5", "50.5 or more", MISSING)
    age = task.table["age"]
    assert groups.sizes.tolist() == [
        (age < 30).sum(),
        ((age >= 30) & (age < 50.5)).sum(),
        (age >= 50.5).sum(),
        6,
    ]


def test_a_group_without_rows_is_left_out(task):
    assert divide(task, bias_on(Condition("age", "under", 500)), "age").names == (
        "under 500",
        MISSING,
    )


def test_of_many_levels_one_is_set_against_all_others(task):
    assert len(divide(task, Bias(()), "ward").names) == 12
    groups = divide(task, bias_on(Condition("ward", "is", "w3")), "ward")
    assert groups.names == ("is w3", "all others")
    assert groups.sizes.tolist() == [10, 110]


def test_without_a_condition_on_it_a_column_is_divided_as_usual(task):
    assert divide(task, bias_on(Condition("ward", "is", "w3")), "age").names[-1] == MISSING
    with pytest.raises(DataError):
        divide(task, Bias(()), "shoe")


def test_rows_are_counted_by_group_and_class(task):
    bias = bias_on(Condition("age", "under", 50))
    groups = divide(task, bias, "age")
    design = Design(None, n_splits=3)
    fair, biased = (Experiment(task, design, Recipe(), bias=one) for one in (None, bias))
    train = fair.splits[0].train
    by_hand = [
        [int(((groups.codes[train] == g) & (task.labels[train] == k)).sum()) for k in (0, 1)]
        for g in range(3)
    ]
    assert told_rows(fair, groups).tolist() == by_hand
    assert told_rows(biased, groups)[0, 1] == 0
    assert n_turned(fair) == n_turned(biased) == 0
    turned = Experiment(task, design, Recipe(), bias=Bias((Step("turn labels", ()),)))
    assert n_turned(turned) == len(turned.splits[0].train)


def test_errors_are_those_of_as_many_flagged_rows_as_are_positive(task):
    groups = divide(task, bias_on(Condition("age", "under", 50)), "age")
    experiment = Experiment(task, Design(None, n_splits=1), Recipe())
    names = [feature.name for feature in features_of(task)]
    pair = Pair(experiment, experiment.compare(ImportanceScores.zeros(names)))
    models = pair.comparison.baseline.models
    (labels, logits), *_ = experiment.test_logits(models)
    flagged = logits >= np.sort(logits)[-labels.sum()]
    codes = groups.codes[experiment.splits[0].test]
    # Nothing but the order counts: a model that is less sure of everything flags the same rows.
    less_sure = replace(models, bias=models.bias - 5)
    shifted = replace(pair.comparison.baseline, models=less_sure)
    again = Pair(experiment, replace(pair.comparison, baseline=shifted))
    before, after = errors_by_group(LabFindings(pair, again), "baseline", groups)
    assert before == after
    for group, errors in enumerate(before):
        inside = codes == group
        for label, found in ((0, errors.false_alarms), (1, errors.missed)):
            rows = inside & (labels == label)
            wrong = flagged[rows] != bool(label)
            assert found == (pytest.approx(wrong.mean()) if rows.any() else None)
        assert errors.small == groups.small[group]


def test_errors_without_the_bias_and_with_it_are_told_apart(task):
    bias = bias_on(Condition("age", "under", 50))
    groups, design = divide(task, bias, "age"), Design(None, n_splits=2)
    scores = ImportanceScores.zeros([feature.name for feature in features_of(task)])
    fair, biased = (
        Pair(made, made.compare(scores))
        for made in (Experiment(task, design, Recipe(), bias=one) for one in (None, bias))
    )
    found = errors_by_group(LabFindings(fair, biased), "laat", groups)
    assert found[0] != found[1]
    for place, pair in enumerate((fair, biased)):
        alone = errors_by_group(LabFindings(pair, pair), "laat", groups)
        assert alone == (found[place], found[place])
