"""Choosing a table: a bundled one, or one's own file with its target."""

from dataclasses import replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from laat_core import (
    DataError,
    LaatError,
    Task,
    dataset_names,
    load_dataset,
    load_proposal,
    make_task,
)
from laat_core.data.metadata import parse_metadata, task_from_metadata
from laat_core.data.reading import MAX_BYTES, MISSING_MARKS, LoadedTable, read_bytes, sheet_names
from laat_core.data.text import one_line, sorted_levels
from laat_core.datasets import RecordedProposal, dataset_title
from ui.columns.target_classes import MOST_CLASSES, choose_classes
from ui.positive_class import ask_positive_class
from ui.project_list import choose_project
from ui.state import AppState
from ui.text import literal

__all__ = ["choose_table"]

AFFIRMATIVE = {"yes", "y", "true", "t", "1", "positive", "ja", "j", "oui", "si", "sí", "sì", "da"}


DATA = "pages/data.py"


def choose_table(state: AppState, leads_to: str = DATA) -> None:
    """Offer the bundled tables, an upload, and projects; each replaces what is open.

    Parameters
    ----------
    state : AppState
    leads_to : str
        Page that a demo or project opens on; a table of one's own opens on the Data page.
    """
    bundled, own, projects = st.tabs(["A demo table", "Your own table", "Your projects"])
    with bundled:
        _bundled(state, leads_to)
    with own:
        _own(state)
    with projects:
        choose_project(state, leads_to)


def _bundled(state: AppState, leads_to: str) -> None:
    names = dataset_names()
    here = state.task.name if state.chosen and state.task.name in names else None
    name = st.selectbox(
        "Table",
        names,
        index=names.index(here) if here else None,
        format_func=dataset_title,
        placeholder="Choose a table",
        key="bundled",
    )
    if name and name != here and st.button("Open this table", type="primary"):
        _open(state, leads_to, load_dataset(name), load_proposal(name))


def _open(
    state: AppState, leads_to: str, task: Task, proposal: RecordedProposal | None = None
) -> None:
    state.open(task, proposal)
    check = " Check its columns below." if leads_to == DATA else ""
    st.toast(f"{literal(task.title)} is open.{check}", icon=":material/check:")
    st.switch_page(leads_to)


def _own(state: AppState) -> None:
    st.caption(
        "CSV, TSV or other text, Excel (.xlsx), Parquet, Feather or Stata (.dta), also packed "
        f"(.gz, .zip), up to {MAX_BYTES // 2**20} MB. A file `name-metadata.json` with "
        "descriptions may be loaded along with `name.csv`. The table stays on this machine."
    )
    # Of any type: what cannot be read is told in a sentence that says what to do.
    files = st.file_uploader("Table", accept_multiple_files=True, key="upload")
    try:
        _uploaded(state, files)
    except LaatError as error:
        st.error(literal(str(error)))


def _uploaded(state: AppState, files: list[UploadedFile]) -> None:
    described = [file for file in files if file.name.lower().endswith("-metadata.json")]
    tables = [file for file in files if file not in described]
    if not tables:
        return
    if len(tables) > 1:
        raise DataError("Several tables are loaded. Keep one, and remove the others.")
    table = _read(tables[0])
    name = tables[0].name  # with its ending, so that it is no bundled table's
    st.caption(
        f"{len(table.frame):,} rows, {table.frame.shape[1]} columns. Read as missing: "
        f"{', '.join(literal(mark) for mark in MISSING_MARKS if mark)} and empty cells."
    )
    st.dataframe(table.frame.head(5), hide_index=True, height="content")
    _say_notes(table)
    if described:
        metadata = parse_metadata(described[0].getvalue())
        task = task_from_metadata(table, metadata, name=name)
    else:
        task = _choose_target(table, name)
    if task is not None and st.button("Use this table", type="primary"):
        _open(state, DATA, task)


def _read(file: UploadedFile) -> LoadedTable:
    """Read the file; of a workbook, the sheet that is chosen."""
    try:
        table = _parse(file.file_id, None, file)
        sheets, default = table.sheets, table.sheet
    except DataError:  # another sheet may hold the table
        sheets = sheet_names(file.getvalue(), file.name)
        if len(sheets) < 2:
            raise
        default = sheets[0]
    if len(sheets) < 2:
        return table
    sheet = st.selectbox(
        "Sheet", list(sheets), index=sheets.index(default), key=f"sheet_{file.file_id}"
    )
    return _parse(file.file_id, sheet, file)


def _say_notes(table: LoadedTable) -> None:
    """List what was changed, dropped or guessed: before the table is used, not after."""
    notes = [*table.notes, *(f"{name!r}: {said}" for name, said in table.column_notes.items())]
    if notes:
        with st.expander(f"How the file was read: {len(notes)} to check", expanded=True):
            st.markdown("\n".join(f"- {literal(one_line(note))}" for note in notes))


def _choose_target(table: LoadedTable, name: str) -> Task | None:
    left, right = st.columns(2)
    target = left.selectbox(
        "Target: the column that is predicted",
        list(table.frame.columns),
        index=None,
        placeholder="Choose a column",
    )
    if target is None:
        return None
    target_column = table.frame[target]
    cleaning = choose_classes(target_column, name)
    classes = sorted_levels(cleaning.apply(target_column))
    if 2 < len(classes) <= MOST_CLASSES:
        return None  # what can be done about them is offered
    if len(classes) != 2:
        # Says what was found there and what to do.
        return make_task(table, target, "", name=name, target_cleaning=cleaning)
    positive = right.selectbox(
        "Positive class: what positive scores speak for",
        classes,
        index=_likely_positive(classes),
        key=(key := f"new_positive {target} {classes}"),
    )
    sentence = st.text_input(
        "What is predicted, in one sentence",
        placeholder="Predict whether …",
        key="new_task_sentence",
    )
    task = make_task(
        table, target, positive, description=sentence, name=name, target_cleaning=cleaning
    )
    return _confirmed(task, key)


def _confirmed(task: Task, key: str) -> Task:
    """Ask where the sentence names the other class; the answer goes with the task."""
    if st.session_state.get("confirmed_reading") == task.reading:
        task = replace(task, confirmed=task.reading)

    def switch() -> None:
        st.session_state[key] = task.negative_class

    def keep() -> None:
        st.session_state["confirmed_reading"] = task.reading

    ask_positive_class(task, "new_task", switch, keep)
    return task


def _likely_positive(classes: list[str]) -> int:
    """Position of the class that says yes; of the last one where none does."""
    said = [name.casefold() in AFFIRMATIVE for name in classes]
    return said.index(True) if any(said) else len(classes) - 1


@st.cache_data(show_spinner="Reading the table …", max_entries=2)
def _parse(file_id: str, sheet: str | None, _file: UploadedFile) -> LoadedTable:  # noqa: ARG001 - the cache's key
    return read_bytes(_file.getvalue(), _file.name, sheet)
