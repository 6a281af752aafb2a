"""What a score file says of the features of a table, once all of it fits."""

import math
import re
import reprlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np

from laat_core.data.text import canonical, listed
from laat_core.errors import ScoreError
from laat_core.scores.entries import Entry
from laat_core.scores.importance import ImportanceScores, as_score, quoted, shown
from laat_core.scores.names import Names
from laat_core.scores.score_marks import MARKS, ScoreMarks, as_mark

__all__ = ["ScoreFile", "file_of_entries", "plain_text"]

MOST_FAULTS = 20

# Narrower than float(), which also takes 1_0 and the digits of other scripts. No score is as large
# as a thousand, so that a comma is a decimal mark.
DECIMAL = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class ScoreFile:
    """What a score file says.

    Attributes
    ----------
    scores : ImportanceScores
        Of the features that the file scores, in the table's order.
    marks : ScoreMarks
    unscored : tuple of str
        Features of the table that it does not score.
    notes : tuple of str
        What a person has to know of how the file was read, one sentence each.
    outcomes : tuple of str
        The class that its scores speak for, by all names that its entries have for it.
    """

    scores: ImportanceScores
    marks: ScoreMarks = field(default_factory=ScoreMarks)
    unscored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()

    def over(self, current: ImportanceScores) -> ImportanceScores:
        """Return current scores with those of the file in their place; the others stay."""
        return self.scores.joined(current).reindexed(current.features)


def file_of_entries(
    entries: Iterable[Entry], features: Sequence[str], names: Names, source: str
) -> ScoreFile:
    """Take the entries of a file together.

    Parameters
    ----------
    entries : iterable of Entry
    features : sequence of str
        Names of the features that the table has, in its order.
    names : Names
        By which these are found.
    source : str
        For entries that name none.

    Raises
    ------
    ScoreError
        Naming each entry that does not fit; or if no feature is scored.
    """
    found, guessed = _matched(entries, names)
    scored = [name for name in features if name in found and _is_scored(found[name])]
    if not scored:
        raise ScoreError(
            f"The file scores none of the {len(features)} features. It needs entries with a "
            "'feature' and a 'score'."
        )
    unscored = tuple(name for name in features if name not in set(scored))
    notes = (_guessed(guessed), _partial(unscored, len(features)))
    return ScoreFile(
        _scores([(name, found[name]) for name in scored], source),
        ScoreMarks(*(_marked(found, mark) for mark in MARKS)),
        unscored,
        tuple(filter(None, notes)),
        tuple(dict.fromkeys(filter(None, map(_outcome, found.values())))),
    )


def _outcome(entry: Mapping[Any, Any]) -> str:
    return plain_text(entry.get("outcome")).strip()


def _matched(
    entries: Iterable[Entry], names: Names
) -> tuple[dict[str, dict[Any, Any]], dict[str, str]]:
    """Entries by the feature that each scores, and what features were called where guessed."""
    faults: list[str] = []
    found: dict[str, dict[Any, Any]] = {}
    guessed: dict[str, str] = {}
    for where, entry in entries:
        said = plain_text(entry.get("feature"))
        match = names.find(said)
        if fault := match.fault or _fault(match.feature, entry, found):
            faults.append(f"{where}: {fault}")
            continue
        found[match.feature] = entry
        if not match.exact:
            guessed[match.feature] = said.strip()
    if faults:
        raise ScoreError(_misfit(faults))
    return found, guessed


def _marked(found: Mapping[str, Mapping[Any, Any]], mark: str) -> dict[str, bool]:
    said = {name: as_mark(entry, mark) for name, entry in found.items()}
    return {name: value for name, value in said.items() if value is not None}


def _scores(found: list[tuple[str, dict[Any, Any]]], source: str) -> ImportanceScores:
    entries = [entry for _, entry in found]
    replies = list(zip_longest(*map(_estimates, entries), fillvalue=math.nan))
    return ImportanceScores(
        features=tuple(name for name, _ in found),
        values=np.array([[_number(entry["score"]) for entry in entries]], dtype=np.float64),
        sources=tuple(plain_text(entry.get("source")) or source for entry in entries),
        reasons=tuple(map(_reasons, entries)),
        estimates=np.array(replies, dtype=np.float64).reshape(len(replies), 1, len(found)),
    )


def _guessed(guessed: Mapping[str, str]) -> str:
    if not guessed:
        return ""
    pairs = listed([f"{said!r} as {name!r}" for name, said in guessed.items()], most=10)
    return f"Names were read without regard to case and blanks: {pairs}."


def _partial(unscored: Sequence[str], n_features: int) -> str:
    if not unscored:
        return ""
    has, keeps = ("has", "keeps the score it has") if len(unscored) == 1 else (
        "have", "keep the scores they have"
    )  # fmt: skip
    return (
        f"{len(unscored)} of {n_features} features {has} no score in the file and {keeps}: "
        f"{quoted(unscored)}."
    )


def _misfit(faults: list[str]) -> str:
    """Message for a file that does not fit."""
    parts = faults[:MOST_FAULTS]
    if len(faults) > MOST_FAULTS:
        parts.append(f"and {len(faults) - MOST_FAULTS} more faults")
    return f"The scores do not fit the table: {'; '.join(parts)}. Correct these and load again."


def _fault(name: str, entry: dict[Any, Any], found: Collection[str]) -> str:
    """What is wrong with the entry of a feature, empty where nothing is."""
    if any(entry.get(None, ())):  # where a line has more cells than the header
        return "more fields than the header names; quote a text that holds a separator"
    if name in found:
        return f"{name!r} is scored a second time"
    numbers = [("estimate", value) for value in _estimates(entry)]
    if _is_scored(entry):
        numbers.append(("score", _number(entry["score"])))
    for kind, value in numbers:
        if as_score(value) is None:
            return f"the {kind} of {name!r} is {shown(value)}, not a number from -10 to 10"
    for mark in MARKS:
        try:
            as_mark(entry, mark)
        except ValueError as error:
            return f"{name!r}: {error}"
    for other in ("locked", "not_used"):
        if as_mark(entry, "unsure") and as_mark(entry, other):
            return f"{name!r} is marked both as unsure and as {other.replace('_', ' ')}; keep one"
    return ""


def _is_scored(entry: dict[Any, Any]) -> bool:
    """Whether an entry holds a score; one that is blank or null says nothing."""
    score = entry.get("score")
    return bool(score.strip()) if isinstance(score, str) else score is not None


def _number(value: Any) -> Any:
    """Return the number that a plain decimal text stands for, anything else as it is."""
    if not isinstance(value, str):
        return value
    text = canonical(value)  # with a plain minus
    return float(text.replace(",", ".")) if DECIMAL.fullmatch(text) else value


def plain_text(value: object) -> str:
    """Text of a field, empty where there is none; what UTF-8 cannot hold becomes ``?``."""
    text = "" if value is None else value if isinstance(value, str) else reprlib.repr(value)
    return text.encode("utf-8", "replace").decode("utf-8")


def _reasons(entry: dict[Any, Any]) -> tuple[str, ...]:
    """Every one of a list, blank ones too: they stand for their estimate; or the single one."""
    given = entry.get("reasons", entry.get("reason"))
    several = given if isinstance(given, list) else [given] if given else []
    return tuple(map(plain_text, several))


def _estimates(entry: dict[Any, Any]) -> list[Any]:
    given = entry.get("estimates")
    return list(map(_number, given)) if isinstance(given, list) else []
