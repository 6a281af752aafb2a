"""Columns of numbers with something else beside them."""

import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

from laat_core import Cleaning, make_task
from laat_core.data.missing_codes import suggest_missing_codes
from laat_core.data.reading import read_bytes
from laat_core.data.reclean import reclean
from laat_core.data.task import Role

ILL = ["yes", "no"]


def workbook(cells):
    book = openpyxl.Workbook()
    for row in [["x", "ill"], *([cell, ILL[i % 2]] for i, cell in enumerate(cells))]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return read_bytes(stream.getvalue(), "x.xlsx")


def text(cells, delimiter=";"):
    lines = [f"x{delimiter}ill"] + [f'"{c}"{delimiter}{ILL[i % 2]}' for i, c in enumerate(cells)]
    return read_bytes("\n".join(lines).encode(), "x.csv")


@pytest.mark.parametrize(
    ("cells", "numbers", "unit"),
    [
        ([2.5, "1,5"], [2.5, 1.5], ""),
        ([1000, "1001 €"], [1000, 1001], "€"),
        ([1000, "1.001,50 €"], [1000, 1001.5], "€"),
        ([70, "81 kg", None], [70, 81, np.nan], "kg"),
        ([1, " 2 "], [1, 2], ""),
        ([1.5, "2.5"], [1.5, 2.5], ""),
        ([5, "\u22125"], [5, -5], ""),
    ],
)
def test_text_beside_numbers_in_excel_is_read(cells, numbers, unit):
    loaded = workbook(cells)
    np.testing.assert_array_equal(loaded.frame["x"], numbers)
    assert pd.api.types.is_numeric_dtype(loaded.frame["x"])
    assert loaded.units == ({"x": unit} if unit else {})
    assert "read as" in loaded.column_notes["x"]


@pytest.mark.parametrize("cells", [[1, "a"], [1, "2B"], [12, "007"], [1, "unknown"], [1, "3-5"]])
def test_other_text_beside_numbers_in_excel_stays(cells):
    assert workbook(cells).frame["x"].tolist() == cells


def test_words_among_text_and_numbers_in_excel_stay():
    loaded = workbook([1000, "1001 €", "unknown"])
    assert loaded.frame["x"].tolist() == [1000, 1001, "unknown"]
    assert loaded.column_notes["x"] == (
        "'1001 €' is read as 1001, in €, like the numbers without a unit. Left as text: 'unknown'."
    )


@pytest.mark.parametrize(
    ("form", "word", "unit"),
    [
        ("{} kg", "unknown", "kg"),
        ("{},50 €", "-", "€"),
        ("1.{}0,50", "k. A.", ""),
        ("{}%", "not known", "%"),
        ("$1,{}0", "N/K", "$"),
    ],
)
@pytest.mark.parametrize("most", [0, 7])
def test_numbers_beside_a_word_become_numeric_once_it_counts_as_missing(form, word, unit, most):
    cells = [word if i % 10 <= most // 7 else form.format(10 + i) for i in range(60)]
    loaded = text(cells)
    assert word in set(loaded.frame["x"])
    assert sum(isinstance(cell, str) for cell in loaded.frame["x"]) == cells.count(word)
    assert loaded.units.get("x", "") == unit
    assert f"Left as text: '{word}'." in loaded.column_notes["x"]
    task = make_task(loaded, "ill", "yes")
    suggested = suggest_missing_codes(task)["x"][0]
    assert suggested.codes == (word,)
    assert suggested.n_rows == cells.count(word)
    cleaned = reclean(task, "x", Cleaning(suggested.codes))
    assert cleaned.column("x").role is Role.NUMERIC
    assert pd.to_numeric(cleaned.cleaned["x"]).notna().sum() == 60 - cells.count(word)


def test_a_table_may_begin_with_words():
    loaded = text(["unknown"] * 150 + [f"{i} kg" for i in range(150)])
    assert loaded.frame["x"].iloc[-1] == 149


def test_codes_beside_words_stay():
    cells = ["007", "unknown", "012"]
    assert text(cells).frame["x"].tolist() == cells
    assert text(["a", "unknown"]).frame["x"].tolist() == ["a", "unknown"]
