"""Training and testing LAAT model, baseline and scores alone on the same splits."""

import time
from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from torch import Tensor

from laat_core.data.encoding import TableEncoder
from laat_core.data.splits import Design, Split, make_splits
from laat_core.data.task import Task
from laat_core.errors import DataError, DesignError
from laat_core.evaluate import sampling
from laat_core.evaluate.comparison import FALSE_POSITIVE_RATES, Comparison, ModelResult
from laat_core.evaluate.evidence import Evidence, correlate
from laat_core.evaluate.ranking import roc_curve
from laat_core.evaluate.recipe import Recipe
from laat_core.model.networks import LinearModels, Models, start
from laat_core.model.objective import target_vector, unit
from laat_core.model.settings import check_gamma
from laat_core.model.training import train
from laat_core.scores.importance import ImportanceScores

__all__ = ["Experiment", "compare"]

# All splits are trained at once; this many numbers of 4 bytes, a few times over.
MAX_NUMBERS = 400_000_000


def compare(
    task: Task,
    scores: ImportanceScores,
    gamma: float = 100.0,
    design: Design | None = None,
    recipe: Recipe | None = None,
) -> Comparison:
    """Compare the LAAT model with its baseline and with the scores alone.

    Parameters
    ----------
    task : Task
    scores : ImportanceScores
        One score per feature.
    gamma : float
        Weight of the attribution term: how far the scores are trusted; 0 to a million.
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


class Experiment:
    """A task under one design and recipe: all that stays while scores and gamma change.

    Parameters
    ----------
    task : Task
    design : Design
    recipe : Recipe

    Attributes
    ----------
    encoder : TableEncoder
        Fitted; its ``features_`` are what the models see.
    splits : list of Split
    train_rows : Tensor of shape (n_splits, n_train, n_features)
        The training rows as the models of each split see them.
    """

    def __init__(self, task: Task, design: Design, recipe: Recipe) -> None:
        self.task, self.design, self.recipe = task, design, recipe
        self.encoder = TableEncoder(task.columns, recipe.both_levels, task.missing_as_feature)
        self.splits = make_splits(task.labels, design)
        # Rows without a label are not trained on, but they show what is usual in the table.
        every = self.encoder.fit(task.table).transform(task.table).to_numpy()
        self._encoded = (
            self.encoder.transform(task.labelled).to_numpy() if task.n_unlabelled else every
        )
        self._scaler = self._standard_scaler(every)
        self._standardized: NDArray[np.float64] = self._scaler.transform(self._encoded)
        self._check_size()
        self._baselines: dict[bool, ModelResult] = {}  # by whether tested on the sample
        self._labels = torch.from_numpy(
            np.stack([task.labels[split.train] for split in self.splits])
        ).float()  # (s, k)
        self.train_rows = torch.stack(
            [torch.from_numpy(self._scaled(split, split.train)).float() for split in self.splits]
        )  # (s, k, d)

    def _check_size(self) -> None:
        n_splits, n_train = len(self.splits), len(self.splits[0].train)
        n_features, hidden = len(self.encoder.features_), self.recipe.hidden_layer_sizes
        # The rows; per hidden unit its value for every row, or its weights with what Adam keeps.
        numbers = n_splits * max(
            [n_train * n_features, *(max(n_train, 4 * n_features) * units for units in hidden)]
        )
        if numbers > MAX_NUMBERS:
            fewer = "splits, training rows or hidden units" if hidden else "splits or training rows"
            raise DesignError(
                f"{n_splits} splits of {n_train:,} training rows are more than fits into memory "
                f"at once. Choose fewer {fewer}."
            )

    def _standard_scaler(self, every: NDArray[np.float64]) -> StandardScaler:
        with np.errstate(over="ignore", invalid="ignore"):
            scaler = StandardScaler().fit(every)
        usable = np.isfinite(scaler.var_)
        if not usable.all():
            feature = self.encoder.features_[int(usable.argmin())]
            raise DataError(
                f"The values of {feature.name!r} are too large to calculate with. "
                "Ignore the column, or give it in a larger unit."
            )
        return scaler

    @cached_property
    def evidence(self) -> Evidence:
        """What the training rows of the first split say by themselves; test rows have no say."""
        rows = self.splits[0].train
        names = tuple(feature.name for feature in self.encoder.features_)
        return correlate(names, self._encoded[rows], self.task.labels[rows])

    @property
    def has_samples(self) -> bool:
        """Whether a sampled comparison is another one than that on all test rows."""
        return self._samples is not None

    @property
    def baseline(self) -> ModelResult:
        """The model without the attribution term: same start, rows and steps, gamma 0."""
        return self._baseline(sampled=False, progress=_Progress(None, 1))

    def compare(
        self,
        scores: ImportanceScores,
        gamma: float = 100.0,
        *,
        on_progress: Callable[[float], None] | None = None,
        sampled: bool = False,
    ) -> Comparison:
        """Train and test with these scores; the baseline is trained once.

        Parameters
        ----------
        scores : ImportanceScores
        gamma : float
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
            If the scores do not fit the features, or gamma is no weight.
        """
        gamma = check_gamma(gamma)
        started = time.perf_counter()
        sampled = sampled and self._samples is not None
        features = self.encoder.features_
        target = target_vector(scores.for_features(features)[0], self.recipe.score_transform)
        alone = LinearModels(torch.from_numpy(target)[None, None], torch.zeros(1, 1, 1))
        trainings = 1 if self._baselines else 2
        progress = _Progress(on_progress, trainings * self.recipe.max_epochs)
        # First, so that it is there for the next call should this one be ended midway.
        baseline = self._baseline(sampled, progress)
        laat = self.train(target[None], gamma, on_epoch=progress.on_epoch)
        return Comparison(
            features=tuple(feature.name for feature in features),
            target=target,
            laat=self._test(laat, sampled, progress),
            baseline=baseline,
            scores_alone=self._test(alone.repeat(len(self.splits)), sampled, progress),
            n_train=self._counts(self.splits[0].train),
            n_test=self._counts(self._test_rows(0, sampled)),
            outcome=self.task.outcome,
            opposite=self.task.opposite,
            gamma=gamma,
            design=self.design,
            recipe=self.recipe,
            seconds=time.perf_counter() - started,
            sampled=sampled,
        )

    def train(
        self,
        targets: NDArray[np.float64],
        gamma: float,
        *,
        n_splits: int | None = None,
        on_epoch: Callable[[int], None] | None = None,
    ) -> Models:
        """Train models with each of some targets, all from the same start in a split.

        Parameters
        ----------
        targets : ndarray of shape (n_targets, n_features)
            Unit vectors; zeros take the attribution term off.
        gamma : float
        n_splits : int, optional
            Only the first splits; default all.
        on_epoch : callable, optional
            Called after each pass with the number of passes done; what it raises goes through.

        Returns
        -------
        LinearModels or HiddenModels
            Of (n_targets * n_splits) models, the splits of the first target first.
        """
        rows, labels = self.train_rows[:n_splits], self._labels[:n_splits]
        n_targets, n_features = targets.shape
        generator = torch.Generator().manual_seed(self.design.seed)
        recipe = self.recipe
        # Drawn for all splits, so that a split has the same start however many are trained.
        begun = start(len(self.splits), n_features, recipe.hidden_layer_sizes, generator)
        return train(
            begun.select(slice(n_splits)).repeat(n_targets),
            rows.expand(n_targets, *rows.shape).flatten(0, 1),
            labels.expand(n_targets, *labels.shape).flatten(0, 1),
            torch.full((n_targets * len(rows),), gamma),
            torch.from_numpy(targets).float().repeat_interleave(len(rows), dim=0),
            max_epochs=recipe.max_epochs,
            learning_rate=recipe.learning_rate,
            batch_size=recipe.batch_size,
            generator=generator,
            on_epoch=on_epoch,
        )

    def test_logits(
        self, models: Models
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """Yield labels and logits of the test rows of each split, both (n_test,).

        Parameters
        ----------
        models : LinearModels or HiddenModels
            One per split.
        """
        models = models.double()
        for number, split in enumerate(self.splits):
            rows = torch.from_numpy(self._scaled(split, split.test))[None]  # (1, n, d)
            model = models.select(slice(number, number + 1))
            yield self.task.labels[split.test], model.logits(rows)[0].numpy()

    def scale(self, encoded: NDArray[np.float64]) -> Tensor:
        """Scale encoded rows as the models of each split see them.

        Parameters
        ----------
        encoded : ndarray of shape (n_rows, n_features)
            Of :attr:`encoder`.

        Returns
        -------
        Tensor of shape (n_splits, n_rows, n_features), float64
            Infinite where a value is too far from those of the table.
        """
        with np.errstate(over="ignore"):
            if self.recipe.scaling == "standard":
                scaled = torch.from_numpy(self._scaler.transform(encoded))
                return scaled.expand(len(self.splits), -1, -1)
            every = [self._minmax(split).transform(encoded) for split in self.splits]
        return torch.from_numpy(np.stack(every))

    @cached_property
    def usual(self) -> Tensor:
        """The mean of each split's scaled training rows, (n_splits, 1, n_features), float64."""
        means = [rows.double().mean(dim=0, keepdim=True) for rows in self.train_rows]
        return torch.stack(means)

    @cached_property
    def ranges(self) -> NDArray[np.float64]:
        """Smallest and largest encoded value of each feature, (2, n_features)."""
        return np.stack([self._encoded.min(axis=0), self._encoded.max(axis=0)])

    def _baseline(self, sampled: bool, progress: "_Progress") -> ModelResult:
        known = self._baselines
        if sampled not in known:
            # Trained once, whichever rows it is tested on.
            models = next((result.models for result in known.values()), None)
            if models is None:
                no_target = np.zeros((1, len(self.encoder.features_)))
                models = self.train(no_target, 0.0, on_epoch=progress.on_epoch)
            known.setdefault(sampled, self._test(models, sampled, progress))
        return known[sampled]

    def _test(self, trained: Models, sampled: bool, progress: "_Progress") -> ModelResult:
        curves, areas = [], []
        attributions = unit(trained.attributions(self.train_rows))  # (s, d)
        # In double precision and then rounded, so that rows of equal values tie: the last bit of
        # a product depends on where a row lies in memory.
        models = trained.double()
        for number, split in enumerate(self.splits):
            model = models.select(slice(number, number + 1))
            test = self._test_rows(number, sampled)
            # Nearly all rows are test rows: to leave the others out costs more than it spares.
            some = test if sampled else slice(None)
            rows = torch.from_numpy(self._scaled(split, some))[None]  # (1, n, d)
            logits = model.logits(rows)[0].float().numpy()
            false_positive, true_positive = roc_curve(
                self.task.labels[test], logits if sampled else logits[test]
            )
            areas.append(np.trapezoid(true_positive, false_positive))
            curves.append(np.interp(FALSE_POSITIVE_RATES, false_positive, true_positive))
            progress.tell()
        return ModelResult(
            np.array(areas), np.array(curves), attributions.double().numpy(), trained
        )

    def _test_rows(self, number: int, sampled: bool) -> NDArray[np.int64]:
        """Positions of the rows that one split is tested on."""
        if sampled and self._samples is not None:
            return self._samples[number]
        return self.splits[number].test

    @cached_property
    def _samples(self) -> list[NDArray[np.int64]] | None:
        """Positions of some test rows per split, None where all are few enough."""
        if len(self.splits[0].test) <= sampling.MOST_TEST_ROWS:
            return None
        generator = np.random.default_rng(self.design.seed)
        return [
            sampling.sample_rows(self.task.labels, split.test, generator) for split in self.splits
        ]

    def _scaled(self, split: Split, rows: slice | NDArray[np.int64]) -> NDArray[np.float64]:
        """Rows as the models of one split see them, (n_rows, n_features)."""
        if self.recipe.scaling == "standard":
            return self._standardized[rows]
        scaled: NDArray[np.float64] = self._minmax(split).transform(self._encoded[rows])
        return scaled

    def _minmax(self, split: Split) -> MinMaxScaler:
        return MinMaxScaler().fit(self._encoded[split.train])

    def _counts(self, rows: NDArray[np.int64]) -> tuple[int, int]:
        positive = int(self.task.labels[rows].sum())
        return len(rows) - positive, positive


class _Progress:
    """How many passes of the trainings of one call are done, told to whom it concerns."""

    def __init__(self, tell: Callable[[float], None] | None, n_epochs: int) -> None:
        self._tell, self._n_epochs, self._done = tell, n_epochs, 0
        self.on_epoch = self._after_epoch if tell else None

    def _after_epoch(self, _: int) -> None:
        self._done += 1
        self.tell()

    def tell(self) -> None:
        if self._tell:
            self._tell(self._done / self._n_epochs)
