"""Where a table begins: title rows above the header, group headings, or no header at all."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from laat_core.data.text import canonical

__all__ = ["Head", "find_head", "usual_width"]

MOST_ABOVE = 30  # rows above a header
FEWEST_ROWS = 3  # below a row that is taken as values in place of a header
MOST_QUOTED = 80  # characters of a row that is quoted in a note
NUMBER = re.compile(r"[+\-−]?[$€£]? ?(\d[\d.,'’ ]*|\.\d+)([eE][+-]?\d+)? ?[%$€£]?")
YEARS = range(1900, 2101)

Row = Sequence[str]


@dataclass(frozen=True)
class Head:
    """The header of a table.

    Attributes
    ----------
    names : tuple of str
        Names of the columns as they are in the file; empty where there is no header row.
    above : int
        How many rows are above the header.
    notes : tuple of str
    """

    names: tuple[str, ...]
    above: int = 0
    notes: tuple[str, ...] = ()


def find_head(rows: Sequence[Row]) -> Head:
    """Find the header among the first rows of a table; blank rows are left out beforehand.

    Examples
    --------
    >>> find_head([["Study 12"], ["age", "ill"], ["61", "no"], ["54", "yes"]]).names
    ('age', 'ill')
    """
    width = usual_width(rows)
    place = _header_place(rows, width)
    if place:
        return _below(rows, place)
    if _is_values(rows, width):
        shown = _quoted([rows[0]])
        said = (
            f"There seems to be no header line: the first one, {shown}, was read as values, and "
            "the columns are called after their place. Add a line with names if there is none."
        )
        return Head((), notes=(said,))
    return Head(tuple(rows[0]))


def usual_width(rows: Sequence[Row]) -> int:
    """How many cells most of the rows have; of two such widths, the larger one."""
    counts = Counter(map(len, rows))
    return max(counts, key=lambda width: (counts[width], width))


def _below(rows: Sequence[Row], place: int) -> Head:
    names, above = list(rows[place]), rows[:place]
    if len(set(names)) < len(names) and len(groups := _spread(above[-1], len(names))) > 1:
        joined = zip(groups, names, strict=True)
        names, above = [f"{group} {name}".strip() for group, name in joined], above[:-1]
    notes = (f"Left out above the header: {_quoted(above)}.",) if above else ()
    return Head(tuple(names), place, notes)


def _spread(row: Row, width: int) -> list[str]:
    """Group headings with each one repeated over the columns that it stands over."""
    cells, last = [], ""
    for cell in [*row, *[""] * (width - len(row))][:width]:
        last = cell or last
        cells.append(last)
    return cells if _filled(row) > 1 else []


def _header_place(rows: Sequence[Row], width: int) -> int:
    """Return the row of the header: the first one, unless that is a title."""
    first = rows[0]
    titled = len(first) < width or (width > 2 and _filled(first) == 1)
    if width < 2 or not titled:
        return 0
    for place, row in enumerate(rows[1 : MOST_ABOVE + 1], start=1):
        if _filled(row) < width:
            continue
        lone = _filled(first) == 1 or len(first) < width - 1
        return place if _is_names(row) and (lone or _has_numbers(rows[place + 1 :])) else 0
    return 0


def _is_names(row: Row) -> bool:
    return not any(map(_is_number, row))


def _has_numbers(rows: Sequence[Row]) -> bool:
    return any(_is_number(cell) for row in rows[:FEWEST_ROWS] for cell in row)


def _is_values(rows: Sequence[Row], width: int) -> bool:
    """Whether the first row looks like those below it: numbers over numbers, and known words."""
    first, below = rows[0], [row for row in rows[1:] if len(row) == width]
    if len(first) != width or _filled(first) < width or len(below) < FEWEST_ROWS:
        return False
    numbers = [place for place, cell in enumerate(first) if _is_number(cell)]
    if not numbers or not all(_is_number(row[i]) or not row[i] for row in below for i in numbers):
        return False
    words = [place for place in range(width) if place not in set(numbers)]
    if words:
        return any(first[place] == row[place] for row in below for place in words)
    return width > 1 and not _counts(first)


def _counts(row: Row) -> bool:
    """Whether numbers are names after all: years, or the places of the columns."""
    if not all(cell.isdecimal() for cell in row):
        return False
    found = [int(cell) for cell in row]
    steps = {after - before for before, after in pairwise(found)}
    return steps == {1} or (len(set(found)) == len(found) and all(n in YEARS for n in found))


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None


def _filled(row: Row) -> int:
    return sum(map(bool, row))


def _quoted(rows: Sequence[Row]) -> str:
    """Rows in quotation marks, cut short."""
    texts = [" ".join(canonical(" ".join(filter(None, row))).split()) for row in rows]
    return ", ".join(repr(t if len(t) <= MOST_QUOTED else t[:MOST_QUOTED] + "…") for t in texts)
