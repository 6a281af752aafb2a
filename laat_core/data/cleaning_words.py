"""What has been declared about a column's values, in words and rows."""

import pandas as pd

from laat_core.data.cleaning import Cleaning
from laat_core.data.text import level_counts, listed

__all__ = ["coded_rows", "merged_rows"]

FEW = 5


def coded_rows(cleaning: Cleaning, values: pd.Series) -> str:
    """Say how many cells of a column are empty, and how many hold a missing code.

    Parameters
    ----------
    cleaning : Cleaning
    values : Series
        As it was read.

    Returns
    -------
    str
        Empty where no cell holds a code.

    Examples
    --------
    >>> coded_rows(Cleaning(("0", "-9")), pd.Series([0, 7, None]))
    '1 empty, 1 written as 0'
    """
    if not cleaning.missing_codes:
        return ""
    counts = level_counts(values[cleaning.apply(values).isna()])
    if not counts:
        return ""
    n_empty = int(values.isna().sum())
    empty = [f"{n_empty:,} empty"] if n_empty else []
    return listed(
        [*empty, *(f"{n_rows:,} written as {text}" for text, n_rows in counts.items())], FEW
    )


def merged_rows(cleaning: Cleaning, values: pd.Series) -> str:
    """Say which levels of a column count as another one; empty where none do.

    Examples
    --------
    >>> merged_rows(Cleaning(merged={"bonn": "Bonn"}), pd.Series(["bonn", "Rome", "bonn"]))
    'Counted as Bonn: bonn (2 rows)'
    """
    if not cleaning.merged:
        return ""
    parts = dict[str, list[str]]()
    n_rows = dict[str, int]()
    for text, n in level_counts(values).items():
        into = cleaning.level(text)
        if into is not None and into != text:
            parts.setdefault(into, []).append(text)
            n_rows[into] = n_rows.get(into, 0) + n
    return "; ".join(
        f"Counted as {into}: {listed(levels, FEW)} ({n_rows[into]:,} row{'s' * (n_rows[into] > 1)})"
        for into, levels in parts.items()
    )
