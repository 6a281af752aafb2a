"""Finding the JSON in what a language model answers: bare, in a code fence, or amid other text."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

__all__ = ["closed_json", "json_values", "spoken", "without_thoughts"]

MOST_VALUES = 5000  # JSON values, or what might begin one, that are looked at in an answer

PAIRS = {"{": "}", "[": "]"}
BEGINNING = re.compile(r"[{\[]\s*[\"{\[]")
MARK = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\],]', re.DOTALL)  # a string, or what divides
BRACKET = re.compile(r"[{\[]")
MARKS = ("think", "thinking", "thought", "reasoning")
THOUGHTS = (
    *((f"<{mark}>", f"</{mark}>") for mark in MARKS),
    ("[THINK]", "[/THINK]"),
    ("<|channel|>analysis", "<|channel|>final<|message|>"),
)
# "+7" and a last comma are no JSON, yet often written. Strings are matched so that they stay as
# they are; one begins where JSON has a value, since a text has quotation marks elsewhere: 6" tall.
UNTIDY = re.compile(
    r"""((?<![^\s\[{,:])"(?:[^"\\]++|\\.)*+"?)|(?<=[:\s\[,])\+(?=\d)|,(?=\s*[\]}])""", re.DOTALL
)


def without_thoughts(text: str) -> str:
    """Text behind what a model thinks aloud, up to thoughts that have not come to an end."""
    for begin, end in THOUGHTS:
        opened, closed = text.rfind(begin), text.rfind(end)
        until = text[:opened] if opened > closed else text
        text = until.rpartition(end)[2]
    return text


def spoken(text: str) -> str:
    r"""Text of an answer: without thoughts, and unpacked where it is one JSON string.

    Examples
    --------
    >>> spoken('<think>hm</think>"{\"age\": 3}"')
    '{"age": 3}'
    """
    text = without_thoughts(text).strip().lstrip("\ufeff")
    if text.startswith('"'):
        with suppress(ValueError):
            inner = json.loads(text)
            return inner if isinstance(inner, str) else text
    return text


def json_values(text: str) -> Iterator[object]:
    """Yield the JSON objects and lists in a text, one after the other."""
    # As long as the text, so that a place in one is the same place in the other.
    tidy = UNTIDY.sub(lambda found: found[1] or " ", text)
    position = 0
    for _ in range(MOST_VALUES):
        bracket = BRACKET.search(text, position)
        if bracket is None:
            return
        try:
            values, position = _value_at(bracket.start(), text, tidy)
        except RecursionError:  # no answer is that deep
            return
        yield from values


def _value_at(start: int, *forms: str) -> tuple[list[object], int]:
    """Read what begins at a bracket, from the first form of a text in which it is JSON.

    Returns
    -------
    list
        The value; empty where there is none.
    int
        Where to go on: behind all that was read, so that no part is read twice.
    """
    read = start + 1
    for form in forms:
        try:
            value, end = DECODER.raw_decode(form, start)
        except json.JSONDecodeError as error:
            read = max(read, error.pos)
        else:
            return [value], end
    return [], read


def _mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        times = Counter(key for key, _ in pairs)
        mapping |= {key: "given twice" for key in mapping if times[key] > 1}
    return mapping


def closed_json(text: str) -> str:
    """Close JSON that was cut off, behind its last complete value.

    Parameters
    ----------
    text : str
        Anything. What follows the last comma or closing bracket is dropped: ``"score": 1`` may be
        the beginning of 10.

    Returns
    -------
    str
        Empty where no JSON was cut off.

    Examples
    --------
    >>> closed_json('Here: {"age": 7, "sex": 1')
    '{"age": 7}'
    """
    begin = BEGINNING.search(text)
    while begin is not None:
        stop, closed = _closed_at(begin.start(), text)
        if stop == len(text):
            return closed
        begin = BEGINNING.search(text, stop)
    return ""


def _closed_at(start: int, text: str) -> tuple[int, str]:
    """Close what begins at a bracket; return where it ends, and the closed text."""
    expected: list[str] = []
    end, closing = start, ""
    for mark in MARK.finditer(text, start):
        if mark[0] in PAIRS:
            expected.append(PAIRS[mark[0]])
        elif mark[0] in PAIRS.values():
            if expected.pop() != mark[0] or not expected:
                return mark.end(), ""  # no JSON, or whole
            end, closing = mark.end(), "".join(reversed(expected))
        elif mark[0] == ",":
            end, closing = mark.start(), "".join(reversed(expected))
    return len(text), text[start:end] + closing


DECODER = json.JSONDecoder(
    object_pairs_hook=_mapping,
    parse_constant=str,  # NaN and Infinity stay words
    parse_int=lambda digits: int(digits[:20]),  # longer ones are out of range as well
    strict=False,
)
