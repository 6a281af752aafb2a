"""What a model can be trained with; checked before anything is trained."""

import math
from typing import Any

import numpy as np

from laat_core.errors import DesignError

__all__ = ["MAX_GAMMA", "check_gamma", "check_training"]

# Far beyond the point where the rows have no say left; squared gradients still fit float32.
MAX_GAMMA = 1e6
MAX_UNITS = 10_000

COUNT = (int, np.integer)
NUMBER = (*COUNT, float, np.floating)


def check_gamma(gamma: Any) -> float:
    """Return the weight of the attribution term as a float.

    Raises
    ------
    DesignError
        If it is no number from 0 to :data:`MAX_GAMMA`.
    """
    if not (isinstance(gamma, NUMBER) and 0 <= gamma <= MAX_GAMMA):  # also true of not-a-number
        raise DesignError(f"gamma is {gamma!r}; it must be a number from 0 to {MAX_GAMMA:.0f}.")
    return float(gamma)


def check_training(
    hidden_layer_sizes: Any, max_epochs: Any, learning_rate: Any, batch_size: Any
) -> tuple[int, ...]:
    """Check what :func:`~laat_core.model.training.train` takes; return the hidden layers.

    Raises
    ------
    DesignError
        Naming the first setting that cannot be used.
    """
    try:
        sizes = tuple(hidden_layer_sizes)
    except TypeError:
        sizes = (None,)
    if len(sizes) > 1 or not all(_is_count(size) and size <= MAX_UNITS for size in sizes):
        raise DesignError(
            f"hidden_layer_sizes is {hidden_layer_sizes!r}; use () or one size from 1 to "
            f"{MAX_UNITS}, as (100,)."
        )
    if not _is_count(max_epochs):
        raise DesignError(f"max_epochs is {max_epochs!r}; it must be a whole number of 1 or more.")
    if not (isinstance(learning_rate, NUMBER) and 0 < learning_rate < math.inf):
        raise DesignError(f"learning_rate is {learning_rate!r}; it must be a positive number.")
    if batch_size is not None and not _is_count(batch_size):
        raise DesignError(
            f"batch_size is {batch_size!r}; it must be a whole number of 1 or more, or None."
        )
    return tuple(map(int, sizes))


def _is_count(value: object) -> bool:
    return isinstance(value, COUNT) and bool(value >= 1)
