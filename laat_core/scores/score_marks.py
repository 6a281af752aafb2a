"""Marks of single features as a score file holds them: not used, unsure, locked."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple, Self

from laat_core.data.text import canonical
from laat_core.scores.importance import shown

__all__ = ["MARKS", "ScoreMarks", "as_mark"]

MARKS = ("not_used", "unsure", "locked")
WORDS = {
    **dict.fromkeys(("yes", "y", "true", "1", "x"), True),
    **dict.fromkeys(("no", "n", "false", "0"), False),
}


class ScoreMarks(NamedTuple):
    """What is said of single features, by name; nothing is said of those left out.

    Attributes
    ----------
    not_used : mapping of str to bool
        Whether the LAAT model is kept from deciding by a feature.
    unsure : mapping of str to bool
        Whether a score is held loosely.
    locked : mapping of str to bool
        Whether a score is kept from being changed.
    """

    not_used: Mapping[str, bool] = {}
    unsure: Mapping[str, bool] = {}
    locked: Mapping[str, bool] = {}

    @classmethod
    def of(
        cls,
        features: Iterable[str],
        *,
        not_used: Collection[str] = (),
        unsure: Collection[str] = (),
        locked: Collection[str] = (),
    ) -> Self:
        """Say of every feature whether it is among those that are marked."""
        names = list(features)
        kinds = (not_used, unsure, locked)
        return cls(*({name: name in marked for name in names} for marked in kinds))

    def names(self, mark: str, *, marked: bool = True) -> list[str]:
        """Features that are said to be marked, or said not to be."""
        return [name for name, value in getattr(self, mark).items() if value is marked]


def as_mark(entry: Mapping[Any, Any], mark: str) -> bool | None:
    """Whether an entry marks its feature; None where it does not say.

    Raises
    ------
    ValueError
        If what it says is neither yes nor no.

    Examples
    --------
    >>> as_mark({"locked": "Yes"}, "locked"), as_mark({"locked": ""}, "locked")
    (True, None)
    """
    value = entry.get(mark)
    if value is None or isinstance(value, bool):
        return value
    word = canonical(str(value)).casefold()
    if not word:
        return None
    if word not in WORDS:
        name = mark.replace("_", " ")
        raise ValueError(f"the mark {name!r} is {shown(value)}; write yes or no")
    return WORDS[word]
