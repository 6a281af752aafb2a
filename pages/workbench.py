"""Workbench: edit the scores and see at once what they do to the model."""

import streamlit as st

from laat_core import Comparison, LaatError
from laat_core.plots.attributions import MOST_FEATURES, attributions_figure
from laat_core.plots.roc import roc_figure
from ui.controls import score_files, settings, trust
from ui.layout import CHARTS, chart_height, task_page
from ui.legend import show_legend
from ui.naming import feature_labels
from ui.results import show_numbers, show_sentence
from ui.sliders import show_sliders
from ui.state import AppState, get_state
from ui.story import show_story
from ui.text import literal

ROC_HEIGHT = 440
CHART_WINDOW = 560  # a longer chart is scrolled


@st.fragment
def workbench(state: AppState) -> None:
    """Everything that a slider move changes."""
    numbers, hints = st.columns([3, 1], vertical_alignment="center")
    sentence = st.container()
    sliders, charts = st.columns([2, 3], gap="medium")
    with hints:
        show_story(state)
    with charts, st.container(horizontal=True, vertical_alignment="center"):
        trust(state)
        score_files(state)
        settings(state)
        show_legend()
    weights: dict[str, float] = {}
    try:
        comparison = state.experiment().compare(state.scores, state.settings.gamma)
    except LaatError as error:
        sentence.error(literal(str(error)))
    else:
        with numbers:
            show_numbers(comparison)
        with sentence:
            show_sentence(comparison)
        with charts:
            show_charts(state, comparison)
        weights = dict(zip(comparison.features, map(float, comparison.target), strict=True))
    # Last, because its answer tells the panel that the page is done with the last move.
    with sliders:
        show_sliders(state, weights)


def show_charts(state: AppState, comparison: Comparison) -> None:
    """Show ROC curves, and target and attributions per feature."""
    height = chart_height(len(comparison.features))
    curves, attributions = st.columns([2, 3])
    curves.plotly_chart(
        roc_figure(comparison, min(height, ROC_HEIGHT)),
        key="roc",
        config=CHARTS,
        alt="ROC curves of LAAT model, baseline and scores alone",
    )
    labels = feature_labels(state.task, state.experiment().encoder.features_)
    with attributions.container(height=min(height, CHART_WINDOW), border=False, gap=None):
        st.plotly_chart(
            attributions_figure(comparison, labels, height),
            key="attributions",
            config=CHARTS,
            alt="Per feature the target and the attributions of LAAT model and baseline",
        )
    if len(comparison.features) > MOST_FEATURES:
        attributions.caption(f"The {MOST_FEATURES} largest of {len(comparison.features)} features.")


state = get_state()
if task_page(state):
    workbench(state)
