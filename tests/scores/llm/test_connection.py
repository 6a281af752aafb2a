import gzip
import zlib

import pytest

from laat_core.errors import ModelError
from laat_core.scores.llm import connection
from laat_core.scores.llm.connection import (
    TooMuch,
    bounded_client,
    check_key,
    is_usual,
    known_key,
    parsed_address,
    usual_address,
)
from tests.scores.llm.server import KEY, ChatServer, drips, fails, floods, sends

CLOSED = "http://127.0.0.1:9/v1"


@pytest.fixture
def received(server, monkeypatch):
    """What comes of a request to the server, with bounds that are soon reached."""
    monkeypatch.setattr(connection, "MOST_BYTES", 10_000)
    monkeypatch.setattr(connection, "MOST_AT_ONCE", 1000)

    def post(behaviour):
        server.script = [behaviour]
        with bounded_client(parsed_address(server.url)) as client:
            return client.post(server.url, json={})

    return post


# Addresses and keys


def test_the_usual_address_is_that_of_the_environment(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert usual_address() == "https://api.openai.com/v1"
    assert is_usual(" https://api.openai.com/v1/ ")
    assert not is_usual("https://api.openai.com.example.org/v1")
    assert not is_usual("http://api.openai.com/v1")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{CLOSED}/")
    assert usual_address() == f"{CLOSED}/"
    assert is_usual(CLOSED)
    assert not is_usual("https://api.openai.com/v1")


def test_the_key_of_the_environment_goes_to_the_usual_address_alone(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert known_key("https://api.openai.com/v1/") == KEY
    assert known_key(CLOSED) == ""
    monkeypatch.setenv("OPENAI_BASE_URL", CLOSED)
    assert known_key(CLOSED) == KEY
    monkeypatch.delenv("OPENAI_API_KEY")
    assert known_key(CLOSED) == ""


@pytest.mark.parametrize(
    "address",
    ["", "api.openai.com", "ftp://a/v1", "http://", "http://a:b/v1", "x" * 70_000],
)
def test_an_address_that_is_none_is_said(address):
    with pytest.raises(ModelError, match="Invalid URL"):
        parsed_address(address)


@pytest.mark.parametrize("form", ["http://me:{}@127.0.0.1:9/v1", "http://127.0.0.1:9/v1?key={}"])
def test_an_address_with_a_secret_in_it_is_refused(form):
    with pytest.raises(ModelError, match="more than host, path and api-version") as caught:
        parsed_address(form.format(KEY))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("http://a/v1/chat/completions", "http://a/v1"),
        ("http://a/v1/models/", "http://a/v1"),
        ("http://a/chat/completions", "http://a/"),
        (
            "https://a/openai/deployments/m?api-version=1",
            "https://a/openai/deployments/m?api-version=1",
        ),
        ("https://a/models/v1", "https://a/models/v1"),
    ],
)
def test_the_address_of_a_call_is_cut_to_what_all_calls_share(address, base):
    assert str(parsed_address(address)) == base


def test_blanks_around_an_address_are_left_out():
    assert str(parsed_address(f" {CLOSED}\n")) == CLOSED


@pytest.mark.parametrize("key", ["a b", "a\n", "a\x00", "ключ", "sk-…", "\u2028"])
def test_a_key_that_cannot_be_sent_is_said(key):
    with pytest.raises(ModelError, match="invalid characters") as caught:
        check_key(key)
    assert key not in str(caught.value)


@pytest.mark.parametrize("key", ["", KEY])
def test_a_key_that_can_be_sent_is_taken(key):
    check_key(key)


# Bounds


@pytest.mark.parametrize(
    "flood",
    [
        floods(20_000, b"x\n" * 100),
        floods(2000, b"x" * 100),
        floods(2000, b"x\n" * 50, "text/html"),
        floods(2000, b"x\n" * 50, "application/json", 500),
    ],
)
def test_more_than_the_bounds_is_not_received(received, flood):
    with pytest.raises(TooMuch, match="too much"):
        received(flood)


@pytest.mark.parametrize(
    ("n_bytes", "block", "kind"),
    [(8000, b"x\n" * 100, "text/event-stream"), (1000, b"x" * 100, "text/html")],
)
def test_what_is_within_the_bounds_is_received(received, n_bytes, block, kind):
    assert len(received(floods(n_bytes, block, kind)).content) == n_bytes


def test_a_response_without_end_is_ended(received, monkeypatch):
    monkeypatch.setattr(connection, "MOST_SECONDS", 0.1)
    with pytest.raises(TooMuch, match="without end"):
        received(drips("I th"))


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_what_is_packed_is_unpacked_within_the_bounds(received, pack):
    kind = {"Content_Encoding": "gzip" if pack is gzip.compress else "deflate"}
    assert received(sends(pack(b"x" * 900), **kind)).content == b"x" * 900
    with pytest.raises(TooMuch):
        received(sends(pack(bytes(10_000_000)), **kind))


def test_a_packing_that_is_not_known_stays(received):
    assert received(sends(b"abc", Content_Encoding="br")).content == b"abc"


def test_a_redirect_is_handed_back(received):
    with ChatServer([sends("Caught.")]) as other:
        assert received(fails(307, Location=other.url)).status_code == 307
        assert not other.requests
