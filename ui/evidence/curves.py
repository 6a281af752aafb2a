"""Studies that take a while: each in the background, drawn as it grows."""

import streamlit as st

from ui.state import AppState

__all__ = ["show_curves"]


def show_curves(state: AppState) -> None:  # noqa: ARG001
    """Let the studies be run, and show what came of them."""
    st.subheader("How much, how far, how robust", anchor=False)
