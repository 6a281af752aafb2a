"""The JSON that a server's response consists of: the events of a stream, or one whole value.

Servers name the kind of a response wrongly, so that the content decides, not its declared type.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

from laat_core.scores.llm.connection import MOST_AT_ONCE, TooMuch

__all__ = ["MalformedError", "json_events"]

LINE_END = re.compile(rb"\r\n|\n|\r")
FIELDS = {"", "event", "id", "retry"}  # of a stream, beside "data"; "" begins a comment
END = "[DONE]"
BYTE_ORDER_MARK = "\ufeff"


class MalformedError(ValueError):
    """A body that is no JSON; it begins with ``text``."""

    def __init__(self, text: str) -> None:
        super().__init__("no JSON")
        self.text = text


def json_events(parts: Iterable[bytes]) -> Iterator[object]:
    r"""Yield the JSON values of a response while it arrives.

    Parameters
    ----------
    parts : iterable of bytes
        A body: server-sent events, one JSON value, or one on each line.

    Raises
    ------
    MalformedError
        If the body is neither.

    Examples
    --------
    >>> list(json_events([b'data: {"a": 1}\n\n', b"data: [DONE]\n\n"]))
    [{'a': 1}]
    >>> list(json_events([b'{"a":', b" 1}"]))
    [{'a': 1}]
    """
    data: list[str] = []
    others: list[str] = []
    n_events = n_held = 0
    for line in chain(_lines(parts), [""]):
        field, _, value = line.lstrip(BYTE_ORDER_MARK).partition(":")
        if field == "data":
            data.append(value.strip())
        elif not line.strip() and data:
            for text in _texts(data):
                if text.startswith(END):
                    return
                n_events += 1
                yield _parsed(text)
            data = []
        elif field not in FIELDS and not n_events:
            others.append(line)
            n_held += len(line)
            if n_held > MOST_AT_ONCE:
                raise TooMuch("too much")
    if others and not n_events:
        yield from map(_parsed, _texts(others))


def _lines(parts: Iterable[bytes]) -> Iterator[str]:
    held = bytearray()
    for part in parts:
        held += part
        if b"\n" in part or b"\r" in part:
            *whole, rest = LINE_END.split(bytes(held))
            held = bytearray(rest)
            yield from (line.decode("utf-8", "replace") for line in whole)
    yield held.decode("utf-8", "replace")


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise MalformedError(text) from error


def _texts(lines: list[str]) -> list[str]:
    """Lines as one text where that is JSON; else each by itself."""
    whole = "\n".join(lines).strip().lstrip(BYTE_ORDER_MARK)
    if len(lines) > 1:
        with suppress(ValueError, RecursionError):
            json.loads(whole)
            return [whole]
        return [line.strip().lstrip(BYTE_ORDER_MARK) for line in lines if line.strip()]
    return [whole] if whole else []
