"""What may be declared of a table's values, in one sentence each."""

from laat_core.data.levels import Spellings, suggest_merges
from laat_core.data.missing_codes import MissingCodes, suggest_missing_codes
from laat_core.data.task import Task
from laat_core.data.text import listed

__all__ = ["suggested"]

FEW = 5  # values in one sentence
LONGEST = 40


def suggested(task: Task) -> list[str]:
    """Name values that may count as missing, and spellings of one level; nothing is changed.

    Examples
    --------
    >>> import pandas as pd
    >>> from laat_core import make_task
    >>> table = pd.DataFrame({"age": [31, 46, 52, 999] * 5, "ill": [0, 1] * 10})
    >>> suggested(make_task(table, "ill", 1))
    ["Looks like missing: 999 in 'age' (5 rows). Declare it to treat it as missing."]
    """
    codes, merges = suggest_missing_codes(task), suggest_merges(task)
    return [
        *(_of_codes(one) for some in codes.values() for one in some),
        *(_of_spellings(one) for some in merges.values() for one in some),
    ]


def _of_codes(one: MissingCodes) -> str:
    it = "it" if len(one.codes) == 1 else "them"
    return (
        f"Looks like missing: {_listed(one.codes)} in {one.column!r} ({_rows(one.n_rows)}). "
        f"Declare {it} to treat {it} as missing."
    )


def _of_spellings(one: Spellings) -> str:
    return (
        f"Looks like one level: {_listed(one.levels)} in {one.column!r}. Merge "
        f"{_listed(one.others)} ({_rows(one.n_rows)}) into {one.into[:LONGEST]}."
    )


def _listed(levels: tuple[str, ...]) -> str:
    return listed([level[:LONGEST] for level in levels], FEW)


def _rows(n_rows: int) -> str:
    return f"{n_rows:,} row{'s' * (n_rows != 1)}"
