"""Parts of the interface on a database of their own."""

import time
from collections.abc import Callable, Iterator

import pytest

from laat_core.store.database import Database
from laat_core.store.projects import Projects
from ui.findings import Findings
from ui.state import AppState
from ui.training import Outcome


@pytest.fixture(autouse=True)
def _kept_apart(own_database: str) -> None:
    """Every test has a database of its own."""


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
