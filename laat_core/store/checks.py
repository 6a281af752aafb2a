"""Whether an event fits what came before it: what it says is whatever somebody has sent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from laat_core.data.hold_out import HoldOut
from laat_core.data.task import Role
from laat_core.data.text import one_line
from laat_core.errors import ScoreError, StoreError
from laat_core.evaluate.hold_out import Look
from laat_core.scores.importance import check_score, quoted, shown
from laat_core.store import wording
from laat_core.store.documents import check_task_document, scores_from_document
from laat_core.store.recalls import recall_from_document

if TYPE_CHECKING:
    from laat_core.store.history import History

__all__ = ["LONGEST_LINE", "check", "check_line"]

LONGEST_LINE = 300

# What an event of each kind has to say.
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
    "doubted": {"features": list, "doubted": bool},
    "unused": {"features": list, "unused": bool},
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
    "quizzed": {"recall": dict},
    "held_out": {"share": float, "seed": int},
    "looked": {
        "state": int,
        "settings": dict,
        "result": dict,
        "scores": str,
        "table": str,
        "prompt": str,
        "model": dict,
    },
    "studied": {"state": int, "study": str, "result": dict, "scores": str},
    "tried": {"trial": dict},
}


def check(
    history: "History", kind: str, content: Mapping[str, Any], shared: frozenset[str] = frozenset()
) -> None:
    """Raise a LaatError where an event of this kind and content would not fit.

    Features that share their name, as several once became one, may have been at other scores, and
    locked or not: what an event takes that for is not checked.
    """
    if (kind == "opened") is bool(history.events):
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
    if kind == "edited":
        _check_edited(history, content, shared)
    elif kind == "doubted":
        _check_doubted(history, content, shared)
    elif kind != "tried":  # the bias lab keeps what fits the task
        CHECKS[kind](history, content)


def check_line(text: str, what: str) -> None:
    """Raise a StoreError where a text is not one short line."""
    if one_line(text) != text or len(text) > LONGEST_LINE or "\0" in text:
        raise StoreError(f"The {what} must be one line of at most {LONGEST_LINE} characters.")


def _check_names(features: list[Any]) -> None:
    if any(not isinstance(name, str) for name in features) or len(set(features)) < len(features):
        raise StoreError("The features of the project are not named once each.")


def _check_opened(history: "History", content: Mapping[str, Any]) -> None:
    check_line(content["title"], "title")
    _check_task(history, content)


def _check_task(history: "History", content: Mapping[str, Any]) -> None:
    task = check_task_document(content["task"])
    _check_names(content["features"])
    if not history.held_out:
        return
    before = check_task_document(history.task_document)
    if task["target"] != before["target"]:
        raise StoreError(
            f"Rows are held out by the classes of {before['target']!r}, which stays "
            "the target of this project. Begin a new one for another target."
        )
    if task["target_cleaning"] != before["target_cleaning"]:
        raise StoreError(
            f"Rows are held out by the classes of {before['target']!r}. Other missing codes or "
            "merged classes would hold out other rows. Begin a new project to change them."
        )
    if _grouping(task) != _grouping(before):
        raise StoreError(
            "Rows are held out, and which ones depends on the column with the role group: it stays "
            "as it is in this project. Begin a new project to group the rows otherwise."
        )


def _grouping(task: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The column that groups the rows, with what counts as equal in it."""
    return [(c["name"], c["cleaning"]) for c in task["columns"] if c["role"] == Role.GROUP]


def _check_proposal(history: "History", content: Mapping[str, Any]) -> None:
    name = content["name"]
    check_line(name, "name of a proposal")
    if not name or name in history.experts:
        raise StoreError(f"There is already a proposal {name!r}. Choose another name.")
    scores = scores_from_document(content["scores"])
    if len(scores.values) != 1:
        raise ScoreError(f"The proposal {name!r} has {len(scores.values)} scores per feature.")


def _check_removed(history: "History", content: Mapping[str, Any]) -> None:
    if content["name"] not in history.experts:
        raise StoreError(f"There is no proposal {content['name']!r}.")


def _check_started(history: "History", content: Mapping[str, Any]) -> None:
    _check_removed(history, content)
    if history.next_undo or history.next_redo:
        raise StoreError("A project starts with a proposal before anything else is done.")


def _check_edited(history: "History", content: Mapping[str, Any], shared: frozenset[str]) -> None:
    changes, how = content["changes"], content["how"]
    check_line(content["why"], "reason")
    if how not in wording.HOW:
        raise StoreError(f"Scores are not edited by {how!r}, but: {', '.join(wording.HOW)}.")
    if not changes:
        raise StoreError("An edit changes at least one score.")
    if locked := [name for name in changes if name in history.locked - shared]:
        raise ScoreError(f"Locked: {quoted(locked)}. Unlock to change the score.")
    for feature, change in changes.items():
        if not isinstance(change, list) or len(change) != 2:
            raise StoreError(f"The edit of {feature!r} does not say from where to where.")
        old, new = change
        check_score(feature, new)
        if feature in shared:
            continue
        if old != history.value(feature):
            raise StoreError(f"The score of {feature!r} is no longer {shown(old)}.")
        if how == "reset" and new != history.original.score(feature):
            raise StoreError(f"A reset of {feature!r} does not lead to where it came from.")


def _check_undone(history: "History", content: Mapping[str, Any]) -> None:  # noqa: ARG001
    if not history.next_undo:
        raise StoreError("There is nothing to undo.")


def _check_redone(history: "History", content: Mapping[str, Any]) -> None:  # noqa: ARG001
    if not history.next_redo:
        raise StoreError("There is nothing to redo.")


def _check_restored(history: "History", content: Mapping[str, Any]) -> None:
    history.state(content["state"])


def _check_locked(history: "History", content: Mapping[str, Any]) -> None:
    _check_names(content["features"])
    known = set(history.original.features)
    if unknown := [name for name in content["features"] if name not in known]:
        raise ScoreError(f"No such feature: {quoted(unknown)}.")


def _check_doubted(history: "History", content: Mapping[str, Any], shared: frozenset[str]) -> None:
    _check_locked(history, content)  # features that there are, once each
    if locked := [name for name in content["features"] if name in history.locked - shared]:
        raise ScoreError(f"Locked: {quoted(locked)}. What is locked is sure; unlock it first.")
    if unused := [name for name in content["features"] if name in history.unused - shared]:
        raise ScoreError(
            f"Not to be used: {quoted(unused)}. Its score counts as 0; let it be used first."
        )


def _check_noted(history: "History", content: Mapping[str, Any]) -> None:
    check_line(content["text"], "note")
    history.state(content["state"])


def _check_named(history: "History", content: Mapping[str, Any]) -> None:
    check_line(content["name"], "name of a state")
    history.state(content["state"])


def _check_ran(history: "History", content: Mapping[str, Any]) -> None:
    history.state(content["state"])
    if content["table"] != history.table_hash:
        raise StoreError("A run names another table than the one of its project.")


def _check_quizzed(history: "History", content: Mapping[str, Any]) -> None:  # noqa: ARG001
    recall_from_document(content["recall"])


def _check_held_out(history: "History", content: Mapping[str, Any]) -> None:
    if history.held_out:
        raise StoreError(
            "Rows of this project are held out already, and stay so. Begin a new project to hold "
            "out others."
        )
    HoldOut(**content)


def _check_looked(history: "History", content: Mapping[str, Any]) -> None:
    _check_ran(history, content)
    if not history.held_out:
        raise StoreError("No rows of this project are held out. Hold some out first.")
    look, number = Look.from_dict(content["result"]), len(history.looks) + 1
    if look.number != number:
        raise StoreError(
            f"Somebody else has looked meanwhile: this would be look {number}, not {look.number}. "
            "See what was found, and look again if you still want to."
        )


def _check_studied(history: "History", content: Mapping[str, Any]) -> None:
    history.state(content["state"])
    check_line(content["study"], "name of a study")


CHECKS = {
    "opened": _check_opened,
    "task": _check_task,
    "proposal": _check_proposal,
    "removed": _check_removed,
    "started": _check_started,
    "used": _check_removed,
    "undone": _check_undone,
    "redone": _check_redone,
    "restored": _check_restored,
    "locked": _check_locked,
    "unused": _check_locked,
    "noted": _check_noted,
    "named": _check_named,
    "ran": _check_ran,
    "quizzed": _check_quizzed,
    "held_out": _check_held_out,
    "looked": _check_looked,
    "studied": _check_studied,
}
