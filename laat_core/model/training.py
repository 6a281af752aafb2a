"""Training of many small models in one call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor
from torch.optim.adam import adam

from laat_core.errors import DesignError
from laat_core.model.networks import Models
from laat_core.model.objective import attribution_pull

__all__ = ["threads_restored", "train"]

# Weight of the squared input gradients of features that are not to be used: a feature that would
# decide by itself keeps a hundredth of the attribution, or two. Much more weight holds back the
# output weights of a hidden layer, which then learns less of the other features too.
NOT_USED = 30.0

M = TypeVar("M", bound=Models)


@contextmanager
def threads_restored() -> Iterator[None]:
    """Give torch its number of threads back at the end, whatever happens in between."""
    before = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(before)


def train(
    models: M,
    X: Tensor,
    y: Tensor,
    gamma: Tensor,
    target: Tensor,
    *,
    max_epochs: int,
    learning_rate: float,
    batch_size: int | None,
    generator: torch.Generator,
    feature_trust: Tensor | None = None,
    not_used: Tensor | None = None,
    row_weights: Tensor | None = None,
    on_epoch: Callable[[int], None] | None = None,
) -> M:
    """Train a batch of models with Adam, in place.

    Parameters
    ----------
    models : LinearModels or HiddenModels
        The start; changed in place.
    X : Tensor of shape (n_models, n_rows, n_features)
        Encoded and scaled rows of each model.
    y : Tensor of shape (n_models, n_rows)
        Labels, 0 or 1.
    gamma : Tensor of shape (n_models,)
        Weight of the attribution term per model, 0 for a baseline.
    target : Tensor of shape (n_models, n_features)
        Unit vectors; zeros take the attribution term off.
    max_epochs : int
        Full passes over the rows.
    learning_rate : float
    batch_size : int or None
        More rows than this are taken in minibatches, shuffled anew in each pass; every model of
        the batch takes the same positions. None takes all rows in every step.
    generator : torch.Generator
        Source of the shuffling.
    feature_trust : Tensor of shape (n_features,), optional
        How firmly each feature is held to its target, 0 to 1; default 1.
    not_used : Tensor of int, shape (n_some,), optional
        Positions of features whose input gradient is pushed to zero on every single row, with or
        without scores: :data:`NOT_USED` times its square, mean over the rows, joins the loss.
    row_weights : Tensor of shape (n_models, n_rows), optional
        Weight of each row in every mean over the rows, the attribution's too; only their ratios
        count. In a minibatch a row weighs what it weighs among all rows. Default: all alike.
    on_epoch : callable, optional
        Called after each pass with the number of passes done. What it raises goes through and
        ends the training; the models are then half trained and of no use.

    Returns
    -------
    The same models, trained.

    Raises
    ------
    DesignError
        If the numbers of training overflow.

    Notes
    -----
    Torch is set to one thread: on models this small a second thread gains nothing, and it stalls
    for seconds beside another busy process. :func:`threads_restored` undoes that afterwards.
    """
    torch.set_num_threads(1)
    # The functional form: the optimizer class imports torch's compiler, over a second at start.
    parameters = list(models.parameters())
    means = [torch.zeros_like(p) for p in parameters]
    squares = [torch.zeros_like(p) for p in parameters]
    steps = [torch.zeros(()) for _ in parameters]
    with torch.inference_mode():
        labels = y[:, None]  # (m, 1, n)
        pull = attribution_pull(gamma[:, None], target[:, None], feature_trust)  # (m, 1, d)
        weights = None  # mean 1 over all rows
        if row_weights is not None:
            weights = (row_weights / row_weights.mean(dim=-1, keepdim=True))[:, None]  # (m, 1, n)
        for epoch in range(1, max_epochs + 1):
            for rows in _batches(X.shape[1], batch_size, generator):
                batch = (X, labels) if rows is None else (X[:, rows], labels[:, :, rows])
                row_shares = _row_shares(weights, rows)
                gradients = list(models.gradients(*batch, pull, row_shares))
                if not_used is not None:
                    parts = models.slope_gradients(batch[0], not_used, row_shares)
                    for whole, part in zip(gradients, parts, strict=True):
                        whole.add_(part, alpha=NOT_USED)
                adam(
                    parameters,
                    gradients,
                    means,
                    squares,
                    [],
                    steps,
                    lr=learning_rate,
                    beta1=0.9,
                    beta2=0.999,
                    eps=1e-8,
                    weight_decay=0.0,
                    amsgrad=False,
                    maximize=False,
                    fused=True,
                )
            if on_epoch:
                with torch.inference_mode(False):  # the listener may calculate as it likes
                    on_epoch(epoch)
    # Where a square is infinite, Adam's steps have been zero.
    if not all(bool(numbers.isfinite().all()) for numbers in (*parameters, *squares)):
        raise DesignError(
            "Training went beyond the range of numbers. Scale the features, or lower the "
            "learning rate."
        )
    return models


def _row_shares(weights: Tensor | None, rows: Tensor | None) -> Tensor | None:
    """Each row's part in the means of a step, (n_models, 1, n_batch); None where all are alike."""
    if weights is None:
        return None
    taken = weights if rows is None else weights[:, :, rows]
    return taken / taken.shape[-1]


def _batches(
    n_rows: int, batch_size: int | None, generator: torch.Generator
) -> Iterator[Tensor | None]:
    """Row positions of each step of a pass; None for all rows, which spares a copy."""
    if batch_size is None or n_rows <= batch_size:
        yield None
    else:
        yield from torch.split(torch.randperm(n_rows, generator=generator), batch_size)
