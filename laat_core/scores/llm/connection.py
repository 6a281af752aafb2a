"""Reaching a server: its address, its key, and bounds on what it sends.

A server is not trusted: what it sends is bounded in size and time, and its redirects are not
followed.
"""

import os
import time
from collections.abc import Iterator

import httpx2

from laat_core.errors import ModelError

__all__ = [
    "MOST_AT_ONCE",
    "TooMuch",
    "bounded_client",
    "check_key",
    "is_usual",
    "known_key",
    "parsed_address",
    "usual_address",
]

CONNECT_SECONDS, SILENT_SECONDS = 10.0, 120.0
MOST_BYTES = 32 * 2**20  # of a stream: the longest thoughts and proposal are a fraction of this
MOST_AT_ONCE = 4 * 2**20  # of a line of a stream, or of a response that is none
MOST_SECONDS = 900.0
OPENAI = "https://api.openai.com/v1"
EXAMPLE = "Give one such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1."


class TooMuch(Exception):  # noqa: N818 - becomes a ModelError
    """A response that is too long, or takes too long."""


# Addresses and keys


def usual_address() -> str:
    """Return the address that the environment names, as OPENAI_BASE_URL; else that of OpenAI."""
    return os.environ.get("OPENAI_BASE_URL") or OPENAI


def is_usual(base_url: str) -> bool:
    """Whether an address is the usual one, to which alone the environment's secrets may go."""
    return _bare(base_url) == _bare(usual_address())


def _bare(base_url: str) -> str:
    return base_url.strip().rstrip("/")


def known_key(base_url: str) -> str:
    """Return the environment's OPENAI_API_KEY for the usual address, nothing for another one."""
    return os.environ.get("OPENAI_API_KEY", "") if is_usual(base_url) else ""


def parsed_address(base_url: str) -> httpx2.URL:
    """Take an address apart.

    Raises
    ------
    ModelError
        If it is none, or holds what does not belong there.
    """
    try:
        url = httpx2.URL(base_url.strip())
    except (httpx2.InvalidURL, TypeError) as error:
        raise ModelError(f"{base_url[:80]!r} is no address ({error}). {EXAMPLE}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise ModelError(f"{base_url[:80]!r} is no address. {EXAMPLE}")
    if url.userinfo or url.query or url.fragment:
        # They would stand in logs, and the address of a call is made by adding to the path.
        raise ModelError("The address holds more than host and path. Give the key by itself.")
    return url


def check_key(key: str) -> None:
    """Raise a ModelError, without the key, if it cannot be sent."""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ModelError("The key holds letters that no key has. Paste it anew, without blanks.")


# Bounds


def bounded_client() -> httpx2.Client:
    """Make a client with limits that suit a person who waits; reading raises TooMuch."""
    return httpx2.Client(
        timeout=httpx2.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [_bound]},
    )


def _bound(response: httpx2.Response) -> None:
    # Nothing is unpacked: a few packed bytes can stand for gigabytes.
    response.headers.pop("content-encoding", None)
    streamed = response.headers.get("content-type", "").startswith("text/event-stream")
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Bounded(response.stream, streamed)


class _Bounded(httpx2.SyncByteStream):
    """A response's bytes, up to a number and for a time."""

    def __init__(self, stream: httpx2.SyncByteStream, streamed: bool) -> None:
        self._stream, self._streamed = stream, streamed

    def __iter__(self) -> Iterator[bytes]:
        received, held, started = 0, 0, time.monotonic()
        for part in self._stream:
            received += len(part)
            line_end = part.rfind(b"\n") if self._streamed else -1
            held = held + len(part) if line_end < 0 else len(part) - line_end - 1
            if received > MOST_BYTES or held > MOST_AT_ONCE:
                raise TooMuch(f"too much ({received / 2**20:.0f} MB)")
            if time.monotonic() - started > MOST_SECONDS:
                raise TooMuch(f"without end, for {MOST_SECONDS / 60:.0f} minutes")
            yield part

    def close(self) -> None:
        self._stream.close()
