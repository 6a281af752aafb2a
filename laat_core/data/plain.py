"""Numbers that are given as settings or scores: one rule for what counts as one."""

import math

import numpy as np

__all__ = ["is_whole", "plain_number"]


def plain_number(value: object) -> int | float:
    """Return a number as Python's own; not-a-number, which is in no range, for anything else.

    Booleans, text and spans of time are no numbers, though Python or NumPy would take them.
    """
    if isinstance(value, bool | np.timedelta64):
        return math.nan
    if isinstance(value, int | np.integer):
        return int(value)
    return float(value) if isinstance(value, float | np.floating) else math.nan


def is_whole(value: object, least: int, most: float = math.inf) -> bool:
    """Whether a value is a whole number in a range, its ends included."""
    number = plain_number(value)
    return isinstance(number, int) and least <= number <= most
