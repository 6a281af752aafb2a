"""The reference date of a date column: the day to which its years are counted."""

from datetime import date

import streamlit as st

from laat_core import Column, Role
from laat_core.data.profile import ColumnProfile
from laat_core.data.role_needs import with_reference
from ui.state import AppState

__all__ = ["edit_reference"]

EARLIEST, LATEST = date(1600, 1, 1), date(2200, 12, 31)


def edit_reference(state: AppState, column: Column, shown: ColumnProfile) -> None:  # noqa: ARG001
    """Let the reference date of a date column be changed."""
    if column.role is not Role.DATE:
        return
    key = f"reference_{state.opened}_{state.epoch}"
    now = date.fromisoformat(column.reference) if column.reference else None
    st.date_input(
        "Reference date",
        now,
        min_value=min(EARLIEST, now or EARLIEST),
        max_value=max(LATEST, now or LATEST),
        format="YYYY-MM-DD",
        key=key,
        help="Another day shifts all years by the same amount, which changes no model.",
        on_change=lambda: _take(state, column, st.session_state[key]),
    )
    st.caption(
        "The feature is the years from each date to this day: an age where the column holds dates "
        "of birth, else the time since. A positive score speaks for earlier dates."
    )


def _take(state: AppState, column: Column, day: date | None) -> None:
    if day is not None:
        values = column.cleaning.apply(state.task.table[column.name])
        changed = with_reference(column, day.isoformat(), values)
        state.change_task(state.task.with_columns(changed))
