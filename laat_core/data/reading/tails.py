"""Rows below a table that are no rows of it: totals and footnotes."""

import re
from typing import Any

import numpy as np
import pandas as pd

from laat_core.data.reading.loaded import Draft
from laat_core.data.text import as_text, level_text, quote

__all__ = ["drop_tail"]

MOST_BELOW = 10
FEWEST_ROWS = 3  # above
TOTALS = {
    *("total", "totals", "grand total", "sum", "mean", "average", "median"),
    *("summe", "gesamt", "mittelwert", "durchschnitt", "moyenne", "somme", "media", "promedio"),
}
FOOTNOTE = re.compile(
    r"[*†‡#].*|\(?\d?\)?\s*(notes?|sources?|footnotes?|legend|quellen?|anmerkung|stand|n\.b)\b.*",
    re.IGNORECASE | re.DOTALL,
)


def drop_tail(draft: Draft) -> None:
    """Leave out totals and footnotes at the end of a table, and say which."""
    frame = draft.frame
    dropped: list[str] = []
    while len(frame) > FEWEST_ROWS and len(dropped) < MOST_BELOW:
        said = _outside(frame)
        if said is None:
            break
        dropped.insert(0, said)
        frame = frame.iloc[:-1]
    if dropped:
        rows = "1 row" if len(dropped) == 1 else f"{len(dropped)} rows"
        shown = ", ".join(quote(text[:80]) for text in dropped)
        draft.notes.append(f"Left out below the table, as no data: {rows} ({shown}).")
        draft.frame = _retyped(frame)


def _outside(frame: pd.DataFrame) -> str | None:
    """Return what tells that the last row is a total or a footnote; None if it is a row."""
    last = [_cell(cell) for cell in frame.iloc[-1]]
    filled = [place for place, text in enumerate(last) if text]
    if not filled:
        return "an empty row"
    if filled == [0] and len(last) > 1 and _is_footnote(frame.iloc[:, 0], last[0]):
        return last[0]
    for place in filled:
        if last[place].strip(" :").casefold() in TOTALS and _only_once(frame.iloc[:, place]):
            return " ".join(filter(None, last))
    return None


def _cell(cell: Any) -> str:
    return "" if pd.api.types.is_scalar(cell) and pd.isna(cell) else as_text(cell)


def _is_footnote(column: pd.Series, text: str) -> bool:
    """Whether a text in the first cell alone is a remark, not the name of a row without values."""
    if FOOTNOTE.fullmatch(text):
        return True
    above = level_text(column.iloc[:-1].tail(100)).dropna()
    return bool(len(above)) and not _is_number(text) and all(map(_is_number, above))


def _is_number(text: str) -> bool:
    return text.lstrip("+-$€£").replace(".", "").replace(",", "").isdecimal()


def _only_once(column: pd.Series) -> bool:
    last = _cell(column.iloc[-1])
    return int(np.sum(level_text(column) == last)) == 1


def _retyped(frame: pd.DataFrame) -> pd.DataFrame:
    """A remark among numbers made their column one of objects."""
    return frame.copy().infer_objects()
