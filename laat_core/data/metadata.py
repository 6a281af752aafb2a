"""Descriptions in the form of the method's authors: ``name.csv`` with ``name-metadata.json``.

The JSON holds ``#DatasetTask#`` (a sentence), ``#DatasetClasses#`` (a list, the positive class
last) and descriptions by ``column`` and ``column_level``.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from laat_core.data.cleaning import NOT_CLEANED, Cleaning
from laat_core.data.reading.loaded import LoadedTable
from laat_core.data.roles import make_task
from laat_core.data.task import Column, Role, Task
from laat_core.data.text import as_text, canonical, encodable, listed, sorted_levels
from laat_core.errors import DataError

__all__ = ["metadata_path", "parse_metadata", "task_from_metadata"]


def metadata_path(table: Path) -> Path:
    """Where the descriptions of a table file lie, if there are any."""
    packed = table.suffix.lower() == ".gz"
    stem = Path(table.stem).stem if packed else table.stem
    return table.with_name(f"{stem}-metadata.json")


def parse_metadata(text: str | bytes) -> dict[str, Any]:
    """Read the JSON; its keys and their kinds are checked.

    Raises
    ------
    DataError
        If it is no JSON, or a description is not text.
    """
    try:
        content = json.loads(text)
        # JSON may hold lone surrogates, which no page can show.
        content = json.loads(encodable(json.dumps(content, ensure_ascii=False)))
    except (ValueError, RecursionError) as error:
        raise DataError(f"The descriptions are not JSON ({error}). Check the file.") from error
    if not isinstance(content, dict):
        raise DataError("The descriptions must be a JSON object of column name to description.")
    classes = content.get("#DatasetClasses#")
    if not isinstance(classes, list) or len(classes) != 2:
        raise DataError(
            f"#DatasetClasses# is {classes!r}; it must list two classes, the positive one last."
        )
    odd = [k for k, v in content.items() if k != "#DatasetClasses#" and not isinstance(v, str)]
    if odd:
        raise DataError(f"Not text in the descriptions: {', '.join(odd[:10])}.")
    return content


def task_from_metadata(
    table: pd.DataFrame | LoadedTable,
    metadata: Mapping[str, Any],
    *,
    name: str,
    target: str | None = None,
    target_cleaning: Cleaning = NOT_CLEANED,
) -> Task:
    """Make a task of a table and its descriptions.

    Parameters
    ----------
    table : DataFrame or LoadedTable
    metadata : mapping
        As :func:`parse_metadata` returns it.
    name : str
    target : str, optional
        Default: the last column that holds just the classes of ``#DatasetClasses#``.
    target_cleaning : Cleaning
        Which values of the target count as missing, and which classes are merged.

    Raises
    ------
    DataError
        If no column, or not this one, holds those classes.
    """
    frame = table.frame if isinstance(table, LoadedTable) else table
    classes = [as_text(value) for value in metadata["#DatasetClasses#"]]
    if target is None:
        fitting = [c for c in frame.columns if set(sorted_levels(frame[c])) == set(classes)]
        if not fitting:
            raise DataError(
                f"No column holds just the classes {' and '.join(classes)} of #DatasetClasses#. "
                "Name the target."
            )
        target = fitting[-1]
    sentence = metadata.get("#DatasetTask#", "")
    task = make_task(
        table,
        target,
        classes[-1],
        description=sentence,
        name=name,
        target_cleaning=target_cleaning,
    )
    described = {canonical(key): text for key, text in metadata.items()}
    levels = {name: _levels(frame, name, described) for name in frame.columns}
    columns = (_describe(c, frame, described, levels[c.name]) for c in task.columns)
    notes = (*task.notes, *_without_use(described, levels))
    return replace(task, columns=tuple(columns), notes=notes)


def _levels(table: pd.DataFrame, name: str, described: Mapping[str, Any]) -> dict[str, str]:
    """Descriptions of the levels of a column."""
    columns = set(map(canonical, table.columns))
    keys = {level: f"{canonical(name)}_{level}" for level in sorted_levels(table[name])}
    return {
        level: described[key]
        for level, key in keys.items()
        # A column may be named like another one's level.
        if key in described and key not in columns
    }


def _describe(
    column: Column, table: pd.DataFrame, described: Mapping[str, Any], levels: Mapping[str, str]
) -> Column:
    description = described.get(canonical(column.name), "")
    column = replace(column, description=description, levels=levels)
    if column.role is Role.NUMERIC and levels.keys() == set(sorted_levels(table[column.name])):
        note = "Each of its numbers has a description of its own: taken as a category."
        return replace(column, role=Role.CATEGORICAL, note=note)
    return column


def _without_use(
    described: Mapping[str, Any], levels: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """Say which descriptions are those of no column and no level."""
    used = set(map(canonical, levels))
    used |= {f"{canonical(name)}_{level}" for name, some in levels.items() for level in some}
    left = [repr(key) for key in described if key not in used and not key.startswith("#")]
    if not left:
        return []
    return [f"Descriptions that fit no column and no level, so are not used: {listed(left)}."]
