"""Dates as people write them: in ISO form, day first, month first, or with the month's name."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from laat_core.data.text import level_text

__all__ = ["as_dates", "date_note"]

TIME = (
    r"(?:(?:T|,? +)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?"
)
YEAR = r"(?P<year>\d{4}|\d\d)"
NAME = r"(?P<month>[A-Za-z]{3,9})"
ISO = re.compile(rf"(?P<year>\d{{4}})(?:([-/.])(?P<month>\d\d?)(?:\2(?P<day>\d\d?){TIME})?)")
NUMBERS = re.compile(rf"(?P<one>\d\d?)([-/]|\. ?)(?P<two>\d\d?)\2{YEAR}{TIME}")
DAY_NAME = re.compile(rf"(?P<day>\d\d?)(?:st|nd|rd|th)?[-/. ]+{NAME}[-/., ]+{YEAR}{TIME}")
NAME_DAY = re.compile(rf"{NAME}\.? +(?P<day>\d\d?)(?:st|nd|rd|th)?,? +{YEAR}{TIME}")
NAMED = (DAY_NAME, NAME_DAY)

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
CENTURY_ENDS = 69  # as POSIX has it: 68 is 2068, 69 is 1969


@dataclass(frozen=True)
class _Order:
    """Whether the day comes first where a date is all numbers, and whether the column says so."""

    day_first: bool
    sure: bool


def as_dates(values: pd.Series) -> pd.Series:
    """Return a column as dates; what is not a date is missing.

    All numeric dates of a column are read in the same order. Day first, unless more dates make
    sense only with the month first. Numbers are not dates, and a time zone is dropped.

    Parameters
    ----------
    values : Series

    Returns
    -------
    Series
        datetime64, NaT for what is not a date, with the same index and name.

    Examples
    --------
    >>> import pandas as pd
    >>> as_dates(pd.Series(["31/01/2024", "3/2/2024", "soon"])).dt.month.tolist()
    [1.0, 2.0, nan]
    """
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        local: pd.Series = values.dt.tz_localize(None)
        return local
    if pd.api.types.is_datetime64_dtype(values):
        return values
    if isinstance(values.dtype, pd.PeriodDtype):
        starts: pd.Series = values.dt.to_timestamp()
        return starts
    codes, texts = _distinct(values)
    order = _order(texts)
    found = [_date(text, order.day_first) for text in texts]
    dates = np.array([*found, None], dtype="datetime64[us]")  # the last one is for missing cells
    return pd.Series(dates[codes], index=values.index, name=values.name)


def date_note(values: pd.Series) -> str:
    """Say what was assumed to read a column's dates; empty where they leave nothing open.

    Examples
    --------
    >>> import pandas as pd
    >>> date_note(pd.Series(["2024-01-31"]))
    ''
    >>> date_note(pd.Series(["03/04/2024"]))
    "Dates such as '03/04/2024' are read day first; nothing in the column shows the order."
    """
    if not (values.dtype == object or isinstance(values.dtype, pd.StringDtype)):
        return ""
    texts = _distinct(values)[1]
    order = _order(texts)
    numeric = [m for m in map(NUMBERS.fullmatch, texts) if m and _date(m[0], order.day_first)]
    if not numeric:
        return ""
    said = []
    if not order.sure:
        said.append(
            f"Dates such as {numeric[0][0]!r} are read {'day' if order.day_first else 'month'} "
            "first; nothing in the column shows the order."
        )
    if any(len(match["year"]) == 2 for match in numeric):
        said.append(f"Years with two digits are read as 19{CENTURY_ENDS} to 20{CENTURY_ENDS - 1}.")
    return " ".join(said)


def _distinct(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Number the distinct texts of a column that may hold dates; -1 is missing."""
    if pd.api.types.is_numeric_dtype(values):
        return np.full(len(values), -1), []
    codes, texts = pd.factorize(level_text(values))
    return codes, list(texts)


def _order(texts: Iterable[str]) -> _Order:
    matches = [match for match in map(NUMBERS.fullmatch, texts) if match]
    pairs = [(int(match["one"]), int(match["two"])) for match in matches]
    day_first = sum(month <= 12 < day for day, month in pairs)
    month_first = sum(month <= 12 < day for month, day in pairs)
    points = bool(matches) and all(
        match[2][0] == "." for match in matches
    )  # nobody writes 1.31.2024
    return _Order(day_first >= month_first, sure=points or day_first != month_first)


def _date(text: str, day_first: bool) -> dt.datetime | None:
    """Read one text; None if it is not a date."""
    if match := ISO.fullmatch(text):
        return _made(match, int(match["month"]), int(match["day"] or 1))
    if match := NUMBERS.fullmatch(text):
        first, second = int(match["one"]), int(match["two"])
        return _made(match, *((second, first) if day_first else (first, second)))
    for pattern in NAMED:
        if match := pattern.fullmatch(text):
            return _made(match, MONTHS.get(match["month"].lower(), 0), int(match["day"]))
    return None


def _made(match: re.Match[str], month: int, day: int) -> dt.datetime | None:
    year, hour = int(match["year"]), int(match["hour"] or 0)
    if len(match["year"]) == 2:
        year += 2000 if year < CENTURY_ENDS else 1900
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] in "Pp" else 0)
    try:
        minute, second = int(match["minute"] or 0), int(match["second"] or 0)
        return dt.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
