import numpy as np

from laat_core.plots.pulls import pulls_figure
from laat_core.plots.style import LAAT


def test_rows_are_boxes_of_both_states_by_feature():
    slopes = np.linspace(-1, 1, 101)
    before, after = np.stack([slopes, slopes + 1], axis=1), np.zeros((5, 2))
    figure = pulls_figure(["age <1>", "sex"], before, after, ("free", "held"), "pull")
    free, held = figure.data
    assert (free.name, held.name) == ("free", "held")
    np.testing.assert_allclose(free.lowerfence, [-0.9, 0.1])
    np.testing.assert_allclose(free.q1, [-0.5, 0.5])
    np.testing.assert_allclose(free.median, [0, 1], atol=1e-12)
    np.testing.assert_allclose(free.q3, [0.5, 1.5])
    np.testing.assert_allclose(free.upperfence, [0.9, 1.9])
    np.testing.assert_allclose(held.upperfence, [0, 0])
    assert free.fillcolor != held.fillcolor
    assert free.line.color == held.line.color == LAAT.color
    assert figure.layout.yaxis.ticktext == ("age &lt;1&gt;", "sex")
    assert figure.layout.xaxis.title.text == "pull"
