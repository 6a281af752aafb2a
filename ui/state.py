"""What one visitor is working on: a typed object behind one session key."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Any, Literal

import numpy as np
import streamlit as st

from laat_core import (
    PROTOCOLS,
    Design,
    Experiment,
    Feature,
    ImportanceScores,
    LaatError,
    Recipe,
    Task,
    dataset_names,
    load_dataset,
    load_proposal,
)
from laat_core.data.encoding import features_of
from laat_core.data.profile import ColumnProfile, profile
from laat_core.datasets import RecordedProposal
from laat_core.evaluate.conflicts import conflicts
from ui.training import Findings, Outcome, Trainer

__all__ = ["GAMMAS", "RECORDED", "SLIDERS", "AppState", "Settings", "get_state", "open_state"]

KEY = "laat"
FIRST_TABLE = "heart"
EXPERT = "expert"
RECORDED = "recorded"
SLIDERS = "the sliders as they are"
GAMMAS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
RESERVED = {"Feature", "Apart", "Opposed", SLIDERS}  # columns beside those of proposals


@dataclass
class Settings:
    """How models are trained and compared; what the workbench lets people choose."""

    gamma: float = 100.0
    held_out: bool = False
    shots: int = 5
    test_share: float = 0.2
    n_splits: int = 20
    seed: int = 0
    hidden: bool = False
    protocol: str = "default"
    score_transform: Literal["linear", "exp"] = "linear"

    @property
    def design(self) -> Design:
        """How the rows are divided."""
        shots = None if self.held_out else self.shots
        return Design(shots, self.test_share, self.n_splits, self.seed)

    @property
    def recipe(self) -> Recipe:
        """How the models are trained."""
        return replace(
            PROTOCOLS[self.protocol],
            score_transform=self.score_transform,
            hidden_layer_sizes=(100,) if self.hidden else (),
        )


@dataclass
class AppState:
    """The task, its scores and the settings of one visitor.

    Attributes
    ----------
    task : Task
    proposal : RecordedProposal or None
    features : tuple of Feature
        One slider each; empty where the table cannot be encoded.
    problem : str
        Why the table cannot be encoded, empty where it can.
    settings : Settings
    experts : dict of str to ImportanceScores
        Proposals side by side: the recorded one, those of models, files and pools.
    origin : str
        Which of them is on the sliders, edits aside; empty where they started at 0.
    opened : int
        Grows with every table that is opened, so that no field keeps what another one's said.
    epoch : int
        Grows whenever scores are set from outside the slider panel, which then starts anew.
    received : int
        Number of the last message taken from the slider panel.
    """

    task: Task
    proposal: RecordedProposal | None = None
    features: tuple[Feature, ...] = ()
    problem: str = ""
    settings: Settings = field(default_factory=Settings)
    experts: dict[str, ImportanceScores] = field(default_factory=dict)
    origin: str = ""
    opened: int = 0
    epoch: int = 0
    received: int = 0
    moving: dict[str, float] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    notice: str = ""
    can_undo: str = ""
    can_redo: str = ""
    trainer: Trainer = field(default_factory=Trainer, repr=False)
    # These two also keep the scores of features whose column is ignored for now.
    _original: ImportanceScores = field(default_factory=lambda: ImportanceScores.zeros(()))
    _scores: ImportanceScores = field(default_factory=lambda: ImportanceScores.zeros(()))
    _experiment: Experiment | None = field(default=None, repr=False)
    _profiles: tuple[ColumnProfile, ...] | None = field(default=None, repr=False)

    @classmethod
    def bundled(cls, name: str) -> "AppState":
        """Start with a bundled table and the proposal recorded for it."""
        state = cls(load_dataset(name))
        state.open(state.task, load_proposal(name))
        return state

    @property
    def feature_names(self) -> list[str]:
        """Names of the features, in the table's order."""
        return [feature.name for feature in self.features]

    @property
    def scores(self) -> ImportanceScores:
        """The scores as edited, one per feature."""
        return self._scores.reindexed(self.feature_names)

    @property
    def original(self) -> ImportanceScores:
        """Where the scores came from: what a reset goes back to."""
        return self._original.reindexed(self.feature_names)

    @property
    def edited(self) -> list[str]:
        """Names of the features whose scores differ from where they came from."""
        differs = np.flatnonzero(self.scores.values[0] != self.original.values[0])
        return [self.feature_names[position] for position in differs]

    def open(self, task: Task, proposal: RecordedProposal | None = None) -> None:
        """Take another table; scores start at the proposal, or at 0."""
        self.proposal = proposal
        self.experts = {RECORDED: proposal.scores} if proposal else {}
        self.origin = RECORDED if proposal else ""
        self._original = self._scores = proposal.scores if proposal else ImportanceScores.zeros(())
        self.settings = Settings(gamma=self.settings.gamma)
        self.opened += 1
        self.task = task
        self.change_task(task)

    def change_task(self, task: Task) -> None:
        """Take the task with other roles, words or positive class; scores that fit stay."""
        if task.positive_class != self.task.positive_class:
            self._original, self._scores = self._original.flipped(), self._scores.flipped()
            self.experts = {name: scores.flipped() for name, scores in self.experts.items()}
        self.task = task
        self._experiment = self._profiles = None
        self.epoch += 1
        try:
            self.features, self.problem = features_of(task), ""
        except LaatError as error:
            self.features, self.problem = (), str(error)
        names = dict.fromkeys([*self._scores.features, *self.feature_names])
        self._scores = self._scores.reindexed(list(names))
        self._original = self._original.reindexed(list(names))

    def add_expert(self, name: str, scores: ImportanceScores) -> str:
        """Put a proposal beside the others; return the name that it got."""
        names = chain([name], (f"{name} ({number})" for number in count(2)))
        free = next(candidate for candidate in names if candidate not in {*self.experts, *RESERVED})
        self.experts[free] = scores
        return free

    def use(self, name: str, *, keep_edits: bool = False) -> None:
        """Put a proposal on the sliders; a reset then goes back to it.

        Parameters
        ----------
        name : str
        keep_edits : bool
            Whether scores that were edited stay as they are.
        """
        before, scores = self.scores, self.experts[name]
        edited = self.edited if keep_edits else ()
        self._original = scores.joined(self._original)
        self._scores = scores.joined(self._scores)
        for feature in edited:
            position = before.features.index(feature)
            self._scores = self._scores.edit(
                {feature: before.score(feature)},
                source=before.sources[position],
                reason=" ".join(before.reasons[position]),
            )
        self.origin = name
        self.epoch += 1

    def reset_scores(self) -> None:
        """Take every edit back."""
        self._scores = self._original
        self.epoch += 1

    def edit_scores(self, scores: dict[str, float], reason: str = "") -> None:
        """Set some scores from outside the slider panel."""
        self._scores = self._scores.edit(scores, source=EXPERT, reason=reason)
        self.epoch += 1

    def take(self, message: object) -> None:
        """Do what the instrument asks for; it may be late, or not from the instrument."""
        try:
            number, actions = int(message["number"]), list(message["actions"])
        except (LookupError, OverflowError, TypeError, ValueError):
            return  # anybody may send anything over the page's connection
        if number <= self.received:
            return
        self.received, self.moving = number, {}
        for action in actions:
            try:
                self._do(action)
            except (AttributeError, LookupError, OverflowError, TypeError, ValueError, LaatError):
                continue

    def _do(self, action: dict[str, Any]) -> None:
        match action["kind"]:
            case "move":
                scores = {name: float(score) for name, score in action["scores"].items()}
                self._scores.edit(scores)
                self.moving = scores
            case "edit":
                scores = {name: float(to) for name, (_, to) in action["changes"].items()}
                self._scores = self._scores.edit(scores, source=EXPERT)
            case "gamma":
                self.settings.gamma = GAMMAS[int(action["position"])]

    def profiles(self) -> tuple[ColumnProfile, ...]:
        """What every column holds; on a large table this takes a second."""
        if self._profiles is None:
            self._profiles = profile(self.task)
        return self._profiles

    def experiment(self) -> Experiment:
        """All that stays while sliders move, made anew when task or settings have changed."""
        design, recipe = self.settings.design, self.settings.recipe
        known = self._experiment
        if known is None or (known.design, known.recipe) != (design, recipe):
            known = Experiment(self.task, design, recipe)
            self._experiment = known
        return known

    def outcome(self) -> Outcome:
        """What is known of the models with the scores as they stand, those in motion too."""
        scores, gamma = self.scores.edit(self.moving), self.settings.gamma
        design, recipe = self.settings.design, self.settings.recipe
        sampled = bool(self.moving)  # all rows once nothing moves
        key = (self.opened, self.epoch, scores.values.tobytes(), gamma, design, recipe, sampled)

        def work(tell: Callable[[float], None]) -> Findings:
            tell(0.0)
            experiment = self.experiment()
            comparison = experiment.compare(scores, gamma, on_progress=tell, sampled=sampled)
            found = conflicts(experiment, scores, comparison, self.original)
            return Findings(experiment, comparison, found)

        return self.trainer.ask(key, work)


def open_state() -> None:
    """Start a visit: the first time with the table that the address names."""
    if KEY not in st.session_state:
        named = st.query_params.get("table", FIRST_TABLE)
        st.session_state[KEY] = AppState.bundled(named if named in dataset_names() else FIRST_TABLE)


def get_state() -> AppState:
    """Return the visitor's state."""
    if KEY not in st.session_state:
        # A server's very first visit, to a page's own address: Streamlit runs the page without
        # app.py then, since it finds a folder named pages.
        st.switch_page("app.py")
    state: AppState = st.session_state[KEY]
    return state
