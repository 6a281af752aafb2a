"""The columns of a table with their profile; roles and words can be changed in place."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from laat_core import Column, Role, Task
from laat_core.data.profile import ColumnProfile
from laat_core.plots.distribution import distribution_figure
from laat_core.plots.style import BASELINE, LAAT, shorten
from ui.layout import CHARTS
from ui.naming import column_label
from ui.state import AppState
from ui.text import literal

__all__ = ["edit_columns"]

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
    columns = _changed(task, _editor(task, profiles, key=f"columns_{task.name}_{state.epoch}"))
    if columns:
        state.change_task(task.with_columns(*columns))
        st.rerun()
    _missing(state, profiles)
    _one_column(task, profiles)


def _editor(task: Task, profiles: tuple[ColumnProfile, ...], key: str) -> pd.DataFrame:
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
            "different": [p.n_distinct for p in profiles],
            "negative": [_shares(p, 0) for p in profiles],
            "positive": [_shares(p, 1) for p in profiles],
            "note": [
                " ".join(filter(None, [column.note, p.treatment]))
                for column, p in zip(task.columns, profiles, strict=True)
            ],
        }
    )
    return st.data_editor(
        table,
        key=key,
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
            "missing": config.NumberColumn("Missing"),
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


def _changed(task: Task, edited: pd.DataFrame) -> list[Column]:
    columns = []
    for column, row in zip(task.columns, edited[WORDS].itertuples(index=False), strict=True):
        role = Role(row.role)
        new = replace(
            column,
            role=role,
            label=_text(row.label),
            description=_text(row.description),
            unit=_text(row.unit),
            # The note says why the suggested role was what it was.
            note=column.note if role is column.role else "",
        )
        if new != column:
            columns.append(new)
    return columns


def _text(cell: object) -> str:
    """Text of an edited cell; an emptied one is None."""
    return cell.strip() if isinstance(cell, str) else ""


def _missing(state: AppState, profiles: tuple[ColumnProfile, ...]) -> None:
    task = state.task
    categories = [p for p in profiles if p.role is Role.CATEGORICAL and p.n_missing]
    if not categories and not task.missing_as_feature:
        return
    wanted = st.checkbox(
        "Take a missing category as a feature of its own",
        task.missing_as_feature,
        key=f"missing_{task.name}",
        help="Otherwise a row whose category is missing gets none of its flags. Missing numbers "
        "are filled with the median of their column either way.",
    )
    if wanted != task.missing_as_feature:
        state.change_task(replace(task, missing_as_feature=wanted))
        st.rerun()


def _one_column(task: Task, profiles: tuple[ColumnProfile, ...]) -> None:
    by_name = {p.name: p for p in profiles}
    name = st.selectbox(
        "One column in full",
        list(by_name),
        format_func=lambda name: column_label(task, name),
        key=f"one_column_{task.name}",
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
