import numpy as np
import pandas as pd
import pytest

from laat_core.scores.llm.guessing import guess_rate


@pytest.fixture
def draw():
    return np.random.default_rng(0)


def texts(**columns):
    return pd.DataFrame({name: [str(value) for value in cells] for name, cells in columns.items()})


def laplace(hits, rows):
    return (hits + 1) / (rows + 2)


def test_the_most_common_value_is_a_guess(draw):
    seen = draw.normal(size=(40, 2))
    cells = texts(kind=["a"] * 36 + ["b", "c", "d", "e"])
    assert guess_rate(seen, cells, ()) == pytest.approx(laplace(36, 40))


def test_values_that_stand_once_are_never_copied_from_another_row(draw):
    seen = draw.normal(size=(40, 2))
    # Except the first, which passes for the most common one.
    assert guess_rate(seen, texts(name=range(40)), ()) == pytest.approx(laplace(1, 40))


def test_a_row_that_stands_twice_is_copied():
    seen = np.repeat(np.arange(20.0), 2)[:, None]
    names = np.repeat(np.arange(20), 2)
    assert guess_rate(seen, texts(name=names), ()) == pytest.approx(laplace(40, 40))


def test_a_sum_of_the_others_is_calculated(draw):
    seen = draw.integers(0, 1000, size=(40, 2)).astype(float)
    cells = texts(total=seen.sum(axis=1).astype(int))
    assert guess_rate(seen, cells, {"total"}) == pytest.approx(laplace(40, 40))
    assert guess_rate(seen, cells, ()) < 0.2


def test_a_line_has_to_meet_the_last_decimal(draw):
    seen = draw.normal(size=(50, 1))
    near = [f"{value:.3f}" for value in seen[:, 0] + draw.uniform(-0.4, 0.4, 50)]
    exact = [f"{value:.3f}" for value in 2 * seen[:, 0]]
    assert guess_rate(seen, pd.DataFrame({"near": near}), {"near"}) < 0.1
    assert guess_rate(seen, pd.DataFrame({"exact": exact}), {"exact"}) > 0.9


def test_all_hidden_cells_have_to_be_right(draw):
    seen = draw.normal(size=(40, 1))
    first = ["a"] * 30 + ["b", "c", "d", "e", "f"] * 2
    cells = texts(first=first, second=first[::-1])
    # Most common are 30 and 30 of 40, but both in 20 rows alone.
    assert guess_rate(seen, cells, ()) == pytest.approx(laplace(20, 40))


def test_with_few_rows_nothing_is_known():
    assert guess_rate(np.ones((9, 1)), texts(name=range(9)), ()) == 1.0


@pytest.mark.parametrize("size", [1e308, 1e-308, 0.0])
def test_numbers_too_large_to_calculate_with_are_not_met_by_a_line(draw, size):
    seen = size * draw.uniform(-1, 1, size=(30, 2))
    cells = pd.DataFrame({"n": [f"{value:.15g}" for value in seen[:, 0]]})
    assert 0 < guess_rate(seen, cells, {"n"}) <= 1


def test_text_among_numbers_is_no_fault(draw):
    seen = draw.normal(size=(30, 1))
    assert guess_rate(seen, texts(n=["?"] * 25 + [1, 2, 3, 4, 5]), {"n"}) == laplace(25, 30)
