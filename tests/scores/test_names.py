import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.scores.names import Names

FEATURES = ["age", "pain = none", "pain = severe", "Score", "score", " x", "m\u00fcde = 18-25"]
LABELS = {
    "age": "Age, years",
    "pain = none": "Chest pain = none",
    "pain = severe": "Chest pain = severe",
    "Score": "age",  # a name counts before a label
    "score": "Risk",
}
NAMES = Names(FEATURES, LABELS)


@pytest.mark.parametrize(
    ("said", "feature", "exact"),
    [
        ("age", "age", True),
        (" age ", "age", True),
        ("AGE, YEARS", "age", False),
        ("Chest pain = none", "pain = none", True),
        ("chest  pain=NONE", "pain = none", False),
        ("PAIN =severe", "pain = severe", False),
        ("Score", "Score", True),
        ("score", "score", True),
        ("Risk", "score", True),
        (" x", " x", True),
        ("x", " x", True),
        ("mu\u0308de = 18\u201325", "m\u00fcde = 18-25", True),
        ("M\u00dcDE=18\u201325", "m\u00fcde = 18-25", False),
    ],
)
def test_a_feature_is_found_by_name_label_and_whatever_its_case(said, feature, exact):
    assert NAMES.find(said) == (feature, exact, "")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("SCORE", "'SCORE' may mean 'Score', 'score'; name one exactly"),
        ("weight", "'weight' is no feature of this table"),
        ("", "no feature is named"),
        ("  ", "no feature is named"),
    ],
)
def test_what_means_no_feature_or_several_is_said(said, fault):
    assert NAMES.find(said) == ("", True, fault)


def test_labels_that_several_features_share_are_ambiguous():
    names = Names(["a", "b"], {"a": "Same", "b": "Same"})
    assert "may mean 'a', 'b'" in names.find("Same").fault
    assert names.find("a").feature == "a"


@given(st.lists(st.text(max_size=8), unique=True, min_size=1, max_size=6))
def test_every_feature_is_found_by_its_own_name(features):
    names = Names(features, {})
    assert [names.find(feature).feature for feature in features] == features


@given(st.text(min_size=1, max_size=8).filter(str.strip))
def test_a_name_is_found_in_either_normal_form(name):
    for form in ("NFC", "NFD"):
        assert Names([name], {}).find(unicodedata.normalize(form, name)).feature == name
