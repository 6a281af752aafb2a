"""The hold-out: rows that are locked away, looked at on request alone, each look counted."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from laat_core import HoldOut, LaatError
from laat_core.store.history import History
from laat_core.store.looks import Looked
from laat_core.store.wording import after_edits
from ui.evidence.look_words import CALCULATED, edits_between, limits, say_finding, say_meaning
from ui.held_out import known_look, lock_hold_out, look_at_hold_out, why_no_look
from ui.state import AppState
from ui.text import literal, moment

__all__ = ["show_hold_out"]

LEAST, MOST, USUAL = 10, 50, 20  # percent


def show_hold_out(state: AppState) -> None:
    """Lock rows away; once they are, look at them, and list what was found."""
    st.subheader("Rows held out", anchor=False)
    if state.hold_out is None:
        _offer(state)
        return
    history = state.project.history
    _say_what_is_locked(state, state.hold_out)
    known = known_look(state)
    if known is None and (why := why_no_look(state)):
        st.info(why)
    elif known is None:
        _offer_a_look(state)
    if history.looks:
        shown = known or history.looks[-1]
        st.markdown(say_finding(state, shown))
        st.markdown(say_meaning(history, shown))
        _list_looks(history)


# Before


def _offer(state: AppState) -> None:
    """Let rows be locked away."""
    st.markdown(
        "Whoever edits scores and watches the result ends with scores that suit the rows they "
        "watched. Rows that are locked away before editing tell how good a model with these scores "
        "really is: no page shows or uses what class they have, you look at them only when you ask "
        "for it, and every look is counted."
    )
    # Keys of their own: the one would be open because the other was.
    with st.popover("Lock rows away", icon=":material/lock:", key=f"lock_{state.opened}"):
        _lock(state)


def _lock(state: AppState) -> None:
    """Choose how many, and lock them away."""
    percent = st.slider(
        "Rows held out, % of each class",
        LEAST,
        MOST,
        USUAL,
        key=f"hold_out_share_{state.opened}",
    )
    task, share = state.task, percent / 100
    try:
        n_rows = len(HoldOut(share).rows(task.labels, task.groups))
    except LaatError as error:
        st.info(literal(str(error)))
        return
    st.markdown(
        f"{_counts(state, HoldOut(share))} will be drawn at random; "
        f"{len(task.labels) - n_rows:,} stay to train and test on. **Nothing unlocks them or "
        "exchanges them for others.**"
    )
    if n_edits := state.project.history.n_edits:
        st.warning(
            f"The scores have been edited already ({n_edits} edit{'s' * (n_edits > 1)}), with all "
            "rows in view. Rows locked away now are new to later edits only; this page and the "
            "history will say so."
        )
    if st.button(f"Lock {n_rows:,} rows away", type="primary"):
        _do(lambda: lock_hold_out(state, share))


def _counts(state: AppState, hold_out: HoldOut) -> str:
    """Say how many rows of each class are held out."""
    labels = state.task.labels
    of_both = labels[hold_out.rows(labels, state.task.groups)]
    n_positive = int(of_both.sum())
    return (
        f"{len(of_both):,} rows ({n_positive:,} with {literal(state.task.outcome)}, "
        f"{len(of_both) - n_positive:,} with {literal(state.task.opposite)})"
    )


# Locked


def _say_what_is_locked(state: AppState, hold_out: HoldOut) -> None:
    history = state.project.history
    held_out = history.held_out
    if held_out is None:
        return
    made = history.state(held_out.state)
    when = moment(made.time)
    st.markdown(
        f":material/lock: {_counts(state, hold_out)} are locked away"
        + (f" since {when:%d %b %Y, %H:%M}" if when else "")
        + (f", by {literal(made.who)}" if made.who else "")
        + f", {after_edits(held_out.n_edits)} of the scores. No page shows or uses what class "
        "they have. For other rows, begin a new project; whatever you have learnt about these "
        "goes with you."
    )


def _offer_a_look(state: AppState) -> None:
    """Let somebody look, once they know what it costs."""
    number = len(state.project.history.looks) + 1
    key = f"look_{state.opened}_{number}"
    with st.popover("Look at the held-out rows", icon=":material/visibility:", key=key):
        st.markdown(
            f"This will be look {number}. It trains the models with the scores and settings as "
            "they are now and tests them on the rows held out. It is recorded for good, with your "
            "scores, and cannot be taken back. Look once you are done with editing, not to find "
            "out how to edit."
        )
        if st.button(f"Look, and count it as look {number}", type="primary"):
            _do(lambda: look_at_hold_out(state))


def _do(what: Callable[[], None]) -> None:
    """Do something to the project and show what came of it, or say why it cannot be done."""
    try:
        with st.spinner("Training …"):
            what()
    except LaatError as error:
        st.error(literal(str(error)))
    else:
        st.rerun()


# Looked at


def _list_looks(history: History) -> None:
    """List every look with what was found, the newest first."""
    rows = pd.DataFrame([_row(history, looked) for looked in reversed(history.looks)])
    if not rows["Who"].any():  # nobody logs in here
        rows = rows.drop(columns="Who")
    number = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="",
        column_config={
            "Look": number(width="small"),
            "Difference": number(format="%+.1f", width="small", help="LAAT model less baseline"),
            "Edits": number(width="small", help="Of the scores, since the first look"),
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm:ss"),
            "State": st.column_config.TextColumn(help="Number and name on the History page"),
            **dict.fromkeys(
                ("LAAT", "Baseline", "Scores alone"), number(format="%.1f", width="small")
            ),
            "p": number(format="%.3f", width="small"),
        },
    )
    st.caption(
        "Points are pairs in 100 that are ranked rightly (ROC-AUC × 100). The models are those of "
        "the first split; with other training rows there would be other models, as the spread "
        "over the splits shows."
    )
    with st.expander("How this is calculated"):
        st.markdown("\n".join(f"- {line}" for line in CALCULATED))


def _row(history: History, looked: Looked) -> dict[str, object]:
    look, event = looked.look, history.events[looked.event - 1]
    name = history.state(looked.state).name
    by_formula = " (DeLong)" if look.corrected and look.corrected_by == "DeLong" else ""
    # What matters first: a phone shows the first columns alone.
    return {
        "Look": look.number,
        "Difference": 100 * look.difference,
        "Limits": f"{limits(look.corrected)}{by_formula}",
        "Edits": edits_between(history, looked),
        "LAAT": 100 * look.laat,
        "Baseline": 100 * look.baseline,
        "Scores alone": 100 * look.scores_alone,
        "When": moment(event.time),
        "Who": event.who,
        "State": f"{looked.state} {name}".strip(),
        "95 %, bootstrap": limits(look.bootstrap),
        "95 %, DeLong": limits(look.delong),
        "p": look.p_value,
        "n": f"{look.n_positive:,} and {look.n_negative:,}",
    }
