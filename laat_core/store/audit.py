"""Whether a history holds: link by link, and whether what it says fits what came before."""

from collections.abc import Mapping, Sequence

from laat_core.errors import LaatError
from laat_core.store.entries import asked_hash
from laat_core.store.events import Event, first_broken
from laat_core.store.history import History, scores_hash

__all__ = ["first_fault"]

RESULTS = ("ran", "looked")


def first_fault(events: Sequence[Event], tables: Mapping[str, bytes]) -> tuple[int, str] | None:
    """Walk a history; return number and fault of the first event that does not hold.

    Beside the chain, every event has to fit those before it, and every result has to be of the
    scores, the table and the prompt that the history had for it.

    Parameters
    ----------
    events : sequence of Event
    tables : mapping of str to bytes
        Content of the tables, by the hash that names them.
    """
    broken = first_broken(events, tables)
    history = History()
    recorded: History | None = History(as_recorded=True)  # while all names are an earlier version's
    for event in events[: broken[0] - 1 if broken else None]:
        known = [one for one in (history, recorded) if one is not None]
        if event.kind in RESULTS and not any(_is_of_its_state(one, event) for one in known):
            return event.number, (
                f"The result of event {event.number} is not of the scores, table and prompt that "
                "the history has for it."
            )
        if event.kind == "studied" and not any(_is_of_its_scores(one, event) for one in known):
            return event.number, (
                f"The study of event {event.number} is not of the scores that the history has for "
                "it."
            )
        recorded = _after(recorded, event)
        try:
            history.fold(event)
        except LaatError as error:
            return event.number, f"Event {event.number} does not fit those before it: {error}"
    return broken


def _after(history: History | None, event: Event) -> History | None:
    """Return the history after an event; None where it does not fit."""
    try:
        if history is not None:
            history.fold(event)
    except LaatError:
        return None
    return history


def _is_of_its_state(history: History, event: Event) -> bool:
    try:
        state = event.content["state"]
        expected = {
            "scores": scores_hash(history.scores_at(state)),
            "table": history.table_hash,
            "prompt": asked_hash(history.asked.get(history.origin_at(state), {})),
        }
    except (LaatError, LookupError, TypeError):
        return True  # told when it is folded
    return all(event.content.get(key) == value for key, value in expected.items())


def _is_of_its_scores(history: History, event: Event) -> bool:
    try:
        expected = scores_hash(history.scores_at(event.content["state"]))
    except (LaatError, LookupError, TypeError):
        return True  # told when it is folded
    return bool(event.content.get("scores") == expected)
