"""What was not to be used in a state, beside what was found for it."""

from laat_core.data.text import listed
from ui.naming import feature_labels
from ui.state import AppState
from ui.text import literal

__all__ = ["say_unused"]

FEW = 5


def say_unused(state: AppState, number: int) -> str:
    """Say by which features the LAAT model of a state was not to decide; empty without any.

    Parameters
    ----------
    state : AppState
    number : int
        Of the state.
    """
    unused = state.project.history.marks_at(number).unused
    if not unused:
        return ""
    labels = feature_labels(state.task, state.features)
    names = listed([literal(labels.get(name, name)) for name in sorted(unused)], FEW)
    return f"Not used by the LAAT model, but by the baseline: {names}."
