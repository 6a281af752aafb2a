"""What a model can be trained with; checked before anything is trained."""

import sys
from typing import Any, Literal, NamedTuple

from laat_core.data.plain import is_whole, plain_number
from laat_core.errors import DesignError

__all__ = ["MAX_GAMMA", "Gamma", "Training", "check_gamma", "check_training"]

Gamma = float | Literal["auto"]

# Far beyond the point where the rows have no say left; squared gradients still fit float32.
MAX_GAMMA = 1e6
MAX_UNITS = 10_000


class Training(NamedTuple):
    """Settings of a training that have been checked, without NumPy's types."""

    hidden_layer_sizes: tuple[int, ...]
    max_epochs: int
    learning_rate: float
    batch_size: int | None


def check_gamma(gamma: Any) -> Gamma:
    """Return the weight of the attribution term as a float, or "auto" as it is.

    Raises
    ------
    DesignError
        If it is neither "auto" nor a number from 0 to :data:`MAX_GAMMA`.
    """
    if isinstance(gamma, str) and gamma == "auto":
        return "auto"
    number = plain_number(gamma)
    if not 0 <= number <= MAX_GAMMA:
        raise DesignError(
            f"gamma is {gamma!r}; it must be a number from 0 to {MAX_GAMMA:.0f}, or 'auto'."
        )
    return float(number)


def check_training(
    hidden_layer_sizes: Any, max_epochs: Any, learning_rate: Any, batch_size: Any
) -> Training:
    """Check how a model is to be built and trained.

    Raises
    ------
    DesignError
        Naming the first setting that cannot be used.
    """
    try:
        sizes = tuple(hidden_layer_sizes)
    except TypeError:
        sizes = (None,)
    if len(sizes) > 1 or not all(is_whole(size, 1, MAX_UNITS) for size in sizes):
        raise DesignError(
            f"hidden_layer_sizes is {hidden_layer_sizes!r}; use () or one size from 1 to "
            f"{MAX_UNITS}, as (100,)."
        )
    if not is_whole(max_epochs, 1):
        raise DesignError(f"max_epochs is {max_epochs!r}; it must be a whole number of 1 or more.")
    rate = plain_number(learning_rate)
    if not 0 < rate <= sys.float_info.max:
        raise DesignError(f"learning_rate is {learning_rate!r}; it must be a positive number.")
    if batch_size is not None and not is_whole(batch_size, 1):
        raise DesignError(
            f"batch_size is {batch_size!r}; it must be a whole number of 1 or more, or None."
        )
    return Training(
        hidden_layer_sizes=tuple(map(int, sizes)),
        max_epochs=int(max_epochs),
        learning_rate=float(rate),
        batch_size=None if batch_size is None else int(batch_size),
    )
