"""Rows held out, and the looks at them, as a history has them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from laat_core.data.hold_out import HoldOut
from laat_core.evaluate.hold_out import Look

__all__ = ["EDITS", "HeldOut", "Looked"]

# What somebody does to the scores with their result in view.
EDITS = ("edited", "used", "restored")


class HeldOut(NamedTuple):
    """Rows that were held out.

    Attributes
    ----------
    hold_out : HoldOut
    state : int
        Number of the event, which made a state.
    n_edits : int
        How often scores had been changed by then, in sight of these rows too.
    """

    hold_out: HoldOut
    state: int
    n_edits: int


class Looked(NamedTuple):
    """A look at them.

    Attributes
    ----------
    look : Look
    state : int
        Whose scores were looked at.
    settings : mapping
        What the models were trained with.
    event : int
        Number of the event, which says who looked, and when.
    """

    look: Look
    state: int
    settings: Mapping[str, Any]
    event: int
