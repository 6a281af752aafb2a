"""Reading what a language model answers: untrusted text, never run, only looked up by name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from laat_core.data.text import canonical, encodable, one_line
from laat_core.scores.importance import as_score, quoted, shown
from laat_core.scores.llm.loose_json import closed_json, json_values, spoken
from laat_core.scores.llm.pasted import pasted_scores
from laat_core.scores.llm.prompt import Question
from laat_core.scores.llm.written import speaks_against, written_number

__all__ = ["Reading", "Scored", "read_answer", "read_reply", "reply_schema"]

Scored = tuple[tuple[float, ...], str]  # a feature's score per output, and the reason
Entry = tuple[str, object, str]  # a name, its score or scores, and the reason, as they are said

MOST_CHARACTERS = 1_000_000
MOST_FAULTS = 10
LONGEST_REASON = 2000
EMPTY = "the answer is empty"

# What "age (18-25)" and "age: 18-25" have beside "age = 18-25".
MARKS = str.maketrans(dict.fromkeys("=:()[]\"'*`_", " "))
LIKE_JSON = re.compile(r"^[ \t]*[{\[]\s*[\"{]", re.MULTILINE)
SAID = {"feature", "reason", "explanation", "score"}  # of an entry


@dataclass(frozen=True)
class Reading:
    """What could be read of an answer.

    Attributes
    ----------
    scores : dict of str to (tuple of float, str)
        By feature name: one score per output, and the reason.
    faults : tuple of str
        What was there and does not fit.
    missing : tuple of str
        Features without a score that can be used.
    """

    scores: dict[str, Scored]
    faults: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def problem(self) -> str:
        """What is wrong, in one sentence; empty where every feature has its scores."""
        said = list(self.faults[:MOST_FAULTS])
        if len(self.faults) > MOST_FAULTS:
            said.append(f"{len(self.faults) - MOST_FAULTS:,} more faults")
        if self.missing:
            said.append(f"no usable score for {quoted(self.missing)}")
        return "; ".join(said)


def reply_schema(question: Question, longest_reason: int | None = None) -> dict[str, Any]:
    """JSON schema of an answer: every feature once, in order, the reason before the score.

    The entries are the properties ``"1"``, ``"2"``, … of one object, numbered as in the prompt,
    each with its feature's name as the only value of an enum. A list of entries would let a model
    repeat one feature and leave out another.

    Parameters
    ----------
    question : Question
    longest_reason : int, optional
        In characters. Only for servers known to take such a bound: others refuse the schema.
    """
    number = {"type": "integer", "minimum": -10, "maximum": 10}
    if len(question.classes) > 1:
        scores = {"scores": _object(dict.fromkeys(question.classes, number))}
    else:
        scores = {"score": number}
    reason = {"type": "string"} | ({"maxLength": longest_reason} if longest_reason else {})
    entries = {
        str(position): _object(
            {
                "feature": {"type": "string", "enum": [name]},
                "reason": reason,
                **scores,
            }
        )
        for position, name in enumerate(question.features, start=1)
    }
    return _object({"scores": _object(entries)})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def read_reply(text: str, question: Question) -> Reading:
    """Read an answer that was asked to be JSON: bare, in a code fence, or amid other text.

    Parameters
    ----------
    text : str
        Anything.
    question : Question

    Returns
    -------
    Reading
        Never raises: what cannot be read is a fault.
    """
    if len(text) > MOST_CHARACTERS:
        fault = f"the answer has {len(text):,} characters, {MOST_CHARACTERS:,} are read"
        return Reading({}, (fault,), question.features)
    features = _Names(question.features)
    entries = _last_entries(spoken(text), question, features)
    if entries:
        return _collect(entries, question, features)
    fault = "the answer holds no complete JSON with scores" if text.strip() else EMPTY
    return Reading({}, (fault,), question.features)


def read_answer(
    text: str, question: Question, labels: Mapping[str, str] = MappingProxyType({})
) -> Reading:
    """Read an answer that a person has pasted: JSON, a Markdown table, or ``1. age: +7``.

    JSON that was cut off is read up to its last complete entry. Several scores per feature are
    read from JSON alone.

    Parameters
    ----------
    text : str
        Anything.
    question : Question
    labels : mapping of str to str
        By feature, the label that people see; a feature may be named by it.

    Returns
    -------
    Reading
        Never raises: what cannot be read is a fault.
    """
    features = _Names(question.features, labels)
    if len(text) > MOST_CHARACTERS:
        return read_reply(text, question)
    said = spoken(text)
    entries = _last_entries(said, question, features)
    if _named(entries, features):
        return _collect(entries, question, features)
    if cut := closed_json(said):
        scored = [entry for entry in _last_entries(cut, question, features) if entry[1] is not None]
        if scored:
            reading = _collect(scored, question, features)
            return replace(reading, faults=("the answer is cut off", *reading.faults))
    if entries or LIKE_JSON.search(text) or question.n_outputs > 1:
        return read_reply(text, question)
    if lines := pasted_scores(said, features.find):
        return _collect(lines, question, features)
    fault = "the answer holds no scores, as JSON, in a table or line by line"
    return Reading({}, (fault,) if text.strip() else (EMPTY,), question.features)


# JSON


def _last_entries(text: str, question: Question, features: "_Names") -> list[Entry]:
    """Entries of the last JSON that names features: a draft comes before the answer.

    Several values count as one where no feature is in more than one of them: an object per line.
    """
    found = [_all_entries(value, question, features) for value in json_values(text)]
    found = [entries for entries in found if _named(entries, features)] or found[-1:]
    names = [name for entries in found for name in _named(entries, features)]
    if len(set(names)) < len(names):
        found = found[-1:]
    return [entry for entries in found for entry in entries]


def _all_entries(value: object, question: Question, features: "_Names") -> list[Entry]:
    """Entries of a JSON value, or of all that it holds, under whatever key.

    Where two parts score the same features (a first and a final opinion, importance and
    confidence), all entries are there, so that the doubt is seen.
    """
    parts = value if isinstance(value, dict) else {}
    inner = [part for part in parts.values() if isinstance(part, dict | list)]
    if isinstance(asked := parts.get("scores"), dict | list):
        inner = [asked]
    own = list(_entries(value, question))
    held = [entry for part in inner for entry in _entries(part, question)]
    return held if len(_named(held, features)) > len(_named(own, features)) else own


def _named(entries: Iterable[Entry], features: "_Names") -> list[str]:
    """Features that are scored, each as often as it is."""
    found = (features.find(name) for name, _, _ in entries)
    return [name for name in found if name is not None]


def _entries(content: object, question: Question) -> Iterator[Entry]:
    """Name, score or scores, and reason of each entry, whatever of the usual forms it has."""
    key = "scores" if len(question.classes) > 1 else "score"
    if isinstance(content, dict) and not isinstance(content.get("feature"), str):
        for name, value in content.items():
            yield _entry(name, value if isinstance(value, dict) else {key: value}, key)
        return
    for entry in content if isinstance(content, list) else [content]:
        if isinstance(entry, dict) and isinstance(entry.get("feature"), str):
            yield _entry(entry["feature"], entry, key)


def _entry(name: str, entry: dict[str, object], key: str) -> Entry:
    said, reason = entry.get("feature"), entry.get("reason", entry.get("explanation"))
    value = entry.get(key)
    if key == "scores" and key not in entry:  # the classes stand beside the reason
        value = {k: v for k, v in entry.items() if k not in SAID}
    name = said if isinstance(said, str) else name
    beside = {what: text for what, text in entry.items() if what not in SAID}
    turned = any(isinstance(t, str) and speaks_against(t, what) for what, t in beside.items())
    if turned and not (_number(value) or 0) < 0:
        value = f"{value} (negative?)"
    return name, value, reason if isinstance(reason, str) else ""


# Both


def _collect(entries: Iterable[Entry], question: Question, features: "_Names") -> Reading:
    classes = _Names(question.classes)
    scores: dict[str, Scored] = {}
    faults: list[str] = []
    seen: set[str] = set()
    for said, value, reason in entries:
        name = features.find(said)
        if name is None:
            faults.append(f"{shown(said)} is no feature")
        elif name in seen:
            faults.append(f"{name!r} is scored more than once")
            scores.pop(name, None)
        elif (numbers := _numbers(value, classes)) is None:
            faults.append(f"the score of {name!r} is {shown(value)}, not a number from -10 to 10")
        else:
            scores[name] = numbers, encodable(one_line(reason))[:LONGEST_REASON]
        seen.update([name] if name is not None else [])
    scores = {name: scores[name] for name in question.features if name in scores}
    missing = tuple(name for name in question.features if name not in scores)
    return Reading(scores, tuple(dict.fromkeys(map(encodable, faults))), missing)


def _numbers(value: object, classes: "_Names") -> tuple[float, ...] | None:
    """One score per output, None where they are not all there."""
    if len(classes.names) > 1:
        if not isinstance(value, dict) or len(value) != len(classes.names):
            return None
        by_class = {classes.find(said): score for said, score in value.items()}
        found = [_number(by_class.get(name)) for name in classes.names]
    else:
        found = [_number(value)]
    numbers = tuple(number for number in found if number is not None)
    return numbers if len(numbers) == len(found) else None


def _number(value: object) -> float | None:
    return as_score(written_number(value) if isinstance(value, str) else value)


class _Names:
    """Finds the feature that a name or a label means, exactly or ever more loosely.

    The prompt does not keep blanks, and people and models keep neither case nor typographic marks.
    A form that fits two features means neither.
    """

    def __init__(
        self, names: tuple[str, ...], labels: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.names = names
        own = _by_key((name, name) for name in names)
        shown = _by_key((labels[name], name) for name in names if name in labels)
        # Labels come before the loosest form of names.
        places = [*enumerate(own[:-1]), *enumerate(shown), (len(own) - 1, own[-1])]
        self._known = [(place, known) for place, known in places if known]

    def find(self, said: str) -> str | None:
        """Name that is meant, None where none is."""
        keys = _keys(said)
        return next((known[keys[at]] for at, known in self._known if keys[at] in known), None)


def _by_key(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str | None]]:
    """By each form of what is said, the name that it means, None where it means several."""
    known: list[dict[str, str | None]] = [{} for _ in range(5)]
    for said, name in pairs:
        for names, key in zip(known, _keys(said), strict=True):
            names[key] = name if names.get(key, name) == name else None
    return known


def _keys(name: str) -> tuple[str, ...]:
    """Return a name ever more loosely: as it is, without extra blanks, case, and marks."""
    plain = canonical(name)
    single = one_line(plain)
    bare = one_line(single.translate(MARKS))
    return name, plain, single, single.casefold(), bare.casefold()
