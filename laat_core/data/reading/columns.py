"""Whole columns: left-over indexes, empty ones, and levels spelt in several ways."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import takewhile

import numpy as np
import pandas as pd

from laat_core.data.reading.loaded import Draft
from laat_core.data.reading.names import UNNAMED
from laat_core.data.text import as_text, canonical, listed, quote

__all__ = ["drop_columns", "note_spellings"]

FEWEST_ROWS = 3  # of a column that may be called an index
MOST_LEVELS = 1000  # of a column that is looked through for spellings
MOST_SHOWN = 5


def drop_columns(draft: Draft) -> None:
    """Leave out columns without a name that are empty or number the rows."""
    unnamed = [name for name in map(str, draft.frame.columns) if _is_unnamed(name)]
    empty = [name for name in unnamed if draft.frame[name].isna().all()]
    indexes = list(takewhile(lambda name: _is_index(draft.frame[name]), unnamed))
    if len(empty) + len(indexes) == draft.frame.shape[1]:
        return
    draft.frame = draft.frame.drop(columns=[*empty, *indexes])
    for name in (*empty, *indexes):
        draft.column_notes.pop(name, None)
    places = listed((name.removeprefix(f"{UNNAMED} ") for name in empty), most=5)
    if empty:
        s = "s" if len(empty) > 1 else ""
        draft.notes.append(f"Empty column{s} without a name left out (number {places}).")
    for name in indexes:
        place = name.removeprefix(f"{UNNAMED} ")
        draft.notes.append(
            f"Column {place} has no name and only numbers the rows: left out as a left-over index."
        )
    kept = [name for name in unnamed if name in draft.frame]
    if kept:
        draft.notes.append(f"Columns without a name are called by their place: {listed(kept)}.")


def _is_unnamed(name: str) -> bool:
    return name.startswith(f"{UNNAMED} ") and name.removeprefix(f"{UNNAMED} ").isdecimal()


def _is_index(values: pd.Series) -> bool:
    """Whether whole numbers count rows: all different, or starting again and again."""
    if not pd.api.types.is_integer_dtype(values) or len(values) < FEWEST_ROWS:
        return False
    numbers = values.to_numpy()
    if numbers.min() < 0:
        return False
    steps = numbers[1:] == numbers[:-1] + 1
    return values.is_unique or bool(np.all(steps | (numbers[1:] == numbers[0])) and steps.any())


def note_spellings(draft: Draft) -> None:
    """Note levels that are the same but for how they are written."""
    for name, dtype in zip(map(str, draft.frame.columns), draft.frame.dtypes, strict=True):
        if not (pd.api.types.is_object_dtype(dtype) or isinstance(dtype, pd.StringDtype)):
            continue
        distinct = _distinct(draft.frame[name])
        if not 1 < len(distinct) <= MOST_LEVELS:
            continue
        same = _grouped(distinct, canonical)
        if same:
            draft.note(name, f"Taken as one level, as they look the same: {same}.")
        alike = _grouped(map(as_text, distinct), _folded)
        if alike:
            draft.note(name, f"Levels that differ only in case or spaces: {alike}.")


def _distinct(values: pd.Series) -> list[str]:
    try:
        found = values.dropna().unique()
    except TypeError:  # lists
        return []
    return [cell for cell in found[: MOST_LEVELS + 1] if isinstance(cell, str)]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _grouped(texts: Iterable[str], key: Callable[[str], str]) -> str:
    groups: dict[str, list[str]] = defaultdict(list)
    for text in dict.fromkeys(texts):
        groups[key(text)].append(text)
    shown = [", ".join(map(quote, sorted(group))) for group in groups.values() if len(group) > 1]
    more = f" and {len(shown) - MOST_SHOWN} more" if len(shown) > MOST_SHOWN else ""
    return "; ".join(shown[:MOST_SHOWN]) + more
