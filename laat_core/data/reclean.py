"""Declaring missing codes and merges of a column that is in use."""

from dataclasses import replace

from laat_core.data.cleaning import Cleaning
from laat_core.data.roles import suggest_column
from laat_core.data.task import Task

__all__ = ["reclean"]


def reclean(task: Task, name: str, cleaning: Cleaning) -> Task:
    """Declare other missing codes or merges of a column.

    A role that is what the column's values suggest follows them: a column of numbers and one word
    becomes numeric once that word counts as missing.

    Raises
    ------
    DataError
        If the task has no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from laat_core import make_task
    >>> table = pd.DataFrame({"dose": [*range(9), "n/k"], "ill": [0, 1] * 5})
    >>> task = make_task(table, "ill", 1)
    >>> task.column("dose").role, reclean(task, "dose", Cleaning(("n/k",))).column("dose").role
    (<Role.CATEGORICAL: 'categorical'>, <Role.NUMERIC: 'numeric'>)
    """
    column, values = task.column(name), task.table[name]
    before = suggest_column(column.cleaning.apply(values))
    if (column.role, column.note) == (before.role, before.note):
        after = suggest_column(cleaning.apply(values))
        column = replace(column, role=after.role, note=after.note)
    return task.with_columns(replace(column, cleaning=cleaning))
