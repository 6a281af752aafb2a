"""Groups of rows by one column, or by a pair of columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.encoding import MISSING_LEVEL
from laat_core.data.task import Role, Task
from laat_core.data.values import column_levels, level_numbers, numbers_of
from laat_core.errors import DataError

__all__ = ["FEWEST_ROWS", "MOST_GROUPS", "Groups", "group_rows"]

# The rate of a smaller group is mostly chance.
FEWEST_ROWS = 20
# More are neither read on a page nor large enough to be compared.
MOST_GROUPS = 50
# Of numbers, by how many columns divide the rows: pairs of quarters would be small.
BINS = {1: 4, 2: 2}


@dataclass(frozen=True, eq=False)
class Groups:
    """Labelled rows by the values of one or two columns.

    Attributes
    ----------
    columns : tuple of str
    names : tuple of str
        Levels of a category or an ordered column; of numbers, smallest and largest value of each
        part of the rows, such as ``23 to 41``; of dates, the years up to the reference date in the
        same way; rows without a value are a group too, ``missing``. Of a pair, both names with a
        comma between.
    codes : ndarray of shape (n_labelled,)
        Position in ``names``; every row has one.
    """

    columns: tuple[str, ...]
    names: tuple[str, ...]
    codes: NDArray[np.int64]

    @property
    def title(self) -> str:
        """The columns in words."""
        return " and ".join(self.columns)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Rows of each group, (n_groups,)."""
        return np.bincount(self.codes, minlength=len(self.names))

    @property
    def small(self) -> NDArray[np.bool_]:
        """Which have fewer than :data:`FEWEST_ROWS` rows and are not compared, (n_groups,)."""
        return self.sizes < FEWEST_ROWS


def group_rows(task: Task, *columns: str) -> Groups:
    """Divide the labelled rows into groups by one or two columns, whatever their roles are.

    A category or an ordered column has a group per level. Numbers, and the years of a date, are
    divided at their quartiles, in a pair at their median; where so many rows are equal that fewer
    groups come out, there are fewer.

    Parameters
    ----------
    task : Task
    *columns : str
        One name or two.

    Raises
    ------
    DataError
        If there is no such column, none, more than two or the same twice are given, or there are
        more than :data:`MOST_GROUPS` groups.
    """
    if len(set(columns)) != len(columns) or len(columns) not in BINS:
        raise DataError(f"Groups by {list(columns)}: give one column, or two different ones.")
    parts = [_part(task, column, BINS[len(columns)]) for column in columns]
    codes, combined = _combined([part.codes for part in parts])
    names = tuple(
        ", ".join(part.names[code] for part, code in zip(parts, place, strict=True))
        for place in combined.tolist()
    )
    if len(names) > MOST_GROUPS:
        raise DataError(
            f"There are {len(names)} groups by {' and '.join(map(repr, columns))}; at most "
            f"{MOST_GROUPS} can be compared. Choose another column, or group its values."
        )
    return Groups(columns, names, codes)


def _combined(codes: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the combinations that occur: each row's number, and (n_groups, n_columns)."""
    combined, numbers = np.unique(np.stack(codes, axis=1), axis=0, return_inverse=True)
    return numbers.reshape(-1), combined


def _part(task: Task, column: str, n_bins: int) -> Groups:
    about = task.column(column)
    values = task.labelled[column]
    if about.role in (Role.NUMERIC, Role.DATE):
        numbers, is_date = numbers_of(values, about), about.role is Role.DATE
        # To three or four days, so that the names say exactly who is in a group.
        names, codes = _by_number(numbers.round(2) if is_date else numbers, n_bins)
        names = [f"{name} years" for name in names] if is_date else names
    else:
        names = column_levels(values, about)
        codes = level_numbers(values, names)
    missing = MISSING_LEVEL if MISSING_LEVEL not in names else f"({MISSING_LEVEL})"
    return Groups((column,), (*names, missing), np.where(codes < 0, len(names), codes))


def _by_number(numbers: pd.Series, n_bins: int) -> tuple[list[str], NDArray[np.int64]]:
    """Names of the bins, and each row's; -1 for what is no number."""
    known = numbers.notna().to_numpy()
    values = numbers.to_numpy()[known]
    codes = np.full(len(numbers), -1, dtype=np.int64)
    if not len(values):
        return [], codes
    bins = np.searchsorted(_upper_ends(values, n_bins), values)
    codes[known] = bins
    inside = [values[bins == place] for place in range(bins.max() + 1)]
    return [_between(part.min(), part.max()) for part in inside], codes


def _upper_ends(values: NDArray[np.float64], n_bins: int) -> NDArray[np.float64]:
    """Values up to which all but the last bin reach."""
    distinct = np.unique(values)
    if len(distinct) <= n_bins:
        return distinct[:-1]
    quantiles = np.arange(1, n_bins) / n_bins
    # Values of rows, not between them: the names of the bins say what is in them.
    ends = np.unique(np.quantile(values, quantiles, method="inverted_cdf"))
    ends = ends[ends < distinct[-1]]
    return ends if len(ends) else distinct[-2:-1]  # most rows have the largest value


def _between(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
