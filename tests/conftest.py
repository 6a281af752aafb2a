"""What all tests share."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

APP = Path(__file__).parents[1] / "app.py"

# The same examples in every run; a slow machine is no failure.
settings.register_profile("laat", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("laat")

# As in training: a second thread stalls beside another busy process.
torch.set_num_threads(1)

# AppTest reads what every installed package says of itself, in each run of a page.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


class OneBrowser(LoadFileScheduling):
    """Gives all that drives a browser to one worker; the others take a file at a time.

    Two browsers at once have each other wait, and what a person would see at once comes late.
    """

    def _split_scope(self, nodeid: str) -> str:
        browser = nodeid.startswith("tests/browser/")
        return "browser" if browser else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneBrowser:
    return OneBrowser(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: "browser" not in item.keywords)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What a person sees goes before what is calculated beside it."""
    beside = "PYTEST_XDIST_WORKER" in os.environ and "browser" not in item.keywords
    if beside and hasattr(os, "nice") and os.nice(0) == 0:
        os.nice(5)


@pytest.fixture
def own_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Address of a database that has nothing in it, which the app uses."""
    url = f"sqlite:///{tmp_path / 'projects.db'}"
    monkeypatch.setenv("LAAT_DATABASE_URL", url)
    return url


@pytest.fixture
def new_app(
    own_database: str,  # noqa: ARG001 - set up first
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], AppTest]:
    """Make an app without a browser, one per visitor."""
    made = PagesManager.__init__

    def make(*arguments: object, **options: object) -> None:
        made(*arguments, **options)
        # As in any server that has shown a page. AppTest forgets it, takes the folder "pages" for
        # the whole app, and runs a page without app.py.
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", make)
    return lambda: AppTest.from_file(str(APP), default_timeout=60)


@pytest.fixture
def app(new_app: Callable[[], AppTest]) -> AppTest:
    """The app at the address of the heart table."""
    app = new_app()
    app.query_params["table"] = "heart"
    return app
