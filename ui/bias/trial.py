"""What is tried in the bias lab, in the plain form that a project keeps, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from laat_core import Bias, DataError, Feature, Task, load_biases
from laat_core.scores.importance import as_score
from ui.bias.lab import STEPS, Lab

__all__ = ["lab_of_trial", "trial_document"]


def trial_document(lab: Lab, task: Task) -> dict[str, Any]:
    """Bias and scores that are tried, the columns that are looked at, and the step of the story."""
    return {
        "positive_class": task.positive_class,  # which the scores speak for
        "bias": lab.bias.to_dict(),
        "column": lab.column,
        "title": lab.title,
        "groups": None if lab.groups is None else list(lab.groups),
        "moved": dict(lab.moved),
        "not_used": list(lab.not_used),
        "step": lab.step,
    }


def lab_of_trial(document: Mapping[str, Any], task: Task, features: Iterable[Feature]) -> Lab:
    """Go on with what was tried: all that is there and fits the task, whoever wrote it.

    Parameters
    ----------
    document : mapping
        As :func:`trial_document` makes it; empty where nothing was tried.
    task : Task
    features : iterable of Feature
        Of the task.
    """
    features = list(features)
    columns = {feature.column for feature in features}
    titles = {preset.title for preset in load_biases(task.name)}
    column, title, step = (document.get(key) for key in ("column", "title", "step"))
    return Lab(
        bias=_bias(document.get("bias"), task),
        column=column if isinstance(column, str) and column in columns else "",
        title=title if isinstance(title, str) and title in titles else "",
        groups=_groups(document.get("groups"), task),
        moved=_moved(document, task, {feature.name for feature in features}),
        not_used=tuple(_known(document.get("not_used"), columns)),
        step=step if type(step) is int and step in STEPS else 1,
    )


def _bias(document: object, task: Task) -> Bias:
    try:
        bias = Bias.from_dict(document)
        bias.words(task)  # which the task may no longer have
    except DataError:
        return Bias(())
    return bias


def _groups(document: object, task: Task) -> tuple[str, ...] | None:
    names = _known(document, {column.name for column in task.columns})
    return tuple(names[:2]) if isinstance(document, list) else None


def _moved(document: Mapping[str, Any], task: Task, features: set[str]) -> dict[str, float]:
    """Scores that are tried, unless they speak for another class than those of today."""
    given = document.get("moved")
    if not isinstance(given, dict) or document.get("positive_class") != task.positive_class:
        return {}
    scores = {name: as_score(given[name]) for name in _known(list(given), features)}
    return {name: score for name, score in scores.items() if score is not None}


def _known(names: object, there: set[str]) -> list[str]:
    """Those names of a list that there are, once each."""
    given = names if isinstance(names, list) else []
    return list(dict.fromkeys(n for n in given if isinstance(n, str) and n in there))
