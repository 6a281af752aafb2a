"""The two model families, each as a batch of models with closed-form gradients.

A batch of ``m`` models is a set of tensors whose first axis is the model. Gradients are written
out because one Adam step on 40 small models then costs a few matrix products; autograd is the
reference in the tests.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from laat_core.model.objective import Pull, attribution_gradient

__all__ = ["HiddenModels", "LinearModels", "Models", "models_of", "start"]


class Models(ABC):
    """A batch of models: a dataclass of tensors whose first axis is the model.

    What is a vector per model lies as a row, (n_models, 1, size): with the vector on the left,
    torch multiplies small matrices several times faster than with a column on the right.
    """

    @abstractmethod
    def logits(self, X: Tensor) -> Tensor:
        """Logit of the positive class, (n_models, n_rows), for rows (n_models or 1, n_rows, d)."""

    @abstractmethod
    def attributions(self, X: Tensor, row_shares: Tensor | None = None) -> Tensor:
        """Mean input gradient of the logit over the rows, (n_models, n_features).

        With ``row_shares`` (n_models, 1, n_rows), the weight of each row in that mean.
        """

    @abstractmethod
    def contributions(self, X: Tensor, usual: Tensor) -> Tensor:
        """What each feature adds to the logit of a row against that of a usual row.

        Integrated gradients on the straight line between the two (Sundararajan, Taly, Yan 2017,
        "Axiomatic Attribution for Deep Networks", arXiv 1703.01365), in closed form; they sum to
        the difference of the logits.

        Parameters
        ----------
        X : Tensor of shape (n_models, n_rows, n_features)
        usual : Tensor of shape (n_models, 1, n_features)

        Returns
        -------
        Tensor of shape (n_models, n_rows, n_features)
        """

    @abstractmethod
    def gradients(
        self, X: Tensor, y: Tensor, pull: Pull, row_shares: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        """Gradient of the loss for every parameter, in the order of :meth:`parameters`.

        Parameters
        ----------
        X : Tensor of shape (n_models, n_rows, n_features)
        y : Tensor of shape (n_models, 1, n_rows)
        pull : Pull
            Of the scores, (n_models, 1, n_features).
        row_shares : Tensor of shape (n_models, 1, n_rows), optional
            Weight of each row in every mean over the rows: of the log loss, and of the input
            gradient that the attribution is. Default: 1 / n_rows.
        """

    @abstractmethod
    def slopes(self, X: Tensor, features: Tensor) -> Tensor:
        """Input gradient of each row's logit by some features, (n_models, n_rows, n_some).

        Parameters
        ----------
        X : Tensor of shape (n_models, n_rows, n_features)
        features : Tensor of int, shape (n_some,)
            Positions.
        """

    @abstractmethod
    def slope_gradients(
        self, X: Tensor, features: Tensor, row_shares: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        """Gradient of the squared :meth:`slopes`, summed over features, mean over rows.

        For every parameter, in the order of :meth:`parameters`; ``row_shares`` are those of
        :meth:`gradients`.
        """

    def parameters(self) -> tuple[Tensor, ...]:
        """Every parameter, first axis the model."""
        return tuple(vars(self).values())

    def repeat(self, times: int) -> Self:
        """Return a batch of ``times`` copies of these models, one after the other."""
        return type(self)(*(p.repeat((times,) + (1,) * (p.ndim - 1)) for p in self.parameters()))

    def select(self, models: slice) -> Self:
        """Return some of these models."""
        return type(self)(*(p[models] for p in self.parameters()))

    def double(self) -> Self:
        """Return these models in double precision."""
        return type(self)(*(p.double() for p in self.parameters()))


@dataclass(frozen=True)
class LinearModels(Models):
    """Logistic regressions: ``f(x) = w . x + b``; the attribution is ``w``.

    Attributes
    ----------
    weights : Tensor of shape (n_models, 1, n_features)
    bias : Tensor of shape (n_models, 1, 1)
    """

    weights: Tensor
    bias: Tensor

    def logits(self, X: Tensor) -> Tensor:
        if X.shape[0] == 1:  # the same rows for every model: one product instead of m
            return torch.addmm(self.bias[:, 0], self.weights[:, 0], X[0].T)
        return torch.baddbmm(self.bias, self.weights, X.mT)[:, 0]

    def attributions(self, X: Tensor, row_shares: Tensor | None = None) -> Tensor:  # noqa: ARG002
        return self.weights[:, 0]  # the same for any rows

    def contributions(self, X: Tensor, usual: Tensor) -> Tensor:
        return self.weights * (X - usual)

    def gradients(
        self, X: Tensor, y: Tensor, pull: Pull, row_shares: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        logits = torch.baddbmm(self.bias, self.weights, X.mT)
        residual = _residual(logits, y, row_shares)  # (m, 1, n)
        weights = torch.baddbmm(attribution_gradient(self.weights, pull), residual, X)
        return weights, residual.sum(dim=-1, keepdim=True)

    def slopes(self, X: Tensor, features: Tensor) -> Tensor:
        return self.weights[:, :, features].expand(-1, X.shape[1], -1)

    def slope_gradients(
        self,
        X: Tensor,  # noqa: ARG002 - the slope is the same in every row
        features: Tensor,
        row_shares: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        weights = torch.zeros_like(self.weights)
        weights[:, :, features] = 2 * self.weights[:, :, features]
        if row_shares is not None:
            weights.mul_(row_shares.sum(dim=-1, keepdim=True))  # 1, unless the rows are a minibatch
        return weights, torch.zeros_like(self.bias)


@dataclass(frozen=True)
class HiddenModels(Models):
    """One hidden ReLU layer: ``f(x) = v . relu(W x + c) + b``.

    With ``s`` the share of rows on which a hidden unit is active, the attribution is
    ``W^T (s * v)``; ``s`` is constant almost everywhere, so its gradient is zero.

    Attributes
    ----------
    hidden_weights : Tensor of shape (n_models, n_hidden, n_features)
    hidden_bias : Tensor of shape (n_models, 1, n_hidden)
    weights : Tensor of shape (n_models, 1, n_hidden)
    bias : Tensor of shape (n_models, 1, 1)
    """

    hidden_weights: Tensor
    hidden_bias: Tensor
    weights: Tensor
    bias: Tensor

    def logits(self, X: Tensor) -> Tensor:
        hidden = self._hidden(X).clamp_min_(0.0)
        return torch.baddbmm(self.bias, self.weights, hidden.mT)[:, 0]

    def attributions(self, X: Tensor, row_shares: Tensor | None = None) -> Tensor:
        active = (self._hidden(X) > 0).to(X.dtype)  # (m, n, h)
        return torch.bmm(_mean(active, row_shares) * self.weights, self.hidden_weights)[:, 0]

    def contributions(self, X: Tensor, usual: Tensor) -> Tensor:
        # On the line a hidden unit goes evenly from one end to the other, so that the share of
        # the line on which it is active, all that the integral asks for, is a ratio.
        ends = self._hidden(X), self._hidden(usual)
        low, high = torch.minimum(*ends).clamp_max(0.0), torch.maximum(*ends)
        tiny = torch.finfo(X.dtype).tiny
        share = high.clamp_min(0.0) / (high - low).clamp_min(tiny)  # (m, n, h)
        return torch.bmm(share * self.weights, self.hidden_weights) * (X - usual)

    def gradients(
        self, X: Tensor, y: Tensor, pull: Pull, row_shares: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        hidden = self._hidden(X)  # (m, n, h)
        active = (hidden > 0).to(X.dtype)
        hidden.clamp_min_(0.0)
        logits = torch.baddbmm(self.bias, self.weights, hidden.mT)
        residual = _residual(logits, y, row_shares)  # (m, 1, n)

        share = _mean(active, row_shares)  # (m, 1, h)
        effect = share * self.weights  # of a hidden unit on the attribution, (m, 1, h)
        back = active.mul_(residual.mT).mul_(self.weights)  # (m, n, h)
        attributions = torch.bmm(effect, self.hidden_weights)  # (m, 1, d)
        by_attributions = attribution_gradient(attributions, pull)  # (m, 1, d)

        hidden_weights = torch.bmm(back.mT, X).baddbmm_(effect.mT, by_attributions)  # (m, h, d)
        weights = torch.bmm(residual, hidden)  # (m, 1, h)
        weights.addcmul_(share, torch.bmm(by_attributions, self.hidden_weights.mT))
        return (
            hidden_weights,
            back.sum(dim=1, keepdim=True),
            weights,
            residual.sum(dim=-1, keepdim=True),
        )

    def slopes(self, X: Tensor, features: Tensor) -> Tensor:
        active = (self._hidden(X) > 0).to(X.dtype)
        return torch.bmm(active * self.weights, self.hidden_weights[:, :, features])

    def slope_gradients(
        self, X: Tensor, features: Tensor, row_shares: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        active = (self._hidden(X) > 0).to(X.dtype)  # (m, n, h)
        effect = active * self.weights
        some = self.hidden_weights[:, :, features]  # (m, h, z)
        back = torch.bmm(effect, some).mul_(  # (m, n, z)
            2 / X.shape[1] if row_shares is None else 2 * row_shares.mT
        )
        hidden_weights = torch.zeros_like(self.hidden_weights)
        hidden_weights[:, :, features] = torch.bmm(effect.mT, back)
        weights = (active * torch.bmm(back, some.mT)).sum(dim=1, keepdim=True)
        zeros = torch.zeros_like(self.hidden_bias), torch.zeros_like(self.bias)
        return hidden_weights, zeros[0], weights, zeros[1]

    def _hidden(self, X: Tensor) -> Tensor:
        """Hidden units before the ReLU, (n_models, n_rows, n_hidden)."""
        rows = X.expand(self.weights.shape[0], -1, -1)
        return torch.baddbmm(self.hidden_bias, rows, self.hidden_weights.mT)


def _residual(logits: Tensor, y: Tensor, row_shares: Tensor | None) -> Tensor:
    """Gradient of the mean cross-entropy with respect to the logits, which it overwrites."""
    errors = logits.sigmoid_().sub_(y)
    return errors.div_(y.shape[-1]) if row_shares is None else errors.mul_(row_shares)


def _mean(active: Tensor, row_shares: Tensor | None) -> Tensor:
    """Mean of (n_models, n_rows, n_hidden) over the rows, (n_models, 1, n_hidden)."""
    return active.mean(dim=1, keepdim=True) if row_shares is None else torch.bmm(row_shares, active)


def start(
    n_models: int, n_features: int, hidden_layer_sizes: tuple[int, ...], generator: torch.Generator
) -> Models:
    """Draw untrained models.

    Weights and biases are uniform in ``±1 / sqrt(fan in)``, as ``torch.nn.Linear`` draws them.

    Parameters
    ----------
    n_models, n_features : int
    hidden_layer_sizes : tuple of int
        ``()`` for logistic regressions, ``(h,)`` for one hidden layer of ``h`` units.
    generator : torch.Generator
        Source of the draws.

    Returns
    -------
    LinearModels or HiddenModels
    """

    def draw(fan_in: int, *shape: int) -> Tensor:
        drawn: Tensor = (2 * torch.rand(n_models, *shape, generator=generator) - 1) / fan_in**0.5
        return drawn

    if not hidden_layer_sizes:
        return LinearModels(draw(n_features, 1, n_features), draw(n_features, 1, 1))
    (n_hidden,) = hidden_layer_sizes
    return HiddenModels(
        draw(n_features, n_hidden, n_features),
        draw(n_features, 1, n_hidden),
        draw(n_hidden, 1, n_hidden),
        draw(n_hidden, 1, 1),
    )


def models_of(parameters: Sequence[Tensor]) -> Models:
    """Make a batch of models of its parameters, in the order of :meth:`Models.parameters`.

    Examples
    --------
    >>> models = models_of([torch.ones(1, 1, 2), torch.zeros(1, 1, 1)])
    >>> models.logits(torch.tensor([[[1.0, 2.0]]]))
    tensor([[3.]])
    """
    return (LinearModels if len(parameters) == 2 else HiddenModels)(*parameters)
