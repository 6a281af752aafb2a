"""Numbers that a story quotes, computed from the bundled tables and the recorded proposals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from laat_core.data.task import Task
from laat_core.datasets.recorded import RecordedProposal

__all__ = ["EstimatesFact", "RowsFact", "estimates_fact", "rows_fact"]


@dataclass(frozen=True)
class RowsFact:
    """Some rows of a table, and how many of them are of the positive class.

    Attributes
    ----------
    total, positive : int
        Numbers of rows.
    """

    total: int
    positive: int

    @property
    def percent(self) -> float:
        """Share of the positive class, 0 to 100."""
        return 100 * self.positive / self.total


@dataclass(frozen=True)
class EstimatesFact:
    """What the estimates of a proposal say of one feature.

    Attributes
    ----------
    total, plus : int
        Number of estimates, and of those with a score above 0.
    mean : float
        The proposal's score.
    """

    total: int
    plus: int
    mean: float

    @property
    def score(self) -> str:
        """The proposal's score with its sign, as people write it: ``+1.6``, ``−1.0``."""
        return f"{self.mean:+.1f}".replace("-", "−")


def rows_fact(task: Task, levels: Mapping[str, Sequence[str]]) -> RowsFact:
    """Count the labelled rows that have one of the given levels in each of some columns.

    Parameters
    ----------
    task : Task
    levels : mapping of str to sequence of str
        By column; without any, all rows count.

    Examples
    --------
    >>> from laat_core import load_dataset
    >>> rows_fact(load_dataset("heart"), {"chest_pain": ["asymptomatic"]})
    RowsFact(total=144, positive=105)
    """
    met = np.ones(len(task.labelled), dtype=bool)
    for column, accepted in levels.items():
        met &= task.labelled[column].isin(accepted).to_numpy()
    return RowsFact(int(met.sum()), int(task.labels[met].sum()))


def estimates_fact(proposal: RecordedProposal, feature: str) -> EstimatesFact:
    """Count the estimates that give a feature a plus."""
    scores: Any = proposal.scores.estimates[:, 0, proposal.scores.features.index(feature)]
    return EstimatesFact(len(scores), int((scores > 0).sum()), proposal.scores.score(feature))
