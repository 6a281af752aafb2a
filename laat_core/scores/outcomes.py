"""For which class of a table the scores of a file speak."""

import reprlib
from collections.abc import Iterable

from laat_core.data.text import canonical
from laat_core.errors import ScoreError

__all__ = ["Named", "speaks_for_opposite"]

Named = str | tuple[str, ...]  # a class, by its name or by several


def speaks_for_opposite(said: Iterable[str], outcome: Named, opposite: Named) -> bool:
    """Whether scores speak for a table's other class, so that every sign has to be reversed.

    Parameters
    ----------
    said : iterable of str
        The class, however often the file names it.
    outcome, opposite : str or tuple of str
        The positive class and the other one; of several names, the first that fits counts.

    Raises
    ------
    ScoreError
        If the table has no such class, or both are named.

    Examples
    --------
    >>> speaks_for_opposite(["no"], ("ill = yes", "yes"), ("ill = no", "no"))
    True
    """
    positive, negative = _names(outcome), _names(opposite)
    if not any(positive):
        return False
    names = dict.fromkeys(filter(None, map(canonical, said)))
    turned = {name: _is_opposite(name, positive, negative) for name in names}
    if len(set(turned.values())) > 1:
        shown = ", ".join(map(reprlib.repr, turned))
        raise ScoreError(
            f"The scores of the file speak for several classes: {shown}. Save those of one class."
        )
    return any(turned.values())


def _names(named: Named) -> list[str]:
    return [canonical(name) for name in ((named,) if isinstance(named, str) else named)]


def _is_opposite(name: str, positive: list[str], negative: list[str]) -> bool:
    for one, other in zip(positive, negative, strict=False):
        if name in (one, other):
            return name == other
    raise ScoreError(
        f"The scores of the file speak for {reprlib.repr(name)}, those of the table for "
        f"{positive[0]!r} or {negative[0]!r}. Load scores of this table, or name one of the two in "
        "the file as 'outcome'."
    )
