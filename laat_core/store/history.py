"""What the events of a project amount to: its task, proposals, scores and settings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from laat_core.data.hold_out import HoldOut
from laat_core.errors import StoreError
from laat_core.evaluate.hold_out import Look
from laat_core.scores.importance import ImportanceScores
from laat_core.scores.llm.recall import Recall
from laat_core.store import wording
from laat_core.store.checks import check, check_line
from laat_core.store.documents import scores_from_document
from laat_core.store.events import Event, Packed, canonical_json, sha256
from laat_core.store.frames import Frame, Set
from laat_core.store.looks import EDITS, HeldOut, Looked
from laat_core.store.marks import Marks
from laat_core.store.recalls import recall_from_document
from laat_core.store.renaming import Renaming, of_today

__all__ = [
    "EXPERT",
    "STATES",
    "History",
    "State",
    "scores_hash",
]

EXPERT = "expert"  # the source of a score whose event names nobody

# What a state is made by.
STATES = (
    "opened",
    "started",
    "task",
    "used",
    "edited",
    "undone",
    "redone",
    "restored",
    "locked",
    "doubted",
    "unused",
    "settings",
    "held_out",
)


@dataclass(frozen=True)
class State:
    """A project after one event that changed its scores, marks, task or settings.

    Attributes
    ----------
    number : int
        Of the event.
    time, who : str
    what : str
        One short sentence.
    why : str
        As it was said with the event, or noted later.
    name : str
        Empty where nobody has named it.
    result : mapping or None
        Content of the last run of it.
    """

    number: int
    time: str
    who: str
    what: str
    why: str = ""
    name: str = ""
    result: Mapping[str, Any] | None = None


class _Moment(NamedTuple):
    """What a state was made of."""

    frame: Frame
    task_document: dict[str, Any]
    settings: dict[str, Any]
    marks: Marks


class History:
    """The events of one project, folded; it knows nothing of where they are kept.

    Parameters
    ----------
    events : iterable of Event
    as_recorded : bool
        Whether features and classes keep the names that an earlier version gave them, which the
        hashes of its results are of.

    Attributes
    ----------
    events : list of Event
        As they were recorded.
    title, table_hash : str
    task_document : dict
    experts : dict of str to ImportanceScores
        Proposals by name.
    asked : dict of str to dict
        Who was asked what for each of them; empty for one that came from elsewhere.
    recalls : dict of (str, str) to Recall
        By model and address, whether that model knows the table by heart, where it was asked.
    marks : Marks
        Features that are locked, of whose scores somebody is unsure, or that are not to be used.
    settings : dict
    held_out : HeldOut or None
        Rows whose labels are hidden; once and for all.
    looks : tuple of Looked
    studies : dict of str to mapping
        Content of the last study of each kind.
    trial : mapping
        What was tried last in the bias lab; empty where nothing was.

    Raises
    ------
    LaatError
        If an event does not fit what came before it; nothing of it is taken over then.
    """

    def __init__(self, events: Iterable[Event] = (), *, as_recorded: bool = False) -> None:
        self.events: list[Event] = []
        self._as_recorded = as_recorded
        self._renaming = Renaming()
        self.title = ""
        self.table_hash = ""
        self.task_document: dict[str, Any] = {}
        self.experts: dict[str, ImportanceScores] = {}
        self.asked: dict[str, dict[str, Any]] = {}
        self.recalls: dict[tuple[str, str], Recall] = {}
        self.marks = Marks()
        self.settings: dict[str, Any] = {}
        self.held_out: HeldOut | None = None
        self.looks: tuple[Looked, ...] = ()
        self.studies: dict[str, Mapping[str, Any]] = {}
        self.trial: Mapping[str, Any] = {}
        self._frame = Frame(ImportanceScores.zeros(()))
        self._undo: list[tuple[int, Frame]] = []  # what an event changed, and the frame before it
        self._redo: list[tuple[int, Frame]] = []  # what was undone, and the frame after it
        self._states: dict[int, State] = {}
        self._moments: dict[int, _Moment] = {}
        self._scores: ImportanceScores | None = None
        for event in events:
            self.fold(event)

    # What there is

    @property
    def last(self) -> Event | None:
        """The last event."""
        return self.events[-1] if self.events else None

    @property
    def states(self) -> list[State]:
        """One state per event that changed scores, marks, task or settings, in order."""
        return list(self._states.values())

    @property
    def scores(self) -> ImportanceScores:
        """The scores as edited, of every feature that was ever known."""
        if self._scores is None:
            self._scores = self._frame.scores(self._given)
        return self._scores

    @property
    def original(self) -> ImportanceScores:
        """Where the scores came from: what a reset goes back to."""
        return self._frame.original

    @property
    def origin(self) -> str:
        """Name of the proposal on the sliders, edits aside; empty where they started at 0."""
        return self._frame.origin

    @property
    def locked(self) -> frozenset[str]:
        """Names of the features that are kept from being changed."""
        return self.marks.locked

    @property
    def doubted(self) -> frozenset[str]:
        """Names of the features of whose scores somebody is unsure."""
        return self.marks.doubted

    @property
    def unused(self) -> frozenset[str]:
        """Names of the features by which the LAAT model is not to decide."""
        return self.marks.unused

    @property
    def next_undo(self) -> str:
        """What would be taken back, in a short sentence; empty where there is nothing."""
        return self._states[self._undo[-1][0]].what if self._undo else ""

    @property
    def next_redo(self) -> str:
        """What would be done again; empty where nothing was taken back since the last edit."""
        return self._states[self._redo[-1][0]].what if self._redo else ""

    def edited_by(self, feature: str) -> int | None:
        """Number of the event that last set, or reset, a feature's score; None without one."""
        if entry := self._frame.edits.get(feature):
            return entry.number
        edits = (event for event in reversed(self.events) if event.kind == "edited")
        named = ((event.number, map(self._renaming, event.content["changes"])) for event in edits)
        return next((number for number, names in named if feature in names), None)

    def recall_of(self, name: str) -> Recall | None:
        """Whether the model that made a proposal knows the table; None where it was not asked."""
        asked = self.asked.get(name, {})
        return self.recalls.get((str(asked.get("model", "")), str(asked.get("base_url", ""))))

    def value(self, feature: str) -> float:
        """Score of one feature as it is; a ScoreError where there is none of that name."""
        return self._frame.value(feature)

    @property
    def n_edits(self) -> int:
        """How often scores have been changed, with their results in view."""
        return sum(event.kind in EDITS for event in self.events)

    def state(self, number: int) -> State:
        """State after an event; a StoreError where that event made none."""
        if number not in self._states:
            raise StoreError(f"The project has no state {number}.")
        return self._states[number]

    def scores_at(self, number: int) -> ImportanceScores:
        """Scores of a state, as they speak for the positive class of today."""
        self.state(number)
        return self._frame_at(number).scores(self._given)

    def origin_at(self, number: int) -> str:
        """Name of the proposal that was on the sliders in a state."""
        self.state(number)
        return self._moments[number].frame.origin

    def settings_at(self, number: int) -> dict[str, Any] | None:
        """Settings of a state; None where its task was another one than today's."""
        self.state(number)
        moment = self._moments[number]
        return moment.settings if moment.task_document is self.task_document else None

    def marks_at(self, number: int) -> Marks:
        """Features that were locked, doubted or not to be used in a state."""
        self.state(number)
        return self._moments[number].marks

    def task_document_at(self, number: int) -> dict[str, Any]:
        """The task of a state, as it was then."""
        self.state(number)
        return self._moments[number].task_document

    def is_locked_since(self, number: int) -> bool:
        """Whether rows have been held out after a state, whose results are of all of them."""
        return self.held_out is not None and self.held_out.state > number

    def look_at(self, state: int, settings: Mapping[str, Any]) -> Looked | None:
        """The look at the models of a state, trained with these settings; None without one.

        Models are the same where scores, how firmly they are held, what is not used, columns,
        positive class and settings are, whatever the number of the state.
        """
        models = self._models(state, settings)
        same = (one for one in self.looks if self._models(one.state, one.settings) == models)
        return next(same, None)

    def _models(self, state: int, settings: Mapping[str, Any]) -> str:
        """What the models of a state depend on, beside the table."""
        scores, task = scores_hash(self.scores_at(state)), self._moments[state].task_document
        marks = self._moments[state].marks
        # What is locked is sure, which counts where the estimates have a say in how firmly.
        loose = [sorted(marks.doubted), sorted(marks.locked) if settings.get("loosen") else []]
        # A switch that was not there when somebody looked was off.
        chosen = {name: value for name, value in settings.items() if value is not False}
        roles = {column["name"]: column["role"] for column in task["columns"]}
        parts = [scores, loose, roles, task["positive_class"], task["missing_as_feature"], chosen]
        return canonical_json([*parts, sorted(marks.unused)])

    def positive_class_at(self, number: int) -> str:
        """The class that positive scores, and the result, of a state speak for."""
        self.state(number)
        return str(self._moments[number].task_document["positive_class"])

    def _frame_at(self, number: int) -> Frame:
        frame, document, *_ = self._moments[number]
        same = document["positive_class"] == self.task_document["positive_class"]
        frame = frame if same else frame.flipped()
        return frame.with_features(self._frame.original.features)

    def _given(self, number: int) -> tuple[str, str]:
        state = self._states[number]
        return state.who or EXPERT, state.why

    # Taking an event

    def fold(self, event: Event) -> None:
        """Take the next event over."""
        if event.number != len(self.events) + 1 or event.previous != (
            self.last.hash if self.last else ""
        ):
            raise StoreError(f"Event {event.number} does not follow from the event before it.")
        check_line(event.who, "name of who did it")
        renaming = self._renaming if self._as_recorded else self._renaming.after(event)
        content = event.content if self._as_recorded else of_today(event, renaming)
        check(self, event.kind, content, renaming.shared)
        self._renaming = renaming
        if event.kind in {"ran", "studied"}:  # many, or large
            event = replace(event, content=(content := Packed(event.content)))
        what = getattr(self, f"_fold_{event.kind}")(content, event.number)
        self.events.append(event)
        if event.kind in STATES:
            why = content["why"] if event.kind == "edited" else ""
            self._states[event.number] = State(event.number, event.time, event.who, what, why)
            self._moments[event.number] = _Moment(
                self._frame, self.task_document, self.settings, self.marks
            )
            self._scores = None

    def _fold_opened(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        self.title, self.table_hash = content["title"], content["table"]
        self.task_document = content["task"]
        self._frame = self._frame.with_features(tuple(content["features"]))
        return "Project opened"

    def _fold_task(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        what = wording.task_changed(self.task_document, content["task"])
        if content["task"]["positive_class"] != self.task_document["positive_class"]:
            self._frame = self._frame.flipped()
            self.experts = {name: scores.flipped() for name, scores in self.experts.items()}
            self._undo, self._redo = [], []
        self.task_document = content["task"]
        self._frame = self._frame.with_features(tuple(content["features"]))
        return what

    def _fold_proposal(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self.experts = {**self.experts, content["name"]: scores_from_document(content["scores"])}
        self.asked = {**self.asked, content["name"]: content["asked"]}

    def _fold_removed(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self.experts = {k: v for k, v in self.experts.items() if k != content["name"]}
        self.asked = {k: v for k, v in self.asked.items() if k != content["name"]}

    def _fold_started(self, content: Mapping[str, Any], number: int) -> str:
        self._frame = self._with_proposal(content["name"], number, keep=False)
        return f"Started with the scores of {content['name']}"

    def _fold_used(self, content: Mapping[str, Any], number: int) -> str:
        name = content["name"]
        self._step(number, self._with_proposal(name, number, keep=content["keep_edits"]))
        return f"Scores of {name}" + (", edits kept" if content["keep_edits"] else "")

    def _fold_edited(self, content: Mapping[str, Any], number: int) -> str:
        changes, how = content["changes"], content["how"]
        self._step(
            number,
            self._frame.with_edits(
                {
                    # After a reset a score has its own source and reasons again.
                    feature: None if how == "reset" else Set(float(new), number)
                    for feature, (_, new) in changes.items()
                }
            ),
        )
        return wording.edited(changes, how)

    def _fold_undone(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        undone, frame = self._undo.pop()
        self._redo.append((undone, self._frame))
        self._frame = frame.with_features(self._frame.original.features)
        return f"Undone: {self._states[undone].what}"

    def _fold_redone(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        redone, frame = self._redo.pop()
        self._undo.append((redone, self._frame))
        self._frame = frame.with_features(self._frame.original.features)
        return f"Redone: {self._states[redone].what}"

    def _fold_restored(self, content: Mapping[str, Any], number: int) -> str:
        state = self._states[content["state"]]
        self._step(number, self._frame_at(state.number))
        return f"Back to {state.name or f'state {state.number}'}"

    def _fold_locked(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        self.marks = self.marks.lock(content["features"], locked=content["locked"])
        return wording.locked(content["features"], content["locked"])

    def _fold_doubted(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        self.marks = self.marks.doubt(content["features"], doubted=content["doubted"])
        return wording.doubted(content["features"], content["doubted"])

    def _fold_unused(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        self.marks = self.marks.unuse(content["features"], unused=content["unused"])
        return wording.unused(content["features"], content["unused"])

    def _fold_noted(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self._change(content["state"], why=content["text"])
        self._scores = None  # the note is the reason of its scores

    def _fold_named(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self._change(content["state"], name=content["name"])

    def _fold_settings(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        what = wording.settings_changed(self.settings, content)
        self.settings = {**self.settings, **content}
        return what

    def _fold_ran(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self._change(content["state"], result=content)

    def _fold_quizzed(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        recall = recall_from_document(content["recall"])
        key = recall.model, recall.base_url
        if recall.answered or key not in self.recalls:  # one that failed takes no verdict away
            self.recalls = {**self.recalls, key: recall}

    def _fold_held_out(self, content: Mapping[str, Any], number: int) -> str:
        self.held_out = HeldOut(HoldOut(**content), number, self.n_edits)
        return wording.held_out(content["share"], self.n_edits)

    def _fold_looked(self, content: Mapping[str, Any], number: int) -> None:
        look = Look.from_dict(content["result"])
        self.looks += (Looked(look, content["state"], content["settings"], number),)

    def _fold_studied(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self.studies = {**self.studies, content["study"]: content}

    def _fold_tried(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self.trial = content["trial"]

    def _with_proposal(self, name: str, number: int, *, keep: bool) -> Frame:
        frame = self._frame.with_proposal(
            name, self.experts[name], number, keep=keep, locked=self.locked
        )
        return frame.with_features(self._frame.original.features)

    def _step(self, number: int, frame: Frame) -> None:
        """Go to other scores by something that can be undone."""
        self._undo.append((number, self._frame))
        self._redo.clear()
        self._frame = frame.with_features(self._frame.original.features)

    def _change(self, number: int, **parts: Any) -> None:
        self._states[number] = replace(self._states[number], **parts)


def scores_hash(scores: ImportanceScores) -> str:
    """Hash of what a model is trained with: names and values, not who gave them or why."""
    return sha256(canonical_json({"features": scores.features, "values": scores.values.tolist()}))
