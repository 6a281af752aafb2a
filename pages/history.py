"""History: every state of the project, back to any, two compared; export."""

import streamlit as st

from laat_core.store.archive import export_project
from ui.layout import task_page
from ui.states import compare_states, go_back, list_states
from ui.visit import get_state

state = get_state()
if task_page(state):
    if not state.project.id:
        st.info(
            "Nothing has been recorded yet. The first edit on the Workbench makes a project of "
            "this table, and every later one is kept here."
        )
    else:
        list_states(state)
        back, compare, export = st.tabs(["Restore or name", "Compare two", "Export"])
        with back:
            go_back(state)
        with compare:
            compare_states(state)
        with export:
            st.markdown(
                "One file with the task, the table, the proposals and every event. It can be "
                "imported on the Data page, here or elsewhere, and checked with "
                "`python -m laat_core verify FILE`."
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
                f"Project {state.project.id}, {last.number:,} events. Note the hash of the last "
                f"one elsewhere, and nobody can later replace the history unseen: {last.hash}"
            )
