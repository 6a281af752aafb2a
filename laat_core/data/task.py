"""A task: a table, its target, the positive class, the columns' roles and what they mean."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.cleaning import NOT_CLEANED, Cleaning
from laat_core.data.dates import as_dates
from laat_core.data.text import as_text, feature_name, level_text, listed, sorted_levels
from laat_core.errors import DataError

__all__ = ["Column", "Role", "Task", "check_names"]


class Role(StrEnum):
    """What a column is to the model.

    A numeric, an ordered and a date column each become one number; a categorical one becomes 0/1
    flags. A group column is no feature: its rows of one value stay on one side of every split.
    """

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    ORDERED = "ordered"
    DATE = "date"
    GROUP = "group"
    IGNORE = "ignore"

    @property
    def is_used(self) -> bool:
        """Whether models see the column."""
        return self not in (Role.GROUP, Role.IGNORE)

    @property
    def is_number(self) -> bool:
        """Whether the column becomes one number."""
        return self in (Role.NUMERIC, Role.ORDERED, Role.DATE)


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
        As the table has it.
    role : Role
    label, description, unit : str
        For people and for the prompt; may be empty.
    levels : mapping of str to str
        Descriptions of single levels, where there are any.
    reading : str
        How the cells were read from the file, where that was not obvious.
    note : str
        Why the role is what it is, where that is not obvious.
    cleaning : Cleaning
        Which of its values count as missing, and which levels are merged.
    order : tuple of str
        The levels of an ordered column, lowest first. A level that is not in it counts as missing.
    reference : str
        The day, ``YYYY-MM-DD``, up to which the years of a date column are counted.

    Raises
    ------
    DataError
        If there is no such role, a level is in the order twice, or the reference is no such day.

    Examples
    --------
    >>> Column("severity", Role.ORDERED, order=("mild", "moderate", "severe")).order[-1]
    'severe'
    """

    name: str
    role: Role
    label: str = ""
    description: str = ""
    unit: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    reading: str = ""
    cleaning: Cleaning = NOT_CLEANED
    order: tuple[str, ...] = ()
    reference: str = ""

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "role", Role(self.role))
        except ValueError as error:
            raise DataError(
                f"{self.name!r} has the role {self.role!r}. Choose among: {', '.join(Role)}."
            ) from error
        object.__setattr__(self, "levels", _by_level(self.levels))
        self._check_order()
        if self.reference and not _is_day(self.reference):
            raise DataError(
                f"The reference date of {self.name!r} is {self.reference!r}. Write it as "
                "YYYY-MM-DD, such as 2024-05-31."
            )

    def _check_order(self) -> None:
        if isinstance(self.order, str):
            raise DataError(
                f"The order of {self.name!r} is the text {self.order!r}. Give its levels one by "
                'one, lowest first, such as ("low", "high").'
            )
        order = tuple(map(as_text, self.order))
        object.__setattr__(self, "order", order)
        if doubled := _doubled(order):
            raise DataError(
                f"In the order of {self.name!r}, these levels stand more than once: "
                f"{listed(doubled)}. Give each once."
            )

    @property
    def ranked(self) -> tuple[str, ...]:
        """The levels by their rank: the order, without levels that are merged away or missing.

        A level that others are merged into keeps its place; one that is new takes their first.
        """
        if not self.cleaning:
            return self.order
        ends = {level: self.cleaning.level(level) for level in self.order}
        return tuple(
            dict.fromkeys(
                end for level, end in ends.items() if end and (end == level or end not in ends)
            )
        )


@dataclass(frozen=True, eq=False)
class Task:
    """A table and what is predicted from it.

    Attributes
    ----------
    table : DataFrame
        All columns, the target among them, as they were read; :attr:`cleaned` is what counts.
    target : str
        Name of the target column.
    positive_class : str
        The class, as text, that a positive score speaks for.
    columns : tuple of Column
        Every column but the target, in the table's order.
    description : str
        One sentence that says what is predicted.
    name, title, source, license : str
    sensitive_features : tuple of str
        Columns by which people may be treated unfairly.
    missing_as_feature : bool
        Whether a missing category is a feature of its own, ``column = missing``.
    class_labels : mapping of str to str
        What rows of a class have, in words (``heart disease``), by class; a class without is
        called ``target = class``.
    notes : tuple of str
        What was changed, dropped or guessed when the file was read, one sentence each.
    confirmed : str
        The :attr:`reading` that somebody has confirmed, where the sentence seemed to name the
        other class.
    target_cleaning : Cleaning
        Which values of the target count as missing, and which classes are merged.

    Raises
    ------
    DataError
        If the target is absent or has not exactly two classes, the positive class is none of
        them, a column is described twice, a column's name is no text, or not its own, or more
        than one column has the role group.
    """

    table: pd.DataFrame
    target: str
    positive_class: str
    columns: tuple[Column, ...]
    description: str = ""
    name: str = "table"
    title: str = ""
    source: str = ""
    license: str = ""
    sensitive_features: tuple[str, ...] = ()
    missing_as_feature: bool = False
    class_labels: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    confirmed: str = ""
    target_cleaning: Cleaning = NOT_CLEANED

    def __post_init__(self) -> None:
        self._name_classes()
        check_names(self.table.columns)
        if self.target not in self.table:
            raise DataError(
                f"The table has no column {self.target!r}. "
                f"Choose the target among: {listed(self.table.columns)}."
            )
        unknown = [
            c.name for c in self.columns if c.name not in self.table or c.name == self.target
        ]
        if unknown:
            raise DataError(f"Described, but no column beside the target: {listed(unknown)}.")
        doubled = _doubled(c.name for c in self.columns)
        if doubled:
            raise DataError(f"Described more than once: {listed(doubled)}. Describe each once.")
        grouping = [c.name for c in self.columns if c.role is Role.GROUP]
        if len(grouping) > 1:
            raise DataError(
                f"These columns all have the role group: {listed(grouping)}. One column can say "
                "which rows belong together: give the others another role."
            )
        if len(self.classes) != 2:
            raise DataError(describe_classes(self._cleaned_target))
        if self.positive_class not in self.classes:
            raise DataError(
                f"{self.target!r} has no class {self.positive_class!r}. "
                f"Choose the positive class among: {', '.join(self.classes)}."
            )

    def _name_classes(self) -> None:
        """Take the classes in the form in which the table has them."""
        is_confirmed = self.confirmed == self.reading
        object.__setattr__(self, "positive_class", as_text(self.positive_class))
        object.__setattr__(self, "class_labels", _by_level(self.class_labels))
        if is_confirmed:
            object.__setattr__(self, "confirmed", self.reading)

    @cached_property
    def cleaned(self) -> pd.DataFrame:
        """The table with missing codes taken as missing and levels merged, as declared.

        Columns with the role date hold dates. The table itself where there is nothing to do.
        """
        columns = [c for c in self.columns if c.cleaning or c.role is Role.DATE]
        if not columns and not self.target_cleaning:
            return self.table
        table = self.table.copy(deep=False)
        for column in columns:
            values = column.cleaning.apply(table[column.name])
            # All at once: some rows alone may not show whether the day or the month comes first.
            table[column.name] = as_dates(values) if column.role is Role.DATE else values
        table[self.target] = self._cleaned_target
        return table

    @cached_property
    def _cleaned_target(self) -> pd.Series:
        return self.target_cleaning.apply(self.table[self.target])

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The classes of the target, sorted."""
        return tuple(sorted_levels(self._cleaned_target))

    @property
    def negative_class(self) -> str:
        """The other class."""
        return next(name for name in self.classes if name != self.positive_class)

    @property
    def outcome(self) -> str:
        """The positive class in words: what a positive score speaks for."""
        return self.class_labels.get(self.positive_class) or self.outcome_name

    @property
    def opposite(self) -> str:
        """The negative class in words."""
        return self.class_labels.get(self.negative_class) or self.opposite_name

    @property
    def reading(self) -> str:
        """Positive class and sentence: how scores are to be read."""
        return f"{self.positive_class}: {self.description}"

    @property
    def outcome_name(self) -> str:
        """The positive class with its target, ``target = class``, whatever its words are."""
        return feature_name(self.target, self.positive_class)

    @property
    def opposite_name(self) -> str:
        """The negative class with its target."""
        return feature_name(self.target, self.negative_class)

    @property
    def outcome_names(self) -> tuple[str, ...]:
        """All that a file may call the positive class: with its target, alone, and in words."""
        return self.outcome_name, self.positive_class, self.outcome

    @property
    def opposite_names(self) -> tuple[str, ...]:
        """All that a file may call the negative class."""
        return self.opposite_name, self.negative_class, self.opposite

    @cached_property
    def labelled(self) -> pd.DataFrame:
        """The rows whose target is known; only they are trained on and tested."""
        known = level_text(self._cleaned_target).notna()
        return self.cleaned if known.all() else self.cleaned[known].reset_index(drop=True)

    @property
    def n_unlabelled(self) -> int:
        """How many rows are left out because their target is missing."""
        return len(self.table) - len(self.labelled)

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """1 for the positive class, 0 for the other, (n_labelled,)."""
        text = level_text(self.labelled[self.target])
        return np.asarray(text == self.positive_class, dtype=np.int64)

    @property
    def group_column(self) -> Column | None:
        """The column whose equal values mark rows that belong together, where there is one."""
        return next((c for c in self.columns if c.role is Role.GROUP), None)

    @cached_property
    def groups(self) -> NDArray[np.int64] | None:
        """Number of the group of each labelled row, (n_labelled,); None without a group column.

        A row without a value is a group of its own.
        """
        column = self.group_column
        if column is None:
            return None
        codes, known = pd.factorize(level_text(self.labelled[column.name]))
        alone = codes < 0
        numbers = codes.astype(np.int64)
        numbers[alone] = len(known) + np.arange(alone.sum())
        return numbers

    def with_columns(self, *columns: Column) -> "Task":
        """Return the task with these columns in place of those of the same names.

        Raises
        ------
        DataError
            If the task has no column of such a name.
        """
        new = {column.name: column for column in columns}
        for name in new.keys() - {c.name for c in self.columns}:
            raise self._no_column(name)
        return replace(self, columns=tuple(new.get(c.name, c) for c in self.columns))

    def column(self, name: str) -> Column:
        """Return the column of this name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise self._no_column(name)

    def _no_column(self, name: str) -> DataError:
        there = listed(c.name for c in self.columns)
        return DataError(f"No column {name!r}. There are: {there}.")


def _by_level(texts: Mapping[str, str]) -> dict[str, str]:
    return {as_text(level): text for level, text in texts.items()}


def check_names(names: Iterable[object]) -> None:
    """Raise a DataError where a column's name is no text, or not its own."""
    names = list(names)
    odd = [name for name in dict.fromkeys(names) if not isinstance(name, str)]
    if odd:
        raise DataError(
            f"Column names that are not text: {listed(map(repr, odd))}. Rename the columns, "
            "for instance with table.columns.map(str)."
        )
    doubled = _doubled(map(str, names))
    if doubled:
        raise DataError(
            f"Column names stand more than once: {listed(doubled)}. Rename them in the table."
        )


def _is_day(text: object) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _doubled(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def describe_classes(target: pd.Series) -> str:
    """Say why a column cannot be the target of a task with two classes."""
    levels = sorted_levels(target)
    if not levels:
        return f"The target {target.name!r} has no values at all. Choose another column."
    if len(levels) == 1:
        return (
            f"The target {target.name!r} has one class only ({levels[0]}). "
            "Two are needed: choose another column, or add rows of the other class."
        )
    shown = ", ".join(levels[:5]) + (", …" if len(levels) > 5 else "")
    return (
        f"The target {target.name!r} has {len(levels)} classes ({shown}); two are needed. "
        "Declare a class missing, merge classes, or choose another column."
    )
