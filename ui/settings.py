"""How models are trained and compared: what the workbench lets people choose."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self

from laat_core import PROTOCOLS, Design, LaatError, Recipe

__all__ = ["GAMMAS", "Settings"]

GAMMAS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)


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
    score_transform: Literal["linear", "exp"] = "linear"

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
            fits = settings.gamma in GAMMAS and bool(settings.design) and bool(settings.recipe)
        except (LaatError, LookupError):
            fits = False
        return settings if fits else usual

    def document(self) -> dict[str, Any]:
        """What a project keeps of them."""
        return asdict(self)
