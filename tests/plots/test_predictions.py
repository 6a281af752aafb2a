import json

import numpy as np
import pytest
from scipy import special

from laat_core.evaluate.predictions import RECALLS, THRESHOLDS, Predictions
from laat_core.plots.predictions import (
    calibration_figure,
    decision_figure,
    precision_recall_figure,
    thresholds_figure,
)

HOSTILE = "<b>ill</b> & $x$"


def model(seed, n_splits=3):
    generator = np.random.default_rng(seed)
    labels = np.arange(60) % 3 == 0
    return Predictions(
        [(labels.astype(int), labels + generator.normal(size=60)) for _ in range(n_splits)]
    )


@pytest.fixture
def models():
    return {"laat": model(0), "baseline": model(1), "scores_alone": model(2)}


def trace(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def test_calibration_has_a_point_per_bin_with_its_interval(models):
    figure = calibration_figure({"laat": models["laat"]}, "ill")
    bins = models["laat"].calibration
    filled = bins.n_rows > 0
    points = trace(figure, "LAAT model")
    np.testing.assert_allclose(points.x, bins.predicted[filled])
    np.testing.assert_allclose(points.y + points.error_y.array, bins.high[filled])
    np.testing.assert_allclose(points.y - points.error_y.arrayminus, bins.low[filled])


def test_precision_is_drawn_for_all_three_with_bands_for_the_trained(models):
    figure = precision_recall_figure(models, "ill")
    for name, key in (("LAAT model", "laat"), ("Scores alone", "scores_alone")):
        np.testing.assert_array_equal(trace(figure, name).x, RECALLS)
        np.testing.assert_allclose(trace(figure, name).y, models[key].precision.mean)
    bands = [one.name for one in figure.data if "8 of 10" in one.name]
    assert bands == ["Baseline: 8 of 10 splits", "LAAT model: 8 of 10 splits"]
    assert set(trace(figure, "Flag all").y) == {models["laat"].prevalence}


def test_thresholds_are_drawn_with_the_chosen_one(models):
    figure = thresholds_figure({"laat": models["laat"]}, 0.3)
    table = models["laat"].thresholds
    np.testing.assert_array_equal(trace(figure, "LAAT model: found").y, table.sensitivity.mean)
    assert figure.layout.shapes[0].x0 == 0.3


def test_decisions_are_drawn_per_1000_against_all_and_none(models):
    figure = decision_figure({"laat": models["laat"]}, 0.3)
    table = models["laat"].thresholds
    np.testing.assert_allclose(
        trace(figure, "LAAT model").y, 1000 * table.net_benefit.mean[THRESHOLDS < 1]
    )
    assert set(trace(figure, "Act on none").y) == {0}
    assert trace(figure, "Act on all").y[0] == pytest.approx(1000 / 3)


def test_odd_predictions_and_names_are_drawn():
    labels = np.array([0, 1])
    for logits in (np.zeros(2), np.array([-900.0, 900.0]), special.logit([0.2, 0.1])):
        models = {"laat": Predictions([(labels, logits)])}
        for figure in (
            calibration_figure(models, HOSTILE),
            precision_recall_figure(models, HOSTILE),
            thresholds_figure(models, 0.5),
            decision_figure(models, 0.5),
        ):
            assert "NaN" not in json.dumps(json.loads(figure.to_json()))
            assert "<b>" not in figure.layout.yaxis.title.text
