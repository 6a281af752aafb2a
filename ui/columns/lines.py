"""A line of text with a button that does something about it."""

from collections.abc import Callable

import streamlit as st

from ui.text import literal

__all__ = ["line", "n_rows"]


def line(text: str, button: str, key: str, do: Callable[[], None]) -> None:
    """Show a button and, beside it, what it is about; both are shown as they are."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(literal(button), key=key, on_click=do)
        st.caption(literal(text))


def n_rows(number: int) -> str:
    """Write a number of rows: ``1 row``, ``1,204 rows``."""
    return f"{number:,} row{'s' * (number != 1)}"
