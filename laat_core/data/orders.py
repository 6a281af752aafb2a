"""Orders that levels show by themselves: numbers in their text, or the words of a common scale."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from laat_core.data.not_known import says_not_known
from laat_core.data.text import as_text, level_counts

__all__ = ["suggest_order"]

FEWEST_LEVELS = 3  # two levels are ordered by one flag already

# Words of a rank, lowest first; those of one place mean the same.
SCALES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("very low", "lowest"),
        ("low",),
        ("medium", "moderate", "mid", "middle", "average", "intermediate"),
        ("high",),
        ("very high", "highest"),
    ),
    (
        ("never",),
        ("rarely", "seldom"),
        ("sometimes", "occasionally"),
        ("often", "frequently", "usually"),
        ("always",),
    ),
    (
        ("none", "absent"),
        ("minimal", "trace"),
        ("slight",),
        ("mild", "light"),
        ("moderate", "medium"),
        ("severe", "serious", "heavy"),
        ("very severe", "critical", "extreme"),
    ),
    (
        ("strongly disagree",),
        ("disagree",),
        ("neutral", "undecided", "neither agree nor disagree"),
        ("agree",),
        ("strongly agree",),
    ),
    (
        ("very poor", "very bad"),
        ("poor", "bad"),
        ("fair",),
        ("good",),
        ("very good",),
        ("excellent",),
    ),
    (
        ("extra small", "very small", "xs"),
        ("small", "s"),
        ("medium", "m"),
        ("large", "l"),
        ("extra large", "very large", "xl"),
        ("xxl",),
    ),
)
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
STAGE = re.compile(r"(?P<word>[a-z]+ )?(?P<roman>x|ix|iv|v?i{1,3}|v)(?P<part>[a-d]?)")

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?")
BELOW = re.compile(r"(<=?|\u2264|\bunder|\bbelow|\bless than|\bup to|\bat most|\bmax\.?)")
ABOVE = re.compile(
    r"(>=?|\u2265|\+|\bover|\babove|\bmore than|\bat least|\band (more|over|older|above)|\bor more)"
)
BETWEEN = re.compile(r"(\bto\b|\bbetween\b|\bfrom\b|\band\b|\bor (more|less)\b|\bunder\b|\bthan\b)")
RANKED_BY_NUMBER = {"grade", "stage", "level", "degree", "class", "asa", "nyha", "step"}

Span = tuple[float, float]


def suggest_order(values: pd.Series) -> tuple[str, ...]:
    """Return the levels of a column, lowest first, where their text leaves no doubt.

    Parameters
    ----------
    values : Series

    Returns
    -------
    tuple of str
        Empty where the levels show no order, or are fewer than three. A level such as "unknown"
        is left out.

    Examples
    --------
    >>> suggest_order(pd.Series(["25 to 50", ">50", "<25"]))
    ('<25', '25 to 50', '>50')
    >>> suggest_order(pd.Series(["Severe", "none", "Mild"]))
    ('none', 'Mild', 'Severe')
    >>> suggest_order(pd.Series(["red", "green", "blue"]))
    ()
    """
    counts = level_counts(values)
    if isinstance(values.dtype, pd.CategoricalDtype) and values.cat.ordered:
        declared = map(as_text, values.cat.categories)
        return tuple(level for level in declared if level in counts)
    levels = [level for level in counts if not says_not_known(level)]
    if len(levels) < FEWEST_LEVELS:
        return ()
    plain = [" ".join(re.sub(r"[_\s]+", " ", level).casefold().split()) for level in levels]
    for ranks in (_by_scale(plain), _by_stage(plain), _by_number(plain)):
        if ranks:
            return tuple(level for _, level in sorted(zip(ranks, levels, strict=True)))
    return ()


def _by_scale(levels: Sequence[str]) -> list[float]:
    """Ranks on the first scale that has all levels, each at a place of its own."""
    for scale in SCALES:
        places = {word: rank for rank, words in enumerate(scale) for word in words}
        ranks = [float(places[level]) for level in levels if level in places]
        if len(set(ranks)) == len(levels):
            return ranks
    return []


def _by_stage(levels: Sequence[str]) -> list[float]:
    """Ranks of Roman numbers, alone or all after the same word, such as ``Stage IIa``."""
    matches = [STAGE.fullmatch(level) for level in levels]
    found = [match for match in matches if match]
    if len(found) < len(levels) or len({match["word"] for match in found}) > 1:
        return []
    ranks = [ROMAN.index(m["roman"]) + " abcd".index(m["part"] or " ") / 10 for m in found]
    return ranks if len(set(ranks)) == len(levels) else []


def _by_number(levels: Sequence[str]) -> list[float]:
    """Ranks by the numbers in the levels, which do not overlap and are all of one unit."""
    spans = [_span(level) for level in levels]
    known = [span for span in spans if span]
    if len(known) < len(levels) or len({_unit(level) for level in levels}) > 1:
        return []
    order = sorted(range(len(known)), key=known.__getitem__)
    for one, next_one in pairwise(order):
        (low, high), (next_low, next_high) = known[one], known[next_one]
        if high > next_low or (low, high) == (next_low, next_high):
            return []
    ranks = [0.0] * len(order)
    for rank, place in enumerate(order):
        ranks[place] = float(rank)
    return ranks


def _span(level: str) -> Span | None:
    """Smallest and largest number that a level stands for; None where it says no such thing."""
    numbers = [float(text.replace(",", "")) for text in NUMBER.findall(_split(level))]
    if len(numbers) == 2:
        return (numbers[0], numbers[1]) if numbers[0] < numbers[1] else None
    if len(numbers) != 1:
        return None
    number = numbers[0]
    below, above = bool(BELOW.search(level)), bool(ABOVE.search(level))
    if below != above:
        return (-math.inf, number) if below else (number, math.inf)
    alone = _unit(level) in RANKED_BY_NUMBER or bool(re.match(r"-?\d", level))
    return (number, number) if alone and not below and not level.strip("-").isdigit() else None


def _split(level: str) -> str:
    """Text in which the dash between two numbers is no minus sign."""
    return re.sub(r"(?<=\d)\s*(?:-|\.\.+)\s*(?=[€$£]? ?\d)", " to ", level)


def _unit(level: str) -> str:
    """Words of a level beside its numbers and comparisons; singular and plural are the same."""
    bare = NUMBER.sub(" ", _split(level))
    for comparison in (BELOW, ABOVE, BETWEEN):
        bare = comparison.sub(" ", bare)
    words = (word.rstrip("s") for word in re.findall(r"[^\W\d_]+|[€$£%]", bare))
    return " ".join(dict.fromkeys(words))  # of both ends of a span, once
