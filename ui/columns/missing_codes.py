"""Which values of a column count as missing: those declared, and a field to declare others."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from laat_core import Cleaning, Column
from laat_core.data.profile import ColumnProfile
from laat_core.data.text import level_counts
from laat_core.plots.style import shorten
from ui.columns.kept_scores import take_cleaning
from ui.columns.lines import line, n_rows
from ui.state import AppState
from ui.text import literal

__all__ = ["declare_codes", "pick_codes"]

MOST = 40  # values that are offered; any other can be typed
LONGEST = 60


def declare_codes(state: AppState, column: Column, shown: ColumnProfile) -> None:  # noqa: ARG001
    """Let values of one column be declared missing, and be values again."""
    pick_codes(
        state.task.table[column.name],
        column.cleaning,
        partial(take_cleaning, state, column.name),
        f"codes_{column.name}_{column.cleaning}_{state.opened}",
    )


def pick_codes(
    values: pd.Series,
    cleaning: Cleaning,
    take: Callable[[Cleaning], None],
    key: str,
    noun: str = "value",
) -> None:
    """Show which values count as missing, and let others be declared.

    Parameters
    ----------
    values : Series
        A column as it was read.
    cleaning : Cleaning
    take : callable
        Called with another cleaning.
    key : str
        Beginning of the widgets' keys; another one for every cleaning.
    noun : str
        What one of them is called.
    """
    cleaned = cleaning.apply(values)
    for code in cleaning.missing_codes:
        rows = _coded(values, Cleaning((code,), cleaning.merged))
        line(
            f"{shorten(code, LONGEST)} counts as missing: {n_rows(rows)}.",
            "Undo",
            f"{key}_undo_{code}",
            partial(take, cleaning.without_missing(code)),
        )
    counts = _offered(cleaned)
    st.selectbox(
        f"Count a {noun} as missing",
        list(counts),
        index=None,
        placeholder=f"Choose a {noun}, or type one",
        format_func=lambda value: (
            f"{shorten(value, LONGEST)} ({n_rows(counts[value])})" if value in counts else value
        ),
        accept_new_options=True,
        key=f"{key}_code",
        on_change=lambda: _declare(cleaned, cleaning, take, st.session_state.get(f"{key}_code")),
    )


def _declare(
    cleaned: pd.Series, cleaning: Cleaning, take: Callable[[Cleaning], None], code: str | None
) -> None:
    if not code or not code.strip():
        return
    if not _coded(cleaned, Cleaning((code,))):
        said = f"No row of {cleaned.name} has the value {shorten(code, LONGEST)}."
        st.toast(literal(f"{said} Check how it is written."), icon=":material/error:")
        return
    take(cleaning.with_missing(code))


def _coded(values: pd.Series, cleaning: Cleaning) -> int:
    """How many cells hold a code."""
    return int((cleaning.apply(values).isna() & values.notna()).sum())


def _offered(values: pd.Series) -> dict[str, int]:
    """Values with their rows; of many numbers the outermost and the most frequent ones."""
    if not pd.api.types.is_numeric_dtype(values):
        return dict(list(level_counts(values).items())[: 25 * MOST])
    rows = values.value_counts()
    if len(rows) > MOST:
        part = MOST // 4
        ends = rows.sort_index().index
        kept = [*ends[:part], *ends[-part:], *rows.index[: 2 * part]]
        values = values[values.isin(kept)]
    return level_counts(values)
