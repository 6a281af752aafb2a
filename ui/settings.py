"""How models are trained and compared: what the workbench lets people choose."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self, get_args

from laat_core import PROTOCOLS, Design, ImportanceScores, LaatError, Recipe
from laat_core.evaluate.curves.trust import GAMMA_GRID
from laat_core.model.objective import ScoreTransform
from laat_core.model.settings import Gamma
from laat_core.scores.certainty import UNSURE, trust_from_spread
from laat_core.store.marks import Marks

__all__ = [
    "GAMMAS",
    "LEAST_SHARE",
    "MOST_SEED",
    "MOST_SHARE",
    "MOST_SHOTS",
    "MOST_SPLITS",
    "Settings",
]

# Last, where dragging on from much trust leads to trust that the rows check.
GAMMAS: tuple[Gamma, ...] = (*GAMMA_GRID, "auto")  # stops of the slider
# What the fields of the page can hold.
MOST_SHOTS = 100_000
MOST_SPLITS = 200
MOST_SEED = 2**31 - 1
LEAST_SHARE = 5  # percent
MOST_SHARE = 95
KINDS = {"gamma": (float, str)}  # of values that may be of another kind than the usual one


@dataclass
class Settings:
    """How models are trained and compared."""

    gamma: Gamma = 100.0
    held_out: bool = False
    shots: int = 5
    test_share: float = 0.2
    n_splits: int = 20
    seed: int = 0
    hidden: bool = False
    protocol: str = "default"
    score_transform: ScoreTransform = "linear"
    loosen: bool = False

    @property
    def design(self) -> Design:
        """How the rows are divided."""
        shots = None if self.held_out else self.shots
        return Design(shots, self.test_share, self.n_splits, self.seed)

    @property
    def recipe(self) -> Recipe:
        """How the models are trained, marks of single features aside."""
        return replace(
            PROTOCOLS[self.protocol],
            score_transform=self.score_transform,
            hidden_layer_sizes=(100,) if self.hidden else (),
        )

    def recipe_of(self, features: Iterable[str], marks: Marks) -> Recipe:
        """How the models are trained, without what is marked as not to be used.

        Parameters
        ----------
        features : iterable of str
            Names of those that the table has.
        marks : Marks
        """
        unused = tuple(name for name in features if name in marks.unused)
        return replace(self.recipe, not_used=unused)

    def feature_trust(self, scores: ImportanceScores, marks: Marks) -> dict[str, float]:
        """How firmly models are held to each score, 0 to 1; to those left out, fully.

        Parameters
        ----------
        scores : ImportanceScores
        marks : Marks
            What is locked is sure, what is doubted is held loosely; of what is not used the score
            does not count.
        """
        trust = trust_from_spread(scores, marks.locked | marks.unused) if self.loosen else {}
        unsure = sorted(marks.doubted.intersection(scores.features))
        return trust | {name: min(UNSURE, trust.get(name, 1.0)) for name in unsure}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Make settings of what a project keeps; the usual ones in place of what does not fit."""
        usual = cls()
        known = {
            field.name: document[field.name]
            for field in fields(cls)
            if type(document.get(field.name))
            in KINDS.get(field.name, (type(getattr(usual, field.name)),))
        }
        settings = cls(**known)
        try:
            fits = settings._fits_the_page() and bool(settings.design) and bool(settings.recipe)
        except (LaatError, LookupError, OverflowError, ValueError):
            fits = False
        return settings if fits else usual

    def _fits_the_page(self) -> bool:
        percent = round(100 * self.test_share)
        return (
            self.gamma in GAMMAS
            and self.score_transform in get_args(ScoreTransform)
            and 1 <= self.shots <= MOST_SHOTS
            and 1 <= self.n_splits <= MOST_SPLITS
            and 0 <= self.seed <= MOST_SEED
            and LEAST_SHARE <= percent <= MOST_SHARE
            and self.test_share == percent / 100
        )

    def document(self) -> dict[str, Any]:
        """What a project keeps of them."""
        return asdict(self)
