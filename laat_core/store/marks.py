"""What somebody has said of single features beside their scores."""

from collections.abc import Iterable
from typing import NamedTuple, Self

__all__ = ["Marks"]


class Marks(NamedTuple):
    """Features that are locked, and features of whose scores somebody is unsure; none is both.

    Attributes
    ----------
    locked : frozenset of str
        Kept from being changed, and sure.
    doubted : frozenset of str
        Held loosely.
    """

    locked: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()

    def lock(self, features: Iterable[str], *, locked: bool) -> Self:
        """Return the marks with features locked, which takes doubts off, or unlocked."""
        named = frozenset(features)
        if locked:
            return self._replace(locked=self.locked | named, doubted=self.doubted - named)
        return self._replace(locked=self.locked - named)

    def doubt(self, features: Iterable[str], *, doubted: bool) -> Self:
        """Return the marks with doubts of features put on, or taken off."""
        named = frozenset(features)
        return self._replace(doubted=self.doubted | named if doubted else self.doubted - named)
