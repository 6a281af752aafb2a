"""What earlier versions have recorded, with the names of today.

Levels and classes once kept their typographic marks: the feature ``age = 18\u201325`` is called
``age = 18-25`` today. Events stay as they were recorded, for their hashes; they are only read with
today's names. Columns are called as the table has them, then and now.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from laat_core.data.bias import Bias
from laat_core.data.text import canonical, feature_name
from laat_core.errors import DataError, LaatError
from laat_core.store.documents import scores_document, scores_from_document
from laat_core.store.events import Event

__all__ = ["Renaming", "of_today"]

EQUALS = " = "


class Renaming:
    """Names of features as they are today.

    Parameters
    ----------
    columns : iterable of str
        Names of the columns that features may be of.
    shared : frozenset of str
        Names that several features of earlier versions have got.

    Examples
    --------
    >>> Renaming(["age"])("age = 18\u201325")
    'age = 18-25'
    """

    def __init__(self, columns: Iterable[str] = (), shared: frozenset[str] = frozenset()) -> None:
        self.shared = shared
        self._columns = frozenset(columns)

    def __call__(self, feature: str) -> str:
        if canonical(feature) == feature or feature in self._columns:
            return feature
        parts = feature.split(EQUALS)
        for stop in range(len(parts) - 1, 0, -1):
            column, level = EQUALS.join(parts[:stop]), EQUALS.join(parts[stop:])
            if column in self._columns:
                return feature_name(column, canonical(level))
        return feature

    def all(self, features: Iterable[str]) -> dict[str, str]:
        """Old names by today's, in order; of several that became one, the later one."""
        return {self(feature): feature for feature in features}

    def after(self, event: Event) -> "Renaming":
        """Return the renaming from an event on: another where that tells of a task."""
        if event.kind not in {"opened", "task"}:
            return self
        match event.content:
            case {"task": {"columns": list(columns)}, "features": list(features)} if all(
                isinstance(name, str) for name in features
            ):
                names = [column.get("name") for column in columns if isinstance(column, dict)]
                new = Renaming(name for name in names if isinstance(name, str))
                times = Counter(map(new, dict.fromkeys(features)))
                new.shared = self.shared | {name for name, n in times.items() if n > 1}
                return new
        return self


def of_today(event: Event, renaming: Renaming) -> Mapping[str, Any]:
    """Return the content of an event with today's names, itself where they are the same.

    Content that does not have the form of such an event stays as it is: the check reports it.

    Examples
    --------
    >>> from laat_core.store.events import event_after
    >>> locked = {"features": ["age = 18\u201325"], "locked": True}
    >>> of_today(event_after(None, "ann", "locked", locked), Renaming(["age"]))["features"]
    ['age = 18-25']
    """
    content = event.content
    try:
        new = {key: CHANGES[key](content[key], renaming) for key in KEYS.get(event.kind, ())}
    except (LaatError, AttributeError, KeyError, TypeError):
        return content
    return {**content, **new}


def _features(features: list[str], renaming: Renaming) -> list[str]:
    names = renaming.all(features)
    return features if list(names) == list(names.values()) else list(names)


def _changes(changes: dict[str, Any], renaming: Renaming) -> dict[str, Any]:
    names = renaming.all(changes)
    if list(names) == list(names.values()):
        return changes
    return {name: changes[old] for name, old in names.items()}


def _scores(document: dict[str, Any], renaming: Renaming) -> dict[str, Any]:
    names = renaming.all(document["features"])
    if list(names) == list(names.values()):
        return document
    kept = scores_from_document(document).reindexed(list(names.values()))
    return scores_document(replace(kept, features=tuple(names)))


def _task(document: dict[str, Any], renaming: Renaming) -> dict[str, Any]:  # noqa: ARG001
    positive = canonical(document["positive_class"])
    new = {
        **document,
        "positive_class": positive,
        "class_labels": _by_level(document["class_labels"]),
        "columns": [{**c, "levels": _by_level(c["levels"])} for c in document["columns"]],
    }
    if document.get("confirmed") == f"{document['positive_class']}: {document['description']}":
        new["confirmed"] = f"{positive}: {document['description']}"
    return document if new == document else new


def _by_level(texts: Mapping[str, str]) -> dict[str, str]:
    return {canonical(level): text for level, text in texts.items()}


def _trial(trial: dict[str, Any], renaming: Renaming) -> dict[str, Any]:
    new = dict(trial)
    if isinstance(trial.get("moved"), dict):
        new["moved"] = _changes(trial["moved"], renaming)
    if isinstance(trial.get("positive_class"), str):
        new["positive_class"] = canonical(trial["positive_class"])
    with suppress(DataError):
        new["bias"] = Bias.from_dict(trial.get("bias")).to_dict()
    return trial if new == trial else new


CHANGES: dict[str, Callable[[Any, Renaming], object]] = {
    "features": _features,
    "changes": _changes,
    "scores": _scores,
    "task": _task,
    "trial": _trial,
}
KEYS = {
    "opened": ("features", "task"),
    "task": ("features", "task"),
    "proposal": ("scores",),
    "edited": ("changes",),
    "locked": ("features",),
    "doubted": ("features",),
    "unused": ("features",),
    "tried": ("trial",),
}
