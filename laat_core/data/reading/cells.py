"""Columns of text that hold numbers or yes and no: what a person would read them as."""

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from laat_core.data.reading.loaded import Draft
from laat_core.data.reading.mixed import Beside, beside_numbers, beside_words
from laat_core.data.reading.numbers import (
    Choice,
    NumberColumn,
    choose_formats,
    every,
    read_column,
)
from laat_core.data.text import level_text, listed, quote

__all__ = ["MISSING_MARKS", "drop_marks", "read_cells"]

# Cells that are read as missing. Words such as "none" are left alone: they are often a level.
EXCEL_ERRORS = ("#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
MISSING_MARKS = ("", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", *EXCEL_ERRORS)

HEAD = 100  # cells that are tried first
EXACT = 2**53  # whole numbers beyond are not exact as float64
WHOLE = r"^[+-]?\d+$"
EXPONENT_CODE = r"^\d+[eE]\d{1,2}$"  # programs write a sign after the e
LEADING_ZERO = r"^[+-]?0[0-9xX]"
OPEN_POINTS = r"^[+-]?(?:\d{1,3}|[1-9]\d{0,2}(?:\.\d{3})+)$"
BOOLEANS = {"true": True, "false": False}
ZERO_ONE = {"0": False, "1": True, "0.0": False, "1.0": True}


def drop_marks(draft: Draft) -> None:
    """Marks of missing values among other cells, as Excel and Parquet have them, are missing."""
    for name, dtype in draft.frame.dtypes.items():
        if not (pd.api.types.is_object_dtype(dtype) or isinstance(dtype, pd.CategoricalDtype)):
            continue
        marked = level_text(draft.frame[name]).isin(MISSING_MARKS)
        if marked.any():
            draft.frame[name] = draft.frame[name].mask(marked).infer_objects()


def read_cells(draft: Draft) -> None:
    """Turn columns of text into numbers where a person would; note what is not plain to see."""
    columns: dict[str, NumberColumn] = {}
    besides: dict[str, Beside] = {}
    points = draft.points
    for name, dtype in zip(map(str, draft.frame.columns), draft.frame.dtypes, strict=True):
        if pd.api.types.is_object_dtype(dtype):
            read: NumberColumn | str = _read_beside_numbers(draft, name, besides)
        elif isinstance(dtype, pd.StringDtype):
            texts = _texts(draft.frame[name])
            found, read = _plain(texts)
            if found is not None and found.dtype == "float64" and not points and _has_points(texts):
                points = name
            if found is None and not read:
                read = read_column(texts)
            if found is None and not isinstance(read, NumberColumn) and not read:
                read = _read_beside_words(texts, name, besides)
            _put(draft, name, texts.to_pandas() if found is None else found)
        else:
            continue
        if isinstance(read, NumberColumn):
            columns[name] = read
        elif read:
            draft.note(name, read)
    chosen = choose_formats(columns, draft.delimiter, points=points)
    for name, column in columns.items():
        _take(draft, name, column, chosen[name], besides.get(name))
    _note_commas(draft, columns, chosen)


def _read_beside_words(
    texts: pa.Array, name: str, besides: dict[str, Beside]
) -> NumberColumn | str:
    """Read numbers with units or separators beside words for "not known"."""
    beside = beside_words(texts)
    if beside is None:
        return ""
    found, said = _plain(beside.texts)
    if found is not None or said:  # plain numbers, which may stay as they are beside a word
        return said
    besides[name] = beside
    return read_column(beside.texts)


def _read_beside_numbers(draft: Draft, name: str, besides: dict[str, Beside]) -> NumberColumn | str:
    """Read text cells in a column of numbers, at once where they are written plainly."""
    beside = beside_numbers(draft.frame[name])
    if beside is None:
        return ""
    found, said = _plain(beside.texts)
    if found is None:
        besides[name] = beside
        return said or read_column(beside.texts)
    if not pd.api.types.is_numeric_dtype(found) or pd.api.types.is_bool_dtype(found):
        return ""
    _put(draft, name, beside.filled(found))
    text = beside.texts[0].as_py()
    return f"Numbers stored as text, such as {quote(text)}, are read as numbers. {beside.note}"


def _put(draft: Draft, name: str, values: pd.Series) -> None:
    draft.frame[name] = values.set_axis(draft.frame.index)


def _texts(values: pd.Series) -> pa.Array:
    """Cells without outer blanks, marks of missing values as null."""
    found = pa.array(values, pa.large_string(), from_pandas=True)
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    trimmed = pc.utf8_trim_whitespace(found)
    marked = pc.is_in(trimmed, pa.array(MISSING_MARKS, pa.large_string()))
    if not pc.any(marked).as_py():
        return trimmed
    return pc.if_else(marked, pa.scalar(None, pa.large_string()), trimmed)


def _plain(texts: pa.Array) -> tuple[pd.Series | None, str]:
    """Read numbers as machines write them, and yes and no; return them, or why they are codes."""
    if texts.null_count == len(texts):
        return texts.to_pandas(), ""
    head = texts.slice(0, 4 * HEAD).drop_null().slice(0, HEAD)
    whole = _cast(texts, pa.int64()) if every(head, WHOLE) else None
    if whole is not None:
        said = _code(texts, whole)
        return (None, said) if said else (whole.to_pandas(), "")
    number = _cast(texts, pa.float64()) if _cast(head, pa.float64()) is not None else None
    if number is None:
        return _booleans(texts, head)
    if every(head, WHOLE) and every(texts, WHOLE):
        return None, _code(texts, None)
    if pc.any(pc.is_nan(number)).as_py():
        return None, ""
    if (example := _exponent_code(texts)) is not None:
        return None, f"{quote(example)} may be a code or a number: left as text."
    # Numbers such as 1.033 alone leave open what the point means: the file decides.
    is_open = every(head, OPEN_POINTS) and every(texts, OPEN_POINTS)
    return (None if is_open else number.to_pandas()), ""


def _exponent_code(texts: pa.Array) -> str | None:
    """Return a cell such as 1E3 where no other cell has a decimal point."""
    if _has_points(texts):
        return None
    codes = texts.filter(pc.match_substring_regex(texts, EXPONENT_CODE))
    return codes[0].as_py() if len(codes) else None


def _has_points(texts: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring(texts, ".")).as_py())


def _cast(texts: pa.Array, kind: pa.DataType) -> pa.Array | None:
    try:
        return pc.cast(texts, kind)
    except pa.ArrowInvalid:
        return None


def _code(texts: pa.Array, whole: pa.Array | None) -> str:
    """Say why whole numbers are codes, not numbers; empty where they are numbers."""
    zero = pc.match_substring_regex(texts, LEADING_ZERO)
    if pc.any(zero).as_py():
        example = texts.filter(zero)[0].as_py()
        return f"Has leading zeros, as in {quote(example)}: left as text."
    if whole is None or max(map(abs, pc.min_max(whole).as_py().values())) > EXACT:
        return "Has whole numbers too long to be exact as numbers: left as text."
    return ""


def _booleans(texts: pa.Array, head: pa.Array) -> tuple[pd.Series | None, str]:
    """Read TRUE and FALSE in any case; beside 0 and 1, as these."""
    if not every(head, r"^(?i:true|false)$|^[01](?:\.0)?$"):
        return None, ""
    distinct = texts.unique().drop_null().to_pylist()
    known = {text: BOOLEANS.get(text.lower(), ZERO_ONE.get(text)) for text in distinct}
    if None in known.values():
        return None, ""
    found = texts.to_pandas().astype(object).map(known)
    if ZERO_ONE.keys() & known.keys():
        return found.astype("float64"), "TRUE is read as 1 and FALSE as 0, like the numbers beside."
    return found.where(found.notna(), None).infer_objects(), ""


def _take(
    draft: Draft, name: str, column: NumberColumn, choice: Choice, beside: Beside | None
) -> None:
    """Put the numbers of a column in its place, and say how they were read."""
    because = f" ({choice.reason})" if choice.reason else ""
    if choice.decimal is None:
        example = column.example(column.formats[0])[0]
        draft.note(name, f"What {quote(example)} means cannot be told{because}: left as text.")
        return
    found = column.values(choice.decimal)
    _put(draft, name, beside.filled(found) if beside else found)
    text, number = column.example(choice.decimal)
    if column.unit:
        draft.units[name] = column.unit
        if beside and beside.has_numbers:
            because += ", like the numbers without a unit"
        draft.note(name, f"{quote(text)} is read as {number}, in {column.unit}{because}.")
    elif choice.reason or column.has_groups(choice.decimal) or beside:
        draft.note(name, f"{quote(text)} is read as {number}{because}.")
    minus, notes = column.odd_minus(choice.decimal), draft.column_notes.get(name, [])
    if minus and not any(note.startswith(quote(minus[0])) for note in notes):
        draft.note(name, f"{quote(minus[0])} is read as {minus[1]}.")
    if beside and beside.note:
        draft.note(name, beside.note)


def _note_commas(draft: Draft, columns: dict[str, NumberColumn], chosen: dict[str, Choice]) -> None:
    """Say for the file as a whole which columns have decimal commas."""
    commas = [n for n, c in columns.items() if chosen[n].decimal == "," and "," in c.marks]
    if commas:
        text, number = columns[commas[0]].example(",")
        draft.notes.append(
            f"Decimal commas, such as {quote(text)} for {number}, are in: {_named(commas)}."
        )


def _named(names: Sequence[str]) -> str:
    return listed(map(quote, names), most=10)
