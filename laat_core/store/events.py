"""Events: what happened to a project, each chained to the one before by a hash."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from laat_core.data.text import encodable
from laat_core.errors import StoreError

__all__ = [
    "Event",
    "Packed",
    "canonical_json",
    "event_after",
    "first_broken",
    "now",
    "parse_content",
    "sha256",
    "table_hashes",
]

MAX_CONTENT = 50_000_000  # characters of one event's JSON
UNREADABLE = "unreadable"
NAME_A_TABLE = ("opened", "ran", "looked")


@dataclass(frozen=True)
class Event:
    """One link of a history.

    Attributes
    ----------
    number : int
        From 1, without gaps.
    time : str
        ISO 8601, UTC.
    who : str
        May be empty.
    kind : str
    content : dict
        Plain JSON.
    previous : str
        Hash of the event before; empty for the first.
    hash : str
        Over all of the above.
    """

    number: int
    time: str
    who: str
    kind: str
    content: Mapping[str, Any]
    previous: str
    hash: str


class Packed(Mapping[str, Any]):
    """Content that is kept small while nobody looks at it."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._packed = zlib.compress(canonical_json(content).encode())

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(zlib.decompress(self._packed))
        return content

    def __getitem__(self, key: str) -> Any:
        return self._content()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content())

    def __len__(self) -> int:
        return len(self._content())


def canonical_json(content: object) -> str:
    """JSON in the one form that is hashed: sorted keys, no blanks, letters as they are."""
    return json.dumps(
        content,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=_plain,
    )


def _plain(content: object) -> dict[str, Any]:
    if isinstance(content, Packed):
        return dict(content)
    raise TypeError(f"{type(content).__name__} is no plain JSON")


def sha256(content: bytes | str) -> str:
    """Hash in hexadecimal digits."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def now() -> str:
    """The time, as events note it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def event_after(previous: Event | None, who: str, kind: str, content: Mapping[str, Any]) -> Event:
    """Make the event that follows another one, now.

    Raises
    ------
    StoreError
        If the content is no plain JSON, or too long.
    """
    try:
        text = encodable(canonical_json(content))
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(f"What happened cannot be kept: {error}.") from error
    if len(text) > MAX_CONTENT:
        raise StoreError(f"What happened takes more than {MAX_CONTENT:,} characters to keep.")
    number = previous.number + 1 if previous else 1
    # As it will be read again, whatever it was made of.
    event = Event(number, now(), who, kind, json.loads(text), previous.hash if previous else "", "")
    return replace(event, hash=_hash(event) or "")


def parse_content(text: str) -> dict[str, Any]:
    """Content of an event from its JSON; what is not in canonical form cannot be hashed right."""
    try:
        content = json.loads(text)
        if isinstance(content, dict) and canonical_json(content) == text:
            return content
    except (ValueError, RecursionError):
        pass
    return {UNREADABLE: text[:1000]}


def first_broken(events: Iterable[Event], tables: Mapping[str, bytes]) -> tuple[int, str] | None:
    """Walk a history; return number and fault of the first broken link, None where all hold.

    Parameters
    ----------
    events : iterable of Event
    tables : mapping of str to bytes
        Content of the tables, by the hash that names them.
    """
    previous = ""
    hashes: dict[str, str] = {}
    for number, event in enumerate(events, start=1):
        if event.number != number:
            return number, f"Event {number} is missing; event {event.number} stands in its place."
        if event.previous != previous:
            return number, f"Event {number} does not follow from the event before it."
        if _hash(event) != event.hash:
            return number, f"Event {number} is not what was recorded: its hash does not fit it."
        for named in table_hashes([event]):
            if named not in tables:
                return number, f"The table that event {number} names is not there."
            if named not in hashes:
                hashes[named] = sha256(tables[named])
            if hashes[named] != named:
                return number, f"The table that event {number} names is not the recorded one."
        previous = event.hash
    return None


def table_hashes(events: Iterable[Event]) -> list[str]:
    """Hashes of the tables that events name, each once."""
    named = [event.content.get("table") for event in events if event.kind in NAME_A_TABLE]
    return list(dict.fromkeys(map(str, named)))


def _hash(event: Event) -> str | None:
    try:
        return sha256(canonical_json({k: v for k, v in vars(event).items() if k != "hash"}))
    except (TypeError, ValueError, RecursionError):  # what no event made here can hold
        return None
