"""What to look at before training: duplicate rows, several rows per person, leakage."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import poisson

from laat_core.data.findings import Finding, Kind
from laat_core.data.leakage import column_leaks
from laat_core.data.persons import count_persons, says_number_of_person
from laat_core.data.task import Column, Role, Task
from laat_core.data.text import as_numbers, level_text

__all__ = ["check_task"]

SEED = 0  # of the numbers that rows are recognised by
# Equal rows are no coincidence from so many times the expected number on, where that is also
# this improbable; columns that depend on each other make more rows equal than is expected.
BEYOND_CHANCE = 2
CHANCE = 0.01


def check_task(task: Task) -> tuple[Finding, ...]:
    """Find what makes models look better than they are, before any is trained.

    Only rows whose target is known are looked at: give it a task that hides the labels of rows
    held out (:meth:`HoldOut.hide`), and it does not see them.

    Parameters
    ----------
    task : Task

    Returns
    -------
    tuple of Finding
        Those about rows first, then those about columns in the table's order.

    Examples
    --------
    >>> import pandas as pd
    >>> from laat_core import make_task
    >>> table = pd.DataFrame({"age": range(40), "ill": ["no"] * 20 + ["yes"] * 20})
    >>> task = make_task(table, "ill", "yes").with_columns(Column("age", Role.NUMERIC))
    >>> [finding.text for finding in check_task(task)]
    ["'age': Predicts the outcome by itself in 40 rows. Set its role to ignore unless it is \
known before the outcome."]
    """
    rows = [_duplicates(task), *(_persons(task, column) for column in task.columns)]
    leaks = [leak for column in task.columns for leak in column_leaks(task, column)]
    return tuple(finding for finding in [*rows, *leaks] if finding)


def _duplicates(task: Task) -> Finding | None:
    used = [column for column in task.columns if column.role.is_used]
    if not used or not len(task.labels):
        return None
    codes = _distinct([_codes(task, column) for column in used])
    numbers, labels = _numbers(codes), task.labels
    if task.groups is not None:  # equal rows of one group stay on one side of every split
        first = _first_of_equal(numbers.sum(axis=0), task.groups)
        codes, numbers, labels = [code[first] for code in codes], numbers[:, first], labels[first]
    rows = numbers.sum(axis=0)
    n_repeated = len(rows) - len(np.unique(rows))
    if not n_repeated or not _too_many(_equal_pairs(rows), rows, codes, numbers):
        return None
    same = len(rows) - len(_first_of_equal(rows, labels))
    row, repeats = ("row", "repeats") if n_repeated == 1 else ("rows", "repeat")
    group = task.group_column
    another = f"a row of another {group.name!r}" if group else "another row"
    return Finding(
        Kind.DUPLICATES,
        (),
        n_repeated,
        f"{n_repeated:,} {row} {repeats} {another} in every column used, {same:,} of them with "
        "the same outcome.",
        "If one person was entered twice, keep one of the rows in the file: otherwise models are "
        "tested on rows that they were trained on.",
    )


def _first_of_equal(rows: NDArray[np.uint64], others: NDArray[np.int64]) -> NDArray[np.intp]:
    """Places of the rows that repeat none before them, neither in their number nor in another."""
    both = np.stack([rows, others.astype(np.uint64)])
    return np.unique(both, axis=1, return_index=True)[1]


def _too_many(
    equal: int,
    rows: NDArray[np.uint64],
    codes: list[NDArray[np.int64]],
    numbers: NDArray[np.uint64],
) -> bool:
    """Whether more rows are equal than columns of few values make equal by coincidence.

    Rows that agree in all columns but one agree in that one, too, as often as any two rows do: as
    many coincidences are expected, by whichever column expects the most.
    """
    n_pairs = len(rows) * (len(rows) - 1) / 2
    expected = 0.0
    for code, number in zip(codes, numbers, strict=True):
        agree = _equal_pairs(code) / n_pairs
        if agree == 1:  # a constant says nothing
            continue
        differ_here_only = _equal_pairs(rows - number) - equal
        expected = max(expected, differ_here_only * agree / (1 - agree))
    return equal > BEYOND_CHANCE * expected and poisson.sf(equal - 1, expected) < CHANCE


def _codes(task: Task, column: Column) -> NDArray[np.int64]:
    cells = task.labelled[column.name]
    read = as_numbers if column.role is Role.NUMERIC else level_text
    return np.asarray(pd.factorize(read(cells))[0], dtype=np.int64)


def _distinct(codes: list[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    """Leave out columns that say the same as another one, such as an age in years and in days."""
    return list({code.tobytes(): code for code in codes}.values())


def _numbers(codes: list[NDArray[np.int64]]) -> NDArray[np.uint64]:
    """One large number per cell, equal for equal values of a column, (n_columns, n_rows).

    Their sum is a row's own: two rows that differ have the same with a probability of 2⁻⁶⁴.
    """
    generator = np.random.default_rng(SEED)
    # A missing value has the code -1, which takes the last of the numbers.
    drawn = (generator.integers(0, 2**64, code.max() + 2, dtype=np.uint64) for code in codes)
    return np.stack([numbers[code] for numbers, code in zip(drawn, codes, strict=True)])


def _equal_pairs(values: NDArray[np.uint64] | NDArray[np.int64]) -> int:
    _, times = np.unique(values, return_counts=True)
    return int((times * (times - 1) // 2).sum())


def _persons(task: Task, column: Column) -> Finding | None:
    """Find a number of a person or record that stands in several rows."""
    if column.role is Role.GROUP:
        return None
    values = task.labelled[column.name]
    # "member" alone may be yes or no, or a count.
    if not says_number_of_person(column.name) and not count_persons(values):
        return None
    known = level_text(values).dropna()
    n_persons = known.nunique()
    fractions = (as_numbers(known) % 1 > 0).any()
    if n_persons == len(known) or n_persons < 2 or fractions:
        return None
    return Finding(
        Kind.PERSONS,
        (column.name,),
        len(known),
        f"Looks like the number of a person or record, and repeats: {len(known):,} rows have "
        f"{n_persons:,} different values.",
        "Give it the role group, so that all rows of one person stay on one side of every split.",
    )
