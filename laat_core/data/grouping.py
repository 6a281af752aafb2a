"""Dividing rows such that those of one group stay together."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["group_counts", "same_groups", "some_rows", "sum_groups", "take_groups"]

LOOKS = 3  # at all groups; a fourth hardly changes anything


def group_counts(
    labels: NDArray[np.int64], groups: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the rows of each group by class.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        0 or 1.
    groups : ndarray of shape (n_rows,)
        Equal numbers for rows that belong together.

    Returns
    -------
    codes : ndarray of shape (n_rows,)
        The group of each row, numbered from 0 in the order in which the groups first appear.
    counts : ndarray of shape (n_groups, 2)
        Rows of the negative and of the positive class.
    """
    _, first, codes = np.unique(groups, return_index=True, return_inverse=True)
    codes = first.argsort().argsort()[codes.reshape(-1)]
    counts = np.bincount(2 * codes + labels, minlength=2 * len(first)).reshape(-1, 2)
    return codes, counts


def take_groups(
    counts: NDArray[np.int64], order: NDArray[np.int64], wanted: tuple[int, int]
) -> NDArray[np.bool_]:
    """Take whole groups, such that about so many rows of each class are taken.

    Groups are looked at in turn. One is taken where that brings the numbers of rows nearer to
    those that are wanted, by the sum over the classes of squared shares of the class. Where the
    numbers are not met then, all are looked at again, and one that was taken is also given back
    for the same reason. With groups of a single row the numbers are met exactly, by the first of
    each class.

    Parameters
    ----------
    counts : ndarray of shape (n_groups, 2)
        As of :func:`group_counts`.
    order : ndarray of shape (n_groups,)
        In which groups are looked at.
    wanted : tuple of int
        Rows of the negative and of the positive class.

    Returns
    -------
    ndarray of shape (n_groups,)
        Which groups are taken.
    """
    left_no, left_yes = wanted
    n_no, n_yes = np.maximum(counts.sum(axis=0), 1).tolist()
    turns = list(zip(order.tolist(), *counts[order].T.tolist(), strict=True))
    taken = [False] * len(counts)
    for _ in range(LOOKS):
        for group, no, yes in turns:
            if left_no == left_yes == 0:
                return np.array(taken)
            way = -1 if taken[group] else 1
            more_no, more_yes = way * no, way * yes
            # In whole numbers, which are the same on every machine.
            nearer = more_no * (2 * left_no - more_no) * n_yes**2
            nearer += more_yes * (2 * left_yes - more_yes) * n_no**2
            if nearer > 0:
                taken[group] = not taken[group]
                left_no, left_yes = left_no - more_no, left_yes - more_yes
    return np.array(taken)


def same_groups(groups: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows are of the same groups as some rows, these included, (n_rows,)."""
    return np.isin(groups, groups[rows])


def some_rows(
    rows: NDArray[np.int64], labels: NDArray[np.int64], number: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Draw so many of some rows, at least one of each class, and return them in their order.

    Parameters
    ----------
    rows : ndarray of int
        Positions, of both classes.
    labels : ndarray of shape (n_all_rows,)
        0 or 1.
    number : int
        At least 2.
    generator : Generator
    """
    drawn = generator.random(len(rows))
    for label in (0, 1):
        of_class = np.flatnonzero(labels[rows] == label)
        drawn[of_class[drawn[of_class].argmin()]] = -1.0
    return rows[np.sort(drawn.argsort(kind="stable")[:number])]


def sum_groups(values: NDArray[Any], groups: NDArray[np.int64]) -> NDArray[Any]:
    """Sum values over the rows of each group.

    Parameters
    ----------
    values : ndarray of shape (..., n_rows)
    groups : ndarray of shape (n_rows,)

    Returns
    -------
    ndarray of shape (..., n_groups)
        Of the same type, the groups in the order of their numbers.

    Examples
    --------
    >>> sum_groups(np.array([1, 10, 100]), np.array([7, 3, 7]))
    array([ 10, 101])
    """
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=groups[order[0]] - 1))
    return np.add.reduceat(values[..., order], starts, axis=-1)
