"""Rows that are held out once and for all: what they are labelled is hidden from everything."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

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

    The rows follow from share, seed, table and target alone: not from the roles of columns, nor
    from which class is the positive one.

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

    def rows(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Draw the rows.

        Parameters
        ----------
        labels : ndarray of shape (n_rows,)
            0 or 1.

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
        held_out = [self._smallest(drawn, np.flatnonzero(labels == label)) for label in (0, 1)]
        return np.sort(np.concatenate(held_out))

    def _smallest(
        self, drawn: NDArray[np.uint64], of_class: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Of the rows of a class, those whose drawn numbers are the smallest."""
        number = round(self.share * len(of_class))
        if min(number, len(of_class) - number) < FEWEST_OF_A_CLASS:
            raise DesignError(
                f"A share of {self.share:g} holds out {number} of the {len(of_class)} rows of a "
                f"class. At least {FEWEST_OF_A_CLASS} have to be held out, and as many left: "
                + (
                    "choose another share."
                    if len(of_class) >= 2 * FEWEST_OF_A_CLASS
                    else "add rows of it."
                )
            )
        return of_class[np.argsort(drawn[of_class], kind="stable")[:number]]

    def positions(self, task: Task) -> NDArray[np.int64]:
        """Positions of the rows in the task's table, rows without a label counted too.

        Raises
        ------
        DesignError
            As :meth:`rows`.
        """
        labelled = np.flatnonzero(level_text(task.cleaned[task.target]).notna())
        return np.asarray(labelled[self.rows(task.labels)])

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
