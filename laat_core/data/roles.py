"""What role a column should have, and why, before anybody has said."""

import re

import numpy as np
import pandas as pd

from laat_core.data.task import Column, Role, Task
from laat_core.data.text import as_text, level_text, sorted_levels
from laat_core.errors import DataError

__all__ = ["MAX_LEVELS", "make_task", "suggest_column"]

MAX_LEVELS = 50
IDENTIFIER_NAME = re.compile(r"(^|[\s_.-])(id|ids|index|key|uuid|nr|no|number)$", re.IGNORECASE)
IDENTIFIER_NAME_CAMEL = re.compile(r"[a-z](ID|Id|Nr|No)$")


def make_task(
    table: pd.DataFrame,
    target: str,
    positive_class: object,
    *,
    description: str = "",
    name: str = "table",
) -> Task:
    """Make a task of a table, with a suggested role for every column.

    Parameters
    ----------
    table : DataFrame
    target : str
        Name of the column that is predicted; two classes.
    positive_class : object
        The class that positive scores speak for.
    description : str
        One sentence that says what is predicted.
    name : str

    Returns
    -------
    Task

    Raises
    ------
    DataError
        If the target is absent, or has not exactly two classes.
    """
    columns = tuple(suggest_column(table[c]) for c in table.columns if c != target)
    return Task(
        table=table,
        target=target,
        positive_class=as_text(positive_class),
        columns=columns,
        description=description,
        name=name,
        title=name,
    )


def suggest_column(values: pd.Series) -> Column:
    """Suggest a role for a column; where that is to ignore it, the note says why."""
    role, note = _role(values)
    return Column(name=str(values.name), role=role, note=note)


def _role(values: pd.Series) -> tuple[Role, str]:
    known = values.dropna()
    if known.empty:
        return Role.IGNORE, "Has no values: left out."
    if pd.api.types.is_datetime64_any_dtype(values):
        return Role.IGNORE, "Holds dates: left out. Add a number, such as days since an event."
    distinct = known.nunique()
    if distinct == 1:
        return Role.IGNORE, f"Constant ({as_text(known.iloc[0])}): it cannot tell rows apart."
    if pd.api.types.is_numeric_dtype(values) or _is_boolean(known):
        if _is_row_number(known):
            return Role.IGNORE, "Looks like an identifier (a number of its own per row): left out."
        return Role.NUMERIC, ""
    levels = len(sorted_levels(values))
    if levels > MAX_LEVELS:
        return Role.IGNORE, _why_too_many(known, levels)
    return Role.CATEGORICAL, ""


def _is_boolean(known: pd.Series) -> bool:
    return bool(known.map(lambda value: isinstance(value, (bool, np.bool_))).all())


def _is_row_number(known: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(known) or not known.is_unique or len(known) < 10:
        return False
    numbers = known.to_numpy(dtype=np.float64)
    if not np.equal(np.mod(numbers, 1), 0).all():
        return False
    consecutive = numbers.max() - numbers.min() == len(numbers) - 1
    name = str(known.name)
    named = IDENTIFIER_NAME.search(name) or IDENTIFIER_NAME_CAMEL.search(name)
    return consecutive or named is not None


def _why_too_many(known: pd.Series, levels: int) -> str:
    numeric = pd.to_numeric(known, errors="coerce")
    share = numeric.notna().mean()
    if share >= 0.5:
        strange = level_text(known)[numeric.isna()].iloc[0]
        return (
            f"{numeric.notna().sum()} of {len(known)} values are numbers, the others are not "
            f"(such as {strange[:40]!r}). Set the role to numeric to take those as missing."
        )
    if levels > 0.9 * len(known):
        return f"Looks like an identifier or free text ({levels} different values): left out."
    return (
        f"{levels} different values, more than {MAX_LEVELS}: left out. "
        "Group them into fewer to use the column."
    )
