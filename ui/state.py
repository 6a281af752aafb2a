"""What one visitor is working on: a typed object behind one session key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from laat_core import (
    Design,
    Experiment,
    Feature,
    Finding,
    HoldOut,
    ImportanceScores,
    LaatError,
    Recipe,
    Task,
    check_task,
    dataset_names,
    load_dataset,
    load_proposal,
)
from laat_core.data.encoding import features_of
from laat_core.data.levels import Spellings, suggest_merges
from laat_core.data.missing_codes import MissingCodes, suggest_missing_codes
from laat_core.data.profile import ColumnProfile, profile
from laat_core.datasets import RecordedProposal
from laat_core.evaluate.conflicts import conflicts
from laat_core.scores.score_file import ScoreFile
from laat_core.scores.score_marks import ScoreMarks
from laat_core.store.loading import load_scores
from laat_core.store.projects import Project, Projects
from ui.bias.lab import Lab
from ui.bias.trial import lab_of_trial, trial_document
from ui.findings import Findings
from ui.runs import run_document
from ui.settings import Settings
from ui.studies import Studies
from ui.text import literal
from ui.training import Outcome, Trainer

__all__ = ["SLIDERS", "AppState", "Suggestions"]

SLIDERS = "the sliders as they are"
RESERVED = {"Feature", "Apart", "Opposed", SLIDERS}  # columns beside those of proposals
LONGEST_NAME = 250  # of a proposal: a pool's is made of those of all its parts


class Suggestions(NamedTuple):
    """What a person may want to declare of the columns, by column."""

    codes: Mapping[str, tuple[MissingCodes, ...]]
    merges: Mapping[str, tuple[Spellings, ...]]


@dataclass
class AppState:
    """A project on a page: its task, scores and settings, and what is drawn of them.

    Attributes
    ----------
    projects : Projects
        Those of this person.
    project : Project
    features : tuple of Feature
        One slider each; empty where the table cannot be encoded.
    chosen : bool
        Whether somebody has chosen this project or table; until then the start page is shown.
    problem : str
        Why the table cannot be encoded, empty where it can.
    settings : Settings
    opened : int
        Grows with every project that is opened, so that no field keeps what another one's said.
    given : int
        Grows whenever settings or words come from elsewhere than the page's fields, which then
        show what came.
    epoch : int
        Grows whenever task or scores are set from outside the instrument.
    received : int
        Number of the last message taken from the instrument.
    moving : dict of str to float
        Scores of sliders in motion: trained with, and recorded once they rest.
    notice : str
        What the person has to know of the last message.
    refusal : str
        Why the last change of the task was not taken, until the Data page has said so.
    studies : Studies
        What is under way on the Evidence page.
    lab : Lab
        What is tried in the bias lab, on this task.
    """

    projects: Projects
    project: Project
    chosen: bool = True
    features: tuple[Feature, ...] = ()
    problem: str = ""
    settings: Settings = field(default_factory=Settings)
    opened: int = 0
    given: int = 0
    epoch: int = 0
    received: int = 0
    moving: dict[str, float] = field(default_factory=dict)
    notice: str = ""
    refusal: str = ""
    trainer: Trainer[Findings] = field(default_factory=Trainer, repr=False)
    studies: Studies = field(default_factory=Studies, repr=False)
    lab: Lab = field(default_factory=Lab, repr=False)
    _experiment: Experiment | None = field(default=None, repr=False)
    _profiles: tuple[ColumnProfile, ...] | None = field(default=None, repr=False)
    _findings: tuple[Finding, ...] | None = field(default=None, repr=False)
    _suggestions: Suggestions | None = field(default=None, repr=False)
    _drawn: Task | None = field(default=None, repr=False)  # whose features these are, as seen
    _seen: tuple[Task, HoldOut | None, Task] | None = field(default=None, repr=False)
    _known: Settings = field(default_factory=Settings, repr=False)  # as kept, when last looked at
    # What came of a state before the project was kept: result, and number of the state.
    _first: tuple[dict[str, Any], int] | None = field(default=None, repr=False)

    @classmethod
    def bundled(cls, projects: Projects, name: str) -> "AppState":
        """Start with a bundled table and the proposal recorded for it."""
        state = cls(projects, _started(projects, load_dataset(name), load_proposal(name)))
        state._show_project()
        return state

    @classmethod
    def of_project(cls, projects: Projects, number: str) -> "AppState":
        """Go on with a project.

        Raises
        ------
        StoreError
            If there is none of that name among this person's.
        """
        state = cls(projects, projects.open(number))
        state._show_project()
        return state

    # What there is

    @property
    def task(self) -> Task:
        """The task that is open."""
        return self.project.task

    @property
    def hold_out(self) -> HoldOut | None:
        """Which rows are held out, where some are."""
        held_out = self.project.history.held_out
        return held_out.hold_out if held_out else None

    @property
    def seen(self) -> Task:
        """The task as everybody may see it: without the labels of rows held out."""
        task, hold_out = self.task, self.hold_out
        if self._seen is None or self._seen[0] is not task or self._seen[1] != hold_out:
            self._seen = task, hold_out, hold_out.hide(task) if hold_out else task
        return self._seen[2]

    @property
    def proposal(self) -> RecordedProposal | None:
        """The proposal recorded for the table, where it is a bundled one."""
        recorded = _recorded(self.task.name)
        return recorded if recorded and _recorded_name(recorded) in self.experts else None

    @property
    def shows_recorded(self) -> bool:
        """Whether the recorded proposal is on the sliders, edits aside."""
        return self.proposal is not None and self.origin == _recorded_name(self.proposal)

    @property
    def feature_names(self) -> list[str]:
        """Names of the features, in the table's order."""
        return [feature.name for feature in self.features]

    @property
    def scores(self) -> ImportanceScores:
        """The scores as edited, one per feature."""
        return self.project.history.scores.reindexed(self.feature_names)

    @property
    def original(self) -> ImportanceScores:
        """Where the scores came from: what a reset goes back to."""
        return self.project.history.original.reindexed(self.feature_names)

    @property
    def edited(self) -> list[str]:
        """Names of the features whose scores differ from where they came from."""
        differs = np.flatnonzero(self.scores.values[0] != self.original.values[0])
        return [self.feature_names[position] for position in differs]

    @property
    def experts(self) -> Mapping[str, ImportanceScores]:
        """Proposals side by side: the recorded one, those of models, files and pools."""
        return self.project.history.experts

    @property
    def origin(self) -> str:
        """Which of them is on the sliders, edits aside; empty where they started at 0."""
        return self.project.history.origin

    @property
    def locked(self) -> frozenset[str]:
        """Names of the features whose scores are kept from being changed."""
        return self.project.history.locked

    @property
    def feature_trust(self) -> dict[str, float]:
        """How firmly models are held to the scores, those in motion too; see :class:`Settings`."""
        scores = self.scores.edit(self.moving)
        return self.settings.feature_trust(scores, self.project.history.marks)

    @property
    def recipe(self) -> Recipe:
        """How models are trained: by the settings, without what is not to be used."""
        return self.settings.recipe_of(self.feature_names, self.project.history.marks)

    def recipe_at(self, number: int) -> Recipe:
        """How models of a state of this task are trained, with its settings and marks."""
        settings, marks = self.settings_at(number), self.project.history.marks_at(number)
        return settings.recipe_of(self.feature_names, marks)

    def settings_at(self, number: int) -> Settings:
        """The settings of a state of this task; the usual ones of another task."""
        return Settings.from_document(self.project.history.settings_at(number) or {})

    @property
    def kept(self) -> Project:
        """The project, kept from now on: something is done to it."""
        if not self.project.id:
            self.project.keep()
            if self._first is not None:
                self.project.ran(*self._first)
        return self.project

    # What can be done

    def open(self, task: Task, proposal: RecordedProposal | None = None) -> None:
        """Begin a project with another table; scores start at the proposal, or at 0."""
        self.project = _started(self.projects, task, proposal)
        self._show_project()
        if task.name not in dataset_names():
            _ = self.kept  # somebody's own table, which a refresh must not lose

    def enter(self, number: str) -> None:
        """Go on with another project of this person."""
        self.project = self.projects.open(number)
        self._show_project()

    def change_task(self, task: Task) -> None:
        """Take the task with other roles, words or positive class; scores that fit stay.

        A change that would make a usable project unusable is refused, with the reason.
        """
        if reason := self._breaks(task):
            self.refuse(reason)
            return
        if not self._done(lambda: self.kept.change_task(task)):
            self.given += 1
        self._show_task()

    def refuse(self, reason: str) -> None:
        """Leave the task as it is, show so in every field, and say why."""
        self.refusal = f"{reason} Nothing was changed."
        self.given += 1
        self.epoch += 1

    def _breaks(self, task: Task) -> str:
        """Why a change of the task would make the project unusable; empty where it does not."""
        if task.outcome == task.opposite and self.task.outcome != self.task.opposite:
            return f"Both classes would be called {task.outcome!r}."
        try:
            features_of(task)
        except LaatError as error:
            return "" if self.problem else str(error)  # one of several faults may be mended
        return ""

    def add_expert(
        self, name: str, scores: ImportanceScores, asked: Mapping[str, Any] | None = None
    ) -> str:
        """Put a proposal beside the others; return the name that it got."""
        return self.kept.add_proposal(name[:LONGEST_NAME], scores, asked, taken=RESERVED)

    def remove_expert(self, name: str) -> None:
        """Take a proposal off the list."""
        self._done(lambda: self.kept.remove_proposal(name))

    def use(self, name: str, *, keep_edits: bool = False) -> None:
        """Put a proposal on the sliders; a reset then goes back to it.

        Parameters
        ----------
        name : str
        keep_edits : bool
            Whether scores that were edited stay as they are.
        """
        self.kept.use(name, keep_edits=keep_edits)
        self.epoch += 1

    def load_scores(self, name: str, file: ScoreFile) -> None:
        """Put the scores of a file on the sliders, set its marks, and say how it was read.

        Raises
        ------
        LaatError
            If that cannot be recorded.
        """
        told = load_scores(self.kept, name[:LONGEST_NAME], file, taken=RESERVED)
        self.epoch += 1
        self.notice = " ".join(told)

    @property
    def marks(self) -> ScoreMarks:
        """Marks of every feature, as score files hold them."""
        marks = self.project.history.marks
        return ScoreMarks.of(
            self.feature_names,
            not_used=marks.unused,
            unsure=marks.doubted,
            locked=marks.locked,
        )

    def edit_scores(self, scores: Mapping[str, float], how: str, why: str = "") -> bool:
        """Set some scores from outside the instrument; those that are locked stay.

        Returns
        -------
        bool
            Whether that could be recorded; the person has been told where it could not.
        """
        now = self.scores.as_dict()
        changes = {
            name: (now[name], score) for name, score in scores.items() if name not in self.locked
        }
        self.epoch += 1
        return self._done(lambda: self.kept.edit(changes, why, how))

    def reset_scores(self) -> None:
        """Take every edit back, but for those of locked features."""
        self.edit_scores({name: self.original.score(name) for name in self.edited}, "reset")

    def restore(self, state: int) -> bool:
        """Go back to the scores of an earlier state; return whether that could be recorded."""
        self.epoch += 1
        return self._done(lambda: self.kept.restore(state))

    def keep_settings(self) -> None:
        """Record the settings that have been changed on the page, and no others."""
        before = self._known.document()
        changed = {
            name: value for name, value in self.settings.document().items() if value != before[name]
        }
        if changed and self._done(lambda: self.kept.set(changed)):
            self._known = replace(self.settings)

    def set_design(self, design: Design) -> None:
        """Divide the rows as a story asks; the page's fields then show it."""
        self.settings = replace(
            self.settings,
            held_out=design.shots is None,
            shots=design.shots or self.settings.shots,
            test_share=design.test_share,
            seed=design.seed,
        )
        self.given += 1
        self.keep_settings()

    def keep_trial(self) -> None:
        """Record what is tried in the bias lab, once there is something to come back to."""
        trial, kept = trial_document(self.lab, self.task), self.project.history.trial
        nothing = trial_document(Lab(step=self.lab.step), self.task)
        if not self.lab.held and trial != kept and (kept or trial != nothing):
            self._done(lambda: self.kept.tried(trial))

    def look(self) -> None:
        """Take over what another window has done."""
        self.project.refresh()
        self.catch_up()

    def catch_up(self) -> None:
        """Show what of another window came in when something was recorded here."""
        self.studies.look(self.project)
        kept = Settings.from_document(self.project.history.settings)
        if kept != self._known:
            self._take_settings()
        if self.seen is not self._drawn:
            self.given += 1
            self._show_task()

    # What is calculated

    def profiles(self) -> tuple[ColumnProfile, ...]:
        """What every column holds; on a large table this takes a second."""
        if self._profiles is None:
            self._profiles = profile(self.seen)
        return self._profiles

    def findings(self) -> tuple[Finding, ...]:
        """What to look at before training, from the rows whose labels may be seen."""
        if self._findings is None:
            self._findings = check_task(self.seen)
        return self._findings

    def suggestions(self) -> Suggestions:
        """Values that may count as missing, and spellings of one level; nothing is changed."""
        if self._suggestions is None:
            self._suggestions = Suggestions(
                suggest_missing_codes(self.task), suggest_merges(self.task)
            )
        return self._suggestions

    def experiment(self) -> Experiment:
        """All that stays while sliders move, made anew when something else has changed."""
        return self.experiment_as_set()()

    def experiment_as_set(self) -> Callable[[], Experiment]:
        """What makes the experiment of task, settings and marks as they are, called whenever."""
        asked = self.task, self.settings.design, self.recipe, self.hold_out
        return partial(self._experiment_of, *asked)

    def experiment_at(self, number: int) -> Experiment:
        """The experiment of a state of this task, with the settings and marks that it had."""
        design, recipe = self.settings_at(number).design, self.recipe_at(number)
        return self._experiment_of(self.task, design, recipe, self.hold_out)

    def _experiment_of(
        self, task: Task, design: Design, recipe: Recipe, hold_out: HoldOut | None
    ) -> Experiment:
        known = self._experiment
        if (
            known is None
            or known.whole is not task
            or (known.design, known.recipe, known.hold_out) != (design, recipe, hold_out)
        ):
            known = self._experiment = Experiment(task, design, recipe, hold_out)
        return known

    def outcome(self) -> Outcome[Findings]:
        """What is known of the models with the scores as they stand, those in motion too."""
        scores, gamma, original = self.scores.edit(self.moving), self.settings.gamma, self.original
        design, recipe, trust = self.settings.design, self.recipe, self.feature_trust
        make = self.experiment_as_set()
        # All rows once nothing moves, and where there are few.
        known = self._experiment
        sampled = bool(self.moving) and known is not None and known.has_samples
        values = (scores.values.tobytes(), original.values.tobytes())
        key = (values, gamma, trust, design, recipe, sampled, self.hold_out)

        def work(tell: Callable[[float], None]) -> Findings:
            tell(0.0)
            experiment = make()
            comparison = experiment.compare(
                scores, gamma, feature_trust=trust, on_progress=tell, sampled=sampled
            )
            found = conflicts(experiment, scores, comparison, original)
            return Findings(experiment, comparison, found)

        return self.trainer.ask(key, work)

    def _done(self, do: Callable[[], object]) -> bool:
        """Whether something could be recorded; where not, tell the person in a sentence."""
        try:
            do()
        except LaatError as error:
            st.toast(literal(str(error)), icon=":material/error:", duration="long")
            return False
        return True

    def keep_result(self, outcome: Outcome[Findings]) -> None:
        """Record what came of the state as it stands, once, where there is a project."""
        findings, history = outcome.found, self.project.history
        if findings is None or outcome.old or findings.comparison.sampled:
            return
        recorded = Settings.from_document(history.settings)
        if self.moving or self.settings != recorded or self.seen is not self._drawn:
            return  # of what is not recorded, or not what was
        state = history.states[-1]
        if not self.project.id:
            self._first = run_document(findings.comparison), state.number
        elif state.result is None:
            document = run_document(findings.comparison)
            self._done(lambda: self.project.ran(document, state.number))

    def train_state(self, number: int) -> None:
        """Train the models of a state of this task, with the settings that it had."""
        history, settings = self.project.history, self.settings_at(number)
        scores = history.scores_at(number).reindexed(self.feature_names)
        trust = settings.feature_trust(scores, history.marks_at(number))

        def train() -> None:
            experiment = self.experiment_at(number)
            comparison = experiment.compare(scores, settings.gamma, feature_trust=trust)
            self.project.ran(run_document(comparison), number)

        self._done(train)

    def _show_project(self) -> None:
        self.opened += 1
        self.chosen = True
        self.notice, self.refusal, self._first = "", "", None
        self.studies.look(self.project)
        self._take_settings()
        self._show_task()

    def _take_settings(self) -> None:
        self._known = Settings.from_document(self.project.history.settings)
        self.settings = replace(self._known)
        self.given += 1

    def _show_task(self) -> None:
        self._drawn = self.seen
        self._experiment = self._profiles = self._findings = self._suggestions = None
        self.trainer.forget()
        self.studies.controls.forget()
        self.lab.forget()
        self.moving = {}
        self.epoch += 1
        try:
            self.features, self.problem = features_of(self.task), ""
        except LaatError as error:
            self.features, self.problem = (), str(error)
        self.lab = lab_of_trial(self.project.history.trial, self.seen, self.features)


def _started(projects: Projects, task: Task, proposal: RecordedProposal | None) -> Project:
    """Begin a project; with a proposal, its scores are on the sliders."""
    project = projects.draft(task.title, task)
    if proposal:
        asked = {
            "model": proposal.model,
            "date": proposal.date,
            "system": proposal.system,
            "prompt": proposal.prompt,
        }
        name = project.add_proposal(
            _recorded_name(proposal), proposal.scores, asked, taken=RESERVED
        )
        project.start_with(name)
    return project


_recorded = cache(load_proposal)  # asked for at every move


def _recorded_name(proposal: RecordedProposal) -> str:
    return f"{proposal.model}, recorded {proposal.date}"
