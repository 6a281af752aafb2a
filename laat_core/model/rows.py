"""What the rows of a training are worth, and whether their features have scales alike."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.class_weight import compute_class_weight

from laat_core.errors import DataError
from laat_core.model.per_feature import Columns

__all__ = ["MOST_SCALE_RATIO", "warn_of_scales", "with_class_weight"]

# Scores and attributions are per unit of a feature. Where one unit is a hundred times more in one
# feature than in another, the same score asks for an effect a hundred times larger. Standardised
# features and 0/1 indicators stay far below; years beside an income in euros are far above.
MOST_SCALE_RATIO = 100.0


def with_class_weight(
    weights: NDArray[np.float64] | None, class_weight: Any, labels: NDArray[Any]
) -> NDArray[np.float64]:
    """Multiply the weights of rows by those of their classes, as scikit-learn does.

    Parameters
    ----------
    weights : ndarray of shape (n_rows,) or None
        None is 1 for every row.
    class_weight : mapping of class to weight, or "balanced"
    labels : ndarray of shape (n_rows,)

    Raises
    ------
    ValueError
        If a class has no weight, or weights are negative or not finite, or all are 0.
    """
    classes, codes = np.unique(labels, return_inverse=True)
    of_class = compute_class_weight(
        class_weight, classes=classes, y=labels, sample_weight=weights
    ).astype(np.float64)
    if not (np.isfinite(of_class).all() and (of_class >= 0).all() and of_class.any()):
        raise DataError(
            f"class_weight is {class_weight!r}; weights must be finite, not negative, not all 0."
        )
    product: NDArray[np.float64] = of_class[codes] * (1.0 if weights is None else weights)
    return product


def warn_of_scales(rows: NDArray[Any], columns: Columns, stacklevel: int) -> None:
    """Warn where features differ in scale more than :data:`MOST_SCALE_RATIO`-fold.

    The scale is the standard deviation, and 1 for a 0/1 indicator however rare; a constant
    feature has none.
    """
    deviations = rows.std(axis=0, dtype=np.float64)
    flags = ((rows == 0) | (rows == 1)).all(axis=0)
    scales = np.where(flags & (deviations > 0), 1.0, deviations)
    varying = np.flatnonzero(scales > 0)
    if len(varying) < 2:
        return
    least, most = varying[scales[varying].argmin()], varying[scales[varying].argmax()]
    if scales[most] > MOST_SCALE_RATIO * scales[least]:
        warnings.warn(
            f"The scales of the features differ {scales[most] / scales[least]:,.0f}-fold: the "
            f"standard deviation of {columns.called(most)} is {scales[most]:.3g}, that of "
            f"{columns.called(least)} {scales[least]:.3g}. Scores are per unit of a feature, so "
            "scale the features first, for instance with StandardScaler.",
            stacklevel=stacklevel + 1,
        )
