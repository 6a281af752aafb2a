import numpy as np
import pytest

from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.sensitivity import Effect
from laat_core.plots.curves import (
    learning_figure,
    noise_figure,
    sensitivity_figure,
    trust_figure,
)
from laat_core.plots.style import BASELINE, LAAT


def curve(study, points, lines, known=None, **about):
    generator = np.random.default_rng(0)
    made = Curve.empty(study, points, lines, 5, **about)
    for point in range(len(points) if known is None else known):
        made = made.grown(point, 0, {line: generator.uniform(0.5, 1, 5) for line in lines})
    return made


def trace(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


LEARNING = ("laat 100", "laat auto", "baseline", "scores alone")


def test_learning_curves_have_a_line_per_model_and_tell_the_laat_models_apart():
    drawn = curve("learning", (1, 5, 10), LEARNING, rows=5)
    figure = learning_figure(drawn)
    line = trace(figure, "LAAT model, trust 100")
    np.testing.assert_allclose(line.y, 100 * drawn.mean("laat 100"))
    np.testing.assert_allclose(line.x, [1, 5, 10])
    other = trace(figure, "LAAT model, trust auto")
    assert (other.line.color, other.line.dash) != (line.line.color, line.line.dash)
    assert figure.layout.xaxis.type == "log"
    shown = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert shown == [
        "LAAT model, trust 100",
        "LAAT model, trust auto",
        "Baseline",
        "Scores alone",
    ]


def test_every_laat_model_has_a_look_of_its_own_and_what_is_uncertain_is_no_line():
    lines = ("laat 100", "laat 3", "laat auto", "error of laat 3", "baseline", "scores alone")
    figure = learning_figure(curve("learning", (1, 5), lines, rows=5))
    drawn = [trace for trace in figure.data if trace.showlegend is not False]
    assert [trace.name for trace in drawn][:3] == [
        "LAAT model, trust 100",
        "LAAT model, trust 3",
        "LAAT model, trust auto",
    ]
    assert len(drawn) == 5
    for look in ("color", "dash"):
        assert len({trace.line[look] for trace in drawn[:3]}) == 3


def test_what_is_not_known_yet_is_not_drawn():
    figure = learning_figure(curve("learning", (1, 5, 10), LEARNING, known=2))
    assert list(trace(figure, "Baseline").x) == [1, 5]
    empty = learning_figure(curve("learning", (1,), LEARNING, known=0))
    assert len(trace(empty, "Baseline").x) == 0


def test_bands_hold_eight_of_ten_repeats():
    drawn = curve("noise", (0.0, 0.5), ("laat", "baseline"))
    band = trace(noise_figure(drawn), "LAAT model: 8 of 10 splits")
    low, high = 100 * drawn.band("laat")
    np.testing.assert_allclose(band.y, [*high, *low[::-1]])


def test_trust_has_auc_above_and_alignment_and_gap_below():
    lines = ("laat", "baseline", "scores alone", "alignment", "gap")
    figure = trust_figure(curve("trust", (0.0, 1.0, 100.0), lines, column="sex"))
    assert trace(figure, "Agreement with the scores").yaxis == "y2"
    assert trace(figure, "Difference between groups").yaxis == "y2"
    assert trace(figure, "LAAT model").yaxis == "y"
    assert figure.layout.xaxis.ticktext == ("0", "1", "100")
    axis = figure.layout.yaxis2.title.text
    assert axis == "agreement with the scores<br>difference between groups"
    without = trust_figure(curve("trust", (0.0, 1.0), lines[:-1]))
    assert "Difference between groups" not in [trace.name for trace in without.data]
    assert without.layout.yaxis2.title.text == "agreement with the scores"


def test_where_noise_has_eaten_the_gain_is_marked():
    drawn = curve("noise", (0.0, 0.5), ("laat", "baseline"))
    assert not noise_figure(drawn).layout.shapes
    assert noise_figure(drawn, 0.3).layout.shapes[0].x0 == 0.3


def test_bars_are_ranked_named_and_at_most_25():
    effects = [Effect(f"f{i} <b>", 0.03 - 0.001 * i, 0.0, 0.04) for i in range(30)]
    figure = sensitivity_figure(effects, {"f0 <b>": "First"})
    bars = figure.data[0]
    assert len(bars.x) == 25
    assert bars.x[0] == pytest.approx(3)
    assert bars.customdata[0] == "First"
    assert bars.customdata[1] == "f1 &lt;b&gt;"
    assert bars.error_x.array[0] == pytest.approx(1)
    assert bars.error_x.arrayminus[0] == pytest.approx(3)
    # A phone has room for about 30 letters beside the names.
    assert max(map(len, figure.layout.xaxis.title.text.split("<br>"))) <= 26


def test_a_score_of_which_the_splits_disagree_is_pale():
    effects = [
        Effect("a", 0.03, 0.01, 0.05),
        Effect("b", 0.03, -0.01, 0.05),
        Effect("c", -0.02, -0.03, -0.01),
        Effect("d", -0.02, -0.03, 0.01),
        Effect("of one split", 0.02, 0.02, 0.02),
    ]
    helps, maybe, costs, maybe_costs, single = sensitivity_figure(effects).data[0].marker.color
    assert (helps, costs) == (LAAT.fill(0.75), BASELINE.fill(0.75))
    assert (maybe, maybe_costs) == (LAAT.fill(0.25), BASELINE.fill(0.25))
    assert single == LAAT.fill(0.25)
