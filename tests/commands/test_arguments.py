import argparse
from pathlib import Path

import pytest

from laat_core.commands.arguments import add_task, read_task
from laat_core.errors import DataError

BOOK = Path(__file__).parent.parent / "data" / "cases" / "active_is_second.xlsx"


def task_of(*arguments):
    parser = argparse.ArgumentParser()
    add_task(parser)
    return read_task(parser.parse_args([*map(str, arguments)]))


def test_a_sheet_may_be_named():
    task = task_of(BOOK, "--target", "ill", "--positive", "yes", "--sheet", "Data")
    assert len(task.table) == 40
    assert task.notes == ("The sheet 'Data' was read.", "Other sheets: 'codes'.")
    with pytest.raises(DataError, match="has no column 'ill'"):
        task_of(BOOK, "--target", "ill", "--positive", "yes", "--sheet", "codes")


def test_a_bundled_table_has_no_sheets():
    with pytest.raises(DataError, match="heart has no sheets"):
        task_of("heart", "--sheet", "x")
