import numpy as np
import pytest

from laat_core.evaluate.fairness.peers import PEERS, Standing
from laat_core.evaluate.fairness.proxies import Shift
from laat_core.evaluate.fairness.table import FIGURES, GroupRow, GroupTable, Value
from laat_core.evaluate.spread import Interval
from laat_core.plots.groups import GREY, disparity_figure, groups_figure, shifts_figure
from laat_core.plots.style import BASELINE, LAAT

SMALL = "4 rows, fewer than 20: chance."


def trace(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def table(shift=0.0):
    known = Value(0.5 + shift, Interval(0.4, 0.7), n_splits=1)
    bare = Value(0.25 + shift, n_splits=1, reason="One row.")
    rows = [
        GroupRow("a <b>", 120, 60, "", dict.fromkeys(FIGURES, known)),
        GroupRow("small", 4, 2, SMALL, dict.fromkeys(FIGURES, bare)),
        GroupRow("none", 0, 0, SMALL, dict.fromkeys(FIGURES, Value(None, reason="No row."))),
    ]
    return GroupTable(("x",), tuple(rows), {}, 1)


def test_two_models_stand_side_by_side_with_intervals_and_small_groups_are_grey():
    figure = groups_figure({"laat": table(0.1), "baseline": table()}, "tpr")
    baseline, laat = figure.data
    assert (baseline.name, laat.name) == ("Baseline", "LAAT model")
    np.testing.assert_allclose(baseline.x, [0.5, 0.25])
    np.testing.assert_allclose(laat.x, [0.6, 0.35])
    np.testing.assert_allclose(baseline.y, [-0.15, 0.85])
    np.testing.assert_allclose(laat.y, [0.15, 1.15])
    np.testing.assert_allclose(baseline.error_x.array, [0.2, 0])
    np.testing.assert_allclose(baseline.error_x.arrayminus, [0.1, 0])
    assert laat.marker.color[0] == LAAT.color
    assert laat.marker.color[1] == baseline.marker.color[1]
    assert baseline.customdata[0] == "a &lt;b&gt;"
    assert baseline.customdata[1].startswith("small. 4 rows")
    assert figure.layout.xaxis.title.text == "Found"
    assert figure.layout.yaxis.ticktext[0] == "a &lt;b&gt;<br>n = 120"


def test_aucs_and_calibration_are_in_points_with_their_intervals():
    (auc,) = groups_figure({"laat": table()}, "auc").data
    np.testing.assert_allclose(auc.x, [50, 25])
    np.testing.assert_allclose(auc.error_x.array, [20, 0])
    assert auc.hovertemplate.endswith("%{x:.1f}")
    over = groups_figure({"laat": table()}, "calibration")
    np.testing.assert_allclose(over.data[0].x, [50, 25])
    assert over.layout.xaxis.title.text == "Probability too high by, points"


def test_a_group_that_few_splits_have_says_in_how_many():
    figures = dict.fromkeys(FIGURES, Value(1.0, n_splits=2))
    rows = (GroupRow("alone", 0.1, 0.1, SMALL, figures), *table().rows)
    figure = groups_figure({"laat": GroupTable(("x",), rows, {}, 20)}, "tpr")
    assert figure.layout.yaxis.ticktext[0] == "alone<br>in 2 of 20 splits"
    # Small as it is, it does not take the model's colour from the legend.
    assert figure.data[0].marker.color[0] == LAAT.color
    np.testing.assert_allclose(figure.data[0].y, [1, 0, 2])


def test_grey_text_is_read_on_white():
    channels = np.array([int(GREY[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5


def test_a_group_without_the_figure_has_a_sentence_in_its_place():
    (sentence,) = groups_figure({"table": table()}, "base_rate").layout.annotations
    assert (sentence.text, sentence.y) == ("No row.", 2)


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_and_none_is_no_number(name):
    figure = groups_figure({"baseline": table()}, name)
    assert np.isfinite(np.concatenate([trace.x for trace in figure.data])).all()
    assert figure.layout.xaxis.title.text


def test_where_no_group_has_the_figure_there_are_only_sentences():
    rows = tuple(row for row in table().rows if row.name == "none")
    figure = groups_figure({"laat": GroupTable(("x",), rows, {}, 1)}, "auc")
    assert len(figure.data[0].x) == 0
    assert len(figure.layout.annotations) == 1


def standing(name, performance, disparity, band=None):
    figures = {
        "balanced_accuracy": Value(performance, band=band),
        "auc": Value(None, reason="It gives no score."),
        "accuracy": Value(performance),
        "demographic_parity_difference": Value(disparity, band=Interval(0.1, 0.4)),
        "equalized_odds_difference": Value(disparity),
    }
    return Standing(name, figures)


STANDINGS = [
    standing("LAAT model", 0.8, 0.2, Interval(0.75, 0.9)),
    standing("Baseline", 0.7, 0.3),
    standing("LAAT model, edited", 0.78, 0.05),
    standing("LAAT model, sex held at zero", 0.77, 0.05),
    *(standing(name, 0.7, 0.1) for name in PEERS),
]


def test_models_stand_between_performance_and_disparity():
    figure = disparity_figure(STANDINGS)
    laat = trace(figure, "LAAT model")
    assert (laat.x, laat.y) == ((0.2,), (0.8,))
    np.testing.assert_allclose(laat.error_x.array, [0.2])
    np.testing.assert_allclose(laat.error_x.arrayminus, [0.1])
    np.testing.assert_allclose(laat.error_y.array, [0.1])
    np.testing.assert_allclose(trace(figure, "Baseline").error_y.array, [0])
    assert trace(figure, "Baseline").marker.color == BASELINE.color
    looks = {(trace.marker.symbol, trace.marker.color) for trace in figure.data}
    assert len(looks) == len(STANDINGS)
    assert figure.layout.xaxis.title.text == "difference between groups (demographic parity)"
    assert "mean of both classes" in figure.layout.yaxis.title.text
    other = disparity_figure(STANDINGS, "accuracy", "equalized_odds_difference")
    assert "equalized odds" in other.layout.xaxis.title.text


def test_models_without_a_figure_stand_nowhere():
    assert len(disparity_figure(STANDINGS, "auc").data) == 0


def shift(feature, before, after):
    return Shift(feature, before, after, Value(abs(after or 0.0) - abs(before or 0.0)))


def test_attributions_before_and_after_are_joined_where_both_are():
    shifts = [shift("age <1>", 0.1, 0.5), shift("sex", -0.6, None)]
    figure = shifts_figure(shifts, "with sex", "without", {"sex": "Sex of the person"})
    before, after = trace(figure, "with sex"), trace(figure, "without")
    assert (before.x, before.y) == ((0.1, -0.6), (0, 1))
    assert (after.x, after.y) == ((0.5,), (0,))
    assert figure.data[0].x == (0.1, 0.5, None)
    assert (before.marker.symbol, after.marker.symbol) == ("circle-open", "circle")
    assert before.marker.color == after.marker.color == LAAT.color
    assert figure.layout.yaxis.ticktext == ("age &lt;1&gt;", "Sex of the person")


def test_both_states_look_like_their_model():
    figure = shifts_figure([shift("age", 0.1, 0.5)], "in use", "deleted", look=BASELINE)
    colors = {trace(figure, name).marker.color for name in ("in use", "deleted")}
    assert colors == {BASELINE.color}


def test_of_many_the_largest_shifts_are_drawn_in_their_order():
    shifts = [shift(f"f{at}", 0.5, 0.5 + (20 - at) / 100) for at in range(41)]
    figure = shifts_figure(shifts, "before", "after")
    names = figure.layout.yaxis.ticktext
    assert len(names) == 25
    assert (names[0], names[-1]) == ("f0", "f40")
    assert "f20" not in names
    assert len(shifts_figure([], "before", "after").layout.yaxis.ticktext) == 0
