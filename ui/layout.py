"""Room: the workbench has to fit on one screen."""

import html
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from laat_core import LaatError
from ui.state import AppState
from ui.text import literal, literal_html
from ui.unusable import explain_problem

__all__ = ["CHARTS", "compact_page", "faults_in_words", "task_page"]

# What plotly shows on a chart that is pointed at: the image export alone, as more would lie over
# the legend. A part is magnified by dragging, and a double click shows the whole again.
CHARTS = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "png", "scale": 2},
}


@contextmanager
def faults_in_words() -> Iterator[None]:
    """Say what cannot be done, such as to reach the database, where the page would be."""
    try:
        yield
    except LaatError as error:
        st.error(literal(str(error)))


def compact_page() -> None:
    """Take away the room that Streamlit leaves above a page."""
    st.html(
        """<style>
        .stMainBlockContainer { padding: 4rem 2rem 1rem; }
        .laat-title { margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        /* Streamlit's grey is too light to be read by everybody. */
        [data-testid="stCaptionContainer"][data-testid] { color: #4d5562; opacity: 1; }
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
    _page_title(state.project.title, state.task.description)
    if state.problem:
        explain_problem(state)
        st.page_link("pages/data.py", label="Change the columns", icon=":material/table:")
    return not state.problem
