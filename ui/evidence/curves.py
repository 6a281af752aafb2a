"""Studies that take a while: each beside the page, and drawn as it grows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from laat_core.errors import LaatError
from laat_core.evaluate.curves.curve import Curve, Study
from laat_core.evaluate.curves.learning import laat_line, learning_curve
from laat_core.evaluate.curves.noise import crossing, noise_curve
from laat_core.evaluate.curves.plan import Plan
from laat_core.evaluate.curves.sensitivity import effects, sensitivity
from laat_core.evaluate.curves.trust import trust_curve
from laat_core.evaluate.groups import Groups, group_rows
from laat_core.plots.curves import learning_figure, noise_figure, sensitivity_figure, trust_figure
from ui.background import poll
from ui.evidence.marks import say_unused
from ui.evidence.sayings import (
    say_learning,
    say_noise,
    say_sensitivity,
    say_so_far,
    say_trust,
)
from ui.layout import CHARTS, faults_in_words
from ui.naming import column_label, feature_labels
from ui.state import AppState
from ui.studies import CarryOut, Running, changes_since, kept_curve
from ui.text import literal

__all__ = ["show_curves"]

NO_GROUPS = ""
GROUPS = "evidence_groups"


@dataclass(frozen=True)
class Part:
    """One kind of study on the page.

    Attributes
    ----------
    tab, question, alt : str
        Title; what is done to find out; what the figure is, for those who do not see it.
    prepare : callable
        Makes what carries the study out, of the state as it is.
    say : callable
        What a whole curve tells, in sentences.
    draw : callable
        Its figure, also while it grows; None where there is nothing to draw.
    """

    tab: str
    question: str
    alt: str
    prepare: Callable[[AppState], CarryOut]
    say: Callable[[AppState, Curve], list[str]]
    draw: Callable[[AppState, Curve], go.Figure | None]


def show_curves(state: AppState) -> None:
    """Let the studies be run, and show what came of each when it was last run."""
    st.subheader("How much, how far, how robust", anchor=False)
    st.caption(
        "Lines are means over the splits; a band, or the line across a bar, holds 8 of 10 of them. "
        "A study goes on while you look at other pages, and its result is kept with the project."
    )
    for tab, (study, part) in zip(
        st.tabs([p.tab for p in PARTS.values()]), PARTS.items(), strict=True
    ):
        with tab:
            st.markdown(part.question)
            if study == "trust":
                _choose_groups(state)
            _study(state, study, part)


def _study(state: AppState, study: Study, part: Part) -> None:
    running = state.studies.running
    mine = running is not None and running.study == study

    def is_under_way() -> bool:
        return mine and state.studies.running is running and state.studies.is_busy

    def draw() -> None:
        with faults_in_words():
            if running is not None and is_under_way():
                _watch(state, running)
                if running.grown is not None:
                    _show_growing(state, part, running, running.grown)
                return
            if mine:  # it may have ended since this run of the page looked at the project
                state.project.refresh()
            _start(state, study, part)
            if mine and running is not None and running.problem:
                st.error(
                    f"The study of state {running.state} came to nothing. "
                    f"{literal(running.problem)}"
                )
            _show_kept(state, study, part)

    poll(is_under_way, draw)


def _start(state: AppState, study: Study, part: Part) -> None:
    against = ""
    if state.studies.is_busy:
        against = "Another study is under way."
    elif state.trainer.problem:  # which stands above
        against = "The models cannot be trained with these rows and settings."
    if st.button(
        "Run",
        key=f"run_{study}",
        icon=":material/play_arrow:",
        disabled=bool(against),
        help=against or None,
    ):
        project = state.kept  # what comes of a study is kept with it
        state.studies.start(study, project, state.projects, part.prepare(state))
        st.rerun()


def _watch(state: AppState, running: Running) -> None:
    share = running.job.share
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.progress(share, f"{share:.0%} done" if share else "Beginning …")
    if right.button("Cancel", icon=":material/stop:", width="stretch"):
        state.studies.cancel()
        st.rerun()


def _show_growing(state: AppState, part: Part, running: Running, curve: Curve) -> None:
    """Draw what is known; what it means is said when all of it is."""
    if changed := _changes(state, curve, running.state):
        st.caption(
            f":material/history: Of state {running.state}. Changed since it began: "
            f"{', '.join(changed)}."
        )
    st.markdown(say_so_far(running.study))
    _draw(state, running.study, part, curve)


def _changes(state: AppState, curve: Curve, number: int) -> list[str]:
    """What a study of a state depends on, and is no longer as it was."""
    gamma = state.settings.gamma
    changed = changes_since(state.project.history, number, state.settings)
    if curve.study == "learning":
        other_trust = laat_line(gamma) not in curve.lines
    else:
        other_trust = curve.about.get("gamma", gamma) != gamma
    return [*changed, "trust"] if other_trust else changed


def _show_kept(state: AppState, study: Study, part: Part) -> None:
    kept = kept_curve(state.project.history, study)
    if kept is None:
        st.caption("It has not been run yet.")
        return
    curve, number = kept
    if changed := _changes(state, curve, number):
        st.caption(
            f":material/history: Of state {number}. Changed since: {', '.join(changed)}. Run it "
            "again for what holds now."
        )
    else:
        st.caption(f"Of state {number}; nothing that it depends on has changed since.")
    if unused := say_unused(state, number):
        st.caption(unused)
    for sentence in part.say(state, curve):
        st.markdown(sentence)
    _draw(state, study, part, curve)
    st.download_button(
        "Save the points as CSV",
        curve.to_csv,
        f"{study}.csv",
        "text/csv",
        key=f"csv_{study}",
        icon=":material/download:",
        on_click="ignore",
    )


def _draw(state: AppState, study: Study, part: Part, curve: Curve) -> None:
    figure = part.draw(state, curve)
    if figure is not None:
        st.plotly_chart(figure, key=f"chart_{study}", config=CHARTS, alt=part.alt)


def _choose_groups(state: AppState) -> None:
    """Choose the column whose groups the trust curve compares; first, one said to be sensitive."""
    task = state.task
    sensitive = [name for name in task.sensitive_features if name != task.target]
    others = [c.name for c in task.columns if c.role.is_used]
    st.selectbox(
        "Groups to compare",
        list(dict.fromkeys([*sensitive, *others, NO_GROUPS])),
        index=0 if sensitive else len(others),
        format_func=lambda name: column_label(task, name) if name else "none",
        key=f"{GROUPS}_{state.opened}",
        help="How differently the model treats people by this column: the largest difference "
        "between two groups in the share of those to whom it gives a probability of one half or "
        "more. Numbers are divided at their quartiles.",
        persist_state="session",
    )


def _carry_out(study: Callable[..., Curve], state: AppState, *given: object) -> CarryOut:
    """What carries a study of the scores as they are out; ``given`` is what else it takes."""
    plan = Plan(state.seen, state.settings.design, state.recipe)
    of_these = partial(study, plan, state.scores, *given, feature_trust=state.feature_trust)
    return lambda take, wanted: of_these(on_result=take, wanted=wanted)


def _groups(state: AppState) -> Groups | None:
    column = st.session_state.get(f"{GROUPS}_{state.opened}", NO_GROUPS)
    return group_rows(state.seen, column) if column else None


def _say_trust(state: AppState, curve: Curve) -> list[str]:
    column = str(curve.about.get("column") or "")
    try:
        label = column_label(state.task, column)
    except LaatError:  # of a column that was there then
        label = column
    return say_trust(curve, literal(label), literal(state.task.outcome))


def _labels(state: AppState) -> dict[str, str]:
    return feature_labels(state.task, state.features)


def _say_sensitivity(state: AppState, curve: Curve) -> list[str]:
    names = {str(point): literal(str(point)) for point in curve.points}
    names |= {name: literal(label) for name, label in _labels(state).items()}
    if len(curve.points) == 1:
        return ["All scores that count are 0 already: none can be taken out."]
    return say_sensitivity(effects(curve), names)


def _draw_sensitivity(state: AppState, curve: Curve) -> go.Figure | None:
    known = effects(curve)
    return sensitivity_figure(known, _labels(state)) if known else None


PARTS: dict[Study, Part] = {
    "learning": Part(
        "Worth in rows",
        "How many labelled rows are the scores worth? All models are trained with more and more "
        "rows of each class. Then it is read off with how many the baseline, which has no scores, "
        "is as good as the LAAT model is with few. How few, is set on the Workbench; where a share "
        "of all rows is set there, it is 5 of each class.",
        "AUC of the models against labelled rows per class",
        lambda state: _carry_out(learning_curve, state, state.settings.gamma),
        lambda _, curve: say_learning(curve),
        lambda _, curve: learning_figure(curve),
    ),
    "trust": Part(
        "Trust",
        "How far should the scores be trusted? The LAAT model is trained with less and more trust "
        "in them (gamma), from none to nearly nothing else.",
        "AUC, agreement with the scores and difference between groups against trust in them",
        lambda state: _carry_out(trust_curve, state, _groups(state)),
        _say_trust,
        lambda _, curve: trust_figure(curve),
    ),
    "noise": Part(
        "Noise",
        "How wrong may the scores be? More and more of them are replaced by numbers drawn at "
        "random from −10 to 10, five times over.",
        "AUC with and without scores against the share of the scores that is noise",
        lambda state: _carry_out(noise_curve, state, state.settings.gamma),
        lambda _, curve: say_noise(curve),
        lambda _, curve: noise_figure(curve, crossing(curve)),
    ),
    "sensitivity": Part(
        "Each score",
        "Which slider matters most to the result? Each score in turn is set to 0, the others stay.",
        "What each score adds to the AUC",
        lambda state: _carry_out(sensitivity, state, state.settings.gamma),
        _say_sensitivity,
        _draw_sensitivity,
    ),
}
