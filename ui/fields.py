"""What fields do when they are changed, and only then."""

from collections.abc import Callable
from typing import ParamSpec

from ui.state import AppState

__all__ = ["while_shown"]

P = ParamSpec("P")


def while_shown(state: AppState, do: Callable[P, object]) -> Callable[P, None]:
    """What a field does, unless bias or scores have come from elsewhere since it was drawn.

    Where a run of the page is broken off by a newer one, the browser still names fields that are no
    longer shown, and Streamlit takes each for one that has just been changed.
    """
    shown = state.given, state.lab.given

    def act(*args: P.args, **kwargs: P.kwargs) -> None:
        if (state.given, state.lab.given) == shown:
            do(*args, **kwargs)

    return act
