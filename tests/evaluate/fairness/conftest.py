import pytest

from laat_core import Design, Experiment, Recipe, load_dataset, load_proposal
from laat_core.evaluate.fairness.asked import asked_rows
from laat_core.evaluate.groups import group_rows


@pytest.fixture(scope="module")
def tested():
    """Groups of heart, what models say of its test rows, and what these were asked of."""
    task = load_dataset("heart")
    experiment = Experiment(task, Design(shots=10, n_splits=3), Recipe(max_epochs=20))
    groups = group_rows(task, "sex")
    models = experiment.compare(load_proposal("heart").scores, 10.0).laat.models
    return groups, asked_rows(experiment, models, groups), experiment, models
