"""Scores in text that people paste: Markdown tables, lines such as ``1. age: +7``, headings.

A row with several numbers and no sign of which is the score has none. On a line, a number right
behind the name is the score unless a marked one (``Score: 7``, ``(+7)``) says otherwise.
Every loop and pattern is bounded, since the text is anything that a model may write.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

__all__ = ["Find", "pasted_scores", "speaks_against", "written_number"]

Find = Callable[[str], str | None]  # the feature that is meant by a name, None where none is

LONGEST_LINE = 2000
MOST_LINES = 50_000
MOST_MARKS = 16  # in a name, or between it and its score

DIGITS = r"(?:[+\-−–]\s?)?\d{1,10}(?:[.,]\d{1,10})?"
# Not of a range, a sum, another scale, a code (1 = male) or a larger number.
MORE = r"\s?(?:[-–—/^+*×=<>]|->|→|\.\.+|…|to|or|of|out of)\s?[+\-−–]?\d|\s?=\s?\w|\+\s|\s\d"
NUMBER = rf"{DIGITS}(?:\**\s?(?:/|out of)\s?10(?!\d))?(?![\w%]|[.,]\d|-\w|{MORE})"
SIGNED = NUMBER.replace(")?", ")", 1)
SCALE = r"(?:\(\s*[+\-−–]?\d+\s*(?:to|\.\.+|…|[-–/])[^()|]{0,12}\)|\[[^\[\]|]{0,20}\])"
LABEL = rf"(?:importance|score)\b\s*{SCALE}?"
LINK = r"[\s*_`\"'“”:=(→-]{0,8}?"
SEPARATOR = r"[\s*_`\"”]*+(?:[:=→—]|[-=]>|[-–](?=\s))?[\s*_`]*+"
ASIDE = rf"[(\[](?!\s*{NUMBER}\s*[)\]])[^()\[\]]{{0,80}}[)\]]"  # such as (years)

BLANKS = re.compile(r"[^\S\t]{2,}")
ONLY_DIGITS = re.compile(DIGITS)
ONLY_NUMBER = re.compile(rf"({NUMBER})(?:\s*\([^()]{{0,80}}\))?")
STARTS_WITH_NUMBER = re.compile(rf"({NUMBER})")
# Not "calcium score: 400", which is a part of the reason.
LABELLED = re.compile(
    rf"(?:^|[^\w\s])[\s*_]{{0,4}}(?:(?:final|importance)\s+)?{LABEL}[\s*_]{{0,4}}[:=(→]{LINK}({NUMBER})",
    re.IGNORECASE,
)
SCORE_LINE = re.compile(
    rf"[\s*_`\"“]*(?:(?:final|importance|the|my)\s){{0,2}}{LABEL}{LINK}({NUMBER})", re.IGNORECASE
)
AT_START = re.compile(rf"{SEPARATOR}(?:{ASIDE}{SEPARATOR})?[(\[]?\s*(?:[Ss]core\s+)?({NUMBER})")
ONLY_RANGE = re.compile(rf"{SEPARATOR}{DIGITS}\s?(?:[-–—]|->|→|to|or)\s?{DIGITS}[\s*_`.]*")
AT_END = re.compile(
    rf"(?:(?:[:=→(\[]|[-=]>)\s*\**|[—–]\s+|\s-\s+|\s(?=[+\-−]))({NUMBER})[\s*_`.)\]]*$"
    rf"|[(\[]({SIGNED})[)\]]"
)
A_WORD = re.compile(r"\s+(?!because|since|as\b|due|for\b)[^\W\d_]")

BULLET = re.compile(r"[\s>#*•·◦▪–+-]*(?=\S)")
POSITION = re.compile(r"[\s*_`]*\(?\d{1,5}\s*[.):]\s*")
FEATURE_LABEL = re.compile(r"[\s*_`\"]*(?:feature|variable)[\s*_`\"]*[:=]", re.IGNORECASE)
REASON_LABEL = re.compile(
    r"[\W_]*(?:reason|reasoning|rationale|explanation|justification|why)\b[\s*_`\"]*[:—–-][*_\s]*",
    re.IGNORECASE,
)
IN_PARTS = re.compile(f"{SCORE_LINE.pattern}|{REASON_LABEL.pattern}", re.IGNORECASE)
CLOSING = re.compile(r"\s*(?:#|\d{1,5}[.)]\s|\*\*[^*]*\*\*:?$)")
AFTER_NAME = re.compile(r"[:=|\t→–—]|\s-|\s(?=[(\[]|[+−]?\d|->)")
CELL = re.compile(r"(?<!\\)[|\t]")
ESCAPED = re.compile(r"\\(?=[^\w\s]|_)")
DRESSING = " \t*_`\"'“”"
# Words that turn a number without a sign, where they stand alone: in an aside or a cell.
AGAINST = re.compile(
    r"\W*(?:(?:strong|moderate|weak|slight|mild)(?:ly)?\s)?"
    r"(?:(?:negativ|minus|invers|protect|decreas|lower|reduc|less|down)\w{0,6}"
    r"|i\.?e\.? [-−–]\s?\d+)"
    r"(?:\s(?:effect|direction|association|relationship|correlation|impact|risk))?\W*",
    re.IGNORECASE,
)
MINUS = ("-", "−", "–")
MINUS_BEFORE = re.compile(r"[-−–]\s?[(\[]\s*$")
ASIDE_BEHIND = re.compile(r"\s*[(\[]([^()\[\]]{0,80})[)\]]")
NAME_COLUMN = re.compile(r"\b(?:feature|variable|name|column)", re.IGNORECASE)
SCORE_COLUMN = re.compile(r"\b(?:score|importance|rating)", re.IGNORECASE)
NO_SCORE = re.compile(
    r"\b(?:rank|confidence|certainty|initial|old|previous|draft|why|range)", re.IGNORECASE
)
SIGN_COLUMN = re.compile(
    r"direction|effect|relation|associat|influence|impact|polarity|trend|\+\s?/\s?[-−–]"
    r"|(?<![^\W_])sign(?!if|al)",
    re.IGNORECASE,
)
REASON_COLUMN = re.compile(r"\b(?:reason|rationale|explanation|justification|why)", re.IGNORECASE)


@dataclass
class _Said:
    """What is said of one feature."""

    name: str
    score: str = ""
    reason: str = ""


def written_number(text: str) -> float | None:
    """Return the number that is all of a text: ``+7``, ``−3``, ``7,5`` or ``7/10``."""
    found = ONLY_NUMBER.fullmatch(text.strip())
    return float(_plain(found[1])) if found and not _turned(found) else None


def speaks_against(text: str, title: str) -> bool:
    """Whether a text says no more than that something has a negative effect.

    Parameters
    ----------
    text, title : str
        Of a cell and its column, or a value and its key. A lone minus is a sign where the title
        is about one; elsewhere it stands for nothing at all.
    """
    return _is_against(text, expects_sign=bool(SIGN_COLUMN.search(title)))


def _is_against(text: str, *, expects_sign: bool) -> bool:
    text = text.strip()
    return bool(text == "↓" or (expects_sign and text in MINUS) or AGAINST.fullmatch(text))


def _turned(score: re.Match[str], place: int = 1) -> bool:
    """Whether a number without a sign has one beside it: ``3 (negative)``, ``-(3)``."""
    if score[place][0] in "+-−–":
        return False
    before, behind = score.string[: score.start(place)], score.string[score.end(place) :]
    aside = ASIDE_BEHIND.match(behind)
    said = before.strip(DRESSING + ":=→([|")
    return bool(
        MINUS_BEFORE.search(before)
        or (said and AGAINST.fullmatch(said))
        or (aside and AGAINST.fullmatch(aside[1]))
    )


def _said_score(score: re.Match[str], place: int = 1) -> str:
    """Write a score as a number, or as it is said where its sign is in doubt."""
    return f"{score[place]} (negative?)" if _turned(score, place) else _plain(score[place])


def pasted_scores(text: str, find: Find) -> list[tuple[str, str, str]]:
    """Read every feature's score from lines and tables.

    Parameters
    ----------
    text : str
        Anything.
    find : callable

    Returns
    -------
    list of (str, str, str)
        Name, score as it is written, and reason; a score that is repeated unchanged is listed
        once, one that is not twice.
    """
    said: dict[tuple[str, str], _Said] = {}
    for one in _all_said(text, find):
        first = said.setdefault((one.name, one.score), one)
        first.reason = first.reason or one.reason
    return [(one.name, one.score, one.reason) for one in said.values() if one.score]


def _all_said(text: str, find: Find) -> list[_Said]:
    said: list[_Said] = []
    header: list[str] = []
    last: _Said | None = None  # whom the lines that follow are about
    beside = False  # no blank line since then
    for whole in text.splitlines()[:MOST_LINES]:
        line = BLANKS.sub(" ", whole[:LONGEST_LINE])  # the rest is never wanted
        if not line.strip():
            beside = False
            continue
        cells = _cells(line)
        header = header if len(cells) > 1 else []
        if len(cells) > 1 and (row := _from_row(cells, header, find)):
            said.append(row)
            last = None
        elif last and not last.score and IN_PARTS.match(_body(line)):
            _add_line(last, _body(line), beside=beside)
        elif one := _from_line(line, find):
            said.append(one)
            last, beside = one, True
        elif len(cells) > 1 and any(map(SCORE_COLUMN.search, cells)):
            header, last = cells, None
        elif last and last.score and (again := SCORE_LINE.match(_body(line))):
            said.append(_Said(last.name, _said_score(again)))
        elif last and CLOSING.match(line) and not REASON_LABEL.match(_body(line)):
            last = None
        elif last:
            _add_line(last, _body(line), beside=beside)
    return said


# What follows a feature's line


def _add_line(said: _Said, line: str, *, beside: bool) -> None:
    labelled = REASON_LABEL.match(line)
    found = SCORE_LINE.match(line) or ONLY_NUMBER.fullmatch(line.strip(DRESSING))
    found = found or (LABELLED.search(line) if labelled else None)
    if found and not said.score:
        said.score, why = _said_score(found), _around(found)
    else:
        why = _reason(line) if labelled or beside or not said.score else ""
    said.reason = why if labelled else said.reason or why


# Lines


def _from_line(line: str, find: Find) -> _Said | None:
    """Read a line such as ``1. age: +7``, or a heading that names a feature."""
    for body in _bodies(line):
        name = _named(body.rstrip(" :"), find)
        if name is not None:
            return _Said(name)
        # The longest name wins: "sex" may be the beginning of "sex = male".
        for mark in reversed(list(islice(AFTER_NAME.finditer(body), MOST_MARKS))):
            name = _named(body[: mark.start()], find)
            if name is not None:
                return _after_name(name, body[mark.start() :])
    return None


def _bodies(line: str) -> Iterator[str]:
    """Yield a line as it is, without its bullet, without its number, and without a label."""
    body = line.strip()
    yield body
    for pattern in (BULLET, POSITION, FEATURE_LABEL):
        found = pattern.match(body)
        if found and found.end():
            body = body[found.end() :]
            yield body


def _body(line: str) -> str:
    """Return a line without its bullet, the sign of a number kept."""
    return re.sub(r"^\s*(?:[>#*•·◦▪–+-]+\s+)*", "", line)


def _after_name(name: str, rest: str) -> _Said:
    if ONLY_RANGE.fullmatch(rest):
        return _Said(name)
    labelled, start, end = LABELLED.search(rest), AT_START.match(rest), _only(AT_END, rest)
    # "5 years more: +7" begins with a number that is not the score.
    if start and end and end.start() > start.end() and A_WORD.match(rest, start.end()):
        start = start if start[1][0] in "+-−–" else None
    if labelled and not (start and start[1][0] in "+-−–"):
        return _Said(name, _said_score(labelled), _around(labelled))
    if start:
        return _Said(name, _said_score(start), _reason(rest[start.end() :]))
    if end:
        return _Said(name, _said_score(end, 1 if end[1] else 2), _around(end))
    return _Said(name, reason=_reason(rest))


def _only(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(islice(pattern.finditer(text), 2))
    return found[0] if len(found) == 1 else None


# Rows of a table


def _cells(line: str) -> list[str]:
    """Cells of a row, of Markdown or copied from a page; a line of text is one cell."""
    line = line.strip()
    cells = CELL.split(line)
    start, stop = line.startswith("|"), len(cells) - (len(cells) > 1 and line.endswith("|"))
    return cells[start:stop]


def _from_row(cells: list[str], header: list[str], find: Find) -> _Said | None:
    """Read a row such as ``| age | older | +7 |``; None where it holds no score."""
    at = next((i for i, cell in enumerate(header) if NAME_COLUMN.search(cell)), None)
    if at is None and all(_named(cell, find) for cell in cells[:2]):
        return None  # a position, or a name: features may be called 1 and 2
    for start in range(2) if at is None else (at,):
        # A name may itself hold the mark between cells; the longest wins.
        for stop in range(min(len(cells), start + MOST_MARKS), start, -1):
            name = _named("|".join(cells[start:stop]), find)
            if name is not None:
                return _after_cells(name, cells, header, (start, stop))
    return None


def _after_cells(
    name: str, cells: list[str], header: list[str], span: tuple[int, int]
) -> _Said | None:
    texts = [ESCAPED.sub("", cell).strip(DRESSING) for cell in cells]
    others = [i for i in range(len(cells)) if i >= span[1]]
    place = _place(_score_column(header), header, cells, span)
    if place is not None:
        found = STARTS_WITH_NUMBER.match(texts[place])
        score = _said_score(found) if found else texts[place]
    else:
        unlike = [i + len(cells) - len(header) for i, c in enumerate(header) if NO_SCORE.search(c)]
        others = [i for i in others if i not in unlike]
        numbers = [i for i in others if ONLY_NUMBER.fullmatch(texts[i])]
        signed = [i for i in numbers if texts[i][0] in "+-−–"]
        place = next((i[0] for i in (numbers, signed) if len(i) == 1), None)
        if place is None:
            return None
        score = _plain(texts[place])
    if score[:1].isdecimal() and _row_turns(texts, header, span, place):
        score = f"{score} (negative?)"
    reasons = (i for i, cell in enumerate(header) if REASON_COLUMN.search(cell))
    why = _place(next(reasons, None), header, cells, span)
    said = [texts[why]] if why is not None else [texts[i] for i in others if i != place]
    return _Said(name, score, max(said, key=len, default=""))


def _row_turns(texts: list[str], header: list[str], span: tuple[int, int], score: int) -> bool:
    """Whether a cell beside name and score says that the score is negative."""
    titled = (i for i, cell in enumerate(header) if SIGN_COLUMN.search(cell))
    signs = {_place(i, header, texts, span) for i in titled}
    # Between name and score a lone minus may be the score's own, whatever the header says.
    signs |= {*range(span[1], score), *range(score + 1, span[0])}
    return any(
        _is_against(text, expects_sign=i in signs)
        for i, text in enumerate(texts)
        if i not in range(*span)
    )


def _score_column(header: list[str]) -> int | None:
    """Where the scores are; None where that is in doubt."""
    found = [
        i
        for i, cell in enumerate(header)
        if SCORE_COLUMN.search(cell) and not NO_SCORE.search(cell)
    ]
    plain = [i for i in found if header[i].strip(DRESSING).casefold() == "score"]
    return next((i[0] for i in (found, plain) if len(i) == 1), None)


def _place(
    column: int | None, header: list[str], cells: list[str], span: tuple[int, int]
) -> int | None:
    """Where a row has what the header has in a column: behind the name, counted from the end."""
    if column is None:
        return None
    place = column if column < span[0] else column + len(cells) - len(header)
    return place if place < span[0] or span[1] <= place < len(cells) else None


# Both


def _named(said: str, find: Find) -> str | None:
    """Feature that is meant, whatever it is dressed in."""
    said = said.strip()
    forms = dict.fromkeys((said, said.strip(" *`"), said.strip(DRESSING), ESCAPED.sub("", said)))
    forms[ESCAPED.sub("", said).strip(DRESSING)] = None
    return next((name for form in forms if form and (name := find(form)) is not None), None)


def _plain(number: str) -> str:
    """Write the number that a text begins with as Python does."""
    digits = ONLY_DIGITS.match(number)
    number = re.sub("[−–]", "-", digits[0] if digits else "").replace(",", ".")
    return re.sub(r"[+\s]", "", number)


def _around(score: re.Match[str]) -> str:
    return _reason(score.string[: score.start()]) or _reason(score.string[score.end() :])


def _reason(text: str) -> str:
    text = text.strip().lstrip(DRESSING + ":=→>–—-.,;)]").rstrip(DRESSING + ":=→(–—-")
    text = REASON_LABEL.sub("", text, count=1) if REASON_LABEL.match(text) else text
    inner = text[1:-1]
    whole = text[:1] == "(" and text[-1:] == ")" and not set(inner) & set("()")
    return inner if whole else text
