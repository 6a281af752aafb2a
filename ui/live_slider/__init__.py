"""A slider that tells where it is while it is dragged, which Streamlit's own does not."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from laat_core.data.plain import plain_number

__all__ = ["live_slider"]

FOLDER = Path(__file__).parent

_COMPONENT = st.components.v2.component(
    "live_slider",
    css=(FOLDER / "live_slider.css").read_text(encoding="utf-8"),
    js=(FOLDER / "live_slider.js").read_text(encoding="utf-8"),
)


def live_slider(
    label: str,
    ends: tuple[float, float],
    value: float,
    on_move: Callable[[float], None],
    *,
    step: float,
    key: str,
    unit: str = "",
) -> None:
    """Show a slider; while it is moved, the page runs with where it is.

    Parameters
    ----------
    label : str
        As it is, no Markdown.
    ends : tuple of float
    value : float
        Where it starts; another one from elsewhere needs another ``key``.
    on_move : callable
        Called with where it is now, before the page runs.
    step : float
    key : str
    unit : str
        Behind the number.
    """
    low, high = ends

    def take() -> None:
        # Whatever came over the connection.
        moved = plain_number(st.session_state[key].get("value"))
        if low <= moved <= high:
            on_move(float(moved))

    data = {"label": label, "low": low, "high": high, "step": step, "value": value, "unit": unit}
    _COMPONENT(key=key, data=data, on_value_change=take)
