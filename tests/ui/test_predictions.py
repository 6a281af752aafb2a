"""The part of the Evidence page about the models' probabilities."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from laat_core import make_task
from laat_core.evaluate.predictions import Predictions
from ui.evidence.predictions import OPEN, TABS
from ui.evidence.predictions_words import (
    say_calibration,
    say_decision,
    say_precision,
    say_threshold,
)

HOSTILE = "*a* $b$ [c](d) <script>"


def page():
    import streamlit as st  # noqa: PLC0415 - a script of its own

    from ui.evidence.predictions import show_predictions  # noqa: PLC0415

    show_predictions(st.session_state["state"], st.session_state["findings"])


@pytest.fixture
def show(finished):
    def show(state, tab="Calibration"):
        at = AppTest.from_function(page, default_timeout=60)
        at.session_state["state"] = state
        at.session_state["findings"] = finished(state).found
        return opened(at, tab)

    return show


def opened(at, tab):
    at.session_state[OPEN] = tab
    at.run()
    assert not at.exception
    return at


def models(state, finished):
    found = finished(state).found
    return {
        name: Predictions(found.experiment.test_logits(result.models))
        for name, result in found.comparison.models.items()
    }


def told(at):
    (sentence,) = (element.value for element in at.markdown)
    return sentence


def table(at):
    (found,) = (table.value for table in at.dataframe)
    assert not any("nan" in str(cell).lower() for cell in found.to_numpy().flat)
    return found


@pytest.mark.slow
def test_the_tab_that_is_open_begins_with_a_sentence_made_of_the_figures(state, show, finished):
    at, known = show(state), models(state, finished)
    assert [tab.label for tab in at.tabs] == list(TABS)
    words = "\u2068heart disease\u2069"
    for tab, sentence in {
        "Calibration": say_calibration(known["laat"], words),
        "Precision and recall": say_precision(known, words),
        "Threshold": say_threshold(known, 50, words),
        "Decision curve": say_decision(known, 50),
    }.items():
        assert told(opened(at, tab)) == sentence
        assert len(at.get("plotly_chart")) == 1


@pytest.mark.slow
def test_tables_are_the_cores_with_a_dash_for_what_is_unknown(state, show, finished):
    at, known = show(state), models(state, finished)
    assert len(table(at)) == 20
    precision = table(opened(at, "Precision and recall"))
    assert precision.iloc[5, 3] == f"{known['scores_alone'].precision.mean[50]:.3f}"
    first = table(opened(at, "Threshold")).iloc[0]
    assert (first["Model"], first["Sensitivity"], first["NPV"]) == ("LAAT model", "1.000", "–")
    decisions = table(opened(at, "Decision curve"))
    assert decisions["Act on all"].iloc[0] == f"{1000 * known['laat'].prevalence:,.1f}"


@pytest.mark.parametrize("tab", TABS)
def test_a_table_can_be_downloaded(state, show, tab):
    at = show(state, tab)
    assert [button.label for button in at.get("download_button")] == ["Table as CSV"]


@pytest.mark.slow
def test_the_threshold_moves_sentences_tables_and_stays(state, show, finished):
    at, known = show(state, "Threshold"), models(state, finished)
    at.slider[0].set_value(15).run()
    assert not at.exception
    assert told(at) == say_threshold(known, 15, "\u2068heart disease\u2069")
    assert "0.150" in set(table(at)["From"])
    assert told(opened(at, "Decision curve")) == say_decision(known, 15)
    opened(at, "Threshold")
    assert at.slider[0].value == 15
    identity = at.slider[0].proto.id
    for percent in (20, 30, 40):  # a slider that becomes another one drops every second move
        at.slider[0].set_value(percent).run()
        assert at.slider[0].value == percent
        assert at.slider[0].proto.id == identity
        assert told(at) == say_threshold(known, percent, "\u2068heart disease\u2069")


def test_new_scores_give_new_numbers(state, show):
    at = show(state)
    before = told(at)
    state.edit_scores(dict.fromkeys(state.feature_names, -5.0), "move")
    assert told(show(state)) != before


@pytest.mark.slow
@pytest.mark.parametrize("n_splits", [1, 3])
def test_an_odd_table_is_shown(state, show, n_splits):
    odd = pd.DataFrame({HOSTILE: range(8), "y": ["no", "yes"] * 4})
    state.open(make_task(odd, "y", "yes"))
    state.settings.shots, state.settings.n_splits = 3, n_splits
    at = show(state)
    for tab in TABS:
        assert told(opened(at, tab))
        table(at)


# Sentences


def of(labels, probabilities):
    logits = np.log(np.array(probabilities) / (1 - np.array(probabilities)))
    return Predictions([(np.array(labels), logits)])


@pytest.fixture
def by_hand():
    good = of([0, 0, 0, 1, 1], [0.1, 0.12, 0.62, 0.15, 0.9])
    poor = of([0, 0, 0, 1, 1], [0.7, 0.6, 0.2, 0.4, 0.3])
    return {"laat": good, "baseline": poor, "scores_alone": poor}


def test_calibration_speaks_of_the_fullest_bin(by_hand):
    assert say_calibration(by_hand["laat"], "ill") == (
        "Of the cases to which the LAAT model gives 10 to 20 %, 33 % have ill."
    )


def test_thresholds_speak_of_1000_cases(by_hand):
    assert say_threshold(by_hand, 50, "it") == (
        "Of 1,000 cases, 400 have it: flagging from 50 % on, the LAAT model finds 200 of them with "
        "200 false alarms, the baseline 0 with 400."
    )


def test_decisions_speak_of_the_better_of_all_and_none(by_hand):
    said = say_decision(by_hand, 50)
    assert "one false alarm (a threshold of 50 %)" in said
    assert "LAAT model is as good as acting on none" in said
    assert "baseline is 400 finds per 1,000 cases worse than it" in said
    assert "acting on all" in say_decision(by_hand, 20)
    assert "4 false alarms" in say_decision(by_hand, 20)
