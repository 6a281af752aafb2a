"""What the instrument asks for, done to the project.

Anybody may send anything over the page's connection: what does not fit is left out.
"""

from collections.abc import Callable, Mapping
from typing import Any

from laat_core import LaatError
from ui.case import CaseView
from ui.naming import feature_labels
from ui.settings import GAMMAS
from ui.state import AppState
from ui.text import signed

__all__ = ["obey"]

Action = Mapping[str, Any]
NONSENSE = (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError)
QUIET = {"look", "more"}  # asked for by the page, not by a person


def obey(state: AppState, case: CaseView, message: Any) -> None:
    """Do what a message asks for, in order; one that was taken before is not taken again."""
    try:
        number, actions = int(message["number"]), list(message["actions"])
        kinds = {action["kind"] for action in actions}
    except NONSENSE:
        return
    if number <= state.received:
        return
    state.received = number
    if not kinds <= QUIET:
        state.moving, state.notice = {}, ""
    told = dict.fromkeys(filter(None, [_do(state, case, action) for action in actions]))
    if told:
        state.notice = " ".join(told)
    state.catch_up()


def _do(state: AppState, case: CaseView, action: Action) -> str | None:
    """Do one thing; return what the person has to know of it."""
    try:
        if action["kind"] != "case":
            return DO[action["kind"]](state, action)
        case.obey(state, action)
    except LaatError as error:
        return str(error)
    except NONSENSE:
        pass
    return None


def _move(state: AppState, action: Action) -> None:
    scores = {name: float(score) for name, score in action["scores"].items()}
    state.scores.edit(scores)  # a LaatError where they are none
    state.moving = scores


def _edit(state: AppState, action: Action) -> str | None:
    changes = {
        name: (float(before), float(after)) for name, (before, after) in action["changes"].items()
    }
    left = state.kept.edit(changes, "", str(action["how"]))
    now = state.scores.as_dict()
    # One that was sent twice is where it was to go.
    left = [name for name in left if name in now and now[name] != changes[name][1]]
    if not left:
        return None
    labels = feature_labels(state.task, state.features)
    said = ", ".join(f"{labels[name]} to {signed(now[name])}" for name in left)
    return f"Another window has moved {said}; that stays. Move it again to change it."


def _lock(state: AppState, action: Action) -> None:
    known = set(state.feature_names)
    features = [name for name in action["features"] if name in known]
    state.kept.lock(features, locked=bool(action["locked"]))


def _doubt(state: AppState, action: Action) -> None:
    known = set(state.feature_names)
    features = [name for name in action["features"] if name in known]
    state.kept.doubt(features, doubted=bool(action["doubted"]))


def _unuse(state: AppState, action: Action) -> None:
    known = set(state.feature_names)
    features = [name for name in action["features"] if name in known]
    state.kept.unuse(features, unused=bool(action["unused"]))


def _note(state: AppState, action: Action) -> None:
    number = state.project.history.edited_by(action["feature"])
    if number is not None:
        state.kept.note(number, str(action["text"])[:300])


def _gamma(state: AppState, action: Action) -> None:
    state.settings.gamma = GAMMAS[int(action["position"])]
    if not action["moving"]:
        state.keep_settings()


def _undo(state: AppState, _action: Action) -> str | None:
    # A table that was only looked at is not kept for this.
    if not state.project.history.next_undo:
        return "There is nothing to undo."
    state.kept.undo()
    return None


def _redo(state: AppState, _action: Action) -> str | None:
    if not state.project.history.next_redo:
        return "There is nothing to redo."
    state.kept.redo()
    return None


DO: dict[str, Callable[[AppState, Action], str | None]] = {
    "move": _move,
    "edit": _edit,
    "lock": _lock,
    "doubt": _doubt,
    "unuse": _unuse,
    "note": _note,
    "gamma": _gamma,
    "undo": _undo,
    "redo": _redo,
    "look": lambda state, _: state.look(),
    "more": lambda _state, _action: None,
}
