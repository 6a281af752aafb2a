"""Which sheet of a workbook is read."""

import io

import openpyxl
import pytest

from laat_core.data.reading import read_bytes, sheet_names
from laat_core.errors import DataError

TABLE = [["age", "ill"], [61, "no"], [54, "yes"]]
PROSE = [["Read me"], ["This workbook holds"], ["the data of a study"]]


def workbook(sheets, hidden=()):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "first",
    [
        [],
        [["Read me"]],
        [["age", "ill"]],
        PROSE,
        [*PROSE, ["Version", 3], ["Author", "N. N."]],
    ],
)
def test_a_sheet_without_a_table_is_passed_over(first):
    loaded = read_bytes(workbook({"Read me": first, "old": TABLE, "B": TABLE}, {"old"}), "x.xlsx")
    assert loaded.sheet == "B"
    assert loaded.frame["age"].tolist() == [61, 54]
    assert loaded.notes[0] == "The sheet 'Read me' holds no table: it was passed over."
    assert loaded.sheets == ("Read me", "B")


@pytest.mark.parametrize("first", [TABLE, [["age"], [61], [54]], [["Study 12"], *TABLE]])
def test_a_sheet_with_a_table_is_read(first):
    loaded = read_bytes(workbook({"A": first, "B": TABLE}), "x.xlsx")
    assert loaded.sheet == "A"
    assert loaded.frame["age"].tolist() == [61, 54]


def test_a_single_sheet_of_words_is_read():
    assert len(read_bytes(workbook({"A": PROSE}), "x.xlsx").frame) == 2


def test_a_sheet_that_is_asked_for_is_not_replaced():
    content = workbook({"Read me": [["Read me"]], "A": TABLE, "B": TABLE})
    said = r"Sheet 'Read me': .* has no table on this sheet.*Other sheets: 'A', 'B'\."
    with pytest.raises(DataError, match=said):
        read_bytes(content, "x.xlsx", "Read me")
    with pytest.raises(DataError, match="Other sheets: 'Read me'"):
        read_bytes(workbook({"A": [], "Read me": [["x"]]}), "x.xlsx")


def test_sheets_are_listed_even_where_none_can_be_read():
    content = workbook({"A": [], "old": TABLE, "B": [["x"]]}, {"old"})
    assert sheet_names(content, "x.xlsx") == ("A", "B")
    assert sheet_names(b"a,b\n1,2\n", "x.csv") == ()


def test_an_empty_table_is_counted_in_plain_words():
    with pytest.raises(DataError, match="has no rows and 1 column"):
        read_bytes(b"age\n", "x.csv")
