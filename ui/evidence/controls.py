"""The comparison in a sentence, beside its controls."""

import math
from collections.abc import Callable

import streamlit as st

from laat_core.evaluate.conflicts import rows_can_tell
from laat_core.evaluate.controls import N_PLACEBOS, Controls, run_controls
from laat_core.plots.controls import controls_figure
from ui.evidence.sayings import (
    count_rows,
    say_contradicted,
    say_controls,
    say_difference,
    say_rows,
)
from ui.evidence.training import await_result
from ui.findings import Findings
from ui.instrument.contents import sentence
from ui.layout import CHARTS
from ui.naming import feature_labels
from ui.state import AppState
from ui.text import literal
from ui.training import Outcome

__all__ = ["show_controls"]

PATIENCE = 1.0  # seconds that the page waits for the controls before it goes on without them
AT_ONCE = 30.0  # seconds of training that are begun without a question


def show_controls(state: AppState, findings: Findings) -> None:
    """Say what the comparison found, and whether scores that know nothing find as much."""
    comparison = findings.comparison
    st.subheader("Do these scores know something?", anchor=False)
    st.markdown(_as_markdown(findings))
    if comparison.uses_scores or comparison.recipe.not_used:
        st.markdown(say_difference(comparison))
        st.markdown(_worth_and_contradicted(state, findings))
    task = state.task
    st.caption(say_rows(comparison, literal(task.outcome), literal(task.opposite)))
    if not comparison.uses_scores:
        return
    seconds = (N_PLACEBOS + 1) * comparison.seconds  # or less: several are trained together
    if seconds > AT_ONCE and state.studies.asked is not comparison:
        _offer(state, findings, seconds)
    else:
        _show(state, _controls(state, findings))


def _controls(state: AppState, findings: Findings) -> Outcome[Controls]:
    experiment, comparison, scores = findings.experiment, findings.comparison, state.scores

    def work(tell: Callable[[float], None]) -> Controls:
        return run_controls(experiment, scores, comparison, tell)

    with st.spinner(f"Training {N_PLACEBOS} placebos …"):
        return state.studies.controls.ask(comparison, work, PATIENCE)


def _show(state: AppState, controls: Outcome[Controls]) -> None:
    if controls.share is not None:
        await_result(state.studies.controls, f"Training {N_PLACEBOS} placebos …")
    elif controls.problem:
        st.error(literal(controls.problem))
    elif controls.found is not None:
        left, right = st.columns([2, 3], gap="large", vertical_alignment="center")
        for said in say_controls(controls.found):
            left.markdown(said)
        right.plotly_chart(
            controls_figure(controls.found),
            key="chart_controls",
            config=CHARTS,
            alt="AUC with the scores, with shuffled scores, with every sign turned, and without",
        )


def _offer(state: AppState, findings: Findings, seconds: float) -> None:
    """Offer controls that take a while."""
    st.markdown(
        "Whether scores that know nothing do as well, placebos tell: the same scores, shuffled "
        "among the features."
    )
    if st.button(f"Train {N_PLACEBOS} placebos: up to {math.ceil(seconds / 60)} min"):
        state.studies.asked = findings.comparison
        st.rerun()


def _worth_and_contradicted(state: AppState, findings: Findings) -> str:
    """Say what the scores are worth, where that is known, and which of them the rows contradict.

    In one piece: one more element above the tabs would make other tabs of them, the first open.
    """
    worth = state.studies.worth(state.project.history, state.settings)
    labels = feature_labels(state.task, state.features)
    names = [literal(labels[name]) for name, kinds in findings.conflicts.items() if "rows" in kinds]
    experiment = findings.experiment
    contradicted = say_contradicted(
        names, experiment.evidence.n_rows, can_tell=rows_can_tell(experiment, state.scores)
    )
    return f"{count_rows(worth)} {contradicted}" if worth else contradicted


def _as_markdown(findings: Findings) -> str:
    marks = {"bdi": literal, "b": "**{}**".format}
    return "".join(
        part if isinstance(part, str) else marks[part[0]](part[1])
        for part in sentence(findings.comparison)
    )
