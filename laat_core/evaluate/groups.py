"""Groups of rows by one column, and how differently a model selects among them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.encoding import as_numbers
from laat_core.data.task import Role, Task
from laat_core.data.text import level_text
from laat_core.errors import DataError

__all__ = ["FEWEST_ROWS", "Groups", "group_rows", "parity_difference"]

# The rate of a smaller group is mostly chance.
FEWEST_ROWS = 20


@dataclass(frozen=True, eq=False)
class Groups:
    """Labelled rows by the values of one column.

    Attributes
    ----------
    column : str
    names : tuple of str
        Levels of a category; of numbers, those up to the median and those above it.
    codes : ndarray of shape (n_labelled,)
        Position in ``names``; -1 for rows without a value, or of a group of fewer than
        :data:`FEWEST_ROWS` rows.
    """

    column: str
    names: tuple[str, ...]
    codes: NDArray[np.int64]


def group_rows(task: Task, column: str) -> Groups:
    """Divide the labelled rows into groups by one column, whatever its role is to the model.

    Raises
    ------
    DataError
        If there is no such column, or fewer than two groups are large enough.
    """
    values = task.labelled[task.column(column).name]
    texts = _halves(values) if task.column(column).role is Role.NUMERIC else level_text(values)
    sizes = texts.value_counts()
    names = tuple(sorted(str(name) for name in sizes.index[sizes >= FEWEST_ROWS]))
    if len(names) < 2:
        raise DataError(
            f"{column!r} divides the rows into {len(names)} groups of {FEWEST_ROWS} rows or more; "
            "2 are needed. Choose another column."
        )
    return Groups(column, names, pd.Index(names).get_indexer(pd.Index(texts)).astype(np.int64))


def parity_difference(selected: NDArray[np.bool_], codes: NDArray[np.int64]) -> float:
    """Largest less smallest selection rate of the groups.

    What Fairlearn calls ``demographic_parity_difference``: 0 where each group is selected equally
    often, 1 where one is always and another never.

    Parameters
    ----------
    selected : ndarray of shape (n_rows,)
    codes : ndarray of shape (n_rows,)
        Of :class:`Groups`; rows of -1 do not count.

    Returns
    -------
    float
        From 0 to 1; not-a-number where there are no two groups among these rows.
    """
    known = codes >= 0
    sizes = np.bincount(codes[known])
    hits = np.bincount(codes[known], weights=selected[known])
    rates = hits[sizes > 0] / sizes[sizes > 0]
    return float(np.ptp(rates)) if len(rates) > 1 else float("nan")


def _halves(values: pd.Series) -> pd.Series:
    numbers = as_numbers(values)
    middle = numbers.median()
    names = np.where(numbers <= middle, f"up to {middle:g}", f"above {middle:g}")
    return pd.Series(names, index=values.index, dtype="str").where(numbers.notna())
