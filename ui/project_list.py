"""The projects of a person: open, rename, import, delete."""

from collections import Counter
from collections.abc import Iterable

import streamlit as st

from laat_core import LaatError
from laat_core.store.archive import MOST_BYTES, import_project
from laat_core.store.projects import Listed
from ui.state import AppState
from ui.text import literal, local_time

__all__ = ["choose_project", "distinct_titles"]

ID_SHOWN = 6  # characters of a project's id, where nothing else tells two apart


def choose_project(state: AppState, leads_to: str) -> None:
    """Offer this person's projects, and those that come in a file.

    Parameters
    ----------
    state : AppState
    leads_to : str
        Page that is shown once one of them is open.
    """
    if state.projects.owner:
        _log_out(state)
    listed = {one.id: one for one in state.projects.listed()}
    if not listed:
        st.info("No project yet. The first edit on the Workbench makes one of the open table.")
    else:
        _open(state, listed, leads_to)
    _import(state, leads_to)


def distinct_titles(listed: Iterable[Listed]) -> dict[str, str]:
    """Title, size and last change by project; where these are equal, part of the id as well."""
    titles = {one.id: _title(one) for one in listed}
    times = Counter(titles.values())
    return {
        number: f"{title} · {number[:ID_SHOWN]}" if times[title] > 1 else title
        for number, title in titles.items()
    }


def _open(state: AppState, listed: dict[str, Listed], leads_to: str) -> None:
    titles, numbers = distinct_titles(listed.values()), list(listed)
    number = st.selectbox(
        "Project",
        numbers,
        # The one that is open, whenever another one has been opened.
        index=numbers.index(state.project.id) if state.project.id in listed else 0,
        format_func=titles.__getitem__,
        key=f"project_{state.opened}",
    )
    chosen = listed[number]
    left, middle, right = st.columns([2, 2, 2], vertical_alignment="bottom")
    here = number == state.project.id
    if left.button("Open this project", type="primary", disabled=here, width="stretch"):
        state.enter(number)
        st.toast(f"{literal(chosen.title)} is open.", icon=":material/check:")
        st.switch_page(leads_to)
    with middle.popover("Rename", width="stretch"):
        title = st.text_input("Title", chosen.title, max_chars=200, key=f"title_{number}")
        if st.button("Rename it", disabled=title.strip() in {"", chosen.title}):
            state.projects.rename(number, title)
            st.rerun()
    with right.popover("Delete", width="stretch"):
        st.markdown(
            f"This deletes **{literal(titles[number])}**: its scores, its history and, unless "
            "another project uses it, its table. This cannot be undone. Export it on the History "
            "page first if anybody may ask for it."
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
    states = "1 state" if one.n_states == 1 else f"{one.n_states} states"
    return f"{one.title} · {states} · last changed {changed:%d %b %Y, %H:%M}"


def _import(state: AppState, leads_to: str) -> None:
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
    st.switch_page(leads_to)
