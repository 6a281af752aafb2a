"""Missing codes and merged levels, as they are declared on the command line."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from laat_core.data.cleaning import NOT_CLEANED, Cleaning
from laat_core.data.reclean import reclean
from laat_core.data.task import Task
from laat_core.data.text import canonical, listed, sorted_levels
from laat_core.errors import DataError

__all__ = ["add_cleaning", "declare", "declared_cleanings"]


def add_cleaning(command: argparse.ArgumentParser) -> None:
    """Add the arguments that :func:`declared_cleanings` reads."""
    command.add_argument(
        "--missing",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="count a value of a column, or of the target, as missing; may be repeated",
    )
    command.add_argument(
        "--merge",
        action="append",
        default=[],
        metavar="COLUMN=LEVEL>INTO",
        help="count a level of a column, or of the target, as another one; may be repeated",
    )


def declared_cleanings(
    options: argparse.Namespace, table: pd.DataFrame, before: Mapping[str, Cleaning] | None = None
) -> dict[str, Cleaning]:
    """Return the cleaning of each column that an argument names, the target perhaps among them.

    Parameters
    ----------
    options : Namespace
    table : DataFrame
    before : mapping of str to Cleaning, optional
        What was declared already.

    Raises
    ------
    DataError
        If an argument names a column or a value that the table does not have.

    Examples
    --------
    >>> options = argparse.Namespace(missing=["dose=n/k"], merge=[])
    >>> declared_cleanings(options, pd.DataFrame({"dose": [1, "n/k"]}))["dose"].missing_codes
    ('n/k',)
    """
    found: dict[str, Cleaning] = {}

    def of(column: str) -> Cleaning:
        return found.get(column, (before or {}).get(column, NOT_CLEANED))

    for said in options.merge:
        column, rest = _column(f"--merge {said}", said, table)
        level, into = _merge(f"--merge {said}", column, rest, table, of(column))
        found[column] = of(column).with_merged([level], into)
    for said in options.missing:
        column, value = _column(f"--missing {said}", said, table)
        levels = _levels(table, column, of(column))
        if value not in levels:
            raise _no_level(f"--missing {said}", column, value, levels)
        found[column] = of(column).with_missing(value)
    return found


def declare(task: Task, options: argparse.Namespace, **changes: Any) -> Task:
    """Return a task with what the arguments declare, and with further changes of its parts."""
    before = {column.name: column.cleaning for column in task.columns}
    before[task.target] = task.target_cleaning
    cleanings = declared_cleanings(options, task.table, before)
    target_cleaning = cleanings.pop(task.target, task.target_cleaning)
    task = replace(task, target_cleaning=target_cleaning, **changes)
    for column, cleaning in cleanings.items():
        task = reclean(task, column, cleaning)
    return task


def _column(argument: str, said: str, table: pd.DataFrame) -> tuple[str, str]:
    """Column that an argument names, and what follows it; the longest name counts."""
    parts = said.split("=")
    columns = {canonical(str(name)): str(name) for name in table.columns}
    for stop in range(len(parts) - 1, 0, -1):
        name = canonical("=".join(parts[:stop]))
        if name in columns:
            return columns[name], canonical("=".join(parts[stop:]))
    if len(parts) == 1:
        raise DataError(f"{argument}: there is no '=' in it. Name a column, '=' and a value.")
    raise DataError(
        f"{argument}: the table has no column {canonical(parts[0])!r}. There are: "
        f"{listed(map(str, table.columns))}."
    )


def _merge(
    argument: str, column: str, said: str, table: pd.DataFrame, before: Cleaning
) -> tuple[str, str]:
    """Level, and what it is merged into; both may hold the mark between them."""
    parts = said.split(">")
    levels = _levels(table, column, before)
    pairs = [
        (canonical(">".join(parts[:stop])), canonical(">".join(parts[stop:])))
        for stop in range(1, len(parts))
    ]
    for level, into in reversed(pairs):
        if level in levels and into:
            return level, into
    if not any(into for _, into in pairs):
        raise DataError(f"{argument}: name a level, '>' and the level that it is merged into.")
    raise _no_level(argument, column, pairs[0][0], levels)


def _levels(table: pd.DataFrame, column: str, before: Cleaning) -> list[str]:
    """Levels of a column, and those that others were merged into."""
    return [*sorted_levels(table[column]), *dict.fromkeys(before.merged.values())]


def _no_level(argument: str, column: str, level: str, levels: list[str]) -> DataError:
    return DataError(f"{argument}: {column!r} has no value {level!r}. There are: {listed(levels)}.")
