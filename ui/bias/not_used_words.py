"""Sentences about columns that are not to be used, made from the figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from laat_core.plots.pulls import PERCENTILES
from ui.bias.story_words import auc, auc_change, points
from ui.text import with_sign

if TYPE_CHECKING:
    from ui.bias.not_used import Line

__all__ = ["ABOUT", "say_cost", "say_local", "say_pulls"]

ABOUT = (
    "Held at zero is not deleted. Held, the model still gets the column, and on every training row "
    "it is pushed not to go by it, scored or not: a trace is left, which is shown below. Deleted, "
    "it never gets the column. Neither keeps other columns from standing in for it."
)


def say_cost(lines: Sequence["Line"], title: str) -> str:
    """Say what holding at zero costs, and deleting."""
    used, held, *rest = (line.auc_mean for line in lines)
    said = (
        f"Used freely, the LAAT model has an AUC of {auc(used)}; with {title} held at zero "
        f"{auc(held)}, {_cost(auc_change(used, held))}"
    )
    if not rest:
        return f"{said}."
    deleted, baseline = rest
    return (
        f"{said}; deleted {auc(deleted)}, {_cost(auc_change(used, deleted))}. The baseline without "
        f"the column has {auc(baseline)}."
    )


def say_local(lines: Sequence["Line"], title: str, *, hidden: bool) -> str:
    """Say how much of the column is left in single rows, and how holding differs from deleting."""
    used, held = lines[:2]
    before, after = (f"{100 * (line.local or 0.0):.1f} %" for line in (used, held))
    left = (
        f"Used freely, a small step in {title} alone moves the answer for a single row {before} as "
        f"far as the same step in all columns can; held at zero, {after}."
    )
    if hidden:
        return (
            f"{left} With a hidden layer a mean attribution can be 0 while single rows still go by "
            "the column, one up and another down; that is why every row is held."
        )
    told = ""
    if held.told is not None and len(lines) > 2 and lines[2].told is not None:
        told = (
            f" The output still tells the group with {auc(held.told)}, and with "
            f"{auc(lines[2].told)} once the column is deleted."
        )
    return (
        f"{left} For logistic regression that is nearly the same as deleting: the scores of the "
        f"other columns stay as they are either way, and so does what they tell of it.{told}"
    )


def say_pulls(
    label: str, used: NDArray[np.float64], held: NDArray[np.float64], outcome: str
) -> str:
    """Say which way, and how far, a feature pulls single test rows.

    Parameters
    ----------
    label : str
        Of the feature.
    used, held : ndarray of shape (n_rows,)
        Input gradients of the logit, used freely and held at zero.
    outcome : str
        The positive class. All words are escaped.
    """
    towards, away = 100 * (used > 0).mean(), 100 * (used < 0).mean()
    return (
        f"Used freely, {label} speaks for {outcome} in {towards:.0f} % of the test rows and "
        f"against it in {away:.0f} %, and pulls 9 of 10 of them by {_ends(used)}. Held at zero, it "
        f"pulls 9 of 10 by {_ends(held)}."
    )


def _ends(slopes: NDArray[np.float64]) -> str:
    low, high = (with_sign(float(end), 2) for end in np.percentile(slopes, PERCENTILES[::4]))
    return f"{low} to {high}"


def _cost(change: float) -> str:
    if points(change) == "0 points":
        return "which costs nothing"
    return f"{points(change)} {'less' if change < 0 else 'more'}"
