"""Performance against disparity: the models of the lab beside Fairlearn's fair ones."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import streamlit as st

from laat_core import Experiment
from laat_core.evaluate.fairness.asked import asked_rows
from laat_core.evaluate.fairness.notions import NOTIONS
from laat_core.evaluate.fairness.peers import (
    DISPARITIES,
    Standing,
    fair_peers,
    fittable,
    model_standing,
)
from laat_core.evaluate.groups import Groups
from laat_core.plots.groups import disparity_figure
from laat_core.plots.style import BASELINE, LAAT
from ui.background import watch
from ui.bias.groups_words import say_rarer, when_wrong
from ui.bias.lab import LabFindings, Pair
from ui.bias.plane_words import ABOUT, say_fittable, say_plane, why_missing
from ui.bias.waiting import wait_for
from ui.layout import CHARTS
from ui.state import AppState
from ui.text import literal
from ui.training import Job

__all__ = ["Peers", "show_plane"]

EDITED = "LAAT model with your changes"
Performance = Literal["balanced_accuracy", "accuracy"]
PERFORMANCES: tuple[Performance, ...] = get_args(Performance)
ROWS = {"biased": "the biased training rows", "fair": "the training rows as they were"}


@dataclass
class Peers:
    """Fairlearn's models on the rows of an experiment, on their way or there.

    Attributes
    ----------
    experiment : Experiment
    columns : tuple of str
        Of the groups.
    job : Job
    """

    experiment: Experiment
    columns: tuple[str, ...]
    job: Job[tuple[Standing, ...]] = field(repr=False)

    @property
    def running(self) -> bool:
        """Whether they are being trained."""
        return not self.job.done.is_set() and not self.job.cancelled

    def cancel(self) -> None:
        """End it; nothing half-made is kept."""
        self.job.cancelled = True

    @classmethod
    def start(cls, experiment: Experiment, groups: Groups) -> "Peers":
        """Begin, in a thread."""

        def work(tell: Callable[[float], None]) -> tuple[Standing, ...]:
            return fair_peers(experiment, groups, on_progress=tell)

        job: Job[tuple[Standing, ...]] = Job(None)
        job.start(work)
        return cls(experiment, groups.columns, job)


def show_plane(state: AppState, findings: LabFindings, groups: Groups) -> None:
    """Show the models in the plane of performance and disparity."""
    left, middle, right = st.columns(3)
    disparity = left.selectbox(
        "Disparity",
        DISPARITIES,
        key="lab_disparity",
        format_func=lambda name: NOTIONS[name.removesuffix("_difference")].name,
        persist_state="session",
    )
    performance: Performance = middle.selectbox(
        "Performance",
        PERFORMANCES,
        key="lab_performance",
        format_func=lambda name: name.replace("_", " ").capitalize(),
        persist_state="session",
    )
    rows = "biased"
    if findings.biased.experiment.bias is not None:
        rows = right.selectbox(
            "Trained on",
            list(ROWS),
            key="lab_plane_rows",
            format_func=lambda name: ROWS[name].capitalize(),
            persist_state="session",
        )
    pair: Pair = getattr(findings, rows)
    own = _own(state, pair, groups, moved=bool(findings.moved))
    if own is None:
        return
    compared, so = pair.comparison, "a small difference between groups may come of that alone"
    rarer = say_rarer(compared.n_train, compared.n_test, literal(state.task.outcome), so)
    if rarer:
        st.caption(rarer)
    standings = (*own, *_peers(state, pair.experiment, groups))
    st.markdown(say_plane(standings, performance, disparity))
    if any(None not in _place(one, performance, disparity) for one in standings):
        st.plotly_chart(
            disparity_figure(standings, performance, disparity),
            key="chart_lab_plane",
            config=CHARTS,
            alt="Each model's performance against how far apart it treats the groups",
        )
    for sentence in why_missing(standings, performance, disparity):
        st.caption(sentence)
    notion = disparity.removesuffix("_difference")
    st.caption(f"{NOTIONS[notion].meaning} {when_wrong(notion)}")
    st.caption(
        "The best place is top left. "
        "Lines hold 8 of 10 splits. Every model selects from a probability of 50 % on, but for "
        "Fairlearn's, which choose by themselves; rows of small groups have no part."
    )
    st.caption(ABOUT)


def _place(standing: Standing, performance: str, disparity: str) -> tuple[float | None, ...]:
    return standing.figures[disparity].mean, standing.figures[performance].mean


def _own(state: AppState, pair: Pair, groups: Groups, *, moved: bool) -> list[Standing] | None:
    """Where baseline and LAAT model stand; with scores moved or columns unused, both of these."""
    made, models = pair.experiment, pair.comparison.models
    found = {name: asked_rows(made, models[name].models, groups) for name in ("baseline", "laat")}
    standings = [model_standing(BASELINE.name, groups, found["baseline"])]
    if not moved and not made.recipe.not_used:
        return [*standings, model_standing(LAAT.name, groups, found["laat"])]
    plain = _plain(state, pair)
    if plain is None:
        return None
    asked = asked_rows(plain.experiment, plain.comparison.laat.models, groups)
    return [
        *standings,
        model_standing(LAAT.name, groups, asked),
        model_standing(EDITED, groups, found["laat"]),
    ]


def _plain(state: AppState, pair: Pair) -> Pair | None:
    """Return the LAAT model of the Workbench, with its scores and what it does not use."""
    made, gamma = pair.experiment, pair.comparison.gamma
    features = [f.name for f in made.encoder.features_ if f.mirror_of is None]
    scores = state.scores.reindexed(features)

    def work(tell: Callable[[float], None]) -> Pair:
        marked = tuple(name for name in state.recipe.not_used if name in features)
        recipe = replace(made.recipe, not_used=marked)
        experiment = Experiment(made.whole, made.design, recipe, bias=made.bias)
        trust = pair.comparison.feature_trust
        compared = experiment.compare(scores, gamma, feature_trust=trust, on_progress=tell)
        return Pair(experiment, compared)

    key = (made, gamma, tuple(scores.as_dict().items()), pair.comparison.feature_trust)
    return wait_for(state.lab.plain, key, work, "Training the LAAT model without your changes …")


def _peers(state: AppState, experiment: Experiment, groups: Groups) -> tuple[Standing, ...]:
    """Fairlearn's models where they are there; otherwise a button, or how far they have come."""
    lab, peers = state.lab, state.lab.peers
    if peers is not None and (peers.experiment, peers.columns) != (experiment, groups.columns):
        peers.cancel()  # of other rows
        peers = lab.peers = None
    if peers is None or peers.job.cancelled:
        found, n_splits = fittable(experiment, groups), len(experiment.splits)
        lacking = say_fittable(found, n_splits, biased=experiment.bias is not None)
        if lacking:
            st.warning(lacking)

        def begin() -> None:
            lab.peers = Peers.start(experiment, groups)

        st.button(
            "Train Fairlearn's fair models on the same rows",
            icon=":material/play_arrow:",
            key="run_lab_peers",
            on_click=begin,
            disabled=not found.n_splits,
        )
        return ()
    job = peers.job

    def draw() -> None:
        if not job.done.is_set():
            st.progress(job.share, f"Training Fairlearn's models: {job.share:.0%} of the splits")

    watch(peers, draw)
    if peers.running:
        return ()
    if job.problem:
        st.error(literal(job.problem))
    return job.found or ()
