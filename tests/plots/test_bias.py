"""Figures of a bias: what is in them."""

import numpy as np

from laat_core.plots.bias import attribution_changes_figure, training_rows_figure
from laat_core.plots.style import BASELINE, LAAT


def test_rows_are_stacked_by_class_before_and_after():
    before, after = np.array([[5, 3], [2, 4]]), np.array([[5, 0], [2, 4]])
    figure = training_rows_figure(["<b>young", "old"], before, after, "well", "ill")
    well, ill = figure.data
    assert (well.name, ill.name) == ("well", "ill")
    assert list(well.x) == [5, 5, 2, 2]
    assert list(ill.x) == [3, 0, 4, 4]
    assert list(ill.text) == ["3", "", "4", "4"]
    assert figure.layout.yaxis.ticktext[1] == "&lt;b&gt;young<br>with the bias"
    assert figure.layout.barmode == "stack"


def test_without_a_bias_there_is_one_bar_per_group():
    figure = training_rows_figure(["all"], np.array([[5, 3]]), None, "well", "ill")
    assert [list(trace.x) for trace in figure.data] == [[5], [3]]
    assert figure.layout.yaxis.ticktext == ("all",)


def test_attributions_move_from_where_they_were():
    before, after = np.array([0.1, 0.2]), np.array([-0.3, 0.2])
    figure = attribution_changes_figure(["a", "b"], before, after, None, BASELINE)
    assert [list(trace.x) for trace in figure.data] == [[0.1, 0.2], [-0.3, 0.2]]
    assert [trace.marker.symbol for trace in figure.data] == ["square-open", "square"]
    lines = [(shape.x0, shape.x1) for shape in figure.layout.shapes][:2]
    assert lines == [(0.1, -0.3), (0.2, 0.2)]
    with_target = attribution_changes_figure(["a", "b"], before, after, before, LAAT)
    assert with_target.data[0].name == "the scores ask for"
