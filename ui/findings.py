"""What came of one training."""

from dataclasses import dataclass

from laat_core import Comparison, Experiment
from laat_core.evaluate.conflicts import Conflict

__all__ = ["Findings", "say_grouped"]


@dataclass(frozen=True)
class Findings:
    """What came of one training; the parts belong together.

    Attributes
    ----------
    experiment : Experiment
    comparison : Comparison
    conflicts : dict of str to tuple of {"rows", "llm", "model"}
        By feature name.
    """

    experiment: Experiment
    comparison: Comparison
    conflicts: dict[str, tuple[Conflict, ...]]


def say_grouped(comparison: Comparison) -> str:
    """Go on after the number of test rows: no group is on both sides, where there are groups."""
    if comparison.groups is None:
        return ""
    return " on average, none of them of a group that is trained on"
