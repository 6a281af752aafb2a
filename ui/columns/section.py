"""The part of the Data page about the columns of the open table."""

from dataclasses import replace

import streamlit as st

from laat_core import Role
from laat_core.data.profile import ColumnProfile
from ui.columns.editor import edit_table
from ui.columns.one_column import show_one_column
from ui.columns.suggestions import offer_suggestions
from ui.state import AppState

__all__ = ["edit_columns"]


def edit_columns(state: AppState) -> None:
    """Offer what may be declared, show all columns with their profile, and one in full."""
    profiles = state.profiles()
    st.subheader("Columns", anchor=False)
    offer_suggestions(state)
    st.caption(
        "What each column is taken for, and what it holds. Role, label, description and unit can "
        "be changed here: double-click a cell."
    )
    edit_table(state, profiles)
    _choose_missing(state, profiles)
    show_one_column(state, profiles)


def _choose_missing(state: AppState, profiles: tuple[ColumnProfile, ...]) -> None:
    """Let missing categories be a feature, where there are any."""
    categories = [p for p in profiles if p.role is Role.CATEGORICAL and p.n_missing]
    if not categories and not state.task.missing_as_feature:
        return
    key = f"missing_{state.given}"
    st.checkbox(
        "Treat missing as its own category",
        state.task.missing_as_feature,
        key=key,
        help="Otherwise all indicators of a row are 0 where its category is missing. Missing "
        "numbers are filled with the median of their column either way.",
        on_change=lambda: state.change_task(
            replace(state.task, missing_as_feature=st.session_state[key])
        ),
    )
