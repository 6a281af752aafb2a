"""Where a sensitive column went: what still tells the groups, and what took its place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from laat_core.data.encoding import TableEncoder
from laat_core.data.task import Task
from laat_core.errors import DesignError
from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.fairness.asked import Asked
from laat_core.evaluate.fairness.table import Value, summarise
from laat_core.evaluate.groups import Groups
from laat_core.evaluate.intervals import auc_interval
from laat_core.evaluate.spread import ONE_ROW, Interval

__all__ = ["Followed", "Shift", "Telling", "attribution_shifts", "follow_groups", "tell_groups"]

ALONE = "No split has rows of this group and of others."


@dataclass(frozen=True)
class Followed:
    """How well a model's output tells one group from the rest.

    Attributes
    ----------
    group : str
    n : float
        Rows per split on average.
    auc : Value
        How often a row of the group has a higher output than a row of another; 0.5 where the
        output says nothing of the group, 0 and 1 where it says everything.
    small : bool
        Whether the group is too small for its AUC to be more than chance.
    """

    group: str
    n: float
    auc: Value
    small: bool

    @property
    def told(self) -> float | None:
        """The AUC, or 1 less it where that is more: 0.5 for nothing to 1 for everything.

        That the group is given low outputs tells it as well as high ones do.
        """
        return None if self.auc.mean is None else max(self.auc.mean, 1 - self.auc.mean)


@dataclass(frozen=True)
class Shift:
    """What two models make of a feature.

    Attributes
    ----------
    feature : str
    before, after : float or None
        Attributions, mean over the splits, -1 to 1; None where the model does not see it.
    gain : Value
        By how much the attribution is larger in size after than before, -1 to 1; what a model
        does not see has a size of 0.
    """

    feature: str
    before: float | None
    after: float | None
    gain: Value


@dataclass(frozen=True)
class Telling:
    """How well a feature by itself tells one group from the rest.

    Attributes
    ----------
    feature, column : str
    group : str
        The one that it tells best.
    auc : float
        How often a row of the group has a higher value than a row of another, ties half.
    """

    feature: str
    column: str
    group: str
    auc: float

    @property
    def told(self) -> float:
        """The AUC, or 1 less it where that is more: 0.5 for nothing to 1 for everything."""
        return max(self.auc, 1 - self.auc)


def follow_groups(groups: Groups, asked: Sequence[Asked]) -> tuple[Followed, ...]:
    """How far a model's output follows each group, whatever its features are.

    Parameters
    ----------
    groups : Groups
    asked : sequence of Asked
        One per split; logits, or any other score that ranks the rows.

    Returns
    -------
    tuple of Followed
        In the order of the groups.
    """
    return tuple(_followed(groups, code, asked) for code in range(len(groups.names)))


def attribution_shifts(
    before: Comparison, after: Comparison, model: Literal["laat", "baseline"] = "laat"
) -> tuple[Shift, ...]:
    """Which features took over the attribution from one comparison to another.

    Parameters
    ----------
    before, after : Comparison
        Such as with a sensitive column, and with its score at zero or without the column; of the
        same splits.
    model : {"laat", "baseline"}

    Returns
    -------
    tuple of Shift
        Every feature that either model sees, the largest gain first.

    Raises
    ------
    DesignError
        If the comparisons have different numbers of splits.
    """
    first, second = (comparison.models[model].attributions for comparison in (before, after))
    if len(first) != len(second):
        raise DesignError(
            f"One comparison has {len(first)} splits, the other {len(second)}. Compare with the "
            "same design."
        )
    seen, then = (
        dict(zip(comparison.features, values.T, strict=True))
        for comparison, values in ((before, first), (after, second))
    )
    unseen = np.zeros(len(first))
    shifts = [
        Shift(
            feature,
            _mean(seen.get(feature)),
            _mean(then.get(feature)),
            summarise(np.abs(then.get(feature, unseen)) - np.abs(seen.get(feature, unseen))),
        )
        for feature in dict.fromkeys((*before.features, *after.features))
    ]
    return tuple(sorted(shifts, key=lambda shift: -(shift.gain.mean or 0.0)))


def tell_groups(task: Task, groups: Groups) -> tuple[Telling, ...]:
    """How well every other feature tells the groups, before any model.

    Parameters
    ----------
    task : Task
    groups : Groups
        Of its labelled rows; small ones are told from nobody.

    Returns
    -------
    tuple of Telling
        Features of other columns than those of the groups, the most telling first.
    """
    encoder = TableEncoder(
        task.columns, missing_as_feature=task.missing_as_feature, handle_unknown="ignore"
    )
    encoder.fit(task.cleaned)
    others = [f.column not in groups.columns for f in encoder.features_]
    features = [f for f, other in zip(encoder.features_, others, strict=True) if other]
    large = np.flatnonzero(~groups.small & (groups.sizes < len(groups.codes)))
    if not features or not len(large):
        return ()
    rows = encoder.transform(task.labelled).to_numpy()[:, others]
    areas = _areas(rows, groups.codes, large)
    best = np.abs(areas - 0.5).argmax(axis=0)
    found = [
        Telling(feature.name, feature.column, groups.names[large[at]], float(areas[at, place]))
        for place, (feature, at) in enumerate(zip(features, best, strict=True))
    ]
    return tuple(sorted(found, key=lambda telling: -telling.told))


def _mean(attributions: NDArray[np.float64] | None) -> float | None:
    return None if attributions is None else float(attributions.mean())


def _areas(
    rows: NDArray[np.float64], codes: NDArray[np.int64], wanted: NDArray[np.int64]
) -> NDArray[np.float64]:
    """AUC of telling each wanted group by each column of the rows, (n_wanted, n_features)."""
    ranks = stats.rankdata(rows, axis=0)
    inside = codes == wanted[:, None]  # (g, n)
    n = inside.sum(axis=1, keepdims=True)
    above = inside @ ranks - n * (n + 1) / 2  # pairs ranked rightly, of Mann and Whitney
    return np.asarray(above / (n * (len(codes) - n)))


def _followed(groups: Groups, code: int, asked: Sequence[Asked]) -> Followed:
    areas, ends = np.full(len(asked), np.nan), []
    for place, part in enumerate(asked):
        inside = (part.codes == code).astype(np.int64)
        if 0 < inside.sum() < len(inside):
            areas[place], interval = auc_interval(inside, part.logits)
            ends += [interval] if interval else []
    value = summarise(areas, ALONE)
    if ends:
        value = replace(value, interval=Interval(*np.mean(ends, axis=0).tolist()))
    elif value.mean is not None:
        value = replace(value, reason=ONE_ROW)
    n_rows = float(np.mean([(part.codes == code).sum() for part in asked]))
    return Followed(groups.names[code], n_rows, value, bool(groups.small[code]))
