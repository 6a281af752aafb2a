"""An independent reference: one model at a time, every gradient by autograd."""

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

Loss = Callable[..., Tensor]


@pytest.fixture(scope="session")
def reference_loss() -> Loss:
    """Loss of one model: parameters, rows, labels, gamma, target, trust and weights of slopes."""
    return _loss


def _loss(
    parameters: Sequence[Tensor],
    X: Tensor,
    y: Tensor,
    gamma: float,
    target: Tensor,
    trust: Tensor | float = 1.0,
    slope_weights: Tensor | float = 0.0,
) -> Tensor:
    X = X.detach().clone().requires_grad_()
    *hidden, weights, bias = parameters
    rows = X
    if hidden:
        rows = torch.relu(X @ hidden[0].T + hidden[1])
    logits = rows @ weights.flatten() + bias.flatten()
    (gradient,) = torch.autograd.grad(logits.sum(), X, create_graph=True)
    attribution = gradient.mean(dim=0)
    distance = attribution / attribution.norm() - target
    aligned = gamma * (trust * distance**2).mean()
    slopes = (slope_weights * gradient**2).sum(dim=1).mean()
    return binary_cross_entropy_with_logits(logits, y) + aligned + slopes
