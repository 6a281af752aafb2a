import pytest


@pytest.fixture(autouse=True)
def _kept_apart(own_database: str) -> None:
    """Every test has a database of its own."""
