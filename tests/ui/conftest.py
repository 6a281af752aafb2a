"""Parts of the interface on a database of their own."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from laat_core.store.database import Database
from laat_core.store.projects import Projects
from ui.findings import Findings
from ui.state import AppState
from ui.training import Outcome

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def own_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'projects.db'}"
    monkeypatch.setenv("LAAT_DATABASE_URL", url)
    return url


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(APP), default_timeout=60)


@pytest.fixture
def projects(own_database: str) -> Iterator[Projects]:
    with Database(own_database) as database:
        yield Projects(database)


@pytest.fixture
def state(projects: Projects) -> AppState:
    return AppState.bundled(projects, "heart")


@pytest.fixture
def finished() -> Callable[[AppState], Outcome[Findings]]:
    """Ask for the outcome until no training is under way, as a page does."""

    def finished(state: AppState) -> Outcome[Findings]:
        until = time.monotonic() + 60
        while (outcome := state.outcome()).share is not None:
            assert time.monotonic() < until, "the training does not end"
        return outcome

    return finished
