"""Biases that are put into training rows on purpose, to see what they do to a model."""

import reprlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self, get_args

import numpy as np
from numpy.typing import NDArray

from laat_core.data.conditions import Condition
from laat_core.data.plain import plain_number
from laat_core.data.task import Task
from laat_core.data.text import as_text, listed
from laat_core.errors import DataError, DesignError

__all__ = ["KINDS", "Bias", "BiasedRows", "Kind", "Step"]

Kind = Literal["leave out", "tie", "turn labels"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class BiasedRows(NamedTuple):
    """The training rows of one split with a bias in them.

    Attributes
    ----------
    positions : ndarray of shape (n_left,)
        Among the labelled rows of the task, in the order in which they were given.
    labels : ndarray of shape (n_left,)
        0 or 1, as a model is to be told.
    """

    positions: NDArray[np.int64]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """One thing that is done to training rows, each touched with a probability.

    Attributes
    ----------
    kind : {"leave out", "tie", "turn labels"}
        "leave out" takes away rows that meet all conditions; "tie" those whose label disagrees
        with the conditions, so that they seem to tell the class; "turn labels" gives rows that
        meet all conditions the other class.
    conditions : tuple of Condition
        A row has to meet all; without any, every row does. A tie has at least one.
    strength : float
        Probability that such a row is touched, 0 to 1.
    of_class : str or None
        A class of the target, as text. "leave out": only rows of this class, None for all. "tie":
        the class of the rows that are kept where the conditions are met; where they are not, rows
        of the other class are. None for "turn labels".

    Raises
    ------
    DataError
        Naming the first part that cannot be used.
    """

    kind: Kind
    conditions: tuple[Condition, ...]
    strength: float = 1.0
    of_class: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DataError(
                f"A bias has a step {reprlib.repr(self.kind)}. Choose among: {', '.join(KINDS)}."
            )
        if not 0 <= plain_number(self.strength) <= 1:
            raise DataError(
                f"The strength of a bias is {reprlib.repr(self.strength)}; choose one from 0 to 1."
            )
        if not isinstance(self.of_class, str | None):
            raise DataError(f"A bias names the class {reprlib.repr(self.of_class)}, no text.")
        if self.kind == "tie" and (self.of_class is None or not self.conditions):
            raise DataError("A tie needs a condition, and the class that it is tied to.")
        if self.kind == "turn labels" and self.of_class is not None:
            raise DataError("Labels are turned in both classes. Leave the class out.")
        object.__setattr__(self, "strength", float(self.strength))
        if self.of_class is not None:
            object.__setattr__(self, "of_class", as_text(self.of_class))

    def rows(self, task: Task) -> NDArray[np.bool_]:
        """Which labelled rows of a task meet all conditions, (n_labelled,).

        Raises
        ------
        DataError
            If the table has no such column.
        """
        met = np.ones(len(task.labels), dtype=bool)
        for condition in self.conditions:
            met &= condition.rows(task)
        return met

    def words(self, task: Task) -> str:
        """Say the step: ``Left out: Age under 50, diabetes (40 %)``.

        Raises
        ------
        DataError
            If the table has no such column, or the target no such class.
        """
        self.check(task)
        conditions = " and ".join(condition.words(task) for condition in self.conditions)
        shared = "" if self.strength == 1 else f" ({100 * self.strength:.3g} %)"
        if self.kind == "turn labels":
            return f"Labels turned: {conditions or 'all rows'}{shared}"
        outcome = task.outcome if self.of_class == task.positive_class else task.opposite
        if self.kind == "tie":
            return f"Tied together: {conditions}, and {outcome}{shared}"
        parts = [part for part in (conditions, outcome if self.of_class else "") if part]
        return f"Left out: {', '.join(parts) or 'all rows'}{shared}"

    def check(self, task: Task) -> None:
        """Raise a DataError where the table has no such column, or the target no such class."""
        for condition in self.conditions:
            condition.check(task)
        if self.of_class is not None and self.of_class not in task.classes:
            raise DataError(
                f"A bias names the class {reprlib.repr(self.of_class)}, which {task.target!r} does "
                f"not have. There are: {listed(task.classes)}."
            )

    def touched(self, task: Task, met: NDArray[np.bool_], rows: BiasedRows) -> NDArray[np.bool_]:
        """Which of some rows the step is after, whatever its strength, (n_left,).

        Parameters
        ----------
        task : Task
        met : ndarray of shape (n_labelled,)
            As :meth:`rows` returns it.
        rows : BiasedRows
            What the steps before have left.
        """
        met = met[rows.positions]
        if self.of_class is None:
            return met
        of_class = rows.labels == (self.of_class == task.positive_class)
        return np.asarray(met != of_class if self.kind == "tie" else met & of_class)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, for JSON."""
        return {
            "kind": self.kind,
            "conditions": [condition.to_dict() for condition in self.conditions],
            "strength": self.strength,
            "of_class": self.of_class,
        }

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Read what :meth:`to_dict` made; anybody may have written something else.

        Raises
        ------
        DataError
            If it is something else.
        """
        match document:
            case {
                "kind": kind, "conditions": list(conditions), "strength": strength,
                "of_class": of_class, **others,
            } if not others:  # fmt: skip
                return cls(kind, tuple(map(Condition.from_dict, conditions)), strength, of_class)
        raise DataError(
            f"A step of a bias is {reprlib.repr(document)}; it has a kind, a list of conditions, "
            "a strength and a class (of_class)."
        )


@dataclass(frozen=True)
class Bias:
    """Steps that are done to the training rows of every split, one after the other.

    Attributes
    ----------
    steps : tuple of Step
    """

    steps: tuple[Step, ...]

    def apply(self, task: Task, train: NDArray[np.int64], seed: int | Sequence[int]) -> BiasedRows:
        """Put the bias into the training rows of one split.

        Every row of the task has a number of its own for each step, drawn by the seed, and is
        touched where that lies under the strength. So the rows that are touched at one strength
        are touched at every greater one, and no step's draw depends on what another one does.

        Parameters
        ----------
        task : Task
        train : ndarray of int
            Positions among the labelled rows.
        seed : int or sequence of int
            Of the split; none is negative.

        Returns
        -------
        BiasedRows
            Perhaps none at all.

        Raises
        ------
        DataError
            If the table has no such column, or the target no such class.
        """
        return self._apply(task, self._met(task), train, seed)

    def apply_to_splits(
        self, task: Task, trains: Sequence[NDArray[np.int64]], seed: int
    ) -> list[BiasedRows]:
        """Put the bias into the training rows of all splits, as many in each.

        Models of all splits are trained at once, which takes the same number of rows in each. So
        in every split but the smallest, further rows are left out at random, of whichever class,
        though never the last one of a class.

        Parameters
        ----------
        task : Task
        trains : sequence of ndarray of int
            Positions among the labelled rows, by split.
        seed : int
            Of the design.

        Returns
        -------
        list of BiasedRows
            Both classes in each.

        Raises
        ------
        DataError
            If the table has no such column, or the target no such class.
        DesignError
            If no row of a class is left in a split.
        """
        met = self._met(task)
        # NumPy takes a seed with zeros at its end for the one without.
        seeds = [(seed, number) for number in range(1, len(trains) + 1)]
        every = [
            self._apply(task, met, train, of_split)
            for train, of_split in zip(trains, seeds, strict=True)
        ]
        for rows in every:
            _check_classes(task, rows)
        fewest = min(len(rows.positions) for rows in every)
        return [
            _some(rows, fewest, np.random.default_rng((*of_split, len(self.steps) + 1)))
            for rows, of_split in zip(every, seeds, strict=True)
        ]

    def _met(self, task: Task) -> list[NDArray[np.bool_]]:
        for step in self.steps:
            step.check(task)
        return [step.rows(task) for step in self.steps]

    def _apply(
        self,
        task: Task,
        met: Sequence[NDArray[np.bool_]],
        train: NDArray[np.int64],
        seed: int | Sequence[int],
    ) -> BiasedRows:
        rows = BiasedRows(train, task.labels[train])
        for number, (step, of_step) in enumerate(zip(self.steps, met, strict=True), 1):
            drawn = np.random.default_rng((*np.atleast_1d(seed), number)).random(len(task.labels))
            touched = step.touched(task, of_step, rows) & (drawn[rows.positions] < step.strength)
            if step.kind == "turn labels":
                rows = rows._replace(labels=np.where(touched, 1 - rows.labels, rows.labels))
            else:
                rows = BiasedRows(*(part[~touched] for part in rows))
        return rows

    def words(self, task: Task) -> str:
        """Say the steps in one line.

        Raises
        ------
        DataError
            If the table has no such column, or the target no such class.
        """
        return "; ".join(step.words(task) for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, for JSON."""
        return {"steps": [step.to_dict() for step in self.steps]}

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Read what :meth:`to_dict` made; anybody may have written something else.

        Raises
        ------
        DataError
            If it is something else.
        """
        match document:
            case {"steps": list(steps), **others} if not others:
                return cls(tuple(map(Step.from_dict, steps)))
        raise DataError(f"A bias is {reprlib.repr(document)}; it has a list of steps.")


def _check_classes(task: Task, rows: BiasedRows) -> None:
    n_positive = int(rows.labels.sum())
    for left, words in ((n_positive, task.outcome), (len(rows.labels) - n_positive, task.opposite)):
        if not left:
            raise DesignError(
                f"The bias leaves no training row with {words} in one of the splits. Lower its "
                "strength, or train on more rows."
            )


def _some(rows: BiasedRows, number: int, generator: np.random.Generator) -> BiasedRows:
    """Draw so many rows, at least one of each class, in the order in which they are."""
    drawn = generator.random(len(rows.labels))
    for label in (0, 1):
        of_class = np.flatnonzero(rows.labels == label)
        drawn[of_class[drawn[of_class].argmin()]] = -1.0
    kept = np.sort(drawn.argsort(kind="stable")[:number])
    return BiasedRows(rows.positions[kept], rows.labels[kept])
