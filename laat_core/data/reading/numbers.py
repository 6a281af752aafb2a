"""Numbers as people write them, with units, and what the marks in them mean in a file.

``1.033`` is 1.033 in one file and 1033 in another. Where a column has ``27,7``, a comma is the
decimal mark of the whole file, and points separate thousands.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from laat_core.data.reading.number_patterns import (
    APOSTROPHES,
    AROUND,
    BARE,
    BEHIND,
    BRACKETS,
    EXPONENT,
    FACTOR_UNIT,
    MINUS,
    NO_CENTS,
    SPACES,
    UNUSUAL,
    WITH_FACTOR,
    WITH_UNIT,
)
from laat_core.data.text import quote

__all__ = [
    "OTHER",
    "Choice",
    "NumberColumn",
    "choose_formats",
    "every",
    "read_column",
]

SAMPLE = 100  # cells that show that a column is text
NOTHING, TAB = (pa.scalar(mark, pa.large_string()) for mark in ("", "\t"))
ORDINALS = {"st", "nd", "rd", "th"}

OTHER = {".": ",", ",": "."}  # what separates thousands where a mark is the decimal mark


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """A column whose cells are all numbers, under one format of numbers at least.

    Attributes
    ----------
    texts : Array of str
        Different cells, as they are in the file.
    cores : Array of str
        The same without units, spaces and minus signs in their plain form.
    codes : Array of int
        The place of each cell among ``texts``, missing where the cell is.
    unit : str
    marks : frozenset of str
        Which of point, comma, apostrophe and blank are in the numbers.
    formats : tuple of str
        Decimal marks under which all cells are numbers.
    """

    texts: pa.Array
    cores: pa.Array
    codes: pa.Array
    unit: str
    marks: frozenset[str]
    formats: tuple[str, ...]

    @property
    def open_mark(self) -> str:
        """The mark that may be a decimal mark or separate thousands; empty where that is clear."""
        return next((mark for mark in ".," if mark in self.marks and len(self.formats) > 1), "")

    @property
    def sure(self) -> str | None:
        """The decimal mark that this column shows by itself."""
        return self.formats[0] if len(self.formats) == 1 and self.marks & {".", ","} else None

    def groups_with(self, mark: str) -> bool:
        """Whether this column shows by itself that a mark separates thousands."""
        return self.sure == OTHER[mark] and mark in self.marks

    def has_groups(self, decimal: str) -> bool:
        """Whether something separates thousands where this is the decimal mark."""
        return bool(self.marks & {OTHER[decimal], "'", " "})

    def numbers(self, decimal: str) -> pa.Array:
        """Return the different cells as numbers: whole ones, or float64."""
        texts = self.cores
        for mark in sorted(self.marks & {OTHER[decimal], "'", " "}):
            texts = pc.replace_substring(texts, mark, "")
        if decimal in self.marks:
            texts = texts if decimal == "." else pc.replace_substring(texts, decimal, ".")
            return pc.cast(texts, pa.float64())
        try:
            return pc.cast(pc.replace_substring(texts, "+", ""), pa.int64())
        except pa.ArrowInvalid:  # an exponent, or too long
            return pc.cast(texts, pa.float64())

    def values(self, decimal: str) -> pd.Series:
        """Return every cell as a number."""
        found: pd.Series = pc.take(self.numbers(decimal), self.codes).to_pandas()
        return found

    def odd_minus(self, decimal: str) -> tuple[str, str] | None:
        """Return a negative number without a plain minus in front, and how it is read."""
        negative = pc.starts_with(self.cores, "-")
        plain = pc.match_substring_regex(self.texts, r"-[^ -]")
        zero = pc.match_substring_regex(self.cores, r"^[-0.,]*$")
        odd = pc.and_not(pc.and_not(negative, plain), zero).to_numpy(zero_copy_only=False)
        return self._shown(int(np.argmax(odd)), decimal) if odd.any() else None

    def example(self, decimal: str) -> tuple[str, str]:
        """Return a cell that shows how it is read, and the number that it is read as."""
        place = 0
        for pattern in (r"[.,' ]\d+[.,' ]", r"[.,' ]"):
            marked = pc.match_substring_regex(self.cores, pattern).to_numpy(zero_copy_only=False)
            if marked.any():
                place = int(np.argmax(marked))
                break
        return self._shown(place, decimal)

    def _shown(self, place: int, decimal: str) -> tuple[str, str]:
        number = self.numbers(decimal)[place].as_py()
        return self.texts[place].as_py(), format(number, ".15g")


@dataclass(frozen=True)
class Choice:
    """The decimal mark of a column, and why.

    Attributes
    ----------
    decimal : str or None
        None where nobody can tell.
    reason : str
        For people, where the column does not show its format by itself.
    """

    decimal: str | None
    reason: str = ""


def read_column(values: pa.Array) -> NumberColumn | str:
    """Read a column of texts as numbers; if it is none, return why, or an empty text.

    Parameters
    ----------
    values : Array of str
        Without outer blanks; missing cells are null.
    """
    head = _plain_marks(values.slice(0, SAMPLE))
    if not every(head, r"\d"):
        return ""
    bare = every(head, BARE)
    if not bare and not every(head, WITH_UNIT):
        return _factor(values) if every(head, WITH_FACTOR) else ""
    encoded = values.dictionary_encode()
    cores, unit, said = _plain_marks(encoded.dictionary), "", ""
    if not bare or not every(cores, BARE):
        parts = pc.extract_regex(cores, WITH_UNIT)
        if parts.null_count:
            return ""
        names = ("minus", "sign", "digits")
        cores = pc.binary_join_element_wise(*(pc.struct_field(parts, n) for n in names), NOTHING)
        unit, said = _unit(parts)
    if FACTOR_UNIT.fullmatch(unit):
        return _left(encoded.dictionary[0].as_py())
    if every(encoded.dictionary, AROUND) and pc.all(pc.starts_with(cores, "-")).as_py():
        example = quote(encoded.dictionary[0].as_py())
        return f"Whether {example} is negative cannot be told, as all values are: left as text."
    marks = frozenset(mark for mark in ".,' " if pc.any(pc.match_substring(cores, mark)).as_py())
    formats = tuple(mark for mark in ".," if _fits(cores, mark, marks))
    if said or not formats:
        return said if formats else _mixed(encoded.dictionary, cores)
    return NumberColumn(encoded.dictionary, cores, encoded.indices, unit, marks, formats)


def choose_formats(
    columns: Mapping[str, NumberColumn], delimiter: str, *, points: str = ""
) -> dict[str, Choice]:
    """Choose the decimal mark of each column from what all columns show.

    Parameters
    ----------
    columns : mapping
    delimiter : str
        What separates the columns; empty where the file is no text.
    points : str
        The name of another column with decimal points, if there is one.
    """
    shown = {".": points, ",": ""}  # a column that shows that this is the decimal mark
    for name, column in columns.items():
        if column.sure:
            shown[column.sure] = shown[column.sure] or name
    grouping = {mark for mark in ".," for c in columns.values() if c.groups_with(mark)}
    return {name: _choice(column, shown, grouping, delimiter) for name, column in columns.items()}


def _choice(
    column: NumberColumn, shown: Mapping[str, str], grouping: set[str], delimiter: str
) -> Choice:
    mark = column.open_mark
    if not mark:
        # Between commas, a comma in a number needs quotation marks: rather a list.
        list_like = column.sure == "," and shown["."] and delimiter == ","
        reason = f"in {shown['.']!r}, a point is the decimal mark" if list_like else ""
        return Choice(None if list_like else column.formats[0], reason)
    if shown["."] and shown[","]:
        reason = f"decimal points are in {shown['.']!r}, decimal commas in {shown[',']!r}"
        return Choice(None if mark in grouping else mark, reason)
    for decimal in ".,":
        if shown[decimal]:
            called = "point" if decimal == "." else "comma"
            return Choice(decimal, f"in {shown[decimal]!r}, a {called} is the decimal mark")
    return _assumed(column, mark, delimiter)


def _assumed(column: NumberColumn, mark: str, delimiter: str) -> Choice:
    """Choose where nothing in the file decides."""
    if delimiter == ";":  # as in countries with either mark
        # Numbers below 1000 without the mark look as if it separated thousands.
        small = pc.match_substring_regex(column.cores, r"^[+-]?\d{1,3}$")
        decimal = OTHER[mark] if pc.any(small).as_py() else mark
    else:
        decimal = "."
    role = "is the decimal mark" if decimal == mark else "separates thousands"
    return Choice(decimal, f"assumed: nothing in the file shows whether {mark!r} {role}")


def _plain_marks(values: pa.Array) -> pa.Array:
    """Give spaces, minus signs and apostrophes their plain form, and every minus its place."""
    if pc.all(pc.string_is_ascii(values)).as_py() and not _any(values, UNUSUAL):
        return values
    for pattern, mark in (
        *((SPACES, " "), (MINUS, "-"), (APOSTROPHES, "'")),
        *((NO_CENTS, r"\1\2"), (BRACKETS, r"-\1"), (BEHIND, r"-\1")),
    ):
        values = pc.replace_substring_regex(values, pattern, mark)
    return values


def _fits(cores: pa.Array, decimal: str, marks: frozenset[str]) -> bool:
    """Whether all are numbers with this decimal mark, thousands separated in one way."""
    groups = sorted(marks & {OTHER[decimal], "'", " "})
    if len(groups) > 1:
        return False
    grouped = rf"|[1-9]\d{{0,2}}(?:[{groups[0]}]\d{{3}})+" if groups else ""
    if groups == [","]:
        grouped += r"|[1-9]\d?(?:,\d\d)+,\d{3}"  # as in India
    whole = rf"^[+-]?(?:(?:\d+{grouped})(?:[{decimal}]\d*)?|[{decimal}]\d+){EXPONENT}$"
    return every(cores, whole)


def _unit(parts: pa.StructArray) -> tuple[str, str]:
    """Return the unit of all cells, and why the column stays text if they have several."""
    both = [pc.utf8_trim_whitespace(pc.struct_field(parts, name)) for name in ("before", "after")]
    pairs = pc.binary_join_element_wise(*both, TAB).dictionary_encode().dictionary.to_pylist()
    units: dict[str, str] = {}
    for pair in pairs:
        unit = " ".join(filter(None, pair.split("\t")))
        units.setdefault(_singular(unit), unit)
    if len(units) == 1:
        return next(iter(units.values())), ""
    named = sorted(filter(None, units.values()))
    if len(units) > 3 or ORDINALS & set(named) or len(named) * 2 > len(parts):
        return "", "The values are numbers followed by different texts: left as text."
    if "" in units:
        shown = ", ".join(map(repr, named))
        return "", f"Some values have a unit ({shown}), others have none: left as text."
    return "", f"The values have different units ({', '.join(named)}): left as text."


def _singular(unit: str) -> str:
    unit = unit.casefold()
    return unit.removesuffix("s") if len(unit) > 3 else unit


def _factor(texts: pa.Array) -> str:
    """Say so if numbers are written in thousands or millions."""
    if not every(texts, WITH_FACTOR):
        return ""
    factors = pc.struct_field(pc.extract_regex(texts, WITH_FACTOR), "factor")
    example = texts.filter(pc.not_equal(factors, ""))
    return _left(example[0].as_py()) if len(example) else ""


def _left(example: str) -> str:
    return (
        f"{quote(example)} has a factor, such as k or million: left as text. "
        "Write the numbers in full to use them."
    )


def _mixed(texts: pa.Array, cores: pa.Array) -> str:
    """Say so if each cell is a number, but not all in the same format."""
    if not every(cores, r"^[+-]?(?:\d+|\d*[.,]\d+)$"):
        return ""
    first = {}
    for mark in ".,":
        pattern = rf"[{mark}](?:\d{{1,2}}|\d{{4,}})$"
        fits = pc.match_substring_regex(cores, pattern).to_numpy(zero_copy_only=False)
        if not fits.any():
            return ""
        first[mark] = texts[int(np.argmax(fits))].as_py()
    return (
        f"Some values have a decimal comma ({first[',']}), others a decimal point ({first['.']}): "
        "left as text."
    )


def _any(values: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def every(values: pa.Array, pattern: str) -> bool:
    """Whether all cells match; missing ones are not asked."""
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())
