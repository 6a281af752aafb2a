"""The LAAT model as a scikit-learn classifier."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
from torch import Tensor

from laat_core.errors import DataError
from laat_core.model.networks import Models, models_of, start
from laat_core.model.objective import ScoreTransform, target_vector, unit
from laat_core.model.per_feature import (
    Columns,
    feature_positions,
    feature_scores,
    feature_trust,
)
from laat_core.model.rows import warn_of_scales, with_class_weight
from laat_core.model.settings import MAX_GAMMA, Gamma, Training, check_gamma, check_training
from laat_core.model.training import threads_restored, train
from laat_core.model.trust import choose_gamma, hold_out_folds
from laat_core.scores.importance import ImportanceScores, shown

__all__ = ["LAATClassifier"]


class LAATClassifier(ClassifierMixin, BaseEstimator):
    """Binary classifier whose attributions are aligned with importance scores.

    Logistic regression or one hidden ReLU layer, trained with Adam on log loss plus ``gamma``
    times the mean squared distance between the model's unit attributions and the unit scores
    (Vukadin, Šilić, Delač 2025, arXiv 2502.20268). It takes an encoded numeric matrix; scale
    the features alike before, since scores and attributions are per unit of a feature.

    Importance scores speak for ``positive_class``. Everything else follows scikit-learn's
    convention and speaks for ``classes_[1]``: ``decision_function``, ``coef_``, ``intercept_``,
    ``attributions_`` and ``target_``. Where ``positive_class`` is ``classes_[0]``, a feature with
    a positive score therefore has a negative coefficient.

    Parameters
    ----------
    importance_scores : ImportanceScores, mapping, Series, array-like of shape (n_features,) or None
        Scores for the positive class; by feature name (``X`` is then a DataFrame), or an array
        by position. Any finite numbers will do, not only those from -10 to 10: only their
        direction counts (under ``"exp"`` also their size). None, or all zero, takes the
        attribution term off.
    gamma : float or "auto"
        Weight of the attribution term, from 0 to a million; "auto" reads it off the training
        rows (:func:`laat_core.model.trust.choose_gamma`), each counted once, whatever its weight.
    hidden_layer_sizes : tuple of int
        ``()`` for logistic regression, ``(h,)`` for one hidden layer of ``h`` units.
    score_transform : {"linear", "exp"}
        ``"exp"`` sharpens scores to ``sign(s) * exp(|s|)`` first.
    max_epochs : int
        Full passes over the rows.
    learning_rate : float
    batch_size : int or None
        More rows than this are taken in minibatches; None takes all rows in every step.
    random_state : int, RandomState instance or None
        Draws the start and shuffles the minibatches.
    not_used : sequence of str or int, or None
        Features by which the model is not to decide, by name (``X`` is then a DataFrame) or by
        position: their score is taken as 0, and their input gradient is pushed to zero on every
        training row, with or without scores.
    positive_class : class label or None
        The class that positive scores speak for. None is ``classes_[1]``, the last in sorted
        order; where labels are text and there are scores, a warning says which class that is.
    feature_trust : mapping, Series, array-like of shape (n_features,) or None
        How firmly each attribution is held to its score, 0 to 1; 1 for features that are not
        named.
    class_weight : mapping of class to weight, "balanced" or None
        As in scikit-learn; multiplies ``sample_weight``.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        Sorted.
    positive_class_ : class label
        The class that the scores were taken to speak for.
    parameters_ : list of ndarray
        The trained weights: ``(1, n_features), (1, 1)`` for logistic regression, ``(h,
        n_features), (1, h), (1, h), (1, 1)`` with a hidden layer.
    coef_ : ndarray of shape (1, n_features)
        Of logistic regression only.
    intercept_ : ndarray of shape (1,)
        Of logistic regression only.
    attributions_ : ndarray of shape (n_features,)
        Mean input gradient of the logit over the training rows, unit length.
    target_ : ndarray of shape (n_features,)
        What the attributions are drawn to: the scores as a unit vector, with every sign reversed
        where they speak for ``classes_[0]``; zeros without scores.
    gamma_ : float
        What the model was trained with.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features,)
        Where ``X`` has feature names that are all strings.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"age": [-1.0, 1.0, -0.5, 0.5], "weight": [1.0, -1.0, -1.0, 1.0]})
    >>> y = ["well", "ill", "well", "ill"]
    >>> model = LAATClassifier({"age": 8, "weight": 2}, positive_class="ill", random_state=0)
    >>> model.fit(X, y).predict(pd.DataFrame({"age": [2.0], "weight": [0.0]}))
    array(['ill'], dtype='<U4')
    >>> bool(model.coef_[0, 0] < 0)  # for classes_[1], "well"
    True
    """

    def __init__(
        self,
        importance_scores: (
            ImportanceScores | ArrayLike | Mapping[str, float] | pd.Series | None
        ) = None,
        gamma: Gamma = 100.0,
        hidden_layer_sizes: Sequence[int] = (),
        score_transform: ScoreTransform = "linear",
        max_epochs: int = 200,
        learning_rate: float = 0.01,
        batch_size: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        not_used: Sequence[str] | Sequence[int] | None = None,
        positive_class: Any = None,
        feature_trust: ArrayLike | Mapping[str, float] | pd.Series | None = None,
        class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
    ) -> None:
        self.importance_scores = importance_scores
        self.gamma = gamma
        self.hidden_layer_sizes = hidden_layer_sizes
        self.score_transform = score_transform
        self.max_epochs = max_epochs
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.random_state = random_state
        self.not_used = not_used
        self.positive_class = positive_class
        self.feature_trust = feature_trust
        self.class_weight = class_weight

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train on rows of two classes.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
        y : array-like of shape (n_rows,)
        sample_weight : array-like of shape (n_rows,), optional
            How often each row counts, in the log loss and in the mean that the attribution is:
            2 is the row twice, 0 is the row left out. Only the ratios matter.

        Raises
        ------
        ValueError
            If the rows, the labels, a parameter or the scores cannot be used.

        Warns
        -----
        UserWarning
            With scores, if features differ in scale more than a hundredfold, or if labels are
            text and ``positive_class`` is not given.
        """
        gamma = check_gamma(self.gamma)
        training = check_training(
            self.hidden_layer_sizes, self.max_epochs, self.learning_rate, self.batch_size
        )
        rows, labels = validate_data(self, X, y, dtype=np.float32)
        check_classification_targets(labels)
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(
                sample_weight, rows, dtype=np.float64, ensure_non_negative=True
            )
            counted = weights > 0
            rows, labels, weights = rows[counted], labels[counted], weights[counted]
        self.classes_, codes = np.unique(labels, return_inverse=True)
        self._check_classes(labels)
        if self.class_weight is not None:
            weights = with_class_weight(weights, self.class_weight, labels)
        columns = Columns(self.n_features_in_, getattr(self, "feature_names_in_", None))
        self.target_, not_used = self._target(columns)
        trust = feature_trust(self.feature_trust, columns)
        self._find_positive_class()
        if self.target_.any():
            warn_of_scales(rows, columns, stacklevel=2)
        with threads_restored():
            self._train(gamma, training, rows, codes, weights, not_used, trust)
        return self

    def _check_classes(self, labels: NDArray[Any]) -> None:
        if len(self.classes_) != 2:
            # The first words are those that scikit-learn's checks look for.
            raise DataError(
                "Only binary classification is supported. The type of the target is "
                f"{type_of_target(labels)}."
                if len(self.classes_) > 2
                else "Classifier can't train when only one class is present "
                f"({', '.join(map(str, self.classes_))})."
            )

    def _target(self, columns: Columns) -> tuple[NDArray[np.float64], list[int]]:
        """Unit vector that the scores ask for, and positions of features not to be used."""
        not_used = feature_positions(self.not_used, columns)
        scores = self._scores(columns)
        scores[not_used] = 0.0
        return target_vector(scores, self.score_transform), not_used

    def _scores(self, columns: Columns) -> NDArray[np.float64]:
        return feature_scores(self.importance_scores, columns)

    def _find_positive_class(self) -> None:
        """Decide which class the scores speak for; turn the target where it is the first."""
        first, second = self.classes_
        if self.positive_class is None:
            self.positive_class_ = second
            if isinstance(second, str) and self.target_.any():
                warnings.warn(
                    f"positive_class is not given, so the scores are taken to speak for "
                    f"{str(second)!r}, the last class in sorted order. Say "
                    f"positive_class={str(second)!r}, or {str(first)!r} if they speak for that.",
                    stacklevel=3,
                )
            return
        found = [name for name in self.classes_ if name == self.positive_class]
        if not found:
            raise DataError(
                f"positive_class is {shown(self.positive_class)}; the classes of y are "
                f"{shown(first)} and {shown(second)}."
            )
        (self.positive_class_,) = found
        if self.positive_class_ == first:
            self.target_ = 0.0 - self.target_  # a zero has no sign

    def _train(
        self,
        gamma: Gamma,
        training: Training,
        rows: NDArray[np.float32],
        codes: NDArray[np.int64],
        weights: NDArray[np.float64] | None,
        not_used: list[int],
        trust: NDArray[np.float64] | None,
    ) -> None:
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        generator = torch.Generator().manual_seed(seed)
        begun = start(1, self.n_features_in_, training.hidden_layer_sizes, generator)
        batch, y = _batch(rows), torch.from_numpy(codes).float()[None]
        row_weights = None if weights is None else torch.from_numpy(weights).float()[None]

        def fit(
            models: Models,
            X: Tensor,
            y: Tensor,
            gamma: float = 0.0,
            row_weights: Tensor | None = None,
        ) -> Models:
            target = torch.from_numpy(self.target_).float().expand(len(X), -1)
            return train(
                models,
                X,
                y,
                torch.full((len(X),), gamma),
                target,
                max_epochs=training.max_epochs,
                learning_rate=training.learning_rate,
                batch_size=training.batch_size,
                # A state of its own: folds that are trained first must not change the batches.
                generator=generator.clone_state(),
                feature_trust=None if trust is None else torch.from_numpy(trust).float(),
                not_used=torch.tensor(not_used) if not_used else None,
                row_weights=row_weights,
            )

        if gamma == "auto" and self.target_.any():
            folds = hold_out_folds(begun, batch, codes[None], fit, seed)
            hidden = bool(training.hidden_layer_sizes)
            target = self.target_[None]
            (gamma,) = choose_gamma(
                batch.numpy(), codes[None], target, folds, hidden=hidden, seed=seed
            )
        self.gamma_ = min(float(gamma), MAX_GAMMA) if self.target_.any() else 0.0
        models = fit(begun, batch, y, self.gamma_, row_weights)
        shares = None if row_weights is None else (row_weights / row_weights.sum())[:, None]
        attributions = models.attributions(batch, shares)
        self.attributions_ = unit(attributions)[0].double().numpy()
        self.parameters_ = [p[0].double().numpy() for p in models.parameters()]

    @property
    def coef_(self) -> NDArray[np.float64]:
        """Weights of logistic regression, (1, n_features); a hidden layer has none such."""
        weights, _ = self._linear()
        return weights.copy()

    @property
    def intercept_(self) -> NDArray[np.float64]:
        """Constant of logistic regression, (1,); a hidden layer has none such."""
        _, bias = self._linear()
        return bias.reshape(1).copy()

    def _linear(self) -> list[NDArray[np.float64]]:
        check_is_fitted(self)
        if len(self.parameters_) > 2:
            raise AttributeError(
                "A model with a hidden layer has no coef_ and no intercept_: its weights are in "
                "parameters_, what it makes of each feature is in attributions_."
            )
        return self.parameters_

    def decision_function(self, X: ArrayLike) -> NDArray[np.float32]:
        """Logit of ``classes_[1]``, (n_rows,)."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float32, reset=False)
        models = models_of([torch.tensor(p)[None] for p in self.parameters_])
        # In double precision, then rounded: a row's logit must not depend on the rows beside it.
        logits = models.logits(_batch(rows).double())[0].float()
        numbers: NDArray[np.float32] = logits.numpy()
        return numbers

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probabilities of both classes, (n_rows, 2); each row sums to 1."""
        logits = torch.from_numpy(self.decision_function(X)).double()
        return torch.stack([(-logits).sigmoid(), logits.sigmoid()], dim=1).numpy()

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The likelier class of each row, (n_rows,)."""
        positive = self.decision_function(X) > 0
        classes: NDArray[Any] = self.classes_[positive.astype(int)]
        return classes

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def _batch(rows: NDArray[np.float32]) -> Tensor:
    """Rows for a batch of one model, (1, n_rows, n_features).

    A copy: scikit-learn may hand out memory that is read-only, or aligned otherwise from run to
    run, which changes the last bit of a sum.
    """
    return torch.tensor(rows)[None]
