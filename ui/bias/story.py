"""The story of the bias lab, in four steps: fair table, bias, baseline, scores."""

import numpy as np
import streamlit as st

from laat_core import LaatError
from laat_core.plots.bias import training_rows_figure
from ui.bias.lab import STEPS, LabFindings
from ui.bias.make import presets_of, show_presets, show_strength, show_way_back
from ui.bias.make_steps import show_composer
from ui.bias.story_panels import groups_watched, show_attributions, show_chart, show_errors
from ui.bias.story_rows import n_turned, told_rows
from ui.bias.story_sliders import show_sliders
from ui.bias.story_words import say_fair, say_fall, say_groups, say_held, say_left
from ui.naming import column_label
from ui.state import AppState
from ui.text import literal
from ui.training import Outcome

__all__ = ["show_story"]


def show_story(state: AppState, outcome: Outcome[LabFindings]) -> None:
    """Show the step that the story has come to, with the way to the next."""
    # Above what is drawn, where it stays under the pointer while charts come in.
    with st.container(horizontal=True, vertical_alignment="center"):
        _choose_step(state)
    if outcome.problem:
        show_way_back(state, outcome.problem)
    draw = {1: _fair_table, 2: _bias, 3: _baseline, 4: _scores}[state.lab.step]
    draw(state, outcome.found)


def _choose_step(state: AppState) -> None:
    key = _step_key(state)
    st.session_state.setdefault(key, state.lab.step)  # after another page
    st.segmented_control(
        "Steps of the story",
        list(STEPS),
        required=True,
        format_func=lambda step: f"{step} · {STEPS[step]}",
        key=key,
        label_visibility="collapsed",
        wrap=True,
        on_change=lambda: _go_to(state, st.session_state[key]),
    )
    step = state.lab.step
    last = step == len(STEPS)
    st.button(
        "Next",
        key="bias_next",
        type="primary" if step == 1 or state.lab.bias.steps else "secondary",
        icon=":material/arrow_forward:",
        icon_position="right",
        disabled=last,
        on_click=_go_to,
        args=(state, step + 1),
    )


def _step_key(state: AppState) -> str:
    return f"bias_step_{state.opened}_{state.given}"


def _go_to(state: AppState, step: int) -> None:
    state.lab.step = st.session_state[_step_key(state)] = step
    state.lab.held = False


# 1


def _fair_table(state: AppState, findings: LabFindings | None) -> None:
    st.subheader("Both models, on the table as it is", anchor=False)
    if findings is None:
        return
    st.markdown(say_fair(findings.fair.comparison, _outcome(state)))
    groups = groups_watched(state)
    outcome, opposite = state.task.outcome, state.task.opposite
    if groups is None:
        names, counts = ("all rows",), np.array([findings.fair.comparison.n_train])
    else:
        names, counts = groups.names, told_rows(findings.fair.experiment, groups)
        label = literal(column_label(state.task, state.lab.column))
        st.markdown(say_groups([literal(name) for name in names], counts, label, literal(outcome)))
    show_chart(
        "rows",
        training_rows_figure(names, counts, None, opposite, outcome),
        "Training rows by class",
    )
    st.caption("The training rows of the first of 20 splits.")


# 2


def _bias(state: AppState, findings: LabFindings | None) -> None:
    lab = state.lab
    st.subheader("A bias is put into the training rows, and into these only", anchor=False)
    show_presets(state)
    try:
        words = lab.bias.words(lab.task(state.seen))
    except LaatError:  # as the message above says; there is nothing that could be changed here
        return
    if lab.bias.steps:
        show_strength(state)
        st.markdown(f"**{literal(words)}**")
        if findings is not None:
            _show_rows(state, findings)
    if not presets_of(state):
        show_composer(state)
        return
    title = "Change it, or make one of your own" if lab.bias.steps else "Make one of your own"
    with st.expander(title, key="bias_composer"):
        show_composer(state)


def _show_rows(state: AppState, findings: LabFindings) -> None:
    """Say what the bias does in rows."""
    task = state.task
    fair, biased = findings.fair, findings.biased
    st.markdown(
        say_left(
            fair.comparison,
            biased.comparison,
            n_turned(biased.experiment),
            _outcome(state),
            _opposite(state),
        )
    )
    if sum(biased.comparison.n_train) < sum(fair.comparison.n_train):
        st.caption(
            "Counted in the first of 20 splits. So that every split trains on as many rows, a few "
            "more than the bias asks for are left out at random, of whichever class."
        )
    groups = groups_watched(state)
    if groups is None:
        return
    counts = [told_rows(pair.experiment, groups) for pair in (fair, biased)]
    show_chart(
        "rows",
        training_rows_figure(groups.names, *counts, task.opposite, task.outcome),
        f"Training rows by {column_label(task, state.lab.column)} and class, before and after",
    )
    st.caption(
        "The training rows of the first of 20 splits, with the classes that models are told."
    )


# 3


def _baseline(state: AppState, findings: LabFindings | None) -> None:
    st.subheader("What the baseline, which knows only the rows, makes of it", anchor=False)
    if not _has_bias(state):
        return
    show_strength(state)
    if findings is None:
        return
    st.markdown(say_fall(findings.fair.comparison, findings.biased.comparison))
    show_attributions(state, findings, "baseline")
    show_errors(state, findings, "baseline")


# 4


def _scores(state: AppState, findings: LabFindings | None) -> None:
    st.subheader("What the LAAT model, which knows the scores too, makes of it", anchor=False)
    if not _has_bias(state):
        return
    show_strength(state)
    if findings is not None:
        comparison = findings.biased.comparison
        alike = not comparison.recipe.not_used  # otherwise the baseline may use more
        if alike and not comparison.has_target:
            st.info(
                "All scores are 0, so the LAAT model is the baseline. Move a slider below, or ask "
                "a language model for scores."
            )
        elif alike and comparison.gamma == 0:
            st.info(
                "Trust in the scores is 0, so the LAAT model is the baseline. Raise it on the "
                "Workbench."
            )
        else:
            st.markdown(say_held(findings.fair.comparison, comparison))
    show_sliders(state, findings)
    if findings is not None:
        show_attributions(state, findings, "laat")
        show_errors(state, findings, "laat")


# What steps share


def _has_bias(state: AppState) -> bool:
    if not state.lab.bias.steps:
        st.info("No bias has been put in yet.")
        st.button("Choose one", key="bias_choose", on_click=_go_to, args=(state, 2))
    return bool(state.lab.bias.steps)


def _outcome(state: AppState) -> str:
    return literal(state.task.outcome)


def _opposite(state: AppState) -> str:
    return literal(state.task.opposite)
