from dataclasses import replace

import numpy as np
import pytest

from laat_core import (
    PROTOCOLS,
    Design,
    Experiment,
    ImportanceScores,
    Recipe,
    load_dataset,
    load_proposal,
)
from laat_core.evaluate import controls
from laat_core.evaluate.controls import N_PLACEBOS, run_controls, shuffled

TASK, SCORES = load_dataset("heart"), load_proposal("heart").scores


@pytest.fixture(scope="module")
def experiment():
    return Experiment(TASK, Design(n_splits=3), Recipe(max_epochs=50))


def test_controls_are_direct_comparisons_with_other_scores(experiment):
    comparison = experiment.compare(SCORES, 10.0)
    found = run_controls(experiment, SCORES, comparison)
    flipped = experiment.compare(SCORES.flipped(), 10.0).laat.auc
    np.testing.assert_array_equal(found.flipped, flipped)
    placebos = shuffled(SCORES, experiment.design.seed)
    assert found.placebos.shape == (N_PLACEBOS, 3)
    for areas, scores in zip(found.placebos[:3], placebos[:3], strict=True):
        np.testing.assert_array_equal(areas, experiment.compare(scores, 10.0).laat.auc)
    means = found.placebos.mean(axis=1)
    np.testing.assert_allclose(found.placebo_means, means)
    assert found.n_beaten == sum(mean < comparison.laat.auc_mean for mean in means)
    assert found.n_beaten >= 19


@pytest.mark.slow
@pytest.mark.parametrize("gamma", [10.0, "auto"])
@pytest.mark.parametrize("hidden", [(), (8,)])
def test_controls_that_do_not_fit_together_are_the_same(monkeypatch, gamma, hidden):
    recipe = Recipe(max_epochs=20, hidden_layer_sizes=hidden)
    experiment = Experiment(TASK, Design(n_splits=3), recipe)
    comparison = experiment.compare(SCORES, gamma)
    together = run_controls(experiment, SCORES, comparison)
    monkeypatch.setattr(controls, "AT_ONCE", 4 * experiment.n_numbers)
    shares = []
    apart = run_controls(experiment, SCORES, comparison, shares.append)
    np.testing.assert_array_equal(apart.placebos, together.placebos)
    np.testing.assert_array_equal(apart.flipped, together.flipped)
    np.testing.assert_array_equal(
        apart.flipped, experiment.compare(SCORES.flipped(), gamma).laat.auc
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_controls_are_held_as_loosely_as_the_scores(experiment):
    trust = {"age": 0.0, "sex = male": 0.0, "vessels_colored": 0.0}
    comparison = experiment.compare(SCORES, 10.0, feature_trust=trust)
    flipped = experiment.compare(SCORES.flipped(), 10.0, feature_trust=trust).laat.auc
    assert (flipped != experiment.compare(SCORES.flipped(), 10.0).laat.auc).any()
    np.testing.assert_array_equal(run_controls(experiment, SCORES, comparison).flipped, flipped)


def test_a_flag_that_takes_its_mirrors_score_is_held_as_that_is():
    experiment = Experiment(TASK, Design(n_splits=1), replace(PROTOCOLS["paper"], max_epochs=5))
    names = [feature.name for feature in experiment.encoder.features_]
    firmness = dict(zip(names, experiment.firmness({"sex = male": 0.1}), strict=True))
    loose = {name for name, trust in firmness.items() if trust == 0.1}
    assert loose == {"sex = male", "sex = female"}


def test_a_shuffle_has_the_same_scores_for_other_features():
    shuffles = shuffled(SCORES, 0)
    assert len(shuffles) == N_PLACEBOS
    for scores in shuffles:
        assert scores.features == SCORES.features
        np.testing.assert_array_equal(np.sort(scores.values), np.sort(SCORES.values))
    assert len({scores.values.tobytes() for scores in shuffles}) == N_PLACEBOS
    again = [scores.values.tobytes() for scores in shuffled(SCORES, 0)]
    assert again == [scores.values.tobytes() for scores in shuffles]
    assert again != [scores.values.tobytes() for scores in shuffled(SCORES, 1)]


def test_the_score_of_what_is_not_to_be_used_goes_to_no_other():
    kept = ("age", "vessels_colored")
    some = SCORES.edit(dict.fromkeys(kept, 9.5))
    experiment = Experiment(TASK, Design(n_splits=1), Recipe(max_epochs=5, not_used=kept))
    for scores in shuffled(some, 0, kept=kept):
        assert [name for name, score in scores.as_dict().items() if score == 9.5] == [*kept]
        np.testing.assert_array_equal(np.sort(scores.values), np.sort(some.values))
    first, second = (
        run_controls(experiment, scores, experiment.compare(scores)).placebos
        for scores in (SCORES, some)
    )
    np.testing.assert_array_equal(first, second)


def test_flags_for_both_levels_stay_each_others_mirror():
    experiment = Experiment(TASK, Design(n_splits=1), replace(PROTOCOLS["paper"], max_epochs=5))
    features = experiment.encoder.features_
    position = {feature.name: i for i, feature in enumerate(features)}
    values = shuffled(SCORES, 0)[0].for_features(features)[0]
    mirrors = [feature for feature in features if feature.mirror_of]
    assert mirrors
    for feature in mirrors:
        assert values[position[feature.name]] == -values[position[feature.mirror_of]]
    run_controls(experiment, SCORES, experiment.compare(SCORES))


def test_equal_scores_beat_no_placebo(experiment):
    equal = ImportanceScores.from_mapping(dict.fromkeys(SCORES.features, 3.0))
    found = run_controls(experiment, equal, experiment.compare(equal))
    assert (found.n_beaten, found.n_tied, found.n_same) == (0, N_PLACEBOS, N_PLACEBOS)


def test_equal_scores_are_the_same_shuffled_with_flags_for_both_levels():
    experiment = Experiment(TASK, Design(n_splits=1), replace(PROTOCOLS["paper"], max_epochs=5))
    equal = ImportanceScores.from_mapping(dict.fromkeys(SCORES.features, 3.0))
    comparison = experiment.compare(equal)
    assert np.ptp(comparison.target) > 0  # a mirror's is turned
    assert run_controls(experiment, equal, comparison).n_same == N_PLACEBOS


def test_a_shuffle_that_changes_nothing_ties(experiment):
    one = ImportanceScores.zeros(SCORES.features).edit({SCORES.features[0]: 5.0})
    comparison = experiment.compare(one)
    found = run_controls(experiment, one, comparison)
    same = [np.array_equal(areas, comparison.laat.auc) for areas in found.placebos]
    assert 0 < found.n_same == sum(same) < N_PLACEBOS
    assert found.n_tied >= found.n_same
    assert found.n_beaten + found.n_tied <= N_PLACEBOS


def test_the_share_done_rises_to_all_and_what_is_raised_goes_through(experiment):
    comparison, shares = experiment.compare(SCORES), []
    run_controls(experiment, SCORES, comparison, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_controls(experiment, SCORES, comparison, stop)


def test_the_share_done_rises_with_each_choice_each_pass_and_each_test(experiment):
    trained, shares = experiment.recipe.max_epochs, []
    run_controls(experiment, SCORES, experiment.compare(SCORES, "auto"), shares.append)
    n_controls = N_PLACEBOS + 1
    n_steps = n_controls + trained + n_controls
    np.testing.assert_allclose(shares, np.arange(1, n_steps + 1) / n_steps)


def test_auto_can_be_stopped_before_the_trust_of_every_control_is_known(experiment, monkeypatch):
    comparison, asked, gammas = experiment.compare(SCORES, "auto"), [], experiment.gammas
    monkeypatch.setattr(experiment, "gammas", lambda *of: asked.append(of) or gammas(*of))

    def stop(_):
        if len(asked) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_controls(experiment, SCORES, comparison, stop)
    assert len(asked) == 2
