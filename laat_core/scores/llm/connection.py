"""Reaching a server: its address, its key, and bounds on what it sends.

A server is not trusted: what it sends is bounded in size and time, and its redirects are not
followed.
"""

import os
import re
import time
import zlib
from collections.abc import Iterable, Iterator

import httpx2

from laat_core.errors import ModelError
from laat_core.scores.llm.route import open_client

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
EXAMPLE = "Enter one such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1."
VERSION = "api-version"  # in the address of Azure's servers
CALL = re.compile(r"/+(?:chat/completions|completions|models)/*$")
UNPACKED = 2**16  # bytes at once


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
    """Take an address apart; that of a call, as people copy it, is cut to what all calls share.

    Raises
    ------
    ModelError
        If it is none, or holds what does not belong there.

    Examples
    --------
    >>> str(parsed_address("https://x.example/v1/chat/completions?api-version=2024-06-01"))
    'https://x.example/v1?api-version=2024-06-01'
    """
    try:
        url = httpx2.URL(base_url.strip())
    except (httpx2.InvalidURL, TypeError) as error:
        raise ModelError(f"Invalid URL {base_url[:80]!r} ({error}). {EXAMPLE}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise ModelError(f"Invalid URL {base_url[:80]!r}. {EXAMPLE}")
    if url.userinfo or url.fragment or set(url.params) - {VERSION}:
        # They would stand in logs.
        raise ModelError(
            "The address holds more than host, path and api-version. Enter the key by itself."
        )
    return url.copy_with(path=CALL.sub("", url.path) or "/") if CALL.search(url.path) else url


def check_key(key: str) -> None:
    """Raise a ModelError, without the key, if it cannot be sent."""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ModelError("The key contains invalid characters. Paste it again, without spaces.")


# Bounds


def bounded_client(url: httpx2.URL, *, direct: bool = False) -> httpx2.Client:
    """Make a client with limits that suit a person who waits; reading raises TooMuch.

    Parameters
    ----------
    url : URL
        Of the server.
    direct : bool
        Never through a proxy. Whatever is said here, a server on this machine is reached directly.

    Raises
    ------
    ModelError
        If the environment names a proxy or certificates that cannot be used.
    """
    return open_client(
        url,
        direct=direct,
        timeout=httpx2.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},
        event_hooks={
            "request": [_as_api_key] if VERSION in url.params else [],
            "response": [_bound],
        },
    )


def _as_api_key(request: httpx2.Request) -> None:
    """Send the key as Azure's servers want it."""
    key = request.headers.pop("authorization", "").removeprefix("Bearer ")
    request.headers["api-key"] = key


def _bound(response: httpx2.Response) -> None:
    packed = response.headers.pop("content-encoding", "").strip().casefold()
    streamed = response.headers.get("content-type", "").startswith("text/event-stream")
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Bounded(response.stream, streamed, packed in {"gzip", "deflate"})


def _unpacked(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack little by little: a few packed bytes can stand for gigabytes."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        for part in parts:
            packed = part
            while packed:
                yield unpack.decompress(packed, UNPACKED)
                packed = unpack.unconsumed_tail
        yield unpack.flush()
    except zlib.error as error:
        raise ValueError("a body that cannot be unpacked") from error


class _Bounded(httpx2.SyncByteStream):
    """A response's bytes, up to a number and for a time."""

    def __init__(self, stream: httpx2.SyncByteStream, streamed: bool, packed: bool) -> None:
        self._stream, self._streamed, self._packed = stream, streamed, packed

    def __iter__(self) -> Iterator[bytes]:
        received, held, started = 0, 0, time.monotonic()
        for part in _unpacked(self._stream) if self._packed else self._stream:
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
