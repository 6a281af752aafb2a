"""Divisions of the rows into training and test."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedShuffleSplit

from laat_core.errors import DesignError

__all__ = ["Design", "Split", "make_splits"]


@dataclass(frozen=True)
class Split:
    """Row positions of one division.

    Attributes
    ----------
    train, test : ndarray of int
        Every row is in exactly one of the two.
    """

    train: NDArray[np.int64]
    test: NDArray[np.int64]


@dataclass(frozen=True)
class Design:
    """How a task is divided, again and again, to compare models on it.

    Attributes
    ----------
    shots : int or None
        Training rows of each class; the rest is test. None for a held-out share instead.
    test_share : float
        Share of the rows held out for test, stratified by class, where ``shots`` is None.
    n_splits : int
    seed : int
    """

    shots: int | None = 5
    test_share: float = 0.2
    n_splits: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        if self.n_splits < 1:
            raise DesignError(f"{self.n_splits} splits asked for; at least 1 is needed.")
        if self.shots is not None and self.shots < 1:
            raise DesignError(f"{self.shots} rows per class asked for; at least 1 is needed.")
        if not 0 < self.test_share < 1:
            raise DesignError(f"The test share is {self.test_share}; it must lie between 0 and 1.")
        if self.seed < 0:
            raise DesignError(f"The seed is {self.seed}; it must be 0 or more.")


def make_splits(labels: NDArray[np.int64], design: Design) -> list[Split]:
    """Divide rows by a design.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        0 or 1.
    design : Design

    Returns
    -------
    list of Split
        All with the same number of training rows; both classes on both sides.

    Raises
    ------
    DesignError
        If a class has too few rows for the design.
    """
    counts = np.bincount(labels, minlength=2)
    if design.shots is None:
        return _held_out(labels, counts, design)
    if design.shots >= counts.min():
        raise DesignError(
            f"{design.shots} training rows per class asked for, but one class has only "
            f"{counts.min()} rows and at least one must be left for test. "
            f"Choose {max(counts.min() - 1, 1)} or fewer, or add rows."
        )
    generator = np.random.default_rng(design.seed)
    rows = np.arange(len(labels))
    splits = []
    for _ in range(design.n_splits):
        train = np.concatenate(
            [
                generator.choice(rows[labels == label], design.shots, replace=False)
                for label in (0, 1)
            ]
        )
        splits.append(Split(train, np.delete(rows, train)))
    return splits


def _held_out(labels: NDArray[np.int64], counts: NDArray[np.int64], design: Design) -> list[Split]:
    shuffle = StratifiedShuffleSplit(
        design.n_splits, test_size=design.test_share, random_state=design.seed
    )
    smallest = counts.min()
    if smallest < 2:
        raise DesignError(
            f"One class has only {smallest} rows; a held-out share needs at least 2 of each."
        )
    try:
        splits = [Split(train, test) for train, test in shuffle.split(labels[:, None], labels)]
    except ValueError as error:
        raise DesignError(
            f"{len(labels)} rows cannot be divided with {design.test_share:.0%} for test "
            f"({error}). Choose another share."
        ) from error
    if any(len(np.unique(labels[side])) < 2 for s in splits for side in (s.train, s.test)):
        raise DesignError(
            f"One class has only {smallest} rows, too few to have some on both sides of a "
            f"{design.test_share:.0%} test share. Choose another share, or add rows."
        )
    return splits
