"""Rows at the top of a table, and columns at its left, that are no data."""

import pytest

from laat_core.data.reading import read_bytes
from laat_core.errors import DataError

ROWS = ["61;m;5;7;no", "54;f;6;8;yes", "33;m;7;9;no"]


def read(*lines):
    return read_bytes("\n".join(lines).encode(), "x.csv")


@pytest.mark.parametrize(
    "groups",
    [
        "Patient;–;Lab;–;Outcome",
        "Patient;-;Lab;-;Outcome",
        "Patient;;Lab;;Outcome",
        "Patient;Patient;Lab;Lab;Outcome",
    ],
)
def test_the_second_of_two_header_rows_has_the_names(groups):
    loaded = read(groups, "age;sex;sodium;urea;ill", *ROWS)
    assert list(loaded.frame) == ["age", "sex", "sodium", "urea", "ill"]
    assert loaded.frame["age"].tolist() == [61, 54, 33]
    assert any(note.startswith("Left out above the header: 'Patient") for note in loaded.notes)


def test_names_that_repeat_are_joined_with_their_group():
    loaded = read("Patient;–;Before;After;–", "age;sex;value;value;ill", *ROWS)
    assert list(loaded.frame) == [
        "age",
        "sex",
        "Before value",
        "After value",
        "ill",
    ]
    assert len(loaded.frame) == 3
    assert "two header rows" in " ".join(loaded.notes)


@pytest.mark.parametrize(
    "lines",
    [
        ["age;;sodium;urea;ill", *ROWS],
        [";sex;ill", "a;m;no", "b;f;yes", "c;m;no"],
        ["age;age;ill", "61;5;no", "54;6;yes", "33;7;no"],
    ],
)
def test_a_single_header_row_with_gaps_stays(lines):
    assert len(read(*lines).frame) == len(lines) - 1


@pytest.mark.parametrize(
    ("row", "units"),
    [
        ("years;;mmol/l;mg/dl;", {"age": "years", "sodium": "mmol/l", "urea": "mg/dl"}),
        ("[years];-;%;-;-", {"age": "years", "sodium": "%"}),
        ("(kg);;(cm);;", {"age": "kg", "sodium": "cm"}),
    ],
)
def test_a_row_of_units_is_none_of_data(row, units):
    loaded = read("age;sex;sodium;urea;ill", row, *ROWS)
    assert loaded.units == units
    assert loaded.frame["age"].tolist() == [61, 54, 33]
    assert "was taken for units and left out" in loaded.notes[0]


@pytest.mark.parametrize(
    "row", ["unknown;;unknown;;", "years;m;mmol/l;mg/dl;no", "high;;low;;", "kg;;1;;"]
)
def test_other_rows_are_data(row):
    assert len(read("age;sex;sodium;urea;ill", row, *ROWS).frame) == 4


@pytest.mark.parametrize(
    "header", ["Unnamed: 0.1;Unnamed: 0;x", ";Unnamed: 0;x", ";;x", "Unnamed: 0.2;Unnamed: 0.1;x"]
)
def test_all_left_over_indexes_are_left_out(header):
    loaded = read(header, "0;3;5", "1;7;5", "2;9;6")
    assert list(loaded.frame) == ["x"]
    assert sum("left-over index" in note for note in loaded.notes) == 2


def test_a_column_without_a_name_after_the_indexes_stays():
    assert len(read(";;x", "0;3.5;5", "1;7.5;5", "2;9;6").frame.columns) == 2


def test_notes_are_for_people():
    assert read("sep=\t", "a\tb", "1\tx", "2\ty").notes == (
        "The first line says that tabs separate the columns.",
    )
    text = "a,b\n1,x\n2,y\n3,\u00e4\n"
    assert "read as UTF-16" in read_bytes(text.encode("utf-16-le"), "x.csv").notes[0]
    assert "(NUL) removed" in read_bytes(b"a,b\n" + b"1,x\n" * 99 + b"2,\0y\n", "x.csv").notes[0]
    (said,) = read("a;b", "1;2.5", "3;4", "4;5", "5;6", "Total;17.5").notes
    assert said.endswith("('Total 17.5').")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"\x89PNG\r\n\x1a\n1234", "x.csv", "x.csv is an image, which is not read"),
        (b"\xff\xd8\xff\xe0 JFIF", "x.csv", "x.csv is an image"),
        (b"MIME-Version: 1.0\n\n<html>", "x.xls", r"x.xls is a web page \(MHTML\)"),
        (b"PAR1 broken", "x.csv", "x.csv cannot be read as a Parquet file: it may be damaged"),
        (b"not parquet", "x.parquet", "x.parquet is a text file .* has no rows and 1 column"),
    ],
)
def test_other_files_are_called_what_they_are(content, name, said):
    with pytest.raises(DataError, match=said):
        read_bytes(content, name)
