"""How a cell of a table becomes text or a number: one rule for classes, levels and values."""

import numbers
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = [
    "as_numbers",
    "as_text",
    "canonical",
    "encodable",
    "feature_name",
    "level_counts",
    "level_text",
    "listed",
    "one_line",
    "plain_words",
    "quote",
    "sorted_levels",
]

# Typographic marks and the plain ones that stand for them.
PLAIN_MARKS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-"),
    }
)

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
BLANKS = re.compile(r"\s")
NO_WORDS = re.compile(r"[\W_]+")


def as_text(value: object) -> str:
    """Text of one cell: whole numbers without a decimal point, the rest in canonical form."""
    if not _is_number(value):
        return canonical(str(value))
    if isinstance(value, numbers.Integral):
        return str(int(value))
    try:
        number = float(value)
    except (OverflowError, ValueError):  # a huge fraction, a signalling NaN
        return str(value)
    # Beyond 64 bits all digits would be noise.
    whole = number.is_integer() and abs(number) < 2**63
    return str(int(number)) if whole else format(number, ".15g")


def canonical(text: str) -> str:
    """Return the one form in which equal names are equal, wherever they come from.

    Unicode NFC, trimmed, with plain quotation marks, hyphens and minus signs. Used for column
    names and levels, and for the names in score files and replies.

    Examples
    --------
    >>> canonical(" 18\u201325 ")
    '18-25'
    """
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", encodable(text)).translate(PLAIN_MARKS).strip()


def one_line(text: str) -> str:
    """Text with single blanks for every run of blanks and line breaks."""
    return " ".join(text.split())


def plain_words(text: str) -> str:
    """Text in lower case with single blanks between words, whatever stood between them.

    Examples
    --------
    >>> plain_words("PatientID"), plain_words("hospital_number")
    ('patient id', 'hospital number')
    """
    return NO_WORDS.sub(" ", CAMEL.sub(" ", text)).strip().lower()


def quote(text: str) -> str:
    """Text in quotation marks as a person sees it: any blank as a blank, no escape codes.

    Examples
    --------
    >>> print(quote("1\u00a0500"))
    '1 500'
    """
    seen = "".join(mark for mark in BLANKS.sub(" ", text) if mark.isprintable())
    return f'"{seen}"' if "'" in seen else f"'{seen}'"


def encodable(text: str) -> str:
    """Text that can be sent and stored: lone surrogates become question marks."""
    return text.encode("utf-8", "replace").decode()


def level_text(values: pd.Series) -> pd.Series:
    """Every cell as text, missing where the cell is missing or blank."""
    # Few distinct values, many rows: each value is converted once.
    codes, distinct = _factorize(values)
    names = pd.array([as_text(value) or None for value in distinct], dtype="str")
    return pd.Series(names.take(codes, allow_fill=True), index=values.index, name=values.name)


def level_counts(values: pd.Series) -> dict[str, int]:
    """Distinct levels of a column with their rows: numbers by size, then text by alphabet."""
    codes, distinct = _factorize(values)
    rows = np.bincount(codes[codes >= 0], minlength=len(distinct)).tolist()
    counts: Counter[str] = Counter()
    for value, times in sorted(zip(distinct, rows, strict=True), key=lambda pair: _order(pair[0])):
        counts[as_text(value)] += times
    del counts[""]
    return dict(counts)


def sorted_levels(values: pd.Series) -> list[str]:
    """Distinct levels of a column: numbers by size, then text by alphabet."""
    return list(level_counts(values))


def as_numbers(values: pd.Series) -> pd.Series:
    """Return a column as numbers; what is no number, or an infinite one, is missing."""
    parsed = values if _holds_reals(values) else _parsed(values)
    found = parsed.to_numpy(dtype=np.float64, na_value=np.nan)
    found = np.where(np.isfinite(found), found, np.nan)
    return pd.Series(found, index=values.index, name=values.name)


def feature_name(column: str, level: str) -> str:
    """Name of the 0/1 flag that says that ``column`` has this level."""
    return f"{column} = {level}"


def listed(names: Iterable[str], most: int = 20) -> str:
    """Names in one line of a message, cut short where there are thousands."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _parsed(values: pd.Series) -> pd.Series:
    objects = values.astype(object)  # so that dates are no numbers
    with suppress(OverflowError, TypeError):  # an integer of over 308 digits, a Python class
        found = pd.to_numeric(objects, errors="coerce")
        if _holds_reals(found):
            return found
    texts = pd.Series([encodable(str(cell)) for cell in objects], dtype="str")
    return pd.to_numeric(texts, errors="coerce")


def _holds_reals(values: pd.Series) -> bool:
    # A complex number is no number here. Beside one, pandas takes text for any number it likes.
    types = pd.api.types
    return types.is_numeric_dtype(values) and not types.is_complex_dtype(values)


def _factorize(values: pd.Series) -> tuple[NDArray[np.intp], Any]:
    """Number the distinct values; return each cell's number (-1 for missing) and the values."""
    try:
        return pd.factorize(values)
    except (TypeError, InvalidOperation):  # lists, as in a Parquet file, or a signalling NaN
        return pd.factorize(np.array([_comparable(value) for value in values], dtype=object))


def _comparable(value: object) -> object:
    if isinstance(value, Decimal) and value.is_snan():
        return None
    return value if pd.api.types.is_scalar(value) else str(value)


def _order(value: object) -> tuple[bool, Any, str]:
    """Key that puts numbers before text, so that any two cells can be compared."""
    return (False, value, "") if _is_number(value) else (True, 0, as_text(value))


def _is_number(value: object) -> TypeGuard[numbers.Real | Decimal]:
    return isinstance(value, numbers.Real | Decimal) and not isinstance(value, bool)
