"""Values that probably stand for "not known": suggested here, declared by a person only."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.not_known import says_not_known
from laat_core.data.roles import suggest_column
from laat_core.data.task import Role, Task
from laat_core.data.text import as_numbers, as_text, level_counts
from laat_core.data.text_kinds import no_dates

__all__ = ["MissingCodes", "missing_classes", "suggest_missing_codes"]

# 9, 99, 999.9, 88, 77, 98, 997, with a minus or without, and -1.
TYPICAL = re.compile(r"-?(9+[78]?|8+|7+)(\.9+)?|-1")
MOST_TYPICAL = 6  # codes at one end of a column
MEASURED = 10  # different values, from which on a column may be a measured quantity
MOST_TEXTS = 5  # different words among numbers
FAR = 10  # ranges of the other values
ISOLATED = 3  # times the widest gap among the other values
STEPS = 5  # between 0 and the smallest other value, where 0 is impossible
NEAR_ZERO = 0.25  # of the median of the other values
SPIKE = 10  # times as many rows are 0 as are near 0, where 0 is no measurement


@dataclass(frozen=True)
class MissingCodes:
    """Values of one column that probably count as missing.

    Attributes
    ----------
    column : str
    codes : tuple of str
        As :class:`laat_core.Cleaning` takes them.
    n_rows : int
        Rows that have one of them.
    reason : str
        One sentence on why they are suggested.
    """

    column: str
    codes: tuple[str, ...]
    n_rows: int
    reason: str


def suggest_missing_codes(task: Task) -> dict[str, tuple[MissingCodes, ...]]:
    """Name values that probably stand for "not known"; nothing is changed.

    Parameters
    ----------
    task : Task
        What it declares already is not suggested again.

    Returns
    -------
    dict of str to tuple of MissingCodes
        By column; columns without any are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> from laat_core import make_task
    >>> table = pd.DataFrame({"age": [31, 46, 52, 999] * 5, "ill": [0, 1] * 10})
    >>> suggest_missing_codes(make_task(table, "ill", 1))["age"][0].codes
    ('999',)
    """
    found = {column.name: _of_column(task, column.name) for column in task.columns}
    return {name: codes for name, codes in found.items() if codes}


def missing_classes(target: pd.Series) -> tuple[MissingCodes, ...]:
    """Name classes of a target that probably stand for "not known", as for a column.

    Examples
    --------
    >>> import pandas as pd
    >>> missing_classes(pd.Series([0, 1, 1, 9], name="ill"))[0].codes
    ('9',)
    """
    values = _Values.of(target)
    return tuple(filter(None, (rule(values) for rule in (_words, _numbers, _typical))))


def _of_column(task: Task, name: str) -> tuple[MissingCodes, ...]:
    column, cells = task.column(name), task.cleaned[name]
    numeric = pd.api.types.is_any_real_numeric_dtype(cells)
    ignored = column.role is Role.IGNORE
    if ignored and numeric:
        return ()  # a person has left it out, or its numbers are no measurements
    values = _Values.of(cells)
    rules: tuple[Rule, ...] = (_words, _numbers, _texts)
    if numeric or column.role is Role.NUMERIC:
        rules = (_outer, _zero)
    elif ignored and not values.mostly_numbers and no_dates(values.texts) is None:
        return ()  # declaring a code would not make it of use
    found = tuple(filter(None, (rule(values) for rule in rules)))
    by_hand = ignored and found and column.note != suggest_column(cells).note
    return () if by_hand else found


@dataclass(frozen=True)
class _Values:
    """The distinct values of a column, and their rows.

    Attributes
    ----------
    name : str
    numbers, rows : ndarray of shape (n_numbers,)
        In ascending order.
    texts : dict of str to int
        Rows of what is no number.
    """

    name: str
    numbers: NDArray[np.float64]
    rows: NDArray[np.int64]
    texts: dict[str, int]

    @classmethod
    def of(cls, values: pd.Series) -> "_Values":
        """Look what a column holds."""
        if pd.api.types.is_any_real_numeric_dtype(values):
            numbers, rows = np.unique(as_numbers(values).dropna(), return_counts=True)
            return cls(str(values.name), numbers, rows.astype(np.int64), {})
        counts = pd.Series(level_counts(values), dtype=np.int64)
        parsed = as_numbers(pd.Series(counts.index, index=counts.index, dtype="str"))
        by_number = counts.groupby(parsed.to_numpy()).sum()
        texts = {str(text): int(rows) for text, rows in counts[parsed.isna()].items()}
        return cls(
            str(values.name),
            by_number.index.to_numpy(np.float64),
            np.asarray(by_number, dtype=np.int64),
            texts,
        )

    @property
    def mostly_numbers(self) -> bool:
        """Whether at least half of the rows hold numbers."""
        return bool(self.rows.sum() >= sum(self.texts.values()))

    def between(self, numbers: NDArray[np.float64]) -> str:
        """Say from where to where numbers go."""
        return f"between {numbers[0]:g} and {numbers[-1]:g}"

    def suggest(self, places: NDArray[np.intp], reason: str) -> MissingCodes:
        """Suggest the numbers at some places."""
        codes = tuple(as_text(number) for number in self.numbers[places])
        return MissingCodes(self.name, codes, int(self.rows[places].sum()), reason)


Rule = Callable[[_Values], MissingCodes | None]


def _words(values: _Values) -> MissingCodes | None:
    """Words and marks by which people say that they do not know."""
    found = list(filter(says_not_known, values.texts))
    if "+" in values.texts:  # beside which "-" says no
        found = [text for text in found if text.strip("-")]
    return _suggest_texts(values, found, "Usually written where a value is not known.")


def _texts(values: _Values) -> MissingCodes | None:
    """Few other words without a digit in a column that otherwise holds numbers."""
    words = [text for text in values.texts if not any(map(str.isdigit, text))]
    few = len(words) == len(values.texts) <= MOST_TEXTS
    if not few or len(values.numbers) < MEASURED or not values.mostly_numbers:
        return None
    reason = f"All other values are numbers {values.between(values.numbers)}."
    others = [text for text in words if not says_not_known(text)]
    return _suggest_texts(values, others, reason)


def _numbers(values: _Values) -> MissingCodes | None:
    """Typical codes that are the only numbers among words."""
    numbers = values.numbers
    if len(values.texts) < 2 or not 0 < len(numbers) == _run(numbers):
        return None
    reason = "A common code for a missing value; all others are words."
    return values.suggest(np.arange(len(numbers)), reason)


def _suggest_texts(values: _Values, found: list[str], reason: str) -> MissingCodes | None:
    if not found:
        return None
    n_rows = sum(values.texts[text] for text in found)
    return MissingCodes(values.name, tuple(found), n_rows, reason)


def _outer(values: _Values) -> MissingCodes | None:
    return _typical(values) or _far(values)


def _typical(values: _Values) -> MissingCodes | None:
    """Codes such as -9 or 999 at an end of the column, away from all other values."""
    numbers = values.numbers
    low, high = _run(numbers), _run(numbers[::-1])
    while high and not _is_apart(values, len(numbers) - high, len(numbers)):
        high -= 1
    end = len(numbers) - high
    while low and not _is_apart(values, 0, low):
        low -= 1
    if not (low or high) or end - low < 2:
        return None
    places = np.r_[0:low, end : len(numbers)]
    reason = (
        f"A common code for a missing value; all others lie {values.between(numbers[low:end])}."
    )
    return values.suggest(places, reason)


def _run(numbers: NDArray[np.float64]) -> int:
    """How many numbers at the beginning are typical codes."""
    typical = [TYPICAL.fullmatch(as_text(number)) for number in numbers[:MOST_TYPICAL]]
    return next((place for place, fits in enumerate(typical) if not fits), len(typical))


def _is_apart(values: _Values, start: int, end: int) -> bool:
    """Whether the numbers at one end of the column, from place to place, lie apart."""
    numbers, rows = values.numbers, values.rows
    others = np.delete(numbers, np.s_[start:end])
    if len(others) < 2:
        return False
    inner, outer = (end - 1, end) if start == 0 else (start, start - 1)
    gap = abs(numbers[inner] - numbers[outer])
    if numbers[inner] < 0 <= others[0]:  # a negative code of what cannot be negative
        return bool(numbers[inner] != -1 or len(others) >= MEASURED)
    if gap <= ISOLATED * np.diff(others).max():
        return False
    repeated = rows[start:end].sum() > 1 and rows[inner] >= rows[outer]
    return bool(repeated or gap >= others[-1] - others[0])


def _far(values: _Values) -> MissingCodes | None:
    """One value in several rows, many times further out than all others reach."""
    numbers, rows = values.numbers, values.rows
    if len(numbers) <= MEASURED:
        return None
    for place, others in ((-1, numbers[:-1]), (0, numbers[1:])):
        gap = np.abs(numbers[place] - others).min()
        if rows[place] > 2 and gap > FAR * (others[-1] - others[0]):
            reason = f"Far away: all others lie {values.between(others)}."
            return values.suggest(np.array([place]), reason)
    return None


def _zero(values: _Values) -> MissingCodes | None:
    """Zero in a quantity whose other values stay away from it."""
    numbers, rows = values.numbers, values.rows
    if len(numbers) <= MEASURED or numbers[0] != 0 or rows[0] >= rows[1:].sum():
        return None
    others = numbers[1:]
    step = np.median(np.diff(others[: len(others) // 2 + 1]))
    median = others[np.searchsorted(rows[1:].cumsum(), rows[1:].sum() / 2)]
    near = rows[1:][others < NEAR_ZERO * median].sum()
    if others[0] < STEPS * step or rows[0] < SPIKE * near:
        return None
    return values.suggest(
        np.array([0]), f"Far from all others, which lie {values.between(others)}."
    )
