"""Inputs of the same kinds as the files in the folder, made here."""

import gzip
import io
import zipfile

import openpyxl
import pandas as pd
import pytest

from laat_core.data.reading import limits, read_bytes
from laat_core.errors import DataError

ROWS = "61,27.5,no\n54,22.1,yes\n70,31.9,no\n48,24.4,yes\n"
TABLE = f"age,bmi,ill\n{ROWS}"
NAMES = ["age", "bmi", "ill"]


def packed(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


def workbook(*rows, merge=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merge:
        book.active.merge_cells(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def typed(table, write):
    stream = io.BytesIO()
    getattr(table, write)(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (f"Export,,\nof May,,\n{TABLE}", "Left out above the header: 'Export', 'of May'."),
        (f"Station: 7\n\n\n{TABLE}", "Left out above the header: 'Station: 7'."),
        (f"# one\n{TABLE}", "1 comment line left out, '# one' first."),
        (f"# age,bmi,ill\n{ROWS}", ""),
        (f"# one\n#age,bmi,ill\n{ROWS}", "1 comment line left out, '# one' first."),
        (f"sep=,\n{TABLE}", "The first line says that commas separate the columns."),
        (f'"sep=,"\n{TABLE}', "separate the columns."),
        ("sep=\t\n" + TABLE.replace(",", "\t"), "separate the columns."),
        (TABLE.replace("\n", "\r\r\n"), ""),
        ("\ufeff\ufeff\ufeff" + TABLE, ""),
        (TABLE.replace("\n", ",\n"), "Empty column without a name left out (number 4)."),
        ("age,bmi,ill\n" + ROWS.replace("\n", ",,\n"), "4 rows end in a separator too many"),
        (TABLE.replace(",", "  "), "The columns are separated by blanks."),
        (TABLE.replace(",", "\t"), ""),
        (f"{TABLE}Total,175.9,\n", "Left out below the table, as no data: 1 row ('Total 175.9')."),
        (f"{TABLE}* self-reported\n", "1 row ('* self-reported')"),
        (f"{TABLE}Mean,26.5,\nSource: station 7\n", "2 rows ('Mean 26.5', 'Source: station 7')"),
        (
            ",age,bmi,ill\n9,61,27.5,no\n3,54,22.1,yes\n5,70,31.9,no\n0,48,24.4,yes",
            "Column 1 has no",
        ),
    ],
)
def test_text_around_the_table_is_left_out_and_said(text, note):
    loaded = read_bytes(text.encode(), "x.csv")
    assert list(loaded.frame.columns) == NAMES
    assert loaded.frame["age"].tolist() == [61, 54, 70, 48]
    assert loaded.frame["bmi"].tolist() == [27.5, 22.1, 31.9, 24.4]
    assert loaded.frame["ill"].tolist() == ["no", "yes", "no", "yes"]
    assert note in " ".join(loaded.notes)
    assert bool(note) == bool(loaded.notes)


def test_stray_nul_characters_are_removed():
    loaded = read_bytes((TABLE * 9).replace("no\n", "n\0o\n", 2).encode(), "x.csv")
    assert loaded.frame["ill"].tolist()[:2] == ["no", "yes"]
    assert loaded.notes == ("2 invisible characters (NUL) removed from the text.",)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig"])
def test_wide_encodings_with_and_without_a_mark(encoding):
    assert list(read_bytes(TABLE.encode(encoding), "x.csv").frame.columns) == NAMES


def test_a_guessed_encoding_is_said():
    loaded = read_bytes("stadt,ill\nKöln,no\nBonn,yes\n".encode("cp1252"), "x.csv")
    assert loaded.notes == (
        "The text is not Unicode and was read as cp1252: check special letters such as in 'Köln'.",
    )


@pytest.mark.parametrize(
    ("header", "names"),
    [("a,a,a", ["a", "a (2)", "a (3)"]), ("a,a (2),a", ["a", "a (2)", "a (3)"])],
)
def test_doubled_names_get_numbers(header, names):
    loaded = read_bytes(f"{header}\n1,2,x\n3,4,y\n".encode(), "x.csv")
    assert list(loaded.frame.columns) == names


def test_names_that_become_equal_are_said():
    loaded = read_bytes("Größe,Gro\u0308ße,age\u2013now\n1,2,3\n4,5,6\n".encode(), "x.csv")
    assert list(loaded.frame.columns) == ["Größe", "Größe (2)", "age-now"]
    assert "The column 'age\u2013now' is called 'age-now'." in loaded.notes
    assert "'Größe (2)'. Check which is which." in " ".join(loaded.notes)


@pytest.mark.parametrize("header", ["2019,2020,2021", "0,1,2", "1,2,3"])
def test_years_and_places_are_names(header):
    text = f"{header}\n" + "5,6.5,1\n7,8.5,0\n" * 3
    assert list(read_bytes(text.encode(), "x.csv").frame.columns) == header.split(",")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "x.xlsx", "a password. Op"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "x.xls", "a password. Op"),
        (b"\xd0\xcf\x11\xe0" + "Workbook".encode("utf-16-le"), "x.csv", "an old Excel workbook"),
        (packed(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "x.ods", "OpenDocume"),
        (packed(**{"[Content_Types]__xml": "", "xl/workbook__bin": ""}), "x.xlsb", "binary Excel"),
        (packed(a__csv=TABLE, b__csv=TABLE), "x.zip", "a zip file with 2 tables in it"),
        (packed(a__pdf="x"), "x.zip", "a zip file with no table in it"),
        (b'\xef\xbb\xbf{"a": 1}\n{"a": 2}', "x.csv", "is JSON, which is not read"),
        (b"<!DOCTYPE html>\n<table></table>", "x.csv", "a web page (HTML)"),
        (b"<?xml version='1.0'?><Workbook/>", "x.xls", "is XML, which"),
        (b"% comment\n@RELATION x\n@attribute a numeric\n", "x.txt", "a Weka file"),
        (b"$FL3@(#) x", "x.csv", "an SPSS file"),
        (b"%PDF-1.7", "x.csv", "a PDF document"),
        (b"anything", "x.sas7bdat", "a SAS file"),
        (b'a,b\n"x,1\ny,2\n', "x.csv", "a quotation mark in line 2 is never closed"),
        (b'a,b\nx,1\n"y\n\n,2\n', "x.csv", "a quotation mark in line 3 is never closed"),
        (b"a,b\nx,1\ny,2,3\n", "x.csv", "line 3 has 3 fields, the header has 2"),
    ],
)
def test_what_is_not_read_says_what_it_is(content, name, said):
    with pytest.raises(DataError) as caught:
        read_bytes(content, name)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (workbook(NAMES, [61, 27.5, "no"], [54, 22.1, "yes"]), "x.csv"),
        (gzip.compress(packed(x__csv=TABLE), mtime=0), "x.zip.gz"),
        (packed(x__tsv=TABLE.replace(",", "\t")), "x.zip"),
        (typed(pd.DataFrame({"age": [61], "bmi": [27.5], "ill": ["no"]}), "to_parquet"), "x.txt"),
        (typed(pd.DataFrame({"age": [61], "bmi": [27.5], "ill": ["no"]}), "to_feather"), "x.pq"),
    ],
)
def test_the_content_counts_not_the_ending(content, name):
    loaded = read_bytes(content, name)
    assert loaded.frame.iloc[0].tolist() == [61, 27.5, "no"]
    assert loaded.notes


def test_a_packed_table_is_bounded(monkeypatch):
    monkeypatch.setattr(limits, "MAX_BYTES", 1000)
    content = packed(x__csv="a,b\n" + "1,2\n" * 500)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("x.csv", zipfile.ZipFile(io.BytesIO(content)).read("x.csv"))
    with pytest.raises(DataError, match="unpacks to more than"):
        read_bytes(archive.getvalue(), "x.zip")


@pytest.mark.parametrize("write", ["to_feather", "to_parquet"])
def test_cells_are_counted_before_they_are_read(monkeypatch, write):
    monkeypatch.setattr(limits, "MAX_CELLS", 99)
    with pytest.raises(DataError, match="cells; at most 99 are read"):
        read_bytes(typed(pd.DataFrame({"a": range(100)}), write), "x.parquet")


def test_group_headings_tell_equal_names_apart():
    content = workbook(
        ["Left", None, "Right", None], ["x", "y", "x", "y"], *[[i, i, i + 1, i] for i in range(5)],
        merge=["A1:B1", "C1:D1"],
    )  # fmt: skip
    loaded = read_bytes(content, "x.xlsx")
    assert list(loaded.frame.columns) == ["Left x", "Left y", "Right x", "Right y"]
    assert len(loaded.frame) == 5


def test_a_merged_block_fills_its_rows():
    rows = [["ward", "age"], ["A", 1], [None, 2], [None, 3], ["B", 4]]
    loaded = read_bytes(workbook(*rows, merge=["A2:A4"]), "x.xlsx")
    assert loaded.frame["ward"].tolist() == ["A", "A", "A", "B"]
    assert loaded.column_notes == {"ward": "Merged cells were filled with their value (2 cells)."}


def test_some_formulas_without_a_result():
    loaded = read_bytes(workbook(["a", "b"], [1, 2], [3, "=A3*2"], [4, 5]), "x.xlsx")
    assert loaded.frame["b"].isna().tolist() == [False, True, False]
    assert "1 formula has no stored result, read as missing, in: 'b'." in loaded.notes[0]


def test_text_in_a_workbook_becomes_numbers_too():
    loaded = read_bytes(workbook(["a", "b"], ["72 kg", "01"], ["81 kg", "02"]), "x.xlsx")
    assert loaded.frame["a"].tolist() == [72, 81]
    assert loaded.units == {"a": "kg"}
    assert loaded.frame["b"].tolist() == ["01", "02"]
