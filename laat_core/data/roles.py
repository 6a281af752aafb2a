"""What role a column should have, and why, before anybody has said."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from laat_core.data.cleaning import NOT_CLEANED, Cleaning
from laat_core.data.dates import date_note
from laat_core.data.orders import suggest_order
from laat_core.data.persons import count_persons
from laat_core.data.reading.loaded import LoadedTable
from laat_core.data.task import Column, Role, Task
from laat_core.data.text import as_numbers, as_text, level_counts
from laat_core.data.text_kinds import no_dates, odd_kind

__all__ = ["MAX_LEVELS", "holds_numbers", "make_task", "suggest_column"]

MAX_LEVELS = 50
FEWEST_ROWS = 10  # of a column whose values may be called identifiers

# What pandas calls the kinds of values in a column.
NUMBERS = {"boolean", "integer", "floating", "mixed-integer-float", "decimal"}
DATES = {"datetime64", "datetime", "date", "period"}

IDENTIFIER_NAME = re.compile(r"(^|[\s_.-])(id|ids|index|key|uuid|nr|no|number)$", re.IGNORECASE)
IDENTIFIER_NAME_CAMEL = re.compile(r"[a-z](ID|Id|Nr|No)$")

NEITHER = {
    **dict.fromkeys(("timedelta64", "timedelta"), "durations"),
    "time": "times of day",
    "bytes": "bytes",
}
INSTEAD = {
    "durations": "the length in hours",
    "times of day": "the hour",
    "times of day or durations": "the hour, or the length in minutes",
    "lists": "how many entries each has",
    "bytes": "the number that they stand for",
}
DIGITS = re.compile(r"\d+")
EXACT = 2**53  # whole numbers beyond are not exact as float64

NO_VALUES = "Has no values: left out."


def make_task(
    table: pd.DataFrame | LoadedTable,
    target: str,
    positive_class: object,
    *,
    description: str = "",
    name: str = "table",
    target_cleaning: Cleaning = NOT_CLEANED,
) -> Task:
    """Make a task of a table, with a suggested role for every column.

    Parameters
    ----------
    table : DataFrame or LoadedTable
        What :func:`read_table` returns brings units and notes with it.
    target : str
        Name of the column that is predicted; two classes.
    positive_class : object
        The class that positive scores speak for.
    description : str
        One sentence that says what is predicted.
    name : str
    target_cleaning : Cleaning
        Which values of the target count as missing, and which classes are merged.

    Returns
    -------
    Task

    Raises
    ------
    DataError
        If the target is absent, or has not exactly two classes.
    """
    loaded = table if isinstance(table, LoadedTable) else LoadedTable(table)
    frame = loaded.frame
    task = Task(
        table=frame,
        target=target,
        positive_class=as_text(positive_class),
        columns=(),
        description=description,
        name=name,
        title=name,
        target_cleaning=target_cleaning,
        notes=(*loaded.notes, *_of_target(loaded, target)),
    )
    columns = [_column(frame[c], loaded) for c in frame.columns if c != target]
    return replace(task, columns=_one_group(columns))


def _one_group(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Leave the first of the columns that seem to group the rows, and ignore the others."""
    grouping = [column for column in columns if column.role is Role.GROUP]
    if len(grouping) < 2:
        return tuple(columns)
    first = grouping[0]
    note = f"Left out: {first.name!r} says already which rows belong together."
    return tuple(
        replace(column, role=Role.IGNORE, note=note)
        if column.role is Role.GROUP and column is not first
        else column
        for column in columns
    )


def _of_target(loaded: LoadedTable, target: str) -> list[str]:
    """The target has no column of its own that could bear the note."""
    return [f"{target!r}: {loaded.column_notes[target]}"] if target in loaded.column_notes else []


def _column(values: pd.Series, loaded: LoadedTable) -> Column:
    column, name = suggest_column(values), str(values.name)
    reading = loaded.column_notes.get(name, "")
    return replace(column, unit=loaded.units.get(name, ""), reading=reading)


def suggest_column(values: pd.Series) -> Column:
    """Suggest a role for a column; where that is not obvious, the note says why."""
    role, note = _role(values)
    if persons := count_persons(values):
        role, note = (
            Role.GROUP,
            (
                f"Looks like the number of a person ({persons.several:,} of {persons.all:,} have "
                "several rows): all rows of one stay on one side of every split, and models do not "
                "see it."
            ),
        )
    elif role is Role.CATEGORICAL and not note and (order := suggest_order(values)):
        note = (
            f"Its levels seem to have an order: {' < '.join(order)}. Set the role to ordered to "
            "give them one slider."
        )
    return Column(name=str(values.name), role=role, note=note)


def holds_numbers(values: pd.Series) -> bool:
    """Whether a column consists of numbers or booleans, missing ones aside."""
    return pd.api.types.infer_dtype(values) in NUMBERS


def _role(values: pd.Series) -> tuple[Role, str]:
    if holds_numbers(values):
        return _role_of_numbers(values)
    counts = level_counts(values)
    if not counts:
        return Role.IGNORE, NO_VALUES
    kind = pd.api.types.infer_dtype(values)
    others = [] if kind in DATES else no_dates(counts)
    if others is not None:
        return Role.IGNORE, _dates(values, {level: counts[level] for level in others})
    if odd := _neither(values, kind) or odd_kind(list(counts)):
        return Role.IGNORE, (
            f"Holds {odd}: left out. Add a column with a number instead, such as {INSTEAD[odd]}."
        )
    # Codes are no numbers, whether somebody has declared them or zeros in front show it.
    strange = list(counts) if kind == "categorical" or _are_codes(counts) else _no_numbers(counts)
    return _role_of_text(counts, strange) if strange else _role_of_numbers(values)


def _dates(values: pd.Series, others: Mapping[str, int]) -> str:
    n_rows = sum(others.values())
    beside = f" and {n_rows:,} other values (such as {next(iter(others))[:40]!r})" if others else ""
    if n_rows == 1:
        beside = f" and another value ({next(iter(others))[:40]!r})"
    role = "Set the role to date to use an age, or the time since."
    return f"Holds dates{beside}: left out. {role} {date_note(values)}".strip()


def _neither(values: pd.Series, kind: str) -> str:
    """Say what a typed column holds that is neither number nor text, if it does."""
    if kind in NEITHER:
        return NEITHER[kind]
    first = next(iter(values[values.notna()]), None)
    return "lists" if pd.api.types.is_list_like(first) else ""


def _are_codes(levels: Iterable[str]) -> bool:
    """Whether all are digits, some with a zero in front or too many to be exact as a number."""
    levels = list(levels)
    return all(map(DIGITS.fullmatch, levels)) and any(
        (len(level) > 1 and level[0] == "0") or int(level[:20]) > EXACT for level in levels
    )


def _no_numbers(levels: Iterable[str]) -> list[str]:
    texts = pd.Series(list(levels))
    return texts[as_numbers(texts).isna()].tolist()


def _role_of_numbers(values: pd.Series) -> tuple[Role, str]:
    known = values[as_numbers(values).notna()]
    if known.empty:
        return Role.IGNORE, NO_VALUES
    if known.eq(known.iloc[0]).all():
        return Role.IGNORE, _constant(as_text(known.iloc[0]))
    if _is_row_number(known):
        return Role.IGNORE, "Looks like an identifier (a number of its own per row): left out."
    return Role.NUMERIC, ""


def _is_row_number(known: pd.Series) -> bool:
    if not known.is_unique or len(known) < FEWEST_ROWS:
        return False
    numbers = as_numbers(known)
    if (numbers % 1 != 0).any():
        return False
    consecutive = numbers.max() - len(numbers) + 1 == numbers.min()
    name = str(known.name)
    named = IDENTIFIER_NAME.search(name) or IDENTIFIER_NAME_CAMEL.search(name)
    return bool(consecutive) or named is not None


def _role_of_text(counts: Mapping[str, int], strange: Sequence[str]) -> tuple[Role, str]:
    n_levels, n_rows = len(counts), sum(counts.values())
    if n_levels == 1:
        return Role.IGNORE, _constant(*counts)
    too_many = n_levels > MAX_LEVELS
    n_strange = sum(counts[level] for level in strange)
    if n_strange <= n_rows / 2:
        return Role.IGNORE if too_many else Role.CATEGORICAL, (
            f"{n_rows - n_strange} of {n_rows} values are numbers, the others are not "
            f"(such as {strange[0][:40]!r}). Set the role to numeric to take those as missing."
        )
    if n_levels > 0.9 * n_rows and n_rows >= FEWEST_ROWS:
        note = f"Looks like an identifier or free text ({n_levels} different values): left out."
        return Role.IGNORE, note
    if too_many:
        return Role.IGNORE, (
            f"{n_levels} different values, more than {MAX_LEVELS}: left out. "
            "Group them into fewer to use the column."
        )
    return Role.CATEGORICAL, ""


def _constant(level: str) -> str:
    return f"Constant ({level}): it cannot help a model."
