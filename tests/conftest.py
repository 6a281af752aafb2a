"""What all tests share."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import settings
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[1] / "app.py"

# The same examples in every run; a slow machine is no failure.
settings.register_profile("laat", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("laat")

# As in training: a second thread stalls beside another busy process.
torch.set_num_threads(1)


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
    return new_app()
