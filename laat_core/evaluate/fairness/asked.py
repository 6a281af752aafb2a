"""What a model says of the test rows of each split, with the group of each row."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from laat_core.errors import DataError
from laat_core.evaluate.experiment import Experiment
from laat_core.evaluate.groups import Groups
from laat_core.model.networks import Models

__all__ = ["Asked", "asked_rows", "check_rows"]


class Asked(NamedTuple):
    """The test rows of one split, with what a model says of them.

    Attributes
    ----------
    codes : ndarray of shape (n_test,)
        Each row's position in the names of the groups.
    labels : ndarray of shape (n_test,)
        0 or 1.
    logits : ndarray of shape (n_test,)
        Of the positive class.
    """

    codes: NDArray[np.int64]
    labels: NDArray[np.int64]
    logits: NDArray[np.float64]

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """What the logits come to, (n_test,)."""
        return np.asarray(special.expit(self.logits))

    def selected(self, threshold: float = 0.5) -> NDArray[np.bool_]:
        """Which rows have at least this probability, (n_test,)."""
        return self.probabilities >= threshold


def asked_rows(experiment: Experiment, models: Models, groups: Groups) -> list[Asked]:
    """Ask each split's model about its test rows, with the group of each.

    Parameters
    ----------
    experiment : Experiment
    models : LinearModels or HiddenModels
        One per split.
    groups : Groups
        Of the labelled rows of the experiment's task.

    Raises
    ------
    DataError
        If the groups are of another table.
    """
    check_rows(experiment, groups)
    pairs = zip(experiment.splits, experiment.test_logits(models), strict=True)
    return [
        Asked(groups.codes[split.test], labels, logits.astype(np.float64))
        for split, (labels, logits) in pairs
    ]


def check_rows(experiment: Experiment, groups: Groups) -> None:
    """Raise a DataError where groups are not of an experiment's labelled rows."""
    n_rows = len(experiment.task.labels)
    if len(groups.codes) != n_rows:
        raise DataError(
            f"The groups are of {len(groups.codes)} rows, the models of a table of {n_rows}. "
            "Make the groups from the task of the experiment."
        )
