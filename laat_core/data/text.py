"""How a cell of a table becomes text: one rule for classes, levels and feature names."""

import numbers

import pandas as pd

__all__ = ["as_text", "feature_name", "level_text"]


def as_text(value: object) -> str:
    """Text of one cell: whole numbers without a decimal point, the rest without outer blanks."""
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        return str(int(value)) if float(value).is_integer() else format(float(value), ".15g")
    return str(value).strip()


def level_text(values: pd.Series) -> pd.Series:
    """Every cell as text, missing where the cell is missing or blank."""
    # Few distinct values, many rows: each value is converted once.
    codes, distinct = pd.factorize(values)
    names = pd.Series([as_text(value) or None for value in distinct], dtype="str")
    return names.reindex(codes).set_axis(values.index).rename(values.name)


def sorted_levels(values: pd.Series) -> list[str]:
    """Distinct levels of a column: numbers by size, text by alphabet."""
    distinct = values.dropna().unique()
    try:
        ordered = sorted(distinct)
    except TypeError:  # values of several types
        ordered = sorted(distinct, key=as_text)
    names = dict.fromkeys(as_text(value) for value in ordered)
    return [name for name in names if name]


def feature_name(column: str, level: str) -> str:
    """Name of the 0/1 flag that says that ``column`` has this level."""
    return f"{column} = {level}"
