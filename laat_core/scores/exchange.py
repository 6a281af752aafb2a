"""Importance scores as files: CSV and JSON, out and in.

A file is untrusted: every feature must be there once, by name, with a number from -10 to 10.
What does not fit is named, row by row, and nothing is taken over until all of it fits.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from laat_core.data.reading import detect_encoding
from laat_core.errors import ScoreError
from laat_core.scores.importance import MAX_SCORE, ImportanceScores

__all__ = [
    "scores_from_bytes",
    "scores_from_csv",
    "scores_from_json",
    "scores_to_csv",
    "scores_to_json",
]

CSV_COLUMNS = ("feature", "score", "source", "reason")
MOST_FAULTS = 20


def scores_to_csv(scores: ImportanceScores) -> str:
    """Write ``feature,score,source,reason``, one line per feature; several reasons are joined."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for entry in _entries(scores):
        writer.writerow(
            [entry["feature"], entry["score"], entry["source"], " | ".join(entry["reasons"])]
        )
    return stream.getvalue()


def scores_to_json(scores: ImportanceScores) -> str:
    """Write every score with its source, reasons and the estimates behind it."""
    return json.dumps({"scores": _entries(scores)}, ensure_ascii=False, indent=1)


def scores_from_csv(text: str, features: Sequence[str], source: str = "file") -> ImportanceScores:
    """Read ``feature,score[,source[,reason]]`` for exactly these features.

    Parameters
    ----------
    text : str
        With a header line; comma, semicolon or tab between the fields.
    features : sequence of str
        Names that must be scored.
    source : str
        For lines that name none.

    Raises
    ------
    ScoreError
        Naming each line that does not fit, and each feature without a score.
    """
    header = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
    names = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if not {"feature", "score"} <= set(names):
        raise ScoreError(
            f"The header is {header.strip()[:80]!r}; it must name at least 'feature' and 'score'."
        )
    reader.fieldnames = names
    entries = [(f"line {reader.line_num}", row) for row in reader]
    return _from_entries(entries, features, source)


def scores_from_json(text: str, features: Sequence[str], source: str = "file") -> ImportanceScores:
    """Read scores for exactly these features.

    Parameters
    ----------
    text : str
        ``{"scores": [{"feature", "score", …}]}`` as written by :func:`scores_to_json`, a plain
        ``{feature: score}``, or ``{"estimates": [...]}`` of several replies, which are averaged.
    features : sequence of str
    source : str
        For entries that name none.

    Raises
    ------
    ScoreError
        Naming each entry that does not fit, and each feature without a score.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScoreError(f"This is not JSON ({error}). Export scores to see the form.") from error
    if isinstance(content, dict) and isinstance(content.get("estimates"), list):
        replies = [
            _from_entries(_json_entries(reply, f"estimate {number}, "), features, source)
            for number, reply in enumerate(content["estimates"], start=1)
        ]
        return ImportanceScores.from_estimates(
            [
                {f: (reply.score(f), " ".join(reply.reasons[i])) for i, f in enumerate(features)}
                for reply in replies
            ],
            str(content.get("model", source)),
        )
    return _from_entries(_json_entries(content, ""), features, source)


def scores_from_bytes(content: bytes, name: str, features: Sequence[str]) -> ImportanceScores:
    """Read scores from a file's bytes, CSV or JSON by the ending of its name."""
    try:
        text = content.decode(detect_encoding(content))
    except UnicodeError as error:
        raise ScoreError(f"{name} is no text file ({error}). Save it as UTF-8.") from error
    read = scores_from_json if name.lower().endswith(".json") else scores_from_csv
    return read(text, features, source=name)


def _entries(scores: ImportanceScores) -> list[dict[str, Any]]:
    return [
        {
            "feature": feature,
            "score": round(float(scores.values[0, i]), 6),
            "source": scores.sources[i],
            "reasons": list(scores.reasons[i]),
            "estimates": [float(value) for value in scores.estimates[:, 0, i]],
        }
        for i, feature in enumerate(scores.features)
    ]


def _json_entries(content: object, where: str) -> list[tuple[str, dict[str, Any]]]:
    """Entries of one reply, each with where it stands, whatever of the accepted forms it has."""
    if isinstance(content, dict) and "scores" in content:
        content = content["scores"]
    if isinstance(content, dict):
        content = [{"feature": name, "score": score} for name, score in content.items()]
    if not isinstance(content, list):
        raise ScoreError("Expected a list of entries with 'feature' and 'score'.")
    return [
        (f"{where}entry {number}", entry if isinstance(entry, dict) else {})
        for number, entry in enumerate(content, start=1)
    ]


def _from_entries(
    entries: Iterable[tuple[str, dict[str, Any]]], features: Sequence[str], source: str
) -> ImportanceScores:
    faults: list[str] = []
    found: dict[str, tuple[float, str, tuple[str, ...]]] = {}
    allowed = set(features)
    missing = dict.fromkeys(features)  # in the table's order
    for where, entry in entries:
        name = str(entry.get("feature") or "").strip()
        score = _number(entry.get("score"))
        missing.pop(name, None)  # a score that does not fit is one fault, not also a missing one
        if not name:
            faults.append(f"{where}: no feature is named")
        elif name not in allowed:
            faults.append(f"{where}: {name!r} is no feature of this table")
        elif name in found:
            faults.append(f"{where}: {name!r} is scored a second time")
        elif score is None:
            faults.append(f"{where}: the score of {name!r} is {entry.get('score')!r}, not a number")
        elif abs(score) > MAX_SCORE:
            faults.append(f"{where}: the score of {name!r} is {score:g}, outside -10 to 10")
        else:
            found[name] = (score, str(entry.get("source") or source), _reasons(entry))
    faults += [f"{name!r} has no score" for name in missing]
    if faults:
        more = len(faults) - MOST_FAULTS
        shown = "; ".join(faults[:MOST_FAULTS]) + (f"; and {more} more" if more > 0 else "")
        raise ScoreError(f"The scores do not fit the table: {shown}. Mend these and load again.")
    ordered = [found[name] for name in features]
    scores = ImportanceScores.from_mapping({name: found[name][0] for name in features})
    return replace(
        scores,
        sources=tuple(origin for _, origin, _ in ordered),
        reasons=tuple(reasons for _, _, reasons in ordered),
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _reasons(entry: dict[str, Any]) -> tuple[str, ...]:
    given = entry.get("reasons", entry.get("reason"))
    listed = given if isinstance(given, list) else [given]
    return tuple(str(reason) for reason in listed if reason)
