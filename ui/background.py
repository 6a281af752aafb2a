"""Work in the background of a page: drawn while it runs, with a button that ends it."""

from collections.abc import Callable
from typing import Protocol

import streamlit as st

__all__ = ["EVERY", "Background", "watch"]

EVERY = 0.5  # seconds between two looks at what is under way


class Background(Protocol):
    """What can be watched."""

    @property
    def running(self) -> bool:
        """Whether it is under way."""

    def cancel(self) -> None:
        """End it."""


def watch(job: Background, draw: Callable[[], None]) -> None:
    """Draw how far a job has come, again and again while it runs; then run the page anew."""
    every = EVERY if job.running else None

    @st.fragment(run_every=every)
    def progress() -> None:
        draw()
        if job.running:
            if st.button("Cancel", icon=":material/stop:", key=f"cancel_{type(job).__name__}"):
                job.cancel()
        elif every:
            st.rerun()

    progress()
