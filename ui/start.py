"""The start page: what this is, and everything that can be opened."""

from typing import Literal

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
DEMO = "Patients referred for angiography: who has heart disease? With a language model's scores."
WORKBENCH = "pages/workbench.py"
MOST_PROJECTS = 5  # listed with a button each; the others are a tab away


def show_start(state: AppState) -> None:
    """Say what the app does, and offer a demo, own projects, tables and files."""
    compact_page()
    st.title("LAAT Workbench", anchor=False)
    st.markdown(
        "You have a table of cases, and knowledge that the table does not hold. A language model "
        "proposes how strongly each column speaks for or against the outcome, you correct that "
        "with sliders, and a small model retrains at once, next to models that know only the table."
    )
    listed = state.projects.listed()
    if listed:
        _own(state, listed)
    else:
        _demo(state, "primary")
    st.subheader("Another demo, your own table, or a project file", anchor=False)
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


def _demo(state: AppState, kind: Literal["primary", "secondary"]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Open the heart demo", type=kind, icon=":material/cardiology:")
        st.caption(DEMO)
    if pressed:
        state.open(load_dataset(FIRST_DEMO), load_proposal(FIRST_DEMO))
        st.switch_page(WORKBENCH)
