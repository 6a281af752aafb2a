"""Workbench: edit the scores and see at once what they do to the model."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.case import CaseView
from ui.controls import score_files, settings
from ui.instrument import instrument, sent_message
from ui.instrument.contents import contents
from ui.instrument.messages import obey
from ui.layout import faults_in_words, task_page
from ui.legend import show_legend
from ui.state import AppState
from ui.story import show_story
from ui.visit import get_state, name_in_address
from ui.worth import show_worth


@st.fragment
def workbench(state: AppState, place: DeltaGenerator) -> None:
    """Everything that a move changes."""
    # A move draws this part alone, and app.py does not see what is wrong with it.
    with faults_in_words():
        name_in_address(state)  # before anything shows that the first edit has been kept
        outcome = state.outcome()
        instrument(contents(state, outcome, _case(state)), on_message=_take)
        state.keep_result(outcome)
        show_worth(state, place)


def _take() -> None:
    state = get_state()
    obey(state, _case(state), sent_message())


def _case(state: AppState) -> CaseView:
    """The row that is looked at: one of the table that is open."""
    view: CaseView = st.session_state.setdefault(f"case_{state.opened}", CaseView())
    return view


state = get_state()
if task_page(state):
    with st.container(horizontal=True, vertical_alignment="center"):
        show_story(state)
        score_files(state)
        settings(state)
        show_legend()
        place = st.empty()
    workbench(state, place)
