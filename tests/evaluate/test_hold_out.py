import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from laat_core import (
    PROTOCOLS,
    Design,
    Experiment,
    HoldOut,
    Recipe,
    load_dataset,
    load_proposal,
)
from laat_core.errors import DataError, DesignError
from laat_core.evaluate.conflicts import conflicts
from laat_core.evaluate.hold_out import Look, corrected_level, look
from laat_core.evaluate.intervals import bootstrap, delong
from tests.held_out import with_labels_exchanged

HEART, SCORES = load_dataset("heart"), load_proposal("heart").scores
HOLD_OUT = HoldOut(0.2, 3)
DESIGN = Design(20, n_splits=3)
RECIPES = [Recipe(), PROTOCOLS["paper"], Recipe(hidden_layer_sizes=(8,), max_epochs=20)]


@pytest.fixture(scope="module")
def experiment():
    return Experiment(HEART, DESIGN, Recipe(), HOLD_OUT)


@pytest.fixture(scope="module")
def comparison(experiment):
    return experiment.compare(SCORES, 3)


def test_no_split_has_a_row_that_is_held_out(experiment):
    seen = np.delete(np.arange(len(HEART.labels)), HOLD_OUT.rows(HEART.labels))
    for split in experiment.splits:
        both = sorted([*split.train, *split.test])
        assert both == list(range(len(seen)))
    assert experiment.task.labels.tolist() == HEART.labels[seen].tolist()


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("design", [DESIGN, Design(None, 0.3, n_splits=2)])
def test_labels_of_rows_held_out_change_nothing(recipe, design):
    tasks = HEART, with_labels_exchanged(HEART, HOLD_OUT)
    found = [Experiment(task, design, recipe, HOLD_OUT) for task in tasks]
    results = [one.compare(SCORES, 3).to_dict() | {"seconds": 0} for one in found]
    assert results[0] == results[1]
    assert found[0].evidence == found[1].evidence
    assert conflicts(found[0], SCORES) == conflicts(found[1], SCORES)
    # And without a hold-out they would.
    without = [Experiment(task, design, recipe).compare(SCORES, 3) for task in tasks]
    assert without[0].laat.auc.tolist() != without[1].laat.auc.tolist()


def test_scaling_is_by_all_rows_as_it_needs_no_label(experiment):
    row = HEART.table.iloc[[0]]
    encoded = experiment.encoder.transform(row).to_numpy()
    without = Experiment(HEART, DESIGN, Recipe())
    assert experiment.scale(encoded).tolist() == without.scale(encoded).tolist()


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_look_is_what_the_first_splits_models_make_of_the_rows(recipe):
    experiment = Experiment(HEART, DESIGN, recipe, HOLD_OUT)
    comparison = experiment.compare(SCORES, 3)
    found = look(experiment, comparison)
    rows = HOLD_OUT.rows(HEART.labels)
    labels = HEART.labels[rows]
    encoded = experiment.encoder.transform(HEART.table.iloc[rows]).to_numpy()
    X = experiment.scale(encoded)[:1]
    logits = {
        name: model.models.select(slice(1)).double().logits(X)[0].float().numpy()
        for name, model in comparison.models.items()
    }
    for name, values in logits.items():
        assert getattr(found, name) == pytest.approx(roc_auc_score(labels, values), abs=1e-12)
    paired = labels, logits["laat"], logits["baseline"]
    assert found.difference == pytest.approx(found.laat - found.baseline, abs=1e-12)
    assert (found.n_negative, found.n_positive) == (33, 28)
    assert found.delong == delong(*paired).interval
    assert found.bootstrap == bootstrap(*paired).interval
    assert found.p_value == delong(*paired).p_value
    assert found.n_train == sum(comparison.n_train) == 40


@pytest.mark.slow
def test_the_corrected_interval_is_the_bootstraps(experiment, comparison):
    labels = HEART.labels[HOLD_OUT.rows(HEART.labels)]
    rows = HEART.table.iloc[HOLD_OUT.rows(HEART.labels)]
    X = experiment.scale(experiment.encoder.transform(rows).to_numpy(), n_splits=1)
    laat, baseline = (
        comparison.models[name].models.select(slice(1)).double().logits(X)[0].float().numpy()
        for name in ("laat", "baseline")
    )
    for number in (1, 3):
        found = look(experiment, comparison, number)
        level = corrected_level(number)
        assert found.corrected_by == "bootstrap"
        assert found.corrected == bootstrap(labels, laat, baseline, level=level).interval
        assert found.corrected != delong(labels, laat, baseline, level).interval


@pytest.mark.slow
def test_the_more_looks_the_wider_the_corrected_interval(experiment, comparison):
    widths = [np.diff(look(experiment, comparison, n).corrected).item() for n in (1, 2, 4, 8)]
    assert widths == sorted(set(widths))
    assert np.diff(look(experiment, comparison).bootstrap) < widths[0]


def test_the_chances_to_miss_add_up_to_five_percent():
    chances = [1 - corrected_level(number) for number in range(1, 10_001)]
    assert sum(chances) == pytest.approx(0.05 * (1 - 1 / 10_001), abs=1e-9)


def test_equal_models_differ_by_nothing(experiment):
    found = look(experiment, experiment.compare(SCORES, 0))
    assert (found.difference, found.laat) == (0, found.baseline)
    assert Look.from_dict(found.to_dict()) == found


def test_scores_of_zero_rank_nothing_alone(experiment):
    zeros = experiment.compare(SCORES.edit(dict.fromkeys(SCORES.features, 0)))
    assert look(experiment, zeros).scores_alone == 0.5


def test_a_table_with_rows_without_a_label(comparison):
    table = HEART.table.copy()
    table.loc[::5, "heart_disease"] = None
    task = replace(HEART, table=table)
    experiment = Experiment(task, DESIGN, Recipe(), HOLD_OUT)
    found = look(experiment, experiment.compare(SCORES, 3))
    rows = HOLD_OUT.rows(task.labels)
    assert found.n_positive == task.labels[rows].sum()
    with pytest.raises(DataError, match="not of these data"):
        look(Experiment(task, DESIGN, Recipe(), HoldOut(0.3)), comparison)


def test_without_a_hold_out_there_is_nothing_to_look_at(comparison):
    with pytest.raises(DesignError, match="No rows are held out"):
        look(Experiment(HEART, DESIGN, Recipe()), comparison)


def test_models_that_were_not_kept_cannot_look(experiment, comparison):
    gone = replace(comparison, laat=replace(comparison.laat, models=None))
    with pytest.raises(DataError, match="no models any more"):
        look(experiment, gone)


def test_a_comparison_says_what_was_held_out(comparison):
    assert comparison.to_dict()["hold_out"] == {"share": 0.2, "seed": 3}
    assert comparison.n_held_out == 61


# Kept and read again


@pytest.fixture(scope="module")
def document(experiment, comparison):
    return json.loads(json.dumps(look(experiment, comparison, 2).to_dict()))


def test_a_look_is_read_as_it_was_written(experiment, comparison, document):
    assert Look.from_dict(document) == look(experiment, comparison, 2)
    assert Look.from_dict({**document, "delong": None, "p_value": None}).delong is None


def test_a_look_from_before_the_bootstrap_is_read_as_delongs(document):
    before = {k: v for k, v in document.items() if k not in {"corrected_by", "n_train"}}
    found = Look.from_dict(before)
    assert (found.corrected_by, found.n_train) == ("DeLong", None)
    assert found.corrected == tuple(document["corrected"])


@pytest.mark.parametrize("document_", [None, [], {}, "look"])
def test_what_is_no_look_is_refused(document_):
    with pytest.raises(DataError, match="in a form"):
        Look.from_dict(document_)


@pytest.mark.parametrize(
    "part",
    [
        {"number": 0},
        {"number": 1.5},
        {"number": True},
        {"n_positive": -1},
        {"laat": 1.01},
        {"laat": None},
        {"baseline": "high"},
        {"scores_alone": float("nan")},
        {"difference": -1.5},
        {"p_value": 2},
        {"p_value": []},
        {"delong": [0.1]},
        {"delong": [0.2, 0.1]},
        {"delong": ["a", "b"]},
        {"bootstrap": [-2, 0]},
        {"corrected": 0.1},
        {"corrected_by": "luck"},
        {"corrected_by": []},
        {"n_train": 0},
        {"n_train": 3.5},
        {"delong": {"low": 0, "high": 1}},
    ],
)
def test_numbers_that_no_look_can_have_found_are_refused(document, part):
    with pytest.raises(DataError, match="A look was kept with"):
        Look.from_dict({**document, **part})
    more = {**document, "more": 1}
    with pytest.raises(DataError, match="in a form"):
        Look.from_dict(more)
