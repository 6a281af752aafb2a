"""Leakage: columns that predict the outcome by themselves, or are known only after it."""

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import comb
from scipy.stats import hypergeom, rankdata

from laat_core.data.findings import Finding, Kind
from laat_core.data.task import Column, Task
from laat_core.data.text import level_text, plain_words
from laat_core.data.values import known_numbers

__all__ = ["NEARLY_PERFECT", "column_leaks"]

# In published diagnostic tables the best single measurement stays below: 0.975 of the worst
# perimeter in breast cancer, 0.987 of the proline in wines. What was noted after the outcome
# usually exceeds it.
NEARLY_PERFECT = 0.99
# The probability, over all columns together, of a finding in a table without any relation.
CHANCE = 0.01

IGNORE_UNLESS_BEFORE = "Set its role to ignore unless it is known before the outcome."

# Words for what happens after, or because of, an outcome; "time to relapse" is one, too.
AFTERWARDS = re.compile(
    r"\b("
    r"discharged?|death|died|deceased|autopsy|post mortem|surviv(al|ed)|"
    r"outcome|follow ?up|relapsed?|recurrence|recurred|readmi(ssion|tted)|recovered|"
    r"length of stay|complications?|final (diagnosis|grade|status|result)|"
    r"charge(d)? ?off|charge ?backs?|write ?off|written off|recoveries|refund(s|ed)?|settlement|"
    r"repaid|(total|amount|sum|principal|interest) paid|paid (back|off|total)|"
    r"total (payment|pymnt)|"
    r"(churn|exit|leaving|termination|cancell?ation) (date|reason|interview)|resigned|terminated|"
    r"(days|weeks|months|years|time) (to|until) (event|death|relapse|default|churn|diagnosis)"
    r")\b"
)
WHOLE_NAME = re.compile(r"paid|dead|status at end|los")
# What lies before this outcome is known in time, whatever it is.
BEFORE = re.compile(
    r"\b(previous(ly)?|prior|past|earlier|former|history|before|family|parents?|poutcome|expected|planned)\b"
)


def column_leaks(task: Task, column: Column) -> list[Finding]:
    """Find what makes one column suspect: it predicts the outcome, or may be known too late.

    Parameters
    ----------
    task : Task
        Only rows whose target is known are looked at.
    column : Column

    Returns
    -------
    list of Finding
        Empty for a column that no model sees.
    """
    if not column.role.is_used:
        return []
    is_number = column.role.is_number
    cells = task.labelled[column.name]
    values = known_numbers(cells, column) if is_number else level_text(cells)
    found = {
        Kind.BY_ITSELF: _by_itself(values, task.labels, is_number, len(task.columns)),
        Kind.AFTERWARDS: _filled_for_one_class(values.notna().to_numpy(), task)
        or _named_afterwards(column, len(values)),
    }
    return [Finding(kind, (column.name,), *said) for kind, said in found.items() if said]


Said = tuple[int, str, str]  # rows, what was found, what to do


def _by_itself(
    values: pd.Series, labels: NDArray[np.int64], is_number: bool, n_columns: int
) -> Said | None:
    known = values.notna().to_numpy()
    y = labels[known]
    n, n_positive = len(y), int(y.sum())
    # As likely as a perfect order by chance; the rarest that there is.
    if not 0 < n_positive < n or 2 * n_columns > CHANCE * comb(n, n_positive):
        return None
    ranked = values[known].to_numpy() if is_number else _rates(values[known], y)
    area = _area(ranked, y)
    area = max(area, 1 - area) if is_number else area
    if area < NEARLY_PERFECT:
        return None
    how = "by itself" if area == 1 else f"almost by itself (AUC × 100: {100 * area:.1f})"
    return n, f"Predicts the outcome {how} in {n:,} rows.", IGNORE_UNLESS_BEFORE


def _area(values: NDArray[np.float64], y: NDArray[np.int64]) -> float:
    """Area under the ROC curve of a number, ties counting half."""
    n_positive = int(y.sum())
    above = rankdata(values)[y == 1].sum() - n_positive * (n_positive + 1) / 2
    return float(above / (n_positive * (len(y) - n_positive)))


def _rates(levels: pd.Series, y: NDArray[np.int64]) -> NDArray[np.float64]:
    """How often each row's level is positive in the other rows: its own would give it away."""
    codes = pd.factorize(levels)[0]
    rows, positive = np.bincount(codes), np.bincount(codes, weights=y)
    # One row's worth of the average stands in where a level has no other row.
    return np.asarray((positive[codes] - y + y.mean()) / rows[codes])


def _filled_for_one_class(known: NDArray[np.bool_], task: Task) -> Said | None:
    """Find values that are there, or missing, for rows of one class only."""
    labels, n_columns = task.labels, len(task.columns)
    for rows, what in ((known, "Filled in"), (~known, "Missing")):
        n_rows, n_positive = int(rows.sum()), int(labels[rows].sum())
        if n_rows in {0, len(rows)} or n_positive not in {0, n_rows}:
            continue
        of_class = int((labels == labels[rows][0]).sum())
        chance = hypergeom.pmf(n_rows, len(labels), of_class, n_rows)
        if n_columns * chance < CHANCE:
            words = task.outcome if n_positive else task.opposite
            return (
                n_rows,
                f"{what} for {n_rows:,} rows, all of them with {words}.",
                ("It may have been noted after the outcome: " + _lower(IGNORE_UNLESS_BEFORE)),
            )
    return None


def _named_afterwards(column: Column, n_rows: int) -> Said | None:
    for text in (column.name, column.label, column.description):
        words = plain_words(text)
        hint = AFTERWARDS.search(words) or WHOLE_NAME.fullmatch(words)
        if hint and not BEFORE.search(words):
            found = f"Sounds like something known only after the outcome ({hint[0]!r})."
            return n_rows, found, "Set its role to ignore if so."
    return None


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
