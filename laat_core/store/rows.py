"""Rows of the database as events and tables, and the other way round."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from laat_core.errors import StoreError
from laat_core.store.database import EventRow, TableRow
from laat_core.store.events import Event, canonical_json, parse_content

__all__ = [
    "EVENT_COLUMNS",
    "ID",
    "event_of",
    "keep_table",
    "no_project",
    "read_events",
    "read_tables",
    "row_of",
]

ID = re.compile("[0-9a-f]{32}")  # an address may hold anything
EVENT_COLUMNS = (
    EventRow.number,
    EventRow.time,
    EventRow.who,
    EventRow.kind,
    EventRow.content,
    EventRow.previous,
    EventRow.hash,
)


def read_events(connection: Connection, project_id: str) -> list[Event]:
    """Events of a project, whoever owns it; none where there is no such project."""
    if not ID.fullmatch(project_id):
        return []
    query = (
        select(*EVENT_COLUMNS).where(EventRow.project_id == project_id).order_by(EventRow.number)
    )
    return [event_of(*row) for row in connection.execute(query)]


def read_tables(connection: Connection, hashes: Iterable[str]) -> dict[str, bytes]:
    """Contents of those tables that are there, by hash."""
    query = select(TableRow.hash, TableRow.content).where(TableRow.hash.in_(list(hashes)))
    return {key: bytes(content) for key, content in connection.execute(query)}


def event_of(
    number: int, time: str, who: str, kind: str, content: str, previous: str, key: str
) -> Event:
    """Event of a row."""
    return Event(number, time, who, kind, parse_content(content), previous, key)


def row_of(project_id: str, event: Event) -> dict[str, Any]:
    """Row of an event."""
    return {**vars(event), "project_id": project_id, "content": canonical_json(event.content)}


def keep_table(connection: Connection, key: str, content: bytes) -> None:
    """Keep a table unless it is there."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(TableRow).values(hash=key, content=content)
    connection.execute(statement.on_conflict_do_nothing())


def no_project() -> StoreError:
    """Make the error for a project that is not there, or somebody else's: it does not say which."""
    return StoreError("There is no such project, or it is somebody else's.")
