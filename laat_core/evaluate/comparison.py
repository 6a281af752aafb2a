"""The result of comparing the LAAT model with its baseline and with the scores alone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from laat_core.data.bias import Bias
from laat_core.data.hold_out import HoldOut
from laat_core.data.splits import Design
from laat_core.evaluate.recipe import Recipe
from laat_core.evaluate.resampled import corrected_t, row_variance, rows_and_splits
from laat_core.evaluate.spread import Interval
from laat_core.model.networks import Models
from laat_core.model.settings import Gamma

__all__ = ["BAND", "FALSE_POSITIVE_RATES", "Comparison", "ModelResult"]

# Where the ROC curves of all splits are read off, to average them.
FALSE_POSITIVE_RATES: NDArray[np.float64] = np.linspace(0.0, 1.0, 101)
BAND = (10, 90)  # percentiles over the splits


@dataclass(frozen=True, eq=False)
class ModelResult:
    """One kind of model over all splits.

    Attributes
    ----------
    auc : ndarray of shape (n_splits,)
        Area under the ROC curve on the test rows, 0 to 1.
    true_positive_rates : ndarray of shape (n_splits, len(FALSE_POSITIVE_RATES))
        ROC curves, read off at :data:`FALSE_POSITIVE_RATES`.
    attributions : ndarray of shape (n_splits, n_features)
        Unit vectors: mean input gradients of the logit over the training rows.
    models : LinearModels or HiddenModels, optional
        The trained models, one per split, so that they can be asked about a row.
    influence : ndarray of shape (n_splits, n_rows), optional
        How much each labelled row of the table, as a test row, moves the AUC of a split; the sum
        of squares of its mean over the splits is the variance that comes of the test rows. None
        where it is not known.
    """

    auc: NDArray[np.float64]
    true_positive_rates: NDArray[np.float64]
    attributions: NDArray[np.float64]
    models: Models | None = field(default=None, repr=False)
    influence: NDArray[np.float32] | None = field(default=None, repr=False)

    @property
    def auc_mean(self) -> float:
        """Mean AUC over the splits."""
        return float(self.auc.mean())

    @property
    def roc_mean(self) -> NDArray[np.float64]:
        """Mean ROC curve at :data:`FALSE_POSITIVE_RATES`."""
        return np.asarray(self.true_positive_rates.mean(axis=0))

    @property
    def roc_band(self) -> NDArray[np.float64]:
        """Lower and upper end of what 8 of 10 splits lie in, (2, len(FALSE_POSITIVE_RATES))."""
        return np.asarray(np.percentile(self.true_positive_rates, BAND, axis=0))

    @property
    def auc_sd(self) -> float:
        """Standard deviation of the AUC over the splits, 0 for a single one."""
        return float(self.auc.std(ddof=1)) if len(self.auc) > 1 else 0.0


@dataclass(frozen=True, eq=False)
class Comparison:
    """LAAT model, baseline and scores alone on the same splits.

    Attributes
    ----------
    features : tuple of str
        Names of what the models see, in the order of ``target`` and the attributions.
    target : ndarray of shape (n_features,)
        The scores as a unit vector; zeros where all scores are zero.
    laat, baseline, scores_alone : ModelResult
    labels : ndarray of shape (n_rows,)
        0 or 1, of the labelled rows of the table.
    trained : ndarray of shape (n_splits, n_rows)
        Which of them a split trains on, before any bias.
    n_train, n_test : tuple of int
        Rows of the negative and of the positive class, per split; of a sample, those in it. With
        groups, the test rows are those of the average split.
    outcome, opposite : str
        What positive and negative scores speak for, in words.
    gamma : float or "auto"
    gammas : ndarray of shape (n_splits,)
        The same in every split, or what "auto" made of each one's training rows.
    design : Design
    recipe : Recipe
    seconds : float
        What the comparison took, the baseline included where it was trained anew.
    sampled : bool
        Whether all three were tested on a sample of the test rows.
    hold_out : HoldOut or None
        Which rows had no part in any of this.
    n_held_out : int
        How many they are.
    feature_trust : mapping of str to float
        How firmly features are held to their scores; those that are not in it, fully.
    bias : Bias or None
        What was done to the training rows; ``n_train`` counts what is left, as it was told.
    groups : ndarray of shape (n_rows,) or None
        Equal numbers for rows that stay on one side of every split.
    """

    features: tuple[str, ...]
    target: NDArray[np.float64]
    laat: ModelResult
    baseline: ModelResult
    scores_alone: ModelResult
    labels: NDArray[np.int64]
    trained: NDArray[np.bool_]
    n_train: tuple[int, int]
    n_test: tuple[int, int]
    outcome: str
    opposite: str
    gamma: Gamma
    gammas: NDArray[np.float64]
    design: Design
    recipe: Recipe
    seconds: float
    sampled: bool = False
    hold_out: HoldOut | None = None
    n_held_out: int = 0
    feature_trust: Mapping[str, float] = field(default_factory=dict)
    bias: Bias | None = None
    groups: NDArray[np.int64] | None = field(default=None, repr=False)

    @property
    def models(self) -> dict[str, ModelResult]:
        """The three by name: ``laat``, ``baseline``, ``scores_alone``."""
        return {"laat": self.laat, "baseline": self.baseline, "scores_alone": self.scores_alone}

    @property
    def difference(self) -> NDArray[np.float64]:
        """AUC of the LAAT model less that of the baseline, split by split, (n_splits,)."""
        return self.laat.auc - self.baseline.auc

    @property
    def corrected_t(self) -> Interval | None:
        """95 % interval of the mean difference, as published: see :func:`corrected_t`."""
        return corrected_t(self.difference, sum(self.n_train), sum(self.n_test))

    @cached_property
    def difference_interval(self) -> Interval | None:
        """95 % interval of the difference to expect from other rows of the same kind.

        The corrected resampled t interval where at least as many rows train as test, which it was
        made for. With fewer training rows it says nothing any more, and the interval is that of
        :func:`rows_and_splits`. None for a single split and, with few training rows, for a single
        test row of a class.

        With groups, these are what varies, not single rows. Where whole groups are held out for
        test, the interval is the corrected resampled t interval, whatever their share: it is too
        wide rather than too narrow.
        """
        influences = self.laat.influence, self.baseline.influence
        # Which, by the design: neither a bias nor a sample changes how much splits have in common.
        test_share = self.design.test_share_of(len(self.labels))
        whole_groups = self.groups is not None and self.design.shots is None
        few_tested = test_share <= 0.5 or whole_groups
        if few_tested or influences[0] is None or influences[1] is None:
            return self.corrected_t
        differences, influence, n_test = self.difference, influences[0] - influences[1], self.n_test
        independent = self._n_independent
        if len(differences) < 2 or min(independent) < 2:
            return None
        given = differences, influence, self.trained, self.labels, n_test, self.groups
        return rows_and_splits(differences, row_variance(*given).variance, independent)

    @property
    def _n_independent(self) -> tuple[int, int]:
        """Test rows of each class, or groups with such rows where these are fewer.

        Each training row takes at most one group from the test.
        """
        if self.groups is None or self.design.shots is None:
            return self.n_test
        no, yes = (len(np.unique(self.groups[self.labels == label])) for label in (0, 1))
        shots = self.design.shots
        return min(no - shots, self.n_test[0]), min(yes - shots, self.n_test[1])

    @property
    def n_ahead(self) -> int:
        """In how many splits the LAAT model has the higher AUC."""
        return int((self.difference > 0).sum())

    @property
    def has_target(self) -> bool:
        """Whether any score that counts differs from zero; without, the attribution term is off."""
        return bool(self.target.any())

    @property
    def uses_scores(self) -> bool:
        """Whether scores have a say in the LAAT model.

        Without it is the baseline, but for features that are not to be used.
        """
        return self.has_target and self.gamma != 0

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, as ``python -m laat_core compare --json`` prints them."""

        def by_feature(values: NDArray[np.float64]) -> dict[str, float]:
            return dict(zip(self.features, map(float, values), strict=True))

        def spread(values: NDArray[np.float64]) -> dict[str, Any]:
            sd = float(values.std(ddof=1)) if len(values) > 1 else 0.0
            return {"mean": float(values.mean()), "sd": sd, "per_split": values.tolist()}

        return {
            "models": {
                name: {
                    "auc": spread(model.auc),
                    "attributions": by_feature(model.attributions.mean(axis=0)),
                    "true_positive_rates": {
                        "mean": model.roc_mean.tolist(),
                        "low": model.roc_band[0].tolist(),
                        "high": model.roc_band[1].tolist(),
                    },
                }
                for name, model in self.models.items()
            },
            "difference": {
                **spread(self.difference),
                "laat_ahead": self.n_ahead,
                "interval": self.difference_interval,
                "corrected_t": self.corrected_t,
            },
            "false_positive_rates": FALSE_POSITIVE_RATES.tolist(),
            "target": by_feature(self.target),
            "outcome": self.outcome,
            "n_train": dict(zip((self.opposite, self.outcome), self.n_train, strict=True)),
            "n_test": dict(zip((self.opposite, self.outcome), self.n_test, strict=True)),
            "gamma": self.gamma,
            "gammas": self.gammas.tolist(),
            "design": asdict(self.design),
            "recipe": asdict(self.recipe),
            "seconds": self.seconds,
            "sampled": self.sampled,
            "feature_trust": dict(self.feature_trust),
            "hold_out": asdict(self.hold_out) if self.hold_out else None,
            "bias": self.bias.to_dict() if self.bias else None,
        }
