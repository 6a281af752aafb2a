"""Sentences about columns that are not to be used, made from the figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.bias.not_used import Line

__all__ = ["ABOUT", "say_cost", "say_local"]

ABOUT = (
    "Held at zero is not deleted. Held, the model still gets the column, and on every training row "
    "it is pushed not to go by it, scored or not: a trace is left, which is shown below. Deleted, "
    "it never gets the column. Neither keeps other columns from standing in for it."
)


def say_cost(lines: Sequence["Line"], title: str) -> str:
    """Say what holding at zero costs, and deleting."""
    used, held = lines[:2]
    said = (
        f"Used freely, the LAAT model has an AUC of {used.auc.mean():.3f}; with {title} held at "
        f"zero {held.auc.mean():.3f}, {_points(100 * float(held.cost.mean()))}"
    )
    if len(lines) == 2:
        return f"{said}."
    deleted, baseline = lines[2:]
    return (
        f"{said}; deleted {deleted.auc.mean():.3f}. The baseline without the column has "
        f"{baseline.auc.mean():.3f}."
    )


def say_local(lines: Sequence["Line"], title: str, *, hidden: bool) -> str:
    """Say how much of the column is left in single rows, and how holding differs from deleting."""
    used, held = lines[:2]
    before, after = (f"{100 * (line.local or 0.0):.1f} %" for line in (used, held))
    left = (
        f"{title} moves single rows {before} as much as all features together when it is used "
        f"freely, {after} when it is held at zero."
    )
    if hidden:
        return (
            f"{left} With a hidden layer a mean attribution can be 0 while single rows still go by "
            "the column, one up and another down; that is why every row is held."
        )
    told = ""
    if held.told is not None and len(lines) > 2 and lines[2].told is not None:
        told = (
            f" The output still tells the group with {held.told:.2f}, and with {lines[2].told:.2f} "
            "once the column is deleted."
        )
    return (
        f"{left} For logistic regression that is nearly the same as deleting: the scores of the "
        f"other columns stay as they are either way, and so does what they tell of it.{told}"
    )


def _points(cost: float) -> str:
    if abs(cost) < 0.05:
        return "which costs nothing"
    points = f"{abs(cost):.1f} points"
    return f"{points} less" if cost > 0 else f"{points} more"
