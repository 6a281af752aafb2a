"""Sentences and cells about groups, made from their figures."""

import re
from collections.abc import Mapping, Sequence

from laat_core.evaluate.fairness.notions import NOTIONS
from laat_core.evaluate.fairness.proxies import Followed
from laat_core.evaluate.fairness.table import GroupRow, GroupTable, Value
from laat_core.evaluate.groups import FEWEST_ROWS
from ui.bias.story_words import auc
from ui.text import literal

__all__ = [
    "APART",
    "MOST_NAMES",
    "NONE",
    "auc_cell",
    "calibration_cell",
    "gap_words",
    "say_labels",
    "say_rarer",
    "say_selected",
    "share_cell",
    "short_numbers",
    "small_words",
    "small_words_of",
    "when_wrong",
    "why_none",
]

NONE = "–"
MOST_NAMES = 4
APART = {
    "demographic_parity": "shares selected",
    "equalized_odds": "shares found, or those of false alarms,",
    "equal_opportunity": "shares found",
}
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?(?![\w.])")
DIGITS = 3  # of a number that people read
EXACT = 17  # digits of any number that a table holds
SAME_SHARE = 0.05  # shares of an outcome that differ by less are about the same


def when_wrong(notion: str) -> str:
    """Say when a notion or figure of :data:`NOTIONS` is the wrong one to look at."""
    when = NOTIONS[notion].wrong_when
    return f"It is the wrong one when {when[0].lower()}{when[1:]}"


def short_numbers(names: Sequence[str]) -> list[str]:
    """Round the decimal numbers in names to what people read, but keep the names apart."""
    for digits in range(DIGITS, EXACT):
        short = [_short(name, digits) for name in names]
        if len(set(short)) == len(set(names)):
            return short
    return list(names)


def _short(name: str, digits: int) -> str:
    return DECIMAL.sub(lambda found: _rounded(found[0], digits), name)


def _rounded(number: str, digits: int) -> str:
    whole, _, rest = number.partition(".")
    if len((whole + rest.partition("e")[0]).lstrip("0")) <= digits:
        return number
    return f"{float(number):.{max(digits, len(whole))}g}"


def share_cell(value: Value) -> str:
    """A share with its interval, in percent: ``62 % (50 to 73)``."""
    if value.mean is None:
        return NONE
    if value.interval is None:
        return f"{100 * value.mean:.0f} %"
    low, high = value.interval
    return f"{100 * value.mean:.0f} % ({100 * low:.0f} to {100 * high:.0f})"


def auc_cell(value: Value) -> str:
    """An AUC with its interval: ``81.2 (70.0 to 89.4)``."""
    if value.mean is None:
        return NONE
    ends = "" if value.interval is None else " ({} to {})".format(*map(auc, value.interval))
    return f"{auc(value.mean)}{ends}"


def calibration_cell(value: Value) -> str:
    """By how much a probability is too high, with its interval: ``+12 points (+3 to +20)``."""
    if value.mean is None:
        return NONE
    ends = "" if value.interval is None else " ({} to {})".format(*map(_points, value.interval))
    size = _points(value.mean)
    return f"{size} {'point' if size[1:] == '1' else 'points'}{ends}"


def _points(value: float) -> str:
    text = f"{100 * value:+.0f}".replace("-", "−")
    return "0" if text in {"+0", "−0"} else text


def gap_words(notion: str, difference: Value, ratio: Value) -> str:
    """Say what lies how far apart, or why nothing does: ``shares found lie 82 points apart``."""
    if difference.mean is None:
        return difference.reason
    apart = f"{APART[notion]} lie {100 * difference.mean:.0f} points apart"
    if difference.band is not None:
        low, high = (f"{100 * end:.0f}" for end in difference.band)
        apart += f" ({low} to {high})"
    if ratio.mean is None:
        return f"{apart}. {ratio.reason}".strip()
    return f"{apart}, ratio {ratio.mean:.2f}"


def say_labels(table: GroupTable, told: GroupTable | None, outcome: str, title: str) -> str:
    """Say which groups have the outcome most and least, in the table and in the training rows.

    Parameters
    ----------
    table, told : GroupTable
        What the table says, and what the training rows of the first split say with a bias in
        them; None without one.
    outcome, title : str
        The positive class and the columns of the groups, as they are to be shown.
    """
    ends = _ends(table, "base_rate")
    if ends is None:
        row = max(table.rows, key=lambda row: row.n)
        value = row.figures["base_rate"]
        return (
            f"There are no two groups of {title} with enough rows to be compared. Of "
            f"“{literal(row.name)}”, {share_cell(value)} have {outcome}."
        )
    most, least = ends
    said = f"In the table, {_share(most)} have {outcome}, {_share(least)}."
    if told is None:
        return said
    after = {row.name: row for row in told.rows}
    shares = [after[row.name].figures["base_rate"].mean for row in ends]
    if None in shares:
        gone = next(row for row, share in zip(ends, shares, strict=True) if share is None)
        return f"{said} In the biased training rows no “{literal(gone.name)}” is left."
    first, second = (f"{100 * share:.0f} %" for share in shares if share is not None)
    return f"{said} In the biased training rows it is {first} and {second}."


def say_selected(tables: Mapping[str, GroupTable], percent: int, outcome: str) -> str:
    """Say whom the baseline selects most and least, and what the LAAT model makes of them."""
    baseline, laat = tables["baseline"], tables["laat"]
    ends = _ends(baseline, "selection_rate")
    if ends is None:
        return baseline.gaps["demographic_parity_difference"].reason
    names = {row.name: row for row in laat.rows}
    first, second = (f"“{literal(row.name)}”" for row in ends)
    shares = [f"{100 * (row.figures['selection_rate'].mean or 0):.0f} %" for row in ends]
    then = [f"{100 * (names[row.name].figures['selection_rate'].mean or 0):.0f} %" for row in ends]
    apart = [
        f"{100 * (table.gaps['demographic_parity_difference'].mean or 0):.0f} points"
        for table in (baseline, laat)
    ]
    return (
        f"Of the rows of {first}, the baseline gives {percent} % or more for {outcome} to "
        f"{shares[0]}, of {second} to {shares[1]}; the LAAT model to {then[0]} and to {then[1]}. "
        "In a single split, whose few test rows differ by chance too, the shares selected lie "
        f"{apart[0]} apart on average with the baseline and {apart[1]} with the LAAT model."
    )


def say_rarer(trained: Sequence[int], tested: Sequence[int], outcome: str, so: str) -> str:
    """Say what a bias that changes how frequent the outcome is does to the probabilities.

    Parameters
    ----------
    trained, tested : sequence of int
        Training and test rows of the negative and of the positive class.
    outcome : str
        As it is to be shown.
    so : str
        What follows from it, as the end of a sentence.

    Returns
    -------
    str
        Empty where the shares are about the same.
    """
    before, after = (counts[1] / sum(counts) for counts in (trained, tested))
    if abs(before - after) < SAME_SHARE:
        return ""
    low, few = ("low", "few") if before < after else ("high", "many")
    return (
        f"In the training rows {100 * before:.0f} % have {outcome}, in the test rows "
        f"{100 * after:.0f} %: the probabilities come out too {low}, so that at 50 % too {few} "
        f"rows are selected. A model that selects nobody, or everybody, treats all groups alike: "
        f"{so}."
    )


def small_words(table: GroupTable) -> list[str]:
    """Why groups are grey."""
    return _small([(row.name, row.small) for row in table.rows if row.small])


def small_words_of(followed: Sequence[Followed]) -> list[str]:
    """Why groups that an output is to tell are grey."""
    why = f"fewer than {FEWEST_ROWS} rows: what tells it is mostly chance."
    return _small([(one.group, why) for one in followed if one.small])


def _small(small: Sequence[tuple[str, str]]) -> list[str]:
    said = [f"Grey: “{literal(name)}” has {why}" for name, why in small[:MOST_NAMES]]
    more = len(small) - MOST_NAMES
    return [*said, f"{more} more groups are as small."] if more > 0 else said


def why_none(tables: Mapping[str, GroupTable], figures: Sequence[str]) -> list[str]:
    """Why there is a dash, or no interval, in a table: each reason once."""
    found: dict[tuple[str, str], list[str]] = {}
    for table in tables.values():
        for row in table.rows:
            for figure in figures:
                reason = row.figures[figure].reason
                if reason:
                    names = found.setdefault((figure, reason), [])
                    names += [] if row.name in names else [row.name]
    return [
        f"{NOTIONS[figure].name}, {_names(names)}: {reason}"
        for (figure, reason), names in found.items()
    ]


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{literal(name)}”" for name in names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _ends(table: GroupTable, figure: str) -> tuple[GroupRow, GroupRow] | None:
    """Of the groups that are compared, those with the largest and the smallest figure."""
    known = [
        (row.figures[figure].mean, row)
        for row in table.rows
        if not row.small and row.figures[figure].mean is not None
    ]
    if len(known) < 2:
        return None
    known.sort(key=lambda pair: -(pair[0] or 0.0))
    return known[0][1], known[-1][1]


def _share(row: GroupRow) -> str:
    return f"{share_cell(row.figures['base_rate'])} of “{literal(row.name)}”"
