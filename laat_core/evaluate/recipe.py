"""How models are trained for a comparison."""

from dataclasses import dataclass
from typing import Literal, get_args

from laat_core.errors import DesignError
from laat_core.model.objective import ScoreTransform
from laat_core.model.settings import check_training

__all__ = ["PROTOCOLS", "Recipe"]

Scaling = Literal["standard", "minmax"]


@dataclass(frozen=True)
class Recipe:
    """Encoding, scaling and training of the models of a comparison.

    Attributes
    ----------
    scaling : {"standard", "minmax"}
        Standard scores from all rows of the table (no label is used), or minimum and maximum of
        the training rows.
    both_levels : bool
        Whether a category of two levels has a flag for each.
    score_transform : {"linear", "exp"}
    hidden_layer_sizes : tuple of int
        ``()`` for logistic regression, ``(h,)`` for one hidden ReLU layer.
    max_epochs : int
    learning_rate : float
    batch_size : int or None
        None takes all training rows in every step.
    not_used : tuple of str
        Features by which the LAAT model is not to decide, whether scored or not: their score is
        taken as 0, and their input gradient is pushed to zero on every training row. The baseline
        may use them.

    Raises
    ------
    DesignError
        Naming the first setting that cannot be used.
    """

    scaling: Scaling = "standard"
    both_levels: bool = False
    score_transform: ScoreTransform = "linear"
    hidden_layer_sizes: tuple[int, ...] = ()
    max_epochs: int = 200
    learning_rate: float = 0.01
    batch_size: int | None = None
    not_used: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        training = check_training(
            self.hidden_layer_sizes, self.max_epochs, self.learning_rate, self.batch_size
        )
        # Without NumPy's types a recipe can be written as JSON.
        for name, value in training._asdict().items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "not_used", tuple(self.not_used))
        if self.scaling not in get_args(Scaling):
            raise DesignError(f"Unknown scaling {self.scaling!r}. Use 'standard' or 'minmax'.")


PROTOCOLS = {
    "default": Recipe(),
    "paper": Recipe(scaling="minmax", both_levels=True, batch_size=128),
}
