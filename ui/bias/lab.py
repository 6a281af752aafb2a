"""What one visitor tries in the bias lab: a bias, its groups, scores that are moved for a trial."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from laat_core import Bias, Comparison, Design, Experiment, Recipe, Task
from laat_core.data.encoding import features_of
from laat_core.evaluate.groups import Groups, group_rows
from laat_core.model.settings import Gamma
from laat_core.scores.importance import ImportanceScores
from ui.training import Outcome, Trainer

if TYPE_CHECKING:
    from ui.bias.not_used_study import Ways
    from ui.bias.plane import Peers

__all__ = ["MOST_ROWS", "STEPS", "TRUST", "Lab", "LabFindings", "Pair"]

MOST_ROWS = 2000  # of a longer table a sample, so that a move of the strength is answered soon
FEWEST_OF_CLASS = 200  # that the sample has, where the table has as many
TRUST = 100.0  # in place of "auto", which would ask the biased rows how far to trust the scores
STEPS = {1: "The fair table", 2: "A bias", 3: "The baseline", 4: "The scores"}  # of the story
DESIGN = Design(None, test_share=0.2, n_splits=20, seed=0)


@dataclass(frozen=True)
class Pair:
    """Models of one table, with what they were trained and tested on."""

    experiment: Experiment
    comparison: Comparison


@dataclass(frozen=True)
class LabFindings:
    """What is known of the models, as the training rows were and with the bias in them.

    Attributes
    ----------
    fair, biased : Pair
        On the same test rows, which no bias touches.
    scored : Comparison or None
        Of the biased rows with the scores of the column that is watched as on the Workbench, the
        others as they are tried; None where none of the column is moved.
    moved : mapping of str to float
        Scores that were tried in place of those of the Workbench.
    """

    fair: Pair
    biased: Pair
    scored: Comparison | None = None
    moved: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Lab:
    """A trial on the open task, which changes nothing elsewhere.

    Attributes
    ----------
    bias : Bias
        Put into the training rows; without steps there is none.
    column : str
        The tell-tale column, whose attribution the bias turns; empty where none is chosen.
    title : str
        Of the preset that the bias came from, empty for one of one's own.
    groups : tuple of str or None
        One or two columns that divide the rows into groups, or none; None before any was chosen.
    moved : dict of str to float
        Scores that are tried here instead of those of the Workbench.
    not_used : tuple of str
        Columns by whose features the LAAT model is not to decide.
    step : int
        Of the story that is being told, 1 to 4.
    held : bool
        Whether a slider is still in somebody's hand.
    given : int
        Grows whenever bias or scores come from elsewhere than the page's fields, which then show
        what came.
    trainer, proxies, unused, plain : Trainer
        Of the models, and of those that single panels compare them with.
    peers : Peers or None
        Fairlearn's models, once somebody has asked for them.
    """

    bias: Bias = field(default_factory=lambda: Bias(()))
    column: str = ""
    title: str = ""
    groups: tuple[str, ...] | None = None
    moved: dict[str, float] = field(default_factory=dict)
    not_used: tuple[str, ...] = ()
    step: int = 1
    held: bool = False
    given: int = 0
    trainer: Trainer[LabFindings] = field(default_factory=Trainer, repr=False)
    proxies: "Trainer[Ways]" = field(default_factory=Trainer, repr=False)
    unused: "Trainer[tuple[Ways, ...]]" = field(default_factory=Trainer, repr=False)
    plain: Trainer[Pair] = field(default_factory=Trainer, repr=False)
    peers: "Peers | None" = field(default=None, repr=False)
    _sample: tuple[Task, Task] | None = field(default=None, repr=False)  # whole, and what is used
    _fair: Experiment | None = field(default=None, repr=False)
    _biased: Experiment | None = field(default=None, repr=False)
    _compared: tuple[object, Comparison] | None = field(default=None, repr=False)  # what, fair
    _rested: LabFindings | None = field(default=None, repr=False)
    _good: tuple[Bias, str, str] = field(default=(Bias(()), "", ""), repr=False)  # was trained with

    def put(self, bias: Bias, column: str = "", title: str = "") -> None:
        """Put a bias into the training rows in place of the one before."""
        self.bias, self.column, self.title, self.held = bias, column, title, False
        self.given += 1

    def put_back(self) -> None:
        """Go back to the last bias with which models could be trained, or to none."""
        self.put(*self._good)

    def at_rest(self, findings: LabFindings) -> LabFindings:
        """Those to be looked into: while a slider is held, what was known when it was taken."""
        if not self.held or self._rested is None:
            self._rested = findings
        return self._rested

    def task(self, whole: Task) -> Task:
        """The task, or a sample of its labelled rows where there are more than that many."""
        if len(whole.table) <= MOST_ROWS:
            return whole
        if self._sample is None or self._sample[0] is not whole:
            self._sample = whole, replace(whole, table=_sample(whole))
        return self._sample[1]

    def group_columns(self, task: Task) -> tuple[str, ...]:
        """Columns that divide the rows: before any was chosen, the tell-tale or a sensitive one."""
        if self.groups is not None:
            return self.groups
        sensitive = [name for name in task.sensitive_features if name != task.target]
        return (self.column,) if self.column else tuple(sensitive[:1])

    def divide(self, task: Task) -> Groups | None:
        """Divide the labelled rows of a task; None where no column was chosen.

        Raises
        ------
        DataError
            If a column cannot divide them.
        """
        columns = self.group_columns(task)
        return group_rows(task, *columns) if columns else None

    def forget(self) -> None:
        """End whatever is under way."""
        for trainer in (self.trainer, self.proxies, self.unused, self.plain):
            trainer.forget()
        if self.peers is not None:
            self.peers.cancel()

    def outcome(
        self,
        whole: Task,
        scores: ImportanceScores,
        gamma: Gamma,
        recipe: Recipe,
        feature_trust: Mapping[str, float] | None = None,
    ) -> Outcome[LabFindings]:
        """What is known of the models; an earlier result while others are being trained.

        Parameters
        ----------
        whole : Task
            As everybody may see it.
        scores : ImportanceScores
            Of the Workbench.
        gamma : float or "auto"
            Instead of "auto" it is :data:`TRUST`.
        recipe : Recipe
            What it leaves unused is unused here too.
        feature_trust : mapping of str to float, optional
            As in :meth:`Experiment.compare`; of features that a sample lacks, it is left out.
        """
        gamma = TRUST if gamma == "auto" else gamma
        task, bias = self.task(whole), self.bias
        features = features_of(task)  # a sample may lack a rare level
        names = [feature.name for feature in features]
        watched = {feature.name for feature in features if feature.column == self.column}
        every = dict(self.moved)
        others = {name: score for name, score in every.items() if name not in watched}
        given, tried = (scores.edit(moved).reindexed(names) for moved in (others, every))
        marked = recipe.not_used
        unused = (f.name for f in features if f.column in self.not_used or f.name in marked)
        recipe = replace(recipe, not_used=tuple(unused))
        trust = {n: t for n, t in (feature_trust or {}).items() if n in tried.features}
        differs = tried.as_dict() != given.as_dict()
        values = tuple(given.as_dict().items()), tuple(tried.as_dict().items())
        key = (id(whole), values, gamma, recipe, repr(bias), trust)

        def work(tell: Callable[[float], None]) -> LabFindings:
            # Kept by this job for itself until they are trained: a newer one may be under way.
            both = [_kept(self._fair, task, recipe, None)]
            if bias.steps:
                both.append(_kept(self._biased, task, recipe, bias))
            asked = [(made, tried) for made in both] + [(both[-1], given)] * differs
            # Of the fair rows nothing changes while the strength of a bias does.
            of_fair, known = (both[0], values[1], gamma, trust), self._compared
            found = [known[1]] if known and known[0] == of_fair else []
            for part, (made, of) in enumerate(asked):
                if part == len(found):
                    on_progress = _part(tell, part, len(asked))
                    found.append(
                        made.compare(of, gamma, feature_trust=trust, on_progress=on_progress)
                    )
            self._fair, self._biased, self._compared = both[0], both[-1], (of_fair, found[0])
            pairs = [Pair(made, one) for made, one in zip(both, found, strict=False)]
            return LabFindings(pairs[0], pairs[-1], found[-1] if differs else None, every)

        outcome = self.trainer.ask(key, work)
        if outcome.found and not outcome.old:
            self._good = bias, self.column, self.title
        return outcome


def _kept(known: Experiment | None, task: Task, recipe: Recipe, bias: Bias | None) -> Experiment:
    """Return the experiment that there is, with its baseline, or another where it is of others."""
    if known and known.whole is task and (known.recipe, known.bias) == (recipe, bias):
        return known
    return Experiment(task, DESIGN, recipe, bias=bias)


def _part(tell: Callable[[float], None], part: int, n_parts: int) -> Callable[[float], None]:
    return lambda share: tell((part + share) / n_parts)


def _sample(task: Task) -> pd.DataFrame:
    """Draw :data:`MOST_ROWS` labelled rows, in the shares of the classes, but few of neither."""
    labels = task.labels
    if len(labels) <= MOST_ROWS:
        return task.labelled
    generator, kept = np.random.default_rng(0), []
    for label in (0, 1):
        rows = np.flatnonzero(labels == label)
        size = max(round(MOST_ROWS * len(rows) / len(labels)), FEWEST_OF_CLASS)
        kept.append(generator.choice(rows, min(size, len(rows)), replace=False))
    return task.labelled.iloc[np.sort(np.concatenate(kept))].reset_index(drop=True)
