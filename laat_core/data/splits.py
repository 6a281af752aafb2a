"""Divisions of the rows into training and test."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedShuffleSplit

from laat_core.data.grouping import group_counts, same_groups, some_rows, take_groups
from laat_core.data.plain import is_whole, plain_number
from laat_core.errors import DesignError

__all__ = ["MAX_SPLITS", "Design", "Split", "make_splits"]

MAX_SPLITS = 1000  # each keeps the numbers of all rows


@dataclass(frozen=True)
class Split:
    """Row positions of one division.

    Attributes
    ----------
    train, test : ndarray of int
        No row is in both. Without groups, every row is in one of the two.
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

    Raises
    ------
    DesignError
        Naming the first number that cannot be used.
    """

    shots: int | None = 5
    test_share: float = 0.2
    n_splits: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        if not is_whole(self.n_splits, 1, MAX_SPLITS):
            raise DesignError(f"{self.n_splits!r} splits asked for; choose 1 to {MAX_SPLITS}.")
        if self.shots is not None and not is_whole(self.shots, 1):
            raise DesignError(f"{self.shots!r} rows per class asked for; at least 1 is needed.")
        if not 0 < plain_number(self.test_share) < 1:
            raise DesignError(
                f"The test share is {self.test_share!r}; it must lie between 0 and 1."
            )
        if not is_whole(self.seed, 0, 2**32 - 1):
            raise DesignError(f"The seed is {self.seed!r}; choose 0 to {2**32 - 1}.")
        # Without NumPy's types a design can be written as JSON, and its seed passed to torch.
        for name, value in list(vars(self).items()):
            object.__setattr__(self, name, None if value is None else plain_number(value))

    def test_share_of(self, n_rows: int) -> float:
        """Share of so many rows that each split tests, 0 to 1; negative where there are too few."""
        return self.test_share if self.shots is None else 1 - 2 * self.shots / n_rows


def make_splits(
    labels: NDArray[np.int64], design: Design, groups: NDArray[np.int64] | None = None
) -> list[Split]:
    """Divide rows by a design.

    With groups, no group has rows on both sides. For so many training rows of each class, these
    are drawn as without groups; the other rows of their groups are on neither side. For a share
    held out, whole groups are; a few training rows are then left out at random in all splits but
    the smallest, on neither side, so that all train on equally many.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        0 or 1.
    design : Design
    groups : ndarray of shape (n_rows,), optional
        Equal numbers for rows that belong together.

    Returns
    -------
    list of Split
        All with the same number of training rows; both classes on both sides.

    Raises
    ------
    DesignError
        If a class has too few rows for the design, or too few groups.

    Examples
    --------
    >>> labels, patients = np.array([0, 1, 0, 1, 0, 1]), np.array([0, 0, 1, 1, 2, 2])
    >>> (split,) = make_splits(labels, Design(shots=1, n_splits=1), patients)
    >>> set(patients[split.train]) & set(patients[split.test])
    set()
    """
    smallest = int(np.bincount(labels, minlength=2).min())
    if smallest < 2:
        raise DesignError(
            f"Rows of the smaller class: {smallest}; at least 2 are needed, one to train on and "
            "one to test on. Add rows of it."
        )
    if design.shots is None and groups is not None:
        return _held_out_groups(labels, groups, design)
    if design.shots is None:
        return _held_out(labels, smallest, design)
    if design.shots >= smallest:
        raise DesignError(
            f"{design.shots} training rows per class asked for, but the smaller class has "
            f"{smallest} and at least one must be left for test. "
            f"Choose {smallest - 1} or fewer, or add rows."
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
    return splits if groups is None else [_without_mates(s, labels, groups) for s in splits]


def _without_mates(split: Split, labels: NDArray[np.int64], groups: NDArray[np.int64]) -> Split:
    """Take the test rows out that are of the same groups as training rows."""
    test = split.test[~same_groups(groups, split.train)[split.test]]
    if len(np.unique(labels[test])) < 2:
        raise DesignError(
            f"The {len(split.train)} training rows of one split belong to groups that hold every "
            "row of a class, so that no row of it is left for test. Choose fewer training rows "
            "per class, or a group column of more and smaller groups."
        )
    return Split(split.train, test)


def _held_out_groups(
    labels: NDArray[np.int64], groups: NDArray[np.int64], design: Design
) -> list[Split]:
    codes, counts = group_counts(labels, groups)
    no, yes = (round(design.test_share * n) for n in counts.sum(axis=0).tolist())
    generator = np.random.default_rng(design.seed)
    splits = []
    for _ in range(design.n_splits):
        tested = take_groups(counts, generator.permutation(len(counts)), (max(no, 1), max(yes, 1)))
        rows = tested[codes]
        splits.append(Split(np.flatnonzero(~rows), np.flatnonzero(rows)))
    if any(len(np.unique(labels[side])) < 2 for s in splits for side in (s.train, s.test)):
        raise DesignError(
            f"{len(counts)} groups cannot be divided with a share of {design.test_share:g} for "
            "test so that both classes are on both sides. Choose another share, or a group column "
            "of more and smaller groups."
        )
    fewest = min(len(split.train) for split in splits)
    return [
        Split(some_rows(split.train, labels, fewest, generator), split.test) for split in splits
    ]


def _held_out(labels: NDArray[np.int64], smallest: int, design: Design) -> list[Split]:
    shuffle = StratifiedShuffleSplit(
        design.n_splits, test_size=design.test_share, random_state=design.seed
    )
    try:
        splits = [Split(train, test) for train, test in shuffle.split(labels[:, None], labels)]
    except ValueError as error:
        raise DesignError(
            f"{len(labels)} rows cannot be divided with a share of {design.test_share:g} for test: "
            "one side would be too small. Choose another share, or add rows."
        ) from error
    if any(len(np.unique(labels[side])) < 2 for s in splits for side in (s.train, s.test)):
        raise DesignError(
            f"The smaller class has {smallest} rows, too few to have some on both sides with a "
            f"share of {design.test_share:g} for test. Choose another share, or add rows."
        )
    return splits
