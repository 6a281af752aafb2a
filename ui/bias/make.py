"""Having a bias: presets, its strength, and the way back where it cannot be used."""

from functools import partial

import streamlit as st

from laat_core import DataError, Task
from laat_core.datasets.biases import Preset, load_biases
from ui.bias.make_edits import with_strength
from ui.fields import while_shown
from ui.live_slider import live_slider
from ui.state import AppState
from ui.text import literal

__all__ = ["presets_of", "show_presets", "show_strength", "show_way_back"]


def presets_of(state: AppState) -> tuple[Preset, ...]:
    """Biases that come with the open table, none with one of somebody's own."""
    return tuple(preset for preset in load_biases(state.task.name) if _fits(state.task, preset))


def _fits(task: Task, preset: Preset) -> bool:
    """Whether the table still has what the bias is about: its target may be another now."""
    try:
        return bool(preset.bias.words(task))
    except DataError:
        return False


def show_presets(state: AppState) -> None:
    """Offer the biases that come with the table."""
    presets = presets_of(state)
    if not presets:
        return
    for number, (place, preset) in enumerate(
        zip(st.columns(len(presets), border=True), presets, strict=True)
    ):
        with place:
            st.markdown(f"**{literal(preset.title)}**")
            st.caption(literal(preset.why))
            chosen = state.lab.title == preset.title
            st.button(
                "It is in the training rows" if chosen else "Put it in",
                key=f"bias_preset_{number}",
                icon=":material/check:" if chosen else None,
                type="secondary" if chosen else "primary",
                disabled=chosen,
                on_click=state.lab.put,
                args=(preset.bias, preset.column, preset.title),
            )


def show_strength(state: AppState) -> None:
    """Let every step of the bias be made weaker or stronger."""
    steps = state.lab.bias.steps
    for number, step in enumerate(steps):
        of_what = f"step {number + 1}" if len(steps) > 1 else "the bias"
        live_slider(
            f"Strength of {of_what}: how many of the rows concerned are touched",
            (0, 100),
            round(100 * step.strength),
            while_shown(state, partial(_take_strength, state, number)),
            step=1,
            unit=" %",
            busy=state.lab.trainer.share is not None,
            key=f"bias_strength_{number}_{state.given}_{state.lab.given}",
        )


def _take_strength(state: AppState, number: int, percent: float, held: bool) -> None:
    state.lab.bias, state.lab.held = with_strength(state.lab.bias, number, percent / 100), held


def show_way_back(state: AppState, problem: str) -> None:
    """Say why there are no numbers; lead back to the last bias with which there were."""
    st.error(literal(problem))
    if state.lab.bias.steps:
        st.button(
            "Back to what was before",
            key="bias_back",
            icon=":material/undo:",
            on_click=state.lab.put_back,
        )
    else:
        st.page_link("pages/data.py", label="Look at the table", icon=":material/table:")
