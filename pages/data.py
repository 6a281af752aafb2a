"""Data: choose a table, say what its columns are, and look at it before training."""

from dataclasses import replace

import streamlit as st

from laat_core.data.cleaning_words import coded_rows, merged_rows
from laat_core.data.text import feature_name, one_line
from ui.before_training import show_findings
from ui.columns.section import edit_columns
from ui.layout import compact_page
from ui.positive_class import ask_positive_class
from ui.state import AppState
from ui.table_choice import choose_table
from ui.text import literal
from ui.unusable import explain_problem
from ui.visit import get_state


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
    values = task.table[task.target]
    if coded := coded_rows(task.target_cleaning, values):
        counts += f" {literal(task.target)}: {literal(coded)}."
    if merged := merged_rows(task.target_cleaning, values):
        counts += f" {literal(merged)}."
    if state.hold_out:
        counts += (
            f" {len(task.labels) - len(state.seen.labels):,} of them are held out: what follows "
            "counts the others by class."
        )
    st.markdown(counts)
    if task.source:
        st.caption(f"{literal(task.source)} Licence: {literal(task.license)}.")
    if task.notes:
        with st.expander(f"How the file was read: {len(task.notes)} to check"):
            st.markdown("\n".join(f"- {literal(one_line(note))}" for note in task.notes))
    _words(state)


def _words(state: AppState) -> None:
    """Let the task be put into words. Callbacks, so that a click elsewhere comes after them."""
    task, given = state.task, state.given
    left, right = st.columns([3, 1])
    left.text_input(
        "Task: what is predicted, in one sentence",
        task.description,
        key=(sentence := f"sentence_{given}"),
        on_change=lambda: state.change_task(
            replace(state.task, description=st.session_state[sentence])
        ),
    )
    right.selectbox(
        f"Positive class of {literal(task.target)}",
        task.classes,
        index=task.classes.index(task.positive_class),
        key=(positive := f"positive_{given}"),
        help="Positive scores speak for this class. Changing it turns the sign of every score.",
        on_change=lambda: state.change_task(
            replace(state.task, positive_class=st.session_state[positive])
        ),
    )
    for place, name in zip(st.columns(2), task.classes, strict=True):
        place.text_input(
            f"Rows with {literal(feature_name(task.target, name))}, in words",
            task.class_labels.get(name, ""),
            max_chars=100,
            key=(label := f"class_{name}_{given}"),
            placeholder="such as: heart disease",
            on_change=_take_label,
            args=(state, name, label),
        )
    ask_positive_class(
        task,
        f"class_{given}",
        switch=lambda: state.change_task(
            replace(state.task, positive_class=state.task.negative_class)
        ),
        keep=lambda: state.change_task(replace(state.task, confirmed=state.task.reading)),
    )


def _take_label(state: AppState, name: str, key: str) -> None:
    labels = {**state.task.class_labels, name: st.session_state[key].strip()}
    state.change_task(replace(state.task, class_labels=labels))


state = get_state()
compact_page()
choose_table(state)
st.divider()
about(state)
if state.refusal:
    st.error(literal(state.refusal))
    state.refusal = ""
if state.problem:
    explain_problem(state)
show_findings(state)
edit_columns(state)
st.page_link("pages/workbench.py", label="To the workbench", icon=":material/tune:")
