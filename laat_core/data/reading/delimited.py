"""Text files: what separates the columns, where the rows begin, and the rows themselves."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa
import pyarrow.csv

from laat_core.data.reading import limits
from laat_core.data.reading.cells import MISSING_MARKS
from laat_core.data.reading.encodings import decode
from laat_core.data.reading.heads import Head, find_head, usual_width
from laat_core.data.reading.loaded import Draft
from laat_core.data.reading.names import column_names
from laat_core.data.text import quote
from laat_core.errors import DataError

__all__ = ["read_text"]

DELIMITERS = ",;\t|"
CALLED = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks", ":": "colons"}
SEPARATOR_LINE = re.compile(r'"?sep=[^\w"]"?', re.IGNORECASE)  # which Excel writes and reads
PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
DECIMAL = re.compile(r"[+-]?(?:0|\d{4,})?\.\d+|[+-]?\d+\.(?:\d\d?|\d{4,})")
SAMPLE_CHARACTERS = 2**20
SAMPLE_ROWS = 200


@dataclass(frozen=True)
class _Sample:
    """The first rows of a text, blank ones left out, and where each of them ends."""

    delimiter: str
    rows: list[list[str]]
    ends: list[int]


@dataclass(frozen=True)
class _Layout:
    delimiter: str
    names: list[str]
    decimals: list[str]  # columns that seem to be of numbers with a decimal point alone
    start: int
    notes: list[str]
    units: dict[str, str]


def read_text(content: bytes, name: str, sheet: str | None = None) -> Draft:  # noqa: ARG001
    """Read a text file into columns of text, nothing in them read as numbers yet."""
    text, notes = decode(content, name)
    layout = _layout(text, name)
    body = text[layout.start :]
    limits.check_cells(body.count(layout.delimiter), name)
    if layout.delimiter == " ":
        body = "\n".join(" ".join(line.split()) for line in body.splitlines())
    table = _regular(body, layout)
    if table is None:
        table, more = _irregular(body, layout, text.count("\n", 0, layout.start), name)
        notes += more
    frame = table.to_pandas()
    points = next((n for n in layout.decimals if frame[n].dtype == "float64"), "")
    return Draft(
        frame,
        [*notes, *layout.notes],
        units=layout.units,
        delimiter=layout.delimiter,
        points=points,
    )


def _layout(text: str, name: str) -> _Layout:
    start, declared, comments = _leading(text)
    marks = declared.strip('"')[len("sep=") :] if declared else DELIMITERS
    separated = CALLED.get(marks, quote(marks))
    notes = [f"The first line says that {separated} separate the columns."] if declared else []
    sample, head = _best(text, start, marks)
    if not sample.rows:
        raise DataError(f"{name} is empty. Choose a file with a header line and rows.")
    hidden = _commented_header(comments, sample, head)
    if hidden:
        head = Head(hidden)
        comments = comments[:-1]
    elif head.names:
        start = sample.ends[head.last]
    if comments:
        s = "s" if len(comments) > 1 else ""
        notes.append(f"{len(comments)} comment line{s} left out, {quote(comments[0][:80])} first.")
    if sample.delimiter == " ":
        notes.append("The columns are separated by blanks.")
    if head.names:
        names, changed = column_names(head.names)
    else:
        names, changed = [f"column {i + 1}" for i in range(usual_width(sample.rows))], []
    notes += [*(() if hidden else head.notes), *changed]
    rows = sample.rows[head.last + 1 :] if head.names else sample.rows
    units = head.unit_of(names)
    return _Layout(sample.delimiter, names, _decimals(names, rows), start, notes, units)


def _decimals(names: list[str], rows: list[list[str]]) -> list[str]:
    """Columns with plain numbers, some with a point that does not separate thousands."""
    columns = zip(*(row for row in rows if len(row) == len(names)), strict=True)
    return [
        name
        for name, cells in zip(names, columns, strict=False)
        if any(map(DECIMAL.fullmatch, cells))
        and all(PLAIN.fullmatch(cell) or cell in MISSING_MARKS for cell in cells)
    ]


def _leading(text: str) -> tuple[int, str, list[str]]:
    """Return where comments and a ``sep=`` line end, that line, and the comments."""
    start, declared, comments = 0, "", []
    for line in _lines(text[:SAMPLE_CHARACTERS]):
        bare = line.strip()
        if not declared and SEPARATOR_LINE.fullmatch(line.strip("\r\n")):
            declared = line.strip("\r\n")
        elif bare.startswith("#"):
            comments.append(bare)
        elif bare:
            break
        start += len(line)
    return start, declared, comments


def _lines(text: str) -> Iterator[str]:
    return iter(io.StringIO(text, newline=""))  # line ends are kept as they are


def _commented_header(comments: list[str], sample: _Sample, head: Head) -> tuple[str, ...]:
    """Return the names in the last comment, where the header is one and rows follow."""
    if not comments or head.names:
        return ()
    cells = next(csv.reader([comments[-1].lstrip("# ")], delimiter=sample.delimiter))
    return tuple(cells) if len(cells) == usual_width(sample.rows) else ()


def _best(text: str, start: int, marks: str) -> tuple[_Sample, Head]:
    """Find what cuts most lines into equally many fields, and the header in that."""
    samples = [_sample(text, start, mark) for mark in marks]
    if not samples[0].rows:
        return samples[0], Head(())
    heads = [find_head(sample.rows) for sample in samples]
    fits = [_fit(sample, head) for sample, head in zip(samples, heads, strict=True)]
    best = fits.index(max(fits))
    if fits[best][0] == 0 and _in_columns(spaced := _sample(text, start, " ")):
        return spaced, find_head(spaced.rows)
    return samples[best], heads[best]


def _fit(sample: _Sample, head: Head) -> tuple[float, int]:
    widths = [len(row) for row in sample.rows]
    usual = usual_width(sample.rows)
    # A header in one piece over rows in several: those have decimal commas.
    if usual < 2 or len(head.names) == 1:
        return 0.0, 0
    return widths.count(usual) / len(widths), usual


def _in_columns(sample: _Sample) -> bool:
    """Whether blanks separate columns, some of them of numbers, and are not those of a text."""
    rows = sample.rows
    width = len(rows[0])
    if width < 2 or len(rows) < 2 or any(len(row) != width for row in rows):
        return False
    return any(all(_is_plain_number(row[place]) for row in rows[1:]) for place in range(width))


def _is_plain_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _sample(text: str, start: int, delimiter: str) -> _Sample:
    part = text[start : start + SAMPLE_CHARACTERS]
    rows, ends, end = [], [], start

    def lines() -> Iterator[str]:
        nonlocal end
        for line in _lines(part):
            end += len(line)
            yield " ".join(line.split()) if delimiter == " " else line

    with suppress(csv.Error):  # such as a quotation mark that is never closed: said later
        for row in csv.reader(lines(), delimiter=delimiter, skipinitialspace=True):
            cells = [cell.strip() for cell in row]
            if any(cells) or len(cells) > 1:
                rows.append(cells)
                ends.append(end)
            if len(rows) == SAMPLE_ROWS:
                break
    if len(rows) > 1 and end - start == SAMPLE_CHARACTERS:
        rows, ends = rows[:-1], ends[:-1]  # the last one is cut off
    return _Sample(delimiter, rows, ends)


def _regular(body: str, layout: _Layout) -> pa.Table | None:
    """Read rows that all have as many fields as the header; None if some have not."""
    if f'{layout.delimiter} "' in body and layout.delimiter != " ":
        return None  # a blank before a quotation mark, which the fast parser takes for text
    content = body.encode()
    # Columns of plain decimals are read at once; where that fails, as text like the others.
    table, n_odd = _parsed(content, layout, layout.decimals) if layout.decimals else (None, 0)
    if table is None:
        table, n_odd = _parsed(content, layout, ())
    return None if table is None or n_odd or _ends_in_lines(table) else table


def _parsed(
    content: bytes, layout: _Layout, decimals: Sequence[str]
) -> tuple[pa.Table | None, int]:
    """Return the rows of the usual length, and how many others there are that are not blank."""
    odd = []

    def notice(row: pyarrow.csv.InvalidRow) -> str:
        if row.text.strip():
            odd.append(row.number)
        return "skip"

    types = dict.fromkeys(layout.names, pa.large_string())
    with suppress(pa.ArrowInvalid):
        table = pyarrow.csv.read_csv(
            pa.BufferReader(content),
            read_options=pyarrow.csv.ReadOptions(
                column_names=layout.names, block_size=len(content) + 1, use_threads=False
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=layout.delimiter, newlines_in_values=True, invalid_row_handler=notice
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={**types, **dict.fromkeys(decimals, pa.float64())},
                null_values=list(MISSING_MARKS),
                strings_can_be_null=False,
            ),
        )
        return table, len(odd)
    return None, len(odd)


def _ends_in_lines(table: pa.Table) -> bool:
    """Whether the last row takes several lines: a quotation mark may never have been closed."""
    return table.num_rows > 0 and any("\n" in str(column[-1]) for column in table.columns)


def _irregular(body: str, layout: _Layout, line: int, name: str) -> tuple[pa.Table, list[str]]:
    """Read rows of unequal length: short ones are filled up, long ones refused.

    ``line`` is how many lines of the file are above.
    """
    width = len(layout.names)
    rows, n_short, n_long, last = [], 0, 0, 0
    reader = csv.reader(_lines(body), delimiter=layout.delimiter, skipinitialspace=True)
    try:
        for row in reader:
            at, last = line + last + 1, reader.line_num
            if not any(map(str.strip, row)) and len(row) < 2:
                continue
            if len(row) > width:
                _check_long(row, layout, at, name)
                n_long += 1
            n_short += len(row) < width
            rows.append([*row[:width], *[""] * (width - len(row))])
    except csv.Error as error:
        raise _unclosed(name, line + last + 1) from error
    limits.check_cells(len(rows) * width, name)
    if rows and _is_unclosed(body, rows[-1], reader.line_num, at - line):
        raise _unclosed(name, at)
    notes = []
    if n_long:
        notes.append(f"{n_long:,} rows end in a separator too many, which was left out.")
    if n_short:
        said = "1 row is" if n_short == 1 else f"{n_short:,} rows are"
        notes.append(f"{said} shorter than the header: what they lack is missing.")
    columns = zip(*rows, strict=True) if rows else [()] * width
    arrays = [pa.array(cells, pa.large_string()) for cells in columns]
    return pa.table(dict(zip(layout.names, arrays, strict=True))), notes


def _check_long(row: list[str], layout: _Layout, line: int, name: str) -> None:
    width = len(layout.names)
    if any(map(str.strip, row[width:])):
        raise DataError(
            f"{name}: line {line:,} has {len(row)} fields, the header has {width}. The columns "
            f"are separated by {CALLED.get(layout.delimiter, quote(layout.delimiter))}; put "
            "values that hold such a mark in quotation marks, or add the names that the header "
            "lacks."
        )


def _is_unclosed(body: str, row: list[str], n_lines: int, first: int) -> bool:
    if n_lines == first:
        return False
    rest = "".join(islice(_lines(body), first - 1, None))
    return rest.count('"') % 2 == 1 and any("\n" in cell or "\r" in cell for cell in row)


def _unclosed(name: str, line: int) -> DataError:
    return DataError(
        f"{name}: a quotation mark in line {line:,} is never closed. Close it or remove it."
    )
