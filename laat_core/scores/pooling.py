"""Several proposals for the same features: one made of them, and where they disagree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from laat_core.data.plain import plain_number
from laat_core.errors import ScoreError
from laat_core.scores.importance import ImportanceScores

__all__ = ["Disagreement", "Pooling", "disagreements", "pool"]

Pooling = Literal["mean", "median", "weights"]


@dataclass(frozen=True)
class Disagreement:
    """How far apart proposals are on one feature.

    Attributes
    ----------
    feature : str
    scores : dict of str to float
        By name of the proposal, of those that score it.
    """

    feature: str
    scores: dict[str, float]

    @property
    def span(self) -> float:
        """Highest less lowest score."""
        return max(self.scores.values()) - min(self.scores.values())

    @property
    def opposed(self) -> bool:
        """Whether one speaks for the outcome and another one against it."""
        return min(self.scores.values()) < 0 < max(self.scores.values())


def pool(
    proposals: Mapping[str, ImportanceScores],
    how: Pooling = "mean",
    weights: Mapping[str, float] | None = None,
) -> ImportanceScores:
    """Make one proposal of several.

    Parameters
    ----------
    proposals : mapping of name to ImportanceScores
        A feature is pooled over those that score it.
    how : {"mean", "median", "weights"}
    weights : mapping of name to float, optional
        At least 0 and not all 0; for ``"weights"``.

    Returns
    -------
    ImportanceScores
        Its estimates are the proposals, so that the spread shows their disagreement; its reasons
        name who gave them.

    Raises
    ------
    ScoreError
        If there is nothing to pool, or the weights cannot be used.
    """
    if how not in get_args(Pooling):
        raise ScoreError(f"Unknown way to pool, {how!r}. Use 'mean', 'median' or 'weights'.")
    if not proposals:
        raise ScoreError("No proposal to pool. Choose at least one.")
    share = _shares(proposals, weights or {}) if how == "weights" else [1.0] * len(proposals)
    counting = [scores for scores, weight in zip(proposals.values(), share, strict=True) if weight]
    features = tuple(dict.fromkeys(name for scores in counting for name in scores.features))
    stacked = np.stack([_with_gaps(scores, features) for scores in proposals.values()])
    if how == "median":
        values = np.nanmedian(stacked, axis=0)
    else:
        by_proposal = np.where(np.isnan(stacked), 0.0, np.reshape(share, (-1, 1, 1)))
        values = np.nansum(by_proposal * stacked, axis=0) / by_proposal.sum(axis=0)
    source = f"{how} of {', '.join(proposals)}"
    reasons = _reasons(proposals, features)
    return ImportanceScores(features, values, (source,) * len(features), reasons, stacked)


def _reasons(
    proposals: Mapping[str, ImportanceScores], features: tuple[str, ...]
) -> tuple[tuple[str, ...], ...]:
    """Reasons per feature, each once for everybody who gave it, with the name."""
    given = {
        name: dict(zip(scores.features, scores.reasons, strict=True))
        for name, scores in proposals.items()
    }
    return tuple(
        tuple(
            f"{name}: {reason}"
            for name, by_feature in given.items()
            for reason in dict.fromkeys(filter(None, by_feature.get(feature, ())))
        )
        for feature in features
    )


def _with_gaps(scores: ImportanceScores, features: tuple[str, ...]) -> NDArray[np.float64]:
    """Scores of some features, (outputs, features); not-a-number where there are none."""
    values = scores.reindexed(features).values.copy()
    scored = set(scores.features)
    values[:, [name not in scored for name in features]] = np.nan
    return values


def _shares(proposals: Mapping[str, ImportanceScores], weights: Mapping[str, float]) -> list[float]:
    shares = [float(plain_number(weights.get(name, 0.0))) for name in proposals]
    if not all(0 <= share < np.inf for share in shares) or not any(shares):
        raise ScoreError("Weights must be numbers of 0 or more, and one of them more than 0.")
    return shares


def disagreements(proposals: Mapping[str, ImportanceScores]) -> list[Disagreement]:
    """Say how far apart proposals are, the widest first; of the first output.

    Parameters
    ----------
    proposals : mapping of name to ImportanceScores
        A feature is compared over those that score it.
    """
    scored = {name: scores.as_dict() for name, scores in proposals.items()}
    features = dict.fromkeys(feature for scores in scored.values() for feature in scores)
    found = [
        Disagreement(
            feature,
            {name: scores[feature] for name, scores in scored.items() if feature in scores},
        )
        for feature in features
    ]
    return sorted(found, key=lambda one: -one.span)
