"""Declaring missing codes and merges of a column that is in use."""

from contextlib import suppress
from dataclasses import replace

import pandas as pd

from laat_core.data.cleaning import Cleaning
from laat_core.data.role_needs import with_role
from laat_core.data.roles import suggest_column
from laat_core.data.task import Column, Role, Task
from laat_core.errors import DataError

__all__ = ["reclean"]


def reclean(task: Task, name: str, cleaning: Cleaning) -> Task:
    """Declare other missing codes or merges of a column.

    A role that is what the column's values suggest follows them: a column of numbers and one word
    becomes numeric once that word counts as missing. So does an order that nobody has changed.

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
    if column.role is Role.ORDERED:
        column = _reordered(column, values, cleaning)
    return task.with_columns(replace(column, cleaning=cleaning))


def _reordered(column: Column, values: pd.Series, cleaning: Cleaning) -> Column:
    """Return an ordered column with the order of its levels as they will be, if it was guessed."""
    unordered = replace(column, order=())
    with suppress(DataError):  # no levels are left, or too many
        if column == with_role(unordered, Role.ORDERED, values):
            return with_role(replace(unordered, cleaning=cleaning), Role.ORDERED, values)
    return column
