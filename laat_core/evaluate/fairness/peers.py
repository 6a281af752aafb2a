"""Performance against disparity: the models of an experiment beside Fairlearn's fair ones."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from fairlearn.postprocessing import ThresholdOptimizer
from fairlearn.reductions import DemographicParity, EqualizedOdds, ExponentiatedGradient
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from laat_core.evaluate.experiment import Experiment
from laat_core.evaluate.fairness.asked import Asked, check_rows
from laat_core.evaluate.fairness.rates import class_rates, count_rows, disparities, rates
from laat_core.evaluate.fairness.table import Value, summarise, why_no_gap
from laat_core.evaluate.groups import Groups
from laat_core.evaluate.split_rows import SplitValues
from laat_core.model.ranking import Ranking

__all__ = [
    "DISPARITIES",
    "PEERS",
    "Fittable",
    "Standing",
    "fair_peers",
    "fittable",
    "model_standing",
]

DISPARITIES = ("demographic_parity_difference", "equalized_odds_difference")
PEERS = (
    "Logistic regression",
    "Reduction to demographic parity",
    "Reduction to equalized odds",
    "Thresholds for demographic parity",
    "Thresholds for equalized odds",
)
NO_SCORES = "It decides, and gives no score that ranks the rows."
ONE_CLASS = "The rows of groups that are not small are of one class."
NOT_FITTED = (
    "In no split do at least two groups of enough rows have training rows, each of both classes, "
    "as these methods need them. Take more training rows, or larger groups."
)

Decided = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]  # codes, labels, selected


@dataclass(frozen=True)
class Standing:
    """Where a model stands between performance and disparity, on rows of groups not small.

    Attributes
    ----------
    name : str
    figures : mapping of str to Value
        ``accuracy``, ``balanced_accuracy``, ``auc``, and the names of :data:`DISPARITIES`, each
        from 0 to 1, over the splits that have it.
    """

    name: str
    figures: Mapping[str, Value]


@dataclass(frozen=True)
class Fittable:
    """Whether fair models can be fitted at all, which the training rows tell beforehand.

    Attributes
    ----------
    n_splits : int
        In how many splits they can be.
    n_groups : int
        Groups that are not small; there have to be two.
    one_class : mapping of str to int
        Groups that are not small, with in how many splits their training rows lack a class; only
        those with any.
    """

    n_splits: int
    n_groups: int
    one_class: Mapping[str, int]


def model_standing(name: str, groups: Groups, asked: Sequence[Asked]) -> Standing:
    """Where a model stands that selects at a probability of one half.

    Parameters
    ----------
    name : str
    groups : Groups
    asked : sequence of Asked
        One per split.
    """
    decided = [(part.codes, part.labels, part.selected()) for part in asked]
    return _standing(name, groups, decided, [part.logits for part in asked])


def fittable(experiment: Experiment, groups: Groups) -> Fittable:
    """In how many splits :func:`fair_peers` can fit fair models, and which groups are in the way.

    Parameters
    ----------
    experiment : Experiment
    groups : Groups
        Of the labelled rows of its task.

    Raises
    ------
    DataError
        If the groups are of another table.
    """
    check_rows(experiment, groups)
    lacks = _lacks_class(experiment, groups)
    often = {
        name: int(lacks[:, code].sum())
        for code, name in enumerate(groups.names)
        if lacks[:, code].any()
    }
    return Fittable(int(_fits(experiment, groups).sum()), int((~groups.small).sum()), often)


def fair_peers(
    experiment: Experiment,
    groups: Groups,
    *,
    n_splits: int | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> tuple[Standing, ...]:
    """Train Fairlearn's models on the training rows of each split and test them on its test rows.

    All are made of scikit-learn's logistic regression, which is the first of them: the reductions
    of A. Agarwal, A. Beygelzimer, M. Dudík, J. Langford and H. Wallach, "A reductions approach to
    fair classification", ICML 2018, and the thresholds by group of M. Hardt, E. Price and
    N. Srebro, "Equality of opportunity in supervised learning", NIPS 2016. Rows of small groups
    have no part in the fair ones, and neither have splits in whose training rows another group has
    no row of a class.

    Parameters
    ----------
    experiment : Experiment
    groups : Groups
        Of the labelled rows of its task.
    n_splits : int, optional
        Only the first splits; default all. The reductions train a model again and again in each,
        which takes long with many rows.
    on_progress : callable, optional
        Called with the share of the splits that is done, 0 to 1. What it raises goes through.

    Returns
    -------
    tuple of Standing
        By the names of :data:`PEERS`. The predictions of the fair ones are random in part; their
        seed is that of the design.

    Raises
    ------
    DataError
        If the groups are of another table.
    """
    check_rows(experiment, groups)
    splits, fits = experiment.splits[:n_splits], _fits(experiment, groups)
    decided: dict[str, list[Decided]] = {name: [] for name in PEERS}
    scores = []
    for number, split in enumerate(splits):
        rows = experiment.values(number)
        plain = LogisticRegression(solver="newton-cholesky").fit(rows.train, rows.train_labels)
        scores.append(plain.decision_function(rows.test))
        codes = groups.codes[split.test]
        decided[PEERS[0]].append((codes, rows.test_labels, scores[-1] >= 0))
        if fits[number]:
            inside, trained = ~groups.small[codes], groups.codes[split.train]
            fair = _fair(rows, trained, codes, ~groups.small, plain, experiment.design.seed)
            for name, selected in fair.items():
                decided[name].append((codes[inside], rows.test_labels[inside], selected))
        if on_progress:
            on_progress((number + 1) / len(splits))
    return tuple(
        _standing(name, groups, found, scores if name == PEERS[0] else None)
        for name, found in decided.items()
    )


def _lacks_class(experiment: Experiment, groups: Groups) -> NDArray[np.bool_]:
    """Which groups that are not small have training rows of one class or none, (s, g)."""
    told = experiment.train_labels.numpy().astype(np.int64)  # (s, k)
    cells = np.zeros((len(told), len(groups.names), 2), dtype=np.int64)
    for counts, split, labels in zip(cells, experiment.splits, told, strict=True):
        np.add.at(counts, (groups.codes[split.train], labels), 1)
    return ~groups.small & ~cells.all(axis=2)


def _fits(experiment: Experiment, groups: Groups) -> NDArray[np.bool_]:
    """In which splits all groups that are not small can be learnt from, and some asked, (s,)."""
    large = ~groups.small
    asked = np.array([large[groups.codes[split.test]].any() for split in experiment.splits])
    learnt = ~_lacks_class(experiment, groups).any(axis=1)
    return asked & learnt if large.sum() > 1 else np.zeros_like(learnt)


def _fair(
    rows: SplitValues,
    train_codes: NDArray[np.int64],
    test_codes: NDArray[np.int64],
    large: NDArray[np.bool_],
    plain: LogisticRegression,
    seed: int,
) -> dict[str, NDArray[np.bool_]]:
    """Whom the fair models select among the test rows of large groups."""
    learnt, asked = large[train_codes], large[test_codes]
    X, y, sensitive = rows.train[learnt], rows.train_labels[learnt], train_codes[learnt]
    X_test, groups = rows.test[asked], test_codes[asked]
    selected = []
    for constraints in (DemographicParity(), EqualizedOdds()):
        reduction = ExponentiatedGradient(LogisticRegression(solver="newton-cholesky"), constraints)
        with warnings.catch_warnings():
            # It grows a series as pandas 4 will no longer let it.
            warnings.simplefilter("ignore", pd.errors.Pandas4Warning)
            reduction.fit(X, y, sensitive_features=sensitive)
        selected.append(reduction.predict(X_test, random_state=seed))
    for constraint in ("demographic_parity", "equalized_odds"):
        thresholds = ThresholdOptimizer(estimator=plain, constraints=constraint, prefit=True)
        thresholds.fit(X, y, sensitive_features=sensitive)
        found = thresholds.predict(X_test, sensitive_features=groups, random_state=seed)
        selected.append(found)
    return {
        name: np.asarray(values, dtype=np.int64) == 1
        for name, values in zip(PEERS[1:], selected, strict=True)
    }


def _standing(
    name: str,
    groups: Groups,
    decided: Sequence[Decided],
    scores: Sequence[NDArray[np.floating]] | None,
) -> Standing:
    if not decided:
        names = "accuracy", "balanced_accuracy", "auc", *DISPARITIES
        return Standing(name, {figure: Value(None, reason=NOT_FITTED) for figure in names})
    counts = count_rows(groups, decided)
    areas = np.full(len(decided), np.nan)
    if scores is not None:
        for place, ((codes, labels, _), ranked) in enumerate(zip(decided, scores, strict=True)):
            inside = ~groups.small[codes]
            if len(np.unique(labels[inside])) == 2:
                areas[place] = Ranking(labels[inside], ranked[inside]).auc
    reasons = {"auc": NO_SCORES if scores is None else ONE_CLASS}
    gaps = disparities(rates(groups, counts), class_rates(groups, counts))
    known = {
        **_performance(counts[:, ~groups.small]),
        "auc": areas,
        **{gap: gaps[gap] for gap in DISPARITIES},
    }
    return Standing(
        name,
        {
            figure: summarise(values, reasons.get(figure) or why_no_gap(figure, groups, counts))
            for figure, values in known.items()
        },
    )


def _performance(counts: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Accuracies over the rows of all these groups, (n_splits,)."""
    confusion = counts.sum(axis=1)  # (s, class, selected)
    right = np.diagonal(confusion, axis1=1, axis2=2)
    n = confusion.sum(axis=2)
    with np.errstate(invalid="ignore"):
        return {
            "accuracy": right.sum(axis=1) / n.sum(axis=1),
            "balanced_accuracy": (right / n).mean(axis=1),
        }
