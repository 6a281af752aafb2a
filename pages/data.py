"""Data: choose a table, say what its columns are, and look at it before training."""

from dataclasses import replace

import streamlit as st

from ui.columns_table import edit_columns
from ui.layout import compact_page
from ui.state import AppState, get_state
from ui.table_choice import choose_table
from ui.text import literal


def about(state: AppState) -> None:
    """Say what the open table is, and let the task be put into words."""
    task = state.task
    st.subheader(literal(task.title), anchor=False)
    n_positive = int(task.labels.sum())
    counts = (
        f"{len(task.labels):,} rows: {n_positive:,} with {literal(task.outcome)}, "
        f"{len(task.labels) - n_positive:,} with {literal(task.opposite)}."
    )
    if task.n_unlabelled:
        counts += (
            f" {task.n_unlabelled:,} more have no value in {literal(task.target)} and are left out."
        )
    st.markdown(counts)
    if task.source:
        st.caption(f"{literal(task.source)} Licence: {literal(task.license)}.")
    left, right = st.columns([3, 1])
    sentence = left.text_input(
        "Task: what is predicted, in one sentence", task.description, key=f"sentence_{task.name}"
    )
    positive = right.selectbox(
        f"Positive class of {literal(task.target)}",
        task.classes,
        index=task.classes.index(task.positive_class),
        key=f"positive_{task.name}",
        help="Positive scores speak for this class. Changing it turns the sign of every score.",
    )
    if (sentence, positive) != (task.description, task.positive_class):
        state.change_task(replace(task, description=sentence, positive_class=positive))
        st.rerun()


state = get_state()
compact_page()
choose_table(state)
st.divider()
about(state)
if state.problem:
    st.error(literal(state.problem))
edit_columns(state)
st.page_link("pages/workbench.py", label="To the workbench", icon=":material/tune:")
