"""The one number that a numeric, an ordered or a date column has in each row."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.dates import as_dates
from laat_core.data.task import Column, Role
from laat_core.data.text import as_numbers, level_text, listed, sorted_levels
from laat_core.errors import DataError

__all__ = [
    "DAYS_OF_A_YEAR",
    "as_ranks",
    "as_years",
    "column_levels",
    "known_numbers",
    "level_at",
    "level_numbers",
    "numbers_of",
]

DAYS_OF_A_YEAR = 365.25
SECONDS_OF_A_DAY = 86_400


def numbers_of(values: pd.Series, column: Column) -> pd.Series:
    """Return the number of each row of a column that becomes one number.

    Parameters
    ----------
    values : Series
        Cells of the column, as the table has them.
    column : Column
        With the role numeric, ordered or date.

    Returns
    -------
    Series of float64
        The number itself; the rank of the level, from 0; or the years up to the reference date.
        Missing where the cell is missing, or is no number, no level of the order or no date.

    Raises
    ------
    DataError
        If an ordered column has no order, or a date column no reference date.

    Examples
    --------
    >>> severity = Column("severity", Role.ORDERED, order=("mild", "severe"))
    >>> numbers_of(pd.Series(["severe", "mild", "unknown"]), severity).tolist()
    [1.0, 0.0, nan]
    """
    if column.role is Role.ORDERED:
        if not column.ranked:
            raise DataError(
                f"{column.name!r} is ordered, but its levels have no order yet. "
                f"Put them in order, lowest first: {listed(sorted_levels(values))}."
            )
        return as_ranks(values, column.ranked)
    if column.role is Role.DATE:
        if not column.reference:
            raise DataError(
                f"{column.name!r} is a date, but has no reference date to count years to. "
                "Give one as YYYY-MM-DD."
            )
        return as_years(values, column.reference)
    return as_numbers(values)


def known_numbers(values: pd.Series, column: Column) -> pd.Series:
    """As :func:`numbers_of`; all missing where the column lacks its order or reference date."""
    if column.role is Role.DATE and not column.reference:
        return pd.Series(np.nan, values.index, name=values.name)
    if column.role is Role.ORDERED:
        return as_ranks(values, column.ranked)
    return numbers_of(values, column)


def as_ranks(values: pd.Series, order: Sequence[str]) -> pd.Series:
    """Return the rank of each level, from 0 for the lowest; missing for any other level."""
    ranks = level_numbers(values, order)
    found = np.where(ranks >= 0, ranks, np.nan)
    return pd.Series(found, index=values.index, name=values.name)


def as_years(values: pd.Series, reference: str) -> pd.Series:
    """Return the years from each date to a reference date; negative for later dates.

    Examples
    --------
    >>> as_years(pd.Series(["2023-01-01", "2024-01-02"]), "2024-01-02").tolist()
    [1.002053388090349, 0.0]
    """
    days = (pd.Timestamp(reference) - as_dates(values)).dt.total_seconds() / SECONDS_OF_A_DAY
    return pd.Series(days.to_numpy(np.float64) / DAYS_OF_A_YEAR, values.index, name=values.name)


def column_levels(values: pd.Series, column: Column) -> list[str]:
    """Return the levels of a column: in the order that was set, else as they sort."""
    return list(column.ranked) if column.role is Role.ORDERED else sorted_levels(values)


def level_at(order: Sequence[str], rank: float) -> str:
    """Return the level of a rank; of a rank between two levels, both.

    Examples
    --------
    >>> level_at(("low", "high"), 0.5)
    'between low and high'
    """
    low, high = order[math.floor(rank)], order[math.ceil(rank)]
    return low if low == high else f"between {low} and {high}"


def level_numbers(values: pd.Series, levels: Sequence[str]) -> NDArray[np.int64]:
    """Return each cell's place among some levels, -1 for any other cell."""
    codes = pd.Index(list(levels), dtype="str").get_indexer(pd.Index(level_text(values)))
    return codes.astype(np.int64)
