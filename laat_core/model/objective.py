"""The attribution term of LAAT (Vukadin, Šilić, Delač 2025, arXiv 2502.20268).

    loss = mean BCE(f(x), y) + gamma * (1/d) * sum_j (a_j / ||a|| - t_j)^2

``a`` is the mean input gradient of the logit over the rows, ``t`` the target: the importance
scores as a unit vector. Trust in single features, from 0 to 1, weighs the parts of the sum: a
feature that is trusted less is held more loosely, and the others as before. Everything here works
on a batch of models at once.
"""

from typing import Literal, NamedTuple, get_args

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from laat_core.errors import ScoreError

__all__ = [
    "Pull",
    "ScoreTransform",
    "attribution_gradient",
    "attribution_pull",
    "attribution_term",
    "target_vector",
    "unit",
]

ScoreTransform = Literal["linear", "exp"]

# Below this length a vector has no direction that can be trusted.
TINY = 1e-12


def target_vector(
    importance_scores: ArrayLike, transform: ScoreTransform = "linear"
) -> NDArray[np.float64]:
    """Turn importance scores into the direction that attributions are aligned with.

    Parameters
    ----------
    importance_scores : array-like of shape (..., n_features)
        Finite scores; by convention from -10 to 10.
    transform : {"linear", "exp"}
        ``"linear"`` keeps the scores as they are. ``"exp"`` is the sharpening of the method's
        authors, ``sign(s) * exp(|s|)``, under which a score of 0 stays 0.

    Returns
    -------
    ndarray of shape (..., n_features)
        Unit length along the last axis; all zeros where all scores are zero (no target).

    Raises
    ------
    ScoreError
        If a score is not a finite number or the transform is unknown.
    """
    try:
        scores = np.asarray(importance_scores, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ScoreError(f"Importance scores must be numbers ({error}). Replace others.") from error
    if not np.isfinite(scores).all():
        raise ScoreError("Importance scores must be finite numbers. Replace the others, e.g. by 0.")
    if transform not in get_args(ScoreTransform):
        raise ScoreError(f"Unknown score transform {transform!r}. Use 'linear' or 'exp'.")
    size = np.abs(scores)
    largest = size.max(axis=-1, keepdims=True, initial=0.0)
    if transform == "exp":
        # Only the direction counts, so the largest is factored out before exp can overflow.
        scores = np.sign(scores) * np.exp(size - largest)
    else:
        scores = np.divide(scores, largest, out=np.zeros_like(scores), where=largest > 0)
    length = np.linalg.norm(scores, axis=-1, keepdims=True)
    target: NDArray[np.float64] = np.divide(
        scores, length, out=np.zeros_like(scores), where=length > 0
    )
    return target


def unit(vectors: Tensor) -> Tensor:
    """Scale each row of ``vectors`` (n_models, n_features) to unit length; zero stays zero."""
    scaled: Tensor = vectors / vectors.norm(dim=-1, keepdim=True).clamp_min(TINY)
    return scaled


def attribution_term(
    attributions: Tensor, target: Tensor, feature_trust: Tensor | None = None
) -> Tensor:
    """Mean squared distance between unit attributions and the target.

    Parameters
    ----------
    attributions, target : Tensor of shape (n_models, n_features)
        Mean input gradients of the logit (any length), and unit targets.
    feature_trust : Tensor of shape (n_features,) or (n_models, n_features), optional
        Weight of each feature's square, 0 to 1; default 1.

    Returns
    -------
    Tensor of shape (n_models,)
        0 where the attributions are parallel to the target; at most ``4 / n_features``.
    """
    squares = (unit(attributions) - target).square()
    if feature_trust is not None:
        squares = squares * feature_trust
    return squares.mean(dim=-1)


class Pull(NamedTuple):
    """What the weighted term adds to a gradient, as far as it is constant through a training.

    Attributes
    ----------
    towards : Tensor of shape (..., n_features)
        ``-2 gamma / d * c * t`` with feature trust ``c``; zero for a baseline and without scores.
    hold : Tensor of shape (..., n_features) or None
        ``2 gamma / d * c``; None where all features are trusted alike, since it then only changes
        the length of the attributions, which the term does not see.
    """

    towards: Tensor
    hold: Tensor | None = None


def attribution_pull(gamma: Tensor, target: Tensor, feature_trust: Tensor | None = None) -> Pull:
    """Prepare :func:`attribution_gradient`.

    Parameters
    ----------
    gamma : Tensor of shape (...)
    target : Tensor of shape (..., n_features)
        A target of zeros takes the whole term off.
    feature_trust : Tensor of shape (n_features,), optional

    Returns
    -------
    Pull
    """
    strength = gamma[..., None] * (2.0 / target.shape[-1])
    if feature_trust is None:
        return Pull(-strength * target)
    there = target.ne(0).any(dim=-1, keepdim=True)
    hold = strength * feature_trust * there
    return Pull(-hold * target, hold)


def attribution_gradient(attributions: Tensor, pull: Pull) -> Tensor:
    """Gradient of ``gamma`` times :func:`attribution_term` by the attributions, in closed form.

    With ``u = a / ||a||`` and ``p = pull.towards + pull.hold * u`` it is
    ``(p - u (u . p)) / ||a||``: the part of ``p`` along ``u`` only changes the length of ``a``.

    Parameters
    ----------
    attributions : Tensor of shape (..., n_features)
    pull : Pull
        Of :func:`attribution_pull`.

    Returns
    -------
    Tensor of shape (..., n_features)
    """
    length = torch.linalg.vector_norm(attributions, dim=-1, keepdim=True).clamp_min_(TINY)
    direction = attributions / length
    towards, hold = pull
    if hold is not None:
        towards = torch.addcmul(towards, hold, direction)
    along = (direction * towards).sum(dim=-1, keepdim=True)
    gradient: Tensor = torch.addcmul(towards, direction, along, value=-1).div_(length)
    return gradient
