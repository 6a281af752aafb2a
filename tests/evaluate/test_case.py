from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from laat_core import (
    PROTOCOLS,
    DataError,
    Design,
    DesignError,
    Experiment,
    ImportanceScores,
    Recipe,
    ScoreError,
    load_dataset,
    make_task,
)
from laat_core.evaluate import case as module
from laat_core.evaluate.case import case_of_row, explain_case, moving_sliders, typical_case

FAMILIES = pytest.mark.parametrize("hidden", [(), (6,)], ids=["linear", "hidden"])
EVERY_PROTOCOL = pytest.mark.parametrize("protocol", PROTOCOLS)
SCORES = ImportanceScores.from_mapping({"age": 8.0, "pulse": -2.0, "sex = male": 5.0})
CASE = {"age": 66.5, "pulse": 71, "sex": "male"}


@pytest.fixture(scope="module")
def task():
    generator = np.random.default_rng(0)
    values = pd.DataFrame(
        {
            "age": generator.normal(50, 10, 80),
            "pulse": generator.normal(70, 5, 80),
            "sex": generator.choice(["female", "male"], 80),
        }
    )
    risk = (values["age"] - 50) / 10 + (values["sex"] == "male") + generator.normal(size=80)
    return make_task(values.assign(ill=np.where(risk > 0.5, "yes", "no")), "ill", "yes")


def compared(task, protocol="default", hidden=(), n_splits=7, gamma=3.0, **changes):
    recipe = replace(PROTOCOLS[protocol], hidden_layer_sizes=hidden, max_epochs=60, **changes)
    experiment = Experiment(task, Design(shots=6, n_splits=n_splits), recipe)
    return experiment, experiment.compare(SCORES, gamma)


def plain_logit(models, number, row):
    *layer, weights, bias = (p[number].double() for p in models.parameters())
    inner = torch.from_numpy(row)
    if layer:
        inner = torch.relu(layer[0] @ inner + layer[1][0])
    return float(weights[0] @ inner + bias[0, 0])


def sigmoid(logits):
    return 1 / (1 + np.exp(-np.asarray(logits)))


def rows_of(experiment, case):
    """The case and the usual row of every split, (n_splits, n_features) each."""
    task, recipe = experiment.task, experiment.recipe
    encode = experiment.encoder.transform
    table, row = encode(task.table).to_numpy(), encode(pd.DataFrame([case])).to_numpy()
    cases, usual = [], []
    for split in experiment.splits:
        standard = recipe.scaling == "standard"
        fitted_on = table if standard else table[split.train]
        scaler = (StandardScaler() if standard else MinMaxScaler()).fit(fitted_on)
        cases.append(scaler.transform(row)[0])
        usual.append(scaler.transform(table[split.train]).mean(axis=0))
    return np.array(cases), np.array(usual)


@FAMILIES
@EVERY_PROTOCOL
def test_probabilities_are_means_over_the_models_of_the_splits(task, hidden, protocol):
    experiment, comparison = compared(task, protocol, hidden)
    result = explain_case(experiment, comparison, CASE)
    cases, usual = rows_of(experiment, CASE)
    assert result.features == comparison.features
    for answer, trained in [
        (result.laat, comparison.laat.models),
        (result.baseline, comparison.baseline.models),
    ]:
        logits = [plain_logit(trained, number, row) for number, row in enumerate(cases)]
        at_usual = [plain_logit(trained, number, row) for number, row in enumerate(usual)]
        assert answer.logit == pytest.approx(np.mean(logits), abs=1e-6)
        assert answer.usual_logit == pytest.approx(np.mean(at_usual), abs=1e-6)
        assert answer.probability == pytest.approx(sigmoid(logits).mean(), abs=1e-6)
        assert answer.usual_probability == pytest.approx(sigmoid(at_usual).mean(), abs=1e-6)
        ends = np.percentile(sigmoid(logits), [10, 90])
        assert (answer.low, answer.high) == pytest.approx(tuple(ends), abs=1e-6)
        of = np.array([feature.column for feature in experiment.encoder.features_])
        for position, column in enumerate(result.columns):
            rows = np.where(of == column, usual, cases)
            logits = [plain_logit(trained, number, row) for number, row in enumerate(rows)]
            assert answer.without[position] == pytest.approx(sigmoid(logits).mean(), abs=1e-6)


@FAMILIES
@EVERY_PROTOCOL
@pytest.mark.parametrize("case", [CASE, {"age": 20, "pulse": 90.0, "sex": "female"}])
def test_contributions_sum_to_the_difference_of_the_logits(task, hidden, protocol, case):
    experiment, comparison = compared(task, protocol, hidden)
    result = explain_case(experiment, comparison, case)
    for answer in (result.laat, result.baseline):
        difference = answer.logit - answer.usual_logit
        assert answer.contributions.sum() == pytest.approx(difference, abs=1e-9)


@EVERY_PROTOCOL
def test_contributions_to_a_logistic_regression_are_weight_times_distance(task, protocol):
    experiment, comparison = compared(task, protocol)
    result = explain_case(experiment, comparison, CASE)
    cases, usual = rows_of(experiment, CASE)
    weights = comparison.laat.models.weights[:, 0].double().numpy()
    expected = (weights * (cases - usual)).mean(axis=0)
    np.testing.assert_allclose(result.laat.contributions, expected, atol=1e-6)


def test_the_usual_row_itself_has_no_contributions(task):
    values = task.table.assign(sex="male")
    values.loc[0, "sex"] = "female"
    task = make_task(values, "ill", "yes")
    experiment = Experiment(task, Design(shots=6, n_splits=1), Recipe(hidden_layer_sizes=(6,)))
    train = values.loc[experiment.splits[0].train]
    assert (train["sex"] == "male").all()
    case = {"age": train["age"].mean(), "pulse": train["pulse"].mean(), "sex": "male"}
    answer = explain_case(experiment, experiment.compare(SCORES), case).laat
    np.testing.assert_allclose(answer.contributions, 0, atol=1e-6)
    np.testing.assert_allclose(answer.without, answer.probability, atol=1e-6)
    assert answer.probability == pytest.approx(answer.usual_probability, abs=1e-6)


@FAMILIES
def test_what_does_not_fit_into_memory_at_once_is_taken_in_parts(task, hidden, monkeypatch):
    experiment, comparison = compared(task, hidden=hidden, n_splits=3)
    whole = explain_case(experiment, comparison, CASE)
    moved, told = moving_sliders(experiment, SCORES, 3.0, CASE), []
    monkeypatch.setattr(module, "MOST_NUMBERS", 1)
    parts = explain_case(experiment, comparison, CASE)
    np.testing.assert_allclose(parts.laat.without, whole.laat.without, atol=1e-12)
    again = moving_sliders(experiment, SCORES, 3.0, CASE, on_progress=told.append)
    assert again == pytest.approx(moved, abs=1e-5)
    assert len(told) == 4 * 60  # the scores as they are, and each moved by itself
    assert told == pytest.approx(np.linspace(0, 1, 4 * 60 + 1)[1:])


def test_remarks_are_handed_on(task):
    experiment, comparison = compared(task)
    assert explain_case(experiment, comparison, CASE).remarks == ()
    result = explain_case(experiment, comparison, {"age": 50, "pulse": 71, "sex": "other"})
    (remark,) = result.remarks
    assert remark == "'sex' has no value 'other' in the table: none of its flags is set, " + (
        "as for 'female'."
    )
    same = explain_case(experiment, comparison, {"age": 50, "pulse": 71, "sex": "female"})
    assert result.laat.probability == same.laat.probability


def test_a_comparison_of_other_data_or_without_models_is_refused(task):
    experiment, comparison = compared(task)
    _, fewer = compared(task, n_splits=2)
    _, both_flags = compared(task, "paper")
    no_models = replace(comparison, laat=replace(comparison.laat, models=None))
    for wrong in (fewer, both_flags, no_models):
        with pytest.raises(DataError, match="Compare anew"):
            explain_case(experiment, wrong, CASE)


@FAMILIES
@pytest.mark.parametrize("age", [1e308, -1e308])
def test_a_value_too_large_to_calculate_with_is_named(task, hidden, age):
    values = task.table.assign(age=task.table["age"] / 1000)
    experiment, comparison = compared(make_task(values, "ill", "yes"), hidden=hidden)
    with pytest.raises(DataError, match=r"'age' is -?1e\+308, too far from the table"):
        explain_case(experiment, comparison, CASE | {"age": age})
    with pytest.raises(DataError, match="too far from the table"):
        moving_sliders(experiment, SCORES, 1.0, CASE | {"age": age})
    huge = explain_case(experiment, comparison, CASE | {"age": age / 1e250})
    assert np.isfinite([huge.laat.logit, *huge.laat.contributions, *huge.laat.without]).all()


@pytest.mark.slow
@FAMILIES
@EVERY_PROTOCOL
@pytest.mark.parametrize("batch_size", [None, 5])
def test_a_moved_slider_changes_what_a_new_comparison_would(task, hidden, protocol, batch_size):
    experiment, _ = compared(task, protocol, hidden, n_splits=5, batch_size=batch_size)
    moved = moving_sliders(experiment, SCORES, 3.0, CASE, step=2.0)
    assert list(moved) == list(SCORES.features)

    def probability(scores):
        result = explain_case(experiment, experiment.compare(scores, 3.0), CASE)
        return result.laat.probability

    now = probability(SCORES)
    for name, score in SCORES.as_dict().items():
        change = probability(SCORES.edit({name: score + 2})) - now
        assert moved[name] == pytest.approx(change, abs=1e-5)


def test_a_score_at_the_end_is_lowered_and_one_near_it_raised_to_the_end(task):
    experiment, _ = compared(task, n_splits=2)
    scores = SCORES.edit({"age": 10.0, "pulse": 9.5})
    moved = moving_sliders(experiment, scores, 3.0, CASE)
    lowered = scores.edit({"age": 9.0})
    raised = scores.edit({"pulse": 10.0})

    def probability(scores):
        result = explain_case(experiment, experiment.compare(scores, 3.0), CASE)
        return result.laat.probability

    now = probability(scores)
    assert moved["age"] == pytest.approx(probability(lowered) - now, abs=1e-6)
    assert moved["pulse"] == pytest.approx(probability(raised) - now, abs=1e-6)


@pytest.mark.slow
def test_sliders_are_moved_on_the_first_five_splits_only(task):
    experiment, comparison = compared(task, n_splits=9)
    first = experiment.train(comparison.target[None], 3.0, n_splits=5)
    every = comparison.laat.models
    torch.testing.assert_close(first.weights, every.weights[:5], rtol=0, atol=1e-5)
    up = SCORES.edit({"age": 9.0})
    moved = experiment.compare(up, 3.0).laat.models
    cases, _ = rows_of(experiment, CASE)
    now, then = (
        sigmoid([plain_logit(models, number, cases[number]) for number in range(5)]).mean()
        for models in (every, moved)
    )
    assert moving_sliders(experiment, SCORES, 3.0, CASE)["age"] == pytest.approx(
        then - now, abs=1e-5
    )


def test_without_trust_no_slider_changes_anything(task):
    experiment, _ = compared(task)
    moved = moving_sliders(experiment, SCORES, 0.0, CASE)
    assert moved == pytest.approx(dict.fromkeys(SCORES.features, 0.0), abs=1e-6)


def test_what_a_listener_raises_ends_the_moving(task):
    experiment, _ = compared(task)
    told = []

    def stop(share):
        told.append(share)
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving_sliders(experiment, SCORES, 3.0, CASE, on_progress=stop)
    assert told == pytest.approx([1 / 60, 2 / 60, 3 / 60])


@pytest.mark.parametrize("step", [0, -1, 11, np.nan, "1", None, True])
def test_a_step_that_is_none_is_refused(task, step):
    experiment, _ = compared(task, n_splits=1)
    with pytest.raises(ScoreError, match="The step is"):
        moving_sliders(experiment, SCORES, 3.0, CASE, step=step)


def test_gamma_scores_and_case_are_checked_before_training(task):
    experiment, _ = compared(task, n_splits=1)
    with pytest.raises(DesignError, match="gamma is"):
        moving_sliders(experiment, SCORES, -1.0, CASE)
    with pytest.raises(ScoreError, match="No score for"):
        moving_sliders(experiment, SCORES.known(["age"]), 1.0, CASE)
    with pytest.raises(DataError, match="'age' is 'old'"):
        moving_sliders(experiment, SCORES, 1.0, CASE | {"age": "old"})


@pytest.mark.parametrize("name", ["heart", "diabetes", "south_german_credit", "credit"])
def test_bundled_tables_have_a_typical_case_and_rows_to_ask_about(name):
    task = load_dataset(name)
    experiment = Experiment(task, Design(n_splits=2), Recipe(max_epochs=5))
    names = [feature.name for feature in experiment.encoder.features_]
    comparison = experiment.compare(ImportanceScores.zeros(names))
    for case in (typical_case(task), case_of_row(task, 0)):
        result = explain_case(experiment, comparison, case)
        assert 0 < result.laat.low <= result.laat.high < 1
        missing = [c for c, value in case.items() if value is None]
        assert len(result.remarks) == len(missing)
        assert all("is missing" in remark for remark in result.remarks)
