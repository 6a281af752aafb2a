"""How the values of one column are distributed in each class, and what fills the gaps."""

import numpy as np
import streamlit as st

from laat_core import Column
from laat_core.data.profile import ColumnProfile
from laat_core.plots.distribution import distribution_figure
from ui.layout import CHARTS
from ui.state import AppState
from ui.text import literal

__all__ = ["show_distribution"]


def show_distribution(state: AppState, column: Column, shown: ColumnProfile) -> None:
    """Draw the distribution of a column, with what becomes of its missing values."""
    found = shown.distribution
    if not np.any(found.counts):
        st.caption("This column has no values.")
        return
    st.plotly_chart(
        distribution_figure(found, state.task.opposite, state.task.outcome),
        key="distribution",
        config=CHARTS,
        alt=f"Distribution of {column.name} by class",
    )
    n_shown = len(found.bins)
    if not found.numeric and n_shown < shown.n_distinct:
        st.caption(f"The {n_shown} most frequent of {shown.n_distinct:,} levels.")
    for said in filter(None, (shown.treatment, shown.merges)):
        st.caption(literal(said))
