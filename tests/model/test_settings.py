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
    "gamma", [-1, -1e-9, math.nan, math.inf, 1e20, 10**400, None, "100", "auto", [1.0], 1j]
)
def test_gamma_that_is_no_weight_is_refused(gamma):
    with pytest.raises(DesignError, match=r"gamma is .* from 0 to 1000000"):
        check_gamma(gamma)


@pytest.mark.parametrize("sizes", [(), [], (1,), [100], (np.int64(10),), np.array([10])])
def test_hidden_layers_become_a_tuple_of_int(sizes):
    checked = check_training(**USABLE | {"hidden_layer_sizes": sizes})
    assert checked == tuple(sizes)
    assert all(type(size) is int for size in checked)


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        (
            "hidden_layer_sizes",
            [(5, 5), (0,), (-1,), (2.5,), (10**8,), 10, None, "a", ("10",)],
        ),
        ("max_epochs", [0, -1, 1.5, None, "10", math.nan]),
        ("learning_rate", [0, -0.1, math.nan, math.inf, None, "0.1"]),
        ("batch_size", [0, -1, 1.5, "10", math.inf]),
    ],
)
def test_what_cannot_be_trained_with_is_refused_by_name(setting, values):
    for value in values:
        with pytest.raises(DesignError, match=f"^{setting} is "):
            check_training(**USABLE | {setting: value})
