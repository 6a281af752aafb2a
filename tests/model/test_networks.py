import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from laat_core.model.networks import HiddenModels, LinearModels, models_of, start
from laat_core.model.objective import attribution_pull, unit

FAMILIES = pytest.mark.parametrize("hidden", [(), (7,)], ids=["linear", "hidden"])
PRECISIONS = pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)]
)


def batch(seed, n_models, n_rows, n_features, hidden, dtype=torch.float64):
    """Models, rows, labels, gamma and target of a batch."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    models = start(n_models, n_features, hidden, generator)
    X = normal(n_models, n_rows, n_features)
    y = (normal(n_models, n_rows) > 0).double()
    gamma = 3 * normal(n_models).abs()
    target = unit(normal(n_models, n_features))
    models = type(models)(*(p.to(dtype) for p in models.parameters()))
    return models, *(tensor.to(dtype) for tensor in (X, y, gamma, target))


def gradients(models, X, y, gamma, target, trust=None, row_shares=None):
    pull = attribution_pull(gamma[:, None], target[:, None], trust)
    return models.gradients(X, y[:, None], pull, row_shares)


@pytest.mark.slow
@FAMILIES
@PRECISIONS
@given(
    seed=st.integers(0, 1000),
    n_models=st.integers(1, 4),
    n_rows=st.integers(1, 6),
    n_features=st.integers(1, 5),
    trusting=st.booleans(),
)
def test_gradients_are_those_of_autograd_on_the_whole_loss(
    hidden, dtype, tolerance, seed, n_models, n_rows, n_features, trusting, reference_loss
):
    models, X, y, gamma, target = batch(seed, n_models, n_rows, n_features, hidden, dtype)
    lengths = models.attributions(X).norm(dim=-1)
    assume(lengths.gt(1e-3).all())  # at length 0 autograd has no gradient to give
    # Features are trusted alike, or each otherwise, from not at all to fully.
    trust = torch.linspace(0, 1, n_features, dtype=dtype) if trusting else None
    got = gradients(models, X, y, gamma, target, trust)
    for number in range(n_models):
        parameters = [p[number].clone().requires_grad_() for p in models.parameters()]
        problem = X[number], y[number], gamma[number], target[number]
        loss = reference_loss(parameters, *problem, *([] if trust is None else [trust]))
        expected = torch.autograd.grad(loss, parameters)
        scale = 1 + float(gamma[number] / lengths[number])  # the size of what is added up
        for one, other in zip(got, expected, strict=True):
            torch.testing.assert_close(one[number], other, rtol=0, atol=tolerance * scale)


@FAMILIES
@PRECISIONS
@given(seed=st.integers(0, 1000), n_rows=st.integers(1, 6), features=st.sets(st.integers(0, 3)))
def test_slopes_of_some_features_and_their_gradients_are_those_of_autograd(
    hidden, dtype, tolerance, seed, n_rows, features
):
    models, X, *_ = batch(seed, 3, n_rows, 4, hidden, dtype)
    some = torch.tensor(sorted(features), dtype=torch.int64)
    slopes = models.slopes(X, some)
    assert slopes.shape == (3, n_rows, len(some))
    torch.testing.assert_close(
        models.slopes(X, torch.arange(4)).mean(dim=1), models.attributions(X), rtol=0, atol=1e-5
    )
    got = models.slope_gradients(X, some)
    for number in range(3):
        parameters = [p[number].clone().requires_grad_() for p in models.parameters()]
        rows = X[number].clone().requires_grad_()
        *layer, weights, bias = parameters
        inner = torch.relu(rows @ layer[0].T + layer[1]) if layer else rows
        logits = inner @ weights.flatten() + bias.flatten()
        (gradient,) = torch.autograd.grad(logits.sum(), rows, create_graph=True)
        torch.testing.assert_close(slopes[number], gradient[:, some].detach())
        loss = gradient[:, some].square().sum(dim=1).mean() + 0 * logits.sum()
        expected = torch.autograd.grad(loss, parameters)
        for one, other in zip(got, expected, strict=True):
            torch.testing.assert_close(one[number], other, rtol=0, atol=10 * tolerance)


@FAMILIES
@given(
    seed=st.integers(0, 1000),
    weights=st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=5, max_size=5),
)
def test_gradients_of_weighted_rows_are_those_of_autograd(hidden, seed, weights, reference_loss):
    assume(any(weights))
    models, X, y, gamma, target = batch(seed, 3, 5, 4, hidden)
    row_weights = torch.tensor(weights, dtype=torch.float64)
    shares = (row_weights / row_weights.sum()).expand(3, 1, -1)
    lengths = models.attributions(X, shares).norm(dim=-1)
    assume(lengths.gt(1e-3).all())
    some = torch.tensor([0, 2])
    slope_weights = torch.tensor([1.0, 0.0, 1.0, 0.0], dtype=torch.float64)
    got = [
        whole + part
        for whole, part in zip(
            gradients(models, X, y, gamma, target, row_shares=shares),
            models.slope_gradients(X, some, shares),
            strict=True,
        )
    ]
    for number in range(3):
        parameters = [p[number].clone().requires_grad_() for p in models.parameters()]
        problem = X[number], y[number], gamma[number], target[number]
        loss = reference_loss(
            parameters, *problem, slope_weights=slope_weights, row_weights=row_weights
        )
        expected = torch.autograd.grad(loss, parameters)
        scale = 1 + float(gamma[number] / lengths[number])
        for one, other in zip(got, expected, strict=True):
            torch.testing.assert_close(one[number], other, rtol=0, atol=1e-9 * scale)


@FAMILIES
def test_shares_that_are_alike_are_a_plain_mean(hidden):
    models, X, y, gamma, target = batch(9, 3, 8, 4, hidden)
    shares = torch.full((3, 1, 8), 1 / 8, dtype=torch.float64)
    torch.testing.assert_close(models.attributions(X, shares), models.attributions(X))
    for weighted, plain in zip(
        gradients(models, X, y, gamma, target, row_shares=shares),
        gradients(models, X, y, gamma, target),
        strict=True,
    ):
        torch.testing.assert_close(weighted, plain)


@FAMILIES
def test_a_batch_is_made_again_of_its_parameters(hidden):
    models, X, *_ = batch(8, 3, 5, 4, hidden)
    again = models_of(models.parameters())
    assert type(again) is type(models)
    assert torch.equal(again.logits(X), models.logits(X))


@FAMILIES
def test_logits_and_attributions_are_those_of_a_plain_network(hidden):
    models, X, *_ = batch(3, 3, 9, 4, hidden)
    for number in range(3):
        rows = X[number].clone().requires_grad_()
        *layer, weights, bias = (p[number] for p in models.parameters())
        inner = torch.relu(rows @ layer[0].T + layer[1]) if layer else rows
        logits = inner @ weights[0] + bias[0]
        (gradient,) = torch.autograd.grad(logits.sum(), rows)
        torch.testing.assert_close(models.logits(X)[number], logits.detach())
        torch.testing.assert_close(models.attributions(X)[number], gradient.mean(dim=0))


@FAMILIES
def test_rows_given_once_serve_every_model(hidden):
    models, X, *_ = batch(4, 3, 9, 4, hidden)
    every = X[:1].expand(3, -1, -1)
    torch.testing.assert_close(models.logits(X[:1]), models.logits(every))
    torch.testing.assert_close(models.attributions(X[:1]), models.attributions(every))


@FAMILIES
def test_gradients_leave_models_and_rows_as_they_were(hidden):
    models, X, y, gamma, target = batch(5, 2, 6, 3, hidden)
    before = [tensor.clone() for tensor in (*models.parameters(), X, y, gamma, target)]
    gradients(models, X, y, gamma, target)
    models.logits(X)
    after = [*models.parameters(), X, y, gamma, target]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_network_without_active_units_has_no_attribution_and_a_finite_gradient():
    models, X, y, gamma, target = batch(6, 2, 6, 3, (4,))
    models = HiddenModels(
        models.hidden_weights, torch.full_like(models.hidden_bias, -1e3), *models.parameters()[2:]
    )
    assert not models.attributions(X).any()
    assert all(g.isfinite().all() for g in gradients(models, X, y, gamma, target))


@FAMILIES
def test_parameters_come_in_the_order_of_the_gradients(hidden):
    models, X, y, gamma, target = batch(7, 2, 6, 3, hidden)
    shapes = [p.shape for p in models.parameters()]
    assert [g.shape for g in gradients(models, X, y, gamma, target)] == shapes


@FAMILIES
def test_repeat_select_and_double_keep_the_numbers(hidden):
    models = start(3, 4, hidden, torch.Generator().manual_seed(0))
    repeated = models.repeat(2)
    for part in (repeated.select(slice(0, 3)), repeated.select(slice(3, 6)), models.double()):
        assert type(part) is type(models)
        for one, other in zip(part.parameters(), models.parameters(), strict=True):
            assert torch.equal(one, other.to(one.dtype))
    assert {p.dtype for p in models.double().parameters()} == {torch.float64}


@FAMILIES
def test_start_is_drawn_as_torch_draws_it_and_by_the_generator_alone(hidden):
    first, second = (start(50, 16, hidden, torch.Generator().manual_seed(1)) for _ in range(2))
    assert isinstance(first, HiddenModels if hidden else LinearModels)
    fan_in = [16, 16, 7, 7] if hidden else [16, 16]
    for one, other, size in zip(first.parameters(), second.parameters(), fan_in, strict=True):
        assert torch.equal(one, other)
        bound = 1 / math.sqrt(size)
        assert one.abs().max() <= bound
        assert one.abs().mean() == pytest.approx(bound / 2, rel=0.2)


@FAMILIES
@PRECISIONS
@given(seed=st.integers(0, 1000), n_rows=st.integers(1, 4), n_features=st.integers(1, 5))
def test_contributions_are_integrated_gradients_and_sum_to_the_difference(
    hidden, dtype, tolerance, seed, n_rows, n_features
):
    models, X, *_ = batch(seed, 3, n_rows + 1, n_features, hidden, dtype)
    X, usual = 3 * X[:, :-1], X[:, -1:]
    got = models.contributions(X, usual)
    difference = models.logits(X) - models.logits(usual)
    torch.testing.assert_close(got.sum(dim=-1), difference, rtol=0, atol=10 * tolerance)

    n_steps = 1000  # midpoints of the line; at each kink of a unit half a step may be wrong
    shares = ((torch.arange(n_steps, dtype=torch.float64) + 0.5) / n_steps).to(dtype)
    line = usual[:, :, None] + shares[:, None] * (X - usual)[:, :, None]  # (m, n, steps, d)
    points = line.flatten(1, 2).requires_grad_()
    (slopes,) = torch.autograd.grad(models.logits(points).sum(), points)
    expected = slopes.reshape(line.shape).mean(dim=2) * (X - usual)
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-2 if hidden else 10 * tolerance)


@FAMILIES
def test_contributions_where_nothing_differs_are_zero(hidden):
    models, X, *_ = batch(0, 2, 3, 4, hidden)
    usual = X[:, :1]
    got = models.contributions(X, usual)
    assert (got[:, 0] == 0).all()
    X[:, :, 1] = usual[:, :, 1]
    assert (models.contributions(X, usual)[:, :, 1] == 0).all()


def test_contributions_are_finite_where_a_unit_is_at_its_kink():
    zero = torch.zeros(1, 2, 2)
    models = HiddenModels(zero, zero[:, :1], torch.ones(1, 1, 2), torch.ones(1, 1, 1))
    assert (models.contributions(torch.ones(1, 1, 2), torch.zeros(1, 1, 2)) == 0).all()
