import html
import re

from hypothesis import given
from hypothesis import strategies as st

from ui.text import JOINER, literal, literal_html, signed, with_sign

MEANINGFUL = set("\\`*_{}[]()<>#+-.!|~$:&")


@given(st.text(alphabet=st.sampled_from(sorted(MEANINGFUL) + list("ab1 \n"))))
def test_every_character_with_a_meaning_is_escaped(text):
    inner = literal(text)[1:-1]
    bare = re.sub(r"\\.", "", inner)
    assert not MEANINGFUL.intersection(bare)
    assert re.sub(r"\\(.)", r"\1", inner).replace(JOINER, "") == " ".join(text.split())


def test_names_of_icons_and_emoji_are_no_pictures():
    named = re.compile(r":[\w/+-]+:")
    for text in (":material/lock:", ":smile:", "a:b:c:", "12:30:15", ":streamlit:"):
        shown = re.sub(r"\\(.)", r"\1", literal(text))
        assert not named.search(shown)
        assert text in shown.replace(JOINER, "")
    assert JOINER not in literal("Age: 12 to 30")


@given(st.text())
def test_html_is_shown_as_text(text):
    inner = literal_html(text).removeprefix("<bdi>").removesuffix("</bdi>")
    assert "<" not in inner
    assert html.unescape(inner) == " ".join(text.split())


def test_places_are_kept_where_numbers_stand_below_each_other():
    assert [with_sign(value) for value in (3.0, -4.62)] == ["+3.0", "−4.6"]
    assert with_sign(-0.456, 2) == "−0.46"


def test_numbers_have_a_sign_and_a_proper_minus():
    assert [signed(value) for value in (6.2, -4.6, 3.0, 0.0, -0.01)] == [
        "+6.2",
        "−4.6",
        "+3",
        "0",
        "0",
    ]
