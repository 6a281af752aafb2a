"""ROC curves, without the checks that take scikit-learn longer than the curve itself."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["roc_curve"]


def roc_curve(
    labels: NDArray[np.int64], scores: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rates of false and of true positives at every threshold, from none to all positive.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        0 or 1, both there.
    scores : ndarray of shape (n_rows,)
        The higher, the likelier 1.

    Returns
    -------
    false_positive_rates, true_positive_rates : ndarray of shape (n_distinct_scores + 1,)
    """
    order = np.argsort(scores)[::-1]
    ranked = scores[order]
    # Rows of equal score are one step of the curve: the last of each run ends it.
    last = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    true = np.append(0, np.cumsum(labels[order])[last])
    false = np.append(0, last + 1) - true
    return false / false[-1], true / true[-1]
