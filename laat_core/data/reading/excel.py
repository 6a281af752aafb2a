"""Excel workbooks: which sheet, where its table begins, merged cells and formulas."""

import io
import re
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

import openpyxl  # type: ignore[import-untyped]
import pandas as pd
from openpyxl.styles.numbers import BUILTIN_FORMATS  # type: ignore[import-untyped]
from openpyxl.utils.cell import range_boundaries  # type: ignore[import-untyped]

from laat_core.data.reading import limits
from laat_core.data.reading.heads import find_head
from laat_core.data.reading.loaded import Draft
from laat_core.data.reading.names import column_names
from laat_core.data.reading.number_formats import apply_formats, formats_of, is_telling
from laat_core.data.text import as_text, listed, quote
from laat_core.errors import DataError

__all__ = ["read_excel", "sheet_names"]

SAMPLE_ROWS = 500
MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
# A formula whose result the program that wrote it has not stored.
UNCALCULATED = re.compile(
    rb'<c\s[^>]*?r="([A-Z]{1,3})\d+"[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*'
    rb"(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)

Cells = tuple[Any, ...]


@dataclass(frozen=True)
class _Rows:
    """The rows of a sheet that hold something, and which ones of the sheet they are, from 1."""

    cells: list[Cells]
    places: list[int]


def read_excel(content: bytes, name: str, sheet: str | None = None) -> Draft:
    """Read one sheet of a workbook: the one named, else the first that Excel shows as a table."""
    book = _opened(content, name)
    chosen, rows, notes = _choose_sheet(book, name, sheet)
    others = [title for title in _visible(book) if title != chosen.title]
    markup = _markup(content, chosen)
    try:
        draft = _draft(rows, name, notes, MERGED.findall(markup))
        if draft.frame.empty:
            raise DataError(f"{name} has no table on this sheet: {_size(draft.frame)}.")
    except DataError as error:
        there = f" Other sheets: {listed(map(quote, others))}." if others else ""
        raise DataError(f"Sheet {quote(chosen.title)}: {error}{there}") from error
    _note_formulas(draft, markup)
    if any(map(is_telling, _formats(book))):
        first = rows.places[-len(draft.frame)]  # of the sheet, below the header
        apply_formats(draft, formats_of(chosen.iter_rows(min_row=first)))
    draft.sheet = chosen.title
    draft.sheets = tuple(_visible(book))
    return draft


def sheet_names(content: bytes, name: str) -> tuple[str, ...]:
    """Return the visible sheets of a workbook, the one that Excel shows first in front.

    Empty where the file is no workbook that can be opened.
    """
    try:
        book = _opened(content, name)
    except Exception:  # noqa: BLE001 - whatever a parser makes of another or a broken file
        return ()
    shown = _shown(book)
    return tuple(sorted(_visible(book), key=lambda title: title != shown))


def _opened(content: bytes, name: str) -> Any:
    with ZipFile(io.BytesIO(content)) as archive:
        cells = sum(part.file_size for part in archive.infolist()) // 8
    limits.check_cells(cells, name)
    return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)


def _formats(book: Any) -> set[str]:
    """Return all number formats that cells of a workbook may have."""
    builtin = {style.numFmtId for style in book._cell_styles}
    return {*book._number_formats, *(BUILTIN_FORMATS.get(number, "") for number in builtin)}


def _visible(book: Any) -> list[str]:
    return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _shown(book: Any) -> str:
    """Return the sheet that Excel shows when it opens the book."""
    visible = _visible(book)
    active = book.active.title if book.active is not None else ""  # may be a chart
    return active if active in visible else [*visible, *(s.title for s in book.worksheets)][0]


def _choose_sheet(book: Any, name: str, asked: str | None) -> tuple[Any, _Rows, list[str]]:
    """Return the sheet to read, its rows, and notes."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    visible = _visible(book)
    if not sheets:
        raise DataError(f"{name} has no sheet with cells. Put the table on a sheet and save it.")
    if asked is not None and asked not in sheets:
        raise DataError(f"{name} has no sheet {asked!r}. There are: {listed(sheets)}.")
    title = asked or _shown(book)
    rows = _rows(sheets[title])
    notes = []
    if asked is None and not _holds_table(rows):
        for other in visible:
            if other != title and _holds_table(found := _rows(sheets[other])):
                notes.append(f"The sheet {quote(title)} holds no table: it was passed over.")
                title, rows = other, found
                break
    others = [other for other in visible if other != title]
    if len(book.sheetnames) > 1:  # charts among them
        notes.append(f"The sheet {quote(title)} was read.")
    if others:
        notes.append(f"Other sheets: {listed(map(quote, others))}.")
    hidden = [other for other in sheets if other not in visible and other != title]
    if hidden:
        s = "s" if len(hidden) > 1 else ""
        notes.append(f"Hidden sheet{s} left out: {listed(map(quote, hidden))}.")
    return sheets[title], rows, notes


def _holds_table(rows: _Rows) -> bool:
    """Whether there are two rows at least, most of several cells, or a column of numbers."""
    wide = sum(len(row) - row.count(None) > 1 for row in rows.cells)
    numbers = all(isinstance(row[-1], int | float) for row in rows.cells[1:])
    return len(rows.cells) > 1 and (2 * wide > len(rows.cells) or numbers)


def _size(frame: pd.DataFrame) -> str:
    return "it has a header line but no rows" if len(frame.columns) else "it is empty"


def _rows(sheet: Any) -> _Rows:
    sheet.reset_dimensions()  # some programs write wrong ones
    cells, places = [], []
    for place, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if filled := _filled(row):
            cells.append(filled)
            places.append(place)
    return _Rows(cells, places)


def _filled(row: Cells) -> Cells:
    """Cells up to the last one that holds something."""
    return row[: max((i for i, cell in enumerate(row, start=1) if cell is not None), default=0)]


def _markup(content: bytes, sheet: Any) -> bytes:
    """Return the XML of a sheet, for what openpyxl does not tell while it reads row by row."""
    with ZipFile(io.BytesIO(content)) as archive:
        return archive.read(sheet._worksheet_path)


def _draft(rows: _Rows, name: str, notes: list[str], merged: list[bytes]) -> Draft:
    if not rows.cells:
        return Draft(pd.DataFrame(), notes)
    texts = [[_text(cell) for cell in row] for row in rows.cells[:SAMPLE_ROWS]]
    head = find_head(texts)
    first = head.last + 1 if head.names else 0
    width = max(map(len, rows.cells))
    body, places = rows.cells[first:], rows.places[first:]
    limits.check_cells(width * len(body), name)
    padded = [[*row, *[None] * (width - len(row))] for row in body]
    filled = _fill_merged(padded, places, merged)
    header = [*head.names, *[""] * (width - len(head.names))]
    if head.names:
        names, changed = column_names(header)
    else:
        names, changed = [f"column {place}" for place in range(1, width + 1)], []
    draft = Draft(pd.DataFrame(padded, columns=names), [*notes, *head.notes, *changed])
    draft.units.update(head.unit_of(names))
    for place, n_cells in filled.items():
        draft.note(names[place], f"Merged cells were filled with their value ({n_cells:,} cells).")
    return draft


def _text(cell: object) -> str:
    return "" if cell is None else as_text(cell)


def _fill_merged(rows: list[list[Any]], places: list[int], merged: list[bytes]) -> dict[int, int]:
    """Give each row below a merged cell its value; return how many cells, by column."""
    at = {place: number for number, place in enumerate(places)}
    filled: dict[int, int] = {}
    for reference in merged:
        left, top, _, bottom = range_boundaries(reference.decode())
        if top not in at or bottom == top or not rows or left > len(rows[0]):
            continue
        below = [at[place] for place in range(top + 1, min(bottom, places[-1]) + 1) if place in at]
        for number in below:
            rows[number][left - 1] = rows[at[top]][left - 1]
        filled[left - 1] = filled.get(left - 1, 0) + len(below)
    return filled


def _note_formulas(draft: Draft, markup: bytes) -> None:
    letters = (
        [letter.decode() for letter in UNCALCULATED.findall(markup)] if b"<f" in markup else []
    )
    if not letters:
        return
    place_of = {letter: range_boundaries(f"{letter}1")[0] - 1 for letter in set(letters)}
    names = [draft.frame.columns[p] for p in sorted(place_of.values()) if p < draft.frame.shape[1]]
    found = "1 formula has" if len(letters) == 1 else f"{len(letters):,} formulas have"
    draft.notes.append(
        f"{found} no stored result, read as missing, in: {listed(map(quote, names))}. "
        "Open the file in Excel or LibreOffice, save it and load it again."
    )
