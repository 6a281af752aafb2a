"""A slider that tells where it is while it is dragged, which Streamlit's own does not."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import streamlit as st

from laat_core.data.plain import plain_number

__all__ = ["live_slider"]

FOLDER = Path(__file__).parent
_runs = count()

_COMPONENT = st.components.v2.component(
    "live_slider",
    css=(FOLDER / "live_slider.css").read_text(encoding="utf-8"),
    js=(FOLDER / "live_slider.js").read_text(encoding="utf-8"),
)


def live_slider(
    label: str,
    ends: tuple[float, float],
    value: float,
    on_move: Callable[[float, bool], None],
    *,
    step: float,
    key: str,
    unit: str = "",
    busy: bool = False,
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
        Called with where it is now, and whether it is held there still, before the page runs.
    step : float
    key : str
    unit : str
        Behind the number.
    busy : bool
        Whether the page is still at work on what it was told last: while it is, a slider that is
        held tells nothing more.
    """
    low, high = ends

    def take() -> None:
        match st.session_state[key].get("moved"):  # whatever came over the connection
            case {"at": at, "held": bool(held)} if low <= plain_number(at) <= high:
                on_move(float(at), held)

    data = {"label": label, "low": low, "high": high, "step": step, "value": value, "unit": unit}
    # Every run answers, though nothing else may have changed.
    _COMPONENT(key=key, data=data | {"busy": busy, "run": next(_runs)}, on_moved_change=take)
