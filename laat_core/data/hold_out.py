"""Rows that are held out once and for all: what they are labelled is hidden from everything."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from laat_core.data.grouping import group_counts, take_groups
from laat_core.data.plain import is_whole, plain_number
from laat_core.data.task import Task
from laat_core.data.text import level_text
from laat_core.errors import DesignError

__all__ = ["FEWEST_OF_A_CLASS", "HoldOut"]

# On either side. With fewer an interval on what is found there says next to nothing.
FEWEST_OF_A_CLASS = 5


@dataclass(frozen=True)
class HoldOut:
    """Which rows of a task are held out: a share of each class, drawn by a seed.

    The rows follow from share, seed, table, target and the column whose role is group: not from
    other columns' roles, nor from which class is the positive one. A group is held out whole.

    Attributes
    ----------
    share : float
        Of the labelled rows of each class, between 0 and 1.
    seed : int

    Raises
    ------
    DesignError
        Naming the first number that cannot be used.
    """

    share: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < plain_number(self.share) < 1:
            raise DesignError(f"The share held out is {self.share!r}; choose one between 0 and 1.")
        if not is_whole(self.seed, 0, 2**32 - 1):
            raise DesignError(f"The seed is {self.seed!r}; choose 0 to {2**32 - 1}.")
        # Without NumPy's types it can be written as JSON.
        object.__setattr__(self, "share", float(self.share))
        object.__setattr__(self, "seed", int(self.seed))

    def rows(
        self, labels: NDArray[np.int64], groups: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Draw the rows.

        Parameters
        ----------
        labels : ndarray of shape (n_rows,)
            0 or 1.
        groups : ndarray of shape (n_rows,), optional
            Equal numbers for rows that are held out together or not at all. The share is then met
            as nearly as the groups allow; where each row is a group of its own, the rows are those
            without groups.

        Returns
        -------
        ndarray of int
            Positions in ascending order, stratified by class.

        Raises
        ------
        DesignError
            If fewer than :data:`FEWEST_OF_A_CLASS` rows of a class were held out, or left.
        """
        # The generator's raw numbers: NumPy keeps them the same from version to version, which it
        # does not promise of what it draws with them.
        drawn = np.random.PCG64(self.seed).random_raw(len(labels))
        sizes = [int((labels == label).sum()) for label in (0, 1)]
        numbers = [round(self.share * size) for size in sizes]
        if groups is None:
            held_out = np.concatenate(
                [
                    _smallest(drawn, np.flatnonzero(labels == label), number)
                    for label, number in enumerate(numbers)
                ]
            )
        else:
            held_out = _whole_groups(drawn, labels, groups, numbers)
        for size, number in zip(sizes, np.bincount(labels[held_out], minlength=2), strict=True):
            self._check(int(number), size, grouped=groups is not None)
        return np.sort(held_out)

    def _check(self, number: int, size: int, *, grouped: bool) -> None:
        """Raise a DesignError where too few of the rows of a class are held out, or left."""
        if min(number, size - number) >= FEWEST_OF_A_CLASS:
            return
        whole = ", as whole groups" if grouped else ""
        raise DesignError(
            f"A share of {self.share:g} holds out {number} of the {size} rows of a class{whole}. "
            f"At least {FEWEST_OF_A_CLASS} have to be held out, and as many left: "
            + ("choose another share." if size >= 2 * FEWEST_OF_A_CLASS else "add rows of it.")
        )

    def positions(self, task: Task) -> NDArray[np.int64]:
        """Positions of the rows in the task's table, rows without a label counted too.

        Raises
        ------
        DesignError
            As :meth:`rows`.
        """
        labelled = np.flatnonzero(level_text(task.cleaned[task.target]).notna())
        return np.asarray(labelled[self.rows(task.labels, task.groups)])

    def hide(self, task: Task) -> Task:
        """Return the task as if the rows held out had no label.

        Such rows are neither trained on nor tested nor counted by class, wherever the task goes;
        they still show what is usual in the table.

        Raises
        ------
        DesignError
            As :meth:`rows`.
        """
        seen = level_text(task.cleaned[task.target])
        seen.iloc[self.positions(task)] = None
        table = task.table.copy(deep=False)
        table[task.target] = seen
        return replace(task, table=table)


def _smallest(
    drawn: NDArray[np.uint64], of_class: NDArray[np.int64], number: int
) -> NDArray[np.int64]:
    """Of the rows of a class, those whose drawn numbers are the smallest."""
    return of_class[np.argsort(drawn[of_class], kind="stable")[:number]]


def _whole_groups(
    drawn: NDArray[np.uint64],
    labels: NDArray[np.int64],
    groups: NDArray[np.int64],
    numbers: Sequence[int],
) -> NDArray[np.int64]:
    """Rows of whole groups, taken by the number drawn for the first row of each."""
    codes, counts = group_counts(labels, groups)
    first = np.unique(codes, return_index=True)[1]
    order = np.argsort(drawn[first], kind="stable")
    no, yes = numbers
    return np.flatnonzero(take_groups(counts, order, (no, yes))[codes])
