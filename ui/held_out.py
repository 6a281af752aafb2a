"""Rows held out of a project: locking them away, and looking at them."""

import secrets

from laat_core import HoldOut
from laat_core.errors import DesignError
from laat_core.evaluate.hold_out import look
from laat_core.store.looks import Looked
from ui.settings import Settings
from ui.state import AppState

__all__ = ["known_look", "lock_hold_out", "look_at_hold_out", "why_no_look"]


def lock_hold_out(state: AppState, share: float) -> None:
    """Hold a share of each class out, once and for all; nobody chooses which rows.

    A study that is under way is ended: it makes use of all rows.

    Raises
    ------
    LaatError
        If rows are held out already, or a class has too few.
    """
    state.kept.hold_out(HoldOut(share, secrets.randbelow(2**31)))
    state.catch_up()


def known_look(state: AppState) -> Looked | None:
    """The look at scores and settings as they are recorded, where there has been one."""
    history = state.project.history
    settings = Settings.from_document(history.settings).document()
    return history.look_at(history.states[-1].number, settings)


def why_no_look(state: AppState) -> str:
    """Say why a look would show nothing; empty where it would show something."""
    history = state.project.history
    if state.recipe.not_used:
        return ""  # the baseline may decide by what the LAAT model may not
    if Settings.from_document(history.settings).gamma == 0:
        alike = "Trust is 0"
    elif not history.scores.reindexed(state.feature_names).values.any():
        alike = "All scores are 0"
    else:
        return ""
    return (
        f"{alike}, so that the LAAT model is the baseline: a look would compare it with itself. "
        "Change that first; no look is spent on it."
    )


def look_at_hold_out(state: AppState) -> None:
    """Train with scores and settings as they are recorded, look, and record what was found.

    The same models are looked at once: a second time there is nothing new to see or to count.

    Raises
    ------
    LaatError
        If no rows are held out, there is nothing to see, the models cannot be trained, or somebody
        else has looked in this moment.
    """
    if known_look(state):
        return
    if why := why_no_look(state):
        raise DesignError(why)
    history = state.project.history
    number, looks = history.states[-1].number, len(history.looks)
    settings = Settings.from_document(history.settings)
    scores = history.scores.reindexed(state.feature_names)
    experiment = state.experiment_at(number)
    trust = settings.feature_trust(scores, history.marks)
    comparison = experiment.compare(scores, settings.gamma, feature_trust=trust)
    found = look(experiment, comparison, looks + 1)
    state.project.looked(found, settings.document(), number)
