"""What the Evidence page is about: the models with the scores as they stand, trained first."""

from typing import Any

import streamlit as st

from ui.background import poll
from ui.findings import Findings
from ui.state import AppState
from ui.text import literal
from ui.training import Trainer

__all__ = ["await_result", "trained"]


def trained(state: AppState) -> Findings | None:
    """Return what came of the scores as they stand.

    None while the models are being trained, or cannot be; the page then says so.
    """
    with st.spinner("Training the models …"):
        outcome = state.outcome()
    if outcome.share is not None:
        await_result(state.trainer, "Training the models …")
    elif outcome.problem:
        st.error(literal(outcome.problem))
        st.page_link(
            "pages/workbench.py",
            label="Change the settings on the Workbench",
            icon=":material/tune:",
        )
    else:
        return outcome.found
    return None


def await_result(trainer: Trainer[Any], what: str) -> None:
    """Show how much is done; run the page anew at the end."""

    def draw() -> None:
        share = trainer.share
        if share is None:  # it may end before the first look
            st.rerun()
        st.progress(share, what)

    poll(lambda: trainer.share is not None, draw)
