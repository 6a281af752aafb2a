"""The instrument: sliders, numbers and charts in one component.

Native sliders and charts are messages and round trips of their own, and a native slider sends
nothing while it is dragged (docs/decisions/instrument.md). The component draws what the server
computed and sends what a person does; it calculates nothing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

__all__ = ["instrument", "sent_message"]

KEY = "instrument"
FOLDER = Path(__file__).parent
# In the order in which one uses the other; together they are one module.
PARTS = ("dom", "numbers", "roc", "rows", "case", "detail", "toolbar", "panel")

_COMPONENT = st.components.v2.component(
    KEY,
    css=(FOLDER / "instrument.css").read_text(encoding="utf-8"),
    js="\n".join((FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in PARTS),
)


def instrument(data: dict[str, Any], on_message: Callable[[], None]) -> None:
    """Show the instrument.

    Parameters
    ----------
    data : dict
        Of :func:`ui.instrument.contents.contents`.
    on_message : callable
        Called when a message has arrived; :func:`sent_message` has it.
    """
    _COMPONENT(key=KEY, data=data, on_message_change=on_message)


def sent_message() -> object:
    """Return the last message of the page: its ``number`` and its ``actions``.

    It is whatever came over the connection: nothing in it can be relied on.
    """
    sent = st.session_state.get(KEY)
    return sent.get("message") if sent else None
