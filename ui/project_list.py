"""The projects of a person: open, rename, import, delete."""

import streamlit as st

from laat_core import LaatError
from laat_core.store.archive import MOST_BYTES, import_project
from laat_core.store.projects import Listed
from ui.state import AppState
from ui.text import literal, local_time

__all__ = ["choose_project"]


def choose_project(state: AppState) -> None:
    """Offer this person's projects, and those that come in a file."""
    if state.projects.owner:
        _log_out(state)
    listed = {one.id: one for one in state.projects.listed()}
    if not listed:
        st.info("No project yet. The first edit on the Workbench makes one of the open table.")
    else:
        _open(state, listed)
    _import(state)


def _open(state: AppState, listed: dict[str, Listed]) -> None:
    number = st.selectbox(
        "Project",
        list(listed),
        format_func=lambda number: _title(listed[number]),
        key="project",
    )
    chosen = listed[number]
    left, middle, right = st.columns([2, 2, 2], vertical_alignment="bottom")
    here = number == state.project.id
    if left.button("Open this project", type="primary", disabled=here, width="stretch"):
        state.enter(number)
        st.toast(f"{literal(chosen.title)} is open.", icon=":material/check:")
        st.rerun()
    with middle.popover("Rename", width="stretch"):
        title = st.text_input("Title", chosen.title, max_chars=200, key=f"title_{number}")
        if st.button("Rename it", disabled=title.strip() in {"", chosen.title}):
            state.projects.rename(number, title)
            st.rerun()
    with right.popover("Delete", width="stretch"):
        st.markdown(
            f"{literal(chosen.title)} with all {chosen.n_states} states and its history would be "
            "gone for good. Export it first if anybody may ask for it."
        )
        if here:
            st.caption("It is open. Open another table or project first.")
        if st.button("Delete it for good", disabled=here):
            state.projects.delete(number)
            state.studies.end(number)
            st.rerun()


def _log_out(state: AppState) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.caption(f"You are logged in as {literal(state.projects.who)}. Others see none of this.")
    right.button("Log out", on_click=st.logout, width="stretch")


def _title(one: Listed) -> str:
    changed = local_time(one.changed)
    return f"{one.title} · {one.n_states} states · last changed {changed:%d %b %Y, %H:%M}"


def _import(state: AppState) -> None:
    file = st.file_uploader(
        "Import a project (a file that was exported on the History page)",
        type="zip",
        max_upload_size=MOST_BYTES // 2**20,
        key=f"import_{state.opened}",
    )
    if file is None:
        return
    try:
        project = import_project(file.getvalue(), state.projects)
    except LaatError as error:
        st.error(literal(str(error)))
        return
    state.enter(project.id)
    st.toast(f"{literal(project.title)} has been imported.", icon=":material/check:")
    st.rerun()
