import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import ImportanceScores, ScoreError
from laat_core.scores.pooling import disagreements, pool

FEATURES = ("age", "sex = male")
SCORES = st.tuples(*[st.integers(-10, 10)] * 2)


def proposal(age, sex, reason=""):
    estimate = {"age": (age, reason), "sex = male": (sex, "")}
    return ImportanceScores.from_estimates([estimate], source="me")


@given(st.lists(SCORES, min_size=1, max_size=5))
def test_pooled_scores_lie_between_the_proposals_and_keep_them(scores):
    proposals = {f"p{i}": proposal(*pair) for i, pair in enumerate(scores)}
    for how, function in (("mean", np.mean), ("median", np.median)):
        pooled = pool(proposals, how)
        np.testing.assert_allclose(pooled.values[0], function(scores, axis=0), atol=1e-12)
        np.testing.assert_array_equal(pooled.estimates[:, 0], scores)


def test_weights_count():
    proposals = {"a": proposal(10, 0), "b": proposal(-2, 4)}
    pooled = pool(proposals, "weights", {"a": 1, "b": 3})
    assert pooled.as_dict() == {"age": 1.0, "sex = male": 3.0}
    assert pool(proposals, "weights", {"b": 2}).as_dict() == proposals["b"].as_dict()


def test_reasons_say_who_gave_them():
    pooled = pool({"a": proposal(1, 2, "older"), "b": proposal(3, 4)})
    assert pooled.reasons == (("a: older",), ())
    assert pooled.spread("age") == (1.0, 3.0)
    assert pooled.sources[0] == "mean of a, b"


def test_a_reason_is_named_once_and_of_those_that_score_the_feature():
    both = [{"age": (1, "older")}, {"age": (2, "older")}, {"age": (3, "")}, {"age": (3, "ill")}]
    twice = ImportanceScores.from_estimates(both, source="me")
    pooled = pool({"a": proposal(1, 2), "b": twice})
    assert pooled.reasons == (("b: older", "b: ill"), ())


@pytest.mark.parametrize("weights", [{}, {"a": 0}, {"a": -1, "b": 2}, {"a": np.nan}, {"a": "1"}])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ScoreError, match="Weights must be"):
        pool({"a": proposal(1, 1), "b": proposal(2, 2)}, "weights", weights)


def test_a_feature_is_pooled_over_those_that_score_it():
    proposals = {"a": proposal(4, 6), "b": ImportanceScores.from_mapping({"age": -2})}
    for how in ("mean", "median", "weights"):
        pooled = pool(proposals, how, {"a": 1, "b": 1})
        assert pooled.as_dict() == {"age": 1, "sex = male": 6}
        assert pooled.spread("sex = male") == (6, 6)
    assert pool(proposals, "weights", {"b": 1}).as_dict() == {"age": -2}
    assert [(d.feature, d.span) for d in disagreements(proposals)] == [
        ("age", 6),
        ("sex = male", 0),
    ]


def test_nothing_and_unknown_ways_are_refused():
    with pytest.raises(ScoreError, match="No proposal"):
        pool({})
    with pytest.raises(ScoreError, match="Unknown way"):
        pool({"a": proposal(1, 1)}, "mode")


def test_disagreements_come_widest_first():
    found = disagreements({"a": proposal(1, -5), "b": proposal(2, 5)})
    assert [(d.feature, d.span, d.opposed) for d in found] == [
        ("sex = male", 10, True),
        ("age", 1, False),
    ]
    assert disagreements({}) == []
