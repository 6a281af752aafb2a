import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.data.reading import read_bytes


def read(cells, delimiter=";", other=()):
    """Read a file with a column, one of letters, and others that show its format of numbers."""
    columns = {"x": cells, **{f"y{i}": column for i, column in enumerate(other)}}
    columns["z"] = ["a"] * len(cells)
    rows = zip(*columns.values(), strict=True)
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in [columns, *rows]]
    return read_bytes("\n".join(lines).encode(), "x.csv")


@pytest.mark.parametrize(
    ("cells", "numbers", "unit"),
    [
        (["€ 1.200,50", "€ 950,00"], [1200.5, 950], "€"),
        (["$1,200", "$950"], [1200, 950], "$"),
        (["-$1,200.50", "$-3"], [-1200.5, -3], "$"),
        (["1200 €", "950 €"], [1200, 950], "€"),
        (["CHF 1'200", "CHF 1’300"], [1200, 1300], "CHF"),
        (["US$ 5", "US$ 7.5"], [5, 7.5], "US$"),
        (["12 %", "7,5 %"], [12, 7.5], "%"),
        (["12%", "-3%"], [12, -3], "%"),
        (["72 kg", "81,5 kg"], [72, 81.5], "kg"),
        (["72kg", "81KG"], [72, 81], "kg"),
        (["22.5 kg/m²", "31.2 kg/m²"], [22.5, 31.2], "kg/m²"),
        (["120 mm Hg", "135 mm Hg"], [120, 135], "mm Hg"),
        (["1 year", "3 years"], [1, 3], "year"),
        (["36,5 °C", "38 °C"], [36.5, 38], "°C"),
        (["1\u00a0000", "2\u202f500"], [1000, 2500], ""),
        (["1 234 567,5", "12"], [1234567.5, 12], ""),
        (["\u22125", "3"], [-5, 3], ""),
        (["\u20135,5", "3,25"], [-5.5, 3.25], ""),
        (["1.234.567", "89"], [1234567, 89], ""),
        (["1,234,567", "89"], [1234567, 89], ""),
        ([".5", "-.25"], [0.5, -0.25], ""),
        (["1,5e3", "2"], [1500, 2], ""),
        (["+5", "+1.250"], [5, 1250], ""),
        (["(100)", "101"], [-100, 101], ""),
        (["($1,100)", "$101"], [-1100, 101], "$"),
        (["(1.100,50 €)", "7 €"], [-1100.5, 7], "€"),
        (["100-", "101"], [-100, 101], ""),
        (["- 5", "3"], [-5, 3], ""),
        (["1,10,000", "2,11,000"], [110000, 211000], ""),
        (["₹1,10,000.50", "₹900"], [110000.5, 900], "₹"),
        (["₹1,23,45,678", "₹12,34,567"], [12345678, 1234567], "₹"),
        (["CHF 1'100.–", "CHF 90.–"], [1100, 90], "CHF"),
        (["5,- €", "7,50 €"], [5, 7.5], "€"),
    ],
)
def test_what_a_person_reads_as_a_number_is_one(cells, numbers, unit):
    loaded = read(cells)
    assert loaded.frame["x"].tolist() == numbers
    assert loaded.units == ({"x": unit} if unit else {})
    assert not unit or f"in {unit}" in loaded.column_notes["x"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["72 kg", "160 lb", "80 kg", "81 kg", "82 kg"], "different units (kg, lb)"),
        (["72 kg", "80", "81 kg", "82 kg"], "have a unit ('kg'), others have none"),
        (["1,5", "2.5"], "Some values have a decimal comma (1,5), others a decimal point (2.5)"),
        (["007", "12"], "leading zeros, as in '007'"),
        (["12345678901234567890", "5"], "too long to be exact"),
        (["9007199254740993", "5"], "too long to be exact"),
        (["1st", "2nd"], "followed by different texts"),
        (["(1)", "(2)"], "Whether '(1)' is negative cannot be told"),
        (["20k", "30k"], "'20k' has a factor"),
        (["$900", "$20K"], "'$20K' has a factor"),
        (["3 Mio. €", "20 Mio. €"], "'3 Mio. €' has a factor"),
        (["3 million", "20 million"], "'3 million' has a factor"),
        (["1E0", "5E3"], "'1E0' may be a code or a number"),
        (["12", "5E3"], "'5E3' may be a code or a number"),
    ],
)
def test_what_stays_text_says_why(cells, said):
    loaded = read(cells)
    assert loaded.frame["x"].tolist() == cells
    assert said in loaded.column_notes["x"]


@pytest.mark.parametrize(
    ("cell", "number"), [("\u22125", -5), ("\u20135", -5), ("- 5", -5), ("(5)", -5), ("5-", -5)]
)
def test_an_unusual_minus_is_said(cell, number):
    loaded = read([cell, "7"])
    assert loaded.frame["x"].tolist() == [number, 7]
    assert loaded.column_notes["x"] == f"'{cell}' is read as {number}."


def test_a_minus_is_said_once_and_not_of_zero():
    assert read(["(5 €)", "7 €"]).column_notes["x"] == "'(5 €)' is read as -5, in €."
    assert read(["\u20130", "7"]).column_notes == {}
    assert "'(1000)' is read as -1000." in read(["(1000)", "7,5"]).column_notes["x"]


def test_a_plain_minus_needs_no_note():
    assert not read(["-5", "7"]).column_notes


def test_escape_codes_are_never_shown():
    loaded = read(["1\u00a0500", "2\u202f500"])
    assert loaded.column_notes["x"] == "'1 500' is read as 1500."


def test_exponents_of_programs_are_numbers():
    assert read(["1e-05", "2"]).frame["x"].tolist() == [1e-5, 2]
    assert read(["1.5E3", "2E3"]).frame["x"].tolist() == [1500, 2000]


@pytest.mark.parametrize(
    "cells",
    [
        ["18-25", "26-35"],
        ["<5", ">90"],
        ["1.2.3", "1.2.4"],
        ["01.02.2024", "13.02.2024"],
        ["12:30", "13:45"],
        ["2B", "3B"],
        ["P1", "P2"],
        ["1/2", "3/4"],
        ["12,34,56", "1,2,3"],
        ["5 - 6", "7 - 8"],
        ["one", "two"],
        ["0x10", "0x11"],
        ["1 2", "3 4"],
        ["18-25", "65-"],
        ["(a)", "(b)"],
        ["1,2,345", "1,23"],
    ],
)
def test_other_text_is_no_number(cells):
    loaded = read(cells)
    assert loaded.frame["x"].tolist() == cells
    assert not loaded.column_notes


@pytest.mark.parametrize(
    ("cells", "delimiter", "other", "first", "said"),
    [
        (["1.033", "959"], ";", [["27,7", "3,5"]], 1033, "in 'y0', a comma is the decimal mark"),
        (["1.033", "959"], ";", [["27.7", "3.5"]], 1.033, "in 'y0', a point is the decimal mark"),
        (["1,033", "959"], ";", [["27.7", "3.5"]], 1033, "in 'y0', a point is the decimal mark"),
        (["1,033", "959"], ";", [["27,7", "3,5"]], 1.033, "in 'y0', a comma is the decimal mark"),
        (["1.033", "959"], ";", [], 1033, "assumed: nothing in the file shows"),
        (["1.033", "2.100"], ";", [], 1.033, "assumed: nothing in the file shows"),
        (["1,033", "959"], ";", [], 1033, "assumed: nothing in the file shows"),
        (["1,033", "2,100"], ";", [], 1.033, "assumed: nothing in the file shows"),
        (["1,033", "959"], ",", [], 1033, "assumed: nothing in the file shows"),
        (["1.033", "959"], ",", [], 1.033, "assumed: nothing in the file shows"),
        (["1,033", "959"], "\t", [["1.5", "2"], ["1.000,5", "2"]], 1.033, "decimal commas in 'y1'"),
        (["1.033", "959"], "\t", [["1.5", "2"], ["1.000,5", "2"]], "1.033", "cannot be told"),
    ],
)
def test_the_file_decides_what_a_column_leaves_open(cells, delimiter, other, first, said):
    loaded = read(cells, delimiter, other)
    assert loaded.frame["x"].tolist()[0] == first
    assert said in loaded.column_notes.get("x", "")
    assert bool(said) == ("x" in loaded.column_notes)


LOCALES = {
    "en": (",", "."),
    "de": (".", ","),
    "ch": ("'", "."),
    "fr": ("\u202f", ","),
    "si": (" ", "."),
}


@pytest.mark.slow
@given(
    st.lists(st.decimals(-(10**9), 10**9, places=2, allow_nan=False), min_size=1, max_size=8),
    st.sampled_from(sorted(LOCALES)),
    st.sampled_from(["{}", "{} €", "€ {}", "{} kg", "{}%"]),
    st.sampled_from(";\t|,"),
)
def test_numbers_of_any_locale_are_read_back(numbers, locale, form, delimiter):
    group, decimal = LOCALES[locale]
    marks = str.maketrans({",": group, ".": decimal})
    cells = [form.format(f"{number:,.2f}".translate(marks)) for number in numbers]
    loaded = read(cells, delimiter)
    np.testing.assert_allclose(loaded.frame["x"], [float(n) for n in numbers], rtol=1e-15)
    assert loaded.units.get("x", "") == form.replace("{}", "").strip()


@given(st.lists(st.integers(-(2**53), 2**53), min_size=1, max_size=8), st.sampled_from(";,\t|"))
def test_whole_numbers_are_exact(numbers, delimiter):
    found = read([str(number) for number in numbers], delimiter).frame["x"]
    assert found.dtype == np.int64
    assert found.tolist() == numbers


@pytest.mark.slow
@given(st.lists(st.text("0123456789", min_size=1, max_size=20), min_size=1, max_size=8))
def test_digits_are_never_changed(cells):
    found = read(cells).frame["x"]
    assert [str(value) for value in found] == cells
