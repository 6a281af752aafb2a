"""Which class positive scores speak for; where the task's sentence names the other, ask."""

from collections.abc import Callable

import streamlit as st

from laat_core import Task
from laat_core.data.sentence import names_other_class
from ui.text import literal

__all__ = ["ask_positive_class"]


def ask_positive_class(
    task: Task, key: str, switch: Callable[[], object], keep: Callable[[], object]
) -> None:
    """Say what a positive score speaks for; where that seems to be wrong, offer the other class.

    Parameters
    ----------
    task : Task
    key : str
        Of the buttons.
    switch, keep : callable
        What is done where the other class was meant, or this one.
    """
    st.markdown(f"A positive score speaks for: **{literal(task.outcome)}**")
    word = names_other_class(task)
    if not word:
        return
    with st.container(border=True):
        st.markdown(
            f":material/help: The task says “{literal(word)}”, but a positive score speaks for "
            f"“{literal(task.outcome)}”. Which one should it speak for?"
        )
        with st.container(horizontal=True):
            st.button(literal(task.opposite), key=f"{key}_switch", on_click=switch)
            st.button(f"{literal(task.outcome)}, as now", key=f"{key}_keep", on_click=keep)
