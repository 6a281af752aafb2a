"""``verify``: walk the history of a project, link by link."""

import argparse
from pathlib import Path

from laat_core.commands.arguments import Parser, read_file
from laat_core.errors import ChainError, StoreError
from laat_core.store.archive import Archive
from laat_core.store.audit import first_fault
from laat_core.store.database import Database
from laat_core.store.events import Event, table_hashes
from laat_core.store.projects import read_events, read_tables

__all__ = ["add_to", "run"]


def add_to(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command with its arguments."""
    command = commands.add_parser(
        "verify", help="check that nobody has changed the history of a project"
    )
    command.set_defaults(run=run)
    command.add_argument(
        "project",
        metavar="PROJECT",
        help="id of a project in the database (LAAT_DATABASE_URL, else the one in the user's "
        "data folder), or the path of an exported .zip",
    )


def run(options: argparse.Namespace) -> str:
    """Walk; return what is printed where all links hold."""
    events, tables = _read(options.project)
    fault = first_fault(events, tables)
    if fault:
        raise ChainError(fault[1])
    many = f"{len(events)} event{'s' * (len(events) != 1)}"
    return f"{many}, all links hold. The last one's hash is {events[-1].hash}."


def _read(project: str) -> tuple[list[Event], dict[str, bytes]]:
    if project.lower().endswith(".zip"):
        archive = Archive(read_file(Path(project)))
        events, tables = archive.events, archive.tables
    else:
        with Database() as database, database.reading() as connection:
            events = read_events(connection, project)
            tables = read_tables(connection, table_hashes(events))
    if not events:
        raise StoreError(
            f"No project {project!r}. Give the id of one in the database, or an exported .zip."
        )
    return events, tables
