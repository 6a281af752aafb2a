import datetime
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import Feature, ImportanceScores, ScoreError, TableEncoder, load_dataset

SCORE = st.floats(min_value=-10, max_value=10)
MAPPING = st.dictionaries(st.text(min_size=1), SCORE, max_size=6)
SEX = (
    Feature("sex = female", "sex", "female", mirror_of="sex = male"),
    Feature("sex = male", "sex", "male"),
)


@pytest.fixture
def scores():
    return ImportanceScores.from_mapping({"age": 3.0, "pulse": -5.0, "sugar": 0.0}, "file")


@pytest.fixture
def proposal():
    estimates = [
        {"age": (4, "older is worse"), "pulse": (-6, "")},
        {"pulse": (-5, "fit"), "age": (7, "wear")},
        {"age": (1, "a little"), "pulse": (-10, "surely")},
    ]
    return ImportanceScores.from_estimates(estimates, source="model")


@given(MAPPING)
def test_a_mapping_goes_in_and_out(mapping):
    scores = ImportanceScores.from_mapping(mapping, "me")
    assert scores.as_dict() == mapping
    assert scores.values.shape == (1, len(mapping))
    assert scores.sources == ("me",) * len(mapping)
    assert all(scores.score(name) == mapping[name] for name in mapping)
    assert all(scores.spread(name) is None for name in mapping)


def test_zeros_say_nothing():
    scores = ImportanceScores.zeros(["age", "pulse"])
    assert scores.as_dict() == {"age": 0.0, "pulse": 0.0}
    assert scores.sources == ("", "")


def test_estimates_are_averaged_with_their_spread_and_reasons(proposal):
    assert proposal.features == ("age", "pulse")
    assert proposal.as_dict() == {"age": 4.0, "pulse": -7.0}
    assert proposal.spread("age") == (1.0, 7.0)
    assert proposal.spread("pulse") == (-10.0, -5.0)
    assert proposal.reasons == (("older is worse", "wear", "a little"), ("", "fit", "surely"))
    assert proposal.sources == ("model", "model")
    assert proposal.estimates.shape == (3, 1, 2)


def test_no_estimate_is_refused():
    with pytest.raises(ScoreError, match="at least one"):
        ImportanceScores.from_estimates([], source="model")


def test_estimates_of_other_features_are_refused():
    with pytest.raises(ScoreError, match=r"Estimate 2 .* 'age', 'weight'"):
        ImportanceScores.from_estimates([{"age": (1, "")}, {"weight": (1, "")}], source="model")


def test_estimates_out_of_range_are_refused_though_their_mean_is_not():
    with pytest.raises(ScoreError, match="'age' is 20"):
        ImportanceScores.from_estimates([{"age": (20, "")}, {"age": (-10, "")}], source="model")


NO_SCORES = [
    10.001, -11, np.float64(11), np.nan, np.inf, -np.inf, 1e300, 10**400, None, True, np.True_,
    "1", "high", b"1", [1], {}, 1j, np.array([1.0]), datetime.date(2020, 1, 1),
    np.datetime64(1, "ns"), np.timedelta64(1, "ns"),
]  # fmt: skip


@pytest.mark.parametrize("odd", NO_SCORES, ids=repr)
def test_what_is_no_score_is_refused_by_name(scores, odd):
    with pytest.raises(ScoreError, match=r"'pulse' is .* from -10 to 10"):
        ImportanceScores.from_mapping({"age": 1.0, "pulse": odd})
    with pytest.raises(ScoreError, match=r"'pulse' is .* from -10 to 10"):
        scores.edit({"pulse": odd})
    with pytest.raises(ScoreError, match=r"'pulse' is .* from -10 to 10"):
        ImportanceScores.from_estimates([{"pulse": (odd, "")}], source="model")


@pytest.mark.parametrize("odd", [odd for odd in NO_SCORES if np.ndim(odd) == 0], ids=repr)
def test_the_constructor_refuses_what_is_no_score(odd):
    for values in ([[1.0, odd]], np.array([[odd, odd]])):
        with pytest.raises(ScoreError, match=r"The score of '(age|pulse)' is .* from -10 to 10"):
            ImportanceScores(("age", "pulse"), values, ("",) * 2, ((),) * 2, np.empty((0, 1, 2)))


@pytest.mark.parametrize("number", [1, 1.0, np.float32(1), np.uint8(1), np.longdouble(1)])
def test_numbers_of_every_kind_are_scores(scores, number):
    assert ImportanceScores.from_mapping({"age": number}).score("age") == 1.0
    assert scores.edit({"age": number}).score("age") == 1.0


@pytest.mark.parametrize("odd", [1, (1,), (1, "", ""), "1a", None, (1, None)])
def test_an_estimate_that_is_no_pair_is_refused(odd):
    with pytest.raises(ScoreError, match=r"The estimate of 'a' is .* a score and a reason"):
        ImportanceScores.from_estimates([{"a": odd}], source="model")


@pytest.mark.parametrize("odd", [1, None, ("a",), b"a"])
def test_a_name_that_is_no_text_is_refused(odd):
    for make in (
        lambda: ImportanceScores.from_mapping({"age": 1, odd: 1}),
        lambda: ImportanceScores.from_estimates([{"age": (1, ""), odd: (1, "")}], source="model"),
    ):
        with pytest.raises(ScoreError, match="names must be text"):
            make()
    with pytest.raises(ScoreError, match="same features"):
        ImportanceScores.from_estimates([{"age": (1, "")}, {odd: (1, "")}], source="model")


def test_shapes_that_do_not_fit_are_refused():
    def make(features=("a", "b"), values=(1, 2), sources=("", ""), reasons=((), ()), estimates=2):
        return ImportanceScores(
            features, np.array(values, ndmin=2), sources, reasons, np.zeros((3, 1, estimates))
        )

    assert make().values.shape == (1, 2)
    for parts in (
        {"features": ("a", "a")},
        {"features": ("a",)},
        {"values": (1, 2, 3)},
        {"sources": ("",)},
        {"reasons": ((), (), ())},
        {"estimates": 3},
    ):
        with pytest.raises(ScoreError):
            make(**parts)


def test_an_edit_returns_new_scores_and_leaves_the_old(scores):
    edited = scores.edit({"pulse": 7.0}, reason="measured at rest")
    assert edited.as_dict() == {"age": 3.0, "pulse": 7.0, "sugar": 0.0}
    assert edited.sources == ("file", "expert", "file")
    assert edited.reasons == ((), ("measured at rest",), ())
    assert scores.as_dict() == {"age": 3.0, "pulse": -5.0, "sugar": 0.0}
    assert scores.sources == ("file", "file", "file")


def test_an_edit_keeps_the_estimates_and_drops_the_reasons_of_the_old_score(proposal):
    edited = proposal.edit({"age": -10.0})
    assert edited.spread("age") == (1.0, 7.0)
    assert edited.reasons == ((), proposal.reasons[1])


def test_an_edit_of_an_unknown_feature_is_refused_by_name(scores):
    with pytest.raises(ScoreError, match=r"No feature 'weight'.*'age', 'pulse', 'sugar'"):
        scores.edit({"weight": 1.0})


def test_arrays_are_read_only_and_their_own():
    values = np.zeros((1, 2))
    scores = ImportanceScores(("a", "b"), values, ("", ""), ((), ()), np.zeros((1, 1, 2)))
    values[0, 0] = 5.0
    assert scores.score("a") == 0.0
    for derived in (scores, scores.edit({"a": 1.0}), scores.reindexed(["b"]), scores.flipped()):
        for array in (derived.values, derived.estimates):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 1.0


@given(MAPPING)
def test_flipped_turns_every_sign_and_twice_gives_the_same(mapping):
    scores = ImportanceScores.from_mapping(mapping)
    assert scores.flipped().as_dict() == {name: -score for name, score in mapping.items()}
    assert scores.flipped().flipped().as_dict() == mapping
    assert not np.signbit(scores.flipped().values[scores.values == 0]).any()


def test_flipped_turns_the_estimates_too(proposal):
    assert proposal.flipped().spread("age") == (-7.0, -1.0)
    assert proposal.flipped().sources == proposal.sources


@pytest.mark.slow
@given(MAPPING, st.lists(st.text(min_size=1), unique=True, max_size=6))
def test_reindexed_keeps_what_is_known_and_adds_zeros(mapping, features):
    scores = ImportanceScores.from_mapping(mapping, "me").reindexed(features)
    assert scores.as_dict() == {name: mapping.get(name, 0.0) for name in features}
    assert scores.sources == tuple("me" if name in mapping else "" for name in features)


def test_reindexed_does_not_invent_estimates(proposal):
    scores = proposal.reindexed(["weight", "pulse"])
    assert scores.as_dict() == {"weight": 0.0, "pulse": -7.0}
    assert scores.reasons == ((), ("", "fit", "surely"))
    assert scores.spread("pulse") == (-10.0, -5.0)
    assert scores.spread("weight") is None


def test_reindexed_refuses_doubled_features(scores):
    with pytest.raises(ScoreError, match="more than once: 'age'"):
        scores.reindexed(["age", "age"])


def test_scores_are_matched_to_features_by_name(scores):
    features = [Feature(name, name) for name in ("sugar", "age", "pulse")]
    np.testing.assert_array_equal(scores.for_features(iter(features)), [[0.0, 3.0, -5.0]])


def test_a_mirrored_flag_takes_the_score_of_the_other_with_its_sign_turned():
    one = ImportanceScores.from_mapping({"sex = male": 4.0})
    np.testing.assert_array_equal(one.for_features(SEX), [[-4.0, 4.0]])
    both = ImportanceScores.from_mapping({"sex = male": 4.0, "sex = female": 1.0})
    np.testing.assert_array_equal(both.for_features(SEX), [[1.0, 4.0]])
    none = ImportanceScores.from_mapping({"sex = male": 0.0}).for_features(SEX)
    assert not np.signbit(none).any()


def test_both_levels_of_a_table_are_scored_by_the_scores_of_one():
    task = load_dataset("heart")
    single = TableEncoder(task.columns).fit(task.labelled).features_
    both = TableEncoder(task.columns, both_levels=True).fit(task.labelled).features_
    scores = ImportanceScores.from_mapping({f.name: 1.0 + i % 9 for i, f in enumerate(single)})
    values = dict(zip([f.name for f in both], scores.for_features(both)[0], strict=True))
    mirrors = [feature for feature in both if feature.mirror_of]
    assert len(both) == len(single) + len(mirrors)
    assert mirrors
    for feature in both:
        other = feature.mirror_of
        expected = -scores.score(other) if other else scores.score(feature.name)
        assert values[feature.name] == expected


def test_missing_and_unknown_scores_are_named(scores):
    with pytest.raises(ScoreError, match="No score for 'weight': 3 of 4 features"):
        scores.for_features([Feature(n, n) for n in ("age", "pulse", "sugar", "weight")])
    with pytest.raises(ScoreError, match="no feature of the table: 'pulse', 'sugar'"):
        scores.for_features([Feature("age", "age")])


def test_long_lists_of_names_are_cut():
    scores = ImportanceScores.zeros([f"f{i}" for i in range(50)])
    with pytest.raises(ScoreError, match="and 40 more"):
        scores.score("age")


def test_thousands_of_features_take_no_time():
    names = [f"feature {i}" for i in range(3000)]
    started = time.perf_counter()
    estimates = [{name: (i % 11, "why") for i, name in enumerate(names)}] * 5
    scores = ImportanceScores.from_estimates(estimates, source="model")
    edited = scores.edit(dict.fromkeys(names[::10], 1.0)).flipped().reindexed(names[::-1])
    values = edited.for_features([Feature(name, name) for name in names])
    assert time.perf_counter() - started < 10  # minutes where every look-up takes its time
    assert values.shape == (1, 3000)
