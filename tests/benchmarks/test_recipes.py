import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks import recipes
from benchmarks.accuracy import proposed_scores
from laat_core import Design, Experiment, load_dataset
from laat_core.model.networks import LinearModels


@pytest.fixture(scope="module")
def result():
    return recipes.measure(("diabetes",), shots=(1, 5), n_splits=1, batches=())


@pytest.mark.parametrize("hidden", [(), (5,)])
@pytest.mark.parametrize("scaling", ["standard", "minmax"])
def test_trial_agrees_with_the_experiment(hidden, scaling):
    task, design = load_dataset("heart"), Design(5, n_splits=3)
    recipe = replace(recipes.DEFAULT, hidden_layer_sizes=hidden, scaling=scaling)
    compared = Experiment(task, design, recipe).compare(proposed_scores(task), 100.0)
    # Not to the last bit: the batch is larger, and products are summed in another order.
    baseline, _, laat = recipes.Trial(task, design).auc(recipes.Variant(recipe))
    np.testing.assert_allclose(baseline, compared.baseline.auc, rtol=0, atol=1e-3)
    np.testing.assert_allclose(laat, compared.laat.auc, rtol=0, atol=1e-3)


def test_every_variant_is_tried_and_named(result):
    assert json.loads(json.dumps(result)) == result
    words = {cell["variant"] for cell in result["variants"]}
    assert words == {variant.words for variant in recipes.VARIANTS}
    assert len(words) == len(recipes.VARIANTS)


def test_document_says_why(result):
    text = recipes.document(result)
    assert "## Why it is what it is" in text
    assert "| **default**" in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 100


def test_start_is_scaled():
    models = LinearModels(torch.ones(2, 1, 3), torch.ones(2, 1, 1))
    assert all((p == 0.5).all() for p in recipes.scaled(models, 0.5).parameters())


def test_long_table_is_sampled_the_same_way_each_time():
    task = load_dataset("adult")
    sample = recipes.few_rows(task)
    assert len(sample.table) == recipes.MOST_ROWS
    assert sample.table.equals(recipes.few_rows(task).table)
    assert recipes.few_rows(load_dataset("heart")).table.shape == (303, 14)
