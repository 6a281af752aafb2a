"""What is to be recorded: kind and content of the next event, checked against the history."""

from collections.abc import Iterable, Mapping
from itertools import chain, count
from typing import Any, NamedTuple

from laat_core.data.encoding import features_of
from laat_core.data.hold_out import HoldOut
from laat_core.data.plain import plain_number
from laat_core.data.task import Task
from laat_core.data.text import encodable, one_line
from laat_core.errors import LaatError, StoreError
from laat_core.evaluate.hold_out import Look
from laat_core.scores.importance import ImportanceScores, check_score
from laat_core.scores.llm.recall import Recall
from laat_core.store.documents import check_task_document, scores_document, task_document
from laat_core.store.events import canonical_json, sha256
from laat_core.store.history import History, scores_hash
from laat_core.store.recalls import recall_document

__all__ = [
    "Entry",
    "asked_hash",
    "doubted",
    "edited",
    "free_name",
    "held_out",
    "line",
    "locked",
    "looked",
    "named",
    "noted",
    "opened",
    "proposal",
    "quizzed",
    "ran",
    "settings",
    "studied",
    "task_changed",
    "tried",
    "unused",
]


class Entry(NamedTuple):
    """An event that has no place in the chain yet."""

    kind: str
    content: dict[str, Any]


def line(text: str) -> str:
    """Text as one line that every database can hold."""
    return one_line(encodable(text).replace("\0", ""))


def opened(title: str, task: Task, table_hash: str) -> Entry:
    """A new project."""
    parts = {"task": task_document(task), "features": _feature_names(task)}
    return Entry("opened", {"title": line(title), "table": table_hash, **parts})


def task_changed(history: History, task: Task) -> Entry | None:
    """Other roles, words or positive class; None where there are none."""
    document = task_document(task)
    if document == check_task_document(history.task_document):
        return None
    return Entry("task", {"task": document, "features": _feature_names(task)})


def proposal(
    history: History,
    name: str,
    scores: ImportanceScores,
    asked: Mapping[str, Any],
    taken: Iterable[str],
) -> Entry:
    """A proposal, under a name that is free."""
    name = free_name(line(name) or "proposal", {*history.experts, *taken})
    content = {"name": name, "scores": scores_document(scores), "asked": dict(asked)}
    return Entry("proposal", content)


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return a name, numbered where it is taken."""
    used = set(taken)
    names = chain([name], (f"{name} ({number})" for number in count(2)))
    return next(candidate for candidate in names if candidate not in used)


def edited(
    history: History, changes: Mapping[str, tuple[float, float]], why: str, how: str
) -> tuple[Entry | None, list[str]]:
    """Edits whose scores are still where they are said to come from, and the features of others."""
    left, kept = [], {}
    for feature, (old, new) in changes.items():
        # Plus 0.0: a score of zero has no sign.
        start, end = plain_number(old) + 0.0, check_score(feature, new) + 0.0
        if history.value(feature) != start:
            left.append(feature)
        elif start != end:
            kept[feature] = [start, end]
    content = {"changes": kept, "why": line(why), "how": how}
    return (Entry("edited", content) if kept else None), left


def locked(history: History, features: Iterable[str], *, lock: bool) -> Entry | None:
    """Features that are locked or unlocked; None where they all are so already."""
    others = [name for name in dict.fromkeys(features) if (name in history.locked) is not lock]
    return Entry("locked", {"features": others, "locked": lock}) if others else None


def doubted(history: History, features: Iterable[str], *, doubt: bool) -> Entry | None:
    """Features of whose scores somebody is, or is no longer, unsure; None where nothing changes."""
    others = [name for name in dict.fromkeys(features) if (name in history.doubted) is not doubt]
    return Entry("doubted", {"features": others, "doubted": doubt}) if others else None


def unused(history: History, features: Iterable[str], *, unuse: bool) -> Entry | None:
    """Features that are not to be used, or are again; None where they all are so already."""
    others = [name for name in dict.fromkeys(features) if (name in history.unused) is not unuse]
    return Entry("unused", {"features": others, "unused": unuse}) if others else None


def noted(history: History, state: int, text: str) -> Entry | None:
    """A note at a state."""
    text = line(text)
    if history.state(state).why == text:
        return None
    return Entry("noted", {"state": state, "text": text})


def named(history: History, state: int, name: str) -> Entry | None:
    """A name for a state; an empty one takes it away."""
    name = line(name)
    if history.state(state).name == name:
        return None
    return Entry("named", {"state": state, "name": name})


def settings(history: History, changed: Mapping[str, Any]) -> Entry | None:
    """Settings that differ from what they are; the others stay."""
    new = {
        key: value
        for key, value in changed.items()
        if key not in history.settings
        or canonical_json(history.settings[key]) != canonical_json(value)
    }
    return Entry("settings", new) if new else None


def ran(history: History, state: int, result: Mapping[str, Any]) -> Entry:
    """A result, with hashes of all that it came from."""
    return Entry("ran", {"result": dict(result), **_origins(history, state)})


def held_out(hold_out: HoldOut) -> Entry:
    """Rows that are held out from now on."""
    return Entry("held_out", {"share": hold_out.share, "seed": hold_out.seed})


def looked(history: History, state: int, settings: Mapping[str, Any], look: Look) -> Entry | None:
    """A look at the rows held out; None where the same models have been looked at before."""
    if history.look_at(state, settings):
        return None
    content = {"settings": dict(settings), "result": look.to_dict(), **_origins(history, state)}
    return Entry("looked", content)


def _origins(history: History, state: int) -> dict[str, Any]:
    """What a result of a state came from: hashes of scores, table and prompt, and the model."""
    asked = history.asked.get(history.origin_at(state), {})
    return {
        "state": state,
        "scores": scores_hash(history.scores_at(state)),
        "table": history.table_hash,
        "prompt": asked_hash(asked),
        "model": {key: asked[key] for key in ("model", "base_url", "date") if key in asked},
    }


def quizzed(recall: Recall) -> Entry:
    """What came of asking a model to complete rows of the table."""
    return Entry("quizzed", {"recall": recall_document(recall)})


def studied(history: History, state: int, study: str, result: Mapping[str, Any]) -> Entry:
    """A study of a state, with the hash of the scores that it was of.

    Raises
    ------
    StoreError
        If rows have been held out since: their labels would be in it.
    """
    if history.is_locked_since(state):
        raise StoreError(
            "Rows have been held out since the study began, which it still made use of. Run it "
            "anew."
        )
    content = {
        "state": state,
        "study": study,
        "result": dict(result),
        "scores": scores_hash(history.scores_at(state)),
    }
    return Entry("studied", content)


def tried(history: History, trial: Mapping[str, Any]) -> Entry | None:
    """What is tried in the bias lab; None where it is what was tried last."""
    if canonical_json(history.trial) == canonical_json(trial):
        return None
    return Entry("tried", {"trial": dict(trial)})


def asked_hash(asked: Mapping[str, Any]) -> str:
    """Hash of the prompt that a model was asked with; empty where nobody was asked."""
    prompt = [asked.get("system", ""), asked.get("prompt", "")]
    return sha256(canonical_json(prompt)) if any(prompt) else ""


def _feature_names(task: Task) -> list[str]:
    """Names of the features; none where the columns cannot be encoded with their roles."""
    try:
        return [encodable(feature.name) for feature in features_of(task)]
    except LaatError:
        return []
