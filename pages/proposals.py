"""Proposals: ask a language model for scores, read a pasted answer, compare, and check memory."""

import streamlit as st

from laat_core.scores.llm.prompt import ask_about
from ui.asking import ask_a_model
from ui.describing import describe_columns
from ui.experts import side_by_side
from ui.layout import task_page
from ui.memory import check_memory
from ui.pasting import paste_an_answer
from ui.visit import get_state

state = get_state()
if task_page(state):
    question = ask_about(state.task, state.features)
    if not state.task.description:
        st.warning("The task has no sentence yet. Say on the Data page what is predicted.")
        st.page_link("pages/data.py", label="To the Data page", icon=":material/table:")
    ask, paste, compare, describe, memory = st.tabs(
        ["Ask a model", "Paste an answer", "Side by side", "Describe columns", "By heart?"]
    )
    with ask:
        choice, prompt = ask_a_model(state, question)
    with paste:
        paste_an_answer(state, question, prompt)
    with compare:
        side_by_side(state)
    with describe:
        describe_columns(state, choice)
    with memory:
        check_memory(state, choice)
