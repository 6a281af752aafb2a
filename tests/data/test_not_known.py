import pytest

from laat_core.data.not_known import says_not_known


@pytest.mark.parametrize(
    "text",
    ["unknown", " Not  KNOWN", "k. A.", "k.A.", "n. a.", "Weiß nicht", "not applicable", "."],
)
def test_words_and_marks_for_not_known(text):
    assert says_not_known(text)


@pytest.mark.parametrize("text", ["", "none", "no", "never", "0", "k. B.", "well known"])
def test_others_say_something(text):
    assert not says_not_known(text)
