"""Edits that an expert would make to a recorded proposal, and why."""

import json
from dataclasses import dataclass
from importlib.resources import files

__all__ = ["Story", "load_story"]


@dataclass(frozen=True)
class Story:
    """Knowledge that the proposal lacks.

    Attributes
    ----------
    title, why : str
        For people.
    scores : dict of str to float
        The edits, by feature name.
    """

    title: str
    why: str
    scores: dict[str, float]


def load_story(name: str) -> Story | None:
    """Load the story of a bundled table, None where there is none."""
    file = files("laat_core.datasets") / "stories" / f"{name}.json"
    return Story(**json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None
