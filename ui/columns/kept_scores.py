"""What becomes of scores when a column's levels are put in another order, or are merged."""

from dataclasses import replace

import streamlit as st

from laat_core import Cleaning, Column
from laat_core.data.reclean import reclean
from laat_core.data.text import listed
from ui.naming import column_label, feature_labels
from ui.state import AppState
from ui.text import literal, signed

__all__ = ["take_cleaning", "take_order"]

FEW = 5  # scores in one message


def take_order(state: AppState, column: Column, order: tuple[str, ...]) -> None:
    """Take another order of a column's levels; in the reverse one, its score changes its sign."""
    before, score = column.ranked, state.scores.as_dict().get(column.name, 0)
    # The note says how the order was guessed, which it no longer is.
    changed = replace(column, order=order, note="")
    state.change_task(state.task.with_columns(changed))
    now = state.task.column(column.name).ranked
    if not score or len(now) < 2 or now != before[::-1]:
        return
    label = column_label(state.task, column.name)
    if column.name in state.locked:
        _tell(f"The score of {label} is locked at {signed(score)}. It now speaks for {now[-1]}.")
    elif state.edit_scores({column.name: -score}, "flip", "The order of the levels was reversed."):
        _tell(
            f"The score of {label} is now {signed(-score)}, as the order of its levels is "
            "reversed: it speaks for the same levels as before."
        )


def take_cleaning(state: AppState, name: str, cleaning: Cleaning) -> None:
    """Declare missing codes and merges of a column, and say which scores go with its levels."""
    before = state.scores.as_dict()
    labels = feature_labels(state.task, state.features)
    state.change_task(reclean(state.task, name, cleaning))
    now = feature_labels(state.task, state.features)
    gone = [
        f"{labels[feature]} ({signed(score)})"
        for feature, score in before.items()
        if score and feature not in now
    ]
    if gone:
        new = [label for feature, label in now.items() if feature not in labels]
        begin = f" New, with a score of 0: {listed(new, FEW)}." if new else ""
        _tell(f"These scores were dropped with their levels: {listed(gone, FEW)}.{begin}")


def _tell(said: str) -> None:
    st.toast(literal(said), icon=":material/info:", duration="long")
