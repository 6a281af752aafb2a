"""Numbers as people and models write them, and words that reverse their sign."""

import re

from laat_core.data.text import canonical

__all__ = [
    "ESCAPED",
    "NUMBER",
    "plain_number",
    "sign_as_mark",
    "sign_in_doubt",
    "speaks_against",
    "title_words",
    "written_number",
]

DIGITS = r"(?:[+-]\s?)?\d{1,10}(?:[.,]\d{1,10})?"
# Not part of a range, a sum, another scale, a code (1 = male) or a larger number.
MORE = r"\s?(?:[-—/^+=<>]|->|→|\.\.+|…|to|or|of|out of)\s?[+-]?\d|\s?=\s?\w|\+\s|\s\d"
NUMBER = rf"{DIGITS}(?:\s?(?:/|out of)\s?10(?!\d))?(?![\w%]|[.,]\d|-\w|{MORE})"

ONE_NUMBER = re.compile(rf"({DIGITS})(?:\s?(?:/|out of)\s?10)?(?:\s*\([^()]{{0,80}}\))?")
ESCAPED = re.compile(r"\\(?=[^\w\s]|_)")  # for Markdown
SIGN = re.compile(r"((?:^|[:=→—(\[]|\s-)\s{0,4})(minus|plus)\s(?=\d)", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+")
BRACKETS = re.compile(r"[()\[\]|]")
# Words that reverse a number without a sign, where they stand alone in brackets or a cell.
AGAINST = re.compile(
    r"(?:(?:strong|moderate|weak|slight|mild)(?:ly)?\s)?"
    r"(?:(?:negativ|minus|invers|protect|decreas|lower|reduc|less|down)\w{0,6}|i\.?e\.? - ?\d+)"
    r"(?:\s(?:effect|direction|association|relationship|correlation|impact|risk))?",
    re.IGNORECASE,
)
SIGN_TITLES = ("direction", "effect", "relation", "correl", "associat", "influence", "impact",
               "polarity", "trend")  # fmt: skip
DRESSING = " \t*_`\"'.,;:=→-—?"


def written_number(text: str) -> float | None:
    """Return the number that is all of a text: ``+7``, ``7,5``, ``7/10`` or ``7 (strong)``.

    Examples
    --------
    >>> written_number("- 7,5"), written_number("7 (negative)"), written_number("7 or 8")
    (-7.5, None, None)
    """
    text = sign_as_mark(canonical(text))
    found = ONE_NUMBER.fullmatch(text)
    if not found or sign_in_doubt("", found[1], text[found.end(1) :]):
        return None
    return float(plain_number(found[1]))


def sign_as_mark(text: str) -> str:
    """Return a text with the sign of a number that it says in words, where no other is before it.

    Examples
    --------
    >>> sign_as_mark("bmi: minus 3"), sign_as_mark("5 minus 3")
    ('bmi: -3', '5 minus 3')
    """
    return SIGN.sub(lambda found: found[1] + ("-" if found[2].lower() == "minus" else "+"), text)


def plain_number(digits: str) -> str:
    """Write a number as Python does."""
    found = ONE_NUMBER.match(digits)
    return re.sub(r"[+\s]", "", found[1]).replace(",", ".") if found else ""


def speaks_against(text: str, title: str) -> bool:
    """Whether a text says no more than that something has a negative effect.

    Parameters
    ----------
    text, title : str
        Of a cell and its column, or a value and its key. A lone minus counts as a sign only where
        the title is about signs.
    """
    text, title, words = canonical(text), canonical(title), title_words(title)
    about_signs = "sign" in words or "+/-" in title or any(w.startswith(SIGN_TITLES) for w in words)
    return text == "↓" or (about_signs and text == "-") or _against(text)


def sign_in_doubt(before: str, number: str, behind: str) -> bool:
    """Whether a number without a sign has one beside it: ``3 (negative)``, ``-(3)``."""
    if number[0] in "+-":
        return False
    asides = [*BRACKETS.split(before), *BRACKETS.split(behind)[1:2]]
    return before.rstrip().endswith(("-(", "-[")) or any(map(_against, asides))


def title_words(title: str) -> list[str]:
    """Words of a column's title or a key, in lower case."""
    return WORD.findall(title.casefold())


def _against(text: str) -> bool:
    return AGAINST.fullmatch(text.strip(DRESSING)) is not None
