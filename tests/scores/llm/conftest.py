"""A scripted server, a model of it, and an eye on threads."""

import threading
import time

import pytest

from laat_core.scores.llm import client, connection
from laat_core.scores.llm.client import ChatModel, connect
from tests.scores.llm.server import KEY, MODEL, ChatServer


@pytest.fixture
def no_thread_stays():
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 30
    while left := set(threading.enumerate()) - before:
        assert time.monotonic() < deadline, left
        time.sleep(0.01)


@pytest.fixture
def server(no_thread_stays):  # noqa: ARG001 - looks on before and after
    with ChatServer() as running:
        yield running


@pytest.fixture
def model(server, monkeypatch):
    """A model of the server that waits for a short time only."""
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1.0)
    monkeypatch.setattr(connection, "SILENT_SECONDS", 0.5)
    monkeypatch.setattr(client, "TELL_SECONDS", 0.0)
    monkeypatch.setattr(client, "CHECK_SECONDS", 0.5)
    monkeypatch.setattr(client, "LIST_SECONDS", 0.5)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    with connect(server.url, KEY) as connected:
        yield ChatModel(connected, MODEL)
