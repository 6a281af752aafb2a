"""Rows that are asked about: taken from a table or typed in, and turned into numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.dates import as_dates
from laat_core.data.encoding import median
from laat_core.data.plain import is_whole
from laat_core.data.task import Column, Role, Task
from laat_core.data.text import as_numbers, level_counts, level_text, listed, sorted_levels
from laat_core.data.values import level_at, numbers_of
from laat_core.errors import DataError
from laat_core.evaluate.experiment import Experiment
from laat_core.scores.importance import quoted, shown

__all__ = ["case_of_row", "encode_case", "typical_case"]


def typical_case(task: Task) -> dict[str, float | str]:
    """Median or most frequent level of every column that is used.

    Returns
    -------
    dict of str to float, int or str
        A value per column; of an ordered column the middle level (the lower of two), of a date
        column the middle day, ``YYYY-MM-DD``.

    Raises
    ------
    DataError
        If a column has no values.
    """
    return {column.name: _typical(task, column) for column in _used(task)}


def case_of_row(task: Task, position: int) -> dict[str, float | str | None]:
    """Values of one row of the table, for every column that is used.

    Parameters
    ----------
    task : Task
    position : int
        From 0, in the table, rows without a label included.

    Returns
    -------
    dict of str to float, int, str or None
        A value per column, a date as ``YYYY-MM-DD``; None where it is missing, or is no number,
        no date or no level of the order where one is due.

    Raises
    ------
    DataError
        If there is no such row.
    """
    n_rows = len(task.table)
    if not is_whole(position, 0, n_rows - 1):
        raise DataError(f"No row {shown(position)}; choose a whole number from 0 to {n_rows - 1}.")
    row = task.cleaned.iloc[[int(position)]]
    return {column.name: _plain(row[column.name], column) for column in _used(task)}


def encode_case(
    experiment: Experiment, case: Mapping[str, object]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Turn a row that somebody typed in into numbers.

    Parameters
    ----------
    experiment : Experiment
    case : mapping of str to object
        Number, text or missing (None, not-a-number, blank text) by column; a column left out is
        missing, one that the task ignores has no effect.

    Returns
    -------
    encoded : ndarray of shape (1, n_features)
    remarks : tuple of str
        What has been filled or could not be taken as it was given.

    Raises
    ------
    DataError
        If a column is unknown, a value is no number, no date or no level of the order where one
        is due, or no single value.
    """
    task = experiment.task
    if not isinstance(case, Mapping):
        raise DataError(f"A row is {shown(case)}; give its values by column.")
    unknown = [name for name in case if name not in {column.name for column in task.columns}]
    if unknown:
        there = listed(map(repr, (column.name for column in _used(task))))
        raise DataError(f"No column {shown(unknown[0])} in the table. There are: {there}.")
    values = {column.name: _checked(column, case.get(column.name)) for column in _used(task)}
    row = pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in values.items()})
    encoded: NDArray[np.float64] = experiment.encoder.transform(row).to_numpy()
    remarks = (
        _remark(experiment, column, values[column.name], encoded[0]) for column in _used(task)
    )
    return encoded, tuple(filter(None, remarks))


def _used(task: Task) -> list[Column]:
    return [column for column in task.columns if column.role.is_used]


def _checked(column: Column, value: Any) -> float | str | None:
    """Return a value as the encoder takes it; None where it is missing, or a missing code."""
    if not pd.api.types.is_scalar(value):
        raise DataError(f"{column.name!r} is {shown(value)}; give a single value.")
    try:
        cell = column.cleaning.apply(pd.Series([value], dtype=object))
        missing = bool(level_text(cell).isna().iloc[0])
        plain = _plain(cell, column)
    except (ArithmeticError, ValueError) as error:  # a whole number of thousands of digits
        raise DataError(f"{column.name!r} cannot be read ({error}). Check the value.") from error
    if plain is None and not missing:
        due = {
            Role.DATE: "a date, such as 2024-05-31",
            Role.ORDERED: f"one of {listed(column.ranked)}",
        }.get(column.role, "a number")
        raise DataError(
            f"{column.name!r} is {shown(value)}; it must be {due}, or empty where it is missing."
        )
    return plain


def _plain(cell: pd.Series, column: Column) -> float | str | None:
    """Return the one cell of a column as a number, a text, a day or None."""
    if column.role is Role.NUMERIC:
        number = as_numbers(cell).iloc[0]
        return None if pd.isna(number) else _number(number)
    if column.role is Role.DATE:
        return _day(as_dates(cell).iloc[0])
    text: Any = level_text(cell).iloc[0]
    known = not pd.isna(text) and (column.role is not Role.ORDERED or text in column.ranked)
    return str(text) if known else None


def _day(date: Any) -> str | None:
    return None if pd.isna(date) else str(date.date().isoformat())


def _number(number: float) -> float:
    """Whole numbers as such, as people write them."""
    return int(number) if float(number).is_integer() and abs(number) < 2**53 else float(number)


def _typical(task: Task, column: Column) -> float | str:
    values = task.cleaned[column.name]
    if column.role is Role.NUMERIC:
        return _number(median(as_numbers(values)))
    if column.role is Role.ORDERED:
        return column.ranked[int(median(numbers_of(values, column), column.role))]
    if column.role is Role.DATE:
        days = as_dates(values).dropna().sort_values()
        middle = _day(days.iloc[len(days) // 2]) if len(days) else None
        return middle or str(median(numbers_of(values, column), column.role))
    counts = level_counts(values)
    if not counts:
        raise DataError(f"{column.name!r} has no values. Set its role to ignore.")
    return max(counts, key=lambda level: counts[level])


def _remark(
    experiment: Experiment, column: Column, value: object, encoded: NDArray[np.float64]
) -> str:
    """Say what became of a value, where it was not simply taken; an empty text otherwise."""
    positions = [
        position
        for position, feature in enumerate(experiment.encoder.features_)
        if feature.column == column.name
    ]
    name = f"{column.name!r}"
    if column.role.is_number:
        low, high = experiment.ranges[:, positions[0]]
        return _remark_on_number(column, value, float(encoded[positions[0]]), low, high)
    if encoded[positions].any():
        return ""
    # No flag is set, as for a level that has none of its own.
    levels = sorted_levels(experiment.task.cleaned[column.name])
    if value in levels:
        return ""
    flagged = {experiment.encoder.features_[position].level for position in positions}
    plain = [level for level in levels if level not in flagged]
    what = "is missing" if value is None else f"has no value {shown(value)} in the table"
    as_for = f", as for {quoted(plain)}" if plain else ""
    return f"{name} {what}: none of its flags is set{as_for}."


def _remark_on_number(column: Column, value: object, number: float, low: float, high: float) -> str:
    if column.role is Role.ORDERED:
        taken, known = level_at(column.ranked, number), "other levels alone"
    else:
        unit = f" years before {column.reference}" if column.role is Role.DATE else ""
        taken, known = f"{number:g}{unit}", f"{low:g} to {high:g}"
    if value is None:
        return f"{column.name!r} is missing: the median of the table, {taken}, is taken."
    return "" if low <= number <= high else f"{column.name!r} is {taken}; the table has {known}."
