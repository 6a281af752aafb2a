import json
from dataclasses import asdict

import numpy as np
import pytest

from laat_core import PROTOCOLS, DesignError, Recipe


def test_default_uses_all_rows_and_the_paper_the_training_rows():
    assert PROTOCOLS["default"] == Recipe()
    assert (Recipe().scaling, Recipe().both_levels, Recipe().batch_size) == (
        "standard",
        False,
        None,
    )
    paper = PROTOCOLS["paper"]
    assert (paper.scaling, paper.both_levels, paper.batch_size) == ("minmax", True, 128)
    assert (paper.max_epochs, paper.learning_rate) == (200, 0.01)


@pytest.mark.parametrize(
    "settings",
    [
        {"scaling": "robust"},
        {"scaling": None},
        {"hidden_layer_sizes": (100, 100)},
        {"hidden_layer_sizes": 100},
        {"max_epochs": 0},
        {"learning_rate": 0},
        {"learning_rate": 10**400},
        {"batch_size": 0},
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_once(settings):
    with pytest.raises(DesignError, match=next(iter(settings))):
        Recipe(**settings)


def test_a_recipe_of_numpy_numbers_is_written_as_json():
    recipe = Recipe(
        hidden_layer_sizes=np.array([5]),
        max_epochs=np.int64(20),
        learning_rate=np.float32(0.5),
        batch_size=np.uint8(8),
    )
    assert recipe == Recipe("standard", False, "linear", (5,), 20, 0.5, 8)
    assert json.loads(json.dumps(asdict(recipe)))["hidden_layer_sizes"] == [5]
    assert hash(recipe)
