"""Names of columns: one form for each, and each its own."""

import re
from collections.abc import Iterable, Sequence
from unicodedata import normalize

from laat_core.data.text import as_text, canonical, encodable, listed

__all__ = ["UNNAMED", "column_names", "last_level"]

UNNAMED = "unnamed column"
WITHOUT_NAME = re.compile(
    r"Unnamed: \d+(?:\.\d+)*|\.\.\.\d+"
)  # what pandas and R make of an empty name


def column_names(header: Iterable[object]) -> tuple[list[str], list[str]]:
    """Return a name for every column, and notes on names that were changed.

    Examples
    --------
    >>> column_names(["age", None, "age"])[0]
    ['age', 'unnamed column 2', 'age (2)']
    """
    texts = ["" if cell is None else _text(cell) for cell in header]
    names: list[str] = []
    notes, doubled = [], []
    taken = set(map(canonical, texts))
    for place, text in enumerate(texts, start=1):
        name = canonical(text)
        if not name or WITHOUT_NAME.fullmatch(name):
            name = f"{UNNAMED} {place}"
        elif name != normalize("NFC", text.strip()):
            notes.append(f"The column {text.strip()!r} is called {name!r}.")
        if name in names:
            doubled.append(new := _free(name, taken.union(names)))
            name = new
        names.append(name)
    if doubled:
        notes.append(
            "Some columns have the name of another one and were given a number: "
            f"{listed(map(repr, doubled))}. Check which is which."
        )
    return names, notes


def _text(cell: object) -> str:
    return encodable(cell) if isinstance(cell, str) else as_text(cell)


def _free(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


def last_level(names: Sequence[object]) -> tuple[list[object], list[str]]:
    """Return one name per column where a table has several levels of them, and notes."""
    levels = [name for name in names if isinstance(name, tuple)]
    if not levels:
        return list(names), []
    last = [name[-1] if isinstance(name, tuple) else name for name in names]
    if len(set(map(str, last))) == len(last) and all(map(str, last)):
        return last, ["The columns have names on several levels; the last level is used."]
    joined = [
        " ".join(str(part) for part in name if str(part)) if isinstance(name, tuple) else name
        for name in names
    ]
    return joined, ["The columns have names on several levels, which were joined."]
