"""Reading how a language model completes rows: untrusted text, only compared with cells."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from laat_core.data.text import as_text, encodable, one_line
from laat_core.scores.llm.loose_json import json_values, without_thoughts

__all__ = ["count_answered", "equal_form", "read_rows"]

Entry = tuple[str, object]  # the number of a row as it is said, and what it is completed by
Rows = dict[int, tuple[str, ...]]

MOST_CHARACTERS = 1_000_000
MOST_DIGITS = 4  # of a row's number
# A row's number and what it is completed by, in JSON that was cut off, or line by line.
ENTRY = re.compile(
    r"""(?:^|[{,])[ \t*-]*+(?:row[ \t]*+)?"?(\d{1,4})"?[ \t*]*+(?::|[.)](?=[ \t]))[ \t*]*+"""
    r"""(\[[^\[\]\n]*+\]|"(?:[^"\\\n]++|\\.)*+"|[^\s\[\]{},"][^\n{},]*+)""",
    re.MULTILINE | re.IGNORECASE,
)


def equal_form(text: str) -> str:
    """Text in a form in which equal values are equal: ``2.50`` and ``2.5``, ``Yes`` and ``yes``."""
    with suppress(ValueError):
        return as_text(float(text))
    return one_line(text).casefold()


def read_rows(text: str, n_rows: int, n_hidden: int) -> Rows:
    """Read an answer: bare JSON, JSON amid other text or cut off, or a line per row.

    Parameters
    ----------
    text : str
        Anything.
    n_rows, n_hidden : int

    Returns
    -------
    dict of int to tuple of str
        By number of the row, from 1, what it is completed by, in :func:`equal_form`. Rows that
        are not completed, or twice in different ways, are not there. Never raises.
    """
    if len(text) > MOST_CHARACTERS:
        return {}
    spoken = without_thoughts(text)
    forms = [_written(spoken), *map(_entries, json_values(spoken))]
    found = [_rows(entries, n_rows, n_hidden) for entries in forms]
    # Of several that are as long the last: a draft comes before the answer.
    return max(reversed(found), key=len)


def count_answered(text: str, n_rows: int) -> int:
    """Return how many rows a text that still grows has come to."""
    numbers = {int(number) for number, _ in ENTRY.findall(text[:MOST_CHARACTERS])}
    return len(numbers & set(range(1, n_rows + 1)))


def _entries(value: object) -> list[Entry]:
    """Entries of a JSON value: of an object, of one inside it, or of a list in the rows' order."""
    while isinstance(value, dict) and len(value) == 1 and not next(iter(value)).isdecimal():
        value = next(iter(value.values()))
    if isinstance(value, list):
        return [(str(number), entry) for number, entry in enumerate(value, start=1)]
    return list(value.items()) if isinstance(value, dict) else []


def _written(text: str) -> Iterator[Entry]:
    """Yield entries line by line, and what there is of JSON that was cut off."""
    for number, said in ENTRY.findall(text):
        try:
            yield number, json.loads(said)
        except (ValueError, RecursionError):
            yield number, said


def _rows(entries: Iterable[Entry], n_rows: int, n_hidden: int) -> Rows:
    rows: Rows = {}
    doubted = set()
    for said, value in entries:
        number = int(said) if said.isdecimal() and len(said) <= MOST_DIGITS else 0
        values = _values(value)
        fits = 1 <= number <= n_rows and len(values) == n_hidden
        if fits and rows.setdefault(number, values) != values:
            doubted.add(number)
    return {number: values for number, values in rows.items() if number not in doubted}


def _values(value: object) -> tuple[str, ...]:
    """Return what a row is completed by; nothing where that is no text or number."""
    parts = list(value.values()) if isinstance(value, dict) else value
    parts = parts if isinstance(parts, list) else [parts]
    if not all(isinstance(part, str | int | float) for part in parts):
        return ()
    return tuple(equal_form(encodable(str(part))) for part in parts)
