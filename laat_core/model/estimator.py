"""The LAAT model as a scikit-learn classifier."""

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

from laat_core.data.plain import is_whole
from laat_core.errors import DataError, ScoreError
from laat_core.model.networks import Models, start
from laat_core.model.objective import ScoreTransform, target_vector, unit
from laat_core.model.settings import MAX_GAMMA, Gamma, check_gamma, check_training
from laat_core.model.training import train
from laat_core.model.trust import choose_gamma, hold_out_folds

__all__ = ["LAATClassifier"]


class LAATClassifier(ClassifierMixin, BaseEstimator):
    """Binary classifier whose attributions are aligned with importance scores.

    Logistic regression or one hidden ReLU layer, trained with Adam on log loss plus ``gamma``
    times the mean squared distance between the model's unit attributions and the unit scores
    (Vukadin, Šilić, Delač 2025, arXiv 2502.20268). It takes an encoded numeric matrix; scale
    the features alike before, since scores and attributions are per unit of a feature.

    Parameters
    ----------
    importance_scores : array-like of shape (n_features,), mapping, Series or None
        Scores for the second class; a mapping or Series by feature name (``X`` is then a
        DataFrame), others by position. Any finite numbers will do, not only those from -10 to
        10: only their direction counts (under ``"exp"`` also their size). None, or all zero,
        takes the attribution term off.
    gamma : float or "auto"
        Weight of the attribution term, from 0 to a million; "auto" reads it off the training
        rows (:func:`laat_core.model.trust.choose_gamma`).
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

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
    attributions_ : ndarray of shape (n_features,)
        Mean input gradient of the logit over the training rows, unit length.
    target_ : ndarray of shape (n_features,)
        The scores as a unit vector, zeros without scores.
    gamma_ : float
        What the model was trained with.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features,)
        Where ``X`` has feature names that are all strings.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"age": [-1.0, 1.0, -0.5, 0.5], "weight": [1.0, -1.0, -1.0, 1.0]})
    >>> y = ["healthy", "ill", "healthy", "ill"]
    >>> model = LAATClassifier({"age": 8, "weight": 2}, random_state=0).fit(X, y)
    >>> model.predict(pd.DataFrame({"age": [2.0], "weight": [0.0]}))
    array(['ill'], dtype='<U7')
    """

    def __init__(
        self,
        importance_scores: ArrayLike | Mapping[str, float] | pd.Series | None = None,
        gamma: Gamma = 100.0,
        hidden_layer_sizes: Sequence[int] = (),
        score_transform: ScoreTransform = "linear",
        max_epochs: int = 200,
        learning_rate: float = 0.01,
        batch_size: int | None = 128,
        random_state: int | np.random.RandomState | None = None,
        not_used: Sequence[str] | Sequence[int] | None = None,
    ) -> None:
        self.importance_scores = importance_scores
        self.gamma = gamma
        self.hidden_layer_sizes = hidden_layer_sizes
        self.score_transform = score_transform
        self.not_used = not_used
        self.max_epochs = max_epochs
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on rows ``X`` of shape (n_rows, n_features) with labels ``y`` of two classes.

        Raises
        ------
        ValueError
            If the rows, the labels, a parameter or the scores cannot be used.
        """
        gamma = check_gamma(self.gamma)
        training = check_training(
            self.hidden_layer_sizes, self.max_epochs, self.learning_rate, self.batch_size
        )
        rows, labels = validate_data(self, X, y, dtype=np.float32)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) != 2:
            # The first words are those that scikit-learn's checks look for.
            raise DataError(
                "Only binary classification is supported. The type of the target is "
                f"{type_of_target(labels)}."
                if len(self.classes_) > 2
                else f"Classifier can't train when only one class is present ({self.classes_[0]})."
            )
        not_used = self._positions()
        scores = self._scores()
        scores[not_used] = 0.0
        self.target_ = target_vector(scores, self.score_transform)
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        generator = torch.Generator().manual_seed(seed)
        begun = start(1, self.n_features_in_, training.hidden_layer_sizes, generator)
        batch, y = _batch(rows), torch.from_numpy(codes).float()[None]

        held = torch.tensor(not_used) if not_used else None

        def fit(models: Models, X: Tensor, y: Tensor, gamma: float = 0.0) -> Models:
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
                not_used=held,
            )

        if gamma == "auto" and self.target_.any():
            folds = hold_out_folds(begun, batch, codes[None], fit, seed)
            hidden = bool(training.hidden_layer_sizes)
            target = self.target_[None]
            (gamma,) = choose_gamma(
                batch.numpy(), codes[None], target, folds, hidden=hidden, seed=seed
            )
        self.gamma_ = min(float(gamma), MAX_GAMMA) if self.target_.any() else 0.0
        self.models_ = fit(begun, batch, y, self.gamma_)
        self.attributions_ = unit(self.models_.attributions(batch))[0].double().numpy()
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float32]:
        """Logit of the second class, (n_rows,)."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float32, reset=False)
        # In double precision, then rounded: a row's logit must not depend on the rows beside it.
        logits = self.models_.double().logits(_batch(rows).double())[0].float()
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

    def _positions(self) -> list[int]:
        """Positions of the features that are not to be used."""
        names = list(getattr(self, "feature_names_in_", []))
        given = [] if self.not_used is None else self.not_used
        found = [names.index(n) if n in names else n for n in given]
        if not all(is_whole(n, 0, self.n_features_in_ - 1) for n in found):
            raise ScoreError(
                f"not_used is {self.not_used!r}; it must hold names of features, with X as a "
                f"DataFrame, or positions from 0 to {self.n_features_in_ - 1}."
            )
        return sorted(set(map(int, found)))

    def _scores(self) -> NDArray[Any]:
        scores = self.importance_scores
        if scores is None:
            return np.zeros(self.n_features_in_)
        if isinstance(scores, Mapping | pd.Series):
            return self._by_name(dict(scores))
        array = np.array(scores, dtype=object).reshape(-1)
        if len(array) != self.n_features_in_:
            raise ScoreError(
                f"{len(array)} importance scores for {self.n_features_in_} features. "
                "Give one per feature, in the order of the columns."
            )
        return array

    def _by_name(self, scores: dict[Any, Any]) -> NDArray[Any]:
        if not hasattr(self, "feature_names_in_"):
            raise ScoreError(
                "Importance scores by name need X as a DataFrame with text column names. "
                "Pass one, or give the scores as an array."
            )
        odd = sorted(map(str, set(scores).symmetric_difference(self.feature_names_in_)))
        if odd:
            names = shorten(", ".join(odd), 300, placeholder=" …")
            raise ScoreError(
                f"Importance scores and features differ in: {names}. "
                "Score every feature once, by its name."
            )
        return np.array([scores[name] for name in self.feature_names_in_], dtype=object)


def _batch(rows: NDArray[np.float32]) -> Tensor:
    """Rows for a batch of one model, (1, n_rows, n_features).

    A copy: scikit-learn may hand out memory that is read-only, or aligned otherwise from run to
    run, which changes the last bit of a sum.
    """
    return torch.tensor(rows)[None]
