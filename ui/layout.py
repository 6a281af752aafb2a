"""Room: the workbench has to fit on one screen."""

import html

import streamlit as st

from laat_core.plots.attributions import MOST_FEATURES
from ui.state import AppState
from ui.text import literal, literal_html

__all__ = ["CHARTS", "chart_height", "compact_page", "task_page"]

# What plotly shows on a chart that is pointed at: the image export alone, as more would lie over
# the legend. A part is magnified by dragging, and a double click shows the whole again.
CHARTS = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "png", "scale": 2},
}

ROW = 20  # pixels of one feature in the chart
AXES = 90


def compact_page() -> None:
    """Take away the room that Streamlit leaves above a page."""
    st.html(
        """<style>
        .stMainBlockContainer { padding: 4rem 2rem 1rem; }
        .laat-title { margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        @media (max-width: 640px) {
            .stMainBlockContainer { padding: 4rem 1rem 1rem; }
            .laat-title { white-space: normal; }
        }
        </style>"""
    )


def _page_title(title: str, sentence: str) -> None:
    """Say in one line what the page is about; what does not fit is there on pointing at it."""
    said = f" · {literal_html(sentence)}" if sentence else ""
    st.html(
        f"<p class='laat-title' title='{html.escape(sentence)}'>"
        f"<b>{literal_html(title)}</b>{said}</p>"
    )


def task_page(state: AppState) -> bool:
    """Head of a page about the open task; False where its columns cannot be used yet."""
    compact_page()
    _page_title(state.task.title, state.task.description)
    if state.problem:
        st.error(literal(state.problem))
        st.page_link("pages/data.py", label="Change the columns", icon=":material/table:")
    return not state.problem


def chart_height(n_features: int) -> int:
    """Height of a chart with one row per feature, in pixels."""
    return max(360, AXES + ROW * min(n_features, MOST_FEATURES))
