"""How models are trained and compared: what the workbench lets people choose."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self, get_args

from laat_core import PROTOCOLS, Design, LaatError, Recipe
from laat_core.model.objective import ScoreTransform

__all__ = [
    "GAMMAS",
    "LEAST_SHARE",
    "MOST_SEED",
    "MOST_SHARE",
    "MOST_SHOTS",
    "MOST_SPLITS",
    "Settings",
]

GAMMAS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
# What the fields of the page can hold.
MOST_SHOTS = 100_000
MOST_SPLITS = 200
MOST_SEED = 2**31 - 1
LEAST_SHARE = 5  # percent
MOST_SHARE = 95


@dataclass
class Settings:
    """How models are trained and compared."""

    gamma: float = 100.0
    held_out: bool = False
    shots: int = 5
    test_share: float = 0.2
    n_splits: int = 20
    seed: int = 0
    hidden: bool = False
    protocol: str = "default"
    score_transform: ScoreTransform = "linear"

    @property
    def design(self) -> Design:
        """How the rows are divided."""
        shots = None if self.held_out else self.shots
        return Design(shots, self.test_share, self.n_splits, self.seed)

    @property
    def recipe(self) -> Recipe:
        """How the models are trained."""
        return replace(
            PROTOCOLS[self.protocol],
            score_transform=self.score_transform,
            hidden_layer_sizes=(100,) if self.hidden else (),
        )

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Make settings of what a project keeps; the usual ones in place of what does not fit."""
        usual = cls()
        known = {
            field.name: document[field.name]
            for field in fields(cls)
            if type(document.get(field.name)) is type(getattr(usual, field.name))
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
