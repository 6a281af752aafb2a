"""Which levels of a column are merged: those that are, spellings of one level, and any others."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from laat_core import Cleaning, Column, Role
from laat_core.data.levels import rare_levels, spellings
from laat_core.data.profile import ColumnProfile
from laat_core.data.text import level_counts, listed
from laat_core.plots.style import shorten
from ui.columns.kept_scores import take_cleaning
from ui.columns.lines import line, n_rows
from ui.state import AppState

__all__ = ["merge_levels", "pick_merges"]

MOST = 1000  # levels that are offered
FEW = 5  # names in one line
LONGEST = 40
RARE = 10  # rows
OTHER = "other"


def merge_levels(state: AppState, column: Column, shown: ColumnProfile) -> None:
    """Let levels of one column be merged, and be apart again; numbers have none."""
    unused = not column.role.is_used
    if column.role in (Role.NUMERIC, Role.DATE) or (unused and shown.distribution.numeric):
        return
    values, cleaning = state.task.table[column.name], column.cleaning
    key = f"levels_{column.name}_{cleaning}_{state.opened}"

    take = partial(take_cleaning, state, column.name)
    pick_merges(values, cleaning, take, key)
    if shown.n_distinct > 2:
        _pick_rare(cleaning.apply(values), cleaning, take, key)


def pick_merges(
    values: pd.Series,
    cleaning: Cleaning,
    take: Callable[[Cleaning], None],
    key: str,
    noun: str = "levels",
) -> None:
    """Show which levels are merged, and let others be merged.

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
        What the values are called.
    """
    for into in dict.fromkeys(cleaning.merged.values()):
        levels = [level for level, end in cleaning.merged.items() if end == into]
        undo = partial(take, cleaning.without_merged(into))
        said = f"{_names(levels)} count{'s' * (len(levels) == 1)} as {_short(into)}."
        line(said, "Undo", f"{key}_undo_{into}", undo)
    cleaned = cleaning.apply(values)
    for one in spellings(cleaned):
        line(
            f"{_names(one.levels)} differ only in case or spaces.",
            f"Merge into {_short(one.into)} ({n_rows(one.n_rows)})",
            f"{key}_spelling_{one.into}",
            partial(take, cleaning.with_merged(one.others, one.into)),
        )
    counts = level_counts(cleaned)
    if len(counts) > 2:
        _pick(counts, cleaning, take, key, noun)


def _pick(
    counts: dict[str, int],
    cleaning: Cleaning,
    take: Callable[[Cleaning], None],
    key: str,
    noun: str,
) -> None:
    offered = list(counts)[:MOST]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        levels = st.multiselect(
            f"Merge {noun}",
            offered,
            format_func=lambda level: f"{_short(level)} ({n_rows(counts[level])})",
            placeholder=f"Choose {noun}",
            key=f"{key}_levels",
        )
        into = _into(offered, f"{key}_into")
        st.button(
            "Merge",
            key=f"{key}_merge",
            disabled=not levels or levels == [into],
            on_click=lambda: take(cleaning.with_merged(levels, into)),
        )


def _pick_rare(
    cleaned: pd.Series, cleaning: Cleaning, take: Callable[[Cleaning], None], key: str
) -> None:
    """Merge all levels that few rows have."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fewest = st.number_input("Rare: fewer rows than", 2, value=RARE, key=f"{key}_fewest")
        rare = rare_levels(cleaned, fewest)
        into = _into(list(level_counts(cleaned))[:MOST], f"{key}_rare_into")
        levels = [level for level in rare if level != into]
        st.button(
            f"Merge {len(levels)} rare level{'s' * (len(levels) != 1)}",
            key=f"{key}_rare",
            disabled=not levels,
            help=listed(map(_short, levels)) or None,
            on_click=lambda: take(cleaning.with_merged(levels, into)),
        )


def _into(levels: Sequence[str], key: str) -> str:
    """Let a level be chosen to merge into."""
    return st.selectbox("Into", list(dict.fromkeys([OTHER, *levels])), format_func=_short, key=key)


def _names(levels: Sequence[str]) -> str:
    return listed(map(_short, levels), FEW)


def _short(level: str) -> str:
    return shorten(level, LONGEST)
