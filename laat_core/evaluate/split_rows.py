"""The rows of a task as the models of each split see them."""

from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from torch import Tensor

from laat_core.data.bias import Bias
from laat_core.data.encoding import TableEncoder
from laat_core.data.hold_out import HoldOut
from laat_core.data.splits import Design, Split, make_splits
from laat_core.data.task import Task
from laat_core.errors import DataError, DesignError
from laat_core.evaluate import sampling
from laat_core.evaluate.evidence import Evidence, correlate
from laat_core.evaluate.recipe import Recipe

__all__ = ["SplitRows", "SplitValues"]

# All splits are trained at once; this many numbers of 4 bytes, a few times over.
MAX_NUMBERS = 400_000_000


class SplitValues(NamedTuple):
    """The rows of one split as any model takes them.

    Attributes
    ----------
    train, test : ndarray of shape (n_train, n_features) and (n_test, n_features)
        Encoded and scaled.
    train_labels, test_labels : ndarray of shape (n_train,) and (n_test,)
        0 or 1; those of the training rows are what a model is told, with a bias as without.
    """

    train: NDArray[np.float64]
    train_labels: NDArray[np.int64]
    test: NDArray[np.float64]
    test_labels: NDArray[np.int64]


class SplitRows:
    """The rows of a task, divided by a design, encoded and scaled as a recipe says.

    Parameters
    ----------
    task : Task
    design : Design
    recipe : Recipe
    hold_out : HoldOut, optional
        Rows whose labels nothing here sees; only :func:`laat_core.evaluate.hold_out.look` does.
        What is usual in the table, which needs no label, is still read off them too.
    bias : Bias, optional
        What is done to the training rows of every split; test rows stay as they are. What is
        usual in the table is still read off all of its rows.

    Attributes
    ----------
    task : Task
        Without the labels of the rows held out.
    whole : Task
        With all labels.
    encoder : TableEncoder
        Fitted; its ``features_`` are what the models see.
    splits : list of Split
        Positions among the labelled rows of ``task``. Rows that the bias leaves out, and rows of
        the same groups as training rows, are on neither side.
    train_rows : Tensor of shape (n_splits, n_train, n_features)
        The training rows as the models of each split see them.
    train_labels : Tensor of shape (n_splits, n_train)
        What the models are told of them, 0 or 1.
    """

    def __init__(
        self,
        task: Task,
        design: Design,
        recipe: Recipe,
        hold_out: HoldOut | None = None,
        bias: Bias | None = None,
    ) -> None:
        self.whole, self.design, self.recipe = task, design, recipe
        self.hold_out, self.bias = hold_out, bias
        self.task = task = hold_out.hide(task) if hold_out else task
        self.encoder = TableEncoder(
            task.columns,
            recipe.both_levels,
            task.missing_as_feature,
            handle_unknown="ignore",  # ``remarks`` names what is no number
        )
        self.splits, labels = self._divided()
        # Rows without a label are not trained on, but they show what is usual in the table.
        every = self.encoder.fit(task.cleaned).transform(task.cleaned).to_numpy()
        self._encoded = (
            self.encoder.transform(task.labelled).to_numpy() if task.n_unlabelled else every
        )
        self._scaler = self._standard_scaler(every)
        self._standardized: NDArray[np.float64] = self._scaler.transform(self._encoded)
        self._check_size()
        self.train_labels = torch.from_numpy(labels).float()  # (s, k)
        self.train_rows = torch.stack(
            [torch.from_numpy(self._scaled(split, split.train)).float() for split in self.splits]
        )  # (s, k, d)

    def _divided(self) -> tuple[list[Split], NDArray[np.int64]]:
        """Divide the rows; return the splits, and the labels of their training rows (s, k)."""
        labels = self.task.labels
        splits = self._drawn = make_splits(labels, self.design, self.task.groups)
        if self.bias is None:
            return splits, np.stack([labels[split.train] for split in splits])
        trains = [split.train for split in splits]
        biased = self.bias.apply_to_splits(self.task, trains, self.design.seed)
        left = [
            replace(split, train=rows.positions) for split, rows in zip(splits, biased, strict=True)
        ]
        return left, np.stack([rows.labels for rows in biased])

    @property
    def n_numbers(self) -> int:
        """Numbers of 4 bytes that the training of a model per split takes, a few times over."""
        n_splits, n_train = len(self.splits), len(self.splits[0].train)
        n_features, hidden = len(self.encoder.features_), self.recipe.hidden_layer_sizes
        # The rows; per hidden unit its value for every row, or its weights with what Adam keeps.
        return n_splits * max(
            [n_train * n_features, *(max(n_train, 4 * n_features) * units for units in hidden)]
        )

    def _check_size(self) -> None:
        if self.n_numbers > MAX_NUMBERS:
            hidden = self.recipe.hidden_layer_sizes
            fewer = "splits, training rows or hidden units" if hidden else "splits or training rows"
            raise DesignError(
                f"{len(self.splits)} splits of {len(self.splits[0].train):,} training rows are "
                f"more than fits into memory at once. Choose fewer {fewer}."
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

    @property
    def has_samples(self) -> bool:
        """Whether a sampled comparison is another one than that on all test rows."""
        return self._samples is not None

    @cached_property
    def evidence(self) -> Evidence:
        """What the training rows of the first split say by themselves; test rows have no say."""
        rows = self.splits[0].train
        names = tuple(feature.name for feature in self.encoder.features_)
        return correlate(names, self._encoded[rows], self._told(0))

    @cached_property
    def trained(self) -> NDArray[np.bool_]:
        """Which labelled rows a split trains on, before any bias, (n_splits, n_rows)."""
        found = np.zeros((len(self.splits), len(self.task.labels)), dtype=np.bool_)
        for row, split in zip(found, self._drawn, strict=True):
            row[split.train] = True
        return found

    @cached_property
    def usual(self) -> Tensor:
        """The mean of each split's scaled training rows, (n_splits, 1, n_features), float64."""
        means = [rows.double().mean(dim=0, keepdim=True) for rows in self.train_rows]
        return torch.stack(means)

    @cached_property
    def ranges(self) -> NDArray[np.float64]:
        """Smallest and largest encoded value of each feature, (2, n_features)."""
        return np.stack([self._encoded.min(axis=0), self._encoded.max(axis=0)])

    def scale(self, encoded: NDArray[np.float64], n_splits: int | None = None) -> Tensor:
        """Scale encoded rows as the models of each split see them.

        Parameters
        ----------
        encoded : ndarray of shape (n_rows, n_features)
            Of :attr:`encoder`.
        n_splits : int, optional
            Only the first splits; default all.

        Returns
        -------
        Tensor of shape (n_splits, n_rows, n_features), float64
            Infinite where a value is too far from those of the table.
        """
        with np.errstate(over="ignore"):
            if self.recipe.scaling == "standard":
                scaled = torch.from_numpy(self._scaler.transform(encoded))
                return scaled.expand(len(self.splits[:n_splits]), -1, -1)
            every = [self._minmax(split).transform(encoded) for split in self.splits[:n_splits]]
        return torch.from_numpy(np.stack(every))

    def values(self, number: int) -> SplitValues:
        """Return the rows of one split, so that other models can be trained and tested on them."""
        split = self.splits[number]
        return SplitValues(
            self._scaled(split, split.train),
            self._told(number),
            self._scaled(split, split.test),
            self.task.labels[split.test],
        )

    def _told(self, number: int) -> NDArray[np.int64]:
        """Labels of one split's training rows, (n_train,)."""
        return self.train_labels[number].numpy().astype(np.int64)

    def _test_rows(self, number: int, sampled: bool) -> NDArray[np.int64]:
        """Positions of the rows that one split is tested on."""
        if sampled and self._samples is not None:
            return self._samples[number]
        return self.splits[number].test

    @cached_property
    def _samples(self) -> list[NDArray[np.int64]] | None:
        """Positions of some test rows per split, None where all are few enough."""
        # With groups, splits have more or fewer test rows.
        if min(len(split.test) for split in self.splits) <= sampling.MOST_TEST_ROWS:
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
