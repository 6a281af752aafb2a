import json
from dataclasses import replace

import numpy as np
import pytest

from laat_core import Design, Experiment, Recipe, load_biases, load_dataset, load_proposal
from laat_core.datasets.biases import FOLDER

TABLES = ("heart", "diabetes", "south_german_credit", "adult")


@pytest.mark.parametrize("name", TABLES)
def test_presets_are_told_in_words_and_fit_their_table(name):
    task, presets = load_dataset(name), load_biases(name)
    assert presets
    assert len({preset.title for preset in presets}) == len(presets)
    for preset in presets:
        assert preset.title
        assert preset.why.endswith(".")
        assert task.column(preset.column)
        assert {c.column for step in preset.bias.steps for c in step.conditions} == {preset.column}
        assert all(step.rows(task).any() for step in preset.bias.steps)
        assert preset.bias.words(task)


@pytest.mark.parametrize("name", TABLES)
def test_files_are_as_a_bias_is_written(name):
    content = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    presets = load_biases(name)
    assert [one["bias"] for one in content] == [preset.bias.to_dict() for preset in presets]


@pytest.mark.parametrize("name", ["credit", "wine", "nothing", "../tables/heart"])
def test_other_tables_have_none(name):
    assert load_biases(name) == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_the_first_preset_turns_the_tell_tale_feature_and_the_scores_hold(name):
    task, preset = load_dataset(name), load_biases(name)[0]
    experiment = Experiment(task, Design(None, n_splits=2), Recipe(), bias=preset.bias)
    comparison = experiment.compare(load_proposal(name).scores)
    assert comparison.difference.mean() > 0.1
    (position,) = (
        number
        for number, feature in enumerate(experiment.encoder.features_)
        if feature.column == preset.column
    )
    told, held = (
        np.sign(model.attributions[:, position]) for model in (comparison.baseline, comparison.laat)
    )
    assert (told == -held).all()


def test_with_income_tied_to_sex_the_baseline_falls_and_the_scores_hold():
    task = load_dataset("adult")
    sample = replace(task, table=task.table.sample(10_000, random_state=0, ignore_index=True))
    bias = load_biases("adult")[0].bias
    experiment = Experiment(sample, Design(None, n_splits=2), Recipe(), bias=bias)
    comparison = experiment.compare(load_proposal("adult").scores)
    assert comparison.baseline.auc_mean == pytest.approx(0.53, abs=0.03)
    assert comparison.laat.auc_mean == pytest.approx(0.88, abs=0.015)


def test_no_preset_uses_a_column_that_hides_the_sex():
    # Single men and women who are not single share one level of personal_status.
    columns = {preset.column for preset in load_biases("south_german_credit")}
    assert columns == {"duration", "age"}
