"""An independent reference: one model at a time, every gradient by autograd."""

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

Loss = Callable[..., Tensor]


@pytest.fixture(scope="session")
def reference_loss() -> Loss:
    """Loss of one model: parameters, rows, labels, gamma, target, trust, slope and row weights."""
    return _loss


def _loss(
    parameters: Sequence[Tensor],
    X: Tensor,
    y: Tensor,
    gamma: float,
    target: Tensor,
    trust: Tensor | float = 1.0,
    slope_weights: Tensor | float = 0.0,
    row_weights: Tensor | None = None,
) -> Tensor:
    X = X.detach().clone().requires_grad_()
    *hidden, weights, bias = parameters
    rows = X
    if hidden:
        rows = torch.relu(X @ hidden[0].T + hidden[1])
    logits = rows @ weights.flatten() + bias.flatten()
    (gradient,) = torch.autograd.grad(logits.sum(), X, create_graph=True)
    weights_of_rows = torch.ones_like(y) if row_weights is None else row_weights
    parts = weights_of_rows / weights_of_rows.sum()
    attribution = parts @ gradient
    distance = attribution / attribution.norm() - target
    aligned = gamma * (trust * distance**2).mean()
    slopes = parts @ (slope_weights * gradient**2).sum(dim=1)
    entropies = binary_cross_entropy_with_logits(logits, y, reduction="none")
    return parts @ entropies + aligned + slopes
