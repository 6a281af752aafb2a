import pytest

from laat_core.store.database import Database


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'data' / 'projects.db'}"


@pytest.fixture
def database(url):
    with Database(url) as opened:
        yield opened
