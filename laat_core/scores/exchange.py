"""Importance scores as files: CSV and JSON, out and in.

A file is untrusted: every feature must be there once, by name, with a number from -10 to 10.
What does not fit is named, row by row, and nothing is taken over until all of it fits.

Scores speak for one class of a table. JSON says for which, and is turned where a table's positive
class is the other; CSV has no place for it.
"""

import csv
import io
import json
import math
import re
import reprlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from laat_core.data.reading import detect_encoding
from laat_core.errors import ScoreError
from laat_core.scores.importance import ImportanceScores, as_score, quoted, shown

__all__ = [
    "scores_from_bytes",
    "scores_from_csv",
    "scores_from_json",
    "scores_to_csv",
    "scores_to_json",
]

CSV_COLUMNS = ("feature", "score", "source", "reason")
MOST_FAULTS = 20

# Narrower than float(), which also takes 1_0 and the digits of other scripts.
DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def scores_to_csv(scores: ImportanceScores) -> str:
    """Write ``feature,score,source,reason``, one line per feature.

    Several reasons are joined, and the estimates are left out; JSON keeps both. CSV scores speak
    for the positive class of the table they are loaded into.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(CSV_COLUMNS)
    for entry in _entries(scores):
        score = f"{entry['score']:.12g}"  # 6.2, where the mean is 6.199999999999999
        reasons = " | ".join(filter(None, entry["reasons"]))
        writer.writerow([entry["feature"], score, entry["source"], reasons])
    return stream.getvalue()


def scores_to_json(scores: ImportanceScores, outcome: str = "") -> str:
    """Write every score with its source, reasons and estimates, and the class they speak for."""
    speak_for = {"outcome": _text(outcome)} if outcome else {}
    content = {**speak_for, "scores": _entries(scores)}
    return json.dumps(content, ensure_ascii=False, indent=1)


def scores_from_csv(text: str, features: Sequence[str], source: str = "file") -> ImportanceScores:
    """Read ``feature,score[,source[,reason]]`` for exactly these features.

    The scores speak for the positive class of the table they are loaded into.

    Parameters
    ----------
    text : str
        With a header line; comma, semicolon or tab between the fields, and in the latter two
        forms also decimal commas.
    features : sequence of str
        Names that must be scored.
    source : str
        For lines that name none.

    Raises
    ------
    ScoreError
        Naming each line that does not fit, and each feature without a score.
    """
    text = text.removeprefix("\ufeff")
    header = next(iter(text.splitlines()), "")
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or []]
        if names.count("feature") != 1 or names.count("score") != 1:
            raise ScoreError(
                f"The header is {header.strip()[:80]!r}; it must name at least 'feature' and "
                "'score', each once."
            )
        reader.fieldnames = names
        entries = [(f"line {reader.line_num}", row) for row in reader if not _is_blank(row)]
    except csv.Error as error:
        # The one thing that the reader does not take.
        raise ScoreError(
            f"Line {reader.line_num + 1} has a field of more than {csv.field_size_limit():,} "
            "characters. Shorten it, or close its quotation mark."
        ) from error
    if delimiter != ",":  # as spreadsheets write where the comma is the decimal mark
        for _, row in entries:
            row["score"] = (row["score"] or "").replace(",", ".")
    return _from_entries(entries, features, source)


def scores_from_json(
    text: str,
    features: Sequence[str],
    source: str = "file",
    outcome: str = "",
    opposite: str = "",
) -> ImportanceScores:
    """Read scores for exactly these features.

    Parameters
    ----------
    text : str
        ``{"scores": [{"feature", "score", …}]}`` as written by :func:`scores_to_json`, a plain
        ``{feature: score}``, or ``{"estimates": [...]}`` of several replies, which are averaged.
        The first and the last may name the class they speak for, as ``"outcome"``.
    features : sequence of str
    source : str
        For entries that name none.
    outcome, opposite : str
        The table's positive class and its other one. Scores for the latter are turned; without
        an outcome, here or in the file, they are taken as they are.

    Raises
    ------
    ScoreError
        Naming each entry that does not fit, and each feature without a score; or the class that
        the scores speak for, where the table has no such class.
    """
    try:
        content = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_object)
    except ScoreError:
        raise
    except (ValueError, RecursionError) as error:
        raise ScoreError(f"This is not JSON ({error}). Export scores to see the form.") from error
    scores = _from_content(content, features, source)
    named = _outcome(content)
    if not (named and outcome) or named == outcome:
        return scores
    if named == opposite:
        return scores.flipped()
    raise ScoreError(
        f"The scores of the file speak for {reprlib.repr(named)}, those of the table for "
        f"{outcome!r} or {opposite!r}. Load scores of this table, or name one of the two in the "
        "file as 'outcome'."
    )


def scores_from_bytes(
    content: bytes,
    name: str,
    features: Sequence[str],
    outcome: str = "",
    opposite: str = "",
) -> ImportanceScores:
    """Read scores from a file's bytes, CSV or JSON by the ending of its name."""
    try:
        text = content.decode(detect_encoding(content))
    except UnicodeError as error:
        raise ScoreError(f"{name} is no text file ({error}). Save it as UTF-8.") from error
    if name.lower().endswith(".json"):
        return scores_from_json(text, features, name, outcome, opposite)
    return scores_from_csv(text, features, name)


def _from_content(content: Any, features: Sequence[str], source: str) -> ImportanceScores:
    """Scores of a JSON file, whatever of the accepted forms it has."""
    if isinstance(content, dict) and isinstance(content.get("estimates"), list):
        replies = [
            _from_entries(_json_entries(reply, f"estimate {number}, "), features, source)
            for number, reply in enumerate(content["estimates"], start=1)
        ]
        model = _text(content.get("model")) or source
        return ImportanceScores.from_estimates(
            [
                {
                    name: (score, " ".join(reasons))
                    for (name, score), reasons in zip(
                        reply.as_dict().items(), reply.reasons, strict=True
                    )
                }
                for reply in replies
            ],
            model,
        )
    return _from_entries(_json_entries(content, ""), features, source)


def _outcome(content: Any) -> str:
    """Class that a file speaks for; in a plain ``{feature: score}`` it would be a feature."""
    wrapped = isinstance(content, dict) and any(
        isinstance(content.get(key), (list, dict)) for key in ("scores", "estimates")
    )
    return _text(content.get("outcome")) if wrapped else ""


def _entries(scores: ImportanceScores) -> list[dict[str, Any]]:
    return [
        {
            "feature": _text(feature),
            "score": float(scores.values[0, i]),
            "source": _text(scores.sources[i]),
            "reasons": list(map(_text, scores.reasons[i])),
            "estimates": [float(v) for v in scores.estimates[:, 0, i] if math.isfinite(v)],
        }
        for i, feature in enumerate(scores.features)
    ]


def _is_blank(row: dict[Any, Any]) -> bool:
    """Whether a line has nothing but separators, as spreadsheets leave them at the end."""
    return not any(any(value or "") for value in row.values())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse what JSON readers drop: all but the last of several values of one name."""
    content = dict(pairs)
    if len(content) < len(pairs):
        times = Counter(name for name, _ in pairs)
        doubled = [name[:80] for name in content if times[name] > 1]
        raise ScoreError(f"Named more than once: {quoted(doubled)}. Keep one each.")
    return content


def _json_entries(content: object, where: str) -> list[tuple[str, dict[str, Any]]]:
    """Entries of one reply, each with where it stands, whatever of the accepted forms it has."""
    if isinstance(content, dict) and isinstance(content.get("scores"), (list, dict)):
        content = content["scores"]
    if isinstance(content, dict):
        content = [{"feature": name, "score": score} for name, score in content.items()]
    if not isinstance(content, list):
        raise ScoreError(
            f"{where}found {reprlib.repr(content)}; expected a list of entries with 'feature' "
            "and 'score'. Export scores to see the form."
        )
    return [
        (f"{where}entry {number}", entry if isinstance(entry, dict) else {})
        for number, entry in enumerate(content, start=1)
    ]


def _from_entries(
    entries: Iterable[tuple[str, dict[str, Any]]], features: Sequence[str], source: str
) -> ImportanceScores:
    faults: list[str] = []
    found: dict[str, dict[str, Any]] = {}
    missing = dict.fromkeys(features)  # in the table's order
    allowed = set(features)
    for where, entry in entries:
        name = _feature(entry, allowed)
        missing.pop(name, None)  # a score that does not fit is one fault, not also a missing one
        if name in found:
            faults.append(f"{where}: {name!r} is scored a second time")
        elif fault := _fault(name, entry, allowed):
            faults.append(f"{where}: {fault}")
        else:
            found[name] = entry
    if faults or missing:
        raise ScoreError(_misfit(faults, list(missing)))
    ordered = [found[name] for name in features]
    replies = list(zip_longest(*map(_estimates, ordered), fillvalue=math.nan))
    return ImportanceScores(
        features=tuple(features),
        values=np.array([[_number(entry["score"]) for entry in ordered]], dtype=np.float64),
        sources=tuple(_text(entry.get("source")) or source for entry in ordered),
        reasons=tuple(map(_reasons, ordered)),
        estimates=np.array(replies, dtype=np.float64).reshape(len(replies), 1, len(features)),
    )


def _feature(entry: dict[str, Any], allowed: set[str]) -> str:
    """Name of the feature that an entry scores, without outer blanks unless it is meant so."""
    name = _text(entry.get("feature"))
    return name if name in allowed else name.strip()


def _misfit(faults: list[str], missing: list[str]) -> str:
    """Message for a file that does not fit: the faults of its lines, then what it lacks."""
    parts = faults[:MOST_FAULTS]
    if len(faults) > MOST_FAULTS:
        parts.append(f"and {len(faults) - MOST_FAULTS} more faults")
    if missing:
        features = "1 feature" if len(missing) == 1 else f"{len(missing)} features"
        parts.append(f"no score for {features}: {quoted(missing)}")
    return f"The scores do not fit the table: {'; '.join(parts)}. Mend these and load again."


def _fault(name: str, entry: dict[Any, Any], allowed: set[str]) -> str | None:
    """What is wrong with one entry, None where nothing is."""
    if any(entry.get(None, ())):  # where the CSV reader puts what the header has no name for
        return "more fields than the header names; quote a text that holds a separator"
    if not name:
        return "no feature is named"
    if name not in allowed:
        return f"{name[:80]!r} is no feature of this table"
    estimates = [("estimate", value) for value in _estimates(entry)]
    for kind, value in [("score", _number(entry.get("score"))), *estimates]:
        if as_score(value) is None:
            return f"the {kind} of {name!r} is {shown(value)}, not a number from -10 to 10"
    return None


def _number(value: Any) -> Any:
    """Return the number that a plain decimal text stands for, anything else as it is."""
    decimal = isinstance(value, str) and DECIMAL.fullmatch(value.strip())
    return float(value) if decimal else value


def _text(value: object) -> str:
    """Text of a field, empty where there is none; what UTF-8 cannot hold becomes ``?``."""
    text = "" if value is None else value if isinstance(value, str) else reprlib.repr(value)
    return text.encode("utf-8", "replace").decode("utf-8")


def _reasons(entry: dict[str, Any]) -> tuple[str, ...]:
    """Every one of a list, blank ones too: they stand for their estimate; or the single one."""
    given = entry.get("reasons", entry.get("reason"))
    several = given if isinstance(given, list) else [given] if given else []
    return tuple(map(_text, several))


def _estimates(entry: dict[str, Any]) -> list[Any]:
    given = entry.get("estimates")
    return list(map(_number, given)) if isinstance(given, list) else []
