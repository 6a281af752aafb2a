"""Importance scores as files: CSV and JSON, out and in.

A file is untrusted: every feature must be there once, by name, with a number from -10 to 10.
What does not fit is named, row by row, and nothing is taken over until all of it fits.
"""

import csv
import io
import json
import math
import reprlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from laat_core.data.reading import detect_encoding
from laat_core.errors import ScoreError
from laat_core.scores.importance import MAX_SCORE, ImportanceScores, quoted

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
    """Write ``feature,score,source,reason``, one line per feature.

    Several reasons are joined, and the estimates are left out; JSON keeps both.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(CSV_COLUMNS)
    for entry in _entries(scores):
        score = f"{entry['score']:.12g}"  # 6.2, where the mean is 6.199999999999999
        reasons = " | ".join(filter(None, entry["reasons"]))
        writer.writerow([entry["feature"], score, entry["source"], reasons])
    return stream.getvalue()


def scores_to_json(scores: ImportanceScores) -> str:
    """Write every score with its source, reasons and the estimates behind it."""
    return json.dumps({"scores": _entries(scores)}, ensure_ascii=False, indent=1)


def scores_from_csv(text: str, features: Sequence[str], source: str = "file") -> ImportanceScores:
    """Read ``feature,score[,source[,reason]]`` for exactly these features.

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
        raise ScoreError(
            f"Line {reader.line_num + 1} is not CSV ({error}). Export scores to see the form."
        ) from error
    if delimiter != ",":  # as spreadsheets write where the comma is the decimal mark
        for _, row in entries:
            row["score"] = (row["score"] or "").replace(",", ".")
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
        content = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_object)
    except ScoreError:
        raise
    except (ValueError, RecursionError) as error:
        raise ScoreError(f"This is not JSON ({error}). Export scores to see the form.") from error
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
            "score": float(scores.values[0, i]),
            "source": scores.sources[i],
            "reasons": list(scores.reasons[i]),
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
        name = _text(entry.get("feature")).strip()
        missing.pop(name, None)  # a score that does not fit is one fault, not also a missing one
        if name in found:
            faults.append(f"{where}: {name!r} is scored a second time")
        elif fault := _fault(name, entry, allowed):
            faults.append(f"{where}: {fault}")
        else:
            found[name] = entry
    faults += [f"{name!r} has no score" for name in missing]
    if faults:
        more = len(faults) - MOST_FAULTS
        shown = "; ".join(faults[:MOST_FAULTS]) + (f"; and {more} more" if more > 0 else "")
        raise ScoreError(f"The scores do not fit the table: {shown}. Mend these and load again.")
    ordered = [found[name] for name in features]
    replies = list(zip_longest(*map(_estimates, ordered), fillvalue=math.nan))
    return ImportanceScores(
        features=tuple(features),
        values=np.array([[_number(entry["score"]) for entry in ordered]], dtype=np.float64),
        sources=tuple(_text(entry.get("source")) or source for entry in ordered),
        reasons=tuple(map(_reasons, ordered)),
        estimates=np.array(replies, dtype=np.float64).reshape(len(replies), 1, len(features)),
    )


def _fault(name: str, entry: dict[Any, Any], allowed: set[str]) -> str | None:
    """What is wrong with one entry, None where nothing is."""
    if any(entry.get(None, ())):  # where the CSV reader puts what the header has no name for
        return "more fields than the header names; quote a text that holds a separator"
    if not name:
        return "no feature is named"
    if name not in allowed:
        return f"{name[:80]!r} is no feature of this table"
    estimates = [("estimate", value) for value in _estimates(entry)]
    for kind, value in [("score", entry.get("score")), *estimates]:
        number = _number(value)
        if number is None:
            return f"the {kind} of {name!r} is {reprlib.repr(value)}, not a number"
        if abs(number) > MAX_SCORE:
            return f"the {kind} of {name!r} is {number:g}, outside -10 to 10"
    return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


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
    return given if isinstance(given, list) else []
