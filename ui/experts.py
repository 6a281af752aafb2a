"""Proposals side by side: choose one, pool several, see where they disagree."""

import pandas as pd
import streamlit as st

from laat_core import ImportanceScores, LaatError
from laat_core.scores.pooling import Pooling, disagreements, pool
from ui.memory import show_memory_badges
from ui.naming import feature_labels
from ui.state import SLIDERS, AppState
from ui.text import literal

__all__ = ["side_by_side"]

POOLINGS: dict[Pooling, str] = {
    "mean": "mean",
    "median": "median",
    "weights": "mean, with weights",
}
POOL = "Pool: "


def side_by_side(state: AppState) -> None:
    """Show every proposal per feature, and let one of them, or a pool, go on the sliders."""
    everyone = {name: scores.known(state.feature_names) for name, scores in state.experts.items()}
    everyone[SLIDERS] = state.scores
    asked = [name for name in state.experts if not name.startswith(POOL)]
    if not state.experts:
        st.info("No proposal yet. Ask a model, paste an answer, or load scores on the Workbench.")
        return
    chosen = st.multiselect("Proposals", list(everyone), default=asked)
    show_memory_badges(state)
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
    keep = left.checkbox("Keep my own edits", value=True, key="keep_edits_pool")
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
        # One alone keeps its estimates and reasons.
        alone = chosen[0] if len(chosen) == 1 and chosen[0] in state.experts else None
        pooled_name = f"{POOL}{POOLINGS[how or 'mean']} of {', '.join(chosen)}"
        state.use(alone or state.add_expert(pooled_name, pooled), keep_edits=keep)
        st.toast("The proposal is on the sliders.", icon=":material/check:")
    _remove(state)


def _remove(state: AppState) -> None:
    """Let a proposal be taken off the list; the one that is on the sliders stays."""
    others = [name for name in state.experts if name != state.origin]
    if not others:
        return
    with st.popover("Remove a proposal", icon=":material/delete:"):
        name = st.selectbox("Proposal", others)
        st.button("Remove", on_click=state.remove_expert, args=(name,))


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
            **{name: [one.scores.get(name) for one in found] for name in proposals},
            "Apart": [one.span if len(one.scores) > 1 else None for one in found],
            "Opposed": [one.opposed for one in found],
        }
    )
    if len(proposals) == 1:
        table = table.drop(columns=["Apart", "Opposed"])
    st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        height=min(len(table), 14) * 35 + 40,
        column_config={"Feature": st.column_config.TextColumn(width="medium", pinned=True)}
        | {name: st.column_config.NumberColumn(width="small", format="%.1f") for name in proposals},
    )
