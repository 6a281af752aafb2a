"""Percent, units and leading zeros that only the number format of an Excel cell shows."""

import io

import openpyxl
import pytest

from laat_core.data.reading import read_bytes


def read(*cells):
    """Read a sheet with a title, one column of (value, format), and one of other numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Study 12"])
    sheet.append(["x", "y"])
    for row, (value, form) in enumerate(cells, start=3):
        sheet.cell(row, 1, value).number_format = form
        sheet.cell(row, 2, row / 2)
    stream = io.BytesIO()
    book.save(stream)
    return read_bytes(stream.getvalue(), "x.xlsx")


@pytest.mark.parametrize(
    ("form", "values", "read_as", "unit"),
    [
        ("0%", [0.07, 0.5], [7, 50], "%"),
        ("0.00%", [0.125, None, 1], [12.5, None, 100], "%"),
        ("#,##0.00 €", [5.5, 7], [5.5, 7], "€"),
        ("[$€-407] #,##0", [5.5, 7], [5.5, 7], "€"),
        ("[$CHF-807] #,##0", [5, 7], [5, 7], "CHF"),
        ('"$"#,##0_);("$"#,##0)', [5, -7], [5, -7], "$"),
        ('0.0 "kg"', [70.5, 80], [70.5, 80], "kg"),
    ],
)
def test_a_format_with_a_unit(form, values, read_as, unit):
    loaded = read(*((value, form) for value in values))
    found = loaded.frame["x"].astype(object)
    assert found.where(found.notna(), None).tolist() == read_as
    assert loaded.units == {"x": unit}
    assert "Excel shows" in loaded.column_notes["x"]
    assert "y" not in loaded.column_notes


def test_leading_zeros_make_a_code():
    loaded = read((1234, "00000"), (51001, "00000"), (None, "00000"))
    assert loaded.frame["x"].tolist()[:2] == ["01234", "51001"]
    assert "Excel shows leading zeros, as in '01234': read as text." in loaded.column_notes["x"]
    assert read((51001, "00000"), (51002, "00000")).frame["x"].tolist() == [51001, 51002]


@pytest.mark.parametrize("form", ["General", "0.00", "#,##0", "0.00E+00", "[Red]0", '"Nr. "0'])
def test_other_formats_change_nothing(form):
    loaded = read((5, form), (7.5, form))
    assert loaded.frame["x"].tolist() == [5, 7.5]
    assert not loaded.units
    assert not loaded.column_notes


def test_different_formats_are_said_and_nothing_is_changed():
    loaded = read((0.5, "0%"), (50, "General"))
    assert loaded.frame["x"].tolist() == [0.5, 50]
    assert "different units ('%', 'none')" in loaded.column_notes["x"]
