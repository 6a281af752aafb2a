from hypothesis import given
from hypothesis import strategies as st

from laat_core.plots.style import BASELINE, plain, shorten


def test_tags_become_text():
    assert plain("<a href='x'>&") == "&lt;a href='x'&gt;&amp;"


@given(st.text(), st.integers(2, 40))
def test_shortened_text_is_one_line_of_at_most_the_length(text, length):
    short = shorten(text, length)
    assert len(short) <= length
    assert "\n" not in short


def test_a_band_has_the_colour_of_its_line():
    assert BASELINE.fill(0.2) == "rgba(217,115,13,0.2)"
