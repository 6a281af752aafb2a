import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.scores.llm.written import sign_in_doubt, speaks_against, written_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7), ("+7", 7), ("−7", -7), ("– 7", -7), ("7,5", 7.5), ("7/10", 7), ("7 out of 10", 7),
        ("7 (strong)", 7), ("-3 (negative)", -3), ("3 (negative)", None), ("3 (protective)", None),
        ("minus 3", -3), ("Minus 3,5", -3.5), ("plus 7", 7), ("minus three", None),
        ("7 or 8", None), ("5-7", None), ("20%", None), ("", None), ("high", None), ("7/5", None),
    ],
)  # fmt: skip
def test_a_written_number_is_read_only_where_it_is_all_there_is(text, number):
    assert written_number(text) == number


@given(st.integers(-10, 10), st.sampled_from(["{}", "{:+}", " {} ", "{}/10", "{} out of 10"]))
def test_every_score_is_read_as_it_was_written(score, form):
    assert written_number(form.format(score)) == score


@pytest.mark.parametrize(
    ("text", "title", "against"),
    [
        ("negative", "", True), ("Strongly protective effect", "", True), ("↓", "", True),
        ("-", "Direction", True), ("−", "effect_sign", True), ("–", "+/−", True),
        ("-", "Unit", False), ("-", "Significance", False), ("less exercise", "Reason", False),
        ("positive", "Direction", False), ("", "Direction", False),
    ],
)  # fmt: skip
def test_a_word_reverses_a_score_only_where_it_stands_alone(text, title, against):
    assert speaks_against(text, title) is against


def test_a_sign_of_its_own_leaves_no_doubt():
    assert not sign_in_doubt("negative (", "-7", ")")
    assert sign_in_doubt("negative (", "7", ")")
    assert sign_in_doubt("-(", "7", ")")
