"""What an expert sees in a bundled table, and one click to act on it."""

import streamlit as st

from laat_core import Design, load_dataset, load_proposal
from laat_core.datasets import dataset_title
from laat_core.datasets.stories import Story, load_story
from ui.naming import feature_labels
from ui.state import AppState
from ui.text import literal, signed

__all__ = ["show_story"]


def show_story(state: AppState) -> None:
    """Tell the story of a bundled table; elsewhere, offer to ask a model."""
    story = load_story(state.task.name) if state.shows_recorded else None
    if story is None:
        st.page_link("pages/proposals.py", label="Ask a language model", icon=":material/forum:")
        return
    # A new key closes it once something has been done, so that the effect is seen.
    with st.popover(
        story.title,
        icon=":material/lightbulb:",
        type="primary",
        key=f"story_{state.epoch}_{state.given}",
    ):
        for paragraph in story.text:
            st.markdown(literal(paragraph))
        if story.design:
            _design(state, story.design)
        if story.scores:
            _edits(state, story)
        if story.next_table:
            _next(state, story.next_table)


def _design(state: AppState, design: Design) -> None:
    now = state.settings.design
    training = f"{100 * (1 - design.test_share):.0f} % of the rows"
    if (now.shots, now.test_share, now.seed) == (design.shots, design.test_share, design.seed):
        st.caption(f"The models are trained on {training}, which is enough to show the flags.")
    elif st.button(f"Train on {training}", width="stretch"):
        state.set_design(design)
        st.rerun()


def _edits(state: AppState, story: Story) -> None:
    labels = feature_labels(state.task, state.features)
    edits = {name: score for name, score in story.scores.items() if name in labels}
    st.markdown(
        "\n".join(
            f"- {literal(labels[name])}: {signed(state.original.score(name))} → {signed(score)}"
            for name, score in edits.items()
        )
    )
    made = all(state.scores.score(name) == score for name, score in edits.items())
    button = "Make this edit" if len(edits) == 1 else "Make these edits"
    if made:
        st.caption("The sliders show this.")
    elif st.button(button, type="primary", width="stretch"):
        if state.edit_scores(edits, "story", story.title):
            st.toast("The edits are on the sliders.", icon=":material/check:")
        st.rerun()


def _next(state: AppState, name: str) -> None:
    """Open the table where the story goes on, with its rows divided as its own story asks."""
    if st.button(f"Open {literal(dataset_title(name))}", type="primary", width="stretch"):
        state.open(load_dataset(name), load_proposal(name))
        story = load_story(name)
        if story and story.design:
            state.set_design(story.design)
        st.rerun()
