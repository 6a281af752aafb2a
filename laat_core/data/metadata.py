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

from laat_core.data.reading.loaded import LoadedTable
from laat_core.data.roles import make_task
from laat_core.data.task import Column, Role, Task
from laat_core.data.text import as_text, encodable, sorted_levels
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
    task = make_task(table, target, classes[-1], description=sentence, name=name)
    return replace(task, columns=tuple(_describe(c, frame, metadata) for c in task.columns))


def _describe(column: Column, table: pd.DataFrame, metadata: Mapping[str, Any]) -> Column:
    found = sorted_levels(table[column.name])
    levels = {
        level: metadata[f"{column.name}_{level}"]
        for level in found
        # A column may be named like another one's level.
        if f"{column.name}_{level}" in metadata and f"{column.name}_{level}" not in table
    }
    column = replace(column, description=metadata.get(column.name, ""), levels=levels)
    if column.role is Role.NUMERIC and len(levels) == len(found):
        note = "Each of its numbers has a description of its own: taken as a category."
        return replace(column, role=Role.CATEGORICAL, note=note)
    return column
