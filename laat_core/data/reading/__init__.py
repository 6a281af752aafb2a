"""Reading a table from a file that somebody else wrote."""

from collections.abc import Callable
from pathlib import Path

from laat_core.data.reading import limits
from laat_core.data.reading.cells import MISSING_MARKS, drop_marks, read_cells
from laat_core.data.reading.columns import drop_columns, note_spellings
from laat_core.data.reading.delimited import read_text
from laat_core.data.reading.encodings import detect_encoding
from laat_core.data.reading.excel import read_excel, sheet_names
from laat_core.data.reading.kinds import CALLED, Kind, kind_of, unpack
from laat_core.data.reading.limits import MAX_BYTES, MAX_CELLS
from laat_core.data.reading.loaded import Draft, LoadedTable
from laat_core.data.reading.tails import drop_tail
from laat_core.data.reading.typed import read_feather, read_parquet, read_stata
from laat_core.errors import DataError

__all__ = [
    "MAX_BYTES",
    "MAX_CELLS",
    "MISSING_MARKS",
    "LoadedTable",
    "detect_encoding",
    "read_bytes",
    "read_table",
    "sheet_names",
]

READERS: dict[Kind, Callable[[bytes, str, str | None], Draft]] = {
    "text": read_text,
    "excel": read_excel,
    "parquet": read_parquet,
    "feather": read_feather,
    "stata": read_stata,
}

COUNTED = ("row", "column")


def read_table(path: str | Path, sheet: str | None = None) -> LoadedTable:
    r"""Read a CSV, TSV, Excel, Parquet, Feather or Stata file.

    Parameters
    ----------
    path : str or Path
    sheet : str, optional
        The sheet of a workbook; default: the one that Excel shows first,
        or the first that holds a table.

    Returns
    -------
    LoadedTable
        The table, with notes on everything that was changed, dropped or guessed.

    Raises
    ------
    DataError
        If the file is missing, too large, of another kind, or cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "table.csv")
    ...     _ = file.write_text("weight,ill\n72 kg,no\n64 kg,yes\n")
    ...     loaded = read_table(file)
    >>> loaded.frame["weight"].tolist(), loaded.units
    ([72, 64], {'weight': 'kg'})
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(limits.MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"Cannot read {path}: {reason}. Check the path.") from error
    return read_bytes(content, path.name, sheet)


def read_bytes(content: bytes, name: str, sheet: str | None = None) -> LoadedTable:
    r"""Read a table from the bytes of a file.

    The content tells what kind of file it is. Of a text file, delimiter, encoding, header and the
    format of numbers are detected. What a person would read as a number becomes one, units aside;
    codes with leading zeros stay text.

    Parameters
    ----------
    content : bytes
    name : str
        File name, for messages and for what the content leaves open. The file may be packed
        (``.csv.gz``, or a ``.zip`` with one table).
    sheet : str, optional
        The sheet of a workbook; default: the one that Excel shows first,
        or the first that holds a table.

    Returns
    -------
    LoadedTable

    Raises
    ------
    DataError
        If the content is too large, empty, or of a kind that is not read.

    Examples
    --------
    >>> read_bytes(b"income;ill\n1.033,5;no\n959;yes\n", "table.csv").frame["income"].tolist()
    [1033.5, 959.0]
    """
    limits.check_bytes(content, f"{name} has")
    if not content or content.isspace():
        raise DataError(f"{name} is empty. Choose a file with a header line and rows.")
    content, name, unpacked = unpack(content, name)
    kind, mislabelled = kind_of(content, name)
    try:
        if not content or content.isspace():
            raise DataError(f"{name} is empty. Choose a file with a header line and rows.")
        draft = READERS[kind](content, name, sheet)
        draft.notes[:0] = [*unpacked, *mislabelled]
        if sheet is not None and kind != "excel":
            raise DataError(f"{name} is {CALLED[kind]} and has no sheets. Leave the sheet out.")
        _finish(draft)
    except DataError:
        raise
    except MemoryError as error:
        raise DataError(f"{name} does not fit into memory. Load fewer rows.") from error
    except Exception as error:  # whatever a parser makes of a broken file
        raise DataError(
            f"{name} cannot be read as {CALLED[kind]}: it may be damaged. Open it in the program "
            "that wrote it, and save it again, or as CSV."
        ) from error
    if draft.frame.empty:
        rows, columns = (_counted(n, of) for n, of in zip(draft.frame.shape, COUNTED, strict=True))
        what = f"{mislabelled[0]} It" if mislabelled else name
        raise DataError(
            f"{what} has {rows} and {columns}. A header line and at least a few rows are needed."
        )
    return draft.done()


def _counted(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'s' * (number != 1)}"


def _finish(draft: Draft) -> None:
    """Do what does not depend on the kind of file."""
    drop_tail(draft)
    drop_marks(draft)
    read_cells(draft)
    drop_columns(draft)
    note_spellings(draft)
