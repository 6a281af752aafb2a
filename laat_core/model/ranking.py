"""ROC curves and ranks, without the checks that take scikit-learn longer than the curve itself."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ranking"]


class Ranking:
    """Rows ranked by a model's scores.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        0 or 1, both there.
    scores : ndarray of shape (n_rows,)
        The higher, the likelier 1.

    Attributes
    ----------
    false_positive_rates, true_positive_rates : ndarray of shape (n_distinct_scores + 1,)
        At every threshold, from none to all positive.
    """

    def __init__(self, labels: NDArray[np.int64], scores: NDArray[np.floating]) -> None:
        self._positive = labels == 1
        self._order = np.argsort(scores)[::-1]
        ranked = scores[self._order]
        # Rows of equal score are one step of the curve: the last of each run ends it.
        ends = ranked[1:] != ranked[:-1]
        last = np.append(np.flatnonzero(ends), len(ranked) - 1)
        self._steps = np.append(0, np.cumsum(ends))  # of the ranked rows
        true = np.append(0, np.cumsum(labels[self._order])[last])
        false = np.append(0, last + 1) - true
        self.false_positive_rates: NDArray[np.float64] = false / false[-1]
        self.true_positive_rates: NDArray[np.float64] = true / true[-1]

    @property
    def auc(self) -> float:
        """Area under the ROC curve: the share of pairs ranked rightly, ties half."""
        return float(np.trapezoid(self.true_positive_rates, self.false_positive_rates))

    @property
    def placements(self) -> NDArray[np.float64]:
        """Per row, the share of the other class that is ranked rightly beside it, (n_rows,).

        Ties count half. The mean over the rows of either class is the AUC. These are the
        structural components of DeLong, DeLong and Clarke-Pearson (1988), by one sorting as in
        X. Sun and W. Xu, "Fast implementation of DeLong's algorithm for comparing the areas under
        correlated receiver operating characteristic curves", IEEE Signal Processing Letters 21
        (2014).
        """
        above, below = self.true_positive_rates, 1 - self.false_positive_rates
        of_negative = ((above[:-1] + above[1:]) / 2)[self._steps]
        of_positive = ((below[:-1] + below[1:]) / 2)[self._steps]
        values = np.empty(len(self._order))
        values[self._order] = np.where(self._positive[self._order], of_positive, of_negative)
        return values

    @property
    def influence(self) -> NDArray[np.float64]:
        """Per row, how far its sampling moves the AUC, (n_rows,).

        The sum of squares is the variance of DeLong, DeLong and Clarke-Pearson (1988). The single
        row of a class, whose influence is not known, has 0.
        """
        values = self.placements - self.auc
        for of_class in (self._positive, ~self._positive):
            n = int(of_class.sum())
            values[of_class] /= np.sqrt(n * max(n - 1, 1))
        return values
