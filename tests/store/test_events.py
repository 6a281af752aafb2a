import hashlib
from dataclasses import replace

import pytest

from laat_core.errors import StoreError
from laat_core.store.events import (
    Packed,
    canonical_json,
    event_after,
    first_broken,
    parse_content,
    sha256,
)

TABLE = b"a table"


@pytest.fixture
def events():
    first = event_after(None, "", "opened", {"table": sha256(TABLE)})
    second = event_after(first, "ann", "edited", {"changes": {"größe": [0.1, -3]}})
    return [first, second, event_after(second, "ann", "undone", {})]


@pytest.fixture
def tables():
    return {sha256(TABLE): TABLE}


def test_the_hash_can_be_computed_by_anybody(events):
    event = events[1]
    text = (
        '{"content":{"changes":{"größe":[0.1,-3]}},"kind":"edited","number":2,'
        f'"previous":"{events[0].hash}","time":"{event.time}","who":"ann"}}'
    )
    assert event.hash == hashlib.sha256(text.encode()).hexdigest()


def test_a_whole_chain_holds(events, tables):
    assert first_broken(events, tables) is None
    assert first_broken([], {}) is None


@pytest.mark.parametrize(
    ("position", "change"),
    [
        (0, {"content": {}}),
        (1, {"content": {"changes": {"größe": [0.1, 3]}}}),
        (1, {"who": "bob"}),
        (1, {"time": "2020-01-01"}),
        (1, {"kind": "undone"}),
        (1, {"hash": ""}),
        (1, {"content": {"changes": float("nan")}, "hash": ""}),
        (2, {"previous": ""}),
        (2, {"number": 4}),
    ],
)
def test_the_first_broken_link_is_named(events, tables, position, change):
    events[position] = replace(events[position], **change)
    number, sentence = first_broken(events, tables)
    assert number == position + 1
    assert str(number) in sentence


def test_a_link_that_was_made_anew_breaks_the_next(events, tables):
    events[1] = event_after(events[0], "ann", "edited", {"changes": {}})
    assert first_broken(events, tables)[0] == 3


def test_a_missing_event_is_named(events, tables):
    del events[1]
    assert first_broken(events, tables) == (
        2,
        "Event 2 is missing; event 3 stands in its place.",
    )


def test_a_table_that_is_gone_or_changed_is_named(events, tables):
    assert "is not there" in first_broken(events, {})[1]
    assert "not the recorded one" in first_broken(events, dict.fromkeys(tables, b"other"))[1]


def test_content_is_as_it_will_be_read_again():
    event = event_after(None, "", "settings", {"b": (1, 2.0), "a": "\ud800"})
    assert event.content == {"a": "?", "b": [1, 2.0]}
    assert parse_content(canonical_json(event.content)) == event.content


@pytest.mark.parametrize("content", [{"a": float("nan")}, {"a": {1}}, {"a": b"x"}])
def test_content_that_is_no_json_is_refused(content):
    with pytest.raises(StoreError, match="cannot be kept"):
        event_after(None, "", "settings", content)


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a":1,"a":1}', '{"b":1,"a":1}', "NaN"])
def test_text_in_another_form_than_hashed_is_no_content(text):
    assert "unreadable" in parse_content(text)


def test_packed_content_is_the_same_content():
    content = {"result": {"auc": [0.1, 0.25]}, "größe": None}
    packed = Packed(content)
    assert packed == content
    assert (canonical_json(packed), len(packed)) == (canonical_json(content), 2)
    with pytest.raises(TypeError, match="no plain JSON"):
        canonical_json({"when": object()})
