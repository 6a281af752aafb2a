import csv
import datetime as dt
import gzip
import io
import time
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laat_core.data.reading import (
    MAX_BYTES,
    MISSING_MARKS,
    detect_encoding,
    limits,
    read_bytes,
    read_table,
)
from laat_core.data.text import sorted_levels
from laat_core.errors import DataError

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
PROSE = "Größe;Schuhgröße;Straße\nüber 180;44;Müllerstraße\nunter 160;38;Äußere Straße\n"


def excel(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet(table):
    stream = io.BytesIO()
    table.to_parquet(stream)
    return stream.getvalue()


def frame(content, name):
    return read_bytes(content, name).frame


def cells(table):
    return table.astype(object).where(table.notna(), None).to_numpy().tolist()


# Text files


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_end_are_detected(delimiter, line_end):
    lines = ["name,age", '"Doe, Jane; a\tb|c",61', "Roe,54"]
    text = line_end.join(delimiter.join(f'"{cell}"' for cell in row) for row in csv.reader(lines))
    table = frame(text.encode(), "x.csv")
    assert list(table.columns) == ["name", "age"]
    assert cells(table) == [["Doe, Jane; a\tb|c", 61], ["Roe", 54]]


def test_a_comma_in_the_header_does_not_hide_the_semicolons():
    content = b"income (USD, yearly);age;note\n100;61;a, b\n200;54;c\n"
    assert list(frame(content, "x.csv").columns) == ["income (USD, yearly)", "age", "note"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_encoding_is_detected(encoding):
    table = frame(PROSE.encode(encoding), "x.csv")
    assert list(table.columns) == ["Größe", "Schuhgröße", "Straße"]
    assert table["Straße"].tolist() == ["Müllerstraße", "Äußere Straße"]


@pytest.mark.parametrize(
    "text", ["a,b\nü,1\n", "größe;maß\n1;2\n", "año;niño\n1;2\n", "Preis €;x\n1;2\n"]
)
def test_a_few_western_letters_suffice(text):
    content = text.encode("cp1252")
    assert content.decode(detect_encoding(content)) == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "wiek;płeć\n3;mężczyzna\n4;kobieta\n5;łódź\n"),
        ("cp1251", "возраст;пол\n3;мужской\n4;женский\n"),
        ("cp1253", "ηλικία;φύλο\n3;άνδρας\n4;γυναίκα\n"),
        ("cp932", "年齢,性別,診断\n3,男性,高血圧\n4,女性,糖尿病\n"),
    ],
)
def test_other_scripts_are_detected(encoding, text):
    assert text.encode(encoding).decode(detect_encoding(text.encode(encoding))) == text


def test_the_first_umlaut_may_come_late():
    content = b"name,age\n" + b"Miller,1\n" * 20_000 + "Müller,2\n".encode("cp1252")
    assert frame(content, "x.csv")["name"].iloc[-1] == "Müller"


def test_decimal_comma_beside_dates_with_points():
    table = frame(b"date;dose;weight\n01.02.2024;1,5;70\n13.02.2024;-2,25;81,5\n", "x.csv")
    assert table["dose"].tolist() == [1.5, -2.25]
    assert table["weight"].tolist() == [70, 81.5]
    assert table["date"].tolist() == ["01.02.2024", "13.02.2024"]


def test_each_column_has_its_own_decimal_mark():
    content = b"dose;income;mixed\n1.5;1.200,50 ;1,2\n2.5;-950;3.4\n3;? ;5\n4;1e-05;6\n"
    table = frame(content, "x.csv")
    assert table["dose"].tolist() == [1.5, 2.5, 3, 4]
    np.testing.assert_array_equal(table["income"], [1200.5, -950, np.nan, 1e-5])
    assert table["mixed"].tolist() == ["1,2", "3.4", "5", "6"]


def test_commas_for_thousands():
    content = b'income,items,parts\n"1,200.50","1,2","1,20"\n950,"3,4",5\n"-1,234,567",5,6\n'
    table = frame(content, "x.csv")
    assert table["income"].tolist() == [1200.5, 950, -1234567]
    assert table["items"].tolist() == ["1,2", "3,4", "5"]
    assert table["parts"].tolist() == ["1,20", "5", "6"]


def test_between_tabs_a_comma_may_stand_for_either_or_remain_open():
    content = b"us\tde\topen\n1,200.50\t0,125\t1,200\n950\t1,250\t950\n"
    assert cells(frame(content, "x.tsv")) == [[1200.5, 0.125, "1,200"], [950, 1.25, "950"]]
    assert frame(b"a;b\n1,200;1\n1,250;2\n", "x.csv")["a"].tolist() == [1.2, 1.25]


def test_quoted_fields_hold_delimiters_quotes_and_new_lines():
    table = frame(b'a,b\n"x\ny",1\n"p,""q""",2\n', "x.csv")
    assert table["a"].tolist() == ["x\ny", 'p,"q"']


@pytest.mark.parametrize("mark", ["", "?", "NA", "n/a", "NaN", "NULL", "#DIV/0!", " NA ", "? "])
def test_marks_of_missing_values(mark):
    table = frame(f"a,b,c\n1,x,1\n{mark},{mark},2\n3,y,3\n".encode(), "x.csv")
    assert table.isna().sum().tolist() == [1, 1, 0]


def test_words_are_no_marks():
    words = ["none", "None", "missing", "nil", "-", "no answer"]
    assert (
        frame("\n".join(["a,b", *(f"{w},1" for w in words)]).encode(), "x.csv")["a"].tolist()
        == words
    )


def test_blanks_around_cells_and_names():
    table = frame(b" a , b \n 1 , x \n 2 , y \n", "x.csv")
    assert list(table.columns) == ["a", "b"]
    assert table["a"].tolist() == [1, 2]
    assert table["b"].str.strip().tolist() == ["x", "y"]


def test_booleans_with_missing_ones():
    table = frame(b"a,b\ntrue,1\n,2\nFALSE,3\n", "x.csv")
    assert cells(table["a"].to_frame()) == [[True], [None], [False]]


def test_huge_and_infinite_numbers():
    table = frame(b"a,b,c\n1e300,inf,99999999999999999999\n2,-inf,1.5\n", "x.csv")
    assert table["a"].tolist() == [1e300, 2]
    assert table["b"].tolist() == [np.inf, -np.inf]
    assert table["c"].tolist() == [1e20, 1.5]


def test_a_field_may_be_very_long():
    table = frame(f"a;b\n1;{'x' * 200_000}\n2;y\n".encode(), "x.csv")
    assert table["b"].str.len().tolist() == [200_000, 1]


def test_empty_fields_between_tabs():
    assert cells(frame(b"a\tb\tc\n1\t\t3\n\t\t4\n", "x.tsv")) == [
        [1, None, 3],
        [None, None, 4],
    ]


def test_blank_lines_are_skipped():
    table = frame(b"\n   \na,b\n\n1,2\n\n3,4\n\n", "x.csv")
    assert cells(table) == [[1, 2], [3, 4]]


def test_a_single_column():
    assert frame(b"a\n1\n2\n", "x.csv")["a"].tolist() == [1, 2]


def test_delimiters_at_the_end_of_every_row():
    assert cells(frame(b"a,b\n1,2,\n3,4,\n", "x.csv")) == [[1, 2], [3, 4]]


def test_what_a_short_row_lacks_is_missing():
    assert cells(frame(b"a,b,c\n1,2\n3,4,5\n", "x.csv")) == [[1, 2, None], [3, 4, 5]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1,2\n3,4,5\n", "line 3 has 3 fields, the header has 2"),
        (b"a,b\n1,2,3\n4,5,6\n", "line 2 has 3 fields, the header has 2"),
        (b'a,b\n"x,1\ny,2\n', "a quotation mark in line 2 is never closed"),
        (b"a,b\n\0\1\2,3\n", "holds binary data"),
        (PNG, "is an image"),
        (b"\xff\xfe", "is empty"),
        (b"a,b\n", "no rows and 2 columns"),
        (b"", "is empty"),
        (b" \n\n", "is empty"),
    ],
)
def test_what_is_wrong_with_a_text_file_is_said(content, said):
    with pytest.raises(DataError, match=said):
        frame(content, "x.csv")


# Names


@pytest.mark.parametrize(
    "name",
    [
        "two\nlines",
        "**bold** [x](http://y)",
        "<script>alert(1)</script>",
        "n" * 300,
        "עברית",
        "a.1",
    ],
)
def test_column_names_are_taken_as_they_are(name):
    stream = io.StringIO()
    csv.writer(stream).writerows([[name, "b"], [1, 2]])
    assert list(frame(stream.getvalue().encode(), "x.csv").columns) == [name, "b"]


def test_columns_without_a_name_are_called_after_their_place():
    assert list(frame(b",a,\n1,2,3\n", "x.csv").columns) == [
        "unnamed column 1",
        "a",
        "unnamed column 3",
    ]


def test_numbers_and_dates_as_column_names():
    content = excel([[2020, 1.5, dt.datetime(2021, 1, 1), None], [1, 2, 3, 4]])
    assert list(frame(content, "x.xlsx").columns) == [
        "2020",
        "1.5",
        "2021-01-01 00:00:00",
        "unnamed column 4",
    ]


# Excel and Parquet


def test_the_first_sheet_is_read_and_blank_rows_are_skipped():
    rows = [[], ["a", "b", "c"], [], [1, "x", True], [None, "NA", 2], [3, " n/a", False]]
    table = frame(excel(rows, [["other"], [1]]), "x.XLSX")
    assert cells(table) == [[1, "x", True], [None, None, 2], [3, None, False]]
    assert table["a"].dtype == np.float64


def test_dates_and_mixed_cells_of_a_sheet():
    when = dt.datetime(2020, 1, 1)
    table = frame(excel([["d", "m"], [when, 1], [None, "x"], [when, 2.5]]), "x.xlsx")
    assert pd.api.types.is_datetime64_any_dtype(table["d"])
    assert table["m"].tolist() == [1, "x", 2.5]


@pytest.mark.slow
def test_a_cell_far_out_makes_no_rows_between():
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    book.active["AAA1000"] = "stray"
    stream = io.BytesIO()
    book.save(stream)
    table = frame(stream.getvalue(), "x.xlsx")
    assert table.shape == (2, 3)
    assert list(table.columns) == ["a", "b", "unnamed column 703"]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (PNG, "x.xlsx", "is an image"),
        (excel([["a"]]), "x.xlsx", "has a header line but no rows"),
        (excel([]), "x.xlsx", "on this sheet: it is empty"),
        (parquet(pd.DataFrame({"a": [1]}))[:-9], "x.parquet", "cannot be read as a Parquet file"),
        (PNG, "x.parquet", "is an image"),
        (parquet(pd.DataFrame({"a": [1]}).iloc[:0]), "x.parquet", "no rows and 1 column"),
        (b"\xd0\xcf\x11\xe0", "x.xls", r"is an old Excel workbook \(\.xls\)"),
        (b"a\n1", "x", "ends in 'nothing'"),
        (b"a,b\n1,2\n", "x.csv.gz", "is not a gzipped file"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "x.csv.gz", "is damaged and cannot"),
        (gzip.compress(b" ", mtime=0), "x.csv.gz", "is empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_other_files_is_said(content, name, said):
    with pytest.raises(DataError, match=said):
        frame(content, name)


def test_a_parquet_file_may_keep_a_column_as_its_index():
    table = pd.DataFrame({"a": [1, 2, 2], "b": ["x", None, "y"]})
    assert list(frame(parquet(table.set_index("b")), "x.pq").columns) == ["b", "a"]
    named = frame(parquet(table.set_index(["a", "b"]).assign(c=0)), "x.parquet")
    assert list(named.columns) == ["a", "b", "c"]
    by_patient = table.set_index(pd.Index(["p", "q", "q"]))
    assert frame(parquet(by_patient), "x.parquet")["index"].tolist() == ["p", "q", "q"]


def test_row_numbers_without_a_name_are_no_column():
    table = frame(parquet(pd.DataFrame({"a": [1, 2]}, index=[5, 5])), "x.parquet")
    assert list(table.columns) == ["a"]
    assert table.index.tolist() == [0, 1]


def test_kinds_that_only_parquet_knows():
    table = pd.DataFrame(
        {
            "list": [[1], [2, 3], None],
            "decimal": [Decimal("1.5"), None, Decimal("2.5")],
            "integer": pd.array([1, None, 2], dtype="Int64"),
            "time": pd.date_range("2020", periods=3, tz="UTC"),
        }
    )
    assert list(frame(parquet(table), "x.parquet").columns) == list(table.columns)


@pytest.mark.parametrize("dtype", ["str", "string", "object", "category"])
def test_marks_of_missing_values_in_a_parquet_file(dtype):
    values = pd.Series(["?", "1", " NA", "2"], dtype=dtype)
    table = frame(parquet(pd.DataFrame({"a": values, "b": 1})), "x.parquet")
    assert sorted_levels(table["a"]) == ["1", "2"]
    assert table["a"].isna().tolist() == [True, False, True, False]


# Files and limits


@pytest.mark.parametrize("name", ["x.csv", "X.CSV", "x.Csv.GZ", "x.tsv", "x.txt", "x.tab"])
def test_endings(tmp_path, name):
    content = b"a,b\n1,2\n"
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.lower().endswith("gz") else content)
    assert cells(read_table(path).frame) == [[1, 2]]


@pytest.mark.parametrize("name", ["none.csv", "folder.csv", "n" * 300 + ".csv", "a\0b.csv"])
def test_what_cannot_be_opened_is_said(tmp_path, name):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match="Cannot read"):
        read_table(tmp_path / name)


def test_size_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_BYTES", 2 * 2**20)
    content = b"a,b\n" + b"1,2\n" * 2**20
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    for read, said in (
        (lambda: read_table(path).frame, "has"),
        (lambda: frame(content, "x.csv"), "has"),
        (lambda: frame(gzip.compress(content), "x.csv.gz"), "unpacks to"),
    ):
        with pytest.raises(DataError, match=f"{said} more than 2 MB"):
            read()


def test_the_limit_is_200_mb():
    assert MAX_BYTES == 200 * 2**20


@pytest.mark.parametrize("name", ["x.xlsx", "x.parquet"])
def test_the_number_of_cells_is_limited(monkeypatch, name):
    monkeypatch.setattr(limits, "MAX_CELLS", 999)
    content = (
        excel([["a", "b"]] + [[1, 2]] * 500)
        if name == "x.xlsx"
        else parquet(pd.DataFrame({"a": [0] * 500, "b": [0] * 500}))
    )
    with pytest.raises(DataError, match="cells; at most 999 are read"):
        frame(content, name)


@pytest.mark.slow
def test_large_and_wide_tables_are_quick():
    generator = np.random.default_rng(0)
    long = pd.DataFrame(generator.normal(size=(50_000, 15))).to_csv(index=False).encode()
    wide = pd.DataFrame(generator.normal(size=(20, 5000))).to_csv(index=False).encode()
    started = time.process_time()
    assert frame(long, "x.csv").shape == (50_000, 15)
    assert frame(wide, "x.csv").shape == (20, 5000)
    assert time.process_time() - started < 5


@pytest.mark.slow
@pytest.mark.parametrize(("delimiter", "form"), [(",", "{:,.2f}"), (";", "{:.0f},25")])
def test_many_numbers_with_commas_are_quick(delimiter, form):
    numbers = np.random.default_rng(0).normal(size=(50_000, 10)) * 1e5
    content = pd.DataFrame(numbers).map(form.format).to_csv(index=False, sep=delimiter).encode()
    started = time.process_time()
    assert (frame(content, "x.csv").dtypes == np.float64).all()
    assert time.process_time() - started < 5


# Properties

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20).map(
    lambda text: f"x{text}".strip()
)
NUMBER = st.one_of(
    st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False, width=64)
)


@pytest.mark.slow
@given(
    st.lists(st.tuples(TEXT, st.one_of(st.none(), NUMBER)), min_size=1, max_size=8),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_is_read_back(rows, delimiter, encoding):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows([["text", "number"], *rows])
    table = frame(stream.getvalue().encode(encoding), "x.csv")
    assert table["text"].tolist() == [text for text, _ in rows]
    for found, (_, number) in zip(table["number"], rows, strict=True):
        assert (pd.isna(found) and number is None) or float(found) == pytest.approx(
            float(number), rel=1e-12
        )


ENDINGS = ["x.csv", "x.tsv", "x.csv.gz", "x.xlsx", "x.parquet"]
FILES = [
    b"a,b\n1,2\n\"x\",3\n",
    "ä;b\n1,5;2\n".encode("cp1252"),
    "a,b\n1,2".encode("utf-16"),
    gzip.compress(b"a,b\n1,2\n", mtime=0),
    excel([["a", "b"], [1, "x"]]),
    parquet(pd.DataFrame({"a": [1, 2], "b": ["x", None]})),
]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=300)
@given(st.binary(max_size=200), st.sampled_from(ENDINGS))
def test_any_bytes_are_a_table_or_a_data_error(content, name):
    _read_or_refuse(content, name)


@pytest.mark.slow
@settings(max_examples=300)
@given(st.sampled_from(FILES), st.data())
def test_a_damaged_file_is_a_table_or_a_data_error(content, data):
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, min(start + 8, len(content))))
    damaged = content[:start] + data.draw(st.binary(max_size=8)) + content[stop:]
    for name in ENDINGS:
        _read_or_refuse(damaged, name)


def _read_or_refuse(content, name):
    try:
        table = frame(content, name)
    except DataError:
        return
    assert len(table) > 0
    assert all(isinstance(column, str) and column for column in table.columns)


def test_marks_are_listed_for_people():
    assert "" in MISSING_MARKS
    assert "none" not in map(str.lower, MISSING_MARKS)
