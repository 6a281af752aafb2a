"""What the number formats of Excel say about cells: percent, units, leading zeros."""

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from laat_core.data.reading.loaded import Draft
from laat_core.data.text import quote

__all__ = ["apply_formats", "formats_of", "is_telling"]

CURRENCY = re.compile(r"\[\$([^\]-]+)(?:-[^\]]*)?\]|\\?([$€£¥₹])")
LITERAL = re.compile(r'[0#?][\s\\]*"\s*([^"\d]{1,12}?)\s*"')
ZEROS = re.compile(r"0{2,}")
CONDITION = re.compile(r"\[(?!\$)[^\]]*\]")  # a colour or a condition
DIGITS_KEPT = 12  # of a percentage: 0.07 times 100 is 7


def is_telling(form: str) -> bool:
    """Whether a format says more about a number than how many digits to show.

    Examples
    --------
    >>> [is_telling(form) for form in ("0.00%", '0.0 "kg"', "00000", "0.00", "yyyy-mm-dd")]
    [True, True, True, False, False]
    """
    return bool(_is_percent(form) or _unit(form) or ZEROS.fullmatch(form))


def formats_of(rows: Iterable[Iterable[Any]]) -> dict[int, set[str]]:
    """Return which formats the numbers in each column of a sheet have.

    Parameters
    ----------
    rows : iterable
        Rows of cells of openpyxl, those of the table alone.
    """
    found: dict[int, set[str]] = {}
    for row in rows:
        for place, cell in enumerate(row):
            if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                found.setdefault(place, set()).add(cell.number_format)
    return found


def apply_formats(draft: Draft, formats: dict[int, set[str]]) -> None:
    """Give numbers the unit and form in which Excel shows them, and say so."""
    for place, forms in formats.items():
        if place >= draft.frame.shape[1] or not any(map(is_telling, forms)):
            continue
        name = str(draft.frame.columns[place])
        units = {"%" if _is_percent(form) else _unit(form) for form in forms}
        if all(map(ZEROS.fullmatch, forms)) and len(forms) == 1:
            _pad(draft, name, len(next(iter(forms))))
        elif len(units) > 1:
            draft.note(
                name,
                "Excel shows its cells with different units "
                f"({', '.join(map(quote, sorted(u or 'none' for u in units)))}): the numbers were "
                "read as they are stored. Check them.",
            )
        elif (unit := next(iter(units))) and (unit == "%" or name not in draft.units):
            draft.units[name] = unit
            _take(draft, name, unit)


def _take(draft: Draft, name: str, unit: str) -> None:
    if unit != "%":
        draft.note(name, f"Excel shows the numbers in {unit}.")
        return
    values = draft.frame[name]
    is_number = values.map(_is_number)
    first = max(values[is_number], key=abs)
    times = values.map(lambda v: round(v * 100, DIGITS_KEPT) if _is_number(v) else v)
    draft.frame[name] = times.infer_objects()
    draft.note(
        name, f"Excel shows {first:g} as {first * 100:g}%: the numbers are read as percentages."
    )


def _pad(draft: Draft, name: str, width: int) -> None:
    """Make codes of numbers that Excel shows with leading zeros."""
    values = draft.frame[name]
    padded = values.map(
        lambda v: f"{int(v):0{width}d}" if _is_number(v) and float(v).is_integer() else v
    ).astype(object)
    zeros = [text for text in padded if isinstance(text, str) and text.startswith("0")]
    if zeros:
        draft.frame[name] = padded
        draft.note(name, f"Excel shows leading zeros, as in {quote(zeros[0])}: read as text.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not pd.isna(value)


def _is_percent(form: str) -> bool:
    return re.sub(r'"[^"]*"|\\.', "", form).rstrip(" _);@-").split(";")[0].rstrip().endswith("%")


def _unit(form: str) -> str:
    """Return the currency or unit in a format; empty where there is none."""
    first = CONDITION.sub("", form.split(";", maxsplit=1)[0])
    for pattern in (CURRENCY, LITERAL):
        if match := pattern.search(first):
            return next(filter(None, match.groups()), "").strip()
    return ""
