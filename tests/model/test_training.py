import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest
import torch

from laat_core.errors import DesignError
from laat_core.model.networks import LinearModels, start
from laat_core.model.objective import unit
from laat_core.model.training import NOT_USED, threads_restored, train

FAMILIES = pytest.mark.parametrize("hidden", [(), (10,)], ids=["linear", "hidden"])


def problem(n_models=4, n_rows=20, n_features=6, seed=0):
    """Rows, labels, gamma and target of a batch."""
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n_models, n_rows, n_features, generator=generator)
    y = (torch.rand(n_models, n_rows, generator=generator) > 0.5).float()
    gamma = torch.tensor([0.0, 1.0, 10.0, 100.0]).repeat(n_models)[:n_models]
    target = unit(torch.randn(n_models, n_features, generator=generator))
    return X, y, gamma, target


def fit(
    models,
    X,
    y,
    gamma,
    target,
    trust=None,
    max_epochs=60,
    batch_size=None,
    seed=1,
    on_epoch=None,
    not_used=None,
    row_weights=None,
):
    return train(
        models,
        X,
        y,
        gamma,
        target,
        max_epochs=max_epochs,
        learning_rate=0.01,
        batch_size=batch_size,
        generator=torch.Generator().manual_seed(seed),
        feature_trust=trust,
        not_used=not_used,
        row_weights=row_weights,
        on_epoch=on_epoch,
    )


def fresh(hidden, n_models=4, n_features=6):
    return start(n_models, n_features, hidden, torch.Generator().manual_seed(2))


def as_bytes(models):
    return b"".join(p.numpy().tobytes() for p in models.parameters())


@pytest.mark.slow
@FAMILIES
@pytest.mark.parametrize("trust", [(1.0,) * 6, (1.0, 0.1, 0.5, 0.0, 1.0, 0.7)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-4)])
def test_a_batch_is_trained_as_each_model_alone_by_autograd_and_adam(
    hidden, dtype, tolerance, trust, reference_loss
):
    trust = torch.tensor(trust, dtype=dtype)
    X, y, gamma, target = (tensor.to(dtype) for tensor in problem())
    models = fresh(hidden)
    models = type(models)(*(p.to(dtype) for p in models.parameters()))
    expected = []
    for number in range(4):
        parameters = [p[number].clone().requires_grad_() for p in models.parameters()]
        optimizer = torch.optim.Adam(parameters, lr=0.01)
        for _ in range(60):
            optimizer.zero_grad()
            reference_loss(
                parameters, X[number], y[number], float(gamma[number]), target[number], trust
            ).backward()
            optimizer.step()
        expected.append([p.detach() for p in parameters])
    fit(models, X, y, gamma, target, None if trust.eq(1).all() else trust)
    for got, *alone in zip(models.parameters(), *expected, strict=True):
        torch.testing.assert_close(got, torch.stack(alone), rtol=0, atol=tolerance)


@FAMILIES
def test_features_that_are_not_used_are_trained_as_by_autograd_and_adam(hidden, reference_loss):
    X, y, gamma, target = (tensor.double() for tensor in problem())
    models = fresh(hidden).double()
    weights = torch.zeros(6, dtype=torch.float64)
    weights[[1, 4]] = NOT_USED
    expected = []
    for number in range(4):
        parameters = [p[number].clone().requires_grad_() for p in models.parameters()]
        optimizer = torch.optim.Adam(parameters, lr=0.01)
        for _ in range(60):
            optimizer.zero_grad()
            reference_loss(
                parameters,
                X[number],
                y[number],
                float(gamma[number]),
                target[number],
                slope_weights=weights,
            ).backward()
            optimizer.step()
        expected.append([p.detach() for p in parameters])
    fit(models, X, y, gamma, target, not_used=torch.tensor([1, 4]))
    for got, *alone in zip(models.parameters(), *expected, strict=True):
        torch.testing.assert_close(got, torch.stack(alone), rtol=0, atol=1e-9)


@FAMILIES
def test_weighted_rows_are_trained_as_by_autograd_and_adam(hidden, reference_loss):
    X, y, gamma, target = (tensor.double() for tensor in problem())
    models = fresh(hidden).double()
    row_weights = (torch.arange(80) % 4).reshape(4, 20).double()
    slope_weights = torch.zeros(6, dtype=torch.float64)
    slope_weights[2] = NOT_USED
    expected = []
    for number in range(4):
        parameters = [p[number].clone().requires_grad_() for p in models.parameters()]
        optimizer = torch.optim.Adam(parameters, lr=0.01)
        for _ in range(60):
            optimizer.zero_grad()
            reference_loss(
                parameters,
                X[number],
                y[number],
                float(gamma[number]),
                target[number],
                slope_weights=slope_weights,
                row_weights=row_weights[number],
            ).backward()
            optimizer.step()
        expected.append([p.detach() for p in parameters])
    fit(models, X, y, gamma, target, not_used=torch.tensor([2]), row_weights=row_weights)
    for got, *alone in zip(models.parameters(), *expected, strict=True):
        torch.testing.assert_close(got, torch.stack(alone), rtol=0, atol=1e-9)


@FAMILIES
@pytest.mark.parametrize("batch_size", [None, 7])
def test_only_ratios_of_row_weights_count(hidden, batch_size):
    X, y, gamma, target = (tensor.double() for tensor in problem())
    weights = 1 + (torch.arange(80) % 4).reshape(4, 20).double()
    one, other, alike, plain = (
        fit(
            fresh(hidden).double(),
            X,
            y,
            gamma,
            target,
            batch_size=batch_size,
            not_used=torch.tensor([2]),
            row_weights=row_weights,
        ).parameters()
        for row_weights in (weights, 1000 * weights, torch.full_like(weights, 0.3), None)
    )
    for first, second in zip([*one, *alike], [*other, *plain], strict=True):
        torch.testing.assert_close(first, second, rtol=0, atol=1e-9)
    assert not torch.allclose(one[0], plain[0])


@FAMILIES
def test_minibatches_of_rows_without_weight_leave_numbers_finite(hidden):
    X, y, gamma, target = problem()
    weights = torch.zeros(4, 20)
    weights[:, 3:5] = 1.0
    models = fit(fresh(hidden), X, y, gamma, target, batch_size=4, row_weights=weights)
    assert all(p.isfinite().all() for p in models.parameters())


def test_threads_are_restored_after_an_error_too():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        with threads_restored():
            torch.set_num_threads(1)
        assert torch.get_num_threads() == 2
        with pytest.raises(DesignError, match="beyond the range"), threads_restored():
            fit(fresh(()), 1e30 * problem()[0], *problem()[1:])
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@FAMILIES
def test_what_is_not_used_has_no_say_on_any_row_with_or_without_scores(hidden):
    X, y, gamma, target = problem(n_rows=200)
    y = (X[:, :, 1] > 0).float()  # it decides by itself
    target[:, 1] = 0.0
    held = torch.tensor([1])
    free, without = (
        fit(fresh(hidden), X, y, gamma, unit(target), max_epochs=300, not_used=not_used)
        .slopes(X, held)
        .square()
        .mean(dim=(1, 2))
        .sqrt()
        for not_used in (None, held)
    )
    assert (without < 0.02).all()
    assert without[0] < 0.02 * free[0]  # gamma 0: nothing else holds it


@FAMILIES
@pytest.mark.parametrize("batch_size", [None, 7])
def test_a_batch_gives_what_each_model_alone_gives(hidden, batch_size):
    X, y, gamma, target = problem()
    together = fit(fresh(hidden), X, y, gamma, target, batch_size=batch_size)
    for number in range(4):
        one = slice(number, number + 1)
        models = start(4, 6, hidden, torch.Generator().manual_seed(2)).select(one)
        alone = fit(models, X[one], y[one], gamma[one], target[one], batch_size=batch_size)
        for got, expected in zip(
            together.select(one).parameters(), alone.parameters(), strict=True
        ):
            torch.testing.assert_close(got, expected, rtol=0, atol=1e-5)


@FAMILIES
def test_training_is_in_place_and_returns_the_same_models(hidden):
    models = fresh(hidden)
    before = as_bytes(models)
    assert fit(models, *problem()) is models
    assert as_bytes(models) != before


@FAMILIES
@pytest.mark.parametrize("batch_size", [None, 7])
def test_the_same_seed_gives_the_same_bits_beside_a_busy_process(hidden, batch_size):
    idle = as_bytes(fit(fresh(hidden), *problem(), batch_size=batch_size))
    busy = [
        subprocess.Popen([sys.executable, "-c", "print(flush=True)\nwhile True: pass"], stdout=-1)
        for _ in range(2)
    ]
    try:
        for process in busy:
            process.stdout.readline()  # they run
        again = [as_bytes(fit(fresh(hidden), *problem(), batch_size=batch_size)) for _ in range(3)]
    finally:
        for process in busy:
            process.kill()
            process.communicate()
    assert again == [idle] * 3


@pytest.mark.slow
@FAMILIES
def test_trainings_at_the_same_time_do_not_disturb_each_other(hidden):
    alone = as_bytes(fit(fresh(hidden), *problem(), batch_size=7))
    with ThreadPoolExecutor(4) as pool:
        together = [pool.submit(fit, fresh(hidden), *problem(), batch_size=7) for _ in range(8)]
    assert {as_bytes(future.result()) for future in together} == {alone}


def test_another_seed_shuffles_minibatches_otherwise():
    one, other = (as_bytes(fit(fresh(()), *problem(), batch_size=7, seed=s)) for s in (1, 2))
    assert one != other


def watched(models, seen):
    """Return logistic regressions that note the rows of each step, by their first feature."""

    class Watched(LinearModels):
        def gradients(self, X, *others):
            seen.append(X[0, :, 0].tolist())
            return super().gradients(X, *others)

    return Watched(*models.parameters())


@pytest.mark.parametrize(
    ("batch_size", "steps"), [(None, 1), (20, 1), (100, 1), (19, 2), (7, 3), (1, 20)]
)
def test_every_epoch_takes_every_row_once_in_shuffled_minibatches(batch_size, steps):
    seen = []
    X, y, gamma, target = problem()
    X[:, :, 0] = torch.arange(20.0)
    models = watched(fresh(()), seen)
    fit(models, X, y, gamma, target, max_epochs=3, batch_size=batch_size)
    assert len(seen) == 3 * steps == 3 * math.ceil(20 / (batch_size or 20))
    epochs = [list(chain(*seen[i : i + steps])) for i in range(0, 3 * steps, steps)]
    assert all(sorted(epoch) == list(range(20)) for epoch in epochs)
    assert (epochs[0] == epochs[1]) == (steps == 1)


@FAMILIES
def test_no_target_is_gamma_zero_to_the_bit(hidden):
    X, y, gamma, target = problem()
    without_target = fit(fresh(hidden), X, y, gamma + 100, torch.zeros_like(target))
    without_gamma = fit(fresh(hidden), X, y, torch.zeros_like(gamma), target)
    assert as_bytes(without_target) == as_bytes(without_gamma)


@FAMILIES
def test_large_gamma_aligns_attributions_with_the_target(hidden):
    X, y, gamma, target = problem()
    models = fit(fresh(hidden), X, y, torch.full_like(gamma, 100.0), target, max_epochs=200)
    cosine = (unit(models.attributions(X)) * target).sum(dim=-1)
    assert (cosine > 0.99).all()


@FAMILIES
def test_training_lowers_the_loss(hidden):
    X, y, _, target = problem()
    gamma = torch.zeros(4)

    def loss(models):
        return torch.nn.functional.binary_cross_entropy_with_logits(models.logits(X), y)

    assert loss(fit(fresh(hidden), X, y, gamma, target)) < loss(fresh(hidden))


@FAMILIES
@pytest.mark.parametrize("size", [1e22, 3e38])
def test_numbers_that_overflow_are_refused(hidden, size):
    X, y, gamma, target = problem()
    with pytest.raises(DesignError, match="Scale the features"):
        fit(fresh(hidden), X.sign() * size, y, gamma, target)


@FAMILIES
@pytest.mark.parametrize("batch_size", [None, 7])
def test_every_epoch_is_told_and_telling_changes_nothing(hidden, batch_size):
    told = []

    def note(epoch):
        told.append(epoch)
        torch.rand(3, requires_grad=True).sum().backward()  # a listener may calculate as it likes

    listened = fit(fresh(hidden), *problem(), batch_size=batch_size, max_epochs=5, on_epoch=note)
    silent = fit(fresh(hidden), *problem(), batch_size=batch_size, max_epochs=5)
    assert told == [1, 2, 3, 4, 5]
    assert as_bytes(listened) == as_bytes(silent)


def test_what_a_listener_raises_ends_the_training():
    told = []

    def stop(epoch):
        told.append(epoch)
        if epoch == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(fresh(()), *problem(), on_epoch=stop)
    assert told == [1, 2, 3]
