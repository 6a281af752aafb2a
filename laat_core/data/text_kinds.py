"""What text stands for that is neither a word nor a number: dates, times, durations, lists."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from laat_core.data.dates import as_dates
from laat_core.data.not_known import says_not_known

__all__ = ["no_dates", "odd_kind"]

SHARE_OF_DATES = 0.8  # of the rows that are not said to be unknown
SAMPLE = 100  # levels that are looked at first

CLOCK = r"[+-]?\d{1,3}:[0-5]\d(:[0-5]\d([.,]\d+)?)?( ?[ap]\.?m\.?)?"
KINDS = {
    "times of day or durations": re.compile(CLOCK, re.IGNORECASE),
    "durations": re.compile(
        rf"-?\d+ days?,? {CLOCK}|-?P(?=\w)(\d+([.,]\d+)?[YMWD])*(T(\d+([.,]\d+)?[HMS])+)?"
    ),
    # One with a comma has to be among them: [70] alone may be a label.
    "lists": re.compile(r"\[.*\]|\{.*\}", re.DOTALL),
}


def odd_kind(levels: Sequence[str]) -> str:
    """Name what a column's levels are, where they are durations, times of day or lists.

    Levels that say "not known" are passed over.

    Examples
    --------
    >>> odd_kind(["08:00", "9:30", "unknown"]), odd_kind(["P3D", "PT12H"]), odd_kind(["[1, 2]"])
    ('times of day or durations', 'durations', 'lists')
    >>> odd_kind(["red", "08:00"])
    ''
    """
    known = [level for level in levels if not says_not_known(level)]
    for kind, pattern in KINDS.items():
        if known and all(map(pattern.fullmatch, known)):
            return kind if kind != "lists" or any("," in level for level in known) else ""
    return ""


def no_dates(counts: Mapping[str, int]) -> list[str] | None:
    """Return the levels that are no dates; None where the column does not hold dates.

    It holds dates where nearly all rows that are not said to be unknown are dates.

    Parameters
    ----------
    counts : mapping of str to int
        Rows by level.

    Examples
    --------
    >>> no_dates({"2 Feb 2023": 5, "11 Mar 2023": 4, "unknown": 7})
    ['unknown']
    >>> no_dates({"red": 5, "blue": 4}) is None
    True
    """
    levels = list(counts)
    if not _mostly_dates(levels[:: len(levels) // SAMPLE + 1]):
        return None  # without a look at the others
    known = {level: n_rows for level, n_rows in counts.items() if not says_not_known(level)}
    others = _others(list(known))
    n_others = sum(known[level] for level in others)
    if n_others > (1 - SHARE_OF_DATES) * sum(known.values()):
        return None
    return [*others, *(level for level in counts if level not in known)]


def _mostly_dates(levels: list[str]) -> bool:
    known = [level for level in levels if not says_not_known(level)]
    return bool(known) and len(_others(known)) <= len(known) / 2


def _others(levels: list[str]) -> list[str]:
    """The levels that are no dates."""
    texts = pd.Series(levels, dtype="str")
    return texts[as_dates(texts).isna()].tolist()
