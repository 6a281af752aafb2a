"""A project as one file: a zip of JSON and Parquet, out and in.

A file may come from anybody. Nothing is unpacked before names and sizes are checked, and nothing
kept before the chain holds and every event fits what came before it.
"""

import io
import json
import re
import stat
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from laat_core.errors import ChainError, LaatError, StoreError
from laat_core.store.checks import check_line
from laat_core.store.documents import table_from_bytes, task_from_document
from laat_core.store.events import Event, canonical_json, first_broken
from laat_core.store.history import History
from laat_core.store.projects import Project, Projects

__all__ = ["MOST_BYTES", "Archive", "export_project", "import_project"]

FORMAT = 1
ABOUT, EVENTS = "project.json", "events.jsonl"
TABLE = re.compile(r"tables/([0-9a-f]{64})\.parquet", re.ASCII)
TIME = re.compile(r"[0-9T:.Z+-]{1,32}", re.ASCII)
MOST_FILES = 10
MOST_BYTES = 300_000_000  # of the file
MOST_UNPACKED = 400_000_000
MOST_EVENTS = 200_000
STEP = 2**20  # bytes that are unpacked at once
START = (1980, 1, 1, 0, 0, 0)  # the same project is the same file


class Archive:
    """What a file holds, sizes and forms checked, the history not yet.

    Parameters
    ----------
    content : bytes

    Attributes
    ----------
    title : str
    events : list of Event
    tables : dict of str to bytes
        By the hash that names them.

    Raises
    ------
    StoreError
        If it is no file of a project, or too large.
    """

    def __init__(self, content: bytes) -> None:
        files = _unpack(content)
        about = _json(files.pop(ABOUT), ABOUT)
        if not isinstance(about, dict) or about.get("format") != FORMAT:
            raise StoreError(
                "The file was written by another version of this program, in a form that is not "
                "known. Update the program."
            )
        title = about.get("title")
        if not isinstance(title, str):
            raise StoreError("The file does not say what the project is called.")
        self.title: str = title
        check_line(self.title, "title")
        lines = files.pop(EVENTS).split(b"\n")
        if len(lines) > MOST_EVENTS + 1:
            raise StoreError(f"The file holds more than {MOST_EVENTS:,} events.")
        self.events = [_event(line, number) for number, line in enumerate(lines, start=1) if line]
        self.tables = {_hash_in(name): table for name, table in files.items()}


def export_project(project: Project) -> bytes:
    """Write a project as a zip of ``project.json``, ``events.jsonl`` and its table."""
    history = project.history
    lines = "".join(f"{canonical_json(asdict(event))}\n" for event in history.events)
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as file:
        for name, content in {
            ABOUT: canonical_json({"format": FORMAT, "title": project.title}).encode(),
            EVENTS: lines.encode(),
            f"tables/{history.table_hash}.parquet": project.table_bytes(),
        }.items():
            file.writestr(ZipInfo(name, START), content, ZIP_DEFLATED)
    return stream.getvalue()


def import_project(content: bytes, projects: Projects) -> Project:
    """Take a project from a file, under a new id; its events stay as they were.

    Raises
    ------
    ChainError
        If the history is not the one that was recorded.
    StoreError
        If it is no file of a project, too large, or its history does not fit itself.
    """
    archive = Archive(content)
    broken = first_broken(archive.events, archive.tables)
    if broken:
        raise ChainError(f"{broken[1]} Nothing was imported.")
    if not archive.events:
        raise StoreError("The file holds no events. Nothing was imported.")
    try:
        _check(archive)
    except LaatError as error:
        raise StoreError(f"The file does not fit itself: {error} Nothing was imported.") from error
    return projects.open(projects.add(archive.events, archive.tables, archive.title))


def _check(archive: Archive) -> None:
    """Fold the history, and make every task that it ever had."""
    history = History(archive.events)
    if set(archive.tables) != {history.table_hash}:
        raise StoreError("It holds a table that its history does not name.")
    table = table_from_bytes(archive.tables[history.table_hash])
    documents = [e.content["task"] for e in archive.events if e.kind in {"opened", "task"}]
    for document in {canonical_json(document): document for document in documents}.values():
        task_from_document(document, table)
    if history.held_out:
        task = task_from_document(history.task_document, table)
        history.held_out.hold_out.rows(task.labels, task.groups)


def _unpack(content: bytes) -> dict[str, bytes]:
    if len(content) > MOST_BYTES:
        raise StoreError(f"The file has more than {MOST_BYTES // 10**6} MB.")
    try:
        with ZipFile(io.BytesIO(content)) as file:
            infos = file.infolist()
            _check_names(infos)
            return {info.filename: _read(file, info) for info in infos}
    except StoreError:
        raise
    except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise StoreError("The file is no zip of a project, or is damaged.") from error


def _read(file: ZipFile, info: ZipInfo) -> bytes:
    """Unpack step by step: what is said of a size may be a lie."""
    content = bytearray()
    with file.open(info) as stream:
        while part := stream.read(STEP):
            content += part
            if len(content) > info.file_size:
                raise StoreError(f"{info.filename} in the file is larger than is said there.")
    return bytes(content)


def _check_names(infos: Iterable[ZipInfo]) -> None:
    infos = list(infos)
    names = [info.filename for info in infos]
    if len(infos) > MOST_FILES:
        raise StoreError(f"The file holds {len(infos)} files; a project has three.")
    if sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise StoreError(f"The file unpacks to more than {MOST_UNPACKED // 10**6} MB.")
    for info in infos:
        if info.filename not in {ABOUT, EVENTS} and not TABLE.fullmatch(info.filename):
            raise StoreError(f"The file holds {info.filename[:80]!r}, which no project has.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise StoreError(f"{info.filename} in the file is a link to somewhere else.")
        # Of the others a thousand bytes can stand for gigabytes, unpacked at once.
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise StoreError(f"{info.filename} in the file is packed in a way that is not taken.")
        if info.flag_bits & 1:
            raise StoreError(f"{info.filename} in the file is encrypted.")
    if len(set(names)) < len(names):
        raise StoreError("The file holds two files of one name.")
    if missing := {ABOUT, EVENTS} - set(names):
        raise StoreError(f"The file holds no {min(missing)}: it is no export of a project.")


def _hash_in(name: str) -> str:
    found = TABLE.fullmatch(name)
    return found[1] if found else ""


def _event(line: bytes, number: int) -> Event:
    parts = _json(line, f"event {number}")
    match parts:
        case {
            "number": int(), "time": str(), "who": str(), "kind": str(),
            "content": dict(), "previous": str(), "hash": str(),
        } if (
            len(parts) == len(fields(Event))
            and not isinstance(parts["number"], bool)
            and TIME.fullmatch(parts["time"])
        ):  # fmt: skip
            return Event(**parts)
    raise StoreError(f"Event {number} in the file has not the form of an event.")


def _json(content: bytes, what: str) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise StoreError(f"The file cannot be read: {what} is no JSON.") from error
