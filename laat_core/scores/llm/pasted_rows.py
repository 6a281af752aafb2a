"""Scores in the rows of a pasted table, of Markdown or copied from a page."""

import re
from collections.abc import Callable

from laat_core.data.text import feature_name
from laat_core.scores.llm.written import (
    ESCAPED,
    NUMBER,
    plain_number,
    sign_as_mark,
    sign_in_doubt,
    speaks_against,
    title_words,
)

__all__ = ["NAME_TITLES", "SCORE_TITLES", "about", "cells_of", "read_row"]

MOST_MARKS = 16  # in a name
# What the titles of columns begin with.
NAME_TITLES = ("feature", "variable", "name", "column")
LEVEL_TITLES = ("level", "category", "categories")
NO_LEVELS = ("", "-", "—", "n/a", "na", "none", "all", "numeric", "number", "continuous")
SCORE_TITLES = ("score", "importance", "rating")
OTHER_TITLES = ("rank", "confidence", "certainty", "initial", "old", "previous", "draft", "why",
                "range")  # fmt: skip
REASON_TITLES = ("reason", "rationale", "explanation", "justification", "why")

CELL = re.compile(r"(?<!\\)[|\t]")
A_NUMBER = re.compile(NUMBER)
DRESSING = " \t_\"'"

Span = tuple[int, int]  # cells of a name: a name may hold the mark between cells


def about(title: str, beginnings: tuple[str, ...]) -> bool:
    """Whether a word of a column's title begins with one of these."""
    return any(word.startswith(beginnings) for word in title_words(title))


def cells_of(line: str) -> list[str]:
    """Cells of a row; a line of text is one cell."""
    cells = CELL.split(line)
    start, stop = line.startswith("|"), len(cells) - (len(cells) > 1 and line.endswith("|"))
    return cells[start:stop]


def read_row(
    cells: list[str], header: list[str], named: Callable[[str], str | None]
) -> tuple[str, str, str] | None:
    """Read a row such as ``| age | older | +7 |``; None where it holds no score.

    Parameters
    ----------
    cells, header : list of str
        The header may be empty.
    named : callable
        Returns the feature that a text names, None where it names none.

    Returns
    -------
    (str, str, str) or None
        Name, score as it is written, and reason. A row with several numbers, and no sign of which
        is the score, has none.
    """
    at = next((i for i, title in enumerate(header) if about(title, NAME_TITLES)), None)
    level = next((i for i, title in enumerate(header) if about(title, LEVEL_TITLES)), at)
    if at is not None and level is not None and level != at and len(cells) == len(header):
        return _with_level(cells, header, (at, level), named)
    if at is None and all(named(cell) for cell in cells[:2]):
        return None  # a position, or a name: features may be called 1 and 2
    for start in range(2) if at is None else (at,):
        # The longest name wins.
        for stop in range(min(len(cells), start + MOST_MARKS), start, -1):
            name = named("|".join(cells[start:stop]))
            if name is not None:
                return _after_cells(name, cells, header, (start, stop))
    return None


def _with_level(
    cells: list[str], header: list[str], places: Span, named: Callable[[str], str | None]
) -> tuple[str, str, str] | None:
    """Read a row such as ``| sex | male | +3 |``, whose name takes two cells."""
    at, level = places
    column, said = (ESCAPED.sub("", cells[place]).strip(DRESSING) for place in places)
    whole = feature_name(column, said)
    is_none = said.strip("()").casefold() in NO_LEVELS
    name = named(whole) or (named(column) if is_none else whole)
    if name is None or not title_words(column):  # the line below a header
        return None
    kept = [place for place in range(len(cells)) if place != level]
    cells, header = [cells[place] for place in kept], [header[place] for place in kept]
    start = kept.index(at)
    return _after_cells(name, cells, header, (start, start + 1))


def _after_cells(
    name: str, cells: list[str], header: list[str], span: Span
) -> tuple[str, str, str] | None:
    texts = [sign_as_mark(ESCAPED.sub("", cell).strip(DRESSING)) for cell in cells]
    place = _place(_score_column(header), header, cells, span)
    if place is not None:
        score = _titled_score(texts[place])
    else:
        place = _lone_number(texts, header, span)
        if place is None:
            return None
        score = plain_number(texts[place])
    if score[:1].isdecimal() and _reversed_by_another_cell(texts, header, span, place):
        score = f"{score} (negative?)"
    return name, score, _reason(texts, header, span, place)


def _titled_score(text: str) -> str:
    """Score in the column that is titled so: a number, or the text as it stands."""
    found = A_NUMBER.match(text)
    if not found:
        return text
    doubt = sign_in_doubt("", found[0], text[found.end() :])
    return f"{found[0]} (negative?)" if doubt else plain_number(found[0])


def _lone_number(texts: list[str], header: list[str], span: Span) -> int | None:
    """Where the only number of a row stands, or the only one with a sign."""
    shift = len(texts) - len(header)
    unlike = {i + shift for i, title in enumerate(header) if about(title, OTHER_TITLES)}
    numbers = [
        i
        for i in range(span[1], len(texts))
        if i not in unlike and A_NUMBER.fullmatch(texts[i].partition(" (")[0])
    ]
    signed = [i for i in numbers if texts[i][0] in "+-"]
    return next((found[0] for found in (numbers, signed) if len(found) == 1), None)


def _reversed_by_another_cell(texts: list[str], header: list[str], span: Span, score: int) -> bool:
    # A lone minus between name and score may be the score's own, whatever its title.
    between = {*range(span[1], score), *range(score + 1, span[0])}
    titles = {_place(i, header, texts, span): title for i, title in enumerate(header)}
    return any(
        speaks_against(text, "sign" if i in between else titles.get(i, ""))
        for i, text in enumerate(texts)
        if i not in range(*span)
    )


def _reason(texts: list[str], header: list[str], span: Span, score: int) -> str:
    titled = (i for i, title in enumerate(header) if about(title, REASON_TITLES))
    place = _place(next(titled, None), header, texts, span)
    if place is not None:
        return texts[place]
    return max((texts[i] for i in range(span[1], len(texts)) if i != score), key=len, default="")


def _score_column(header: list[str]) -> int | None:
    """Where the scores are; None where that is in doubt."""
    found = [
        i
        for i, title in enumerate(header)
        if about(title, SCORE_TITLES) and not about(title, OTHER_TITLES)
    ]
    plain = [i for i in found if header[i].strip(DRESSING).casefold() == "score"]
    return next((places[0] for places in (found, plain) if len(places) == 1), None)


def _place(column: int | None, header: list[str], cells: list[str], span: Span) -> int | None:
    """Where a row has what the header has in a column: behind the name, counted from the end."""
    if column is None:
        return None
    place = column if column < span[0] else column + len(cells) - len(header)
    return place if place < span[0] or span[1] <= place < len(cells) else None
