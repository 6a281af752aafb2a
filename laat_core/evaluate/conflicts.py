"""Where the scores, the rows, the proposal and the trained model contradict each other."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.experiment import Experiment
from laat_core.scores.importance import ImportanceScores

__all__ = ["Conflict", "conflicts", "rows_can_tell"]

Conflict = Literal["rows", "llm", "model"]

# A smaller score is as good as none.
SMALLEST_SCORE = 1.0
# Of the largest attribution; what is smaller has hardly a say in the model.
SMALLEST_SHARE = 0.1
# How often rows that know nothing may seem to contradict any score at all.
ERROR = 0.05


def conflicts(
    experiment: Experiment,
    scores: ImportanceScores,
    comparison: Comparison | None = None,
    proposal: ImportanceScores | None = None,
) -> dict[str, tuple[Conflict, ...]]:
    """Find the features about which two of those asked disagree.

    - ``"rows"``: the correlation in :attr:`Experiment.evidence` has the other sign than the score,
      which is at least 1 in size, and is told from 0 by S. Holm, "A simple sequentially rejective
      multiple test procedure", Scandinavian Journal of Statistics 6 (1979): among all scores of
      that size together, rows that know nothing contradict any with a chance of at most 5 %.
    - ``"llm"``: the proposal's score has the other sign, both at least 1 in size.
    - ``"model"``: the LAAT model's attribution, mean over the splits, has the other sign than the
      score, and more than a tenth of the size of the largest attribution.

    The score of a feature that is not to be used counts as 0, and contradicts nobody.

    Parameters
    ----------
    experiment : Experiment
    scores : ImportanceScores
        The expert's, one per feature.
    comparison : Comparison, optional
        Of this experiment and these scores; without it no model is looked at.
    proposal : ImportanceScores, optional
        What an LLM proposed; features that it does not score are in no conflict with it.

    Returns
    -------
    dict of str to tuple of {"rows", "llm", "model"}
        By feature; those in no conflict are left out.

    Raises
    ------
    ScoreError
        If the scores do not fit the features.
    """
    features = experiment.encoder.features_
    score = experiment.counted(scores)
    strong = np.abs(score) >= SMALLEST_SCORE
    found: dict[Conflict, NDArray[np.bool_]] = {}

    correlation, p_value = _evidence(experiment)
    found["rows"] = (score * correlation < 0) & _stands_out(np.where(strong, p_value, np.nan))
    if proposal is not None:
        known = [f.name for f in features if not f.mirror_of or f.name in proposal.features]
        proposed = proposal.reindexed(known).for_features(features)[0]
        found["llm"] = strong & (np.abs(proposed) >= SMALLEST_SCORE) & (score * proposed < 0)
    if comparison is not None:
        attribution = comparison.laat.attributions.mean(axis=0)
        size = np.abs(attribution)
        found["model"] = (score * attribution < 0) & (size > SMALLEST_SHARE * size.max())
    by_feature = {
        feature.name: tuple(kind for kind, there in found.items() if there[position])
        for position, feature in enumerate(features)
    }
    return {name: kinds for name, kinds in by_feature.items() if kinds}


def rows_can_tell(experiment: Experiment, scores: ImportanceScores) -> bool:
    """Whether the training rows are enough to contradict any of these scores, if they did."""
    strong = np.abs(experiment.counted(scores)) >= SMALLEST_SCORE
    n_asked = np.isfinite(_evidence(experiment)[1][strong]).sum()
    return bool(experiment.evidence.least_p <= ERROR / max(n_asked, 1))


def _evidence(experiment: Experiment) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Correlations and p-values, (n_features,) each; not-a-number where there is none."""
    evidence = experiment.evidence
    return np.array(evidence.correlation, np.float64), np.array(evidence.p_value, np.float64)


def _stands_out(p_value: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Holm's step-down among those that are numbers."""
    order = np.argsort(p_value)  # what is no number comes last, and is below nothing
    left = np.isfinite(p_value).sum() - np.arange(len(order))
    below = p_value[order] <= ERROR / np.maximum(left, 1)
    found = np.zeros(len(order), dtype=bool)
    found[order] = np.logical_and.accumulate(below)
    return found
