"""Bias lab: see a biased table mislead a model, and knowledge set it right."""

import streamlit as st

from ui.bias.board import ask, show_board
from ui.bias.panels import show_panels
from ui.bias.story import show_story
from ui.layout import task_page
from ui.visit import get_state, name_in_address

state = get_state()
if task_page(state):
    state.keep_trial()
    name_in_address(state)  # before anything shows that there is a project now
    outcome = ask(state)
    story, board = st.columns([5, 3], gap="large")
    with board:  # first, so that no sentence is ahead of its number
        show_board(state, outcome)
    with story:
        show_story(state, outcome)
    if outcome.found is not None:
        show_panels(state, outcome.found)
