"""Which feature of a table a name in a file means."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from laat_core.data.text import canonical
from laat_core.scores.importance import quoted

__all__ = ["Found", "Names"]

EQUALS = re.compile(r" ?= ?")


class Found(NamedTuple):
    """What a name was found to mean.

    Attributes
    ----------
    feature : str
        Name of the feature; empty where there is none, or more than one.
    exact : bool
        Whether the name is the feature's own, or its label, letter by letter.
    fault : str
        Why no feature was found; empty where one was.
    """

    feature: str
    exact: bool = True
    fault: str = ""


class Names:
    """Names by which the features of a table are found.

    A name counts as it stands, then in its canonical form, then as a label, and then whatever the
    case of its letters and its blanks; what fits several features at the first step that fits any
    is ambiguous.

    Parameters
    ----------
    features : sequence of str
    labels : mapping of str to str
        What features are called on screen, by name.

    Examples
    --------
    >>> names = Names(["age", "pain = none"], {"age": "Age", "pain = none": "Chest pain = none"})
    >>> names.find("chest pain=none").feature
    'pain = none'
    >>> names.find("weight").fault
    "'weight' is no feature of this table"
    """

    def __init__(self, features: Sequence[str], labels: Mapping[str, str]) -> None:
        named = [(name, name) for name in features]
        called = [(labels[name], name) for name in features if name in labels]
        self._steps: list[tuple[bool, Callable[[str], str], dict[str, list[str]]]] = [
            (True, str, _by(str, named)),
            (True, str.strip, _by(str, named)),
            (True, canonical, _by(canonical, named)),
            (True, canonical, _by(canonical, called)),
            (False, _loose, _by(_loose, [*named, *called])),
        ]

    def find(self, name: str) -> Found:
        """Return the feature that a name means."""
        if not name.strip() and name not in self._steps[0][2]:
            return Found("", fault="no feature is named")
        for exact, form, features in self._steps:
            found = features.get(form(name), [])
            if len(found) == 1:
                return Found(found[0], exact)
            if found:
                return Found("", fault=f"{name[:80]!r} may mean {quoted(found)}; name one exactly")
        return Found("", fault=f"{name[:80].strip()!r} is no feature of this table")


def _by(form: Callable[[str], str], named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Features by the form of their names."""
    features: dict[str, list[str]] = {}
    for name, feature in named:
        same = features.setdefault(form(name), [])
        if feature not in same:
            same.append(feature)
    return features


def _loose(name: str) -> str:
    """Return a name without regard to case, runs of blanks, and blanks around an equals sign."""
    return EQUALS.sub(" = ", " ".join(canonical(name).casefold().split()))
