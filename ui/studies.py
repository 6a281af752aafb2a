"""Studies of the scores: beside the page, one per project, kept with it at their end."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from laat_core import Comparison
from laat_core.errors import DataError, LaatError
from laat_core.evaluate.controls import Controls
from laat_core.evaluate.curves.curve import Curve, Study
from laat_core.evaluate.curves.learning import laat_line
from laat_core.evaluate.curves.plan import OnResult
from laat_core.evaluate.curves.worth import Worth, worth_of
from laat_core.evaluate.workers import Wanted
from laat_core.model.settings import Gamma
from laat_core.store.history import History, scores_hash
from laat_core.store.project import Project
from laat_core.store.projects import Projects
from ui.settings import GAMMAS, Settings
from ui.training import Job, Trainer

__all__ = ["CarryOut", "Running", "Studies", "changes_since", "kept_curve"]

CarryOut = Callable[[OnResult, Wanted], Curve]


@dataclass
class Running:
    """A study that is under way, has just ended, or has failed and nobody has been told.

    Attributes
    ----------
    project : str
        Id of the project that it is of.
    study : str
    state : int
        Number of the state that it is of.
    job : Job
    wanted : Wanted
        Ends the work in all processes.
    grown : Curve or None
        What is known of it by now.
    """

    project: str
    study: Study
    state: int
    job: Job[Curve]
    wanted: Wanted
    grown: Curve | None = None

    @property
    def is_done(self) -> bool:
        """Whether nothing more comes of it."""
        return self.job.cancelled or self.job.done.is_set()

    @property
    def problem(self) -> str:
        """Why it has failed; nothing of one that is under way, or was cancelled."""
        return self.job.problem if self.job.done.is_set() and not self.job.cancelled else ""

    def cancel(self) -> None:
        """End it for all who see it; nothing of it is kept, unless it has just ended."""
        self.job.cancelled = True
        self.wanted.end()
        self.forget()

    def forget(self) -> None:
        """Show it to nobody who opens the project from now on."""
        with _LOCK:
            if _UNDER_WAY.get(self.project) is self:
                del _UNDER_WAY[self.project]


# Of all sessions, by project: a reload begins another session, and must not lose sight of it. One
# that has failed stays until somebody has the project open, who is told why.
_UNDER_WAY: dict[str, Running] = {}
_LOCK = threading.Lock()


@dataclass
class Studies:
    """What one visitor sees under way, whatever page is open.

    Attributes
    ----------
    controls : Trainer
        Of the controls of the comparison.
    running : Running or None
        The study of the open project that was last seen under way, or found to have failed,
        unless it was cancelled; another session of this process may have begun it.
    asked : Comparison or None
        Whose controls somebody has asked for though they take long.
    """

    controls: Trainer[Controls] = field(default_factory=Trainer)
    running: Running | None = None
    asked: Comparison | None = None
    # Read off a learning curve, which takes a while; the curve's content says which.
    _worths: tuple[Mapping[str, Any], dict[Gamma, Worth]] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a study is under way."""
        return self.running is not None and not self.running.is_done

    def start(
        self, study: Study, project: Project, projects: Projects, carry_out: CarryOut
    ) -> None:
        """Begin a study of the last state of a project, unless one of it is under way.

        Parameters
        ----------
        study : str
        project : Project
            One that is kept.
        projects : Projects
            Those of this person.
        carry_out : callable
            Takes whom to tell of the growing curve, and what ends it; returns the whole curve.
        """
        with _LOCK:
            running = _UNDER_WAY.get(project.id)
            if running is None or running.is_done:  # else another session was first
                running = _UNDER_WAY[project.id] = _begun(study, project, projects, carry_out)
        self.running = running

    def worth(self, history: History, settings: Settings) -> Worth | None:
        """What the last learning curve says of the scores; None where it is not of these."""
        content = history.studies.get("learning")
        if content is None or changes_since(history, content["state"], settings):
            return None
        if self._worths is None or self._worths[0] is not content:
            self._worths = content, _worths(history)
        return self._worths[1].get(settings.gamma)

    def look(self, project: Project) -> None:
        """See what is under way of the open project, whoever began it, and nothing of another.

        Where rows have been held out since it began, it is ended.
        """
        running = self.running
        if running and (running.project != project.id or running.job.cancelled):
            self.running = None
        with _LOCK:
            running = _UNDER_WAY.get(project.id)
        if running and not running.job.cancelled:
            self.running = running
            if running.is_done:
                running.forget()
            elif project.history.is_locked_since(running.state):
                self.cancel()

    def cancel(self) -> None:
        """End the study that is under way, for all who see it; nothing of it is kept."""
        if self.running is not None:
            self.running.cancel()
            self.running = None

    def end(self, project: str) -> None:
        """End what is under way of a project that is no longer there, by its id."""
        with _LOCK:
            running = _UNDER_WAY.get(project)
        if running is not None:
            running.cancel()


def _begun(study: Study, project: Project, projects: Projects, carry_out: CarryOut) -> Running:
    """Begin a study, which goes on whatever becomes of the session."""
    state, project_id, wanted = project.history.states[-1].number, project.id, Wanted()

    def work(tell: Callable[[float], None]) -> Curve:
        def take(curve: Curve, share: float) -> None:
            tell(share)
            running.grown = curve

        try:
            curve = carry_out(take, wanted)
            tell(1.0)  # which ends it where it was cancelled in the last moment
            # By a project of this thread's own: a page may be reading the other in this moment.
            projects.open(project_id).studied(study, curve.to_dict(), state)
            running.forget()
            return curve
        finally:
            wanted.end()

    job: Job[Curve] = Job(study)
    running = Running(project_id, study, state, job, wanted)
    job.start(work)
    return running


def _worths(history: History) -> dict[Gamma, Worth]:
    """What the scores are worth at each trust that was tried; nothing of a curve that is none."""
    try:
        kept = kept_curve(history, "learning")
    except LaatError:
        return {}
    found = {gamma: worth_of(kept[0], laat_line(gamma)) for gamma in GAMMAS} if kept else {}
    return {gamma: worth for gamma, worth in found.items() if worth is not None}


def kept_curve(history: History, study: Study) -> tuple[Curve, int] | None:
    """Return the last study of a kind with the number of its state, None where there is none.

    Raises
    ------
    LaatError
        If what was kept is no such study.
    """
    content = history.studies.get(study)
    if content is None:
        return None
    curve = Curve.from_dict(content["result"])
    if curve.study != study:
        raise DataError("A study was kept under the name of another. Run it anew.")
    return curve, content["state"]


def changes_since(history: History, number: int, settings: Settings) -> list[str]:
    """Say what is no longer as it was in a state: rows, task, scores, marks, settings.

    Parameters
    ----------
    history : History
    number : int
        Of the state.
    settings : Settings
        As they are now.
    """
    changed = ["the rows (some are held out now)"] if history.is_locked_since(number) else []
    then = history.settings_at(number)
    if then is None:
        return [*changed, "the task"]
    if scores_hash(history.scores_at(number)) != scores_hash(history.scores):
        changed.append("the scores")
    settings_then, scores = Settings.from_document(then), history.scores_at(number)
    if settings_then.feature_trust(scores, history.marks_at(number)) != settings.feature_trust(
        history.scores, history.marks
    ):
        changed.append("how firmly features are held")
    features, unused = history.scores.features, history.marks_at(number).unused
    if unused.symmetric_difference(history.unused).intersection(features):
        changed.append("what is not to be used")
    if replace(settings_then, gamma=settings.gamma) != settings:
        changed.append("the settings")
    return changed
