"""Models that go by some columns, and models that do not: four ways on the same rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from laat_core import Experiment, ImportanceScores, LaatError, Role
from laat_core.data.encoding import features_of
from laat_core.model.networks import Models
from ui.bias.lab import Pair

__all__ = ["Ways", "columns_features", "local_share", "local_slopes", "try_ways"]

N_WAYS = 4


@dataclass(frozen=True)
class Ways:
    """The same rows and scores, with some columns used and not.

    Attributes
    ----------
    columns : tuple of str
        Whose use differs.
    used, at_zero, held : Pair
        With the scores of the columns as they are, with these scores at 0, and with the
        attribution of the columns pushed to zero on every row.
    deleted : Pair or None
        Without the columns in the table.
    problem : str
        Why the columns cannot be deleted.
    """

    columns: tuple[str, ...]
    used: Pair
    at_zero: Pair
    held: Pair
    deleted: Pair | None
    problem: str = ""


def columns_features(experiment: Experiment, columns: Sequence[str]) -> list[str]:
    """Names of the features of some columns, as the models of an experiment see them."""
    return [f.name for f in experiment.encoder.features_ if f.column in columns]


def try_ways(
    like: Pair,
    scores: ImportanceScores,
    columns: tuple[str, ...],
    on_progress: Callable[[float], None] | None = None,
) -> Ways:
    """Train models that use some columns, and models that do not, on the rows of a pair.

    Parameters
    ----------
    like : Pair
        Whose rows, bias, recipe and gamma are taken; of the columns, nothing is kept unused.
    scores : ImportanceScores
    columns : tuple of str
    on_progress : callable, optional
        Called with the share that is done, 0 to 1. What it raises goes through.

    Raises
    ------
    LaatError
        If models cannot be trained; that the columns cannot be deleted is no reason.
    """
    made, gamma = like.experiment, like.comparison.gamma
    task = made.whole
    features = [feature.name for feature in features_of(task) if feature.column in columns]
    marked = [name for name in made.recipe.not_used if name not in features]  # elsewhere, and stay
    recipe = replace(made.recipe, not_used=tuple(marked))
    known = scores.reindexed([feature.name for feature in features_of(task)])

    def part(number: int) -> Callable[[float], None] | None:
        if on_progress is None:
            return None
        return lambda share: on_progress((number + share) / N_WAYS)

    def train(number: int, experiment: Experiment, scores: ImportanceScores) -> Pair:
        trust = {n: t for n, t in like.comparison.feature_trust.items() if n in scores.features}
        compared = experiment.compare(scores, gamma, feature_trust=trust, on_progress=part(number))
        return Pair(experiment, compared)

    free = Experiment(task, made.design, recipe, bias=made.bias)
    used = train(0, free, known)
    at_zero = train(1, free, known.edit(dict.fromkeys(features, 0.0)))
    recipe_held = replace(recipe, not_used=(*marked, *features))
    held = train(2, Experiment(task, made.design, recipe_held, bias=made.bias), known)
    ignored = [replace(task.column(name), role=Role.IGNORE) for name in columns]
    without = task.with_columns(*ignored)
    try:
        rest = known.reindexed([feature.name for feature in features_of(without)])
        deleted = train(3, Experiment(without, made.design, recipe, bias=made.bias), rest)
    except LaatError as error:
        return Ways(columns, used, at_zero, held, None, str(error))
    return Ways(columns, used, at_zero, held, deleted)


def local_share(
    experiment: Experiment, models: Models, columns: Sequence[str]
) -> NDArray[np.float64]:
    """How far some columns alone move the logit of single test rows, beside all columns together.

    Root of the mean squared input gradient over the test rows and the features of the columns, as
    a part of that over all features. A mean attribution can be 0 while single rows go by the
    column, one up and another down; this cannot.

    Parameters
    ----------
    experiment : Experiment
    models : LinearModels or HiddenModels
        One per split.
    columns : sequence of str

    Returns
    -------
    ndarray of shape (n_splits,)
        From 0 to 1; 0 where the models see none of the columns.
    """
    some = _places(experiment, columns)
    shares = np.zeros(len(experiment.splits))
    for number, slopes in enumerate(_slopes(experiment, models)):
        squares = np.square(slopes).mean(axis=0)  # (d,)
        if squares.any():
            shares[number] = np.sqrt(squares[some].sum() / squares.sum())
    return shares


def local_slopes(
    experiment: Experiment, models: Models, columns: Sequence[str]
) -> NDArray[np.float64]:
    """Input gradient of the logit of every test row, by the features of some columns.

    Parameters
    ----------
    experiment : Experiment
    models : LinearModels or HiddenModels
        One per split.
    columns : sequence of str

    Returns
    -------
    ndarray of shape (n_rows, n_some)
        Test rows of one split after those of another; features scaled as the models see them.
    """
    some = _places(experiment, columns)
    return np.concatenate([slopes[:, some] for slopes in _slopes(experiment, models)])


def _places(experiment: Experiment, columns: Sequence[str]) -> NDArray[np.intp]:
    wanted = set(columns_features(experiment, columns))
    names = [feature.name for feature in experiment.encoder.features_]
    return np.flatnonzero([name in wanted for name in names])


def _slopes(experiment: Experiment, models: Models) -> Iterator[NDArray[np.float64]]:
    """Input gradients of the logits of each split's test rows, (n_test, n_features)."""
    models, every = models.double(), torch.arange(len(experiment.encoder.features_))
    for number in range(len(experiment.splits)):
        rows = torch.from_numpy(experiment.values(number).test)[None]
        yield models.select(slice(number, number + 1)).slopes(rows, every)[0].numpy()
