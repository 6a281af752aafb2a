"""Reading what a language model answers: untrusted text, never run, only looked up by name."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from laat_core.data.text import encodable
from laat_core.scores.importance import as_score, quoted, shown
from laat_core.scores.llm.prompt import Question

__all__ = ["Reading", "Scored", "read_answer", "read_reply", "reply_schema"]

Scored = tuple[tuple[float, ...], str]  # a feature's score per output, and the reason

MOST_CHARACTERS = 1_000_000
MOST_FAULTS = 10
LONGEST_REASON = 2000

NUMBER = r"[+\-−–]?\d{1,10}(?:[.,]\d{1,10})?"
PLAIN_NUMBER = re.compile(NUMBER)
AT_START = re.compile(rf"[\s*_`:=|(]*(?:score\W{{0,3}})?({NUMBER})(?![\w.])", re.IGNORECASE)
AT_END = re.compile(rf"(?:^|[\s:=|(*]){{1}}({NUMBER})[\s*_`.)|]*$")
BULLET = re.compile(r"\s*(?:[-*•]\s+|\d+\s*[.)]\s*)?")
AFTER_NAME = re.compile(r"[:=|\t–—]|\s-\s|\s(?=[(+\-−]?\d)")
FENCE = re.compile(r"```[\w-]*\n(.*?)```", re.DOTALL)
DRESSING = " \t*_`\"'“”|"


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


def reply_schema(question: Question) -> dict[str, Any]:
    """JSON schema of an answer: every feature once, in order, the reason before the score.

    The entries are the properties ``"1"``, ``"2"``, … of one object, numbered as in the prompt,
    each with its feature's name as the only value of an enum. A list of entries would let a model
    repeat one feature and leave out another.
    """
    number = {"type": "integer", "minimum": -10, "maximum": 10}
    if len(question.classes) > 1:
        scores = {"scores": _object(dict.fromkeys(question.classes, number))}
    else:
        scores = {"score": number}
    entries = {
        str(position): _object(
            {
                "feature": {"type": "string", "enum": [name]},
                "reason": {"type": "string"},
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
    for content in _json_in(text):
        entries = list(_entries(content, question))
        if entries:
            return _collect(entries, question)
    return Reading({}, ("the answer holds no JSON with scores",), question.features)


def read_answer(text: str, question: Question) -> Reading:
    """Read an answer that a person has pasted: JSON, a Markdown table, or ``1. age: +7``."""
    reading = read_reply(text, question)
    if reading.scores or len(text) > MOST_CHARACTERS or question.n_outputs > 1:
        return reading
    names = _Names(question.features)
    entries = [entry for line in text.splitlines() if (entry := _from_line(line, names))]
    return _collect(entries, question) if entries else reading


# JSON


def _json_in(text: str) -> Iterator[object]:
    """Every JSON value that the text may stand for, the likeliest first."""
    for candidate in (text, *FENCE.findall(text)):
        yield from _decoded(candidate.strip())
    start = next((i for i, letter in enumerate(text) if letter in "{["), None)
    if start is not None:
        yield from _decoded(text[start : max(text.rfind("}"), text.rfind("]")) + 1])


def _decoded(text: str) -> Iterator[object]:
    try:
        yield json.loads(text, parse_constant=str)  # NaN and Infinity stay words
    except (ValueError, RecursionError):
        return


def _entries(content: object, question: Question) -> Iterator[tuple[str, object, str]]:
    """Name, score or scores, and reason of each entry, whatever of the usual forms it has."""
    if isinstance(content, dict) and isinstance(content.get("scores"), dict | list):
        content = content["scores"]
    if isinstance(content, dict):
        content = [
            {"feature": name, **value} if isinstance(value, dict) else (name, value)
            for name, value in content.items()
        ]
    if not isinstance(content, list):
        return
    key = "scores" if len(question.classes) > 1 else "score"
    for entry in content:
        if isinstance(entry, dict) and isinstance(entry.get("feature"), str):
            reason = entry.get("reason", entry.get("explanation", ""))
            yield entry["feature"], entry.get(key), reason if isinstance(reason, str) else ""
        elif isinstance(entry, tuple):
            yield entry[0], entry[1], ""


# Lines of text


def _from_line(line: str, names: "_Names") -> tuple[str, object, str] | None:
    """Name, score and reason of a line such as ``| age | +7 | older |`` or ``1. age: +7``."""
    bullet = BULLET.match(line)
    line = line[bullet.end() if bullet else 0 :].lstrip(DRESSING)[:LONGEST_REASON]
    # The longest name wins: "sex" may be the beginning of "sex = male".
    for mark in reversed(list(AFTER_NAME.finditer(line))):
        name = names.find(line[: mark.start()].strip(DRESSING))
        if name is not None:
            return _after_name(name, line[mark.start() :])
    return None


def _after_name(name: str, rest: str) -> tuple[str, object, str] | None:
    cells = [cell.strip(DRESSING) for cell in rest.split("|")]
    for cell in cells:
        if PLAIN_NUMBER.fullmatch(cell):
            return name, cell, max((c for c in cells if c != cell), key=len, default="")
    found = AT_START.match(rest) or AT_END.search(rest)
    if found is None:
        return None
    reason = rest[found.end() :] if found.re is AT_START else rest[: found.start()]
    return name, found.group(1), reason.strip(DRESSING + ":=-–—.()")


# Both


def _collect(entries: Iterable[tuple[str, object, str]], question: Question) -> Reading:
    names = _Names(question.features)
    scores: dict[str, Scored] = {}
    faults: list[str] = []
    doubled: set[str] = set()
    for said, value, reason in entries:
        name = names.find(said)
        if name is None:
            faults.append(f"{shown(said)} is no feature")
        elif name in scores:
            faults.append(f"{name!r} is scored more than once")
            doubled.add(name)
        elif (numbers := _numbers(value, question)) is None:
            faults.append(f"the score of {name!r} is {shown(value)}")
        else:
            scores[name] = numbers, encodable(_single_spaced(reason))[:LONGEST_REASON]
    scores = {name: scores[name] for name in question.features if name in scores.keys() - doubled}
    missing = tuple(name for name in question.features if name not in scores)
    return Reading(scores, tuple(encodable(fault) for fault in faults), missing)


def _numbers(value: object, question: Question) -> tuple[float, ...] | None:
    """One score per output, None where they are not all there."""
    if len(question.classes) > 1:
        if not isinstance(value, dict) or set(value) != set(question.classes):
            return None
        found = [_number(value[name]) for name in question.classes]
    else:
        found = [_number(value)]
    numbers = tuple(number for number in found if number is not None)
    return numbers if len(numbers) == len(found) else None


def _number(value: object) -> float | None:
    if isinstance(value, str) and PLAIN_NUMBER.fullmatch(value.strip()):
        value = float(re.sub("[−–]", "-", value.strip()).replace(",", "."))
    return as_score(value)


class _Names:
    """Features by name: as it is, or without regard to case and blanks where that is unambiguous.

    The prompt does not keep blanks, and people and models do not keep case.
    """

    def __init__(self, features: Iterable[str]) -> None:
        loose: dict[str, list[str]] = {}
        for name in features:
            for key in {name, _single_spaced(name), _single_spaced(name).casefold()}:
                loose.setdefault(key, []).append(name)
        self._known = {key: found[0] for key, found in loose.items() if len(found) == 1}
        self._known.update((name, name) for name in features)

    def find(self, said: str) -> str | None:
        """Name of the feature that is meant, None where none is."""
        single = _single_spaced(said)
        return next(
            (self._known[k] for k in (said, single, single.casefold()) if k in self._known), None
        )


def _single_spaced(text: str) -> str:
    return " ".join(text.split())
