"""A table as Parquet bytes and back, such that the encoder sees the same in both.

Parquet has one type per column. A column that holds a mixture, as Excel allows, is written as JSON,
cell by cell: as plain text, a level ``10`` would sort before ``9``.
"""

import datetime
import decimal
import io
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from laat_core.data.reading import MAX_BYTES, MAX_CELLS
from laat_core.data.task import check_names
from laat_core.data.text import as_text, encodable
from laat_core.errors import DataError

__all__ = ["table_bytes", "table_from_bytes"]

CELLS_AS_JSON = b"laat_cells_as_json"

# Kinds of cells that JSON has no form for: how they are written, and read again.
KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], object]]] = {
    "timestamp": (pd.Timestamp, str, pd.Timestamp),  # before datetime, which it is one of
    "datetime": (datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    "date": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
    "time": (datetime.time, datetime.time.isoformat, datetime.time.fromisoformat),
    "timedelta": (pd.Timedelta, pd.Timedelta.isoformat, pd.Timedelta),
    "duration": (
        datetime.timedelta,
        lambda span: str(span // datetime.timedelta(microseconds=1)),
        lambda text: datetime.timedelta(microseconds=int(text)),
    ),
    "decimal": (decimal.Decimal, str, decimal.Decimal),
}


def table_bytes(table: pd.DataFrame) -> bytes:
    """Write a table as Parquet; row labels are left out.

    Raises
    ------
    DataError
        If two columns have the same name, or a column holds what Parquet has no form for.
    """
    table = table.set_axis([encodable(str(name)) for name in table.columns], axis=1)
    check_names(table.columns)
    mixed = [name for name in table.columns if not _is_plain(table[name].dtype)]
    try:
        columns = {name: _texts(table[name]) if name in mixed else table[name] for name in table}
        frame = pd.DataFrame(columns).reset_index(drop=True)
        content = pa.Table.from_pandas(frame, preserve_index=False)
        about = {**(content.schema.metadata or {}), CELLS_AS_JSON: json.dumps(mixed).encode()}
        stream = io.BytesIO()
        pq.write_table(content.replace_schema_metadata(about), stream, compression="zstd")
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise DataError(f"The table cannot be kept: {_first_line(error)}.") from error
    return stream.getvalue()


def table_from_bytes(content: bytes) -> pd.DataFrame:
    """Read what :func:`table_bytes` wrote; anybody may have written something else.

    Raises
    ------
    DataError
        If it is no Parquet, too large, or a cell is not of a form that is written here.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        about = file.metadata
        unpacked = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        if about.num_rows * about.num_columns > MAX_CELLS or unpacked > MAX_BYTES:
            raise DataError("The table kept with the project is too large to be opened.")
        metadata = file.schema_arrow.metadata or {}
        mixed = json.loads(metadata.get(CELLS_AS_JSON, b"[]"))
        table: pd.DataFrame = file.read().to_pandas()
        for name in mixed:
            cells = [_cell(text) for text in table[name]]
            table[name] = pd.Series(cells, index=table.index, dtype=object)
    except DataError:
        raise
    except Exception as error:  # whatever a parser makes of broken or foreign bytes
        raise DataError(
            f"The table kept with the project cannot be read: {_first_line(error)}."
        ) from error
    check_names(table.columns)
    return table


def _is_plain(dtype: object) -> bool:
    """Whether Parquet keeps a column of this type as it is."""
    if isinstance(dtype, pd.CategoricalDtype):
        return isinstance(dtype.categories.dtype, pd.StringDtype)
    if isinstance(dtype, pd.SparseDtype):
        return False
    return isinstance(dtype, pd.StringDtype) or getattr(dtype, "kind", "O") in "biufmM"


def _texts(values: pd.Series) -> pd.Series:
    texts = [_json(value) for value in values.astype(object)]
    return pd.Series(texts, index=values.index, dtype="str")


def _json(cell: object) -> str | None:
    value: Any = cell.item() if isinstance(cell, np.generic) else cell
    if isinstance(value, bool | int | str):
        return json.dumps(value)
    if isinstance(value, float):
        return None if math.isnan(value) else json.dumps(value)
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    for kind, (python, write, _) in KINDS.items():
        if isinstance(value, python):
            return json.dumps({kind: write(value)})
    return json.dumps(as_text(value))  # lists and the like: the encoder takes them as text


def _cell(text: object) -> object:
    if not isinstance(text, str):
        return None
    value = json.loads(text)
    if isinstance(value, dict):
        ((kind, written),) = value.items()
        return KINDS[kind][2](written)
    if isinstance(value, list):
        raise TypeError("a list is no cell")
    return value


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(". ")
