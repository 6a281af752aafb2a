"""Reading a table from a file that somebody else wrote."""

import csv
import gzip
import io
import re
from pathlib import Path
from typing import cast

import pandas as pd
from charset_normalizer import from_bytes

from laat_core.errors import DataError

__all__ = ["MAX_BYTES", "MISSING_MARKS", "detect_encoding", "read_bytes", "read_table"]

MAX_BYTES = 200 * 1024 * 1024

# Cells that are read as missing. Words such as "none" are left alone: they are often a level.
MISSING_MARKS = ("", "?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null")

DELIMITERS = ",;\t|"
SAMPLE_BYTES = 64 * 1024


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a CSV, TSV, Excel or Parquet file.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        If the file is missing, too large, of another kind, or cannot be read.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(_too_large(path.name, path.stat().st_size))
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"Cannot read {path}: {error.strerror}. Check the path.") from error
    return read_bytes(content, path.name)


def read_bytes(content: bytes, name: str) -> pd.DataFrame:
    """Read a table from the bytes of a file; ``name`` tells its kind by its ending.

    Delimiter, encoding and decimal comma of a text file are detected. Column names become text
    without outer blanks.

    Parameters
    ----------
    content : bytes
    name : str
        File name, for its ending and for messages.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        If the content is too large, empty, or not of the kind that its ending says.
    """
    if len(content) > MAX_BYTES:
        raise DataError(_too_large(name, len(content)))
    if not content.strip():
        raise DataError(f"{name} is empty. Choose a file with a header line and rows.")
    ending = Path(name.lower().removesuffix(".gz")).suffix
    reader = {".csv": _read_text, ".tsv": _read_text, ".txt": _read_text, ".tab": _read_text}.get(
        ending, {".xlsx": _read_excel, ".parquet": _read_parquet, ".pq": _read_parquet}.get(ending)
    )
    if reader is None:
        raise DataError(
            f"{name} ends in {ending or 'nothing'!r}. Save the table as CSV, TSV, Excel (.xlsx) "
            "or Parquet and load that."
        )
    try:
        table = reader(content, name)
    except DataError:
        raise
    except MemoryError as error:
        raise DataError(f"{name} does not fit into memory. Load fewer rows.") from error
    except Exception as error:  # whatever a parser makes of a broken or mislabelled file
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(
            f"{name} could not be read as a {ending} file ({reason}). "
            "Open it, check that it is what its ending says, and save it again."
        ) from error
    return _tidy(table, name)


def _read_text(content: bytes, name: str) -> pd.DataFrame:
    if name.lower().endswith(".gz"):
        content = _gunzip(content, name)
    encoding = detect_encoding(content)
    sample = content[:SAMPLE_BYTES].decode(encoding, errors="replace")
    if "\0" in sample:
        raise DataError(f"{name} holds binary data, not text. Save the table as CSV and load that.")
    delimiter = _delimiter(sample)
    return pd.read_csv(
        io.BytesIO(content),
        sep=delimiter,
        encoding=encoding,
        decimal="," if _decimal_comma(sample, delimiter) else ".",
        keep_default_na=False,
        na_values=list(MISSING_MARKS),
        skipinitialspace=True,
        index_col=False,
        low_memory=False,
    )


def _gunzip(content: bytes, name: str) -> bytes:
    with gzip.open(io.BytesIO(content)) as stream:
        content = stream.read(MAX_BYTES + 1)  # a small archive may unpack to a huge table
    if len(content) > MAX_BYTES:
        raise DataError(_too_large(name, len(content)))
    return content


def detect_encoding(content: bytes) -> str:
    """Encoding of a text: UTF-16 by its mark, UTF-8 where it decodes, else the likeliest."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
        return "utf-8-sig"
    except UnicodeDecodeError:
        best = from_bytes(content[:SAMPLE_BYTES]).best()
        return best.encoding if best is not None else "latin-1"


def _delimiter(sample: str) -> str:
    lines = sample.splitlines()
    complete = "\n".join(lines[: max(1, len(lines) - 1)][:100])
    try:
        return csv.Sniffer().sniff(complete, DELIMITERS).delimiter
    except csv.Error:  # one column, or lines too uneven: what stands most often in the header
        header = lines[0] if lines else ""
        return max(DELIMITERS, key=header.count)


def _decimal_comma(sample: str, delimiter: str) -> bool:
    return (
        delimiter != ","
        and re.search(r"\d,\d", sample) is not None
        and re.search(r"\d\.\d", sample) is None
    )


def _read_excel(content: bytes, name: str) -> pd.DataFrame:
    return cast(
        pd.DataFrame,
        pd.read_excel(
            io.BytesIO(content),
            engine="openpyxl",
            keep_default_na=False,
            na_values=list(MISSING_MARKS),
        ),
    )


def _read_parquet(content: bytes, name: str) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(content))


def _tidy(table: pd.DataFrame, name: str) -> pd.DataFrame:
    if table.shape[1] == 0 or table.shape[0] == 0:
        raise DataError(
            f"{name} has {table.shape[0]} rows and {table.shape[1]} columns. "
            "A header line and at least a few rows are needed."
        )
    table = table.set_axis([str(column).strip() for column in table.columns], axis=1)
    doubled = sorted(set(table.columns[table.columns.duplicated()]))
    if doubled:
        raise DataError(
            f"Column names stand more than once: {', '.join(doubled)}. Rename them in the file."
        )
    if isinstance(table.index, pd.MultiIndex) or table.index.name is not None:
        table = table.reset_index()  # a Parquet file may keep a column as its index
    return table


def _too_large(name: str, size: int) -> str:
    return (
        f"{name} has {size / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB are read. "
        "Load fewer rows or columns."
    )
