"""What somebody has said of single features beside their scores."""

from collections.abc import Iterable
from typing import NamedTuple, Self

__all__ = ["Marks"]


class Marks(NamedTuple):
    """Features that are locked, and others whose scores are held loosely or not used at all.

    None is doubted that is locked or not used.

    Attributes
    ----------
    locked : frozenset of str
        Kept from being changed, and sure.
    doubted : frozenset of str
        Held loosely: somebody is unsure of their scores.
    unused : frozenset of str
        Those by which the LAAT model is not to decide, locked or not.
    """

    locked: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()
    unused: frozenset[str] = frozenset()

    def lock(self, features: Iterable[str], *, locked: bool) -> Self:
        """Return the marks with features locked, which takes doubts off, or unlocked."""
        named = frozenset(features)
        if locked:
            return self._replace(locked=self.locked | named, doubted=self.doubted - named)
        return self._replace(locked=self.locked - named)

    def doubt(self, features: Iterable[str], *, doubted: bool) -> Self:
        """Return the marks with doubts of features put on, or taken off."""
        named = frozenset(features)
        doubts = self.doubted | named if doubted else self.doubted - named
        return self._replace(doubted=doubts - self.locked - self.unused)

    def unuse(self, features: Iterable[str], *, unused: bool) -> Self:
        """Return the marks with features not to be used, which takes doubts off, or used again."""
        named = frozenset(features)
        if unused:
            return self._replace(unused=self.unused | named, doubted=self.doubted - named)
        return self._replace(unused=self.unused - named)
