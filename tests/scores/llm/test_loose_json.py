import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.scores.llm.loose_json import closed_json

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ('{"a": 1, "b": 2', '{"a": 1}'),
        ('[{"a": 1}, {"b": 2', '[{"a": 1}]'),
        ('See {"x": 1}: [{"a": 1}, {"b', '[{"a": 1}]'),
        ('{"a": "x, y}", "b', '{"a": "x, y}"}'),
        ('{"a": [1, 2], "b', '{"a": [1, 2]}'),
        ('{"a": 1}', ""),
        ("no JSON", ""),
        ("", ""),
    ],
)
def test_json_is_closed_behind_its_last_complete_value(text, closed):
    assert closed_json(text) == closed


@pytest.mark.slow
@given(value=st.dictionaries(st.text(), VALUES, min_size=1), cut=st.integers(0, 500))
def test_what_is_closed_is_json_and_adds_nothing(value, cut):
    text = json.dumps(value)
    closed = closed_json(text[: min(cut, len(text) - 1)])
    if closed.strip("{[]}"):
        kept = json.loads(closed)
        assert set(kept) <= set(value)
        assert list(kept.items())[:-1] == list(value.items())[: max(len(kept) - 1, 0)]
