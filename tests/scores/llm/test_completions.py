import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.scores.llm.completions import count_answered, equal_form, read_rows

ALL = {1: ("233",), 2: ("250",), 3: ("male",)}
FORMS = {
    "JSON": '{"1": ["233"], "2": ["250"], "3": ["male"]}',
    "numbers": '{"1": [233], "2": 250.0, "3": "male"}',
    "fenced": 'Here:\n```json\n{"1": ["233"], "2": ["250"], "3": ["Male"]}\n```\nBye.',
    "inside": '{"rows": {"1": {"chol": "233"}, "2": {"chol": "250"}, "3": {"sex": "male"}}}',
    "list": '[["233"], ["250"], ["male"]]',
    "list inside": '{"answers": ["233", "250", "male"]}',
    "cut off": '{"1": ["233"], "2": ["250"], "3": ["male"], "4": ["17',
    "cut off, over lines": '{\n  "1": ["233"],\n  "2": ["250"],\n  "3": ["male"],\n  "4": [',
    "cut off, without lists": '{"1": "233", "2": 250, "3": "male", "4": "1',
    "lines": "1. 233\n2. 250\n3. male",
    "colons": "- Row 1: 233\n- Row 2: 250\n- Row 3: Male",
    "bold": "**1**: 233\n**2**: 250\n**3**: male",
    "lists by line": '1: [233]\n2: [250]\n3: ["male"]',
    "thoughts": '<think>{"1": ["9"], "2": ["9"], "3": ["9"]}</think>["233", "250", "male"]',
    "draft": '{"1": ["9"], "2": ["9"], "3": ["9"]} No: {"1":["233"],"2":["250"],"3":["male"]}',
}


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_read_in_any_usual_form(form):
    assert read_rows(FORMS[form], 3, 1) == ALL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I do not know this table.",
        "{",
        "[" * 5000,
        '{"1": null, "2": {}, "3": [[1]]}',
        '{"0": ["233"], "4": ["1"], "99999": ["1"], "²": ["1"]}',
        "The value is 2.5 at 12.",
        '{"1": ["a", "b"]}',
        '{"1": []}',
        "<think>1: 233",
    ],
)
def test_what_completes_no_row_is_read_as_none(text):
    assert read_rows(text, 3, 1) == {}


def test_several_columns_are_read_in_order():
    assert read_rows('{"1": ["a", 2], "2": ["a"]}', 2, 2) == {1: ("a", "2")}


def test_a_row_that_is_completed_in_two_ways_is_none():
    assert read_rows("1: 233\n1: 234\n2: 5", 2, 1) == {2: ("5",)}


def test_an_answer_without_end_is_not_read():
    assert read_rows("1: 2\n" * 300_000, 3, 1) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [("2.50", "2.5"), ("1e3", "1000"), ("-0", "0"), ("Male", " male "), ("233.0", "233")],
)
def test_equal_values_have_one_form(one, other):
    assert equal_form(one) == equal_form(other)


def test_the_rows_of_a_text_that_grows_are_counted():
    text = FORMS["JSON"]
    counts = [count_answered(text[:end], 3) for end in range(len(text) + 1)]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 3)
    assert count_answered("7: 1", 3) == 0


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["1", "2", "x", "٣"]) | st.text(max_size=3), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(
    st.text() | VALUE.map(json.dumps) | st.lists(st.sampled_from([*FORMS.values()])).map(" ".join)
)
def test_nothing_makes_reading_fail(text):
    rows = read_rows(text, 3, 1)
    assert rows.keys() <= {1, 2, 3}
    assert all(isinstance(cell, str) for values in rows.values() for cell in values)
    assert 0 <= count_answered(text, 3) <= 3


@given(st.text(alphabet='{}[]",:.1 \\\n', max_size=200))
def test_broken_forms_do_not_either(text):
    assert read_rows(text, 3, 1).keys() <= {1, 2, 3}
