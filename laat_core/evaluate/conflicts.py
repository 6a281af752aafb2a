"""Where the scores, the rows, the proposal and the trained model contradict each other."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.experiment import Experiment
from laat_core.scores.importance import ImportanceScores

__all__ = ["FEWEST_ROWS", "Conflict", "conflicts"]

Conflict = Literal["rows", "llm", "model"]

# A smaller score is as good as none.
SMALLEST_SCORE = 1.0
# Of the largest attribution; what is smaller has hardly a say in the model.
SMALLEST_SHARE = 0.1
# Of four rows, a flag that has nothing to do with the label fits it perfectly one time in eight;
# of six, one time in thirty-two.
FEWEST_ROWS = 6


def conflicts(
    experiment: Experiment,
    scores: ImportanceScores,
    comparison: Comparison | None = None,
    proposal: ImportanceScores | None = None,
) -> dict[str, tuple[Conflict, ...]]:
    """Find the features about which two of those asked disagree.

    - ``"rows"``: the interval of :attr:`Experiment.evidence` lies on the other side of 0 than the
      score, which is at least 1 in size; of 6 training rows or more.
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

    evidence = experiment.evidence
    if evidence.n_rows >= FEWEST_ROWS:
        low, high = (np.array(end, dtype=np.float64) for end in (evidence.low, evidence.high))
        found["rows"] = strong & np.where(score > 0, high < 0, low > 0)
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
