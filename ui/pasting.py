"""Without a key: the prompt to copy into any chat, and its answer to paste."""

import streamlit as st

from laat_core import ImportanceScores
from laat_core.scores.llm.prompt import Question, write_prompt
from laat_core.scores.llm.reply import Reading, read_answer
from ui.state import AppState
from ui.text import literal

__all__ = ["paste_an_answer"]


def paste_an_answer(state: AppState, question: Question) -> None:
    """Show the prompt, read an answer, and take over what could be read of it."""
    prompt = write_prompt(question)
    st.markdown("1. Copy this into any chat assistant. It holds no row of the table.")
    st.code(f"{prompt.system}\n\n{prompt.user}", language=None, wrap_lines=True, height=220)
    st.markdown("2. Paste its answer here: JSON, a table, or lines such as “age: +7”.")
    with st.form("paste", border=False):
        answer = st.text_area("Answer", height=180, key=f"pasted_{state.opened}")
        name = st.text_input("Who answered", "a chat assistant", max_chars=100)
        pressed = st.form_submit_button("Read the answer", type="primary")
    if not pressed or not answer.strip():
        return
    reading = read_answer(answer, question)
    if not reading.scores:
        st.error(literal(f"Nothing could be read: {reading.problem}."))
        return
    _take(state, reading, name.strip() or "a chat assistant")
    n_read, n_all = len(reading.scores), len(question.features)
    st.success(f"{n_read} of {n_all} features were read and are on the sliders.")
    if reading.problem:
        st.warning(literal(f"The others keep their scores: {reading.problem}."))


def _take(state: AppState, reading: Reading, name: str) -> None:
    """Put what was read on the sliders; features that were not read keep their scores."""
    scores = ImportanceScores.from_estimates(
        [
            {
                feature: reading.scores.get(feature, ((state.scores.score(feature),), ""))
                for feature in state.feature_names
            }
        ],
        source=name,
    )
    state.use(state.add_expert(name, scores), keep_edits=True)
