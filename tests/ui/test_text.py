import html
import re

from hypothesis import given
from hypothesis import strategies as st

from ui.text import literal, literal_html, signed

MEANINGFUL = set("\\`*_{}[]()<>#+-.!|~$:&")


@given(st.text(alphabet=st.sampled_from(sorted(MEANINGFUL) + list("ab1 \n"))))
def test_every_character_with_a_meaning_is_escaped(text):
    inner = literal(text)[1:-1]
    bare = re.sub(r"\\.", "", inner)
    assert not MEANINGFUL.intersection(bare)
    assert re.sub(r"\\(.)", r"\1", inner) == " ".join(text.split())


@given(st.text())
def test_html_is_shown_as_text(text):
    inner = literal_html(text).removeprefix("<bdi>").removesuffix("</bdi>")
    assert "<" not in inner
    assert html.unescape(inner) == " ".join(text.split())


def test_numbers_have_a_sign_and_a_proper_minus():
    assert [signed(value) for value in (6.2, -4.6, 3.0, 0.0, -0.01)] == [
        "+6.2",
        "−4.6",
        "+3",
        "0",
        "0",
    ]
