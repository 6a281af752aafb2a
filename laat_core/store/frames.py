"""Scores after one event, kept small: where they came from, and what has been set since."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from laat_core.scores.importance import ImportanceScores

__all__ = ["Frame", "Set"]

CHECKPOINT = 50  # edits between two copies of all that has been set


class Set(NamedTuple):
    """A score that somebody has set, and the number of the event that did."""

    value: float
    number: int


class Edits:
    """What has been set so far: a mapping that shares all but the last change with the one before.

    Ten thousand moves in a table of a thousand features would not fit into memory otherwise.
    """

    def __init__(self, own: Mapping[str, Set | None], before: "Edits | None" = None) -> None:
        self._own, self._before = own, before
        self._depth: int = before._depth + 1 if before else 0
        if self._depth == CHECKPOINT:
            self._own, self._before, self._depth = self.as_dict(), None, 0

    def as_dict(self) -> dict[str, Set]:
        """Everything that is set."""
        found: dict[str, Set | None] = {}
        for edits in reversed(list(self._lineage())):
            found.update(edits._own)
        return {feature: entry for feature, entry in found.items() if entry is not None}

    def get(self, feature: str) -> Set | None:
        """What a feature is set to, None where it is not."""
        for edits in self._lineage():
            if feature in edits._own:
                return edits._own[feature]
        return None

    def _lineage(self) -> "Iterator[Edits]":
        edits: Edits | None = self
        while edits is not None:
            yield edits
            edits = edits._before


NOTHING_SET = Edits({})


@dataclass(frozen=True, eq=False)
class Frame:
    """Scores, where a reset goes back to, and whose they were.

    Attributes
    ----------
    original : ImportanceScores
        Of every feature that is known.
    origin : str
        Name of the proposal on the sliders, empty where they started at 0.
    edits : Edits
        Scores that were set since.
    """

    original: ImportanceScores
    origin: str = ""
    edits: Edits = NOTHING_SET

    def value(self, feature: str) -> float:
        """Score of one feature."""
        entry = self.edits.get(feature)
        return entry.value if entry else self.original.score(feature)

    def with_edits(self, edits: Mapping[str, Set | None]) -> "Frame":
        """Return the frame with some scores set, or (None) set back."""
        return replace(self, edits=Edits(edits, self.edits))

    def with_features(self, features: tuple[str, ...]) -> "Frame":
        """Return the frame with these features too, at 0 where they are new."""
        known = set(self.original.features)
        new = [name for name in features if name not in known]
        if not new:
            return self
        return replace(self, original=self.original.reindexed([*self.original.features, *new]))

    def with_proposal(
        self,
        name: str,
        proposal: ImportanceScores,
        number: int,
        *,
        keep: bool,
        locked: Collection[str],
    ) -> "Frame":
        """Return the frame with a proposal in place of the original, by an event of that number.

        What it says nothing about stays, and so do locked features and, where ``keep`` says so,
        scores that differ from where they came from.
        """
        replaced = set(proposal.features)
        kept = {
            feature: entry
            for feature, entry in self.edits.as_dict().items()
            if feature not in replaced
            or feature in locked
            or (keep and entry.value != self.original.score(feature))
        }
        for feature in replaced.intersection(locked, self.original.features).difference(kept):
            kept[feature] = Set(self.original.score(feature), number)
        return Frame(proposal.joined(self.original), name, Edits(kept))

    def flipped(self) -> "Frame":
        """Return the frame for the other class: every sign turned."""
        turned = {
            feature: Set(0.0 - entry.value, entry.number)
            for feature, entry in self.edits.as_dict().items()
        }
        return Frame(self.original.flipped(), self.origin, Edits(turned))

    def scores(self, given: Callable[[int], tuple[str, str]]) -> ImportanceScores:
        """Return the scores; ``given`` tells of an event who set its scores, and why."""
        edits = self.edits.as_dict()
        values, sources = self.original.values.copy(), list(self.original.sources)
        reasons = list(self.original.reasons)
        for position, feature in enumerate(self.original.features):
            if entry := edits.get(feature):
                source, reason = given(entry.number)
                values[0, position] = entry.value
                sources[position] = source
                reasons[position] = (reason,) if reason else ()
        return replace(self.original, values=values, sources=tuple(sources), reasons=tuple(reasons))
