import numpy as np
import pytest

from laat_core.datasets import load_dataset, load_proposal
from laat_core.scores.importance import MAX_SCORE

NAMES = ["heart", "diabetes", "south_german_credit", "credit", "adult"]


@pytest.mark.parametrize("name", NAMES)
def test_a_proposal_is_five_estimates_averaged(name):
    scores = load_proposal(name).scores
    assert scores.estimates.shape == (5, 1, len(scores.features))
    np.testing.assert_allclose(scores.values, scores.estimates.mean(axis=0))
    assert (np.abs(scores.estimates) <= MAX_SCORE).all()
    assert scores.values.any()


@pytest.mark.parametrize("name", NAMES)
def test_every_estimate_gives_a_reason_for_every_feature(name):
    for reasons in load_proposal(name).scores.reasons:
        assert len(reasons) == 5
        assert all(reason.strip() for reason in reasons)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_asked_and_by_whom_it_was_answered_is_kept(name):
    proposal = load_proposal(name)
    assert set(proposal.scores.sources) == {proposal.model}
    for text in (proposal.model, proposal.date, proposal.system, proposal.memory):
        assert text.strip()
    for feature in proposal.scores.features:
        assert feature in proposal.prompt
    assert load_dataset(name).positive_class in proposal.prompt


@pytest.mark.parametrize("name", ["wine", "table", "../tables/heart", "plants.csv", ""])
def test_without_a_recorded_proposal_there_is_none(name):
    assert load_proposal(name) is None
