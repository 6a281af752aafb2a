"""A task whose columns cannot be used: what is wrong, and a way back."""

import streamlit as st

from laat_core import Task
from ui.state import AppState
from ui.text import literal

__all__ = ["explain_problem"]


def explain_problem(state: AppState) -> None:
    """Say why the columns cannot be used, and offer those of the last state that could."""
    st.error(literal(state.problem))
    if usable := state.project.last_usable():
        number, task = usable
        st.button(
            f"Take the columns of state {number} again",
            icon=":material/settings_backup_restore:",
            on_click=_take,
            args=(state, task),
            help="Roles, labels and descriptions of the columns go back to what they were then.",
        )


def _take(state: AppState, task: Task) -> None:
    state.change_task(task)
