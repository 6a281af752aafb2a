import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import PROTOCOLS, Design, ImportanceScores, Recipe
from laat_core.scores.certainty import UNSURE
from laat_core.store.marks import Marks
from ui.settings import GAMMAS, Settings


def test_the_usual_settings_are_those_of_the_core():
    assert Settings().design == Design()
    assert Settings().recipe == Recipe() == PROTOCOLS["default"]
    assert Settings().gamma in GAMMAS


def test_what_is_chosen_reaches_design_and_recipe():
    chosen = Settings(shots=3, n_splits=4, seed=5, hidden=True, score_transform="exp")
    assert chosen.design == Design(shots=3, n_splits=4, seed=5)
    assert chosen.recipe.hidden_layer_sizes == (100,)
    assert chosen.recipe.score_transform == "exp"


def test_a_held_out_share_takes_the_place_of_shots():
    assert Settings(held_out=True, test_share=0.3).design == Design(shots=None, test_share=0.3)


def test_the_protocol_of_the_paper_is_a_recipe_of_its_own():
    assert Settings(protocol="paper").recipe == PROTOCOLS["paper"]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(gamma=0.0, held_out=True, test_share=0.05, n_splits=200, seed=2**31 - 1),
        Settings(gamma="auto", loosen=True),
        Settings(gamma=1000.0, shots=100_000, hidden=True, protocol="paper", score_transform="exp"),
    ],
)
def test_what_is_kept_comes_back(settings):
    assert Settings.from_document(settings.document()) == settings


@given(st.integers(5, 95))
def test_every_share_that_can_be_chosen_comes_back(percent):
    chosen = Settings(test_share=percent / 100)
    assert Settings.from_document(chosen.document()) == chosen


SPREAD = ImportanceScores.from_estimates(
    [{"apart": (apart, ""), "agreed": (5.0, "")} for apart in (2.0, 6.0)], "model"
)


def test_what_is_not_to_be_used_is_in_the_recipe_where_the_table_has_it():
    marks = Marks(unused=frozenset({"sex", "age", "of a column that is ignored"}))
    chosen = Settings(hidden=True)
    assert chosen.recipe_of(["age", "sex", "pulse"], marks).not_used == ("age", "sex")
    assert chosen.recipe_of(["pulse"], marks) == chosen.recipe


def test_estimates_of_what_is_not_used_loosen_nothing():
    loosened = Settings(loosen=True).feature_trust(SPREAD, Marks(unused=frozenset({"apart"})))
    assert "apart" not in loosened


def test_a_doubted_score_is_held_loosely():
    marks = Marks(doubted=frozenset({"agreed", "of a column that is ignored"}))
    assert Settings().feature_trust(SPREAD, marks) == {"agreed": UNSURE}
    assert Settings().feature_trust(SPREAD, Marks()) == {}


def test_estimates_that_lie_apart_loosen_unless_the_score_is_locked_or_doubted_more():
    chosen, trust = Settings(loosen=True), {"apart": pytest.approx(1 / 3), "agreed": 1.0}
    assert chosen.feature_trust(SPREAD, Marks()) == trust
    doubted = chosen.feature_trust(SPREAD, Marks(doubted=frozenset({"apart"})))
    assert doubted == trust | {"apart": UNSURE}
    locked = chosen.feature_trust(SPREAD, Marks(locked=frozenset({"apart"})))
    assert locked == {"agreed": 1.0}


def test_what_is_lacking_is_as_usual_and_what_is_unknown_is_left_out():
    assert Settings.from_document({"shots": 3, "colour": "red"}) == Settings(shots=3)


@pytest.mark.parametrize(
    "odd",
    [
        {"gamma": 5.0},
        {"gamma": float("nan")},
        {"gamma": "much"},
        {"shots": 0},
        {"shots": 10**9},
        {"n_splits": 0},
        {"n_splits": 201},
        {"seed": -1},
        {"seed": 2**31},
        {"test_share": 0.0},
        {"test_share": 1.0},
        {"test_share": 0.123},
        {"test_share": float("nan")},
        {"test_share": float("inf")},
        {"protocol": "none such"},
        {"score_transform": "none such"},
    ],
)
def test_what_the_fields_of_the_page_could_not_hold_is_as_usual(odd):
    assert Settings.from_document(odd) == Settings()


@pytest.mark.parametrize(
    "odd",
    [
        {"loosen": 1},
        {"shots": True},
        {"shots": "5"},
        {"held_out": 1},
        {"gamma": 0},
        {"protocol": None},
    ],
)
def test_what_is_of_another_kind_is_as_usual(odd):
    assert Settings.from_document(odd) == Settings()


@given(
    st.dictionaries(
        st.sampled_from(sorted(Settings().document())),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    )
)
def test_whatever_was_kept_makes_settings_that_can_be_used(document):
    settings = Settings.from_document(document)
    assert settings.gamma in GAMMAS
    assert isinstance(settings.design, Design)
    assert isinstance(settings.recipe, Recipe)
