"""Without a key: the prompt to copy into any chat, and its answer to paste."""

import streamlit as st

from laat_core import ImportanceScores
from laat_core.scores.llm.prompt import Prompt, Question
from laat_core.scores.llm.reply import read_answer
from ui.naming import feature_labels
from ui.state import AppState
from ui.text import literal

__all__ = ["paste_an_answer"]


def paste_an_answer(state: AppState, question: Question, prompt: Prompt) -> None:
    """Show the prompt, read an answer, and take over what could be read of it."""
    st.markdown("1. Copy this into any chat assistant. It holds no row of the table.")
    st.code(f"{prompt.system}\n\n{prompt.user}", language=None, wrap_lines=True, height=170)
    st.markdown("2. Paste its answer here: JSON, a table, or lines such as “age: +7”.")
    with st.form("paste", border=False):
        answer = st.text_area("Answer", height=140, key=f"pasted_{state.opened}")
        name = st.text_input("Who answered", "a chat assistant", max_chars=100)
        keep = st.checkbox("Keep my own edits", value=True)
        pressed = st.form_submit_button("Read the answer", type="primary")
    if not pressed:
        return
    if not answer.strip():
        st.info("There is no answer yet. Paste one above.")
        return
    reading = read_answer(answer, question)
    if not reading.scores:
        st.error(literal(f"Nothing could be read: {reading.problem}."))
        return
    edited = [name for name in state.edited if name in reading.scores] if keep else []
    who = name.strip() or "a chat assistant"
    scores = ImportanceScores.from_estimates([reading.scores], source=who)
    asked = {"model": who, "system": prompt.system, "prompt": prompt.user}
    state.use(state.add_expert(who, scores, asked), keep_edits=keep)
    n_read, n_all = len(reading.scores), len(question.features)
    st.success(f"{n_read} of {n_all} features were read and are on the sliders.")
    if edited:
        labels = feature_labels(state.task, state.features)
        kept = ", ".join(labels[name] for name in edited)
        st.info(literal(f"Your own edits stay: {kept}. A reset of each goes to what was read."))
    if reading.problem:
        st.warning(literal(f"The others keep their scores: {reading.problem}."))
