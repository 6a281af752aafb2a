"""Workbench: edit the scores and see at once what they do to the model."""

import streamlit as st

from ui.controls import score_files, settings
from ui.instrument import instrument, sent_message
from ui.instrument.contents import contents
from ui.layout import task_page
from ui.legend import show_legend
from ui.state import AppState, get_state
from ui.story import show_story


@st.fragment
def workbench(state: AppState) -> None:
    """Everything that a move changes."""
    instrument(contents(state, state.outcome()), on_message=_take)


def _take() -> None:
    get_state().take(sent_message())


state = get_state()
if task_page(state):
    with st.container(horizontal=True, vertical_alignment="center"):
        show_story(state)
        score_files(state)
        settings(state)
        show_legend()
    workbench(state)
