"""Biases that show on a bundled table what knowledge is good for."""

import json
from dataclasses import dataclass
from importlib.resources import files

from laat_core.data.bias import Bias
from laat_core.datasets.bundled import dataset_names

__all__ = ["Preset", "load_biases"]

FOLDER = files("laat_core.datasets") / "biases"


@dataclass(frozen=True)
class Preset:
    """A bias with its story.

    Attributes
    ----------
    title, why : str
        For people: what seems to be so, and how such rows may come about.
    column : str
        The tell-tale column, whose attribution the bias turns.
    bias : Bias
    """

    title: str
    why: str
    column: str
    bias: Bias


def load_biases(name: str) -> tuple[Preset, ...]:
    """Load the presets of a bundled table, none where there are none."""
    file = FOLDER / f"{name}.json"
    if name not in dataset_names() or not file.is_file():  # a name of a user's is no path
        return ()
    content = json.loads(file.read_text(encoding="utf-8"))
    return tuple(
        Preset(one["title"], one["why"], one["column"], Bias.from_dict(one["bias"]))
        for one in content
    )
