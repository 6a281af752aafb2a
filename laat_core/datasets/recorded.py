"""Proposals of an LLM that were recorded for bundled tables, so that no key is needed."""

import json
from dataclasses import dataclass
from importlib.resources import files

from laat_core.datasets.bundled import dataset_names
from laat_core.scores.importance import ImportanceScores

__all__ = ["RecordedProposal", "load_proposal"]


@dataclass(frozen=True)
class RecordedProposal:
    """What an LLM was asked and answered.

    Attributes
    ----------
    scores : ImportanceScores
        The estimates averaged, with the reasons of each.
    model, date : str
    system, prompt : str
        The messages that were sent, the same for every estimate.
    memory : str
        What the model said of having seen the table before.
    """

    scores: ImportanceScores
    model: str
    date: str
    system: str
    prompt: str
    memory: str


def load_proposal(name: str) -> RecordedProposal | None:
    """Load the recorded proposal of a bundled table, None where there is none."""
    file = files("laat_core.datasets") / "proposals" / f"{name}.json"
    if name not in dataset_names() or not file.is_file():  # a name of a user's is no path
        return None
    content = json.loads(file.read_text(encoding="utf-8"))
    estimates = [
        {entry["feature"]: (entry["score"], entry["reason"]) for entry in estimate["scores"]}
        for estimate in content["estimates"]
    ]
    return RecordedProposal(
        scores=ImportanceScores.from_estimates(estimates, source=content["model"]),
        **{key: content[key] for key in ("model", "date", "system", "prompt", "memory")},
    )
