import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from torch.nn.functional import binary_cross_entropy_with_logits

from laat_core import (
    PROTOCOLS,
    DataError,
    Design,
    DesignError,
    Experiment,
    ImportanceScores,
    LaatError,
    Recipe,
    ScoreError,
    TableEncoder,
    compare,
    load_dataset,
    load_proposal,
    make_task,
)
from laat_core.evaluate import sampling, split_rows
from laat_core.model.networks import start

FAMILIES = pytest.mark.parametrize("hidden", [(), (6,)], ids=["linear", "hidden"])
EVERY_PROTOCOL = pytest.mark.parametrize("protocol", PROTOCOLS)
SCORES = ImportanceScores.from_mapping({"age": 8.0, "pulse": -2.0, "sex = male": 5.0})
DESIGN = Design(shots=4, n_splits=5)


def table(n_rows=60, seed=0):
    generator = np.random.default_rng(seed)
    values = pd.DataFrame(
        {
            "age": generator.normal(50, 10, n_rows),
            "pulse": generator.normal(70, 5, n_rows),
            "sex": generator.choice(["female", "male"], n_rows),
        }
    )
    risk = (values["age"] - 50) / 10 + (values["sex"] == "male") + generator.normal(size=n_rows)
    return values.assign(ill=np.where(risk > 0.5, "yes", "no"))


def task_of(values):
    return make_task(values, "ill", "yes")


@pytest.fixture
def task():
    return task_of(table())


def encode(task, both_levels=False):
    encoder = TableEncoder(task.columns, both_levels)
    return encoder.fit(task.labelled).transform(task.labelled).to_numpy()


def train_plainly(parameters, X, y, gamma, target, steps):
    """Train one network with autograd and torch's own Adam."""
    X = torch.from_numpy(X).float().requires_grad_()
    y, target = torch.from_numpy(y).float(), torch.from_numpy(target).float()
    parameters = [p.clone().requires_grad_() for p in parameters]
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        logits = plain_logits(parameters, X)
        (gradient,) = torch.autograd.grad(logits.sum(), X, create_graph=True)
        mean = gradient.mean(dim=0)
        loss = binary_cross_entropy_with_logits(logits, y)
        (loss + gamma * ((mean / mean.norm() - target) ** 2).mean()).backward()
        optimizer.step()
    return [p.detach() for p in parameters]


def plain_logits(parameters, X):
    *layer, weights, bias = parameters
    inner = torch.relu(X @ layer[0].T + layer[1]) if layer else X
    return inner @ weights[0] + bias[0]


@pytest.mark.slow
@FAMILIES
@EVERY_PROTOCOL
def test_every_split_is_trained_and_tested_as_a_plain_network(task, hidden, protocol):
    recipe = replace(PROTOCOLS[protocol], hidden_layer_sizes=hidden, max_epochs=50)
    experiment = Experiment(task, DESIGN, recipe)
    comparison = experiment.compare(SCORES, gamma=2.0)
    X, y = encode(task, recipe.both_levels), task.labels
    models = start(5, X.shape[1], hidden, torch.Generator().manual_seed(DESIGN.seed))
    for number, split in enumerate(experiment.splits):
        rows = X if recipe.scaling == "standard" else X[split.train]
        scaler = (StandardScaler if recipe.scaling == "standard" else MinMaxScaler)().fit(rows)
        for gamma, result in [(2.0, comparison.laat), (0.0, comparison.baseline)]:
            parameters = train_plainly(
                [p[number] for p in models.parameters()],
                scaler.transform(X[split.train]),
                y[split.train],
                gamma,
                comparison.target,
                steps=50,
            )
            test_rows = torch.from_numpy(scaler.transform(X[split.test])).float()
            logits = plain_logits(parameters, test_rows).numpy().round(5)
            area = roc_auc_score(y[split.test], logits)
            assert result.auc[number] == pytest.approx(area, abs=1e-9)


@EVERY_PROTOCOL
def test_scores_alone_are_the_target_as_weights(task, protocol):
    recipe = PROTOCOLS[protocol]
    experiment = Experiment(task, DESIGN, recipe)
    comparison = experiment.compare(SCORES)
    X = encode(task, recipe.both_levels)
    for area, split in zip(comparison.scores_alone.auc, experiment.splits, strict=True):
        if recipe.scaling == "standard":
            scaled = StandardScaler().fit_transform(X)
        else:
            scaled = MinMaxScaler().fit(X[split.train]).transform(X)
        expected = roc_auc_score(task.labels[split.test], (scaled @ comparison.target)[split.test])
        assert area == pytest.approx(expected, abs=1e-9)
    np.testing.assert_allclose(
        comparison.scores_alone.attributions, np.tile(comparison.target, (5, 1)), atol=1e-12
    )


def assert_ties_count_half(values, scores):
    task = task_of(values)
    experiment = Experiment(task, Design(shots=3, n_splits=10), Recipe())
    comparison = experiment.compare(ImportanceScores.from_mapping(scores))
    logits = StandardScaler().fit_transform(encode(task)) @ comparison.target
    for area, split in zip(comparison.scores_alone.auc, experiment.splits, strict=True):
        expected = roc_auc_score(task.labels[split.test], logits[split.test].round(9))
        assert area == pytest.approx(expected, abs=1e-12)


def test_rows_of_equal_values_tie_wherever_they_lie():
    generator = np.random.default_rng(0)
    patterns = generator.normal(size=(7, 30))
    values = pd.DataFrame(patterns[np.arange(203) % 7]).rename(columns="c{}".format)
    scores = {name: generator.uniform(-10, 10) for name in values}
    assert_ties_count_half(values.assign(ill=generator.choice(["no", "yes"], 203)), scores)


def test_rows_of_equal_sums_tie_in_whatever_order_they_are_added_up():
    generator = np.random.default_rng(0)
    some = pd.DataFrame(generator.normal(size=(100, 3)), columns=["a", "b", "c"])
    values = pd.concat([some, some.rename(columns={"a": "c", "c": "a"})], ignore_index=True)
    labels = generator.choice(["no", "yes"], 200)
    assert_ties_count_half(values.assign(ill=labels), {"a": 5.0, "b": -3.0, "c": 5.0})


@FAMILIES
@EVERY_PROTOCOL
def test_gamma_zero_is_the_baseline_to_the_bit(task, hidden, protocol):
    recipe = replace(PROTOCOLS[protocol], hidden_layer_sizes=hidden)
    comparison = compare(task, SCORES, 0.0, DESIGN, recipe)
    assert (comparison.difference == 0).all()
    assert comparison.n_ahead == 0
    np.testing.assert_array_equal(comparison.laat.attributions, comparison.baseline.attributions)


@EVERY_PROTOCOL
def test_without_scores_there_is_no_target_and_the_model_is_the_baseline(task, protocol):
    scores = ImportanceScores.zeros(SCORES.features)
    comparison = compare(task, scores, 100.0, DESIGN, PROTOCOLS[protocol])
    assert not comparison.has_target
    assert (comparison.difference == 0).all()
    assert (comparison.scores_alone.auc == 0.5).all()
    assert not comparison.scores_alone.attributions.any()


@FAMILIES
def test_results_have_their_shapes_and_bounds(task, hidden):
    comparison = compare(task, SCORES, 1.0, DESIGN, Recipe(hidden_layer_sizes=hidden))
    assert comparison.features == SCORES.features
    assert comparison.has_target
    for model in comparison.models.values():
        assert model.auc.shape == (5,)
        assert ((model.auc >= 0) & (model.auc <= 1)).all()
        curves = model.true_positive_rates
        assert curves.shape == (5, 101)
        assert ((curves >= 0) & (curves <= 1)).all()
        assert (np.diff(curves, axis=1) >= 0).all()
        assert (curves[:, -1] == 1).all()
        lengths = np.linalg.norm(model.attributions, axis=1)
        np.testing.assert_allclose(lengths, 1, atol=1e-6)


@FAMILIES
@EVERY_PROTOCOL
def test_large_gamma_follows_the_scores(task, hidden, protocol):
    recipe = replace(PROTOCOLS[protocol], hidden_layer_sizes=hidden)
    comparison = compare(task, SCORES, 100.0, DESIGN, recipe)
    assert (comparison.laat.attributions @ comparison.target > 0.97).all()


def test_baseline_is_trained_once(task):
    experiment = Experiment(task, DESIGN, Recipe())
    first, second = experiment.compare(SCORES), experiment.compare(SCORES.flipped(), 3.0)
    assert first.baseline is second.baseline
    assert not np.array_equal(first.laat.auc, second.laat.auc)


class EndedError(Exception):
    """What a listener raises to end a comparison."""


@FAMILIES
def test_progress_is_the_share_of_passes_and_repeats_while_testing(task, hidden):
    experiment = Experiment(task, DESIGN, Recipe(hidden_layer_sizes=hidden, max_epochs=4))
    first, second = [], []
    compared = experiment.compare(SCORES, on_progress=first.append)
    experiment.compare(SCORES, on_progress=second.append)
    tested = [1.0] * 5
    assert first == [1 / 8, 2 / 8, 3 / 8, 4 / 8] + [0.5] * 5 + [
        5 / 8, 6 / 8, 7 / 8, 1.0, *tested, *tested,
    ]  # fmt: skip
    assert second == [0.25, 0.5, 0.75, 1.0, *tested, *tested]
    silent = compare(task, SCORES, design=DESIGN, recipe=experiment.recipe)
    assert silent.to_dict() | {"seconds": 0} == compared.to_dict() | {"seconds": 0}


@pytest.mark.slow
@EVERY_PROTOCOL
def test_a_comparison_ended_at_any_moment_leaves_nothing_half_made(task, protocol):
    recipe = replace(PROTOCOLS[protocol], max_epochs=3)
    expected = compare(task, SCORES, 1.0, DESIGN, recipe).to_dict() | {"seconds": 0}
    moments = []
    Experiment(task, DESIGN, recipe).compare(SCORES, 1.0, on_progress=moments.append)
    for last in range(len(moments)):
        experiment, seen = Experiment(task, DESIGN, recipe), []

        def stop(share, seen=seen, last=last):
            seen.append(share)
            if len(seen) > last:
                raise EndedError

        with pytest.raises(EndedError):
            experiment.compare(SCORES, 1.0, on_progress=stop)
        assert len(seen) == last + 1
        assert experiment.compare(SCORES, 1.0).to_dict() | {"seconds": 0} == expected


@FAMILIES
def test_the_trained_models_are_kept_and_give_the_areas(task, hidden):
    experiment = Experiment(task, DESIGN, Recipe(hidden_layer_sizes=hidden))
    comparison = experiment.compare(SCORES, 3.0)
    X = torch.from_numpy(StandardScaler().fit_transform(encode(task)))[None]
    for result in comparison.models.values():
        logits = result.models.double().logits(X).float().numpy()
        for number, split in enumerate(experiment.splits):
            area = roc_auc_score(task.labels[split.test], logits[number, split.test])
            assert result.auc[number] == pytest.approx(area, abs=1e-9)
    assert "tensor" not in repr(comparison)


@pytest.fixture
def few(monkeypatch):
    """Samples small enough for the test's tables: 20 rows, 6 of a class at least."""
    monkeypatch.setattr(sampling, "MOST_TEST_ROWS", 20)
    monkeypatch.setattr(sampling, "FEWEST_OF_A_CLASS", 6)


@pytest.mark.usefixtures("few")
@FAMILIES
@EVERY_PROTOCOL
def test_a_sampled_comparison_tests_the_same_models_on_some_test_rows(task, hidden, protocol):
    recipe = replace(PROTOCOLS[protocol], hidden_layer_sizes=hidden, max_epochs=20)
    experiment = Experiment(task, DESIGN, recipe)
    whole = experiment.compare(SCORES, 1.0)
    some = experiment.compare(SCORES, 1.0, sampled=True)
    assert (whole.sampled, some.sampled) == (False, True)
    assert sum(some.n_test) == 20
    X = encode(task, recipe.both_levels)
    for name, result in some.models.items():
        same = whole.models[name]
        np.testing.assert_array_equal(result.attributions, same.attributions)
        for number, split in enumerate(experiment.splits):
            rows = experiment._samples[number]
            assert len(set(rows)) == 20
            assert set(rows) <= set(split.test)
            fitted_on = X if recipe.scaling == "standard" else X[split.train]
            scaler = StandardScaler() if recipe.scaling == "standard" else MinMaxScaler()
            scaled = torch.from_numpy(scaler.fit(fitted_on).transform(X[rows]))[None]
            one = same.models.select(slice(number, number + 1)).double()
            area = roc_auc_score(task.labels[rows], one.logits(scaled)[0].float().numpy())
            assert result.auc[number] == pytest.approx(area, abs=1e-9)


@pytest.mark.usefixtures("few")
def test_the_sample_stays_the_same_and_the_baseline_is_trained_once_for_both(task):
    experiment = Experiment(task, DESIGN, Recipe(max_epochs=5))
    told = []
    first = experiment.compare(SCORES, sampled=True, on_progress=told.append)
    second = experiment.compare(SCORES.flipped(), 3.0, sampled=True)
    assert 0.5 in told
    assert second.baseline is first.baseline
    told.clear()
    whole = experiment.compare(SCORES, on_progress=told.append)
    assert told[:5] == [0.0] * 5  # tested on all rows, not trained again
    assert whole.baseline is experiment.baseline
    assert whole.baseline.models is first.baseline.models
    again = Experiment(task, DESIGN, Recipe(max_epochs=5)).compare(SCORES, sampled=True)
    assert again.to_dict() | {"seconds": 0} == first.to_dict() | {"seconds": 0}


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("n_positive", "n_test"),
    [(10, (14, 6)), (30, (14, 6)), (50, (10, 10)), (75, (6, 14)), (95, (4, 16))],
)
def test_a_sample_is_drawn_by_class_with_some_of_each(n_positive, n_test):
    values = table(100).assign(ill=np.where(np.arange(100) < n_positive, "yes", "no"))
    experiment = Experiment(task_of(values), Design(shots=1, n_splits=2), Recipe(max_epochs=1))
    assert experiment.compare(SCORES, sampled=True).n_test == n_test


def test_few_test_rows_are_all_taken_in_a_sampled_comparison(task):
    experiment = Experiment(task, DESIGN, Recipe(max_epochs=5))
    whole, some = (experiment.compare(SCORES, sampled=sampled) for sampled in (False, True))
    assert not some.sampled
    assert some.baseline is whole.baseline
    assert some.to_dict() | {"seconds": 0} == whole.to_dict() | {"seconds": 0}


@FAMILIES
@pytest.mark.parametrize("batch_size", [None, 3])
def test_a_comparison_is_repeated_to_the_bit(task, hidden, batch_size):
    recipe = Recipe(hidden_layer_sizes=hidden, batch_size=batch_size, max_epochs=20)
    first, second = (compare(task, SCORES, 1.0, DESIGN, recipe).to_dict() for _ in range(2))
    assert first | {"seconds": 0} == second | {"seconds": 0}
    other = compare(task, SCORES, 1.0, replace(DESIGN, seed=1), recipe).to_dict()
    assert other["models"] != first["models"]


def test_defaults_are_those_documented(task):
    comparison = compare(task, SCORES)
    assert (comparison.gamma, comparison.design, comparison.recipe) == (100.0, Design(), Recipe())
    assert comparison.design.shots == 5
    assert len(comparison.difference) == 20


@EVERY_PROTOCOL
def test_labels_of_test_rows_are_not_trained_on(task, protocol, monkeypatch):
    splits = Experiment(task, DESIGN, Recipe()).splits[:1]
    # The rows are drawn by class, so that other labels would give other splits.
    monkeypatch.setattr(split_rows, "make_splits", lambda *_: splits)
    values = task.table.copy()
    rows = splits[0].test
    values.loc[rows, "ill"] = np.where(values.loc[rows, "ill"] == "yes", "no", "yes")
    before, after = (
        compare(t, SCORES, 1.0, DESIGN, PROTOCOLS[protocol]) for t in (task, task_of(values))
    )
    for name in ("laat", "baseline", "scores_alone"):
        one, other = before.models[name], after.models[name]
        np.testing.assert_array_equal(one.attributions, other.attributions)
        np.testing.assert_allclose(one.auc, 1 - other.auc)


def test_minmax_looks_at_training_rows_only(task):
    design = Design(shots=4, n_splits=1)
    values = task.table.copy()
    rows = Experiment(task, design, PROTOCOLS["paper"]).splits[0].test
    values.loc[rows, ["age", "pulse"]] *= -3.0
    before, after = (
        compare(t, SCORES, 1.0, design, PROTOCOLS["paper"]) for t in (task, task_of(values))
    )
    for name in ("laat", "baseline"):
        np.testing.assert_array_equal(
            before.models[name].attributions, after.models[name].attributions
        )


def test_standard_scaling_looks_at_all_rows_and_at_no_label(task):
    values = task.table.copy()
    values["ill"] = values["ill"].sample(frac=1, random_state=0).to_numpy()
    shuffled = task_of(values)
    experiment = Experiment(shuffled, DESIGN, Recipe())
    comparison = experiment.compare(SCORES)
    ranks = StandardScaler().fit_transform(encode(task)) @ comparison.target
    for area, split in zip(comparison.scores_alone.auc, experiment.splits, strict=True):
        expected = roc_auc_score(shuffled.labels[split.test], ranks[split.test])
        assert area == pytest.approx(expected, abs=1e-9)


def test_paper_recipe_has_both_flags_with_mirrored_scores(task):
    comparison = compare(task, SCORES, 100.0, DESIGN, PROTOCOLS["paper"])
    assert comparison.features == ("age", "pulse", "sex = female", "sex = male")
    scores = np.array([8.0, -2.0, -5.0, 5.0])
    np.testing.assert_allclose(comparison.target, scores / np.linalg.norm(scores))


def test_score_transform_of_the_recipe_is_used(task):
    comparison = compare(task, SCORES, 1.0, DESIGN, Recipe(score_transform="exp"))
    sharp = np.array([np.exp(8.0), -np.exp(2.0), np.exp(5.0)])
    np.testing.assert_allclose(comparison.target, sharp / np.linalg.norm(sharp))


def test_held_out_share_counts_rows_by_class(task):
    comparison = compare(task, SCORES, 1.0, Design(shots=None, test_share=0.25, n_splits=2))
    assert sum(comparison.n_train) == 45
    assert sum(comparison.n_test) == 15
    positive = int(task.labels.sum())
    assert comparison.n_train[1] + comparison.n_test[1] == positive
    assert (comparison.outcome, comparison.opposite) == ("ill = yes", "ill = no")


def test_rows_without_a_label_are_neither_trained_on_nor_tested_but_scaled_with(task):
    others = task.table.head(30).assign(ill=None, age=1000.0)
    values = pd.concat([task.table, others], ignore_index=True)
    experiment = Experiment(task_of(values), DESIGN, PROTOCOLS["default"])
    comparison = experiment.compare(SCORES, 1.0)
    assert sum(comparison.n_train) + sum(comparison.n_test) == 60
    every = TableEncoder(task.columns).fit(values).transform(values)
    scaled = StandardScaler().fit(every).transform(every)[:60]
    for area, split in zip(comparison.scores_alone.auc, experiment.splits, strict=True):
        logits = scaled[split.test] @ comparison.target
        assert area == pytest.approx(roc_auc_score(task.labels[split.test], logits), abs=1e-9)


def test_levels_of_rows_without_a_label_are_features(task):
    others = task.table.head(3).assign(ill=None, sex="not said")
    values = pd.concat([task.table, others], ignore_index=True)
    names = [f.name for f in Experiment(task_of(values), DESIGN, Recipe()).encoder.features_]
    assert "sex = not said" in names


def test_a_comparison_survives_json(task):
    content = compare(task, SCORES, np.float32(2), DESIGN, PROTOCOLS["paper"]).to_dict()
    assert json.loads(json.dumps(content, allow_nan=False))["gamma"] == 2.0
    assert len(content["models"]["laat"]["auc"]["per_split"]) == 5
    assert set(content["models"]["laat"]["attributions"]) == {
        "age", "pulse", "sex = female", "sex = male",
    }  # fmt: skip


@pytest.mark.parametrize("gamma", [-1, np.nan, np.inf, 1e30, "100", None])
def test_gamma_that_is_no_weight_is_refused(task, gamma):
    with pytest.raises(DesignError, match="gamma is "):
        compare(task, SCORES, gamma, DESIGN)


def test_scores_that_do_not_fit_are_refused(task):
    with pytest.raises(ScoreError, match="'sex = male'"):
        compare(task, ImportanceScores.from_mapping({"age": 1.0, "pulse": 1.0}))
    with pytest.raises(ScoreError, match="'weight'"):
        compare(task, ImportanceScores.from_mapping(SCORES.as_dict() | {"weight": 1.0}))
    with pytest.raises(ScoreError, match="Unknown score transform"):
        compare(task, SCORES, recipe=Recipe(score_transform="cubic"))


def test_more_training_rows_than_there_are_is_refused(task):
    with pytest.raises(LaatError):
        compare(task, SCORES, design=Design(shots=40))


@EVERY_PROTOCOL
@pytest.mark.parametrize("size", [1e154, 1e200, 1e308])
def test_values_too_large_to_scale_are_refused_by_name(task, protocol, size):
    values = task.table.assign(pulse=np.where(task.table["pulse"] > 70, size, -size))
    with pytest.raises(DataError, match="'pulse' are too large"):
        compare(task_of(values), SCORES, 1.0, DESIGN, PROTOCOLS[protocol])


@EVERY_PROTOCOL
@pytest.mark.parametrize("size", [1e-300, 1e-30, 1e30, 1e120])
def test_the_unit_of_a_column_does_not_break_a_comparison(task, protocol, size):
    values = task.table.assign(pulse=task.table["pulse"] * size)
    values.loc[values.index[-1], "pulse"] = 1.0
    for model in compare(task_of(values), SCORES, 1.0, DESIGN, PROTOCOLS[protocol]).models.values():
        assert np.isfinite(model.auc).all()
        assert np.isfinite(model.attributions).all()


@EVERY_PROTOCOL
def test_a_column_that_is_constant_in_training_is_no_problem(task, protocol):
    values = task.table.assign(pulse=70.0)
    values.loc[values.index[-1], "pulse"] = 90.0
    comparison = compare(task_of(values), SCORES, 1.0, DESIGN, PROTOCOLS[protocol])
    assert np.isfinite(comparison.laat.auc).all()


@pytest.mark.parametrize("name", ["heart", "diabetes", "south_german_credit", "credit", "adult"])
def test_recorded_scores_beat_the_baseline_where_labels_are_few(name):
    task = load_dataset(name)
    if name == "adult":
        task = replace(task, table=task.table.sample(4000, random_state=0, ignore_index=True))
    comparison = compare(task, load_proposal(name).scores, 100.0, Design(shots=5, n_splits=20))
    assert comparison.difference.mean() >= 0.05


@pytest.mark.slow
def test_more_splits_than_memory_holds_are_refused_before_they_are_made():
    task, design = load_dataset("adult"), Design(shots=None, n_splits=300)
    with pytest.raises(DesignError, match="Choose fewer splits"):
        Experiment(task, design, Recipe())


@FAMILIES
def test_the_logits_of_the_test_rows_give_the_areas(task, hidden):
    experiment = Experiment(task, DESIGN, Recipe(hidden_layer_sizes=hidden))
    result = experiment.compare(SCORES, 3.0).laat
    pairs = list(experiment.test_logits(result.models))
    assert len(pairs) == len(experiment.splits)
    for area, (labels, logits), split in zip(result.auc, pairs, experiment.splits, strict=True):
        np.testing.assert_array_equal(labels, task.labels[split.test])
        assert roc_auc_score(labels, logits) == pytest.approx(area, abs=1e-12)


@pytest.mark.slow
@FAMILIES
@pytest.mark.parametrize("gamma", [0.0, 100.0, "auto"])
def test_what_is_not_used_is_held_at_zero_and_the_baseline_is_as_it_was(task, hidden, gamma):
    design = Design(12, n_splits=3)
    usual = Recipe(hidden_layer_sizes=hidden)
    free = Experiment(task, design, usual).compare(SCORES, gamma)
    held = Experiment(task, design, replace(usual, not_used=["age"])).compare(SCORES, gamma)
    age = held.features.index("age")
    assert held.target[age] == 0.0
    assert held.target == pytest.approx(unit_without(free.target, age))
    assert (abs(held.laat.attributions[:, age]) < 0.05).all()
    assert (held.baseline.attributions == free.baseline.attributions).all()
    assert held.to_dict()["recipe"]["not_used"] == ("age",)


def unit_without(target, position):
    rest = target.copy()
    rest[position] = 0.0
    return rest / np.linalg.norm(rest)


def test_what_is_not_used_needs_no_score(task):
    none = ImportanceScores.zeros(["age", "pulse", "sex = male"])
    held = compare(task, none, 100.0, Design(12, n_splits=3), Recipe(not_used=["age"]))
    assert not held.has_target
    assert (abs(held.laat.attributions[:, 0]) < 0.05).all()
    assert (abs(held.baseline.attributions[:, 0]) > 0.3).all()


def test_both_flags_of_a_column_are_not_used_together(task):
    recipe = replace(PROTOCOLS["paper"], not_used=["sex = male"])
    held = compare(task, SCORES, 0.0, Design(12, n_splits=3), recipe)
    sex = [i for i, name in enumerate(held.features) if name.startswith("sex")]
    assert len(sex) == 2
    assert (abs(held.laat.attributions[:, sex]) < 0.05).all()


def test_what_is_not_there_cannot_be_left_unused(task):
    with pytest.raises(ScoreError, match="Not to be used is 'shoe size', which the table does not"):
        Experiment(task, DESIGN, Recipe(not_used=["shoe size"]))


def test_automatic_trust_does_not_hear_what_is_not_used():
    values = table(n_rows=120)
    task = task_of(values.assign(tell=(values["ill"] == "yes") + np.linspace(0, 0.1, 120)))
    scores = ImportanceScores.from_mapping({"age": 8.0, "pulse": 0.0, "sex = male": 5.0, "tell": 0})
    design = Design(30, n_splits=3)
    used, held = (
        Experiment(task, design, Recipe(not_used=not_used)).compare(scores, "auto").gammas
        for not_used in ((), ("tell",))
    )
    assert (held > used).all()
