"""A look at the rows held out: what LAAT model, baseline and scores alone make of them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from laat_core.data.plain import is_whole, plain_number
from laat_core.errors import DataError, DesignError
from laat_core.evaluate.comparison import Comparison, ModelResult
from laat_core.evaluate.experiment import Experiment
from laat_core.evaluate.intervals import Interval, bootstrap, delong
from laat_core.model.ranking import Ranking

__all__ = ["LEVEL", "Look", "corrected_level", "look"]

LEVEL = 0.95


@dataclass(frozen=True)
class Look:
    """What two models, trained on the same rows, and the scores alone make of the rows held out.

    Attributes
    ----------
    number : int
        How many looks there have been at these rows, this one included.
    n_negative, n_positive : int
        Rows held out of either class.
    laat, baseline, scores_alone : float
        Area under the ROC curve, 0 to 1.
    difference : float
        That of the LAAT model less that of the baseline.
    delong, bootstrap : Interval or None
        95 % interval of the difference, by either method; None where there is none.
    corrected : Interval or None
        Interval of the difference at :func:`corrected_level` of this look.
    p_value : float or None
        Of a difference of 0, by DeLong's test.
    corrected_by : {"bootstrap", "DeLong"}
        What the corrected interval comes of. Looks were kept with DeLong's before this was said;
        the bootstrap's holds better with few rows (docs/coverage.md).
    n_train : int or None
        Rows that either model was trained on; None of a look kept before this was.
    """

    number: int
    n_negative: int
    n_positive: int
    laat: float
    baseline: float
    scores_alone: float
    difference: float
    delong: Interval | None
    bootstrap: Interval | None
    corrected: Interval | None
    p_value: float | None
    corrected_by: str = "DeLong"
    n_train: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        parts = asdict(self)
        return {name: list(v) if isinstance(v, tuple) else v for name, v in parts.items()}

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Read what :meth:`to_dict` wrote; anybody may have written something else.

        Raises
        ------
        DataError
            If something is missing, of another kind, or out of range.
        """
        names = {field.name for field in fields(cls)}
        document = {**NEWER, **document} if isinstance(document, Mapping) else {}
        if document.keys() != names:
            raise DataError("A look was kept in a form that this program does not know.")
        found = {name: _interval(document[name]) for name in INTERVALS}
        parts = {name: document[name] for name in names} | found
        fits = (
            all(is_whole(parts[name], 1) for name in COUNTS)
            and all(0 <= plain_number(parts[name]) <= 1 for name in AREAS)
            and -1 <= plain_number(parts["difference"]) <= 1
            and (parts["p_value"] is None or 0 <= plain_number(parts["p_value"]) <= 1)
            and parts["corrected_by"] in METHODS
            and (parts["n_train"] is None or is_whole(parts["n_train"], 1))
        )
        if not fits:
            raise DataError("A look was kept with numbers that no look can have found.")
        return cls(**parts)


COUNTS = ("number", "n_negative", "n_positive")
AREAS = ("laat", "baseline", "scores_alone")
INTERVALS = ("delong", "bootstrap", "corrected")
METHODS = ("bootstrap", "DeLong")
NEWER = {"corrected_by": "DeLong", "n_train": None}  # of looks that were kept without these


def look(experiment: Experiment, comparison: Comparison, number: int = 1) -> Look:
    """Ask the models of the first split about the rows held out.

    Parameters
    ----------
    experiment : Experiment
        With a hold-out.
    comparison : Comparison
        Of this experiment, its models included.
    number : int
        How many looks there have been, this one included: the more, the wider the corrected
        interval.

    Returns
    -------
    Look

    Raises
    ------
    DesignError
        If no rows are held out.
    DataError
        If the comparison is of another experiment.
    """
    if experiment.hold_out is None:
        raise DesignError("No rows are held out. Hold some out first.")
    names = tuple(feature.name for feature in experiment.encoder.features_)
    if comparison.hold_out != experiment.hold_out or comparison.features != names:
        raise DataError("The comparison is not of these data. Compare anew, then look.")
    rows = experiment.hold_out.rows(experiment.whole.labels, experiment.whole.groups)
    labels = experiment.whole.labels[rows]
    encoded = experiment.encoder.transform(experiment.whole.labelled.iloc[rows]).to_numpy()
    laat, baseline, alone = (
        _logits(experiment, encoded, model) for model in comparison.models.values()
    )
    found, resampled, corrected = (
        delong(labels, laat, baseline, LEVEL),
        bootstrap(labels, laat, baseline, level=LEVEL),
        bootstrap(labels, laat, baseline, level=corrected_level(number)),
    )
    return Look(
        number=number,
        n_negative=found.n_negative,
        n_positive=found.n_positive,
        laat=found.first,
        baseline=found.second,
        scores_alone=Ranking(labels, alone).auc,
        difference=found.difference,
        delong=found.interval,
        bootstrap=resampled.interval,
        corrected=corrected.interval,
        p_value=found.p_value,
        corrected_by=corrected.method,
        n_train=sum(comparison.n_train),
    )


def corrected_level(number: int) -> float:
    """Level of the interval of one look, such that those of settled models hold together at 95 %.

    The k-th look may miss with probability ``0.05 / (k (k + 1))``. Over any number of looks that
    adds up to less than 0.05 (Bonferroni): of models that were all settled before the first look,
    the best may be picked, and looks may go on, without the earlier intervals losing what they
    claim. It says nothing of a model that was changed after a look. That one may have been fitted
    to these rows, and its interval misses more often, by an amount that depends on how somebody
    edits and that nobody can compute.
    """
    return 1 - (1 - LEVEL) / (number * (number + 1))


def _logits(
    experiment: Experiment, encoded: NDArray[np.float64], model: ModelResult
) -> NDArray[np.float32]:
    """Logits of the first split's model, rounded as for its test rows, (n_rows,)."""
    if model.models is None:
        raise DataError("The comparison has no models any more. Compare anew, then look.")
    first = model.models.select(slice(1)).double()
    logits: NDArray[np.float32] = (
        first.logits(experiment.scale(encoded, n_splits=1))[0].float().numpy()
    )
    return logits


def _interval(ends: object) -> Interval | None:
    """Read the ends of an interval; None where there is none."""
    if ends is None:
        return None
    if isinstance(ends, list | tuple) and len(ends) == 2:
        low, high = map(plain_number, ends)
        if -1 <= low <= high <= 1:
            return Interval(float(low), float(high))
    raise DataError("A look was kept with an interval that is none.")
