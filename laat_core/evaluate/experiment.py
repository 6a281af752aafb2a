"""Training and testing LAAT model, baseline and scores alone on the same splits."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from laat_core.data.bias import Bias
from laat_core.data.hold_out import HoldOut
from laat_core.data.plain import plain_number
from laat_core.data.splits import Design
from laat_core.data.task import Task
from laat_core.errors import ScoreError
from laat_core.evaluate.comparison import FALSE_POSITIVE_RATES, Comparison, ModelResult
from laat_core.evaluate.progress import Progress
from laat_core.evaluate.recipe import Recipe
from laat_core.evaluate.split_rows import SplitRows
from laat_core.model.networks import LinearModels, Models, start
from laat_core.model.objective import target_vector, unit
from laat_core.model.ranking import Ranking
from laat_core.model.settings import MAX_GAMMA, Gamma, check_gamma
from laat_core.model.training import train
from laat_core.model.trust import FEWEST_ROWS, OutOfFold, choose_gamma, hold_out_folds
from laat_core.scores.importance import ImportanceScores, quoted, shown

__all__ = ["Experiment", "compare"]


def compare(
    task: Task,
    scores: ImportanceScores,
    gamma: Gamma = 100.0,
    design: Design | None = None,
    recipe: Recipe | None = None,
) -> Comparison:
    """Compare the LAAT model with its baseline and with the scores alone.

    Parameters
    ----------
    task : Task
    scores : ImportanceScores
        One score per feature.
    gamma : float or "auto"
        Weight of the attribution term: how far the scores are trusted; 0 to a million. "auto"
        reads it off the training rows of each split.
    design : Design, optional
        Default: 5 training rows per class, 20 splits.
    recipe : Recipe, optional
        Default: logistic regression, standard scores.

    Returns
    -------
    Comparison

    Raises
    ------
    LaatError
        If the task, the scores or the design cannot be used; the message says why.
    """
    return Experiment(task, design or Design(), recipe or Recipe()).compare(scores, gamma)


class Experiment(SplitRows):
    """A task under one design and recipe: all that stays while scores and gamma change.

    Parameters and attributes are those of :class:`laat_core.evaluate.split_rows.SplitRows`.
    """

    def __init__(
        self,
        task: Task,
        design: Design,
        recipe: Recipe,
        hold_out: HoldOut | None = None,
        bias: Bias | None = None,
    ) -> None:
        super().__init__(task, design, recipe, hold_out, bias)
        self._baselines: dict[bool, ModelResult] = {}  # by whether tested on the sample
        self._not_used = self._positions(recipe.not_used)
        self._folds: tuple[OutOfFold | None] | None = None  # None before they were asked for

    @property
    def baseline(self) -> ModelResult:
        """The model without the attribution term: same start, rows and steps, gamma 0."""
        return self._baseline(sampled=False, progress=Progress(None, 1))

    def compare(
        self,
        scores: ImportanceScores,
        gamma: Gamma = 100.0,
        *,
        feature_trust: Mapping[str, float] | None = None,
        on_progress: Callable[[float], None] | None = None,
        sampled: bool = False,
    ) -> Comparison:
        """Train and test with these scores; the baseline is trained once.

        Parameters
        ----------
        scores : ImportanceScores
        gamma : float or "auto"
        feature_trust : mapping of str to float, optional
            How firmly the attribution of a feature is held to its score, by name, 0 to 1;
            default 1. A flag that follows another in its score follows it in this too.
        on_progress : callable, optional
            Called with the share of the training that is done, 0 to 1, after each pass over the
            rows, and again with the same share after each tested split. What it raises goes
            through and ends the comparison; nothing half-made is kept.
        sampled : bool
            Whether to test all three on a sample of each split's test rows, the same sample in
            every call, for an answer while a slider moves. Where a split has few test rows, all
            of them are taken.

        Returns
        -------
        Comparison

        Raises
        ------
        LaatError
            If the scores do not fit the features, gamma is no weight, or trust is given for what
            is no feature or is not between 0 and 1.
        """
        gamma = check_gamma(gamma)
        trust = self._checked_trust(feature_trust or {})
        started = time.perf_counter()
        sampled = sampled and self._samples is not None
        features = self.encoder.features_
        target = self.target(scores)
        alone = LinearModels(torch.from_numpy(target)[None, None], torch.zeros(1, 1, 1))
        trainings = 1 if self._baselines else 2
        if gamma == "auto" and target.any() and self._needs_folds:
            trainings += len(self.splits)
        progress = Progress(on_progress, trainings * self.recipe.max_epochs)
        # First, so that it is there for the next call should this one be ended midway.
        baseline = self._baseline(sampled, progress)
        gammas = self.gammas(target, gamma, on_epoch=progress.on_epoch)
        laat = self.train(
            target[None],
            gammas,
            feature_trust=self.firmness(trust) if trust else None,
            on_epoch=progress.on_epoch,
        )
        return Comparison(
            features=tuple(feature.name for feature in features),
            target=target,
            laat=self._test(laat, sampled, progress),
            baseline=baseline,
            scores_alone=replace(
                self._test(alone.repeat(len(self.splits)), sampled, progress), influence=None
            ),
            labels=self.task.labels,
            trained=self.trained,
            n_train=_counts(self._told(0)),
            n_test=self._n_test(sampled),
            outcome=self.task.outcome,
            opposite=self.task.opposite,
            gamma=gamma,
            gammas=gammas,
            design=self.design,
            recipe=self.recipe,
            seconds=time.perf_counter() - started,
            sampled=sampled,
            feature_trust=trust,
            hold_out=self.hold_out,
            n_held_out=len(self.whole.labels) - len(self.task.labels),
            bias=self.bias,
            groups=self.task.groups,
        )

    def _n_test(self, sampled: bool) -> tuple[int, int]:
        """Test rows of each class in a split; on average, where groups make them differ."""
        n_asked = 1 if self.task.groups is None else len(self.splits)
        counts = [_counts(self.task.labels[self._test_rows(s, sampled)]) for s in range(n_asked)]
        no, yes = np.mean(counts, axis=0).round().astype(int).tolist()
        return no, yes

    def target(self, scores: ImportanceScores) -> NDArray[np.float64]:
        """Scores that count as a unit vector, (n_features,); all zeros where there is none."""
        return target_vector(self.counted(scores), self.recipe.score_transform)

    def counted(self, scores: ImportanceScores) -> NDArray[np.float64]:
        """Scores in the models' order, (n_features,); what is not to be used counts as 0."""
        values: NDArray[np.float64] = scores.for_features(self.encoder.features_)[0].copy()
        if self._not_used is not None:
            values[self._not_used.numpy()] = 0.0
        return values

    def _positions(self, names: Collection[str]) -> Tensor | None:
        """Positions of features by name; a flag that mirrors another goes with it."""
        features = self.encoder.features_
        self._check_names(names, "Not to be used is")
        taken = [
            position
            for position, feature in enumerate(features)
            if feature.name in names or feature.mirror_of in names
        ]
        return torch.tensor(taken) if taken else None

    def _check_names(self, names: Collection[str], what: str) -> None:
        features = [feature.name for feature in self.encoder.features_]
        unknown = sorted(set(names).difference(features), key=str)
        if unknown:
            raise ScoreError(
                f"{what} {quoted(unknown)}, which the table does not have. "
                f"Its features are: {quoted(features)}."
            )

    def _checked_trust(self, feature_trust: Mapping[str, float]) -> dict[str, float]:
        """Return trust in single features, without NumPy's types."""
        self._check_names(feature_trust, "Trust is given for")
        for name, trust in feature_trust.items():
            if not 0 <= plain_number(trust) <= 1:
                raise ScoreError(
                    f"The trust in {name!r} is {shown(trust)}; it must be a number from 0 to 1."
                )
        return {name: float(trust) for name, trust in feature_trust.items()}

    def firmness(self, feature_trust: Mapping[str, float]) -> NDArray[np.float64]:
        """How firmly each feature is held to its score, 0 to 1, in the models' order.

        Where a column of two levels has a flag for each and only one is named, the other is held
        alike.

        Raises
        ------
        ScoreError
            If a feature is unknown, or its trust no number from 0 to 1.
        """
        trust = self._checked_trust(feature_trust)
        features = self.encoder.features_
        named = (f.name if f.name in trust else f.mirror_of or f.name for f in features)
        return np.array([trust.get(name, 1.0) for name in named])

    @property
    def _needs_folds(self) -> bool:
        """Whether models have to be trained before gamma can be chosen."""
        positive = self.train_labels.sum(dim=1)
        fewest = min(positive.min(), (self.train_labels.shape[1] - positive).min())
        return self._folds is None and int(fewest) >= FEWEST_ROWS

    def gammas(
        self,
        target: NDArray[np.float64],
        gamma: Gamma,
        *,
        on_epoch: Callable[[int], None] | None = None,
    ) -> NDArray[np.float64]:
        """Weight of the attribution term in each split, (n_splits,).

        Parameters
        ----------
        target : ndarray of shape (n_features,) or (n_splits, n_features)
        gamma : float or "auto"
            A number is the same in every split; "auto" is :func:`choose_gamma`.
        on_epoch : callable, optional
            Called after each pass where models have to be trained first, for the first "auto".
        """
        if gamma != "auto":
            return np.full(len(self.splits), gamma)
        if not target.any():
            return np.zeros(len(self.splits))
        if self._folds is None:  # no score changes them
            # What is not to be used must not speak against the scores either.
            fit = partial(self._fit, not_used=self._not_used, on_epoch=on_epoch)
            labels = self.train_labels.numpy().astype(np.int64)
            self._folds = (
                hold_out_folds(
                    self._start(), self.train_rows, labels, fit, self.design.seed, self._groups()
                ),
            )
        chosen = choose_gamma(
            self.train_rows.numpy(),
            self.train_labels.numpy().astype(np.int64),
            np.atleast_2d(target),
            self._folds[0],
            hidden=bool(self.recipe.hidden_layer_sizes),
            seed=self.design.seed,
        )
        return np.minimum(chosen, MAX_GAMMA)

    def _groups(self) -> NDArray[np.int64] | None:
        """The group of each training row, (n_splits, n_train); None without groups."""
        groups = self.task.groups
        return None if groups is None else np.stack([groups[s.train] for s in self.splits])

    def train(
        self,
        targets: NDArray[np.float64],
        gamma: float | NDArray[np.float64],
        *,
        n_splits: int | None = None,
        feature_trust: NDArray[np.float64] | None = None,
        on_epoch: Callable[[int], None] | None = None,
    ) -> Models:
        """Train models with each of some targets, all from the same start in a split.

        Parameters
        ----------
        targets : ndarray of shape (n_targets, n_features) or (n_targets, n_splits, n_features)
            Unit vectors, the same in all splits or not; zeros take the attribution term off.
        gamma : float or ndarray that broadcasts to (n_targets, n_splits)
        n_splits : int, optional
            Only the first splits; default all.
        feature_trust : ndarray of shape (n_features,), optional
            How firmly each feature is held to its target, 0 to 1; default 1.
        on_epoch : callable, optional
            Called after each pass with the number of passes done; what it raises goes through.

        Returns
        -------
        LinearModels or HiddenModels
            Of (n_targets * n_splits) models, the splits of the first target first.
        """
        rows, labels = self.train_rows[:n_splits], self.train_labels[:n_splits]
        if targets.ndim == 2:
            targets = targets[:, None]
        size = len(targets), len(rows)
        return self._fit(
            self._start().select(slice(n_splits)).repeat(len(targets)),
            rows.expand(len(targets), *rows.shape).flatten(0, 1),
            labels.expand(len(targets), *labels.shape).flatten(0, 1),
            np.broadcast_to(gamma, size),
            np.broadcast_to(targets, (*size, targets.shape[-1])),
            feature_trust=feature_trust,
            not_used=self._not_used,
            on_epoch=on_epoch,
        )

    def _start(self) -> Models:
        """What each split's models begin with, the same however many are trained."""
        generator = torch.Generator().manual_seed(self.design.seed)
        n_features, hidden = len(self.encoder.features_), self.recipe.hidden_layer_sizes
        return start(len(self.splits), n_features, hidden, generator)

    def _fit(
        self,
        models: Models,
        X: Tensor,
        y: Tensor,
        gamma: NDArray[np.float64] | float = 0.0,
        target: NDArray[np.float64] | float = 0.0,
        *,
        feature_trust: NDArray[np.float64] | None = None,
        not_used: Tensor | None = None,
        on_epoch: Callable[[int], None] | None = None,
    ) -> Models:
        """Train as the recipe says; with rows and labels only, a baseline."""
        n_models, _, n_features = X.shape
        gammas = np.broadcast_to(gamma, np.shape(gamma) or (n_models,)).reshape(n_models)
        shape = np.shape(target) or (n_models, n_features)
        targets = np.broadcast_to(target, shape).reshape(n_models, n_features)
        recipe = self.recipe
        return train(
            models,
            X,
            y,
            torch.tensor(gammas, dtype=torch.float32),
            torch.tensor(targets, dtype=torch.float32),
            max_epochs=recipe.max_epochs,
            learning_rate=recipe.learning_rate,
            batch_size=recipe.batch_size,
            generator=torch.Generator().manual_seed(self.design.seed),
            feature_trust=None if feature_trust is None else torch.tensor(feature_trust).float(),
            not_used=not_used,
            on_epoch=on_epoch,
        )

    def _baseline(self, sampled: bool, progress: Progress) -> ModelResult:
        known = self._baselines
        if sampled not in known:
            # Trained once, whichever rows it is tested on.
            models = next((result.models for result in known.values()), None)
            if models is None:
                models = self._fit(
                    self._start(), self.train_rows, self.train_labels, on_epoch=progress.on_epoch
                )
            known.setdefault(sampled, self._test(models, sampled, progress))
        return known[sampled]

    def test_logits(
        self, models: Models, *, sampled: bool = False
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Ask each split's model about that split's test rows.

        Parameters
        ----------
        models : LinearModels or HiddenModels
            One per split, as in :attr:`ModelResult.models`.
        sampled : bool
            Whether to ask about a sample of the test rows, as :meth:`compare` does.

        Yields
        ------
        labels : ndarray of shape (n_test,)
            0 or 1.
        logits : ndarray of shape (n_test,)
            Calculated in double precision and then rounded, so that rows of equal values tie: the
            last bit of a product depends on where a row lies in memory.
        """
        models = models.double()
        for number, split in enumerate(self.splits):
            model = models.select(slice(number, number + 1))
            test = self._test_rows(number, sampled)
            # Nearly all rows are test rows: to leave the others out costs more than it spares.
            some = test if sampled else slice(None)
            rows = torch.from_numpy(self._scaled(split, some))[None]  # (1, n, d)
            logits = model.logits(rows)[0].float().numpy()
            yield self.task.labels[test], logits if sampled else logits[test]

    def _test(self, trained: Models, sampled: bool, progress: Progress) -> ModelResult:
        areas, curves = [], []
        influence = np.zeros(self.trained.shape, np.float32)
        attributions = unit(trained.attributions(self.train_rows))  # (s, d)
        for number, (labels, logits) in enumerate(self.test_logits(trained, sampled=sampled)):
            ranking = Ranking(labels, logits)
            areas.append(ranking.auc)
            curves.append(
                np.interp(
                    FALSE_POSITIVE_RATES,
                    ranking.false_positive_rates,
                    ranking.true_positive_rates,
                )
            )
            influence[number, self._test_rows(number, sampled)] = ranking.influence
            progress.tell()
        return ModelResult(
            np.array(areas),
            np.array(curves),
            attributions.double().numpy(),
            trained,
            influence,
        )


def _counts(labels: NDArray[np.int64]) -> tuple[int, int]:
    """Rows of the negative and of the positive class."""
    positive = int(labels.sum())
    return len(labels) - positive, positive
