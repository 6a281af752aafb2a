"""Choosing which two classes a target has, where its column holds more."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from laat_core import Cleaning
from laat_core.data.missing_codes import missing_classes
from laat_core.data.text import level_counts, listed, sorted_levels
from laat_core.plots.style import shorten
from ui.columns.levels import pick_merges
from ui.columns.lines import line, n_rows
from ui.columns.missing_codes import pick_codes
from ui.text import literal

__all__ = ["MOST_CLASSES", "choose_classes"]

MOST_CLASSES = 20  # a column of more is no target that somebody would make two classes of
LONGEST = 40


def choose_classes(values: pd.Series, name: str) -> Cleaning:
    """Offer to count classes as missing or to merge them until two are left.

    Parameters
    ----------
    values : Series
        The target as it was read.
    name : str
        Of the table.

    Returns
    -------
    Cleaning
        As chosen so far; nothing is declared before a click.
    """
    classes = sorted_levels(values)
    if not 2 < len(classes) <= MOST_CLASSES:
        return Cleaning()
    key = f"classes_{name}_{values.name}_{'|'.join(classes)}"
    cleaning: Cleaning = st.session_state.setdefault(key, Cleaning())
    _Offer(values, cleaning, key).show()
    return cleaning


@dataclass(frozen=True)
class _Offer:
    values: pd.Series
    cleaning: Cleaning
    key: str

    def show(self) -> None:
        """Say which classes there are, and what can be done about them."""
        cleaned, key = self.cleaning.apply(self.values), f"{self.key}_{self.cleaning}"
        counts = level_counts(cleaned)
        if len(counts) > 2:
            classes = listed(f"{shorten(c, LONGEST)} ({n_rows(n)})" for c, n in counts.items())
            said = f"{self.values.name} has {len(counts)} classes: {classes}. Two are needed."
            st.warning(literal(f"{said} Count a class as missing, or merge classes."))
        for number, one in enumerate(missing_classes(cleaned) if len(counts) > 2 else ()):
            codes = listed(shorten(code, LONGEST) for code in one.codes)
            button = f"Treat {codes} as missing ({n_rows(one.n_rows)})"
            line(
                one.reason,
                button,
                f"{key}_{number}",
                lambda one=one: self.take(self.cleaning.with_missing(*one.codes)),
            )
        pick_codes(self.values, self.cleaning, self.take, key, "class")
        pick_merges(self.values, self.cleaning, self.take, key, "classes")

    def take(self, cleaning: Cleaning) -> None:
        """Keep what was chosen, for this table and target."""
        st.session_state[self.key] = cleaning
