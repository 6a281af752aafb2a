"""Where a table begins: title rows above the header, group headings, or no header at all."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from laat_core.data.not_known import says_not_known
from laat_core.data.text import canonical, quote

__all__ = ["Head", "find_head", "usual_width"]

MOST_ABOVE = 30  # rows above a header
FEWEST_ROWS = 3  # below a row that is taken as values in place of a header
MOST_QUOTED = 80  # characters of a row that is quoted in a note
NUMBER = re.compile(r"[+\-−]?[$€£]? ?(\d[\d.,'’ ]*|\.\d+)([eE][+-]?\d+)? ?[%$€£]?")
UNIT = re.compile(r"(?!\d+$)[^\s]{1,15}( [^\s]{1,10})?")
# Units that no first row of values would have in their place.
KNOWN_UNIT = re.compile(
    r"%|[kmµu]?g|[kcmn]?m|[mdc]?l|[mµn]?mol|mm ?hg|bpm|(year|month|week|day|hour|minute)s?|min"
    r"|yrs?|jahre?|°[CF]|[€$£]|eur|usd|chf|gbp|\S+/\S+",
    re.IGNORECASE,
)
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
    units : tuple of str
        Units of the columns, where a row below the header has them.
    """

    names: tuple[str, ...]
    above: int = 0
    notes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def last(self) -> int:
        """The last row that is no data."""
        return self.above + bool(self.units)

    def unit_of(self, names: Sequence[str]) -> dict[str, str]:
        """Return the units by the final names of the columns."""
        return {name: unit for name, unit in zip(names, self.units, strict=False) if unit}


def find_head(rows: Sequence[Row]) -> Head:
    """Find the header among the first rows of a table; blank rows are left out beforehand.

    Examples
    --------
    >>> find_head([["Study 12"], ["age", "ill"], ["61", "no"], ["54", "yes"]]).names
    ('age', 'ill')
    """
    width = usual_width(rows)
    place = _header_place(rows, width) or int(_in_two_rows(rows, width))
    if place:
        return _with_units(_below(rows, place), rows)
    if _is_values(rows, width):
        shown = _quoted([rows[0]])
        said = (
            f"There seems to be no header line: the first one, {shown}, was read as values, and "
            "the columns are named by their place. If they have names, put these in the first line."
        )
        return Head((), notes=(said,))
    return _with_units(Head(tuple(rows[0])), rows)


def usual_width(rows: Sequence[Row]) -> int:
    """How many cells most of the rows have; of two such widths, the larger one."""
    counts = Counter(map(len, rows))
    return max(counts, key=lambda width: (counts[width], width))


def _below(rows: Sequence[Row], place: int) -> Head:
    names, above, notes = list(rows[place]), rows[:place], []
    if len(set(names)) < len(names) and len(groups := _spread(above[-1], len(names))) > 1:
        twice = Counter(names)
        names = [
            f"{group} {name}".strip() if twice[name] > 1 else name
            for group, name in zip(groups, names, strict=True)
        ]
        notes.append(
            f"The table has two header rows; the first one, {_quoted(above[-1:])}, was joined with "
            "the names that repeat."
        )
        above = above[:-1]
    if above:
        notes.insert(0, f"Left out above the header: {_quoted(above)}.")
    return Head(tuple(names), place, tuple(notes))


def _spread(row: Row, width: int) -> list[str]:
    """Group headings with each one repeated over the columns that it stands over."""
    cells, last = [], ""
    for cell in [*row, *[""] * (width - len(row))][:width]:
        last = _unless_dash(cell) or last
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


def _in_two_rows(rows: Sequence[Row], width: int) -> bool:
    """Whether the first row has groups of columns, and the second one their names."""
    if width < 2 or len(rows) < FEWEST_ROWS or not len(rows[0]) <= width == len(rows[1]):
        return False
    groups, names = list(map(_unless_dash, rows[0])), rows[1]
    several = _filled(groups) > 1 and len(set(filter(None, groups))) < width
    full = _filled(names) == width and _is_names(names) and _is_names(groups)
    cells = [cell for row in rows[2:] for cell in row if cell]
    return several and full and 2 * sum(map(_is_number, cells)) > len(cells)


def _with_units(head: Head, rows: Sequence[Row]) -> Head:
    """Take a row below the header that holds units for what it is."""
    width, place = len(head.names), head.above + 1
    below = [row for row in rows[place + 1 :] if len(row) == width]
    if len(below) < FEWEST_ROWS - 1 or len(rows[place]) != width:
        return head
    units = [_unless_dash(cell).strip("[]()") for cell in rows[place]]
    if not any(map(KNOWN_UNIT.fullmatch, units)):
        return head
    for unit, *cells in zip(units, *below, strict=True):
        filled = [cell for cell in cells if cell]
        numeric = bool(filled) and all(map(_is_number, filled))
        if unit and not (numeric and UNIT.fullmatch(unit) and not says_not_known(unit)):
            return head
    said = f"The row below the header, {_quoted([rows[place]])}, was taken for units and left out."
    return replace(head, units=tuple(units), notes=(*head.notes, said))


def _unless_dash(cell: str) -> str:
    return cell if cell.strip("-–— ") else ""


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
    return ", ".join(quote(t if len(t) <= MOST_QUOTED else t[:MOST_QUOTED] + "…") for t in texts)
