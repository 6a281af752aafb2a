import math

import numpy as np
import pytest

from laat_core.errors import DesignError
from laat_core.model.settings import MAX_GAMMA, check_gamma, check_training

USABLE = {
    "hidden_layer_sizes": (),
    "max_epochs": 200,
    "learning_rate": 0.01,
    "batch_size": None,
}


@pytest.mark.parametrize("gamma", [0, 0.0, 3, np.float32(3), np.int64(100), MAX_GAMMA])
def test_gamma_becomes_a_float(gamma):
    assert type(check_gamma(gamma)) is float
    assert check_gamma(gamma) == gamma


@pytest.mark.parametrize(
    "gamma", [-1, -1e-9, math.nan, math.inf, 1e20, 10**400, None, "100", [1.0], 1j, True]
)
def test_gamma_that_is_no_weight_is_refused(gamma):
    with pytest.raises(DesignError, match=r"gamma is .* from 0 to 1000000"):
        check_gamma(gamma)


@pytest.mark.parametrize("sizes", [(), [], (1,), [100], (np.int64(10),), np.array([10])])
def test_hidden_layers_become_a_tuple_of_int(sizes):
    checked = check_training(**USABLE | {"hidden_layer_sizes": sizes}).hidden_layer_sizes
    assert checked == tuple(sizes)
    assert all(type(size) is int for size in checked)


def test_numbers_of_numpy_become_plain():
    checked = check_training((), np.int64(20), np.float32(0.5), np.uint8(8))
    assert list(map(type, checked)) == [tuple, int, float, int]
    assert checked == ((), 20, 0.5, 8)
    assert type(check_training((), 20, 1, None).learning_rate) is float


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        (
            "hidden_layer_sizes",
            [(5, 5), (0,), (-1,), (2.5,), (10**8,), 10, None, "a", ("10",), (True,)],
        ),
        ("max_epochs", [0, -1, 1.5, None, "10", math.nan, True]),
        ("learning_rate", [0, -0.1, math.nan, math.inf, None, "0.1", True, 10**400]),
        ("batch_size", [0, -1, 1.5, "10", math.inf, True]),
    ],
)
def test_what_cannot_be_trained_with_is_refused_by_name(setting, values):
    for value in values:
        with pytest.raises(DesignError, match=f"^{setting} is "):
            check_training(**USABLE | {setting: value})
