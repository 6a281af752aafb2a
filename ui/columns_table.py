"""The columns of a table with their profile; roles and words can be changed in place."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from laat_core import Role, Task
from laat_core.data.profile import ColumnProfile
from laat_core.plots.distribution import distribution_figure
from laat_core.plots.style import BASELINE, LAAT, shorten
from ui.layout import CHARTS
from ui.naming import column_label
from ui.state import AppState
from ui.text import literal

__all__ = ["edit_columns", "take_edits"]

WORDS = ["role", "label", "description", "unit"]
ROW_HEIGHT = 35
MOST_ROWS = 15


def edit_columns(state: AppState) -> None:
    """Show every column with its profile, and take over changed roles and words."""
    task = state.task
    profiles = state.profiles()
    st.subheader("Columns", anchor=False)
    st.caption(
        "What each column is taken for, and what it holds. Role, label, description and unit can "
        "be changed here: double-click a cell."
    )
    _editor(state, profiles)
    _missing(state, profiles)
    _one_column(task, profiles, state.opened)


def _editor(state: AppState, profiles: tuple[ColumnProfile, ...]) -> None:
    task = state.task
    # Its edits are relative to the table that it was given: a changed table takes a new key.
    key = f"columns_{state.epoch}"
    config = st.column_config
    table = pd.DataFrame(
        {
            "column": pd.Series([column.name for column in task.columns], dtype="str"),
            # Of a declared type: a table of the target alone has no column to tell it by.
            **{
                word: pd.Series([str(getattr(c, word)) for c in task.columns], dtype="str")
                for word in WORDS
            },
            "missing": [p.n_missing for p in profiles],
            "missing_share": [p.missing_share for p in profiles],
            "different": [p.n_distinct for p in profiles],
            "negative": [_shares(p, 0) for p in profiles],
            "positive": [_shares(p, 1) for p in profiles],
            "note": [
                " ".join(filter(None, [column.note, p.warning, p.treatment]))
                for column, p in zip(task.columns, profiles, strict=True)
            ],
        }
    )
    st.data_editor(
        table,
        key=key,
        on_change=lambda: take_edits(state, st.session_state[key]["edited_rows"]),
        hide_index=True,
        height=min(len(table), MOST_ROWS) * ROW_HEIGHT + 40,
        row_height=ROW_HEIGHT,
        disabled=[name for name in table.columns if name not in WORDS],
        column_config={
            "column": config.TextColumn("Column", pinned=True),
            "role": config.SelectboxColumn("Role", options=list(Role), required=True),
            "label": config.TextColumn("Label", max_chars=200),
            "description": config.TextColumn("Description", max_chars=2000, width="medium"),
            "unit": config.TextColumn("Unit", max_chars=50),
            "missing": config.NumberColumn("Missing", help="Rows without a value"),
            "missing_share": config.NumberColumn("Share missing", format="percent"),
            "different": config.NumberColumn("Different"),
            "negative": config.BarChartColumn(
                shorten(task.opposite, 30), y_min=0, color=BASELINE.color
            ),
            "positive": config.BarChartColumn(shorten(task.outcome, 30), y_min=0, color=LAAT.color),
            "note": config.TextColumn("Note", width="large"),
        },
    )


def _shares(shown: ColumnProfile, label: int) -> list[float]:
    counts = shown.distribution.counts[label]
    return [float(share) for share in counts / max(counts.sum(), 1)]


def take_edits(state: AppState, edits: Mapping[int, Mapping[str, object]]) -> None:
    """Take over edited cells: by row, then by column of the editor."""
    columns = []
    for position, cells in edits.items():
        column = state.task.columns[position]
        role = Role(str(cells.get("role") or column.role))
        words = {word: _text(cells[word]) for word in WORDS[1:] if word in cells}
        # The note says why the suggested role was what it was.
        note = column.note if role is column.role else ""
        columns.append(replace(column, role=role, note=note, **words))
    state.change_task(state.task.with_columns(*columns))


def _text(cell: object) -> str:
    """Text of an edited cell; an emptied one is None."""
    return cell.strip() if isinstance(cell, str) else ""


def _missing(state: AppState, profiles: tuple[ColumnProfile, ...]) -> None:
    task = state.task
    categories = [p for p in profiles if p.role is Role.CATEGORICAL and p.n_missing]
    if not categories and not task.missing_as_feature:
        return
    key = f"missing_{state.given}"
    st.checkbox(
        "Take a missing category as a feature of its own",
        task.missing_as_feature,
        key=key,
        help="Otherwise a row whose category is missing counts as having none of its values. "
        "Missing numbers are filled with the median of their column either way.",
        on_change=lambda: state.change_task(
            replace(state.task, missing_as_feature=st.session_state[key])
        ),
    )


def _one_column(task: Task, profiles: tuple[ColumnProfile, ...], opened: int) -> None:
    by_name = {p.name: p for p in profiles}
    name = st.selectbox(
        "One column in full",
        list(by_name),
        format_func=lambda name: column_label(task, name),
        key=f"one_column_{opened}",
    )
    if name is None:
        return
    shown = by_name[name]
    if not np.any(shown.distribution.counts):
        st.caption("This column has no values.")
        return
    st.plotly_chart(
        distribution_figure(shown.distribution, task.opposite, task.outcome),
        key="distribution",
        config=CHARTS,
        alt=f"Distribution of {name} by class",
    )
    if shown.treatment:
        st.caption(literal(shown.treatment))
