"""Work in the background of a page: drawn while it runs, with a button that ends it."""

from collections.abc import Callable
from typing import Protocol

import streamlit as st

__all__ = ["Background", "poll", "watch"]

EVERY = 0.5  # seconds between two looks at what is under way


class Background(Protocol):
    """What can be watched."""

    @property
    def running(self) -> bool:
        """Whether it is under way."""

    def cancel(self) -> None:
        """End it."""


def watch(job: Background, draw: Callable[[], None]) -> None:
    """Draw how far a job has come while it runs, with a button that ends it."""

    def progress() -> None:
        draw()
        if job.running and st.button(
            "Cancel", icon=":material/stop:", key=f"cancel_{type(job).__name__}"
        ):
            job.cancel()

    poll(lambda: job.running, progress)


def poll(is_under_way: Callable[[], bool], draw: Callable[[], None]) -> None:
    """Draw something by itself, again and again while it is under way; then run the page anew."""
    every = EVERY if is_under_way() else None

    @st.fragment(run_every=every)
    def drawn() -> None:
        draw()
        if every and not is_under_way():
            st.rerun()

    drawn()
