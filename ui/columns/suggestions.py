"""What may be declared about the columns: one line each, with a button that declares it."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from laat_core import Cleaning
from laat_core.data.levels import Spellings
from laat_core.data.missing_codes import MissingCodes
from laat_core.data.text import listed
from laat_core.plots.style import shorten
from ui.columns.kept_scores import take_cleaning
from ui.columns.lines import line, n_rows
from ui.naming import column_label
from ui.state import AppState

__all__ = ["offer_suggestions"]

MOST = 5  # lines that are shown at once
FEW = 4  # names in one line
LONGEST = 40


class Suggestion(NamedTuple):
    """One line: why, what the button says, and what it declares."""

    column: str
    why: str
    button: str
    declare: Callable[[Cleaning], Cleaning]


def offer_suggestions(state: AppState) -> None:
    """Show every suggestion for the open table; nothing is declared before a click."""
    suggestions = _suggestions(state)
    _show(state, suggestions[:MOST], 0)
    if more := suggestions[MOST:]:
        with st.expander(f"{len(more)} more suggestion{'s' * (len(more) > 1)}"):
            _show(state, more, MOST)


def _show(state: AppState, suggestions: list[Suggestion], first: int) -> None:
    for number, one in enumerate(suggestions, first):
        key = f"suggested_{number}_{state.epoch}"
        line(one.why, one.button, key, partial(_take, state, one))


def _take(state: AppState, one: Suggestion) -> None:
    cleaning = one.declare(state.task.column(one.column).cleaning)
    take_cleaning(state, one.column, cleaning)


def _suggestions(state: AppState) -> list[Suggestion]:
    codes, merges = state.suggestions()
    return [
        *(_of_codes(state, one) for some in codes.values() for one in some),
        *(_of_spellings(state, name, some) for name, some in merges.items()),
    ]


def _of_codes(state: AppState, one: MissingCodes) -> Suggestion:
    label = _label(state, one.column)
    codes = listed([shorten(code, LONGEST) for code in one.codes], FEW)
    return Suggestion(
        one.column,
        one.reason,
        f"Treat {codes} as missing in {label} ({n_rows(one.n_rows)})",
        lambda cleaning: cleaning.with_missing(*one.codes),
    )


def _of_spellings(state: AppState, name: str, some: tuple[Spellings, ...]) -> Suggestion:
    label, first = _label(state, name), some[0]
    groups = (", ".join(shorten(level, LONGEST) for level in one.levels) for one in some)
    levels = listed(map(_quoted, first.others), FEW)
    what = f"{levels} into {_quoted(first.into)}" if len(some) == 1 else "these spellings"

    def declare(cleaning: Cleaning) -> Cleaning:
        for one in some:
            cleaning = cleaning.with_merged(one.others, one.into)
        return cleaning

    rows = n_rows(sum(one.n_rows for one in some))
    return Suggestion(
        name,
        f"These differ only in case or spaces: {'; '.join(list(groups)[:FEW])}"
        + (f" and {len(some) - FEW} more." if len(some) > FEW else "."),
        f"Merge {what} in {label} ({rows})",
        declare,
    )


def _label(state: AppState, column: str) -> str:
    return shorten(column_label(state.task, column), LONGEST)


def _quoted(level: str) -> str:
    return f"“{shorten(level, LONGEST)}”"
