"""The order of the levels of an ordered column: which is lowest, and which count as missing."""

from collections.abc import Callable, Sequence

import streamlit as st

from laat_core import Column, Role
from laat_core.data.orders import suggest_order
from laat_core.data.profile import ColumnProfile
from laat_core.data.text import level_counts
from ui.columns.kept_scores import take_order
from ui.state import AppState
from ui.text import literal

__all__ = ["edit_order", "moved", "with_missing"]

CHOSEN = "level_of_the_order"  # the level that the buttons move


def edit_order(state: AppState, column: Column, shown: ColumnProfile) -> None:  # noqa: ARG001
    """Let the levels of an ordered column be moved up and down, and be counted as missing."""
    if column.role is not Role.ORDERED:
        return
    counts, order = level_counts(state.task.cleaned[column.name]), column.ranked
    st.markdown("**Order of the levels**")
    st.caption(
        "Lowest first. The feature is the place of the level: a positive score speaks for the "
        "levels further down this list."
    )
    if order:
        _move(state, column, counts)
    levels = list(dict.fromkeys([*order, *counts]))
    key = f"missing_levels_{state.opened}_{state.epoch}"
    st.multiselect(
        "Levels that count as missing",
        levels,
        [level for level in levels if level not in order],
        format_func=literal,
        key=key,
        help="Such as 'unknown'. Rows with these levels, and rows without a value, get the middle "
        "level.",
        on_change=lambda: take_order(
            state, column, with_missing(levels, order, st.session_state[key])
        ),
    )


def _move(state: AppState, column: Column, counts: dict[str, int]) -> None:
    order = column.ranked
    chosen = st.session_state.get(CHOSEN)
    key = f"order_{state.opened}_{state.epoch}"
    level = st.radio(
        "Levels, lowest first",
        order,
        index=order.index(chosen) if chosen in order else 0,
        format_func=lambda name: f"{literal(name)} ({counts.get(name, 0):,} rows)",
        key=key,
        on_change=lambda: st.session_state.update({CHOSEN: st.session_state[key]}),
    )
    suggested = suggest_order(state.task.cleaned[column.name])
    with st.container(horizontal=True):
        _button(state, column, "Move up", "arrow_upward", level, lambda o: moved(o, level, -1))
        _button(state, column, "Move down", "arrow_downward", level, lambda o: moved(o, level, 1))
        _button(state, column, "Reverse", "swap_vert", level, lambda o: tuple(reversed(o)))
        if suggested and suggested != order:
            _button(state, column, "Order as the levels say", "sort", level, lambda _: suggested)


def _button(
    state: AppState,
    column: Column,
    label: str,
    icon: str,
    level: str,
    change: Callable[[tuple[str, ...]], tuple[str, ...]],
) -> None:
    def do() -> None:
        st.session_state[CHOSEN] = level
        if (order := change(column.ranked)) != column.ranked:
            take_order(state, column, order)

    st.button(
        label,
        # The same after each move, and never disabled, so that it keeps the focus.
        key=f"{icon}_{state.opened}",
        icon=f":material/{icon}:",
        on_click=do,
    )


def moved(order: Sequence[str], level: str, by: int) -> tuple[str, ...]:
    """Return an order with one level so many places further down, as far as there are places."""
    others = [name for name in order if name != level]
    place = min(max(order.index(level) + by, 0), len(others))
    return (*others[:place], level, *others[place:])


def with_missing(
    levels: Sequence[str], order: Sequence[str], missing: Sequence[str]
) -> tuple[str, ...]:
    """Return an order without some levels; those that are new in it come last."""
    kept = [level for level in order if level not in missing]
    return (*kept, *(level for level in levels if level not in {*kept, *missing}))
