"""What the scores are worth in labelled rows, in a line that leads to the Evidence page."""

from streamlit.delta_generator import DeltaGenerator

from ui.evidence.sayings import count_rows
from ui.state import AppState

__all__ = ["show_worth"]


def show_worth(state: AppState, place: DeltaGenerator) -> None:
    """Say what is known of these scores, or ask.

    Parameters
    ----------
    state : AppState
    place : DeltaGenerator
        An empty one, which is filled anew at every move.
    """
    history = state.project.history
    worth = None if state.moving else state.studies.worth(history, state.settings)
    label = count_rows(worth) if worth else "How many labelled rows are the scores worth?"
    place.page_link("pages/evidence.py", label=label, icon=":material/balance:")
