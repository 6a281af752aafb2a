import os
from itertools import count
from urllib.parse import quote

import psycopg
import pytest

from laat_core.store.database import Database
from tests.store.server import find_programs, running_server

NUMBERS = count()


@pytest.fixture(scope="session")
def postgresql():
    """Folder with the socket of a PostgreSQL server of the tests' own."""
    programs = find_programs()
    if programs is None:
        if os.environ.get("LAAT_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed")
    with running_server(programs) as folder:
        yield folder


POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.server)


def pytest_generate_tests(metafunc):
    """Run each test on both databases, unless it says that any one will do."""
    if "url" in metafunc.fixturenames:
        one = metafunc.definition.get_closest_marker("any_database")
        metafunc.parametrize("url", ["sqlite"] if one else ["sqlite", POSTGRESQL], indirect=True)


@pytest.fixture
def url(request, tmp_path):
    """Address of a database that has nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'projects.db'}"
    folder, schema = request.getfixturevalue("postgresql"), f"test_{next(NUMBERS)}"
    with psycopg.connect(host=str(folder), user="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    options = quote(f"-csearch_path={schema}", safe="")
    return f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}&options={options}"


@pytest.fixture
def database(url):
    with Database(url) as opened:
        yield opened
