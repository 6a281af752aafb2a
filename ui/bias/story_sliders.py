"""Scores that are tried in the bias lab: sliders of the column that is watched."""

from collections.abc import Callable

import streamlit as st

from laat_core import Feature
from laat_core.scores.importance import MAX_SCORE
from ui.bias.board import watched
from ui.bias.lab import LabFindings
from ui.bias.story_words import say_zero
from ui.fields import while_shown
from ui.live_slider import live_slider
from ui.naming import column_label, feature_label
from ui.state import AppState
from ui.text import literal, signed

__all__ = ["show_sliders"]


def show_sliders(state: AppState, findings: LabFindings | None) -> None:
    """Sliders for the features of the column that is watched, and what becomes of them."""
    lab = state.lab
    features = [feature for feature in state.features if feature.column == lab.column]
    if not features:
        st.markdown("Choose the column to watch, and its scores can be moved here.")
        return
    now = state.scores.edit(lab.moved)
    label = literal(column_label(state.task, lab.column))
    used = [f for f in features if f.name not in state.recipe.not_used]
    if lab.column in lab.not_used or not used:
        st.markdown(
            f"{label} is marked as not to be used, so that its score does not count. Take the mark "
            f"off {'below, under *Do not use*,' if used else 'on the Workbench'} to move it."
        )
        return
    for feature in used:
        _slider(state, feature, now.score(feature.name))
    if findings is not None and all(now.score(feature.name) == 0 for feature in used):
        seen, comparison = watched(state, findings), findings.biased.comparison
        if seen is not None and comparison.has_target:
            area = comparison.laat.auc_mean
            st.markdown(say_zero(label, seen, area, findings.scored))
    names = [feature.name for feature in used]
    moved = {name: score for name, score in lab.moved.items() if name in names}
    with st.container(horizontal=True):
        _button("Set to 0", "exposure_zero", lambda: _move(state, dict.fromkeys(names, 0.0)))
        _button(
            "As on the Workbench",
            "undo",
            lambda: _move(state, {name: state.scores.score(name) for name in names}),
            disabled=not moved,
        )
        _button(
            "Take over to the Workbench",
            "tune",
            lambda: _take_over(state, moved),
            disabled=not set(moved).difference(state.locked),
        )
    if locked := [literal(feature_label(state.task, f)) for f in used if f.name in state.locked]:
        st.caption(f"Locked on the Workbench, so tried here alone: {', '.join(locked)}.")


def _slider(state: AppState, feature: Feature, score: float) -> None:
    live_slider(
        f"Score of {feature_label(state.task, feature)} "
        f"(on the Workbench {signed(state.scores.score(feature.name))})",
        (-MAX_SCORE, MAX_SCORE),
        score,
        while_shown(
            state,
            lambda moved, held: _move(state, {feature.name: moved}, held=held, anew=False),
        ),
        step=0.1,
        busy=state.lab.trainer.share is not None,
        key=f"bias_score_{feature.name}_{state.given}_{state.epoch}_{state.lab.given}",
    )


def _button(words: str, icon: str, do: Callable[[], None], *, disabled: bool = False) -> None:
    key = f"bias_{words.split(maxsplit=1)[0].lower()}"
    st.button(words, key=key, icon=f":material/{icon}:", on_click=do, disabled=disabled)


def _move(
    state: AppState, scores: dict[str, float], *, held: bool = False, anew: bool = True
) -> None:
    """Try scores here; one that is as on the Workbench is none that is tried."""
    state.lab.held = held
    moved = {**state.lab.moved, **scores}
    state.lab.moved = {
        name: score for name, score in moved.items() if score != state.scores.score(name)
    }
    if anew:
        state.lab.given += 1


def _take_over(state: AppState, moved: dict[str, float]) -> None:
    """Put the scores that are tried here on the sliders of the Workbench."""
    why = f"Tried in the bias lab: {state.lab.title or state.lab.bias.words(state.seen)}"
    if state.edit_scores(moved, "story", why):
        _move(state, {})
        st.toast("The scores are on the Workbench.", icon=":material/check:")
