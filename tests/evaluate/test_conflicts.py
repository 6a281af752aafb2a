from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from laat_core import (
    PROTOCOLS,
    Design,
    Experiment,
    ImportanceScores,
    Recipe,
    ScoreError,
    load_dataset,
    load_proposal,
    make_task,
)
from laat_core.evaluate.conflicts import _stands_out, conflicts, rows_can_tell

NAMES = ("up", "down", "none", "sex = male")


@pytest.fixture(scope="module")
def task():
    generator = np.random.default_rng(0)
    ill = generator.integers(0, 2, 200)
    values = pd.DataFrame(
        {
            "up": ill + generator.normal(size=200) / 4,
            "down": generator.normal(size=200) / 4 - ill,
            "none": generator.normal(size=200),
            "sex": np.where((ill + generator.random(200)) > 0.8, "male", "female"),
            "ill": np.where(ill, "yes", "no"),
        }
    )
    return make_task(values, "ill", "yes")


@pytest.fixture(scope="module")
def experiment(task):
    return Experiment(task, Design(shots=20, n_splits=3), Recipe())


def scored(*scores):
    return ImportanceScores.from_mapping(dict(zip(NAMES, scores, strict=True)))


def test_rows_that_speak_for_the_score_or_hardly_at_all_are_no_conflict(experiment):
    assert conflicts(experiment, scored(5, -5, 5, 5)) == {}
    assert conflicts(experiment, scored(5, -5, -5, 5)) == {}


def test_rows_that_speak_against_a_score_of_some_size_are_one(experiment):
    found = conflicts(experiment, scored(-5, 1, 5, -1))
    assert found == {"up": ("rows",), "down": ("rows",), "sex = male": ("rows",)}
    assert conflicts(experiment, scored(-0.9, 0.9, 0, -0.9)) == {}


@pytest.mark.parametrize(("shots", "there"), [(1, False), (3, False), (4, True)])
def test_rows_too_few_to_say_anything_are_in_no_conflict(shots, there):
    ill = np.arange(40) % 2
    values = pd.DataFrame({"flag": np.where(ill, "a", "b"), "ill": np.where(ill, "no", "yes")})
    task = make_task(values, "ill", "yes")
    experiment = Experiment(task, Design(shots=shots, n_splits=1), Recipe())
    scores = ImportanceScores.from_mapping({"flag = b": -5.0})
    assert (conflicts(experiment, scores) == {"flag = b": ("rows",)}) == there
    assert rows_can_tell(experiment, scores) == there
    assert conflicts(experiment, scores.flipped()) == {}


def test_the_more_scores_are_asked_the_more_rows_it_takes(task):
    experiment = Experiment(task, Design(shots=4, n_splits=1), Recipe())
    assert rows_can_tell(experiment, scored(5, 0.9, 0, 0))
    assert not rows_can_tell(experiment, scored(5, -5, 5, 5))
    assert rows_can_tell(experiment, scored(0, 0, 0, 0))  # none is asked, so none is contradicted
    assert conflicts(experiment, scored(0, 0, 0, 0)) == {}


def draws(name, shots, n_draws, shuffled=False):
    """Experiments on several draws of rows, with labels that know nothing or with the real ones."""
    task, table = load_dataset(name), load_dataset(name).labelled
    for seed in range(n_draws):
        labels = table[task.target].to_numpy()
        if shuffled:
            labels = np.random.default_rng(seed).permutation(labels)
        drawn = replace(task, table=table.assign(**{task.target: labels}))
        yield Experiment(drawn, Design(shots, n_splits=1, seed=seed), Recipe())


@pytest.mark.slow
@pytest.mark.parametrize(("name", "shots"), [("heart", 8), ("credit", 50)])
def test_rows_that_know_nothing_seldom_contradict_any_score(name, shots):
    scores = load_proposal(name).scores
    found = [bool(conflicts(one, scores)) for one in draws(name, shots, 60, shuffled=True)]
    assert np.mean(found) <= 0.05


def test_scores_that_are_wrong_are_contradicted_by_fifty_rows_per_class():
    scores = load_proposal("heart").scores.flipped()
    found = [conflicts(one, scores) for one in draws("heart", 50, 10)]
    assert all(len(one) >= 3 for one in found)


def test_what_stands_out_does_so_step_by_step_until_one_does_not():
    # Each is asked to be below 5 % by the number of those that are left.
    p_values = np.array([0.045, 0.001, np.nan, 0.016, 0.04, 0.012])
    assert _stands_out(p_values).tolist() == [False, True, False, True, False, True]
    assert _stands_out(np.array([0.02, 0.049])).tolist() == [True, True]
    assert _stands_out(np.array([0.026, 0.049])).tolist() == [False, False]
    assert _stands_out(np.array([np.nan])).tolist() == [False]


def test_a_constant_feature_is_in_no_conflict_with_the_rows(task):
    values = task.table.assign(none=np.r_[np.zeros(199), 1.0])
    constant = replace(task, table=values)
    experiment = Experiment(constant, Design(shots=5, n_splits=1, seed=1), Recipe())
    assert experiment.evidence.correlation[2] is None
    assert "none" not in conflicts(experiment, scored(5, -5, -5, 5))


def test_a_proposal_of_the_other_sign_is_a_conflict_where_both_have_some_size(experiment):
    scores, proposal = scored(5, -5, 5, 5), scored(-1, 5, -0.9, 5)
    found = conflicts(experiment, scores, proposal=proposal)
    assert found == {"up": ("llm",), "down": ("llm",)}


def test_features_that_a_proposal_does_not_score_are_in_no_conflict_with_it(experiment):
    proposal = ImportanceScores.from_mapping({"up": -5.0, "of another table": 3.0})
    assert conflicts(experiment, scored(5, -5, 5, 5), proposal=proposal) == {"up": ("llm",)}


def test_a_model_that_goes_against_the_score_is_a_conflict(experiment):
    scores = scored(-5, -5, 5, 5)
    trusting, doubting = (experiment.compare(scores, gamma) for gamma in (100.0, 0.0))
    assert conflicts(experiment, scores, trusting) == {"up": ("rows",)}
    assert conflicts(experiment, scores, doubting)["up"] == ("rows", "model")


def test_an_attribution_of_a_tenth_of_the_largest_or_less_is_no_conflict(experiment):
    scores = scored(0, 0.5, 5, -5)
    comparison = experiment.compare(scores, 1.0)
    for small, there in [(-0.09, False), (-0.11, True)]:
        attributions = np.tile([1.0, -0.5, small, 0.0], (3, 1))
        laat = replace(comparison.laat, attributions=attributions)
        found = conflicts(experiment, scores, replace(comparison, laat=laat))
        assert ("model" in found.get("none", ())) == there
        assert "up" not in found
        assert found["down"] == ("model",)


def test_what_is_not_to_be_used_is_in_no_conflict(task):
    recipe = replace(PROTOCOLS["paper"], not_used=("up", "sex = male"))
    experiment = Experiment(task, Design(shots=20, n_splits=3), recipe)
    scores = scored(-5, 5, 5, -5)
    found = conflicts(experiment, scores, experiment.compare(scores), scored(5, -5, 5, 5))
    assert found == {"down": ("rows", "llm")}


def test_kinds_are_in_order(experiment):
    scores = scored(-5, -5, 5, 5)
    comparison = experiment.compare(scores, 0.0)
    found = conflicts(experiment, scores, comparison, scored(5, -5, 5, 5))
    assert found["up"] == ("rows", "llm", "model")


def test_mirrored_flags_are_in_the_same_conflict(task):
    experiment = Experiment(task, Design(shots=20, n_splits=3), PROTOCOLS["paper"])
    proposal = ImportanceScores.from_mapping({"sex = male": 5.0})
    found = conflicts(experiment, scored(5, -5, 5, -5), proposal=proposal)
    assert found == dict.fromkeys(("sex = female", "sex = male"), ("rows", "llm"))


def test_scores_that_do_not_fit_are_refused(experiment):
    with pytest.raises(ScoreError, match="No score for"):
        conflicts(experiment, ImportanceScores.from_mapping({"up": 1.0}))
