"""What single panels train for themselves: shown once it is there, with a bar until then."""

from typing import TypeVar

import streamlit as st

from laat_core import ImportanceScores
from laat_core.data.encoding import features_of
from ui.bias.lab import LabFindings
from ui.evidence.training import await_result
from ui.state import AppState
from ui.text import literal
from ui.training import Trainer, Work

__all__ = ["tried_scores", "wait_for"]

PATIENCE = 1.0  # seconds that the page waits before it goes on without

T = TypeVar("T")


def wait_for(trainer: Trainer[T], key: object, work: Work[T], what: str) -> T | None:
    """Return what a trainer finds; None while it is under way, or cannot be, which is said."""
    with st.spinner(what):
        outcome = trainer.ask(key, work, PATIENCE)
    if outcome.share is not None:
        await_result(trainer, what)
    elif outcome.problem:
        st.error(literal(outcome.problem))
    else:
        return outcome.found
    return None


def tried_scores(
    state: AppState, findings: LabFindings, columns: tuple[str, ...]
) -> ImportanceScores:
    """Scores as they were tried, but for those of some columns, which are not moved."""
    features = features_of(findings.biased.experiment.whole)
    moved = {
        feature.name: findings.moved[feature.name]
        for feature in features
        if feature.name in findings.moved and feature.column not in columns
    }
    return state.scores.reindexed([feature.name for feature in features]).edit(moved)
