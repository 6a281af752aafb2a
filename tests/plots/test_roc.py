import numpy as np
import pytest

from laat_core import Design, compare, load_dataset, load_proposal
from laat_core.evaluate.comparison import FALSE_POSITIVE_RATES
from laat_core.plots.roc import roc_figure


@pytest.fixture(scope="module")
def comparison():
    return compare(load_dataset("heart"), load_proposal("heart").scores, design=Design(n_splits=4))


def trace(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def test_curves_are_the_means_over_the_splits(comparison):
    figure = roc_figure(comparison)
    for name, model in (
        ("LAAT model", comparison.laat),
        ("Baseline", comparison.baseline),
        ("Scores alone", comparison.scores_alone),
    ):
        curve = trace(figure, name)
        np.testing.assert_array_equal(curve.x, FALSE_POSITIVE_RATES)
        np.testing.assert_allclose(curve.y, model.true_positive_rates.mean(axis=0))


def test_bands_hold_eight_of_ten_splits(comparison):
    band = trace(roc_figure(comparison), "LAAT model: 8 of 10 splits")
    high, low = np.split(np.asarray(band.y, dtype=float), 2)
    rates = comparison.laat.true_positive_rates
    np.testing.assert_allclose(low[::-1], np.percentile(rates, 10, axis=0))
    np.testing.assert_allclose(high, np.percentile(rates, 90, axis=0))


def test_models_differ_without_colour(comparison):
    dashes = [curve.line.dash for curve in roc_figure(comparison).data if curve.mode == "lines"]
    assert len(set(dashes)) == 3


def test_a_single_split_has_no_band():
    task, scores = load_dataset("heart"), load_proposal("heart").scores
    figure = roc_figure(compare(task, scores, design=Design(n_splits=1)))
    assert [curve.name for curve in figure.data] == ["Scores alone", "Baseline", "LAAT model"]


def test_axes_name_the_classes(comparison):
    layout = roc_figure(comparison).layout
    assert "no heart disease" in layout.xaxis.title.text
    assert "share of heart disease" in layout.yaxis.title.text
