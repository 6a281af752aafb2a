import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from laat_core.errors import ScoreError
from laat_core.model.objective import (
    attribution_gradient,
    attribution_pull,
    attribution_term,
    target_vector,
    unit,
)

SCORES = st.integers(min_value=-1000, max_value=1000).map(lambda score: score / 100)
SCALES = st.floats(min_value=1e-3, max_value=1e3)


def vectors(n_features: int = 5) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, n_features, elements=SCORES)


def pairs() -> st.SearchStrategy[tuple[np.ndarray, np.ndarray]]:
    """Attributions and scores, neither of them all zero."""
    some = vectors().filter(np.any)
    return st.tuples(some, some)


def gradient_of_term(attributions, target, gamma=1.0):
    """Gradient of gamma times the term, for batches."""
    pull = attribution_pull(torch.full((len(target),), gamma, dtype=target.dtype), target)
    return attribution_gradient(attributions, pull)


def term(attributions: np.ndarray, target: np.ndarray) -> float:
    batch = attribution_term(torch.from_numpy(attributions)[None], torch.from_numpy(target)[None])
    return float(batch[0])


@given(vectors().filter(np.any), SCALES)
def test_attributions_parallel_to_target_cost_nothing(scores, scale):
    assert term(scores * scale, target_vector(scores)) == pytest.approx(0, abs=1e-15)


@given(vectors().filter(np.any))
def test_attributions_against_target_cost_most(scores):
    assert term(-scores, target_vector(scores)) == pytest.approx(4 / len(scores))


@given(pairs(), SCALES)
def test_term_does_not_see_length_of_attributions(pair, scale):
    attributions, scores = pair
    target = target_vector(scores)
    assert term(attributions * scale, target) == pytest.approx(term(attributions, target))


@given(pairs(), SCALES)
def test_term_does_not_see_length_of_scores(pair, scale):
    attributions, scores = pair
    assert term(attributions, target_vector(scores * scale)) == pytest.approx(
        term(attributions, target_vector(scores))
    )


@given(pairs())
def test_term_is_bounded(pair):
    attributions, scores = pair
    assert 0 <= term(attributions, target_vector(scores)) <= 4 / len(scores) + 1e-15


@given(vectors())
def test_term_and_gradient_are_finite_without_scores_and_without_attributions(values):
    some, none = torch.from_numpy(values)[None], torch.zeros(1, len(values), dtype=torch.float64)
    for attributions, target in [(some, none), (none, unit(some)), (none, none)]:
        assert attribution_term(attributions, target).isfinite().all()
        assert gradient_of_term(attributions, target).isfinite().all()


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
@given(pair=pairs(), gamma=st.sampled_from([0.0, 1.0, 30.0]))
def test_gradient_is_that_of_autograd(dtype, tolerance, pair, gamma):
    attributions = torch.from_numpy(pair[0])[None].to(dtype).requires_grad_()
    target = torch.from_numpy(target_vector(pair[1]))[None].to(dtype)
    distance = attributions / attributions.norm(dim=-1, keepdim=True) - target
    (expected,) = torch.autograd.grad(gamma * (distance**2).mean(), attributions)
    # The gradient grows as the attributions shrink.
    scale = max(1.0, gamma / float(attributions.detach().norm()))
    got = gradient_of_term(attributions.detach(), target, gamma)
    torch.testing.assert_close(got, expected, rtol=0, atol=tolerance * scale)


def trusts(n_features: int = 5) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, n_features, elements=st.integers(0, 10).map(lambda part: part / 10))


def trusting_gradient(attributions, target, gamma, trust):
    """Gradient of the term with trust in single features, for one model."""
    pull = attribution_pull(torch.tensor([gamma], dtype=target.dtype), target[None], trust)
    return attribution_gradient(attributions[None], pull)[0]


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
@given(pair=pairs(), trust=trusts(), gamma=st.sampled_from([0.0, 1.0, 30.0]))
def test_gradient_with_trust_in_features_is_that_of_autograd(dtype, tolerance, pair, trust, gamma):
    attributions = torch.from_numpy(pair[0]).to(dtype).requires_grad_()
    target = torch.from_numpy(target_vector(pair[1])).to(dtype)
    trust = torch.from_numpy(trust).to(dtype)
    squares = (attributions / attributions.norm() - target) ** 2
    loss = (trust * squares).mean()
    (expected,) = torch.autograd.grad(gamma * loss, attributions)
    scale = max(1.0, gamma / float(attributions.detach().norm()))
    got = trusting_gradient(attributions.detach(), target, gamma, trust)
    torch.testing.assert_close(got, expected, rtol=0, atol=tolerance * scale)
    term_of = attribution_term(attributions.detach()[None], target[None], trust)[0]
    torch.testing.assert_close(term_of, loss.detach())


@given(pairs())
def test_full_trust_in_all_features_is_none_at_all(pair):
    attributions, target = torch.from_numpy(pair[0]), torch.from_numpy(target_vector(pair[1]))
    ones = torch.ones(5, dtype=torch.float64)
    plain = gradient_of_term(attributions[None], target[None], 3.0)[0]
    scale = max(1.0, 1 / float(attributions.norm()))
    got = trusting_gradient(attributions, target, 3.0, ones)
    torch.testing.assert_close(got, plain, rtol=0, atol=1e-12 * scale)
    terms = (attribution_term(attributions[None], target[None], c) for c in (ones, None))
    assert torch.equal(*terms)


@given(pairs(), trusts())
def test_without_trust_gamma_or_target_there_is_no_gradient_of_trusted_features(pair, trust):
    attributions, target = torch.from_numpy(pair[0]), torch.from_numpy(target_vector(pair[1]))
    trust = torch.from_numpy(trust)
    none = torch.zeros(5, dtype=torch.float64)
    for t, gamma, c in [(target, 3.0, none), (target, 0.0, trust), (none, 3.0, trust)]:
        assert not trusting_gradient(attributions, t, gamma, c).any()
    assert not attribution_term(attributions[None], target[None], none).any()
    assert trusting_gradient(none, target, 3.0, trust).isfinite().all()


@given(pairs(), trusts())
def test_trust_in_a_feature_never_adds_to_the_term(pair, trust):
    attributions, target = (torch.from_numpy(v)[None] for v in (pair[0], target_vector(pair[1])))
    loose = attribution_term(attributions, target, torch.from_numpy(trust))
    assert 0 <= loose <= attribution_term(attributions, target)


def test_every_model_may_have_its_own_trust_in_features():
    generator = torch.Generator().manual_seed(0)
    attributions, target = torch.randn(2, 3, 4, generator=generator, dtype=torch.float64)
    trust = torch.rand(3, 4, generator=generator, dtype=torch.float64)
    together = attribution_term(attributions, unit(target), trust)
    alone = [
        attribution_term(a[None], unit(t[None]), c)[0]
        for a, t, c in zip(attributions, target, trust, strict=True)
    ]
    torch.testing.assert_close(together, torch.stack(alone))


@given(vectors())
def test_without_a_target_there_is_no_gradient(attributions):
    gradient = gradient_of_term(torch.from_numpy(attributions)[None], torch.zeros(1, 5))
    assert not gradient.any()


def test_every_model_of_a_batch_has_its_own_term_and_gradient():
    generator = torch.Generator().manual_seed(0)
    attributions = torch.randn(7, 4, generator=generator, dtype=torch.float64)
    target = unit(torch.randn(7, 4, generator=generator, dtype=torch.float64))
    for function in (attribution_term, gradient_of_term):
        alone = [function(a[None], t[None])[0] for a, t in zip(attributions, target, strict=True)]
        torch.testing.assert_close(function(attributions, target), torch.stack(alone))


@given(arrays(np.float64, array_shapes(max_dims=3), elements=SCORES))
def test_target_has_unit_length_or_is_zero(scores):
    target = target_vector(scores)
    assert target.shape == scores.shape
    expected = scores.any(axis=-1).astype(float)
    np.testing.assert_allclose(np.linalg.norm(target, axis=-1), expected, atol=1e-12)


@given(vectors())
def test_linear_target_keeps_proportions_and_signs(scores):
    target = target_vector(scores)
    np.testing.assert_allclose(target * np.linalg.norm(scores), scores, atol=1e-12)


@given(vectors())
def test_exp_sharpens_scores_as_the_authors_do_and_leaves_zero(scores):
    sharp = np.sign(scores) * np.exp(np.abs(scores))
    target = target_vector(scores, "exp")
    np.testing.assert_allclose(target * np.linalg.norm(sharp), sharp, rtol=1e-9)
    assert (target[scores == 0] == 0).all()


@pytest.mark.parametrize("size", [800.0, 1e6, 1e308, 5e-324])
def test_extreme_scores_keep_a_direction(size):
    for transform in ("linear", "exp"):
        target = target_vector([size, -size, 0.0], transform)
        np.testing.assert_allclose(target, np.array([1, -1, 0]) / np.sqrt(2))


def test_negative_zero_and_no_features_have_no_target():
    assert not target_vector([-0.0, 0.0], "exp").any()
    assert target_vector([]).shape == (0,)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, None])
def test_scores_that_are_not_finite_are_refused(odd):
    with pytest.raises(ScoreError, match="finite"):
        target_vector([1.0, odd])


@pytest.mark.parametrize("odd", ["high", {}, [1.0, 2.0], 10**400])
def test_scores_that_are_no_numbers_are_refused(odd):
    with pytest.raises(ScoreError, match="must be numbers"):
        target_vector([1.0, odd])


@pytest.mark.parametrize("transform", ["cubic", "", None, "EXP"])
def test_unknown_transform_is_refused(transform):
    with pytest.raises(ScoreError, match="'linear' or 'exp'"):
        target_vector([1.0], transform)


def test_unit_leaves_zero_alone():
    np.testing.assert_allclose(unit(torch.tensor([[3.0, 4.0], [0.0, 0.0]])), [[0.6, 0.8], [0, 0]])
