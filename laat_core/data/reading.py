"""Reading a table from a file that somebody else wrote."""

import csv
import gzip
import io
import re
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from zipfile import ZipFile

import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pyarrow.parquet
from charset_normalizer import from_bytes

from laat_core.data.task import check_names
from laat_core.data.text import as_numbers, as_text, level_text
from laat_core.errors import DataError

__all__ = ["MAX_BYTES", "MISSING_MARKS", "detect_encoding", "read_bytes", "read_table"]

MAX_BYTES = 200 * 1024 * 1024
MAX_CELLS = 50_000_000  # a small Excel or Parquet file may hold more than fits into memory

# Cells that are read as missing. Words such as "none" are left alone: they are often a level.
EXCEL_ERRORS = ("#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
MISSING_MARKS = ("", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", *EXCEL_ERRORS)

DELIMITERS = ",;\t|"
SAMPLE_BYTES = 64 * 1024
SAMPLE_ROWS = 500
# Numbers that pandas takes for text: 1.200,50 and 1,200.50, with an exponent or without.
DECIMAL_COMMA = r"[+-]?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?([eE][+-]?\d+)?"
COMMA_GROUPS = r"[+-]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?([eE][+-]?\d+)?"

# What a text that is not Unicode may be, the likeliest first.
WESTERN = "cp1252"
LEGACY = [WESTERN, *(f"cp{number}" for number in range(1250, 1258)), "cp932", "cp949", "gb18030"]


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
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"Cannot read {path}: {reason}. Check the path.") from error
    return read_bytes(content, path.name)


def read_bytes(content: bytes, name: str) -> pd.DataFrame:
    """Read a table from the bytes of a file; ``name`` tells its kind by its ending.

    Delimiter and encoding of a text file are detected, and in each of its columns a decimal comma
    or separators of thousands; of an Excel file the first sheet is read. Column names become text
    without outer blanks, and a column without a name is called after its place.

    Parameters
    ----------
    content : bytes
    name : str
        File name, for its ending and for messages. Text files may be packed (``.csv.gz``).

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        If the content is too large, empty, not of the kind that its ending says, or two columns
        have the same name.
    """
    if len(content) > MAX_BYTES:
        raise _too_large(f"{name} has")
    ending = Path(name.lower().removesuffix(".gz")).suffix
    reader = READERS.get(ending)
    if reader is None:
        raise DataError(
            f"{name} ends in {ending or 'nothing'!r}. Save the table as CSV, TSV, Excel (.xlsx) "
            "or Parquet and load that."
        )
    try:
        if name.lower().endswith(".gz"):
            content = _gunzip(content, name)
        if not content or content.isspace():
            raise DataError(f"{name} is empty. Choose a file with a header line and rows.")
        table = reader(content)
    except DataError:
        raise
    except MemoryError as error:
        raise DataError(f"{name} does not fit into memory. Load fewer rows.") from error
    except Exception as error:  # whatever a parser makes of a broken or mislabelled file
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(
            f"{name} could not be read as a {ending} file ({reason.rstrip('. ')}). "
            "Open it, check that it is what its ending says, and save it again."
        ) from error
    if table.shape[1] == 0 or table.shape[0] == 0:
        raise DataError(
            f"{name} has {table.shape[0]} rows and {table.shape[1]} columns. "
            "A header line and at least a few rows are needed."
        )
    return table


def _gunzip(content: bytes, name: str) -> bytes:
    with gzip.open(io.BytesIO(content)) as stream:
        content = stream.read(MAX_BYTES + 1)  # a small archive may unpack to a huge table
    if len(content) > MAX_BYTES:
        raise _too_large(f"{name} unpacks to")
    return content


def _read_text(content: bytes) -> pd.DataFrame:
    encoding = detect_encoding(content)
    if "\0" in content[:SAMPLE_BYTES].decode(encoding, errors="replace"):
        raise ValueError("it holds binary data, not text")
    delimiter, rows = _delimiter(content, encoding)
    names = _names(rows[0])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(
                io.BytesIO(content),
                sep=delimiter,
                encoding=encoding,
                header=0,
                names=names,
                index_col=False,
                keep_default_na=False,
                na_values=list(MISSING_MARKS),
                skipinitialspace=True,
                low_memory=False,
            )
    except pd.errors.ParserWarning as error:  # pandas would cut off what is too much
        raise ValueError(f"rows have more fields than the header, {len(names)}") from error
    return _without_marks(_with_numbers(table, delimiter))


def detect_encoding(content: bytes) -> str:
    """Encoding of a text: UTF-16 by its mark, UTF-8 where it decodes, else the likeliest."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
        return "utf-8-sig"
    except UnicodeDecodeError:
        return _legacy_encoding(content)


def _legacy_encoding(content: bytes) -> str:
    telling = re.finditer(rb"[^\n]*[\x80-\xff][^\n]*", content)  # lines that are not ASCII
    sample = b"\n".join(line.group() for line in islice(telling, SAMPLE_ROWS))[:SAMPLE_BYTES]
    matches = from_bytes(sample, cp_isolation=LEGACY)
    if not matches:
        return "latin-1"  # decodes whatever there is
    best = min(
        matches, key=lambda m: (m.chaos, -m.coherence, WESTERN not in m.could_be_from_charset)
    )
    return WESTERN if WESTERN in best.could_be_from_charset else best.encoding


def _delimiter(content: bytes, encoding: str) -> tuple[str, list[list[str]]]:
    """Find what cuts most lines into as many fields as the header; return it with first rows."""
    first = {mark: _first_rows(content, encoding, mark) for mark in DELIMITERS}

    def fit(mark: str) -> tuple[float, int]:
        widths = [len(row) for row in first[mark]]
        return (widths.count(widths[0]) / len(widths), widths[0]) if widths[0] > 1 else (0.0, 0)

    best = max(DELIMITERS, key=fit)
    return best, first[best]


def _first_rows(content: bytes, encoding: str, delimiter: str) -> list[list[str]]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding, errors="replace")
    rows = []
    with suppress(csv.Error):  # such as a quotation mark that is never closed: pandas says where
        for row in csv.reader(text, delimiter=delimiter, skipinitialspace=True):
            if row not in ([], [""]):
                rows.append(row)
            if len(rows) == SAMPLE_ROWS:
                break
    return rows or [[""]]


def _with_numbers(table: pd.DataFrame, delimiter: str) -> pd.DataFrame:
    """Turn columns of numbers with a decimal comma, or with commas for thousands, into numbers."""
    for name in table.select_dtypes(["str"]):
        texts = table[name].str.strip()
        known = texts[texts.notna() & ~texts.isin(MISSING_MARKS)]
        decimal = delimiter != "," and known.str.fullmatch(DECIMAL_COMMA).all()
        grouped = delimiter != ";" and known.str.fullmatch(COMMA_GROUPS).all()
        # Where both fit, between tabs, nobody can tell what 1,200 is.
        if decimal == grouped or not known.str.contains(",", regex=False).any():
            continue
        if decimal:
            texts = texts.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        table[name] = as_numbers(texts.str.replace(",", "", regex=False))
    return table


def _read_excel(content: bytes) -> pd.DataFrame:
    with ZipFile(io.BytesIO(content)) as archive:
        _check_cells(sum(part.file_size for part in archive.infolist()) // 8)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # some programs write wrong ones
    lines = filter(None, map(_filled, sheet.iter_rows(values_only=True)))
    header, rows = next(lines, ()), list(lines)
    width = max(map(len, [header, *rows]))
    _check_cells(width * len(rows))
    header, *rows = (row + (None,) * (width - len(row)) for row in [header, *rows])
    return _without_marks(pd.DataFrame(rows, columns=_names(header)))


def _filled(row: tuple[object, ...]) -> tuple[object, ...]:
    """Cells up to the last one that holds something."""
    return row[: max((i for i, cell in enumerate(row, start=1) if cell is not None), default=0)]


def _read_parquet(content: bytes) -> pd.DataFrame:
    about = pyarrow.parquet.read_metadata(io.BytesIO(content))
    _check_cells(about.num_rows * about.num_columns)
    table = pd.read_parquet(io.BytesIO(content))
    # The file may keep a column as its index; row numbers without a name are none.
    numbered = table.index.name is None and pd.api.types.is_integer_dtype(table.index)
    table = table.reset_index(drop=numbered, allow_duplicates=True)
    return _without_marks(table.set_axis(_names(table.columns), axis=1))


READERS: dict[str, Callable[[bytes], pd.DataFrame]] = {
    **dict.fromkeys((".csv", ".tsv", ".txt", ".tab"), _read_text),
    ".xlsx": _read_excel,
    **dict.fromkeys((".parquet", ".pq"), _read_parquet),
}


def _names(header: Iterable[object]) -> list[str]:
    texts = ["" if cell is None else as_text(cell) for cell in header]
    names = [text or f"unnamed column {place}" for place, text in enumerate(texts, start=1)]
    check_names(names)
    return names


def _without_marks(table: pd.DataFrame) -> pd.DataFrame:
    """Marks of missing values may have blanks around them, or come from Excel or Parquet."""
    for name in table.select_dtypes(["object", "str", "string", "category"]):
        marked = level_text(table[name]).isin(MISSING_MARKS)
        if marked.any():
            table[name] = table[name].mask(marked).infer_objects()
    return table


def _check_cells(cells: int) -> None:
    if cells > MAX_CELLS:
        raise ValueError(f"it holds about {cells:,} cells; at most {MAX_CELLS:,} are read")


def _too_large(what: str) -> DataError:
    limit = f"{MAX_BYTES // 2**20} MB, the most that is read"
    return DataError(f"{what} more than {limit}. Load fewer rows or columns.")
