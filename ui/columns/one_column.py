"""One column in full: a panel for each thing that can be seen or declared of it."""

from collections.abc import Callable

import streamlit as st

from laat_core import Column
from laat_core.data.profile import ColumnProfile
from ui.columns.dates import edit_reference
from ui.columns.distribution import show_distribution
from ui.columns.levels import merge_levels
from ui.columns.missing_codes import declare_codes
from ui.columns.order import edit_order
from ui.naming import column_label
from ui.state import AppState

__all__ = ["open_column", "show_one_column"]

Panel = Callable[[AppState, Column, ColumnProfile], None]
PANELS: tuple[Panel, ...] = (
    show_distribution,
    edit_order,
    edit_reference,
    declare_codes,
    merge_levels,
)


def show_one_column(state: AppState, profiles: tuple[ColumnProfile, ...]) -> None:
    """Let a column be chosen, and show its panels."""
    task = state.task
    by_name = {shown.name: shown for shown in profiles}
    name = st.selectbox(
        "One column in full",
        list(by_name),
        format_func=lambda name: column_label(task, name),
        key=_key(state),
    )
    if name is None:
        return
    for show in PANELS:
        show(state, task.column(name), by_name[name])


def open_column(state: AppState, name: str) -> None:
    """Show this column in full, from a callback: before the page is drawn."""
    st.session_state[_key(state)] = name


def _key(state: AppState) -> str:
    return f"one_column_{state.opened}"
