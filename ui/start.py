"""The start page: what this is, and everything that can be opened."""

import streamlit as st

from laat_core import load_dataset, load_proposal
from laat_core.store.projects import Listed
from ui.layout import compact_page
from ui.project_list import distinct_titles
from ui.state import AppState
from ui.table_choice import choose_table
from ui.text import literal

__all__ = ["FIRST_DEMO", "show_start"]

FIRST_DEMO = "heart"
WORKBENCH = "pages/workbench.py"
MOST_PROJECTS = 5  # listed with a button each; the others are a tab away


def show_start(state: AppState) -> None:
    """Say what the app does, and offer a demo, own projects, tables and files."""
    compact_page()
    st.title("LAAT Workbench", anchor=False)
    st.markdown(
        "A language model proposes how much each column of a table speaks for an outcome; you "
        "correct it with sliders, and a small model retrains at once. Beside it you see models "
        "that know only the table, so you can tell whether your knowledge helps."
    )
    listed = state.projects.listed()
    if listed:
        _own(state, listed)
    else:
        _demo(state, "primary")
    st.subheader("Open something else" if listed else "Or open something else", anchor=False)
    choose_table(state, leads_to=WORKBENCH)


def _own(state: AppState, listed: list[Listed]) -> None:
    """Show the projects changed last, one click away each."""
    st.subheader("Your projects", anchor=False)
    titles = distinct_titles(listed)
    for one in listed[:MOST_PROJECTS]:
        here = state.chosen and one.id == state.project.id
        pressed = st.button(
            f"{literal(titles[one.id])}{' (open)' if here else ''}",
            key=f"start_{one.id}",
            type="primary" if one is listed[0] else "secondary",
            icon=":material/folder_open:",
        )
        if pressed:
            if not here:
                state.enter(one.id)
            st.switch_page(WORKBENCH)
    if len(listed) > MOST_PROJECTS:
        st.caption(f"{len(listed) - MOST_PROJECTS} more under “Your projects” below.")
    _demo(state, "secondary")


def _demo(state: AppState, kind: str) -> None:
    pressed = st.button(
        "Open the heart demo",
        type="primary" if kind == "primary" else "secondary",
        icon=":material/cardiology:",
        help="303 patients referred for angiography: who has heart disease?",
    )
    if pressed:
        state.open(load_dataset(FIRST_DEMO), load_proposal(FIRST_DEMO))
        st.switch_page(WORKBENCH)
