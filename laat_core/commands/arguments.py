"""What the commands share: the parser, and the arguments that name a task."""

import argparse
import os
from pathlib import Path
from typing import Any, NoReturn

from laat_core.commands.declared import add_cleaning, declare, declared_cleanings
from laat_core.data.cleaning import NOT_CLEANED
from laat_core.data.metadata import metadata_path, parse_metadata, task_from_metadata
from laat_core.data.reading import read_table
from laat_core.data.roles import make_task
from laat_core.data.task import Task
from laat_core.datasets import dataset_names, load_dataset
from laat_core.errors import DataError

__all__ = ["USAGE_ERROR", "Parser", "add_task", "read_file", "read_task"]

USAGE_ERROR = 2


class Parser(argparse.ArgumentParser):
    """A parser that reports a bad argument in one line, and takes no abbreviated ones."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        line = " ".join(f"{self.prog}: {message} (--help lists the arguments)".split())
        self.exit(USAGE_ERROR, f"{line}\n")


def add_task(command: argparse.ArgumentParser) -> None:
    """Add the arguments that :func:`read_task` reads."""
    add = command.add_argument
    add("table", help=f"a bundled table ({', '.join(dataset_names())}) or the path of a file")
    add("--target", help="column that is predicted (for a file)")
    add("--sheet", help="sheet of a workbook (default: the one that Excel shows first)")
    add("--positive", help="class that positive scores speak for (for a file)")
    add_cleaning(command)


def read_task(options: argparse.Namespace) -> Task:
    """Load the bundled table, or read the file with its descriptions."""
    path = Path(options.table)
    if options.table in dataset_names():
        if options.sheet is not None:
            raise DataError(f"{options.table} has no sheets. Leave --sheet out.")
        task = load_dataset(options.table)
        if options.target in (None, task.target):
            return _declared(task, options)
        raise DataError(f"The target of {options.table} is {task.target!r}. Leave --target out.")
    if not path.suffix and not os.path.exists(options.table):
        raise DataError(
            f"No bundled table and no file {options.table!r}. "
            f"Bundled are: {', '.join(dataset_names())}."
        )
    table = read_table(path, options.sheet)
    cleaning = declared_cleanings(options, table.frame).get(options.target, NOT_CLEANED)
    if os.path.isfile(described := metadata_path(path)):
        metadata = parse_metadata(read_file(described))
        task = task_from_metadata(
            table, metadata, name=path.name, target=options.target, target_cleaning=cleaning
        )
        return _declared(task, options)
    if options.target is None or options.positive is None:
        raise DataError("A table from a file needs --target COLUMN and --positive CLASS.")
    task = make_task(
        table, options.target, options.positive, name=path.name, target_cleaning=cleaning
    )
    return _declared(task, options)


def _declared(task: Task, options: argparse.Namespace) -> Task:
    positive = task.positive_class if options.positive is None else options.positive
    return declare(task, options, positive_class=positive)


def read_file(path: Path) -> bytes:
    """Content of a file; a DataError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"Cannot read {path}: {error.strerror}. Check the path.") from error
