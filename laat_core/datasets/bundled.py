"""Loading a bundled table as a task."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
from sklearn.datasets import load_breast_cancer, load_wine

from laat_core.data.cleaning import Cleaning
from laat_core.data.reading import read_bytes
from laat_core.data.roles import make_task
from laat_core.data.task import Column, Role, Task
from laat_core.errors import DataError

__all__ = ["dataset_names", "dataset_title", "load_dataset"]

FOLDER = files("laat_core.datasets") / "tables"


def _breast_cancer() -> pd.DataFrame:
    bunch = load_breast_cancer(as_frame=True)
    table: pd.DataFrame = bunch.data
    return table.assign(diagnosis=bunch.target_names[bunch.target])


def _wine() -> pd.DataFrame:
    bunch = load_wine(as_frame=True)
    table: pd.DataFrame = bunch.data
    return table.assign(first_cultivar=(bunch.target == 0).map({True: "yes", False: "no"}))


# Tables that scikit-learn ships; their descriptions lie beside those of the others.
FROM_SCIKIT_LEARN: dict[str, Callable[[], pd.DataFrame]] = {
    "breast_cancer": _breast_cancer,
    "wine": _wine,
}
NAMES = (
    "heart",
    "diabetes",
    "south_german_credit",
    "credit",
    "adult",
    *FROM_SCIKIT_LEARN,
)


def dataset_names() -> tuple[str, ...]:
    """Names that :func:`load_dataset` takes."""
    return NAMES


def dataset_title(name: str) -> str:
    """Name of a bundled table as people read it."""
    return str(_description(name)["title"])


def load_dataset(name: str) -> Task:
    """Load a bundled table.

    Parameters
    ----------
    name : str
        One of :func:`dataset_names`.

    Returns
    -------
    Task

    Raises
    ------
    DataError
        If there is no such table.

    Examples
    --------
    >>> len(load_dataset("heart").table)
    303
    """
    task = _read(name)
    # pandas copies on write: whatever is done to this table, the next caller gets it as it is.
    return replace(task, table=task.table.copy(deep=False))


@cache
def _read(name: str) -> Task:
    about = _description(name)
    if name in FROM_SCIKIT_LEARN:
        table = FROM_SCIKIT_LEARN[name]()
    else:
        file = FOLDER / f"{name}.csv.gz"
        table = read_bytes(file.read_bytes(), file.name).frame
    task = make_task(
        table, about["target"], about["positive_class"], description=about["task"], name=name
    )
    return replace(
        task,
        columns=tuple(_describe(c, about["features"][c.name]) for c in task.columns),
        title=about["title"],
        source=about["source"],
        license=about["license"],
        sensitive_features=tuple(about["sensitive_features"]),
        class_labels=about["class_labels"],
    )


def _describe(column: Column, about: dict[str, Any]) -> Column:
    return replace(
        column,
        role=Role(about.get("role", about["kind"])),
        label=about["label"],
        description=about["description"],
        unit=about.get("unit", ""),
        note="",
        cleaning=Cleaning(missing_codes=tuple(about.get("missing_codes", ()))),
    )


def _description(name: str) -> dict[str, Any]:
    if name not in NAMES:
        raise DataError(f"No bundled table {name!r}. There are: {', '.join(NAMES)}.")
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content
