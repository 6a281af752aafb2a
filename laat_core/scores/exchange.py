"""Importance scores as files: CSV and JSON, out and in, with what is marked beside them.

A file is untrusted: what it scores must be features of the table, each once, with a number from
-10 to 10. What does not fit is named, row by row, and nothing is taken over until all of it fits.
Features that a file does not score keep the score they have.

Scores speak for one class of a table. A file says for which, and every sign is reversed where a
table's positive class is the other.
"""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from laat_core.data.reading import detect_encoding
from laat_core.errors import ScoreError
from laat_core.scores.entries import csv_entries, json_content, json_entries
from laat_core.scores.importance import ImportanceScores
from laat_core.scores.names import Names
from laat_core.scores.outcomes import Named, speaks_for_opposite
from laat_core.scores.score_file import ScoreFile, file_of_entries, plain_text
from laat_core.scores.score_marks import MARKS, ScoreMarks

__all__ = [
    "ScoreFile",
    "scores_from_bytes",
    "scores_from_csv",
    "scores_from_json",
    "scores_to_csv",
    "scores_to_json",
]

CSV_COLUMNS = ("feature", "score", "source", "reason")


def scores_to_csv(
    scores: ImportanceScores, marks: ScoreMarks | None = None, outcome: str = ""
) -> str:
    """Write ``feature,score,source,reason``, one line per feature.

    Beside them, if given, the feature's marks and the class that the scores speak for. Several
    reasons are joined, and the estimates are left out; JSON keeps both.

    Examples
    --------
    >>> scores = ImportanceScores.from_mapping({"age": 7}, source="me")
    >>> scores_to_csv(scores, ScoreMarks.of(["age"], locked=["age"]), "ill = yes").splitlines()
    ['feature,score,source,reason,not_used,unsure,locked,outcome', 'age,7,me,,no,no,yes,ill = yes']
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    speak_for = [plain_text(outcome)] if outcome else []
    writer.writerow([*CSV_COLUMNS, *(MARKS if marks else ()), *(["outcome"] if outcome else ())])
    for entry in _entries(scores, marks):
        score = f"{entry['score']:.12g}"  # 6.2, where the mean is 6.199999999999999
        reasons = " | ".join(filter(None, entry["reasons"]))
        marked = ["yes" if entry[mark] else "no" for mark in MARKS] if marks else []
        writer.writerow([entry["feature"], score, entry["source"], reasons, *marked, *speak_for])
    return stream.getvalue()


def scores_to_json(
    scores: ImportanceScores, outcome: str = "", marks: ScoreMarks | None = None
) -> str:
    """Write every score with its source, reasons, estimates and, if given, marks.

    Beside them the class that they speak for.
    """
    speak_for = {"outcome": plain_text(outcome)} if outcome else {}
    content = {**speak_for, "scores": _entries(scores, marks)}
    return json.dumps(content, ensure_ascii=False, indent=1)


def scores_from_csv(
    text: str,
    features: Sequence[str],
    source: str = "file",
    outcome: Named = "",
    opposite: Named = "",
    labels: Mapping[str, str] | None = None,
) -> ScoreFile:
    r"""Read ``feature,score[,source,reason,not_used,unsure,locked,outcome]``, a line per feature.

    Or a column per feature and one line of scores.

    Parameters
    ----------
    text : str
        With a header line; comma, semicolon or tab between the fields.
    features : sequence of str
        Names of the features that the table has.
    source : str
        For lines that name none.
    outcome, opposite : str or tuple of str
        The table's positive class and its other one, by one name or several. Scores for the latter
        have every sign reversed; without an outcome, here or in the file, they are taken as they
        are.
    labels : mapping of str to str, optional
        What features are called on screen, by name; a file may use either.

    Raises
    ------
    ScoreError
        Naming each line that does not fit; or the class that the scores speak for, where the
        table has no such class.

    Examples
    --------
    >>> file = scores_from_csv("Feature;Score\nAGE;7,5", ["age", "bmi"])
    >>> file.scores.as_dict(), file.unscored
    ({'age': 7.5}, ('bmi',))
    """
    names = Names(features, labels or {})
    entries = csv_entries(text, lambda name: bool(names.find(name).feature))
    return _for_table(file_of_entries(entries, features, names, source), "", outcome, opposite)


def scores_from_json(
    text: str,
    features: Sequence[str],
    source: str = "file",
    outcome: Named = "",
    opposite: Named = "",
    labels: Mapping[str, str] | None = None,
) -> ScoreFile:
    """Read scores as JSON.

    Parameters
    ----------
    text : str
        ``{"scores": [{"feature", "score", …}]}`` as written by :func:`scores_to_json`, a plain
        ``{feature: score}``, or ``{"estimates": [...]}`` of several replies, which are averaged.
        The first and the last may name the class they speak for, as ``"outcome"``.
    features : sequence of str
        Names of the features that the table has.
    source : str
        For entries that name none.
    outcome, opposite : str or tuple of str
        As in :func:`scores_from_csv`.
    labels : mapping of str to str, optional
        What features are called on screen, by name; a file may use either.

    Raises
    ------
    ScoreError
        Naming each entry that does not fit; or the class that the scores speak for, where the
        table has no such class.
    """
    content = json_content(text)
    file = _from_content(content, features, Names(features, labels or {}), source)
    return _for_table(file, _outcome(content), outcome, opposite)


def _for_table(file: ScoreFile, said: str, outcome: Named, opposite: Named) -> ScoreFile:
    """Scores of a file, which names a class for all of them or with each, as a table has them."""
    if speaks_for_opposite([said, *file.outcomes], outcome, opposite):
        return replace(file, scores=file.scores.flipped())
    return file


def scores_from_bytes(
    content: bytes,
    name: str,
    features: Sequence[str],
    outcome: Named = "",
    opposite: Named = "",
    labels: Mapping[str, str] | None = None,
) -> ScoreFile:
    """Read scores from a file's bytes, CSV or JSON by the ending of its name."""
    try:
        text = content.decode(detect_encoding(content))
    except UnicodeError as error:
        raise ScoreError(f"{name} is no text file ({error}). Save it as UTF-8.") from error
    if name.lower().endswith(".json"):
        return scores_from_json(text, features, name, outcome, opposite, labels)
    return scores_from_csv(text, features, name, outcome, opposite, labels)


def _from_content(content: Any, features: Sequence[str], names: Names, source: str) -> ScoreFile:
    """Scores of a JSON file, whatever of the accepted forms it has."""
    if not (isinstance(content, dict) and isinstance(content.get("estimates"), list)):
        return file_of_entries(json_entries(content), features, names, source)
    replies = [
        file_of_entries(json_entries(reply, f"estimate {number}, "), features, names, source)
        for number, reply in enumerate(content["estimates"], start=1)
    ]
    estimates = [
        {
            name: (score, " ".join(reasons))
            for (name, score), reasons in zip(
                reply.scores.as_dict().items(), reply.scores.reasons, strict=True
            )
        }
        for reply in replies
    ]
    scores = ImportanceScores.from_estimates(estimates, plain_text(content.get("model")) or source)
    notes = dict.fromkeys(note for reply in replies for note in reply.notes)
    outcomes = dict.fromkeys(outcome for reply in replies for outcome in reply.outcomes)
    return ScoreFile(
        scores, unscored=replies[0].unscored, notes=tuple(notes), outcomes=tuple(outcomes)
    )


def _outcome(content: Any) -> str:
    """Class that a file speaks for; in a plain ``{feature: score}`` it would be a feature."""
    wrapped = isinstance(content, dict) and any(
        isinstance(content.get(key), (list, dict)) for key in ("scores", "estimates")
    )
    return plain_text(content.get("outcome")) if wrapped else ""


def _entries(scores: ImportanceScores, marks: ScoreMarks | None) -> list[dict[str, Any]]:
    return [
        {
            "feature": plain_text(feature),
            "score": float(scores.values[0, i]),
            "source": plain_text(scores.sources[i]),
            "reasons": list(map(plain_text, scores.reasons[i])),
            "estimates": [float(v) for v in scores.estimates[:, 0, i] if math.isfinite(v)],
            **({mark: getattr(marks, mark).get(feature, False) for mark in MARKS} if marks else {}),
        }
        for i, feature in enumerate(scores.features)
    ]
