"""How far to trust the scores, read off the training rows: ``gamma="auto"``.

The attribution term is a prior on the direction of the attributions. Beside ``n`` rows in a mean
loss, a prior of constant weight has ``gamma = weight * d / n``: it leads while rows are few and
lets go as they grow. Two things that the training rows show then take trust away, or add some:

- Do the scores rank the rows better than the same scores shuffled among the features? Shuffled
  scores know nothing of the table, whatever AUC its correlations give them.
- Do they rank the rows better or worse than the baseline does out of fold, given what to expect
  of so few rows?

What was tried, and how the figures below were found: docs/trust.md.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, ndtri
from scipy.stats import norm, rankdata
from torch import Tensor

from laat_core.data.grouping import same_groups, some_rows
from laat_core.model.networks import Models
from laat_core.model.ranking import Ranking

__all__ = ["OutOfFold", "choose_gamma", "hold_out_folds"]

# Weight of the prior: of rows that it counts for, in a table of 20 features.
WEIGHT = 30.0
# A hidden layer can meet its mean attribution and still bend to single rows: below this many times
# the weight it does, and is worse than with full trust. Far below, a touch of the term still helps
# where the scores are good, and hardly harms where they are not.
HIDDEN_TIMES = 100.0
TOUCH = 0.3
PER_GAIN = 5.0  # of the logarithm of the trust, by the gain over the baseline
FEWEST_ROWS = 5  # of the smaller class; fewer say nothing
MOST_ROWS = 1000  # of a class that are looked at; more hardly change the choice
N_FOLDS = 5
N_SHUFFLES = 100


@dataclass(frozen=True)
class OutOfFold:
    """What models say of training rows that they were not trained on.

    Attributes
    ----------
    rows : ndarray of shape (n_splits, n_folds, n_held)
        Positions among the training rows of a split. Folds of one split may repeat a row.
    logits : ndarray of shape (n_splits, n_folds, n_held)
    labels : ndarray of shape (n_splits, n_rows)
        0 or 1, of all training rows.
    """

    rows: NDArray[np.int64]
    logits: NDArray[np.float64]
    labels: NDArray[np.int64]

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Each row's share of the AUC, (n_splits, n_rows); no score changes it."""
        parts = zip(self.logits, self.rows, self.labels, strict=True)
        return np.stack([_shares(*one) for one in parts])


Fit = Callable[[Models, Tensor, Tensor], Models]


def hold_out_folds(
    begun: Models,
    X: Tensor,
    y: NDArray[np.int64],
    fit: Fit,
    seed: int,
    groups: NDArray[np.int64] | None = None,
) -> OutOfFold | None:
    """Train the baseline of each split on parts of its training rows, and ask it about the rest.

    With groups, rows of one group fall into the same fold as far as folds of one size allow. The
    others of a group that a fold holds out are not trained on.

    Parameters
    ----------
    begun : LinearModels or HiddenModels
        The start of each split's model.
    X : Tensor of shape (n_splits, n_rows, n_features)
    y : ndarray of shape (n_splits, n_rows)
        Labels, 0 or 1; as many of each class in every split, give or take a few.
    fit : callable
        Trains a batch of models on rows and labels, without scores.
    seed : int
    groups : ndarray of shape (n_splits, n_rows), optional
        Equal numbers for rows that belong together.

    Returns
    -------
    OutOfFold or None
        None where a class has fewer than :data:`FEWEST_ROWS` rows, or none to train on beside the
        groups of a fold.
    """
    n_negative, n_positive = (int((y == label).sum(axis=1).min()) for label in (0, 1))
    sizes = min(n_negative, MOST_ROWS), min(n_positive, MOST_ROWS)
    if min(sizes) < FEWEST_ROWS:
        return None
    generator = np.random.default_rng(seed)
    rows, logits = [], []
    for split, labels in enumerate(y):
        train, held = _folds(labels, sizes, generator, None if groups is None else groups[split])
        if train is None:
            return None
        models = fit(
            begun.select(slice(split, split + 1)).repeat(len(train)),
            X[split, torch.from_numpy(train)],
            torch.from_numpy(labels[train]).to(X.dtype),
        )
        rows.append(held)
        # In double precision, then rounded: rows of equal values tie.
        tested = models.double().logits(X[split, torch.from_numpy(held)].double())
        logits.append(tested.float().double().numpy())
    return OutOfFold(np.stack(rows), np.stack(logits), y)


def _folds(
    labels: NDArray[np.int64],
    sizes: tuple[int, int],
    generator: np.random.Generator,
    groups: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64] | None, NDArray[np.int64]]:
    """Divide rows into folds of one size, again and again where rows are few.

    Returns
    -------
    train, held : ndarray of int, (n_folds, n_train) and (n_folds, n_held)
        ``train`` is None where the groups of some fold hold all rows of a class.
    """
    times = int(np.clip(MOST_ROWS // 10 // min(sizes), 1, 6))
    train, held = [], []
    for _ in range(times):
        drawn = _shuffled(labels, sizes, generator, groups)
        for fold in range(N_FOLDS):
            parts = [
                np.arange(size) // (size // N_FOLDS) == fold for size in sizes
            ]  # what is left over by the division is always trained on
            held.append(np.concatenate([d[p] for d, p in zip(drawn, parts, strict=True)]))
            train.append(np.concatenate([d[~p] for d, p in zip(drawn, parts, strict=True)]))
    if groups is None:
        return np.stack(train), np.stack(held)
    others = [t[~same_groups(groups, h)[t]] for t, h in zip(train, held, strict=True)]
    if any(len(np.unique(labels[rows])) < 2 for rows in others):
        return None, np.stack(held)
    fewest = min(map(len, others))
    return np.stack([some_rows(o, labels, fewest, generator) for o in others]), np.stack(held)


def _shuffled(
    labels: NDArray[np.int64],
    sizes: tuple[int, int],
    generator: np.random.Generator,
    groups: NDArray[np.int64] | None,
) -> list[NDArray[np.int64]]:
    """Draw so many rows of each class; those of a group stand beside each other."""
    if groups is None:
        return [
            generator.permutation(np.flatnonzero(labels == label))[:size]
            for label, size in enumerate(sizes)
        ]
    places = generator.permutation(len(labels))  # of the groups, of which there are no more
    order = places[np.unique(groups, return_inverse=True)[1]].argsort(kind="stable")
    return [order[labels[order] == label][:size] for label, size in enumerate(sizes)]


def choose_gamma(
    X: NDArray[np.floating],
    y: NDArray[np.int64],
    target: NDArray[np.float64],
    baseline: OutOfFold | None,
    *,
    hidden: bool,
    seed: int,
) -> NDArray[np.float64]:
    """Choose the weight of the attribution term for each split from its training rows.

    With ``n`` rows of ``d`` features, ``m`` of them in the smaller class, and full trust

        gamma = 30 sqrt(d / 20) d / n        (100 times that with a hidden layer)

    two numbers, both on the scale of ``probit(AUC)``, lower or raise it:

    - ``z``, by how many standard deviations the scores rank the rows better than shuffles of
      themselves: ``p = expit(8 (10 / m)^4 + 3 (z - 1.3 - 0.3 ln(d / 20)))``. Of
      few features many a shuffle is nearly right, so that good scores too stand out by less;
    - ``a``, the gain over the baseline's out-of-fold AUC on the same rows, drawn towards what to
      expect, ``0.1 ln(50 / m)`` with standard deviation 0.4, by as much as its own standard error
      (DeLong, DeLong, Clarke-Pearson 1988) makes it unsure.

    Logistic regression takes ``gamma p exp(5 a)``. With a hidden layer half the trust is worse than
    either end: with ``k = p exp(5 min(a, 0))`` it is full trust where ``k`` is 0.6 or more, else a
    touch, ``0.3 k``, whatever full trust is, but no more than that.

    Parameters
    ----------
    X : ndarray of shape (n_splits, n_rows, n_features)
    y : ndarray of shape (n_splits, n_rows)
    target : ndarray of shape (n_splits, n_features) or (1, n_features)
        Unit vectors.
    baseline : OutOfFold or None
        Of :func:`hold_out_folds` on the same rows; None, where rows are too few to ask, leaves the
        scores what is expected of them, ``p = 1`` and ``a = 0.1 ln(50 / m)``.
    hidden : bool
        Whether the models have a hidden layer.
    seed : int
        Of the shuffles.

    Returns
    -------
    ndarray of shape (n_splits,)
    """
    n_splits, n_rows, n_features = X.shape
    full = WEIGHT * math.sqrt(n_features / 20) * n_features / n_rows
    if hidden:
        full *= HIDDEN_TIMES
    fewest = np.minimum(y.sum(axis=1), (1 - y).sum(axis=1))  # of either class, per split
    if baseline is None:
        gains = np.array([_expected_gain(int(few)) for few in fewest])
        return np.full(n_splits, full) if hidden else full * np.exp(PER_GAIN * gains)
    generator = np.random.default_rng(seed)
    orders = generator.permuted(np.tile(np.arange(n_features), (N_SHUFFLES, 1)), axis=1)
    targets = np.broadcast_to(target, (n_splits, n_features))
    enough = 1.3 + 0.3 * math.log(n_features / 20)
    chosen = []
    for split, (labels, few) in enumerate(zip(y, fewest, strict=True)):
        rows, ranked = baseline.rows[split], _ranking(X[split], targets[split])
        seen = np.unique(rows)  # of very many, those that were held out once
        ahead = _lead_over_shuffles(X[split, seen], labels[seen], targets[split], orders)
        knowledge = float(expit(8 * (10 / few) ** 4 + 3 * (ahead - enough)))
        alone = _shares(ranked[rows], rows, labels)
        gain = _gain(alone[seen], baseline.shares[split, seen], labels[seen])
        if hidden:
            kept = knowledge * math.exp(PER_GAIN * min(gain, 0.0))
            chosen.append(full if kept >= 0.6 else min(TOUCH * kept, full))
        else:
            chosen.append(full * knowledge * math.exp(PER_GAIN * gain))
    return np.array(chosen)


def _ranking(X: NDArray[np.floating], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """What scores as weights say of rows, rounded so that rows of equal values tie."""
    return np.asarray(X @ weights, dtype=np.float32)


def _lead_over_shuffles(
    X: NDArray[np.floating],
    y: NDArray[np.int64],
    target: NDArray[np.float64],
    orders: NDArray[np.int64],
) -> float:
    """How far the scores rank better than shuffles of themselves, in standard deviations."""
    ranks = rankdata(_ranking(X, np.vstack([target, target[orders]]).T), axis=0)
    positive, n_positive = y == 1, int(y.sum())
    areas = (ranks[positive].mean(axis=0) - (n_positive + 1) / 2) / (len(y) - n_positive)
    probits = _probit(areas, min(n_positive, len(y) - n_positive))
    spread = max(float(probits[1:].std()), 0.05)
    return float(probits[0] - probits[1:].mean()) / spread


def _shares(
    values: NDArray[np.floating], rows: NDArray[np.int64], labels: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Share of the rows of the other class in its fold that each row is ranked right against.

    For values and rows of shape (n_folds, n_held), (n_rows,): the mean over the folds that a row
    was held out in, 0 for a row that was in none.
    """
    shares = np.zeros(len(labels))
    for held, ranked in zip(rows, values, strict=True):
        shares[held] += Ranking(labels[held], ranked).placements
    return shares / np.maximum(np.bincount(rows.ravel(), minlength=len(labels)), 1)


def _gain(
    alone: NDArray[np.float64], baseline: NDArray[np.float64], labels: NDArray[np.int64]
) -> float:
    """Gain of the scores alone over the baseline, drawn towards what to expect.

    From each row's share of either AUC, (n_rows,), come both AUCs and the variance of their
    difference.
    """
    classes = [labels == label for label in (0, 1)]
    few = min(int(of_class.sum()) for of_class in classes)
    probits = _probit(np.array([alone[classes[1]].mean(), baseline[classes[1]].mean()]), few)
    difference = alone - baseline
    variance = sum(float(difference[c].var(ddof=1)) / int(c.sum()) for c in classes)
    slope = float(norm.pdf(probits.mean()))  # of the AUC by its probit
    variance = max(variance, 0.02 / few) / slope**2
    expected, spread = _expected_gain(few), 0.4
    weight = spread**2 / (spread**2 + variance)
    return expected + weight * (float(probits[0] - probits[1]) - expected)


def _expected_gain(few: int) -> float:
    """Gain of the scores alone over the baseline to expect, with so many rows of a class."""
    return 0.1 * math.log(50 / few)


def _probit(areas: NDArray[np.float64], few: int) -> NDArray[np.float64]:
    """``probit(AUC)``, of which AUCs near 1 and near 1/2 can be compared; finite at 0 and 1."""
    edge = 0.5 / few
    return np.asarray(ndtri(areas.clip(edge, 1 - edge)))
