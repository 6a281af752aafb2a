import numpy as np
import pytest

from laat_core import Design, Experiment, Recipe, load_dataset, load_proposal
from laat_core.evaluate.controls import run_controls
from laat_core.plots.controls import controls_figure


def test_every_placebo_has_its_mark():
    experiment = Experiment(load_dataset("heart"), Design(n_splits=2), Recipe(max_epochs=20))
    scores = load_proposal("heart").scores
    comparison = experiment.compare(scores)
    controls = run_controls(experiment, scores, comparison)
    traces = {trace.name: trace for trace in controls_figure(controls).data}
    np.testing.assert_allclose(traces["Shuffled scores"].x, 100 * controls.placebo_means)
    assert traces["Your scores"].x[0] == pytest.approx(100 * comparison.laat.auc_mean)
    assert traces["Signs turned"].x[0] == pytest.approx(100 * controls.flipped.mean())
    assert len(traces) == 5
