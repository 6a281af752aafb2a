"""Labels and descriptions drafted by a model, edited by a person before they are used."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from laat_core import Column
from laat_core.errors import LaatError
from laat_core.scores.llm.draft import draft_descriptions, undescribed, write_draft_prompt
from ui.model_choice import ModelChoice
from ui.state import AppState
from ui.text import literal

__all__ = ["describe_columns"]


def describe_columns(state: AppState, choice: ModelChoice) -> None:
    """Draft words for the columns that have none, and take them over once they are approved."""
    columns = undescribed(state.task)
    if not columns:
        st.info("Every column that is used has a description. They are changed on the Data page.")
        return
    st.markdown(
        f"Columns without a description: {len(columns)}. The model chosen under “Ask a model” can "
        "draft them from names, kinds and the task's sentence. Nothing is used before you "
        "have read it."
    )
    with st.expander("What is sent"):
        st.text(write_draft_prompt(state.task, columns))
    if st.button("Draft descriptions", icon=":material/edit_note:"):
        try:
            with st.spinner("The model is writing …"):
                drafts = draft_descriptions(choice.connect(), state.task, columns)
        except LaatError as error:
            st.error(literal(str(error)))
            return
        st.session_state["drafts"] = (state.opened, drafts)
    opened, drafts = st.session_state.get("drafts", (None, []))
    drafts = [draft for draft in drafts if draft.name in {column.name for column in columns}]
    if opened == state.opened and drafts:
        _approve(state, drafts)


def _approve(state: AppState, drafts: list[Column]) -> None:
    table = pd.DataFrame(
        {
            "column": [column.name for column in drafts],
            "label": [column.label for column in drafts],
            "description": [column.description for column in drafts],
        },
        dtype="str",
    )
    edited = st.data_editor(
        table, hide_index=True, disabled=["column"], key=f"drafts_{state.opened}"
    )
    if st.button("Use these words", type="primary"):
        words = edited.fillna("").itertuples(index=False)
        state.change_task(
            state.task.with_columns(
                *(
                    replace(state.task.column(c.name), label=w.label, description=w.description)
                    for c, w in zip(drafts, words, strict=True)
                )
            )
        )
        del st.session_state["drafts"]
        st.rerun()
