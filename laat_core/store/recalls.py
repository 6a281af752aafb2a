"""What came of asking a model to complete rows, in plain form and back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from laat_core.data.plain import is_whole, plain_number
from laat_core.data.text import encodable
from laat_core.errors import StoreError
from laat_core.scores.llm.recall import VERDICTS, Recall

__all__ = ["recall_document", "recall_from_document"]

MOST_ROWS = 10_000


def recall_document(recall: Recall) -> dict[str, Any]:
    """All of it, as plain JSON."""
    content = asdict(recall)
    texts = {key: encodable(part) for key, part in content.items() if isinstance(part, str)}
    columns = [encodable(name) for name in recall.columns]
    return {**content, **texts, "columns": columns, "rows": list(recall.rows)}


def recall_from_document(document: Mapping[str, Any]) -> Recall:
    """Read what :func:`recall_document` wrote.

    Raises
    ------
    StoreError
        If something is missing, of another kind, or does not fit the rest.
    """
    if document.keys() != KINDS.keys() or not all(
        fits(document[key]) for key, fits in KINDS.items()
    ):
        raise StoreError("A check of a model's memory was kept in a form that is not known.")
    lists = {key: tuple(document[key]) for key in ("columns", "rows")}
    recall = Recall(**{**document, **lists})
    if not recall.hits <= recall.answered <= len(recall.rows):
        raise StoreError(
            f"A check of a model's memory names {recall.hits} hits in {recall.answered} answers "
            f"to {len(recall.rows)} rows."
        )
    return recall


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_share(value: object) -> bool:
    return 0 <= plain_number(value) <= 1


def _is_count(value: object) -> bool:
    return is_whole(value, 0)


def _list_of(fits: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, list) and len(value) <= MOST_ROWS and all(map(fits, value))
    )


KINDS: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(("model", "base_url", "date", "system", "prompt", "answer"), _is_text),
    "problem": _is_text,
    "columns": _list_of(_is_text),
    "rows": _list_of(_is_count),
    **dict.fromkeys(("answered", "hits"), _is_count),
    **dict.fromkeys(("chance", "p_value"), _is_share),
    "verdict": lambda value: value in VERDICTS,
}
