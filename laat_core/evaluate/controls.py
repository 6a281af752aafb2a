"""Controls of a comparison: scores that know nothing, and scores turned around."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.experiment import Experiment
from laat_core.evaluate.progress import Progress
from laat_core.model.ranking import Ranking
from laat_core.scores.importance import ImportanceScores

__all__ = ["N_PLACEBOS", "Controls", "areas_with", "run_controls", "shuffled"]

N_PLACEBOS = 20
ROUNDING = 1e-12  # of a mean of areas
AT_ONCE = 20_000_000  # numbers of 4 bytes that are trained together, a few times over


@dataclass(frozen=True, eq=False)
class Controls:
    """A comparison beside what it would be with scores that know nothing of the features.

    Attributes
    ----------
    comparison : Comparison
        Of the scores themselves.
    placebos : ndarray of shape (N_PLACEBOS, n_splits)
        AUC of the LAAT model with the scores shuffled among the features.
    flipped : ndarray of shape (n_splits,)
        AUC of the LAAT model with the sign of every score turned.
    n_same : int
        How many placebos have the target of the scores themselves: all, where all scores are
        equal.
    """

    comparison: Comparison
    placebos: NDArray[np.float64]
    flipped: NDArray[np.float64]
    n_same: int

    @property
    def placebo_means(self) -> NDArray[np.float64]:
        """Mean AUC of each placebo over the splits, (N_PLACEBOS,)."""
        return np.asarray(self.placebos.mean(axis=1))

    @property
    def n_beaten(self) -> int:
        """How many placebos have a lower mean AUC than the scores."""
        return int((self._ahead > ROUNDING).sum())

    @property
    def n_tied(self) -> int:
        """How many have the same."""
        return int((abs(self._ahead) <= ROUNDING).sum())

    @property
    def _ahead(self) -> NDArray[np.float64]:
        return self.comparison.laat.auc_mean - self.placebo_means


def run_controls(
    experiment: Experiment,
    scores: ImportanceScores,
    comparison: Comparison,
    on_progress: Callable[[float], None] | None = None,
) -> Controls:
    """Train with shuffled and with sign-flipped scores, all else as in the comparison.

    A feature that is held loosely stays so, whatever score it gets; the score of one that is not
    to be used goes to no other.

    Parameters
    ----------
    experiment : Experiment
    scores : ImportanceScores
    comparison : Comparison
        Of this experiment and these scores.
    on_progress : callable, optional
        Called with the share done, 0 to 1, after each pass of each training, each test and each
        choice of gamma; what it raises goes through.

    Returns
    -------
    Controls
    """
    controls = [
        scores.flipped(),
        *shuffled(scores, experiment.design.seed, kept=experiment.recipe.not_used),
    ]
    targets = np.stack([experiment.target(control) for control in controls])
    # With many rows the choice of "auto" takes longer than a pass.
    n_choices = len(targets) if comparison.gamma == "auto" else 0
    n_epochs = len(_parts(experiment, targets)) * experiment.recipe.max_epochs
    progress = Progress(on_progress, n_choices + n_epochs + len(targets))
    gammas = []
    for target in targets:
        gammas.append(experiment.gammas(target, comparison.gamma))
        if n_choices:
            progress.step()
    areas = areas_with(
        experiment,
        targets,
        np.stack(gammas),
        feature_trust=comparison.feature_trust,
        sampled=comparison.sampled,
        progress=progress,
    )
    n_same = sum(np.array_equal(target, comparison.target) for target in targets[1:])
    return Controls(comparison, placebos=areas[1:], flipped=areas[0], n_same=n_same)


def areas_with(
    experiment: Experiment,
    targets: NDArray[np.float64],
    gammas: NDArray[np.float64],
    *,
    feature_trust: Mapping[str, float] | None = None,
    sampled: bool = False,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """Train with each of many targets, as many as fit together, and test.

    Parameters
    ----------
    experiment : Experiment
    targets : ndarray of shape (n_targets, n_features) or (n_targets, n_splits, n_features)
        Unit vectors.
    gammas : ndarray of shape (n_targets, n_splits)
    feature_trust : mapping of str to float, optional
        How firmly features are held to their scores, as in :meth:`Experiment.compare`.
    sampled : bool
        Whether to test on a sample of the test rows.
    progress : Progress, optional
        Told of every pass and every test.

    Returns
    -------
    ndarray of shape (n_targets, n_splits)
        AUC of the LAAT model, 0 to 1.
    """
    n_splits, progress = len(experiment.splits), progress or Progress(None, 1)
    firmness = experiment.firmness(feature_trust) if feature_trust else None
    areas = []
    for part in _parts(experiment, targets):
        models = experiment.train(
            targets[part], gammas[part], feature_trust=firmness, on_epoch=progress.on_epoch
        )
        for number in range(len(gammas[part])):
            some = models.select(slice(number * n_splits, (number + 1) * n_splits))
            every = experiment.test_logits(some, sampled=sampled)
            areas.append([Ranking(*tested).auc for tested in every])
            progress.step()
    return np.array(areas)


def _parts(experiment: Experiment, targets: NDArray[np.float64]) -> list[slice]:
    """Which targets are trained together."""
    at_once = max(1, AT_ONCE // experiment.n_numbers)
    return [slice(first, first + at_once) for first in range(0, len(targets), at_once)]


def shuffled(
    scores: ImportanceScores,
    seed: int,
    n_shuffles: int = N_PLACEBOS,
    *,
    kept: Collection[str] = (),
) -> list[ImportanceScores]:
    """Shuffle scores among the features: the same values, each given to any feature.

    Where a column of two levels has a flag for each, one of them is scored and the other follows
    it, here as ever. A shuffle may by chance be near the scores themselves.

    Parameters
    ----------
    scores : ImportanceScores
    seed : int
    n_shuffles : int
    kept : collection of str
        Names of features whose scores stay where they are.

    Returns
    -------
    list of ImportanceScores
    """
    generator = np.random.default_rng(seed)
    moved = [i for i, name in enumerate(scores.features) if name not in kept]
    shuffles = []
    for _ in range(n_shuffles):
        values = scores.values.copy()
        values[:, moved] = generator.permutation(values[:, moved], axis=1)
        shuffles.append(replace(scores, values=values))
    return shuffles
