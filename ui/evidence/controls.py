"""The comparison in a sentence, beside its controls."""

from collections.abc import Callable

import streamlit as st

from laat_core.evaluate.controls import N_PLACEBOS, Controls, run_controls
from laat_core.plots.controls import controls_figure
from ui.evidence.sayings import say_controls
from ui.findings import Findings
from ui.instrument.contents import sentence
from ui.layout import CHARTS, faults_in_words
from ui.state import AppState
from ui.text import literal
from ui.training import Outcome

__all__ = ["show_controls"]

EVERY = 0.5  # seconds between two looks at what is under way
PATIENCE = 1.0  # seconds that the page waits for the controls before it goes on without them
AT_ONCE = 30.0  # seconds of training that are begun without a question


def show_controls(state: AppState) -> None:
    """Say what the comparison found, and whether scores that know nothing find as much."""
    st.subheader("Do these scores know something?", anchor=False)
    with faults_in_words():
        outcome = state.outcome()
        controls = _controls(state, outcome)
        under_way = outcome.share is not None or _is_under_way(controls)

    @st.fragment(run_every=EVERY if under_way else None)
    def draw() -> None:
        with faults_in_words():
            outcome = state.outcome()
            controls = _controls(state, outcome)
            waiting = outcome.share is not None or _is_under_way(controls)
            if under_way and not waiting:
                st.rerun()
            _show(state, outcome, controls)

    draw()


def _is_under_way(controls: Outcome[Controls] | None) -> bool:
    return controls is not None and controls.share is not None


def _controls(state: AppState, outcome: Outcome[Findings]) -> Outcome[Controls] | None:
    """What is known of the controls; None where none are trained."""
    findings, scores, studies = outcome.found, state.scores, state.studies
    if findings is None or outcome.old:
        return None
    experiment, comparison = findings.experiment, findings.comparison
    if not comparison.has_target or comparison.gamma == 0:
        return None
    if _seconds(findings) > AT_ONCE and studies.asked is not comparison:
        return None

    def work(tell: Callable[[float], None]) -> Controls:
        return run_controls(experiment, scores, comparison, tell)

    return studies.controls.ask(comparison, work, PATIENCE)


def _seconds(findings: Findings) -> float:
    return (N_PLACEBOS + 1) * findings.comparison.seconds


def _show(state: AppState, outcome: Outcome[Findings], controls: Outcome[Controls] | None) -> None:
    if outcome.problem:
        st.error(literal(outcome.problem))
    findings = outcome.found
    if findings is None or outcome.old:
        if outcome.share is not None:
            st.progress(outcome.share, "Training the models …")
        return
    st.markdown(_as_markdown(findings))
    if controls is None:
        _offer(state, findings)
    elif controls.share is not None:
        st.progress(controls.share, f"Training {N_PLACEBOS} placebos …")
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


def _offer(state: AppState, findings: Findings) -> None:
    """Offer controls that take a while."""
    seconds = _seconds(findings)
    if seconds <= AT_ONCE:
        return
    if st.button(f"Train {N_PLACEBOS} placebos: about {seconds / 60:.0f} min"):
        state.studies.asked = findings.comparison
        st.rerun()


def _as_markdown(findings: Findings) -> str:
    marks = {"bdi": literal, "b": "**{}**".format}
    return "".join(
        part if isinstance(part, str) else marks[part[0]](part[1])
        for part in sentence(findings.comparison)
    )
