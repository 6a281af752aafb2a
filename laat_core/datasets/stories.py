"""What knowledge says about a bundled table and its recorded proposal."""

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from laat_core.data.splits import Design
from laat_core.datasets.bundled import dataset_names, load_dataset
from laat_core.datasets.facts import EstimatesFact, RowsFact, estimates_fact, rows_fact
from laat_core.datasets.recorded import load_proposal

__all__ = ["Story", "load_story"]

FOLDER = files("laat_core.datasets") / "stories"


@dataclass(frozen=True)
class Story:
    """Something that an expert sees in a table and its scores.

    Attributes
    ----------
    title : str
        A question, on the button that opens the story.
    text : tuple of str
        Paragraphs; their numbers are computed from the table and the proposal.
    scores : dict of str to float
        Edits that follow from it, by feature name; empty where none do.
    test_share : float, optional
        Share of the rows to hold out for test, so that enough training rows are left to show what
        the text says; None where it does not depend on that.
    next_table : str
        The bundled table where the story goes on; empty where it ends here.
    """

    title: str
    text: tuple[str, ...]
    scores: dict[str, float] = field(default_factory=dict)
    test_share: float | None = None
    next_table: str = ""

    @property
    def design(self) -> Design | None:
        """How to divide the rows so that they show what the text says."""
        return None if self.test_share is None else Design(None, self.test_share)


@cache  # asked for whenever the Workbench is drawn
def load_story(name: str) -> Story | None:
    """Load the story of a bundled table, None where there is none.

    Examples
    --------
    >>> load_story("heart").title
    'What would a cardiologist change?'
    """
    file = FOLDER / f"{name}.json"
    if name not in dataset_names() or not file.is_file():  # a user's name is not a path
        return None
    content = json.loads(file.read_text(encoding="utf-8"))
    facts = {key: _fact(name, asked) for key, asked in content.pop("facts").items()}
    content["text"] = tuple(paragraph.format(**facts) for paragraph in content["text"])
    return Story(**content)


def _fact(name: str, asked: dict[str, Any]) -> RowsFact | EstimatesFact:
    """Compute one fact about the table that a story belongs to, or about another one."""
    name = asked.get("table", name)
    if "rows" in asked:
        return rows_fact(load_dataset(name), asked["rows"])
    proposal = load_proposal(name)
    if proposal is None:
        raise LookupError(f"No proposal is recorded for {name}.")
    return estimates_fact(proposal, asked["estimates"])
