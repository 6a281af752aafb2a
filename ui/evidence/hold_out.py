"""The hold-out: rows that are locked away, looked at on request alone, each look counted."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from laat_core import HoldOut, LaatError
from laat_core.evaluate.intervals import Interval
from laat_core.store.history import History
from laat_core.store.looks import Looked
from laat_core.store.wording import after_edits
from ui.evidence.marks import say_unused
from ui.held_out import known_look, lock_hold_out, look_at_hold_out, why_no_look
from ui.state import AppState
from ui.text import literal, moment, with_sign

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
        st.markdown(_finding(state, shown))
        st.markdown(_meaning(history, shown))
        _list_looks(history)


# Before


def _offer(state: AppState) -> None:
    """Let rows be locked away."""
    st.markdown(
        "Whoever edits scores and watches the result ends with scores that suit the rows they "
        "watched. Rows that are locked away before editing tell how good the scores really are: "
        "no page shows or uses what class they have, you look at them only when you ask for it, "
        "and every look is counted."
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
        n_rows = len(HoldOut(share).rows(task.labels))
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
    of_both = labels[hold_out.rows(labels)]
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


def _finding(state: AppState, shown: Looked) -> str:
    """What a look found, in one or two sentences."""
    look, task, n_looks = shown.look, state.task, len(state.project.history.looks)
    which = "these scores" if shown is known_look(state) else "the scores of the last look"
    of_all = f" of {n_looks}" if n_looks > 1 else ""
    said = (
        f"**Look {look.number}{of_all}.** On the rows held out, the LAAT model with {which} ranks "
        f"one with {literal(task.outcome)} above one with {literal(task.opposite)} "
        f"**{100 * look.laat:.1f}** times in 100, the baseline {100 * look.baseline:.1f}, the "
        f"scores alone {100 * look.scores_alone:.1f}. LAAT model less baseline: "
        f"{with_sign(100 * look.difference)} points"
    )
    unused = say_unused(state, shown.state)
    if look.corrected is None:
        return f"{said}. {unused}".rstrip()
    low, high = look.corrected
    # Of what is not used the LAAT model has nothing: not all is the scores' doing then.
    if low > 0:
        meaning = f"more than chance would give{'' if unused else ': the scores help'}"
    elif high < 0:
        meaning = f"less than chance would give{'' if unused else ': the scores do harm'}"
    else:
        better = "which of the two is better" if unused else "whether the scores help"
        meaning = f"these rows are too few to tell {better}"
    interval = _interval(look.corrected)
    return f"{said}, corrected interval {interval}; {meaning}. {unused}".rstrip()


def _meaning(history: History, shown: Looked) -> str:
    """What the number of looks means, and how the interval allows for it."""
    number, n_looks = shown.look.number, len(history.looks)
    after = history.held_out.n_edits if history.held_out else 0
    if number < n_looks:
        said = (
            f"This is look {number} of {n_looks}. Whoever goes back to these scores now chooses "
            f"them with {'both' if n_looks == 2 else f'all {n_looks}'} looks in view: the figure "
            "is no longer that of rows never seen. "
        )
    elif number > 1:
        said = (
            f"This is look {number}. Each look lets the choice of scores lean on these rows: "
            "after several, the figure is no longer that of rows never seen. "
        )
    elif after:
        said = (
            "This is the first look, but the scores had been edited with these rows in view "
            f"before they were locked away ({after_edits(after)}). "
        )
    else:
        said = "This is the first look: the figure is that of rows never seen. "
    return (
        f"{said}The corrected interval allows for looking again: look number k may miss the true "
        "difference with a chance of 5 % divided by k × (k + 1), which over all looks, however "
        "many, adds up to less than 5 %. So it holds even for the best of them."
    )


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
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm:ss"),
            "State": st.column_config.TextColumn(help="Number and name on the History page"),
            **dict.fromkeys(
                ("LAAT", "Baseline", "Scores alone"), number(format="%.1f", width="small")
            ),
            "Difference": number(format="%+.1f", width="small"),
            "p": number(format="%.3f", width="small"),
        },
    )
    st.caption(
        "ROC-AUC × 100 of the models of the first split; with other training rows there would be "
        "other models, as the spread over the splits shows. Difference: LAAT model less baseline, "
        "with its 95 % interval by DeLong's method and by resampling the rows (bootstrap). p: how "
        "often chance alone would show a difference as large, were there none (DeLong). n: rows "
        "held out, positive and other."
    )


def _row(history: History, looked: Looked) -> dict[str, object]:
    look, event = looked.look, history.events[looked.event - 1]
    name = history.state(looked.state).name
    return {
        "Look": look.number,
        "When": moment(event.time),
        "Who": event.who,
        "State": f"{looked.state} {name}".strip(),
        "LAAT": 100 * look.laat,
        "Baseline": 100 * look.baseline,
        "Scores alone": 100 * look.scores_alone,
        "Difference": 100 * look.difference,
        "Corrected interval": _interval(look.corrected),
        "95 %, DeLong": _interval(look.delong),
        "95 %, bootstrap": _interval(look.bootstrap),
        "p": look.p_value,
        "n": f"{look.n_positive:,} and {look.n_negative:,}",
    }


def _interval(ends: Interval | None) -> str:
    return " to ".join(with_sign(100 * end) for end in ends) if ends else "none"
