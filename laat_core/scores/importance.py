"""Importance scores of features, by name, with where they come from."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from laat_core.data.encoding import Feature
from laat_core.data.text import listed
from laat_core.errors import ScoreError

__all__ = ["MAX_SCORE", "ImportanceScores", "quoted"]

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
    """

    features: tuple[str, ...]
    values: NDArray[np.float64]
    sources: tuple[str, ...]
    reasons: tuple[tuple[str, ...], ...]
    estimates: NDArray[np.float64] = field(repr=False)

    def __post_init__(self) -> None:
        for name in ("values", "estimates"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        doubled = [name for name, times in Counter(self.features).items() if times > 1]
        if doubled:
            raise ScoreError(f"Scored more than once: {quoted(doubled)}. Keep one each.")
        n_features = len(self.features)
        if self.values.ndim != 2 or self.values.shape[1] != n_features:
            raise ScoreError(f"Scores of shape {self.values.shape} for {n_features} features.")
        if self.estimates.shape[1:] != self.values.shape:
            raise ScoreError(f"Estimates of shape {self.estimates.shape} for {self.values.shape}.")
        if not len(self.sources) == len(self.reasons) == n_features:
            raise ScoreError(
                f"{len(self.sources)} sources and {len(self.reasons)} lists of reasons for "
                f"{n_features} features. Give one of each per feature."
            )
        self._check_range()

    def _check_range(self) -> None:
        replies = np.nan_to_num(self.estimates, posinf=np.inf, neginf=-np.inf)
        for reply in (self.values, *replies):
            wrong = ~(np.abs(reply) <= MAX_SCORE)  # also true of not-a-number
            if wrong.any():
                output, position = np.argwhere(wrong)[0]
                raise ScoreError(
                    f"The score of {self.features[position]!r} is {reply[output, position]:g}; "
                    "it must be a number from -10 to 10."
                )

    @classmethod
    def zeros(cls, features: Sequence[str], source: str = "") -> Self:
        """Scores that say nothing: no target, the attribution term is off."""
        return cls.from_mapping(dict.fromkeys(features, 0.0), source)

    @classmethod
    def from_mapping(cls, scores: Mapping[str, float], source: str = "") -> Self:
        """Scores of a binary task from a mapping of feature name to score."""
        values = _numbers([list(scores.values())]).reshape(1, len(scores))
        return cls(
            features=tuple(scores),
            values=values,
            sources=(source,) * len(scores),
            reasons=((),) * len(scores),
            estimates=np.empty((0, *values.shape)),
        )

    @classmethod
    def from_estimates(
        cls, estimates: Sequence[Mapping[str, tuple[float, str]]], source: str
    ) -> Self:
        """Average several replies that score the same features.

        Parameters
        ----------
        estimates : sequence of mapping of feature name to (score, reason)
        source : str

        Raises
        ------
        ScoreError
            If there is no estimate, or they do not score the same features.
        """
        if not estimates:
            raise ScoreError("No estimate to average. Give at least one.")
        features = tuple(estimates[0])
        for number, estimate in enumerate(estimates[1:], start=2):
            if odd := set(features).symmetric_difference(estimate):
                raise ScoreError(
                    f"Estimate {number} does not score the same features as the first: "
                    f"{quoted(sorted(odd))}. Score every feature in each."
                )
        values = _numbers([[[e[f][0] for f in features]] for e in estimates])
        reasons = tuple(tuple(e[f][1] for e in estimates) for f in features)
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
            values[0, position] = _numbers(score)
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


def _numbers(scores: object) -> NDArray[np.float64]:
    try:
        return np.array(scores, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ScoreError(f"A score is no number ({error}). Give numbers from -10 to 10.") from error


def quoted(names: Iterable[str]) -> str:
    """Names for a message, each in quotation marks: the first few, and how many more."""
    return listed(map(repr, names), most=10)
