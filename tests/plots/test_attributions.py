import numpy as np
import pandas as pd
import pytest

from laat_core import Design, ImportanceScores, compare, load_dataset, load_proposal, make_task
from laat_core.plots.attributions import MOST_FEATURES, attributions_figure


@pytest.fixture(scope="module")
def comparison():
    return compare(load_dataset("heart"), load_proposal("heart").scores, design=Design(n_splits=4))


def test_shows_target_and_mean_attributions_in_the_order_of_the_table(comparison):
    target, baseline, laat = attributions_figure(comparison).data
    np.testing.assert_allclose(target.x, comparison.target)
    np.testing.assert_allclose(baseline.x, comparison.baseline.attributions.mean(axis=0))
    np.testing.assert_allclose(laat.x, comparison.laat.attributions.mean(axis=0))
    layout = attributions_figure(comparison).layout
    assert layout.yaxis.ticktext[0] == "age"
    assert layout.yaxis.range[0] > layout.yaxis.range[1]  # the first feature is on top


def test_marks_differ_without_colour(comparison):
    symbols = [trace.marker.symbol for trace in attributions_figure(comparison).data]
    assert len(set(symbols)) == 3


def test_labels_are_shown_as_they_are(comparison):
    labels = {"age": "<b>years</b> & more"}
    figure = attributions_figure(comparison, labels)
    assert figure.layout.yaxis.ticktext[0] == "&lt;b&gt;years&lt;/b&gt; &amp; more"
    assert figure.data[0].customdata[0].startswith("&lt;b&gt;")


def test_of_many_features_the_largest_are_shown():
    generator = np.random.default_rng(0)
    names = [f"x{i}" for i in range(MOST_FEATURES + 40)]
    table = pd.DataFrame(generator.normal(size=(60, len(names))), columns=names)
    table["y"] = np.where(np.arange(60) % 2, "yes", "no")
    scores = ImportanceScores.zeros(names).edit({"x7": 10, "x99": -10})
    comparison = compare(make_task(table, "y", "yes"), scores, design=Design(n_splits=2))
    shown = attributions_figure(comparison).layout.yaxis.ticktext
    assert len(shown) == MOST_FEATURES
    assert shown.index("x7") < shown.index("x99")
