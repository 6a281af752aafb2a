"""Importance scores of features, by name, with where they come from."""

import math
import reprlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from laat_core.data.encoding import Feature
from laat_core.data.plain import plain_number
from laat_core.data.text import listed
from laat_core.errors import ScoreError

__all__ = ["MAX_SCORE", "ImportanceScores", "as_score", "check_score", "quoted", "shown"]

MAX_SCORE = 10.0


@dataclass(frozen=True, eq=False)
class ImportanceScores:
    """Scores from -10 to 10, one per output and feature.

    Never changed in place: an edit returns new scores, and the arrays are read-only.

    Attributes
    ----------
    features : tuple of str
        Names, in the order of ``values``.
    values : ndarray of shape (n_outputs, n_features)
        One row for a binary task.
    sources : tuple of str
        Who gave each score.
    reasons : tuple of tuple of str
        Per feature the reasons given for its score, one per estimate where there are estimates.
    estimates : ndarray of shape (n_estimates, n_outputs, n_features)
        The replies that ``values`` is the mean of, before any edit; not-a-number where a
        feature was not estimated, empty where there are none.

    Raises
    ------
    ScoreError
        If the parts do not fit each other, or a score is not a number from -10 to 10.
    """

    features: tuple[str, ...]
    values: NDArray[np.float64]
    sources: tuple[str, ...]
    reasons: tuple[tuple[str, ...], ...]
    estimates: NDArray[np.float64] = field(repr=False)

    def __post_init__(self) -> None:
        odd = [name for name in self.features if not isinstance(name, str)]
        if odd:
            raise ScoreError(f"A feature is named {shown(odd[0])}; names must be text.")
        doubled = [name for name, times in Counter(self.features).items() if times > 1]
        if doubled:
            raise ScoreError(f"Scored more than once: {quoted(doubled)}. Keep one each.")
        n_features = len(self.features)
        values, estimates = _objects(self.values), _objects(self.estimates)
        if values.ndim != 2 or values.shape[1] != n_features:
            raise ScoreError(f"Scores of shape {values.shape} for {n_features} features.")
        if estimates.shape[1:] != values.shape:
            raise ScoreError(f"Estimates of shape {estimates.shape} for {values.shape}.")
        if not len(self.sources) == len(self.reasons) == n_features:
            raise ScoreError(
                f"{len(self.sources)} sources and {len(self.reasons)} lists of reasons for "
                f"{n_features} features. Give one of each per feature."
            )
        object.__setattr__(self, "values", self._checked(values))
        object.__setattr__(self, "estimates", self._checked(estimates, gaps=True))

    def _checked(self, scores: NDArray[Any], *, gaps: bool = False) -> NDArray[np.float64]:
        """Return a read-only copy as floats, (..., n_features); gaps may be not-a-number."""
        if scores.dtype == np.float64:  # at every move of a slider, and nearly always right
            fits = np.abs(scores) <= MAX_SCORE
            if np.all(fits | np.isnan(scores) if gaps else fits):
                array = scores.copy()
                array.flags.writeable = False
                return array
        named = zip(cycle(self.features), scores.flat, strict=False)
        floats = [
            math.nan if gaps and _is_gap(score) else check_score(feature, score)
            for feature, score in named
        ]
        array = np.array(floats, dtype=np.float64).reshape(scores.shape)
        array.flags.writeable = False
        return array

    @classmethod
    def zeros(cls, features: Sequence[str], source: str = "") -> Self:
        """Scores that say nothing: no target, the attribution term is off."""
        return cls.from_mapping(dict.fromkeys(features, 0.0), source)

    @classmethod
    def from_mapping(cls, scores: Mapping[str, float], source: str = "") -> Self:
        """Scores of a binary task from a mapping of feature name to score."""
        values = [check_score(feature, score) for feature, score in scores.items()]
        return cls(
            features=tuple(scores),
            values=np.array([values], dtype=np.float64),
            sources=(source,) * len(scores),
            reasons=((),) * len(scores),
            estimates=np.empty((0, 1, len(scores))),
        )

    @classmethod
    def from_estimates(
        cls,
        estimates: Sequence[Mapping[str, tuple[float | tuple[float, ...], str]]],
        source: str,
    ) -> Self:
        """Average several replies that score the same features.

        Parameters
        ----------
        estimates : sequence of mapping of feature name to (score, reason)
            Instead of a score, a tuple of as many as there are outputs.
        source : str

        Raises
        ------
        ScoreError
            If there is no estimate, one is no pair of a score and a reason, or they do not score
            the same features.
        """
        if not estimates:
            raise ScoreError("No estimate to average. Give at least one.")
        features = tuple(estimates[0])
        for number, estimate in enumerate(estimates[1:], start=2):
            if odd := set(features).symmetric_difference(estimate):
                raise ScoreError(
                    f"Estimate {number} does not score the same features as the first: "
                    f"{quoted(sorted(odd, key=str))}. Score every feature in each."
                )
        pairs = [
            [_pair(feature, estimate[feature]) for feature in features] for estimate in estimates
        ]
        n_outputs = {len(scores) for reply in pairs for scores, _ in reply} or {1}
        if len(n_outputs) > 1:
            raise ScoreError("Some features have more scores than others. Give one per output.")
        by_feature = np.array([[scores for scores, _ in reply] for reply in pairs], dtype=float)
        values = by_feature.reshape(len(pairs), len(features), n_outputs.pop()).transpose(0, 2, 1)
        reasons = tuple(tuple(reason for _, reason in given) for given in zip(*pairs, strict=True))
        return cls(features, values.mean(axis=0), (source,) * len(features), reasons, values)

    def score(self, feature: str) -> float:
        """Score of one feature, first output."""
        return float(self.values[0, self._position(feature)])

    def as_dict(self) -> dict[str, float]:
        """Score by feature name, first output."""
        return dict(zip(self.features, map(float, self.values[0]), strict=True))

    def spread(self, feature: str) -> tuple[float, float] | None:
        """Lowest and highest estimate of one feature, None where it was not estimated."""
        column = self.estimates[:, 0, self._position(feature)]
        known = column[np.isfinite(column)]
        return (float(known.min()), float(known.max())) if len(known) else None

    def edit(
        self, scores: Mapping[str, float], *, source: str = "expert", reason: str = ""
    ) -> Self:
        """Return scores with some features scored anew; the estimates behind them stay.

        Raises
        ------
        ScoreError
            If a feature is unknown or a score is not a number from -10 to 10.
        """
        values, sources, reasons = self.values.copy(), list(self.sources), list(self.reasons)
        for feature, score in scores.items():
            position = self._position(feature)
            values[0, position] = check_score(feature, score)
            sources[position] = source
            reasons[position] = (reason,) if reason else ()
        return replace(self, values=values, sources=tuple(sources), reasons=tuple(reasons))

    def flipped(self) -> Self:
        """Return the scores for the other class of a binary task: every sign turned."""
        # 0.0 - x, not -x: a score of zero stays plain zero.
        return replace(self, values=0.0 - self.values, estimates=0.0 - self.estimates)

    def reindexed(self, features: Sequence[str]) -> Self:
        """Return scores for exactly these features: those known are kept, new ones are 0."""
        known = {name: position for position, name in enumerate(self.features)}
        take = np.array([known.get(name, -1) for name in features], dtype=np.intp)
        old = take >= 0
        values = np.zeros((len(self.values), len(take)))
        values[:, old] = self.values[:, take[old]]
        estimates = np.full((len(self.estimates), *values.shape), np.nan)
        estimates[:, :, old] = self.estimates[:, :, take[old]]
        return type(self)(
            features=tuple(features),
            values=values,
            sources=tuple("" if p < 0 else self.sources[p] for p in take),
            reasons=tuple(() if p < 0 else self.reasons[p] for p in take),
            estimates=estimates,
        )

    def known(self, features: Iterable[str]) -> Self:
        """Return the scores of those of some features that are scored here."""
        scored = set(self.features)
        return self.reindexed([name for name in features if name in scored])

    def joined(self, others: Self) -> Self:
        """Return these scores, and those of others for features that have none here."""
        scored = set(self.features)
        rest = others.known(name for name in others.features if name not in scored)
        parts = (self, rest)
        n_estimates = max(len(part.estimates) for part in parts)
        estimates = [
            np.pad(
                part.estimates,
                ((0, n_estimates - len(part.estimates)), (0, 0), (0, 0)),
                constant_values=math.nan,
            )
            for part in parts
        ]
        return type(self)(
            features=self.features + rest.features,
            values=np.concatenate([part.values for part in parts], axis=1),
            sources=self.sources + rest.sources,
            reasons=self.reasons + rest.reasons,
            estimates=np.concatenate(estimates, axis=2),
        )

    def for_features(self, features: Iterable[Feature]) -> NDArray[np.float64]:
        """Scores in the order of a model's features, matched by name.

        Where a column of two levels has a flag for each and only one is scored, the other takes
        that score with the sign turned.

        Returns
        -------
        ndarray of shape (n_outputs, n_features)

        Raises
        ------
        ScoreError
            If a feature has no score, or a score no feature.
        """
        features = list(features)
        known = {name: position for position, name in enumerate(self.features)}
        columns, missing = [], []
        for feature in features:
            if feature.name in known:
                columns.append(self.values[:, known[feature.name]])
            elif feature.mirror_of in known:
                columns.append(0.0 - self.values[:, known[feature.mirror_of]])
            else:
                missing.append(feature.name)
        if missing:
            raise ScoreError(
                f"No score for {quoted(missing)}: {len(columns)} of {len(features)} features "
                "scored. Score every feature; 0 says that it has no bearing."
            )
        unknown = set(self.features).difference(feature.name for feature in features)
        if unknown:
            raise ScoreError(
                f"Scored, but no feature of the table: {quoted(sorted(unknown))}. "
                "Feature names are the column, or 'column = value'."
            )
        return np.stack(columns, axis=1)

    def _position(self, feature: str) -> int:
        try:
            return self.features.index(feature)
        except ValueError:
            raise ScoreError(
                f"No feature {feature!r}. There are: {quoted(self.features)}."
            ) from None


def as_score(value: object) -> float | None:
    """Return a score as a float, None for what is none: the one rule, of files too."""
    number = plain_number(value)
    return float(number) if abs(number) <= MAX_SCORE else None


def shown(value: object) -> str:
    """Show a value in a message: cut short, and without NumPy's type."""
    return reprlib.repr(value.item() if isinstance(value, np.generic) else value)


def check_score(feature: str, value: object) -> float:
    """Return the score of a feature as a float; a ScoreError where it is none."""
    score = as_score(value)
    if score is None:
        raise ScoreError(
            f"The score of {feature!r} is {shown(value)}; it must be a number from -10 to 10."
        )
    return score


def _pair(feature: str, estimate: object) -> tuple[list[float], str]:
    match estimate:
        case tuple(scores), str(reason):
            return [check_score(feature, score) for score in scores], reason
        case score, str(reason):
            return [check_score(feature, score)], reason
    raise ScoreError(
        f"The estimate of {feature!r} is {shown(estimate)}; give a score and a reason as text."
    )


def _objects(scores: Any) -> NDArray[Any]:
    """Scores as an array in which NumPy has made no numbers of booleans, text or dates."""
    return scores if isinstance(scores, np.ndarray) else np.array(scores, dtype=object)


def _is_gap(value: object) -> bool:
    return isinstance(value, float | np.floating) and math.isnan(value)


def quoted(names: Iterable[str]) -> str:
    """Names for a message, each in quotation marks: the first few, and how many more."""
    return listed(map(repr, names), most=10)
