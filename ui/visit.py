"""The visitor's state: which project the address names, and where it is kept."""

from collections.abc import Iterable
from urllib.parse import urlparse

import streamlit as st

from laat_core import LaatError, dataset_names
from laat_core.store.database import Database, default_url
from laat_core.store.projects import Projects
from ui.access import Person
from ui.start import FIRST_DEMO
from ui.state import AppState
from ui.text import literal

__all__ = ["get_state", "go_on", "name_in_address", "open_state"]

KEY = "laat"
ASKED_FOR = "laat_page"


def open_state(person: Person) -> None:
    """Start a visit: the first time with what the address names, or was worked on last."""
    if KEY not in st.session_state:
        try:
            projects = Projects(_database(default_url()), person.owner, person.name)
        except LaatError as error:
            st.error(literal(str(error)))
            st.stop()
        st.session_state[KEY] = _begin(projects)
    else:
        _look(st.session_state[KEY])
    name_in_address(st.session_state[KEY])


def _begin(projects: Projects) -> AppState:
    """Open what the address names, else the project that was changed last, else nothing yet."""
    if number := st.query_params.get("project"):
        try:
            return AppState.of_project(projects, number)
        except LaatError as error:
            _tell(error)
    named = st.query_params.get("table")
    if named in dataset_names():
        return AppState.bundled(projects, named)
    return _last(projects) or _nothing_yet(projects)


def _last(projects: Projects) -> AppState | None:
    """The project that was changed last, of those that can be opened."""
    for one in projects.listed():
        try:
            return AppState.of_project(projects, one.id)
        except LaatError as error:
            _tell(error)
    return None


def _nothing_yet(projects: Projects) -> AppState:
    """A state for the start page; there is always a table, so that no page has to do without."""
    state = AppState.bundled(projects, FIRST_DEMO)
    state.chosen = False
    return state


def _tell(error: LaatError) -> None:
    st.toast(literal(str(error)), icon=":material/error:", duration="long")


def _look(state: AppState) -> None:
    """Take over what another window has done; whatever is wrong with that, other tables open."""
    try:
        state.look()
    except LaatError as error:
        _tell(error)


def name_in_address(state: AppState) -> None:
    """Make the address lead back to the project, once there is something to come back to."""
    number = state.project.id
    wanted = {"project": number} if number else {"table": state.task.name}
    if not state.chosen:
        wanted = {}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def get_state() -> AppState:
    """Return the visitor's state."""
    if KEY not in st.session_state:
        # A server's very first visit, to a page's own address or by a window that was open before
        # it was started: Streamlit runs the page without app.py then, since it finds a folder
        # named pages. From app.py, which makes the state, the way leads back here.
        st.session_state[ASKED_FOR] = urlparse(st.context.url or "").path.rpartition("/")[2]
        st.switch_page("app.py", query_params=st.query_params.to_dict())
    state: AppState = st.session_state[KEY]
    return state


def go_on(pages: Iterable[st.Page]) -> None:
    """Go to the page that a server's very first visit asked for."""
    name = st.session_state.pop(ASKED_FOR, "")
    for page in pages:
        if name and page.url_path == name:
            st.switch_page(page, query_params=st.query_params.to_dict())


@st.cache_resource(show_spinner=False)
def _database(url: str) -> Database:
    return Database(url)
