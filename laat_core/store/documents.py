"""Tasks, scores and tables in plain forms, JSON and Parquet, and back.

What comes back is checked as if a stranger had written it.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.cleaning import Cleaning
from laat_core.data.task import Column, Role, Task
from laat_core.data.text import encodable
from laat_core.errors import DataError, ScoreError
from laat_core.scores.importance import ImportanceScores
from laat_core.store.tables import table_bytes, table_from_bytes

__all__ = [
    "check_task_document",
    "scores_document",
    "scores_from_document",
    "table_bytes",
    "table_from_bytes",
    "task_document",
    "task_from_document",
]

TASK_TEXTS = (
    "target",
    "positive_class",
    "description",
    "name",
    "title",
    "source",
    "license",
    "confirmed",
)
COLUMN_TEXTS = ("name", "role", "label", "description", "unit", "note", "reading", "reference")


def task_document(task: Task) -> dict[str, Any]:
    """Everything about a task but its table."""
    return {
        **{key: encodable(getattr(task, key)) for key in TASK_TEXTS},
        "columns": [_column_document(column) for column in task.columns],
        "sensitive_features": [encodable(name) for name in task.sensitive_features],
        "missing_as_feature": bool(task.missing_as_feature),
        "class_labels": _texts_by_name(task.class_labels),
        "notes": [encodable(note) for note in task.notes],
        "target_cleaning": _cleaning_document(task.target_cleaning),
    }


def _column_document(column: Column) -> dict[str, Any]:
    texts = {key: encodable(str(getattr(column, key))) for key in COLUMN_TEXTS}
    return {
        **texts,
        "levels": _texts_by_name(column.levels),
        "cleaning": _cleaning_document(column.cleaning),
        "order": [encodable(level) for level in column.order],
    }


def _cleaning_document(cleaning: Cleaning) -> dict[str, Any]:
    return {"missing_codes": list(cleaning.missing_codes), "merged": dict(cleaning.merged)}


def _texts_by_name(texts: Mapping[str, str]) -> dict[str, str]:
    return {encodable(name): encodable(text) for name, text in texts.items()}


def task_from_document(document: object, table: pd.DataFrame) -> Task:
    """Make the task that a document describes, of its table.

    Raises
    ------
    DataError
        If something is missing, of another kind, or does not fit the table.
    """
    content = dict(check_task_document(document))
    content["columns"] = tuple(map(_column, content["columns"]))
    content["sensitive_features"] = tuple(content["sensitive_features"])
    content["notes"] = tuple(content["notes"])
    content["target_cleaning"] = Cleaning(**content["target_cleaning"])
    return Task(table=table, **content)


def _column(document: Mapping[str, Any]) -> Column:
    cleaning, order = Cleaning(**document["cleaning"]), tuple(document["order"])
    return Column(**{**document, "cleaning": cleaning, "order": order})


def check_task_document(document: object) -> dict[str, Any]:
    """Return the document of a task, with every part; a DataError where it is none."""
    content = _parts(document, "task", TASK_KINDS, TASK_DEFAULTS)
    columns = [
        _parts(column, "column", COLUMN_KINDS, COLUMN_DEFAULTS) for column in content["columns"]
    ]
    for column in columns:
        _check_role(column)
    return {**content, "columns": columns}


def _check_role(column: Mapping[str, Any]) -> None:
    if column["role"] not in tuple(Role):
        raise DataError(
            f"The column {column['name']!r} has the role {column['role'][:40]!r}, which this "
            "version of the program does not know. Update the program to open the project."
        )


def _parts(
    document: object,
    what: str,
    kinds: Mapping[str, Callable[[object], bool]],
    defaults: Mapping[str, object] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return a document whose parts are exactly these, each of its kind.

    Parts with a default may be absent: earlier versions did not keep them.
    """
    if isinstance(document, dict):
        document = {**defaults, **document}
    if isinstance(document, dict) and (new := sorted(map(str, document.keys() - kinds.keys()))):
        raise DataError(
            f"A {what} was kept with {new[0][:40]!r}, which this version of the program does not "
            "know. Update the program to open the project."
        )
    if not isinstance(document, dict) or document.keys() != kinds.keys():
        raise DataError(f"A {what} was kept in a form that this program does not know.")
    for key, fits in kinds.items():
        if not fits(document[key]):
            raise DataError(f"The {key!r} of a kept {what} is of another kind than expected.")
    return document


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_text_by_name(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_cleaning(value: object) -> bool:
    match value:
        case {"missing_codes": codes, "merged": merged, **others}:
            return not others and _is_texts(codes) and _is_text_by_name(merged)
    return False


UNCLEANED: dict[str, object] = {"missing_codes": [], "merged": {}}
TASK_KINDS: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(TASK_TEXTS, _is_text),
    "columns": lambda value: isinstance(value, list),
    "sensitive_features": _is_texts,
    "missing_as_feature": lambda value: isinstance(value, bool),
    "class_labels": _is_text_by_name,
    "notes": _is_texts,
    "target_cleaning": _is_cleaning,
}
TASK_DEFAULTS: dict[str, object] = {
    "notes": [],
    "confirmed": "",
    "target_cleaning": UNCLEANED,
}
COLUMN_KINDS: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(COLUMN_TEXTS, _is_text),
    "levels": _is_text_by_name,
    "cleaning": _is_cleaning,
    "order": _is_texts,
}
COLUMN_DEFAULTS: dict[str, object] = {
    "cleaning": UNCLEANED,
    "order": [],
    "reading": "",
    "reference": "",
}


def scores_document(scores: ImportanceScores) -> dict[str, Any]:
    """Scores with their sources, reasons and estimates; a gap among these is null."""
    return {
        "features": [encodable(name) for name in scores.features],
        "values": scores.values.tolist(),  # noqa: PD011 (an array)
        "sources": [encodable(source) for source in scores.sources],
        "reasons": [[encodable(reason) for reason in given] for given in scores.reasons],
        "estimates": [
            [[None if math.isnan(score) else score for score in row] for row in estimate]
            for estimate in scores.estimates.tolist()
        ],
    }


def scores_from_document(document: object) -> ImportanceScores:
    """Read what :func:`scores_document` wrote.

    Raises
    ------
    ScoreError
        If something is missing, of another kind, or no score.
    """
    match document:
        case {
            "features": list(features),
            "values": [list(), *_] as values,
            "sources": list(sources),
            "reasons": list(reasons),
            "estimates": list(estimates),
            **others,
        } if not others and _is_texts(features + sources) and all(map(_is_texts, reasons)):
            shape = (len(values), len(features))
            return ImportanceScores(
                features=tuple(features),
                values=_array(values, shape),
                sources=tuple(sources),
                reasons=tuple(map(tuple, reasons)),
                estimates=_array(estimates, (len(estimates), *shape)),
            )
    raise ScoreError("Scores were kept in a form that this program does not know.")


def _array(rows: list[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Nested lists of exactly this shape, gaps as not-a-number; what is no score stays as it is."""
    flat = rows
    for size in shape[1:]:
        if any(not isinstance(row, list) or len(row) != size for row in flat):
            raise ScoreError("Scores were kept with more or fewer numbers than features.")
        flat = [entry for row in flat for entry in row]
    gaps = len(shape) == 3
    array = np.empty(len(flat), dtype=object)
    array[:] = [math.nan if gaps and entry is None else entry for entry in flat]
    return array.reshape(shape)
