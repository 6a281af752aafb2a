"""The sliders: one compact row per feature, grouped by column, in one component.

Thirty native sliders would not fit on a screen, send nothing while they are dragged, and cost a
round trip of their own each. The component draws rows and sends scores; it calculates nothing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

__all__ = ["score_panel", "sent_scores"]

KEY = "score_panel"
FOLDER = Path(__file__).parent

_COMPONENT = st.components.v2.component(
    KEY,
    css=(FOLDER / "panel.css").read_text(encoding="utf-8"),
    js=(FOLDER / "panel.js").read_text(encoding="utf-8"),
)


def score_panel(data: dict[str, Any], on_edit: Callable[[], None]) -> None:
    """Show the sliders.

    Parameters
    ----------
    data : dict
        ``epoch`` (a number that changes when scores are set from outside the panel), ``received``
        (the number of the last message taken), ``outcome``, ``opposite``, and ``columns``: per
        column its ``label`` and its ``features``, each with ``name``, ``label``, ``title``,
        ``description``, ``score``, ``original``, ``weight`` (or None), ``origin`` (the word for
        where ``proposed`` is from), ``proposed`` (or None), ``spread`` (lowest and highest
        estimate, or None) and ``reasons``.
    on_edit : callable
        Called when scores have arrived; :func:`sent_scores` has them.
    """
    _COMPONENT(key=KEY, data=data, on_edit_change=on_edit)


def sent_scores() -> dict[str, Any] | None:
    """Return the last message of the panel: ``epoch``, ``number`` and ``scores`` by name."""
    sent = st.session_state.get(KEY)
    return sent.get("edit") if sent else None
