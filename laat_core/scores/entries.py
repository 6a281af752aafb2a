"""From the text of a score file to its entries, whichever of the accepted forms it has."""

import csv
import io
import json
import re
import reprlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from laat_core.data.text import canonical
from laat_core.errors import ScoreError
from laat_core.scores.importance import quoted

__all__ = ["ENTRY_KEYS", "Entry", "csv_entries", "json_content", "json_entries"]

# What an entry says, and by which other words people say it.
ENTRY_KEYS: dict[str, tuple[str, ...]] = {
    "feature": ("features", "feature name", "name", "variable", "predictor"),
    "score": ("scores", "importance", "importance score", "importance scores", "value"),
    "source": (),
    "reason": ("comment", "explanation"),
    "reasons": (),
    "estimates": (),
    "not_used": ("unused",),
    "unsure": (),
    "locked": (),
    "outcome": (),
}
SEPARATOR_LINE = re.compile(r"sep=([,;\t])\s*", re.IGNORECASE)
# A comma before a closing bracket; strings are matched so that they stay as they are.
LAST_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+"?)|,(?=\s*+[\]}])', re.DOTALL)


class Entry(NamedTuple):
    """One line, or one object, of a score file.

    Attributes
    ----------
    where : str
        Its place, for messages.
    parts : dict
        By the keys of :data:`ENTRY_KEYS`; under None what has no key.
    """

    where: str
    parts: dict[Any, Any]


def csv_entries(text: str, is_feature: Callable[[str], bool]) -> list[Entry]:
    """Entries of a CSV file: one line per feature, or one column per feature and one line.

    Parameters
    ----------
    text : str
        Comma, semicolon or tab between the fields.
    is_feature : callable
        Whether a name is that of a feature.

    Raises
    ------
    ScoreError
        If the header is neither, or a field is too long.
    """
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    header_at = next((i for i, line in enumerate(lines) if line.strip()), 0)
    delimiter = ""
    if lines and (said := SEPARATOR_LINE.fullmatch(lines[header_at])):
        delimiter, lines[header_at] = said[1], "\n"
    header = next((line for line in lines if line.strip()), "")
    rows = _rows("".join(lines), delimiter or max(",;\t", key=header.count))
    names = [name.strip() for name in rows[0][1]] if rows else []
    keys = _keys(names)
    if keys.count("feature") == keys.count("score") == 1:
        return [Entry(f"line {line}", _parts(keys, cells)) for line, cells in rows[1:]]
    known = sum(map(is_feature, names))
    if 2 * known > len(names):
        return _wide_entries(names, rows[1:])
    raise ScoreError(
        f"The header is {header.strip()[:80]!r}; it must name at least 'feature' and "
        "'score', each once."
    )


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Lines that hold anything, with their numbers."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        # The one thing that the reader does not take.
        raise ScoreError(
            f"Line {reader.line_num} has a field of more than {csv.field_size_limit():,} "
            "characters. Shorten it, or close its quotation mark."
        ) from error


def _wide_entries(names: list[str], rows: list[tuple[int, list[str]]]) -> list[Entry]:
    if len(rows) != 1:
        raise ScoreError(
            f"The file has a column per feature and {len(rows)} lines of scores; there must be "
            "one. Keep one line, or write one line per feature under 'feature' and 'score'."
        )
    line, cells = rows[0]
    if any(map(str.strip, cells[len(names) :])):
        raise ScoreError(f"Line {line} has more fields than the header names.")
    return [
        Entry(f"column {number}", {"feature": name, "score": score})
        for number, (name, score) in enumerate(zip(names, cells, strict=False), start=1)
        if name or score.strip()
    ]


def _keys(names: Iterable[str]) -> list[str]:
    """Keys that names stand for; another word for a key counts where the key itself is absent."""
    keys = [" ".join(canonical(name).casefold().replace("_", " ").split()) for name in names]
    for key, others in ENTRY_KEYS.items():
        plain = key.replace("_", " ")
        said = next((word for word in (plain, *others) if word in keys), plain)
        keys = [key if word == said else word for word in keys]
    return keys


def _parts(keys: list[str], cells: list[str]) -> dict[Any, Any]:
    parts: dict[Any, Any] = dict(zip(keys, cells, strict=False))
    return {**parts, None: cells[len(keys) :]}


def json_content(text: str) -> Any:
    """Read JSON, with a last comma or without; names that stand twice are refused.

    Raises
    ------
    ScoreError
        If it is no JSON.
    """
    text = text.removeprefix("\ufeff")
    try:
        try:
            return json.loads(text, object_pairs_hook=_object)
        except json.JSONDecodeError:
            tidy = LAST_COMMA.sub(lambda found: found[1] or " ", text)
            return json.loads(tidy, object_pairs_hook=_object)
    except ScoreError:
        raise
    except (ValueError, RecursionError) as error:
        raise ScoreError(f"This is not JSON ({error}). Export scores to see the form.") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse what JSON readers drop: all but the last of several values of one name."""
    content = dict(pairs)
    if len(content) < len(pairs):
        times = Counter(name for name, _ in pairs)
        doubled = [name[:80] for name in content if times[name] > 1]
        raise ScoreError(f"Named more than once: {quoted(doubled)}. Keep one each.")
    return content


def json_entries(content: object, where: str = "") -> list[Entry]:
    """Entries of one reply: a list of them, ``{feature: score}``, or ``{feature: entry}``.

    Raises
    ------
    ScoreError
        If it is none of these.
    """
    if isinstance(content, dict) and isinstance(content.get("scores"), (list, dict)):
        content = content["scores"]
    if isinstance(content, dict):
        content = [
            {**score, "feature": name} if isinstance(score, dict) else _scored(name, score)
            for name, score in content.items()
        ]
    if not isinstance(content, list):
        raise ScoreError(
            f"{where}found {reprlib.repr(content)}; expected a list of entries with 'feature' "
            "and 'score'. Export scores to see the form."
        )
    return [
        Entry(f"{where}entry {number}", _renamed(entry) if isinstance(entry, dict) else {})
        for number, entry in enumerate(content, start=1)
    ]


def _scored(name: str, score: object) -> dict[str, Any]:
    return {"feature": name, "score": score}


def _renamed(entry: dict[str, Any]) -> dict[Any, Any]:
    parts = dict(zip(_keys(entry), entry.values(), strict=True))
    if len(parts) < len(entry):
        raise ScoreError(f"Named more than once in an entry: {quoted(entry)}. Keep one each.")
    return parts
