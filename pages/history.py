"""History: every state of the project, back to any, two compared; export."""

import streamlit as st

from laat_core.store.archive import export_project
from ui.layout import task_page
from ui.state import AppState
from ui.states import compare_states, go_back, list_states
from ui.visit import get_state


def export(state: AppState) -> None:
    """Offer the project as a file."""
    st.markdown(
        "One file with the task, the table, the proposals and every event. It can be imported on "
        "the Data page, here or elsewhere, and checked with `python -m laat_core verify FILE`."
    )
    st.download_button(
        "Export the project",
        lambda: export_project(state.project),
        f"{state.project.title[:60] or 'project'}.zip",
        "application/zip",
        icon=":material/archive:",
        on_click="ignore",
    )
    last = state.project.history.events[-1]
    st.caption(
        f"Project {state.project.id}, {last.number:,} events. Record this hash elsewhere; it "
        f"reveals later tampering: {last.hash}"
    )


state = get_state()
task_page(state)  # whatever the columns are like, what was done is shown
if not state.project.id:
    st.info(
        "Nothing has been recorded yet. The first edit on the Workbench makes a project of "
        "this table, and every later one is kept here."
    )
else:
    list_states(state)
    back, compare, out = st.tabs(["Restore or name", "Compare two", "Export"])
    with back:
        go_back(state)
    with compare:
        compare_states(state)
    with out:
        export(state)
