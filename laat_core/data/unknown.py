"""What a fitted encoder cannot read in a table: counted, named, and warned of or refused."""

import warnings
from typing import Literal, get_args

import pandas as pd

from laat_core.data.text import level_text, listed
from laat_core.errors import DataError

__all__ = ["HandleUnknown", "check_handling", "report", "unknown_levels", "unread_cells"]

HandleUnknown = Literal["warn", "error", "ignore"]
FEW = 5  # values that a sentence shows


def check_handling(handle_unknown: object) -> None:
    """Raise a DataError where it is none of :data:`HandleUnknown`."""
    if handle_unknown not in get_args(HandleUnknown):
        raise DataError(f"handle_unknown is {handle_unknown!r}. Use 'warn', 'error' or 'ignore'.")


def unread_cells(
    values: pd.Series, numbers: pd.Series, median: float, what: str = "no number"
) -> str:
    """Say which filled cells of a column of numbers are none; empty where all are.

    Parameters
    ----------
    values : Series
        As the table has them.
    numbers : Series
        The same as numbers, missing where there is none.
    median : float
        What is taken instead.
    what : str
        What such a cell holds.

    Examples
    --------
    >>> cells = pd.Series([3.0, "12,5", None], name="age")
    >>> unread_cells(cells, pd.Series([3.0, None, None]), 4.0)
    "'age': 1 cell holds no number ('12,5'); the median 4 is taken instead"
    """
    unread = level_text(values[numbers.isna().to_numpy()]).dropna()
    if unread.empty:
        return ""
    return (
        f"{values.name!r}: {_cells(len(unread), 'holds', 'hold')} {what} "
        f"({_shown(unread)}); the median {median:g} is taken instead"
    )


def unknown_levels(text: pd.Series, known: frozenset[str]) -> str:
    """Say which filled cells of a category have levels that are not known; empty where none has.

    Examples
    --------
    >>> unknown_levels(pd.Series(["red", "blue"], name="colour"), frozenset({"red"}))
    "'colour': 1 cell has a level that was not there in fit ('blue'); it counts as no level"
    """
    filled = text.dropna()
    unknown = filled[~filled.isin(known).to_numpy()]
    if unknown.empty:
        return ""
    return (
        f"{text.name!r}: {_cells(len(unknown), 'has', 'have')} a level that was not there in fit "
        f"({_shown(unknown)}); {'it counts' if len(unknown) == 1 else 'they count'} as no level"
    )


def report(sentences: list[str], handle_unknown: HandleUnknown) -> None:
    """Warn of what was found, or refuse it; nothing is said where nothing was found.

    Raises
    ------
    DataError
        Where ``handle_unknown`` is "error".
    """
    found = list(filter(None, sentences))
    if not found or handle_unknown == "ignore":
        return
    message = f"{'; '.join(found)}."
    if handle_unknown == "error":
        raise DataError(f"{message} Correct the table, or allow it with handle_unknown='warn'.")
    warnings.warn(message, stacklevel=4)  # through scikit-learn's wrapper of ``transform``


def _cells(count: int, one: str, many: str) -> str:
    return f"1 cell {one}" if count == 1 else f"{count:,} cells {many}"


def _shown(text: pd.Series) -> str:
    return listed([repr(value[:40]) for value in text.unique()], FEW)
