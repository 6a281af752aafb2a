"""Without a key: the prompt to copy into any chat, and its answer to paste."""

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from laat_core import ImportanceScores
from laat_core.data.text import listed
from laat_core.scores.llm.prompt import Prompt, Question
from laat_core.scores.llm.reply import Reading, read_answer
from ui.naming import feature_labels
from ui.state import AppState
from ui.text import literal

__all__ = ["paste_an_answer"]

UNNAMED = "a chat assistant"
MOST_ROWS = 12
MOST_NAMES = 10


@dataclass(frozen=True)
class _Pasted:
    """An answer as it was read, until it is used or discarded."""

    who: str
    question: Question
    reading: Reading


@dataclass(frozen=True)
class _Used:
    """What became of an answer that is on the sliders."""

    n_scores: int
    kept: list[str]  # labels of the features whose own edits stay


def paste_an_answer(state: AppState, question: Question, prompt: Prompt) -> None:
    """Show the prompt, read an answer, and put it on the sliders on request."""
    st.markdown("1. Copy this into any chat assistant. It contains no rows of the table.")
    st.code(f"{prompt.system}\n\n{prompt.user}", language=None, wrap_lines=True, height=170)
    st.markdown("2. Paste the answer here: JSON, a table, or lines such as “age: +7”.")
    labels = feature_labels(state.task, state.features)
    key = f"read_{state.opened}"
    with st.form("paste", border=False):
        answer = st.text_area("Answer", height=140, key=f"pasted_{state.opened}")
        who = st.text_input("Who answered", UNNAMED, max_chars=100).strip() or UNNAMED
        if st.form_submit_button("Read the answer", type="primary"):
            reading = read_answer(answer, question, labels)
            st.session_state[key] = _Pasted(who, question, reading) if answer.strip() else None
            if not answer.strip():
                st.info("There is no answer yet. Paste one above.")
    match st.session_state.get(key):
        case _Used() as used:
            _confirm(used)
        case _Pasted(question=asked) as pasted if asked == question:
            _check(state, pasted, prompt, labels, key)


def _confirm(used: _Used) -> None:
    st.success(f"{used.n_scores} scores are on the sliders.")
    if used.kept:
        st.info(
            literal(
                f"Your own edits stay: {', '.join(used.kept)}. Resetting one takes the score "
                "that was read."
            )
        )


def _check(
    state: AppState, pasted: _Pasted, prompt: Prompt, labels: dict[str, str], key: str
) -> None:
    """Let the person look at what was read before it counts."""
    if not pasted.reading.scores:
        st.error(literal(f"Nothing could be read: {pasted.reading.problem}."))
        return
    _show(state, pasted.reading, labels)
    keep = st.checkbox("Keep my own edits", value=True, key=f"keep_pasted_{state.opened}")
    with st.container(horizontal=True):
        use, discard = (
            st.button("Put these scores on the sliders", type="primary"),
            st.button("Discard"),
        )
    if use:
        st.session_state[key] = _use(state, pasted, prompt, labels, keep=keep)
    if discard:
        st.session_state[key] = None
    if use or discard:
        st.rerun()


def _show(state: AppState, reading: Reading, labels: dict[str, str]) -> None:
    """Show what was read, and what was not, before anything changes."""
    n_read, n_all = len(reading.scores), len(labels)
    st.markdown(f"3. Check what was read: {n_read} of {n_all} features.")
    now = state.scores.as_dict()
    table = pd.DataFrame(
        [
            {"Feature": labels[name], "Now": now[name], "Read": score, "Reason": reason}
            for name, ((score,), reason) in reading.scores.items()
        ]
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(table) <= MOST_ROWS else 35 * (MOST_ROWS + 1),
        column_config={
            "Now": number(format="%+.3g", width="small"),
            "Read": number(format="%+.3g", width="small"),
            "Reason": st.column_config.TextColumn(width="large"),
        },
    )
    if faults := replace(reading, missing=()).problem:
        st.warning(literal(f"Not understood: {faults}."))
    if reading.missing:
        names = listed((labels[name] for name in reading.missing), MOST_NAMES)
        st.caption(literal(f"Without a score in the answer, so unchanged: {names}."))


def _use(
    state: AppState, pasted: _Pasted, prompt: Prompt, labels: dict[str, str], *, keep: bool
) -> _Used:
    """Put what was read beside the other proposals and on the sliders."""
    scores = ImportanceScores.from_estimates([pasted.reading.scores], source=pasted.who)
    asked = {"model": pasted.who, "system": prompt.system, "prompt": prompt.user}
    kept = [labels[name] for name in state.edited if keep and name in pasted.reading.scores]
    state.use(state.add_expert(pasted.who, scores, asked), keep_edits=keep)
    return _Used(len(pasted.reading.scores), kept)
