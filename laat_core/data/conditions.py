"""Conditions that a row of a table meets or not: a column, a comparison and a value."""

import reprlib
import sys
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.plain import plain_number
from laat_core.data.task import Column, Role, Task
from laat_core.data.text import as_numbers, as_text, level_text, listed
from laat_core.data.values import as_ranks, as_years
from laat_core.errors import DataError

__all__ = ["COMPARISONS", "Condition", "Relation"]

Relation = Literal["under", "at least", "is", "is not", "is missing"]
COMPARISONS: tuple[Relation, ...] = get_args(Relation)
OF_NUMBERS = ("under", "at least")


@dataclass(frozen=True)
class Condition:
    """What is asked of one column of a row.

    A row whose value is missing meets "is missing" and nothing else; for "under" and "at least"
    a value that is no number is missing. Of an ordered column these two compare levels, and what
    has no place in the order is missing; of a date column, the years up to its reference date.

    Attributes
    ----------
    column : str
        Any column of the table, also one that the task ignores.
    comparison : {"under", "at least", "is", "is not", "is missing"}
    value : float, str or None
        A number for "under" and "at least", or a level of an ordered column; a level as text for
        "is" and "is not"; None for "is missing". No row has to have it.

    Raises
    ------
    DataError
        If the comparison is unknown, or the value of another kind than it takes.
    """

    column: str
    comparison: Relation
    value: float | str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.column, str):
            raise DataError(f"A condition names the column {reprlib.repr(self.column)}, no text.")
        if self.comparison not in COMPARISONS:
            raise DataError(
                f"The condition on {self.column!r} compares by {reprlib.repr(self.comparison)}. "
                f"Choose among: {', '.join(COMPARISONS)}."
            )
        if not self._value_fits():
            kind = "no value" if self.comparison == "is missing" else "a text"
            kind = "a number or a level" if self.comparison in OF_NUMBERS else kind
            raise DataError(
                f"The condition {self.column!r} {self.comparison} {reprlib.repr(self.value)} does "
                f"not fit together: {self.comparison!r} takes {kind}."
            )
        if isinstance(self.value, str):
            object.__setattr__(self, "value", as_text(self.value))
        # Without NumPy's types it can be written as JSON.
        if self.comparison in OF_NUMBERS and not isinstance(self.value, str):
            object.__setattr__(self, "value", plain_number(self.value))

    def _value_fits(self) -> bool:
        if self.comparison in OF_NUMBERS and not isinstance(self.value, str):
            return abs(plain_number(self.value)) <= sys.float_info.max
        if self.comparison == "is missing":
            return self.value is None
        return isinstance(self.value, str)

    def rows(self, task: Task) -> NDArray[np.bool_]:
        """Which labelled rows of a task meet the condition, (n_labelled,).

        Raises
        ------
        DataError
            If the table has no such column, or the column no such level.
        """
        self.check(task)
        values = task.labelled[self.column]
        if self.comparison in OF_NUMBERS:
            numbers, bound = self._numbers(task, values)
            # A missing one, not-a-number, is neither.
            return numbers < bound if self.comparison == "under" else numbers >= bound
        levels = level_text(values)
        if self.comparison == "is missing":
            return levels.isna().to_numpy()
        equal = (levels == self.value).to_numpy(dtype=bool, na_value=False)
        return equal if self.comparison == "is" else ~equal & levels.notna().to_numpy()

    def _numbers(self, task: Task, values: pd.Series) -> tuple[NDArray[np.float64], float]:
        """Return what is compared in each row, and with what."""
        column = _column(task, self.column)
        if isinstance(self.value, str):
            order = column.ranked if column else ()
            return as_ranks(values, order).to_numpy(), order.index(self.value)
        if column is not None and column.role is Role.DATE and column.reference:
            numbers = as_years(values, column.reference)
        else:
            numbers = as_numbers(values)
        return numbers.to_numpy(), plain_number(self.value)

    def words(self, task: Task) -> str:
        """Say the condition with the label of the column: ``Age under 50``.

        Raises
        ------
        DataError
            If the table has no such column.
        """
        self.check(task)
        column = _column(task, self.column)
        named = (column.label if column else "") or self.column
        if self.value is None:
            return f"{named} {self.comparison}"
        of_years = column and column.role is Role.DATE and self.comparison in OF_NUMBERS
        unit = " years" if of_years else ""
        return f"{named} {self.comparison} {as_text(self.value)}{unit}"

    def check(self, task: Task) -> None:
        """Raise a DataError where the table has no such column, or the column no such level."""
        if self.column not in task.table:
            raise DataError(
                f"A condition asks for the column {self.column!r}, which the table does not have. "
                f"There are: {listed(task.table.columns)}."
            )
        if self.comparison not in OF_NUMBERS or not isinstance(self.value, str):
            return
        column = _column(task, self.column)
        order = column.ranked if column and column.role is Role.ORDERED else ()
        if self.value not in order:
            instead = f"Choose among: {listed(order)}." if order else "Compare with a number."
            raise DataError(
                f"A condition asks where {self.column!r} is {self.comparison} "
                f"{reprlib.repr(self.value)}, which is no level of an ordered column. {instead}"
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, for JSON."""
        return {"column": self.column, "comparison": self.comparison, "value": self.value}

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Read what :meth:`to_dict` made; anybody may have written something else.

        Raises
        ------
        DataError
            If it is something else.
        """
        match document:
            case {"column": column, "comparison": comparison, "value": value, **others} if (
                not others
            ):
                return cls(column, comparison, value)
        raise DataError(
            f"A condition is {reprlib.repr(document)}; it has a column, a comparison and a value."
        )


def _column(task: Task, name: str) -> Column | None:
    """Return what the task says of a column of its table; None of the target."""
    return next((column for column in task.columns if column.name == name), None)
