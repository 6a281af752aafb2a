"""The panels of the bias lab about groups, on a page of their own."""

import base64
import json
import re
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from laat_core import Design, Experiment, ImportanceScores, Role, load_biases, make_task
from laat_core.evaluate.fairness.asked import asked_rows
from laat_core.evaluate.fairness.notions import NOTIONS
from laat_core.evaluate.fairness.peers import DISPARITIES, fair_peers, model_standing
from laat_core.evaluate.fairness.proxies import follow_groups, tell_groups
from laat_core.evaluate.fairness.table import group_table
from laat_core.evaluate.groups import group_rows
from ui.bias.groups_words import auc_cell, calibration_cell, share_cell
from ui.bias.lab import Pair
from ui.bias.not_used import lines_of
from ui.bias.not_used_study import local_share, local_slopes, try_ways
from ui.bias.panels import TABS
from ui.bias.proxies_words import told_cell

SECONDS = 60
DESIGN = Design(None, test_share=0.2, n_splits=3, seed=0)
HOSTILE = "*a* $b$ [c](d) <script>"


def page():
    import streamlit as st  # noqa: PLC0415 - a script of its own

    from ui.bias.panels import show_panels  # noqa: PLC0415

    state = st.session_state["state"]
    settings = state.settings
    outcome = state.lab.outcome(state.seen, state.scores, settings.gamma, settings.recipe)
    st.session_state["old"] = outcome.old
    if outcome.problem:
        st.error(outcome.problem)
    if outcome.found:
        show_panels(state, outcome.found)


@pytest.fixture(autouse=True)
def _few_splits(monkeypatch):
    monkeypatch.setattr("ui.bias.lab.DESIGN", DESIGN)


@pytest.fixture
def show(state):
    """Show the page with one of the tabs open."""

    def show(tab="Groups", task=None, preset=None):
        if task is not None:
            state.open(task)
        if preset is not None:
            state.lab.bias, state.lab.column = preset.bias, preset.column
        at = AppTest.from_function(page, default_timeout=SECONDS)
        at.session_state["state"] = state
        return opened(at, tab)

    return show


@pytest.fixture
def preset():
    return load_biases("heart")[0]


def opened(at, tab):
    assert tab in TABS
    at.session_state[f"lab_panels_{at.session_state['state'].opened}"] = tab
    return settled(at.run())


def settled(at):
    until = time.monotonic() + SECONDS
    while at.get("progress") or at.session_state["old"]:
        assert time.monotonic() < until, "it does not end"
        time.sleep(0.05)
        at.run()
    assert not at.exception
    return at


def told(at):
    parts = [*at.markdown, *at.caption, *at.info, *at.warning, *at.error]
    return re.sub("[\\\\\u2068\u2069]", "", " ".join(part.value for part in parts))


def everything(at):
    tables = " ".join(table.value.to_string() for table in at.dataframe)
    figures = " ".join(figure.proto.spec for figure in at.get("plotly_chart"))
    return f"{told(at)} {tables} {figures}"


def box(at, label):
    return next(box for box in (*at.multiselect, *at.selectbox) if box.label == label)


def biased(state, preset, design=DESIGN):
    made = Experiment(state.task, design, state.settings.recipe, bias=preset.bias)
    return Pair(made, made.compare(state.scores))


# Groups


@pytest.mark.slow
def test_the_tell_tale_column_makes_the_groups_and_the_figures_are_the_cores(show, state, preset):
    at = show(preset=preset)
    assert box(at, "Groups by").value == ["sex"]
    pair, groups = biased(state, preset), group_rows(state.task, "sex")
    labels, table = (table.value for table in at.dataframe)
    assert labels["Said to be positive there"].tolist()[0].startswith("100 %")
    for model, name in (("baseline", "Baseline"), ("laat", "LAAT model")):
        asked = asked_rows(pair.experiment, pair.comparison.models[model].models, groups)
        known = group_table(groups, asked)
        lines = table[table["Model"] == name].reset_index(drop=True)
        for at_row, row in enumerate(known.rows):
            line = lines.loc[at_row]
            assert line["Group"] == row.name
            assert line["Selected"] == share_cell(row.figures["selection_rate"])
            assert line["Found"] == share_cell(row.figures["tpr"])
            assert line["False alarms"] == share_cell(row.figures["fpr"])
            assert line["AUC"] == auc_cell(row.figures["auc"])
            assert line["Probability too high by"] == calibration_cell(row.figures["calibration"])
        gap = known.gaps["demographic_parity_difference"].mean
        assert f"{name}: shares selected lie {100 * gap:.0f} points apart" in told(at)


@pytest.mark.slow
def test_the_threshold_decides_who_is_selected(show, preset):
    at = show(preset=preset)
    before = at.dataframe[1].value["Selected"].tolist()
    at.slider[0].set_value(1).run()
    after = at.dataframe[1].value["Selected"].tolist()
    assert after != before
    assert after[0].startswith("100 %")


@pytest.mark.slow
def test_without_a_bias_the_first_sensitive_column_makes_the_groups(show, state):
    at = show()
    assert box(at, "Groups by").value == list(state.task.sensitive_features[:1])
    assert "biased training rows" not in told(at)
    assert "Training rows" not in at.dataframe[0].value


@pytest.mark.slow
def test_groups_are_chosen_without_training_anew(show, state, preset):
    at = show(preset=preset)
    first = state.lab.outcome(
        state.seen, state.scores, state.settings.gamma, state.settings.recipe
    ).found
    box(at, "Groups by").set_value(["age", "sex"]).run()
    again = state.lab.outcome(
        state.seen, state.scores, state.settings.gamma, state.settings.recipe
    ).found
    assert again is first
    assert state.lab.groups == ("age", "sex")
    assert ", female" in " ".join(at.dataframe[0].value["Group"])
    box(at, "Groups by").set_value([]).run()
    assert "Choose a column above" in told(at)
    for tab in TABS:
        assert "None" not in everything(opened(at, tab))


def odd_table(n_rows=80):
    generator = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "size": generator.normal(size=n_rows),
            "kind": ["alone", *["never"] * 30, *["often"] * (n_rows - 31)],
            "nothing": [None] * n_rows,
            "many": [f"level {number % 60}" for number in range(n_rows)],
            HOSTILE: ["<b>", "*c*"] * (n_rows // 2),
        }
    )
    table["y"] = np.where((table["kind"] == "never") | (table["size"] < 0), "no", "<yes>")
    return make_task(table, "y", "<yes>")


@pytest.mark.slow
def test_long_numbers_in_names_are_rounded(show, state):
    table = pd.DataFrame({"dose": [-1.73490212182363, 0.339414298514803] * 40})
    table["y"] = np.where(np.arange(80) % 3, "no", "yes")
    state.open(make_task(table, "y", "yes"))
    state.lab.groups = ("dose",)
    at = show()
    assert at.dataframe[0].value["Group"].tolist() == ["-1.73", "0.339"]
    for tab in TABS:
        assert not re.search(r"1\.734|0\.3394", everything(opened(at, tab)))


@pytest.mark.slow
@pytest.mark.parametrize("columns", [("kind",), ("nothing", "kind"), (HOSTILE,)])
def test_groups_without_positives_one_row_or_no_value_are_said_in_words(show, state, columns):
    state.open(odd_table())
    state.lab.groups = columns
    at = show()
    if columns == ("kind",):
        assert "No row of this group is of the positive class" in told(at)
        assert "“alone” has 1 row, fewer than 20" in told(at)
        assert "–" in at.dataframe[1].value["Found"].tolist()
        assert re.fullmatch("in [12] of 3 splits", at.dataframe[1].value["Rows"].tolist()[0])
    elif columns == ("nothing", "kind"):
        assert "“missing, alone” has 1 row, fewer than 20" in told(at)
        assert set(at.dataframe[1].value["Group"]) >= {"missing, never", "missing, often"}
        assert "Fewer than two groups of 20 rows or more have positive rows" in told(at)
    for tab in TABS:
        assert not re.search(r"\b(nan|NaN|inf|None)\b", everything(opened(at, tab)))


@pytest.mark.slow
def test_where_no_row_has_a_value_there_is_one_group_and_nothing_to_compare(show, state):
    state.open(odd_table())
    state.lab.groups = ("nothing",)
    at = show()
    assert "no two groups" in told(at)
    assert "Fewer than two groups" in told(at)
    assert "with enough rows" in told(opened(at, "Where did it go?"))
    assert "nothing to draw" in told(opened(at, "Performance against disparity"))


def test_nothing_is_grouped_before_a_column_is_chosen_and_not_by_too_many_values(show):
    at = show(task=odd_table())
    assert "Choose a column above" in told(at)
    box(at, "Groups by").set_value(["many"]).run()
    assert not at.exception
    assert "50" in at.warning[0].value


def test_names_are_shown_as_they_are(show, state):
    at = show(task=odd_table())
    state.lab.groups = (HOSTILE,)
    opened(at, "Where did it go?")
    shown = " ".join(part.value for part in at.markdown)
    assert "\\*a\\* \\$b\\$" in shown
    assert "*a* $b$" not in shown


# Where did it go?


@pytest.mark.slow
def test_how_far_outputs_follow_the_groups_is_the_cores(show, state, preset):
    at = show("Where did it go?", preset=preset)
    groups, ways = (
        group_rows(state.task, "sex"),
        try_ways(biased(state, preset), state.scores, ("sex",)),
    )
    cells = at.dataframe[0].value.loc[0]
    for title, pair in (
        ("LAAT model", ways.used),
        ("LAAT model, score 0", ways.at_zero),
        ("LAAT model, not used", ways.held),
        ("Baseline, column deleted", ways.deleted),
    ):
        model = "baseline" if title.startswith("Baseline") else "laat"
        asked = asked_rows(pair.experiment, pair.comparison.models[model].models, groups)
        assert cells[title] == told_cell(follow_groups(groups, asked)[0])
    best = tell_groups(state.task, groups)[0]
    assert f"with an AUC of {100 * best.told:.1f}" in told(at)
    assert at.dataframe[1].value["AUC"].tolist()[0] == f"{100 * best.told:.1f}"


@pytest.mark.slow
def test_what_took_over_is_shown_of_the_baseline_too(show, state, preset):
    at = show("Where did it go?", preset=preset)
    for way in ("LAAT model, score 0", "LAAT model, not used", "Baseline, column deleted"):
        assert f"- {way}: the attribution of Sex goes from" in told(at)
    ways = try_ways(biased(state, preset), state.scores, ("sex",))
    before = ways.used.comparison.baseline.attributions.mean(axis=0)
    size = abs(before[ways.used.comparison.features.index("sex = male")])
    assert f"Baseline, column deleted: the attribution of Sex goes from {size:.2f} to 0.00" in told(
        at
    )
    assert names_of_traces(at) == ["Baseline, column in use", "Baseline, column deleted"]
    at.segmented_control(key="lab_after").set_value("at_zero").run()
    assert names_of_traces(at) == ["LAAT model, score in use", "LAAT model, score 0"]


def names_of_traces(at):
    (figure,) = at.get("plotly_chart")
    return [trace["name"] for trace in json.loads(figure.proto.spec)["data"] if "name" in trace]


@pytest.mark.slow
def test_scores_moved_in_the_lab_are_what_they_were_before_it_went(show, state, preset):
    state.lab.moved = {"sex = male": 0.0, "age": -3.0}
    at = show("Where did it go?", preset=preset)
    cells = at.dataframe[0].value.loc[0]
    pair = biased(state, preset)
    used = try_ways(pair, state.scores.edit({"age": -3.0}), ("sex",)).used
    groups = group_rows(state.task, "sex")
    asked = asked_rows(used.experiment, used.comparison.laat.models, groups)
    assert cells["LAAT model"] == told_cell(follow_groups(groups, asked)[0])


def test_a_column_that_no_model_sees_has_no_score(show, state):
    task = state.task
    task = task.with_columns(replace(task.column("sex"), role=Role.IGNORE))
    at = show("Where did it go?", task=task)
    assert "No model sees Sex" in told(at)
    assert len(at.dataframe) == 1  # what else tells the groups


# Do not use


@pytest.mark.slow
def test_a_column_is_held_at_zero_from_the_choice_on(show, state, preset):
    at = show("Do not use", preset=preset)
    assert "stops going by it" in told(at)
    settled(box(at, "The LAAT model must not use").set_value(["sex"]).run())
    assert state.lab.not_used == ("sex",)
    ways = try_ways(biased(state, preset), state.scores, ("sex",))
    lines = lines_of(ways, group_rows(state.task, "sex"))
    table = at.dataframe[0].value
    assert table["Model"].tolist() == [line.name for line in lines]
    assert table["AUC"].tolist() == [f"{100 * line.auc_mean:.1f}" for line in lines]
    assert table["Pull on single rows"].tolist()[2:] == ["–", "–"]
    areas, costs = table["AUC"].tolist(), table["Costs, AUC points"].tolist()
    for area, cost in zip(areas[1:], costs[1:], strict=True):
        shown = float(cost.split()[0].replace("−", "-"))
        assert shown == pytest.approx(float(areas[0]) - float(area))
    assert not at.get("plotly_chart")  # of linear models every row is moved alike
    assert len(at.dataframe) == 2  # with the bias, and without
    outcome = state.lab.outcome(
        state.seen, state.scores, state.settings.gamma, state.settings.recipe
    )
    assert outcome.found.biased.comparison.recipe.not_used == ("sex = male",)


@pytest.mark.slow
def test_of_rows_without_a_bias_there_is_one_table(show, state):
    state.lab.not_used = ("sex", "age")
    at = show("Do not use")
    assert len(at.dataframe) == 1
    assert "as they were" not in told(at)


def test_what_is_left_of_a_column_locally_is_for_linear_models_its_attribution(state, preset):
    ways = try_ways(biased(state, preset), state.scores, ("sex", "chest_pain"))
    result = ways.used.comparison.laat
    some = [f.column in ways.columns for f in ways.used.experiment.encoder.features_]
    shares = local_share(ways.used.experiment, result.models, ways.columns)
    np.testing.assert_allclose(
        shares, np.linalg.norm(result.attributions[:, some], axis=1), rtol=1e-6
    )
    assert local_share(ways.held.experiment, ways.held.comparison.laat.models, ()).tolist() == [
        0.0,
        0.0,
        0.0,
    ]


@pytest.mark.slow
def test_with_a_hidden_layer_single_rows_are_looked_at(show, state, preset):
    state.settings.hidden = True
    state.lab.not_used = ("sex",)
    at = show("Do not use", preset=preset)
    assert "that is why every row is held" in told(at)
    cells = at.dataframe[0].value["Pull on single rows"]
    used, held = (float(cell.removesuffix(" %")) for cell in cells[:2])
    assert held < used / 2
    assert "Used freely, Sex = male speaks for heart disease in" in told(at)
    (figure,) = at.get("plotly_chart")
    free, still = json.loads(figure.proto.spec)["data"]
    assert (free["name"], still["name"]) == ("Used freely", "Held at zero")
    width = [numbers(box["upperfence"])[0] - numbers(box["lowerfence"])[0] for box in (free, still)]
    assert 0 < width[1] < width[0]


def numbers(values):
    """Numbers of a figure, as plotly packs them."""
    if isinstance(values, list):
        return values
    return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()


def test_the_pull_on_a_row_of_a_linear_model_is_its_weight(state, preset):
    pair = biased(state, preset)
    models = pair.comparison.laat.models
    slopes = local_slopes(pair.experiment, models, ("sex",))
    place = pair.comparison.features.index("sex = male")
    weights = np.repeat(models.weights[:, 0, place].numpy(), len(pair.experiment.splits[0].test))
    np.testing.assert_allclose(slopes[:, 0], weights, rtol=1e-6)


def test_the_only_column_cannot_be_deleted(show, state):
    table = pd.DataFrame({"size": np.arange(60) / 7 % 3, "y": ["no", "no", "yes"] * 20})
    state.open(make_task(table, "y", "yes"))
    state.lab.not_used = ("size",)
    at = show("Do not use")
    assert "cannot be deleted here" in told(at)
    assert at.dataframe[0].value["Model"].tolist() == ["Used freely", "Held at zero"]


# Performance against disparity


# The filters of warnings are one for all threads: what Fairlearn is allowed ends with this one's.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_fair_models_are_trained_on_request_on_the_same_rows(show, state, preset, monkeypatch):
    design = replace(DESIGN, n_splits=1)
    monkeypatch.setattr("ui.bias.lab.DESIGN", design)
    half = replace(preset.bias.steps[0], strength=0.5)
    preset = replace(preset, bias=replace(preset.bias, steps=(half,)))
    at = show("Performance against disparity", preset=preset)
    assert "Of Fairlearn's models" not in told(at)
    settled(at.button(key="run_lab_peers").click().run())
    pair, groups = biased(state, preset, design), group_rows(state.task, "sex")
    known = fair_peers(pair.experiment, groups)
    assert state.lab.peers.job.found == known
    asked = asked_rows(pair.experiment, pair.comparison.laat.models, groups)
    own = model_standing("LAAT model", groups, asked).figures
    right, apart = own["balanced_accuracy"].mean, own["demographic_parity_difference"].mean
    assert f"the LAAT model {100 * right:.0f} % and {100 * apart:.0f} points" in told(at)
    assert "Of Fairlearn's models" in told(at)
    box(at, "Groups by").set_value(["fasting_sugar_above_120"]).run()
    assert "Of Fairlearn's models" not in told(at)


@pytest.mark.slow
def test_where_a_bias_leaves_one_class_fair_models_say_so(show, preset):
    at = show("Performance against disparity", preset=preset)
    assert at.button(key="run_lab_peers").disabled
    assert "“female” in 3 of 3, “male” in 3 of 3 splits" in told(at)
    assert "Lower the strength of the bias" in told(at)
    assert "the probabilities come out too low" in told(at)
    box(at, "Trained on").set_value("fair").run()
    assert not at.button(key="run_lab_peers").disabled
    assert "Lower the strength" not in told(at)
    assert "the probabilities come out" not in told(at)
    assert "thresholds need it whenever they decide" in told(at)


@pytest.mark.slow
def test_the_plane_defines_its_notion_and_says_when_it_is_the_wrong_one(show):
    at = show("Performance against disparity")
    for disparity in DISPARITIES:
        box(at, "Disparity").set_value(disparity).run()
        notion = NOTIONS[disparity.removesuffix("_difference")]
        assert notion.meaning in told(at)
        assert f"It is the wrong one when {notion.wrong_when[:1].lower()}" in told(at)
        assert notion.wrong_when[1:] in told(at)


@pytest.mark.slow
def test_moved_scores_stand_beside_those_of_the_workbench(show, state, preset):
    state.lab.moved = {"sex = male": 0.0}
    at = show("Performance against disparity", preset=preset)
    assert "the LAAT model with your changes" in told(at)


@pytest.mark.slow
def test_fair_models_can_be_cancelled(show, state, monkeypatch):
    def slowly(*_, on_progress):
        for _ in range(500):
            time.sleep(0.01)
            on_progress(0.5)
        raise AssertionError

    monkeypatch.setattr("ui.bias.plane.fair_peers", slowly)
    at = show("Performance against disparity")
    at.button(key="run_lab_peers").click().run()
    peers = state.lab.peers
    assert peers.running
    at.button(key="cancel_Peers").click().run()
    assert not at.exception
    assert peers.job.done.wait(5)
    assert at.run().button(key="run_lab_peers")


@pytest.mark.slow
def test_another_table_ends_what_is_under_way(show, state, preset):
    at = show(preset=preset)
    lab = state.lab
    at.session_state["state"].open(odd_table())
    assert state.lab is not lab
    assert lab.trainer.share is None


@pytest.mark.slow
def test_scores_of_nothing_are_no_fault(show, state, preset):
    zeros = ImportanceScores.zeros(state.feature_names)
    state.use(state.add_expert("zeros", zeros))
    state.lab.not_used = ("sex",)
    at = show(preset=preset)
    for tab in TABS:
        assert not re.search(r"\bnan\b|\bNaN\b", everything(opened(at, tab)))
