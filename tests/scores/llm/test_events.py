import itertools
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.scores.llm.connection import TooMuch
from laat_core.scores.llm.events import MalformedError, json_events

EVENTS = [{"a": 1}, {"b": "x\u2028y\nz"}, {"c": [None]}]
STREAM = "".join(f"data: {json.dumps(e, ensure_ascii=False)}\n\n" for e in EVENTS)


def cut(body, places):
    """Body in parts that end at some places."""
    places = sorted({0, len(body), *(place % (len(body) + 1) for place in places)})
    return [body[start:end] for start, end in itertools.pairwise(places)]


@given(
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "data: [DONE]\n\n", "data: [DONE]\n\nnoise"]),
    st.lists(st.integers(0, 500)),
)
def test_events_do_not_depend_on_how_the_body_is_cut(end, done, places):
    body = (STREAM + done).replace("\n", end).encode()
    assert list(json_events(cut(body, places))) == EVENTS


@given(st.sampled_from([None, 2]), st.lists(st.integers(0, 500)))
def test_one_value_does_not_depend_on_how_the_body_is_cut(indent, places):
    assert list(json_events(cut(json.dumps(EVENTS[1], indent=indent).encode(), places))) == [
        EVENTS[1]
    ]


def test_events_come_while_the_body_arrives():
    def parts():
        yield STREAM.encode()
        raise AssertionError("read too far")

    events = json_events(parts())
    assert next(events) == EVENTS[0]


def test_an_event_over_several_lines_is_one():
    assert list(json_events([b'data: {"a":\ndata: 1}\n\n'])) == [{"a": 1}]


@pytest.mark.parametrize("body", [b"", b"\n\n", b": comment\n\n", b"event: ping\n\n"])
def test_nothing_is_no_event(body):
    assert list(json_events([body])) == []


@pytest.mark.parametrize("body", [b"<html>", b"data: {half\n\n", b"no\nJSON", b"\xff\xfe"])
def test_what_is_no_json_is_malformed(body):
    with pytest.raises(MalformedError):
        list(json_events([body]))


def test_a_body_without_events_is_not_held_without_end():
    tracemalloc.start()
    with pytest.raises(TooMuch):
        list(json_events(b"x" * 2**15 + b"\n" for _ in range(1024)))
    assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    tracemalloc.stop()
