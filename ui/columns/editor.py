"""The table of a table's columns: roles and words can be changed in place."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from laat_core import Column, LaatError, Role
from laat_core.data.profile import ColumnProfile
from laat_core.data.role_needs import with_role
from laat_core.plots.style import BASELINE, LAAT, shorten
from ui.columns.one_column import open_column
from ui.state import AppState

__all__ = ["edit_table", "take_edits"]

ROLES = {
    Role.NUMERIC: "Numeric: a number.",
    Role.CATEGORICAL: "Categorical: one slider per level.",
    Role.ORDERED: "Ordered: levels in an order that you set, one slider.",
    Role.DATE: "Date: years up to a day that you set, such as an age.",
    Role.GROUP: "Group: rows with the same value, such as those of one patient, stay on one side "
    "of every split; models do not see it.",
    Role.IGNORE: "Ignore: left out.",
}
WORDS = ["role", "label", "description", "unit"]
ROW_HEIGHT = 35
MOST_ROWS = 15


def edit_table(state: AppState, profiles: tuple[ColumnProfile, ...]) -> None:
    """Show a row per column with its profile, and take over changed roles and words."""
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
            "distinct": [p.n_distinct for p in profiles],
            "negative": [p.distribution.shares[0].tolist() for p in profiles],
            "positive": [p.distribution.shares[1].tolist() for p in profiles],
            "note": [
                " ".join(
                    filter(None, [column.reading, column.note, p.warning, p.treatment, p.merges])
                )
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
            "role": config.SelectboxColumn(
                "Role", options=list(Role), required=True, help=" ".join(ROLES.values())
            ),
            "label": config.TextColumn("Label", max_chars=200),
            "description": config.TextColumn("Description", max_chars=2000, width="medium"),
            "unit": config.TextColumn("Unit", max_chars=50),
            "missing": config.NumberColumn("Missing", help="Rows without a value"),
            "missing_share": config.NumberColumn("Share missing", format="percent"),
            "distinct": config.NumberColumn("Distinct values"),
            "negative": config.BarChartColumn(
                shorten(task.opposite, 30), y_min=0, color=BASELINE.color
            ),
            "positive": config.BarChartColumn(shorten(task.outcome, 30), y_min=0, color=LAAT.color),
            "note": config.TextColumn("Note", width="large"),
        },
    )


def take_edits(state: AppState, edits: Mapping[int, Mapping[str, object]]) -> None:
    """Take over edited cells: by row, then by column of the editor."""
    task, edited = state.task, []
    try:
        for position, cells in edits.items():
            column = task.columns[position]
            edited.append(_edited(column, cells, task.table[column.name]))
        task = task.with_columns(*edited)
    except LaatError as error:
        state.refuse(str(error))
        return
    state.change_task(task)
    for column in edited:
        if column.role in (Role.ORDERED, Role.DATE):
            open_column(state, column.name)


def _edited(column: Column, cells: Mapping[str, object], values: pd.Series) -> Column:
    role = Role(str(cells.get("role") or column.role))
    words = {word: _text(cells[word]) for word in WORDS[1:] if word in cells}
    # The note says why the role is what it is.
    changed = column if role is column.role else with_role(column, role, values)
    return replace(changed, **words)


def _text(cell: object) -> str:
    """Text of an edited cell; an emptied one is None."""
    return cell.strip() if isinstance(cell, str) else ""
