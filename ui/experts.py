"""Proposals side by side: choose one, pool several, see where they disagree."""

import pandas as pd
import streamlit as st

from laat_core import ImportanceScores, LaatError
from laat_core.scores.pooling import Pooling, disagreements, pool
from ui.naming import feature_labels
from ui.state import RECORDED, AppState
from ui.text import literal

__all__ = ["side_by_side"]

POOLINGS: dict[Pooling, str] = {
    "mean": "mean",
    "median": "median",
    "weights": "mean, with weights",
}
SLIDERS = "the sliders as they are"


def _called(state: AppState, name: str) -> str:
    """What a proposal is called in front of people."""
    if name == RECORDED and state.proposal:
        return f"{state.proposal.model}, recorded {state.proposal.date}"
    return name


def side_by_side(state: AppState) -> None:
    """Show every proposal per feature, and let one of them, or a pool, go on the sliders."""
    names = {_called(state, name): name for name in state.experts}
    everyone = {
        shown: state.experts[name].reindexed(state.feature_names) for shown, name in names.items()
    }
    everyone[SLIDERS] = state.scores
    chosen = st.multiselect("Proposals", list(everyone), default=list(everyone)[:-1])
    if not chosen:
        st.info("Choose at least one proposal to look at.")
        return
    proposals = {name: everyone[name] for name in chosen}
    _table(state, proposals)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    how = left.segmented_control(
        "Pool them by", list(POOLINGS), default="mean", format_func=POOLINGS.__getitem__
    )
    weights = _weights(chosen) if how == "weights" else None
    keep = st.checkbox("Keep my own edits", value=True, key="keep_edits_pool")
    if right.button(
        "Put on the sliders",
        type="primary",
        width="stretch",
        disabled=how is None,
        key="put_pooled",
    ):
        try:
            pooled = pool(proposals, how or "mean", weights)
        except LaatError as error:
            st.error(literal(str(error)))
            return
        alone = names.get(chosen[0]) if len(chosen) == 1 else None  # keeps estimates and reasons
        pooled_name = f"{how} of {', '.join(chosen)}"
        state.use(alone or state.add_expert(pooled_name, pooled), keep_edits=keep)
        st.success(f"{literal(chosen[0] if alone else pooled_name)} is on the sliders.")


def _weights(chosen: list[str]) -> dict[str, float]:
    columns = st.columns(min(4, len(chosen)))
    return {
        name: columns[i % len(columns)].number_input(
            f"Weight of {literal(name)}", 0.0, 100.0, 1.0, key=f"weight_{name}"
        )
        for i, name in enumerate(chosen)
    }


def _table(state: AppState, proposals: dict[str, ImportanceScores]) -> None:
    labels = feature_labels(state.task, state.features)
    found = disagreements(proposals)
    opposed = [one for one in found if one.opposed]
    if len(proposals) > 1:
        st.caption(
            f"{len(opposed)} of {len(found)} features are judged in opposite directions; the "
            "widest disagreement comes first."
        )
    table = pd.DataFrame(
        {
            "Feature": [labels[one.feature] for one in found],
            **{name: [one.scores[name] for one in found] for name in proposals},
            "Apart": [one.span for one in found],
            "Opposed": [one.opposed for one in found],
        }
    )
    if len(proposals) == 1:
        table = table.drop(columns=["Apart", "Opposed"])
    st.dataframe(table, hide_index=True, height=min(len(table), 14) * 35 + 40)
