from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import ImportanceScores, load_proposal
from laat_core.scores.certainty import UNSURE, trust_from_spread

SCORE = st.integers(-100, 100).map(lambda score: score / 10)


def scores_of(**estimates):
    """Scores from estimates by feature."""
    replies = zip(*estimates.values(), strict=True)
    return ImportanceScores.from_estimates(
        [{name: (score, "") for name, score in zip(estimates, r, strict=True)} for r in replies],
        source="llm",
    )


SCORES = scores_of(age=[8.0, 8.0, 8.0], pulse=[-4.0, -2.0, 0.0], weight=[1.0, 5.0, 9.0])


def test_features_are_trusted_by_how_far_their_estimates_agree():
    # Standard deviations of 0, 2 and 4: all, one half and one fifth of the trust.
    expected = {"age": 1.0, "pulse": 0.5, "weight": 0.2}
    assert trust_from_spread(SCORES) == pytest.approx(expected)


@given(st.lists(st.tuples(SCORE, SCORE, SCORE), min_size=1, max_size=5))
def test_trust_falls_as_the_spread_grows_and_is_never_none(estimates):
    named = {f"feature {number}": three for number, three in enumerate(estimates)}
    trust = trust_from_spread(scores_of(**named))
    assert list(trust) == list(named)
    spreads = [np.std(three, ddof=1) for three in estimates]
    expected = [1 / (1 + (spread / 2) ** 2) for spread in spreads]
    np.testing.assert_allclose(list(trust.values()), expected)
    assert all(0 < value <= 1 for value in trust.values())


@given(st.lists(st.tuples(SCORE, SCORE), min_size=1, max_size=5))
def test_signs_turned_change_no_trust(estimates):
    scores = scores_of(**{f"feature {number}": two for number, two in enumerate(estimates)})
    assert trust_from_spread(scores.flipped()) == pytest.approx(trust_from_spread(scores))


def test_what_an_expert_set_or_locked_is_trusted():
    edited = SCORES.edit({"pulse": 3.0})
    assert set(trust_from_spread(edited)) == {"age", "weight"}
    assert set(trust_from_spread(edited, sure=["weight"])) == {"age"}
    assert set(trust_from_spread(edited, sure=iter(["weight", "weight", "unheard of"]))) == {"age"}


def test_a_score_moved_back_to_its_estimates_is_theirs_again():
    back = SCORES.edit({"pulse": 3.0}).edit({"pulse": -2.0})
    assert trust_from_spread(back) == trust_from_spread(SCORES)


def test_a_single_estimate_or_none_says_nothing():
    assert trust_from_spread(scores_of(age=[8.0], pulse=[1.0])) == {}
    assert trust_from_spread(ImportanceScores.from_mapping({"age": 8.0})) == {}
    assert trust_from_spread(ImportanceScores.zeros(())) == {}


def test_missing_estimates_are_left_out():
    estimates = SCORES.estimates.copy()
    estimates[0, 0, 1] = np.nan  # two of three are left: -2 and 0
    estimates[1:, 0, 2] = np.nan
    values = np.array([[8.0, -1.0, 1.0]])
    trust = trust_from_spread(replace(SCORES, values=values, estimates=estimates))
    assert trust == pytest.approx({"age": 1.0, "pulse": 1 / (1 + 2 / 4)})


def test_features_without_any_estimate_are_trusted():
    assert set(trust_from_spread(SCORES.reindexed([*SCORES.features, "new"]))) == {
        "age",
        "pulse",
        "weight",
    }


def test_a_recorded_proposal_is_trusted_in_part():
    scores = load_proposal("heart").scores
    trust = trust_from_spread(scores)
    assert set(trust) == set(scores.features)
    assert min(trust.values()) < 1
    assert 0 < UNSURE < 1
