"""Scores in text that people paste: Markdown tables, lines such as ``1. age: +7``, headings.

What is read is shown to a person before it counts, so a doubtful number is left out rather than
guessed. Every loop and pattern is bounded, since the text is anything that a model may write.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from laat_core.data.text import canonical, feature_name
from laat_core.scores.llm.pasted_rows import SCORE_TITLES, about, cells_of, read_row
from laat_core.scores.llm.written import ESCAPED, NUMBER, plain_number, sign_as_mark, sign_in_doubt

__all__ = ["Find", "pasted_scores"]

Find = Callable[[str], str | None]  # the feature that is meant by a name, None where none is
Scored = tuple[str, str, str]  # name, score as written, reason

LONGEST_LINE = 2000
MOST_LINES = 50_000
MOST_MARKS = 16  # between a line's start and its score

SCALE = r"(?:\(\s*[+-]?\d+\s*(?:to|\.\.+|…|[-/])[^()|]{0,12}\)|\[[^\[\]|]{0,20}\])"
LINK = r"[\s_\"':=(→-]{0,8}?"
SEPARATOR = r"[\s_\"']*+(?:[:=→—]|[-=]>|-(?=\s))?[\s_]*+"
ASIDE = rf"[(\[](?!\s*{NUMBER}\s*[)\]])[^()\[\]]{{0,80}}[)\]]"  # such as (years)

BLANKS = re.compile(r"[^\S\t]{2,}")
EMPHASIS = str.maketrans("", "", "*`")
# A bullet, a position, and "Feature:", each of which may be missing.
LEAD = re.compile(
    r"([\s>#•·◦▪+-]*)(\(?\d{1,5}\s*[.):]\s*)?([\s_\"]*(?:feature|variable)[\s_\"]*[:=]\s*)?",
    re.IGNORECASE,
)
AFTER_NAME = re.compile(r"[:=|\t→—]|\s-|\s(?=[(\[]|[+-]?\d|->|minus\s\d)", re.IGNORECASE)
# Not "calcium score: 400", which is part of a reason.
LABELLED = re.compile(
    rf"(?:^|[^\w\s])[\s_\"]{{0,4}}(?:(?:final|importance|the|my)\s+){{0,2}}"
    rf"(?:importance|score)\b\s*{SCALE}?{LINK}({NUMBER})",
    re.IGNORECASE,
)
FIRST = re.compile(rf"{SEPARATOR}(?:{ASIDE}{SEPARATOR})?[(\[]?\s*(?:[Ss]core\s+)?({NUMBER})")
LAST = re.compile(
    rf"(?<!\d)(?<!\d\s)(?<!\bto)(?<!\bor)(?:(?:[:=→(\[]|[-=]>)\s*|—\s+|\s-\s+|\s(?=[+-]))({NUMBER})"
    rf"[\s_.)\]]*$|[(\[]((?=[+-]){NUMBER})[)\]]"
)
OTHER = re.compile(rf"([^:=]{{1,60}})[:=]\s*({NUMBER})\W*")  # scored, but no feature
REASON = re.compile(
    r"\W*(?:reason|reasoning|rationale|explanation|justification|why)\b[\s_\"]*[:—-]\s*",
    re.IGNORECASE,
)
SEPARATORS = (":", "=", "→", "—")
BECAUSE = ("because", "since", "as", "due", "for")
DRESSING = " \t_\"'"


@dataclass
class _Said:
    """What is said of one feature."""

    name: str
    score: str = ""
    reason: str = ""


@dataclass
class _Reader:
    """Reads line by line and remembers what the next lines are about."""

    find: Find
    said: list[_Said] = field(default_factory=list)
    header: list[str] = field(default_factory=list)  # of the table that the line is in
    last: _Said | None = None  # whom the lines that follow are about
    beside: bool = False  # no blank line since then
    group: str = ""  # column that the heading above names, whose levels may follow

    def read(self, whole: str) -> None:
        """Read one line."""
        line = BLANKS.sub(" ", canonical(whole[:LONGEST_LINE]).translate(EMPHASIS)).strip()
        if not line:
            self.beside = False
        elif not self._read_row(line):
            self._read_line(line, heading=_is_heading(whole))

    def _read_row(self, line: str) -> bool:
        cells = cells_of(line)
        if len(cells) < 2:
            self.header = []
            return False
        row = read_row(cells, self.header, self.named)
        if row is not None:
            self.said.append(_Said(*row))
        elif any(about(cell, SCORE_TITLES) for cell in cells) and _from_line(line, self) is None:
            self.header = cells
        else:
            return False
        self.last = None
        return True

    def _read_line(self, line: str, *, heading: bool) -> None:
        body = _without_bullet(line)
        part = LABELLED.match(body) or REASON.match(body)
        if self.last and not self.last.score and part:
            self._add(body)
        elif one := _from_line(line, self):
            self.said.append(one)
            self.last, self.beside = one, True
            self.group = self.group if one.score else _heading(body)
        elif self.last and self.last.score and (again := LABELLED.match(sign_as_mark(body))):
            self.said.append(_Said(self.last.name, _score(again)))
        elif self.last and self.last.score and (other := OTHER.fullmatch(body)):
            self.said.append(_Said(other[1].strip(), plain_number(other[2])))
        elif heading and not REASON.match(body):
            self.last, self.group = None, _heading(body)
        elif self.last:
            self._add(body)
        elif line.endswith(":"):
            self.group = _heading(body)

    def _add(self, line: str) -> None:
        """Add what a further line says of the last feature: its score, or the reason."""
        said = self.last
        if said is None:
            return
        line = sign_as_mark(line)
        has_reason = REASON.match(line)
        found = None if has_reason else LABELLED.match(line)
        found = found or re.fullmatch(f"({NUMBER})", line.strip(DRESSING))
        found = found or (LABELLED.search(line) if has_reason else None)
        if found and not said.score:
            said.score, why = _score(found), _around(found)
        else:
            why = _reason(line) if has_reason or self.beside or not said.score else ""
        said.reason = why if has_reason else said.reason or why

    def named(self, said: str) -> str | None:
        """Return the feature that is meant, whatever its name is dressed in."""
        said = said.strip()
        forms = dict.fromkeys([said, said.strip(DRESSING), ESCAPED.sub("", said).strip(DRESSING)])
        for form in filter(None, forms):
            if (name := self.find(form)) is not None:
                return name
        grouped = feature_name(self.group, said.strip(DRESSING))
        return self.find(grouped) if self.group else None


def pasted_scores(text: str, find: Find) -> list[Scored]:
    r"""Read every feature's score from lines and tables.

    Parameters
    ----------
    text : str
        Anything.
    find : callable
        Returns the feature that a name means, None where it means none.

    Returns
    -------
    list of (str, str, str)
        Name, score as it is written, and reason. A score that is repeated unchanged is listed
        once; one that contradicts an earlier one is listed beside it.

    Examples
    --------
    >>> names = {"age": "age", "sex = male": "sex = male"}
    >>> pasted_scores("1. age: +7 (older)\n\n## sex\n- male: 3", names.get)
    [('age', '7', 'older'), ('sex = male', '3', '')]
    """
    reader = _Reader(find)
    for line in islice(text.splitlines(), MOST_LINES):
        reader.read(line)
    said: dict[tuple[str, str], _Said] = {}
    for one in reader.said:
        first = said.setdefault((one.name, one.score), one)
        first.reason = first.reason or one.reason
    return [(one.name, one.score, one.reason) for one in said.values() if one.score]


def _is_heading(line: str) -> bool:
    """Whether a line stands over others: ``## Age``, ``4. weight``, or all in bold."""
    line = line.strip()
    bold = line.startswith("**") and line.rstrip(":").endswith("**")
    return line.startswith("#") or bold or re.match(r"\d{1,5}[.)]\s", line) is not None


def _heading(line: str) -> str:
    """Return what a heading names, without its position."""
    return re.sub(r"^\d{1,5}[.)]\s+", "", line).strip("# :")


def _without_bullet(line: str) -> str:
    """Return a line without its bullets, the sign of a number kept."""
    return re.sub(r"^(?:[>#•·◦▪+-]+\s+)*", "", line)


def _from_line(line: str, reader: _Reader) -> _Said | None:
    """Read a line such as ``1. age: +7``, or a heading that names a feature."""
    for body in _bodies(line):
        name = reader.named(body.rstrip(" :"))
        if name is not None:
            return _Said(name)
        # The longest name wins: "sex" may be the beginning of "sex = male".
        for mark in reversed(list(islice(AFTER_NAME.finditer(body), MOST_MARKS))):
            before, rest = body[: mark.start()], body[mark.start() :]
            name = None if before.rstrip().endswith(SEPARATORS) else reader.named(before)
            if name is not None:
                return _after_name(name, rest)
    return None


def _bodies(line: str) -> Iterator[str]:
    """Yield a line as it is, then without its bullet, its position and its label."""
    yield line
    lead = LEAD.match(line)
    for part in (1, 2, 3):
        if lead and lead[part]:
            yield line[lead.end(part) :]


def _after_name(name: str, rest: str) -> _Said:
    rest = sign_as_mark(rest)
    labelled, first, last = LABELLED.search(rest), FIRST.match(rest), _only(LAST, rest)
    signed = first is not None and first[1][0] in "+-"
    # "5 years more: +7" begins with a number that is not the score.
    if first and last and last.start() > first.end() and not signed:
        word = rest[first.end() :].split()[:1]
        counted = rest[first.end() :][:1] == " " and word[0].isalpha()
        first = None if counted and word[0] not in BECAUSE else first
    found = first if signed else labelled or first or last
    if found is None:
        return _Said(name, reason=_reason(rest))
    why = _reason(rest[found.end() :]) if found is first else _around(found)
    return _Said(name, _score(found), why)


def _only(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(islice(pattern.finditer(text), 2))
    return found[0] if len(found) == 1 else None


def _score(found: re.Match[str]) -> str:
    """Write a score as a number, or as it stands where its sign is in doubt."""
    place = next(i for i, group in enumerate(found.groups(), start=1) if group)
    before, behind = found.string[: found.start(place)], found.string[found.end(place) :]
    if sign_in_doubt(before, found[place], behind):
        return f"{found[place]} (negative?)"
    return plain_number(found[place])


def _around(score: re.Match[str]) -> str:
    return _reason(score.string[: score.start()]) or _reason(score.string[score.end() :])


def _reason(text: str) -> str:
    text = text.strip().lstrip(DRESSING + ":=→>—-.,;)]").rstrip(DRESSING + ":=→(—-")
    text = REASON.sub("", text, count=1) if REASON.match(text) else text
    inner = text[1:-1]
    whole = text[:1] == "(" and text[-1:] == ")" and not set(inner) & set("()")
    return inner if whole else text
