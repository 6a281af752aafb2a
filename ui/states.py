"""The states of a project: a list, going back, naming, and comparing two."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from laat_core.data.plain import plain_number
from laat_core.store.history import History, State
from ui.naming import feature_labels
from ui.state import AppState
from ui.text import moment, with_sign

__all__ = ["compare_states", "go_back", "list_states"]

LONGEST_NAME = 100
LARGEST = 1e6  # of a number in a result; AUCs and attributions are at most 1


def list_states(state: AppState) -> None:
    """Show every state with what was done, why, and what came of it; the newest first."""
    rows = [
        {
            "State": one.number,
            "Name": one.name,
            "When": moment(one.time),
            "Who": one.who,
            "What": one.what,
            "Why": one.why,
            "LAAT": _auc(one, "laat"),
            "Baseline": _auc(one, "baseline"),
            "Scores alone": _auc(one, "scores_alone"),
        }
        for one in reversed(state.project.history.states)
    ]
    auc = st.column_config.NumberColumn(format="%.1f", width="small")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder="",
        height=min(len(rows), 12) * 35 + 40,
        column_config={
            "State": st.column_config.NumberColumn(width="small"),
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm:ss"),
            "What": st.column_config.TextColumn(width="medium"),
            "Why": st.column_config.TextColumn(width="medium"),
            "LAAT": auc,
            "Baseline": auc,
            "Scores alone": auc,
        },
    )
    st.caption(f"ROC-AUC × 100, mean over the splits.{_looks(state.project.history)}")
    _train_missing(state)


def _looks(history: History) -> str:
    """Say how often the rows held out were looked at, and in which states."""
    if history.held_out is None:
        return ""
    *others, last = [str(one.state) for one in history.looks] or [""]
    if others:
        looks = f"looked at with the scores of states {', '.join(others)} and {last}"
    elif last:
        looks = f"looked at with the scores of state {last}"
    else:
        looks = "not looked at yet"
    return f" Rows held out since state {history.held_out.state}: {looks}."


def _train_missing(state: AppState) -> None:
    """Offer to train the models of states that were passed through too fast for it."""
    history = state.project.history
    if state.problem:  # there is nothing to train on
        return
    missing = [
        one.number
        for one in history.states
        if one.result is None and history.settings_at(one.number) is not None
    ]
    if not missing:
        return
    has = "has" if len(missing) == 1 else "have"
    st.markdown(
        f"{len(missing)} of {len(history.states)} states {has} no result: you moved on before "
        "training finished."
    )
    if not st.button("Train them now", icon=":material/model_training:"):
        return
    progress = st.progress(0.0)
    for done, number in enumerate(missing):
        state.train_state(number)
        progress.progress((done + 1) / len(missing))
    st.rerun()


def go_back(state: AppState) -> None:
    """Let a state be restored, or be given a name."""
    chosen = _choose(state, "State", "history_state")
    left, middle, right = st.columns([3, 2, 3], vertical_alignment="bottom")
    name = left.text_input(
        "Name", chosen.name, max_chars=LONGEST_NAME, key=f"history_name_{chosen.number}"
    )
    if middle.button("Keep the name", width="stretch", disabled=name == chosen.name):
        state.project.name(chosen.number, name)
        st.rerun()
    if right.button(
        "Restore these scores", type="primary", icon=":material/settings_backup_restore:"
    ):
        if state.restore(chosen.number):
            st.toast(
                f"The scores of state {chosen.number} are on the sliders.", icon=":material/check:"
            )
        st.rerun()
    st.caption("Restoring adds a state; nothing is deleted, and it can be undone.")


def compare_states(state: AppState) -> None:
    """Show what differs between two states: scores, attributions and AUC."""
    left, right = st.columns(2)
    with left:
        first = _choose(state, "Compare", "history_first", 1)
    with right:
        second = _choose(state, "with", "history_second")
    history = state.project.history
    st.markdown(_difference(history, first, second))
    labels = feature_labels(state.task, state.features)
    labels = labels or {name: name for name in history.scores.features}
    scores = [history.scores_at(one.number).as_dict() for one in (first, second)]
    table = pd.DataFrame(
        {
            "Feature": list(labels.values()),
            **_pair("Score", [[part.get(name, 0.0) for name in labels] for part in scores]),
            **_pair(
                "Attribution",
                [[_attribution(history, one, name) for name in labels] for one in (first, second)],
            ),
        }
    )
    changed = table["Score, first"] != table["Score, second"]
    if st.checkbox("Only features whose score differs", value=bool(changed.any())):
        table = table[changed]
    st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        height=min(len(table), 14) * 35 + 40,
        column_config={
            name: st.column_config.NumberColumn(format="%+.2f") for name in table.columns[1:]
        },
    )


def _choose(state: AppState, label: str, key: str, before: int = 0) -> State:
    """Choose a state; at first the last one, or one so many before it."""
    states = list(reversed(state.project.history.states))
    by_number = {one.number: one for one in states}
    number = st.selectbox(
        label,
        list(by_number),
        index=min(before, len(states) - 1),
        format_func=lambda number: _title(by_number[number]),
        key=key,
    )
    return by_number[number]


def _title(one: State) -> str:
    return " · ".join(filter(None, [str(one.number), one.name, one.what]))


def _found(one: State, *path: str) -> Any:
    """Part of a state's result, None where it is not there: a project may come from anybody."""
    part: Any = one.result
    for key in ("result", *path):
        part = part.get(key) if isinstance(part, Mapping) else None
    return part


def _number(value: object) -> float | None:
    number = plain_number(value)
    return float(number) if abs(number) <= LARGEST else None


def _auc(one: State, model: str) -> float | None:
    mean = _number(_found(one, "models", model, "auc", "mean"))
    return None if mean is None else 100 * mean


def _attribution(history: History, one: State, feature: str) -> float | None:
    """What a model made of a feature, for the positive class of today."""
    value = _number(_found(one, "models", "laat", "attributions", feature))
    if value is None:
        return None
    today = history.task_document["positive_class"]
    return value if history.positive_class_at(one.number) == today else 0.0 - value


def _per_split(one: State) -> list[float]:
    """AUC of the LAAT model in each split; empty where that is not known."""
    found = _found(one, "models", "laat", "auc", "per_split")
    numbers = [_number(value) for value in found] if isinstance(found, list) else []
    known = [number for number in numbers if number is not None]
    return known if len(known) == len(numbers) else []


def _pair(what: str, values: list[list[Any]]) -> dict[str, list[Any]]:
    return {
        f"{what}, {which}": part for which, part in zip(("first", "second"), values, strict=True)
    }


def _splits(history: History, one: State) -> object:
    """What rows are divided by: equal where two states had the same splits."""
    parts = _found(one, "design"), _found(one, "hold_out")
    return history.positive_class_at(one.number), *parts


def _difference(history: History, first: State, second: State) -> str:
    """Say how the AUCs differ; pair by pair where both had the same splits."""
    before, after = _auc(first, "laat"), _auc(second, "laat")
    if before is None or after is None:
        return "One of them has no result: its models were never trained to the end."
    said = f"LAAT model: {before:.1f} and {after:.1f}, "
    per_split = [_per_split(one) for one in (first, second)]
    if _splits(history, first) != _splits(history, second) or len(per_split[0]) != len(
        per_split[1]
    ):
        return f"{said}but on different splits, so that they do not compare pair by pair."
    if not per_split[0]:
        return f"{said}of splits that were not kept."
    paired = 100 * (np.array(per_split[1]) - np.array(per_split[0]))
    mean = with_sign(paired.mean(), 2)
    spread = f" ± {paired.std(ddof=1):.2f}" if len(paired) > 1 else ""
    splits = f"{len(paired)} splits" if len(paired) > 1 else "one split"
    return (
        f"{said}paired difference {mean}{spread} over {splits}; the second is ahead in "
        f"{int((paired > 0).sum())}, the first in {int((paired < 0).sum())}."
    )
