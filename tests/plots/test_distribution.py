import numpy as np

from laat_core.data.profile import Distribution
from laat_core.plots.distribution import distribution_figure


def test_bars_are_shares_of_each_class():
    distribution = Distribution(np.array([0.0, 1.0, 2.0]), np.array([[1, 3], [5, 5]]))
    negative, positive = distribution_figure(distribution, "ill = no", "ill = yes").data
    np.testing.assert_allclose(negative.y, [0.25, 0.75])
    np.testing.assert_allclose(positive.y, [0.5, 0.5])
    np.testing.assert_allclose(negative.x, [0.5, 1.5])
    assert (negative.name, positive.name) == ("ill = no", "ill = yes")


def test_levels_are_shown_as_they_are():
    distribution = Distribution(("<i>a</i>", "b" * 50), np.array([[1, 0], [0, 2]]))
    figure = distribution_figure(distribution, "no", "yes")
    assert figure.layout.xaxis.ticktext == ("&lt;i&gt;a&lt;/i&gt;", "b" * 17 + "…")


def test_a_class_without_rows_has_no_share():
    distribution = Distribution(("a",), np.array([[0], [2]]))
    negative, positive = distribution_figure(distribution, "no", "yes").data
    assert list(negative.y) == [0]
    assert list(positive.y) == [1]
