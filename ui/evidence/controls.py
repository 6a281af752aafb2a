"""The comparison in a sentence, beside its controls."""

import streamlit as st

from ui.state import AppState

__all__ = ["show_controls"]


def show_controls(state: AppState) -> None:  # noqa: ARG001
    """Say what the comparison found, and whether scores that know nothing find as much."""
    st.subheader("Do these scores know something?", anchor=False)
