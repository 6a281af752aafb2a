"""What the events of a project amount to: its task, proposals, scores and settings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from laat_core.data.text import one_line
from laat_core.errors import ScoreError, StoreError
from laat_core.scores.importance import ImportanceScores, as_score, quoted, shown
from laat_core.store import wording
from laat_core.store.documents import check_task_document, scores_from_document
from laat_core.store.events import Event, Packed, canonical, sha256
from laat_core.store.frames import Frame, Set

__all__ = [
    "EXPERT",
    "LONGEST_LINE",
    "STATES",
    "History",
    "State",
    "check_line",
    "check_score",
    "scores_hash",
]

EXPERT = "expert"  # the source of a score whose event names nobody
LONGEST_LINE = 300

# What an event of each kind has to say, and what a state is made by.
PARTS: dict[str, dict[str, type]] = {
    "opened": {"title": str, "table": str, "task": dict, "features": list},
    "task": {"task": dict, "features": list},
    "proposal": {"name": str, "scores": dict, "asked": dict},
    "removed": {"name": str},
    "started": {"name": str},
    "used": {"name": str, "keep_edits": bool},
    "edited": {"changes": dict, "why": str, "how": str},
    "undone": {},
    "redone": {},
    "restored": {"state": int},
    "locked": {"features": list, "locked": bool},
    "noted": {"state": int, "text": str},
    "named": {"state": int, "name": str},
    "ran": {
        "state": int,
        "result": dict,
        "scores": str,
        "table": str,
        "prompt": str,
        "model": dict,
    },
}
STATES = ("opened", "started", "task", "used", "edited", "undone", "redone", "restored", "settings")


@dataclass(frozen=True)
class State:
    """A project after one event that changed its scores, task or settings.

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


class History:
    """The events of one project, folded; it knows nothing of where they are kept.

    Parameters
    ----------
    events : iterable of Event

    Attributes
    ----------
    events : list of Event
    title, table_hash : str
    task_document : dict
    experts : dict of str to ImportanceScores
        Proposals by name.
    asked : dict of str to dict
        Who was asked what for each of them; empty for one that came from elsewhere.
    locked : frozenset of str
    settings : dict

    Raises
    ------
    LaatError
        If an event does not fit what came before it; nothing of it is taken over then.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.events: list[Event] = []
        self.title = ""
        self.table_hash = ""
        self.task_document: dict[str, Any] = {}
        self.experts: dict[str, ImportanceScores] = {}
        self.asked: dict[str, dict[str, Any]] = {}
        self.locked: frozenset[str] = frozenset()
        self.settings: dict[str, Any] = {}
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
        """One state per event that changed scores, task or settings, in order."""
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
        return next((event.number for event in edits if feature in event.content["changes"]), None)

    def value(self, feature: str) -> float:
        """Score of one feature as it is; a ScoreError where there is none of that name."""
        return self._frame.value(feature)

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

    def positive_class_at(self, number: int) -> str:
        """The class that positive scores, and the result, of a state speak for."""
        self.state(number)
        return str(self._moments[number].task_document["positive_class"])

    def _frame_at(self, number: int) -> Frame:
        frame, document, _ = self._moments[number]
        same = document["positive_class"] == self.task_document["positive_class"]
        frame = frame if same else frame.flipped()
        return frame.with_features(self._frame.original.features)

    def _given(self, number: int) -> tuple[str, str]:
        state = self._states[number]
        return state.who or EXPERT, state.why

    # Taking an event

    def check(self, kind: str, content: Mapping[str, Any]) -> None:
        """Raise a LaatError where an event of this kind and content would not fit."""
        if (kind == "opened") is bool(self.events):
            raise StoreError("A project is opened once, by its first event.")
        if kind == "settings":
            return
        parts = PARTS.get(kind)
        if parts is None:
            raise StoreError(f"The project holds an event {kind!r}; this program knows none such.")
        if content.keys() != parts.keys() or any(
            type(content[key]) is not python for key, python in parts.items()
        ):
            raise StoreError(f"The project holds an event {kind!r} in a form that is not known.")
        getattr(self, f"_check_{kind}")(content)

    def fold(self, event: Event) -> None:
        """Take the next event over."""
        if event.number != len(self.events) + 1 or event.previous != (
            self.last.hash if self.last else ""
        ):
            raise StoreError(f"Event {event.number} does not follow from the event before it.")
        check_line(event.who, "name of who did it")
        self.check(event.kind, event.content)
        if event.kind == "ran":  # there is one for nearly every move
            event = replace(event, content=Packed(event.content))
        what = getattr(self, f"_fold_{event.kind}")(event.content, event.number)
        self.events.append(event)
        if event.kind in STATES:
            why = event.content["why"] if event.kind == "edited" else ""
            self._states[event.number] = State(event.number, event.time, event.who, what, why)
            self._moments[event.number] = _Moment(self._frame, self.task_document, self.settings)
            self._scores = None

    def _check_opened(self, content: Mapping[str, Any]) -> None:
        check_line(content["title"], "title")
        self._check_task(content)

    def _fold_opened(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        self.title, self.table_hash = content["title"], content["table"]
        self.task_document = content["task"]
        self._frame = self._frame.with_features(tuple(content["features"]))
        return "Project opened"

    def _check_task(self, content: Mapping[str, Any]) -> None:
        check_task_document(content["task"])
        _check_names(content["features"])

    def _fold_task(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        what = wording.task_changed(self.task_document, content["task"])
        if content["task"]["positive_class"] != self.task_document["positive_class"]:
            self._frame = self._frame.flipped()
            self.experts = {name: scores.flipped() for name, scores in self.experts.items()}
            self._undo, self._redo = [], []
        self.task_document = content["task"]
        self._frame = self._frame.with_features(tuple(content["features"]))
        return what

    def _check_proposal(self, content: Mapping[str, Any]) -> None:
        name = content["name"]
        check_line(name, "name of a proposal")
        if not name or name in self.experts:
            raise StoreError(f"There is already a proposal {name!r}. Choose another name.")
        scores = scores_from_document(content["scores"])
        if len(scores.values) != 1:
            raise ScoreError(f"The proposal {name!r} has {len(scores.values)} scores per feature.")

    def _fold_proposal(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self.experts = {**self.experts, content["name"]: scores_from_document(content["scores"])}
        self.asked = {**self.asked, content["name"]: content["asked"]}

    def _check_removed(self, content: Mapping[str, Any]) -> None:
        if content["name"] not in self.experts:
            raise StoreError(f"There is no proposal {content['name']!r}.")

    def _fold_removed(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self.experts = {k: v for k, v in self.experts.items() if k != content["name"]}
        self.asked = {k: v for k, v in self.asked.items() if k != content["name"]}

    def _check_started(self, content: Mapping[str, Any]) -> None:
        self._check_removed(content)
        if self._undo or self._redo:
            raise StoreError("A project starts with a proposal before anything else is done.")

    def _fold_started(self, content: Mapping[str, Any], number: int) -> str:
        self._frame = self._with_proposal(content["name"], number, keep=False)
        return f"Started with the scores of {content['name']}"

    _check_used = _check_removed

    def _fold_used(self, content: Mapping[str, Any], number: int) -> str:
        name = content["name"]
        self._step(number, self._with_proposal(name, number, keep=content["keep_edits"]))
        return f"Scores of {name}" + (", edits kept" if content["keep_edits"] else "")

    def _check_edited(self, content: Mapping[str, Any]) -> None:
        changes, how = content["changes"], content["how"]
        check_line(content["why"], "reason")
        if how not in wording.HOW:
            raise StoreError(f"Scores are not edited by {how!r}, but: {', '.join(wording.HOW)}.")
        if not changes:
            raise StoreError("An edit changes at least one score.")
        if locked := [feature for feature in changes if feature in self.locked]:
            raise ScoreError(f"Locked: {quoted(locked)}. Unlock to change the score.")
        for feature, change in changes.items():
            if not isinstance(change, list) or len(change) != 2:
                raise StoreError(f"The edit of {feature!r} does not say from where to where.")
            old, new = change
            check_score(feature, new)
            if old != self._frame.value(feature):
                raise StoreError(f"The score of {feature!r} is no longer {shown(old)}.")
            if how == "reset" and new != self._frame.original.score(feature):
                raise StoreError(f"A reset of {feature!r} does not lead to where it came from.")

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

    def _check_undone(self, content: Mapping[str, Any]) -> None:  # noqa: ARG002
        if not self._undo:
            raise StoreError("There is nothing to undo.")

    def _fold_undone(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        undone, frame = self._undo.pop()
        self._redo.append((undone, self._frame))
        self._frame = frame.with_features(self._frame.original.features)
        return f"Undone: {self._states[undone].what}"

    def _check_redone(self, content: Mapping[str, Any]) -> None:  # noqa: ARG002
        if not self._redo:
            raise StoreError("There is nothing to redo.")

    def _fold_redone(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        redone, frame = self._redo.pop()
        self._undo.append((redone, self._frame))
        self._frame = frame.with_features(self._frame.original.features)
        return f"Redone: {self._states[redone].what}"

    def _check_restored(self, content: Mapping[str, Any]) -> None:
        self.state(content["state"])

    def _fold_restored(self, content: Mapping[str, Any], number: int) -> str:
        state = self._states[content["state"]]
        self._step(number, self._frame_at(state.number))
        return f"Back to {state.name or f'state {state.number}'}"

    def _check_locked(self, content: Mapping[str, Any]) -> None:
        _check_names(content["features"])
        known = set(self._frame.original.features)
        if unknown := [name for name in content["features"] if name not in known]:
            raise ScoreError(f"No such feature: {quoted(unknown)}.")

    def _fold_locked(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        features = frozenset(content["features"])
        self.locked = self.locked | features if content["locked"] else self.locked - features

    def _check_noted(self, content: Mapping[str, Any]) -> None:
        check_line(content["text"], "note")
        self.state(content["state"])

    def _fold_noted(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self._change(content["state"], why=content["text"])
        self._scores = None  # the note is the reason of its scores

    def _check_named(self, content: Mapping[str, Any]) -> None:
        check_line(content["name"], "name of a state")
        self.state(content["state"])

    def _fold_named(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self._change(content["state"], name=content["name"])

    def _fold_settings(self, content: Mapping[str, Any], number: int) -> str:  # noqa: ARG002
        what = wording.settings_changed(self.settings, content)
        self.settings = {**self.settings, **content}
        return what

    def _check_ran(self, content: Mapping[str, Any]) -> None:
        self.state(content["state"])
        if content["table"] != self.table_hash:
            raise StoreError("A run names another table than the one of its project.")

    def _fold_ran(self, content: Mapping[str, Any], number: int) -> None:  # noqa: ARG002
        self._change(content["state"], result=content)

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
    return sha256(canonical({"features": scores.features, "values": scores.values.tolist()}))


def check_score(feature: str, value: object) -> float:
    """Return a score as a float; a ScoreError where it is none."""
    score = as_score(value)
    if score is None:
        raise ScoreError(
            f"The score of {feature!r} is {shown(value)}; it must be a number from -10 to 10."
        )
    return score


def check_line(text: str, what: str) -> None:
    """Raise a StoreError where a text is not one short line."""
    if one_line(text) != text or len(text) > LONGEST_LINE or "\0" in text:
        raise StoreError(f"The {what} must be one line of at most {LONGEST_LINE} characters.")


def _check_names(features: list[Any]) -> None:
    if any(not isinstance(name, str) for name in features) or len(set(features)) < len(features):
        raise StoreError("The features of the project are not named once each.")
