"""One row: what the models make of it, why, and which score would change that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from laat_core.data.plain import plain_number
from laat_core.errors import DataError, ScoreError
from laat_core.evaluate.case_values import case_of_row, encode_case, typical_case
from laat_core.evaluate.comparison import BAND, Comparison
from laat_core.evaluate.experiment import Experiment
from laat_core.model.networks import Models
from laat_core.model.settings import Gamma, check_gamma
from laat_core.scores.importance import MAX_SCORE, ImportanceScores

__all__ = [
    "CaseResult",
    "ModelAnswer",
    "case_of_row",
    "explain_case",
    "moving_sliders",
    "typical_case",
]

MOST_SPLITS = 5  # that sliders are moved on
# What is held in memory at once, in numbers of 4 or 8 bytes.
MOST_NUMBERS = 10_000_000
# Of a scaled value; times any weights it is still a number.
MOST_DISTANCE = 1e100


@dataclass(frozen=True, eq=False)
class ModelAnswer:
    """What one kind of model makes of a case, mean over its splits.

    Attributes
    ----------
    probability : float
        Of the positive class, 0 to 1: mean of the models' probabilities.
    low, high : float
        What 8 of 10 of the models lie in.
    usual_probability : float
        Of a row whose features all have their usual value: the mean of the training rows.
    logit, usual_logit : float
        Mean logits of the case and of the usual row.
    contributions : ndarray of shape (n_features,)
        What each feature adds to the logit; their sum is ``logit - usual_logit``.
    without : ndarray of shape (n_columns,)
        The probability if this column alone, with all its features, had its usual value.
    """

    probability: float
    low: float
    high: float
    usual_probability: float
    logit: float
    usual_logit: float
    contributions: NDArray[np.float64]
    without: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What LAAT model and baseline make of a case.

    Attributes
    ----------
    features : tuple of str
        In the order of the contributions.
    columns : tuple of str
        Those that the features come from, in the order of ``without``.
    laat, baseline : ModelAnswer
    remarks : tuple of str
        What has been filled or could not be taken as it was given, one sentence each.
    """

    features: tuple[str, ...]
    columns: tuple[str, ...]
    laat: ModelAnswer
    baseline: ModelAnswer
    remarks: tuple[str, ...]


def explain_case(
    experiment: Experiment, comparison: Comparison, case: Mapping[str, object]
) -> CaseResult:
    """Ask the trained models about one row.

    Contributions are integrated gradients from the usual row, in closed form
    (:meth:`Models.contributions`); for logistic regression ``w (x - mean)``.

    Parameters
    ----------
    experiment : Experiment
    comparison : Comparison
        Of this experiment.
    case : mapping of str to object
        Values by column, as the table has them; a column left out is missing.

    Returns
    -------
    CaseResult

    Raises
    ------
    DataError
        If the case has a column or a value that cannot be used, or the comparison is of another
        experiment.
    """
    X, remarks = _row(experiment, case)  # (s, 1, d)
    names = tuple(feature.name for feature in experiment.encoder.features_)
    trained = comparison.laat.models, comparison.baseline.models
    if comparison.features != names or any(_number(m) != len(X) for m in trained):
        raise DataError("The comparison is not of these data. Compare anew, then ask about a row.")
    columns: dict[str, list[int]] = {}
    for position, feature in enumerate(experiment.encoder.features_):
        columns.setdefault(feature.column, []).append(position)
    laat, baseline = (
        _answer(m.double(), X, experiment.usual, list(columns.values())) for m in trained if m
    )
    return CaseResult(names, tuple(columns), laat, baseline, remarks)


def moving_sliders(
    experiment: Experiment,
    scores: ImportanceScores,
    gamma: Gamma,
    case: Mapping[str, object],
    step: float = 1.0,
    *,
    feature_trust: Mapping[str, float] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> dict[str, float]:
    """Train with each score moved by itself, and see what that does to one row.

    Parameters
    ----------
    experiment : Experiment
    scores : ImportanceScores
    gamma : float or "auto"
        Automatic trust is that of the scores as they are: it does not follow the steps.
    case : mapping of str to object
        As in :func:`explain_case`.
    step : float
        By how much a score is raised, at most to 10; one that is 10 is lowered instead.
    feature_trust : mapping of str to float, optional
        As in :meth:`Experiment.compare`; it does not follow the steps either.
    on_progress : callable, optional
        Called with the share that is done, 0 to 1, after each pass over the rows. What it raises
        goes through and ends the training.

    Returns
    -------
    dict of str to float
        By feature of ``scores``, the change of the LAAT model's probability of the positive
        class for this row, -1 to 1; mean over the first 5 splits.

    Raises
    ------
    LaatError
        If the case, the scores, gamma or the step cannot be used.
    """
    check_gamma(gamma)
    if not 0 < plain_number(step) <= MAX_SCORE:
        raise ScoreError(f"The step is {step!r}; it must be a number above 0, to {MAX_SCORE:g}.")
    X = _row(experiment, case)[0][:MOST_SPLITS]  # (s, 1, d)
    every = [scores, *(_moved(scores, name, step) for name in scores.features)]
    targets = np.stack([experiment.target(s) for s in every])  # (v, d)

    gammas = experiment.gammas(targets[0], gamma)[: len(X)]
    firmness = experiment.firmness(feature_trust) if feature_trust else None
    max_epochs, done = experiment.recipe.max_epochs, 0
    probabilities: list[Tensor] = []
    for some in np.array_split(targets, _n_chunks(experiment, len(targets))):

        def after_epoch(epoch: int, done: int = done, number: int = len(some)) -> None:
            if on_progress:
                on_progress((done + number * epoch / max_epochs) / len(targets))

        models = experiment.train(
            some, gammas, n_splits=len(X), feature_trust=firmness, on_epoch=after_epoch
        ).double()
        logits = models.logits(X.repeat(len(some), 1, 1))  # (v' * s, 1)
        probabilities += logits.sigmoid().reshape(len(some), -1).mean(dim=1)
        done += len(some)
    now, *moved = map(float, probabilities)
    return {name: one - now for name, one in zip(scores.features, moved, strict=True)}


def _row(experiment: Experiment, case: Mapping[str, object]) -> tuple[Tensor, tuple[str, ...]]:
    """Return a case as the models of each split see it, (n_splits, 1, n_features), and remarks."""
    encoded, remarks = encode_case(experiment, case)
    X = experiment.scale(encoded)
    distance = X.abs().amax(dim=(0, 1))  # (d,)
    if distance.max() > MOST_DISTANCE:
        farthest = int(distance.argmax())
        raise DataError(
            f"{experiment.encoder.features_[farthest].name!r} is {encoded[0, farthest]:g}, too "
            "far from the table to calculate with. Check the value."
        )
    return X, remarks


def _moved(scores: ImportanceScores, feature: str, step: float) -> ImportanceScores:
    score = scores.score(feature)
    up = min(score + step, MAX_SCORE)
    return scores.edit({feature: up if score < MAX_SCORE else score - step})


def _n_chunks(experiment: Experiment, n_targets: int) -> int:
    """In how many trainings the targets are taken, so that memory stays bounded."""
    n_splits, n_train, n_features = experiment.train_rows[:MOST_SPLITS].shape
    units = sum(experiment.recipe.hidden_layer_sizes)
    numbers = n_splits * (n_train * n_features + max(n_train, 4 * n_features) * units)
    return min(n_targets, -(-n_targets * numbers // MOST_NUMBERS))


def _answer(models: Models, X: Tensor, usual: Tensor, columns: list[list[int]]) -> ModelAnswer:
    logits, usual_logits = models.logits(X)[:, 0], models.logits(usual)[:, 0]  # (s,)
    probabilities = logits.sigmoid()
    low, high = np.percentile(probabilities.numpy(), BAND)
    return ModelAnswer(
        probability=float(probabilities.mean()),
        low=float(low),
        high=float(high),
        usual_probability=float(usual_logits.sigmoid().mean()),
        logit=float(logits.mean()),
        usual_logit=float(usual_logits.mean()),
        contributions=models.contributions(X, usual)[:, 0].mean(dim=0).numpy(),
        without=_without(models, X, usual, columns).numpy(),
    )


def _without(models: Models, X: Tensor, usual: Tensor, columns: list[list[int]]) -> Tensor:
    """Probability with each column by itself at its usual value, (n_columns,)."""
    widest = max(parameter.shape[-1] for parameter in models.parameters())
    parts, size = [], max(1, MOST_NUMBERS // (len(X) * widest))
    for first in range(0, len(columns), size):
        some = columns[first : first + size]
        rows = X.repeat(1, len(some), 1)  # (s, c, d)
        for row, positions in enumerate(some):
            rows[:, row, positions] = usual[:, 0, positions]
        parts.append(models.logits(rows).sigmoid().mean(dim=0))
    return torch.cat(parts)


def _number(models: Models | None) -> int:
    return len(models.parameters()[0]) if models else 0
