"""An invitation to edit the scores as somebody who knows the field would."""

import streamlit as st

from laat_core.datasets.stories import load_story
from ui.naming import feature_labels
from ui.state import AppState
from ui.text import literal, signed

__all__ = ["show_story"]


def show_story(state: AppState) -> None:
    """Offer the edits of a bundled table with the reason for them; elsewhere, to ask a model."""
    story = load_story(state.task.name) if state.shows_recorded else None
    if story is None:
        st.page_link("pages/proposals.py", label="Ask a language model", icon=":material/forum:")
        return
    labels = feature_labels(state.task, state.features)
    edits = {name: score for name, score in story.scores.items() if name in labels}
    # A new key closes it once the edits are made, so that their effect is seen.
    with st.popover(
        story.title,
        icon=":material/lightbulb:",
        type="primary",
        key=f"story_{state.epoch}",
    ):
        st.markdown(literal(story.why))
        st.markdown(
            "\n".join(
                f"- {literal(labels[name])}: {signed(state.original.score(name))} → {signed(score)}"
                for name, score in edits.items()
            )
        )
        made = all(state.scores.score(name) == score for name, score in edits.items())
        if made:
            st.caption("These edits are on the sliders.")
        elif st.button("Make these edits", type="primary", width="stretch"):
            if state.edit_scores(edits, "story", story.title):
                st.toast("The edits are on the sliders.", icon=":material/check:")
            st.rerun()
