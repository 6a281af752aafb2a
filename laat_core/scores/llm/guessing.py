"""How often the cells of a row are guessed by somebody who knows all other rows, but not this one.

It is what a language model has to beat before its hits can come from memory.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from laat_core.data.text import as_numbers

__all__ = ["guess_rate"]

FEWEST_ROWS = 10  # with fewer, nobody knows what a guesser would hit
NEIGHBOURS = 10
FOLDS = 5
MOST_DECIMALS = 15

Floats = NDArray[np.float64]
Hits = NDArray[np.bool_]  # per row, whether a guess was right


def guess_rate(seen: Floats, cells: pd.DataFrame, numeric: Collection[str]) -> float:
    """Estimate how often all hidden cells of a row are guessed from its other cells.

    For each hidden column the best of these guessers counts: the most common value; the value of
    the nearest other row; the most common one among the ten nearest; for a number, a linear
    regression, rounded as the column is. None of the last three sees the cell that it guesses.

    Parameters
    ----------
    seen : ndarray of shape (n_rows, n_features)
        What is seen of each row, encoded.
    cells : DataFrame of shape (n_rows, n_hidden)
        What is to be guessed, as text in which equal values are equal; none is missing.
    numeric : collection of str
        Which of the hidden columns hold numbers.

    Returns
    -------
    float
        Between 0 and 1: the rate with one more hit and one more miss (Laplace's rule), since
        what was never hit may be hit once. 1 where there are fewer than ten rows.
    """
    if len(cells) < FEWEST_ROWS:
        return 1.0
    nearest = _nearest(seen)
    right: Hits = np.ones(len(cells), dtype=bool)
    for name, column in cells.items():
        codes, _ = pd.factorize(column)
        hits: list[Hits] = [
            codes == np.bincount(codes).argmax(),
            codes == codes[nearest[:, 0]],
            codes == stats.mode(codes[nearest], axis=1).mode,
        ]
        if name in numeric:
            hits.append(_regression_hits(seen, column))
        right &= max(hits, key=np.count_nonzero)
    return float((np.count_nonzero(right) + 1) / (len(cells) + 2))


def _nearest(seen: Floats) -> NDArray[np.intp]:
    """Positions of the nearest other rows, (n, 10 at most); by ranks, which no outlier bends."""
    ranks = stats.rankdata(seen, axis=0)
    found = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(seen) - 1)).fit(ranks)
    return np.asarray(found.kneighbors(return_distance=False))


def _regression_hits(seen: Floats, cells: pd.Series) -> Hits:
    """Whether a line through the other rows meets a number, to half of its last decimal."""
    decimals = min(MOST_DECIMALS, max(len(text.partition(".")[2]) for text in cells))
    numbers = as_numbers(cells).to_numpy()
    known = np.isfinite(numbers)
    if known.sum() < FEWEST_ROWS:
        return np.zeros(len(cells), dtype=bool)
    size = np.abs(numbers[known]).max() or 1.0
    scaled = numbers[known] / size
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    hits: Hits = np.zeros(len(cells), dtype=bool)
    with np.errstate(all="ignore"):  # numbers too large to calculate with are not guessed
        inputs = StandardScaler().fit_transform(seen)
        if np.isfinite(inputs).all():
            guesses = cross_val_predict(LinearRegression(), inputs[known], scaled, cv=folds)
            hits[known] = np.abs(guesses - scaled) < 0.5 * 10.0**-decimals / size
    return hits
