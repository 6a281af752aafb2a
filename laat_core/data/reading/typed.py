"""Files that know the types of their columns: Parquet, Feather and Stata."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.feather
import pyarrow.parquet
from pandas.io.stata import StataReader

from laat_core.data.reading import limits
from laat_core.data.reading.loaded import Draft
from laat_core.data.reading.names import column_names, last_level
from laat_core.data.text import listed

__all__ = ["read_feather", "read_parquet", "read_stata"]


def read_parquet(content: bytes, name: str, sheet: str | None = None) -> Draft:  # noqa: ARG001
    """Read a Parquet file."""
    about = pyarrow.parquet.read_metadata(io.BytesIO(content))
    limits.check_cells(about.num_rows * about.num_columns, name)
    return _draft(pd.read_parquet(io.BytesIO(content)))


def read_feather(content: bytes, name: str, sheet: str | None = None) -> Draft:  # noqa: ARG001
    """Read a Feather file."""
    source = pa.BufferReader(content)
    fragment = pyarrow.dataset.IpcFileFormat().make_fragment(source)
    limits.check_cells(fragment.count_rows() * len(fragment.physical_schema), name)
    return _draft(pyarrow.feather.read_table(io.BytesIO(content)).to_pandas())


def read_stata(content: bytes, name: str, sheet: str | None = None) -> Draft:  # noqa: ARG001
    """Read a Stata file; labelled values become their labels."""
    with StataReader(io.BytesIO(content)) as reader:
        most = limits.MAX_CELLS // max(len(reader.variable_labels()), 1)
    with pd.read_stata(io.BytesIO(content), chunksize=most + 1) as chunks:
        table = next(iter(chunks))
    limits.check_cells(table.size, name)
    return _draft(table)


def _draft(table: pd.DataFrame) -> Draft:
    notes = []
    named = [str(level) for level in table.index.names if level is not None]
    if named:
        notes.append(f"The index of the table was read as a column: {listed(map(repr, named))}.")
    # Row numbers without a name are no column.
    numbered = table.index.nlevels == 1 and not named and _is_integer(table.index)
    if numbered and not isinstance(table.index, pd.RangeIndex):
        notes.append("The table has an index without a name that only numbers the rows: left out.")
    columns, joined = last_level(list(table.columns))
    table = table.set_axis(pd.Index(columns, dtype=object), axis=1)
    table = table.reset_index(drop=numbered, allow_duplicates=True)
    names, changed = column_names(table.columns)
    return Draft(table.set_axis(names, axis=1), [*notes, *joined, *changed])


def _is_integer(index: pd.Index) -> bool:
    return bool(pd.api.types.is_integer_dtype(index))
