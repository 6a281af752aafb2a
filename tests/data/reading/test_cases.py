"""Files as people have them: each is read rightly, or refused in its own sentence."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from laat_core.data.reading import read_table
from laat_core.data.roles import make_task
from laat_core.data.task import Role
from laat_core.errors import DataError

FOLDER = Path(__file__).parent.parent / "cases"
AGES = [28, 56, 74, 71, 68, 24, 36, 27, 51, 68]
BMI = [18.5, 28.8, 36.8, 25.6, 22.3, 26.4, 18.6, 22.4, 26.8, 27.9]


def is_usual(frame):
    """Whether a table is the one that most of these files hold."""
    return (
        list(frame.columns) == ["age", "bmi", "ill"]
        and len(frame) == 40
        and frame["age"].tolist()[:10] == AGES
        and frame["bmi"].tolist()[:10] == BMI
        and frame["ill"].tolist()[:3] == ["no", "yes", "yes"]
        and frame.iloc[-1].tolist() == [21, 26.3, "no"]
    )


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("active_is_second.xlsx", ["The sheet 'Data' was read.", "Other sheets: 'codes'."]),
        ("chartsheet_first.xlsx", ["The sheet 'Sheet' was read."]),
        ("comment_lines.csv", ["2 comment lines left out, '# export of 2026-05-01' first."]),
        ("crcrlf.csv", []),
        (
            "csv_named.xlsx",
            ["csv_named.xlsx is a text file (CSV), whatever its name says, and was read as one."],
        ),
        ("double_bom.csv", []),
        (
            "hidden_sheet_first.xlsx",
            ["The sheet 'Data' was read.", "Hidden sheet left out: 'codes'."],
        ),
        ("index_age.parquet", ["The index of the table was read as a column: 'age'."]),
        (
            "merged_header.xlsx",
            ["Left out above the header: 'Study 12, export of May', 'Person Outcome'."],
        ),
        (
            "multicols.parquet",
            ["The columns have names on several levels; the last level is used."],
        ),
        ("nul_bytes.csv", ["1 invisible character (NUL) removed from the text."]),
        (
            "pandas_index.csv",
            [
                "Column 1 has no name and only numbers the rows: left out as a left-over index.",
            ],
        ),
        ("preamble.csv", ["Left out above the header: 'Station 7', 'Exported by clinic'."]),
        ("sep_line.csv", ["The first line says that semicolons separate the columns."]),
        ("spaces.csv", ["The columns are separated by blanks."]),
        ("t.dta", []),
        ("t.feather", []),
        ("table.csv.gz", []),
        ("table.csv.zip", ["'table.csv' was read, the table packed in table.csv.zip."]),
        ("table.xlsx.gz", ["Left out above the header: 'Study 12, export of May'."]),
        ("title_row.xlsx", ["Left out above the header: 'Study 12, export of May'."]),
        (
            "totals_and_footnote.xlsx",
            [
                "Left out below the table, as no data: 2 rows "
                "('50.125 27.59 Mean', '* self-reported').",
            ],
        ),
        ("trailing_delim_all.csv", ["Empty column without a name left out (number 4)."]),
        (
            "trailing_delim_rows.csv",
            ["40 rows end in a separator too many, which was left out."],
        ),
        ("utf16_nobom.csv", ["The text does not say its encoding; it was read as UTF-16."]),
    ],
)
def test_the_table_is_found_and_what_was_left_out_is_said(name, notes):
    loaded = read_table(FOLDER / name)
    assert is_usual(loaded.frame)
    assert list(loaded.notes) == notes
    assert not loaded.column_notes


@pytest.mark.parametrize(
    ("name", "column", "dtype", "values", "note"),
    [
        ("apostrophe_thousands.csv", "income", "int64", [28000, 56001], '"28\'000" is read as'),
        ("space_thousands.csv", "income", "int64", [28000, 56001], "'28 000' is read as 28000."),
        ("unicode_minus.csv", "change", "int64", [28, -56, 74, -71], "'−56' is read as"),
        ("german_plain.csv", "income", "int64", [700, 737], ""),
        ("german_plain.csv", "bmi", "float64", [20, 21.1], ""),
        ("german_thousands.csv", "bmi", "float64", [20, 21.1], ""),
        (
            "decimal_comma_3digits.csv", "dose", "int64", [2100, 3101],
            "'2,100' is read as 2100 (in 'bmi', a point is the decimal mark).",
        ),
        (
            "point_3digits_semicolon.csv", "dose", "float64", [2.1, 3.101],
            "'2.100' is read as 2.1 (decimal points are in 'bmi', decimal commas in 'titre').",
        ),
        ("point_3digits_semicolon.csv", "titre", "float64", [2.5, 3.5], ""),
        ("big_ids.csv", "account", "str", ["9007199254740990", "9007199254740993"], "too long"),
        ("leading_zero_codes.csv", "zip", "str", ["01234", "02139"], "leading zeros, as in '01"),
        ("bool_mix.csv", "a", "float64", [1, 0, 1, 0, 1], "TRUE is read as 1 and FALSE as 0"),
        ("bool_mix.csv", "b", "float64", [1, 1, 0, 0], ""),
        ("case_levels.csv", "sex", "str", ["M", "m"], "only in case or spaces: 'M', 'm'"),
        ("case_levels.csv", "city", "str", ["Bonn", "bonn", "Bonn"], "'Bonn', 'bonn'"),
        ("target_case.csv", "ill", "str", ["NO", "yes"], "'NO', 'no'"),
        ("merged_values.xlsx", "ward", "str", ["A"] * 20 + ["B"] * 20, "value (38 cells)"),
        ("missing_codes.csv", "age", "int64", [999, 56], ""),
        ("target_codes.csv", "ill", "int64", [9, 1], ""),
        ("quoted_newlines.csv", "note", "str", ['line one\nline "two" 0'], ""),
        ("nfd_names.csv", "Gr\u00f6\u00dfe", "int64", [150, 151], ""),
        ("nfd_names.csv", "stadt", "str", ["K\u00f6ln", "Ko\u0308ln"], "Taken as one level"),
    ],
)  # fmt: skip
def test_a_column_holds_what_a_person_would_read(name, column, dtype, values, note):
    loaded = read_table(FOLDER / name)
    found = loaded.frame[column]
    assert str(found.dtype) == dtype
    assert found.tolist()[: len(values)] == values
    said = loaded.column_notes.get(column, "")
    assert note in said
    assert bool(note) == bool(said)


def test_thousands_and_decimal_commas_of_one_file():
    loaded = read_table(FOLDER / "german_thousands.csv")
    income = loaded.frame["income"].tolist()
    assert 959 in income
    assert 1033 in income
    assert min(income) == 700
    assert "Decimal commas" in loaded.notes[0]
    assert "in 'bmi', a comma is the decimal mark" in loaded.column_notes["income"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("encrypted.xlsx", "protected by a password, or is an old Excel workbook"),
        ("html_as.xls", "html_as.xls is a web page (HTML), which is not read"),
        ("json_named.txt", "json_named.txt is JSON, which is not read"),
        ("t.arff", "t.arff is a Weka file (ARFF), which is not read"),
        ("t.ods", "t.ods is an OpenDocument spreadsheet, which is not read"),
        ("t.sav", "t.sav is an SPSS file, which is not read"),
        ("t.xls", "t.xls is an old Excel workbook (.xls), which is not read"),
        ("unclosed_quote.csv", "a quotation mark in line 11 is never closed. Close it or remove"),
    ],
)
def test_what_is_not_read_is_refused_in_its_own_sentence(name, said):
    with pytest.raises(DataError) as caught:
        read_table(FOLDER / name)
    assert said in str(caught.value)


def test_a_file_without_a_header_keeps_its_first_row():
    loaded = read_table(FOLDER / "no_header.csv")
    assert list(loaded.frame.columns) == ["column 1", "column 2", "column 3"]
    assert loaded.frame.iloc[0].tolist() == [28, 18.5, "no"]
    assert len(loaded.frame) == 40
    assert "There seems to be no header line: the first one, '28 18.5 no'" in loaded.notes[0]


def test_a_name_that_stands_twice_gets_a_number():
    loaded = read_table(FOLDER / "dup_header.csv")
    assert list(loaded.frame.columns) == ["age", "age (2)", "ill"]
    assert loaded.frame["age (2)"].tolist()[:10] == BMI
    assert "'age (2)'. Check which is which." in loaded.notes[0]


@pytest.mark.parametrize("name", ["pandas_index_shuffled.csv", "shuffled_index.parquet"])
def test_a_shuffled_index_is_left_out(name):
    loaded = read_table(FOLDER / name)
    assert list(loaded.frame.columns) == ["age", "bmi", "ill"]
    assert loaded.frame["age"].tolist()[:3] == [47, 73, 69]
    assert "only numbers the rows: left out" in loaded.notes[0]


def test_a_named_index_is_kept():
    loaded = read_table(FOLDER / "multiindex.parquet")
    assert list(loaded.frame.columns) == ["site", "patient", "age", "bmi", "ill"]
    assert loaded.frame["patient"].tolist() == list(range(40))
    assert loaded.notes == ("The index of the table was read as a column: 'site', 'patient'.",)


def test_formulas_without_a_result_are_named():
    loaded = read_table(FOLDER / "formulas_uncached.xlsx")
    assert loaded.frame["bmi"].isna().all()
    assert "40 formulas have no stored result, read as missing, in: 'bmi'." in loaded.notes[0]
    task = make_task(loaded, "ill", "yes")
    assert "Has no values" in task.column("bmi").note


def test_what_is_neither_number_nor_text_is_left_out_with_a_note():
    task = make_task(read_table(FOLDER / "all_types.parquet"), "ill", "yes")
    left_out = {c.name: c.note for c in task.columns if c.role is Role.IGNORE}
    assert "durations" in left_out["stay"]
    assert "lists" in left_out["tags"]
    assert "lists" in left_out["pt"]
    assert "bytes" in left_out["blob"]
    assert "dates" in left_out["seen"]
    roles = {c.name: c.role for c in task.columns}
    assert roles["cost"] is roles["cnt"] is roles["flag"] is Role.NUMERIC
    assert roles["stage"] is Role.CATEGORICAL
    timed = make_task(read_table(FOLDER / "dates_durations.xlsx"), "ill", "yes")
    assert "durations" in timed.column("stay").note
    assert "times of day" in timed.column("hour").note
    assert "dates" in timed.column("admitted").note


def test_codes_are_no_numbers_to_the_model():
    task = make_task(read_table(FOLDER / "leading_zero_codes.csv"), "ill", "yes")
    assert task.column("zip").role is Role.CATEGORICAL
    assert "leading zeros" in task.column("zip").reading
    ids = make_task(read_table(FOLDER / "big_ids.csv"), "ill", "yes")
    assert ids.column("account").role is Role.IGNORE


def test_a_level_in_two_encodings_is_one():
    task = make_task(read_table(FOLDER / "nfd_names.csv"), "ill", "yes")
    assert "Taken as one level, as they look the same" in task.column("stadt").reading
    assert task.column("stadt").role is Role.IGNORE  # it is constant
    assert "Constant (K\u00f6ln)" in task.column("stadt").note


@pytest.mark.parametrize("sheet", ["codes", "Data"])
def test_another_sheet_may_be_asked_for(sheet):
    loaded = read_table(FOLDER / "active_is_second.xlsx", sheet=sheet)
    assert loaded.sheet == sheet
    assert loaded.sheets == ("codes", "Data")
    assert len(loaded.frame) == {"codes": 12, "Data": 40}[sheet]


def test_a_sheet_that_is_not_there():
    with pytest.raises(DataError, match=r"no sheet 'x'\. There are: codes, Data"):
        read_table(FOLDER / "active_is_second.xlsx", sheet="x")
    with pytest.raises(DataError, match="has no sheets"):
        read_table(FOLDER / "preamble.csv", sheet="x")


def test_every_file_is_tested_here():
    tested = Path(__file__).read_text(encoding="utf-8")
    assert [file.name for file in FOLDER.iterdir() if file.name not in tested] == []


@pytest.mark.slow
def test_every_table_has_plain_rows_and_names():
    for file in sorted(FOLDER.iterdir()):
        try:
            frame = read_table(file).frame
        except DataError:
            continue
        assert isinstance(frame, pd.DataFrame)
        assert isinstance(frame.index, pd.RangeIndex)
        assert not frame.columns.duplicated().any()
        assert np.all([isinstance(name, str) for name in frame.columns])
