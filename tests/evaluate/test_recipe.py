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
        {"batch_size": 0},
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_once(settings):
    with pytest.raises(DesignError, match=next(iter(settings))):
        Recipe(**settings)
