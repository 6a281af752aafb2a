import time
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.data.text import (
    as_numbers,
    as_text,
    feature_name,
    level_counts,
    level_text,
    listed,
    sorted_levels,
)

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text(st.characters(categories=["Cs"]), max_size=1),
    st.complex_numbers(),
    st.sampled_from([int, np.float64, Fraction(10**400, 3)]),
    st.decimals(allow_nan=False),
    st.dates(),
    st.lists(st.integers(), max_size=2),
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (1.0, "1"),
        (np.float32(2), "2"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (Decimal("3.0"), "3"),
        (2**80, str(2**80)),
        (10**400, str(10**400)),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (True, "True"),
        (np.False_, "False"),
        ("  two words\t", "two words"),
        ("1.0", "1.0"),
        ("None", "None"),
        ("a\ud800", "a?"),
        (Decimal("sNaN"), "sNaN"),
        (1 + 2j, "(1+2j)"),
    ],
)
def test_text_of_a_cell(value, text):
    assert as_text(value) == text


def test_blank_and_missing_cells_have_no_level():
    values = pd.Series(["a", " ", None, "", "a "])
    assert level_text(values).tolist()[0] == level_text(values).tolist()[4] == "a"
    assert level_text(values).isna().tolist() == [False, True, True, True, False]
    assert level_counts(values) == {"a": 2}


def test_level_text_keeps_rows_where_the_index_is_doubled():
    values = pd.Series(["x", "y", "x", None], index=[7, 7, 7, 7], name="c")
    text = level_text(values)
    assert text.index.tolist() == [7, 7, 7, 7]
    assert text.name == "c"
    assert text.tolist()[:3] == ["x", "y", "x"]


def test_numbers_come_before_text_and_are_sorted_by_size():
    assert sorted_levels(pd.Series([10, "b", 9.5, "a", None], dtype=object)) == [
        "9.5",
        "10",
        "a",
        "b",
    ]


def test_blanks_do_not_change_the_order_of_levels():
    assert sorted_levels(pd.Series(["b", " c", "a"])) == ["a", "b", "c"]


def test_lists_are_levels_by_their_text():
    assert sorted_levels(pd.Series([[2], [1], [2], None])) == ["[1]", "[2]"]


def test_a_signalling_nan_is_missing():
    values = pd.Series([Decimal("sNaN"), [1], "a"], dtype=object)
    assert level_text(values).isna().tolist() == [True, False, False]
    assert sorted_levels(values) == ["[1]", "a"]


@given(st.lists(CELLS, max_size=20))
def test_every_cell_is_one_of_the_levels_or_missing(cells):
    values = pd.Series(cells, dtype=object)
    text = level_text(values)
    counts = text.value_counts()
    assert level_counts(values) == counts.reindex(sorted_levels(values)).to_dict()
    assert text[values.isna()].isna().all()


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (pd.Series([True, None, False], dtype=object), [1, np.nan, 0]),
        (pd.Series([True, None], dtype="boolean"), [1, np.nan]),
        (pd.Series([3, None], dtype="Int64"), [3, np.nan]),
        (pd.Series(["1", " 2.5 ", "x", "", None]), [1, 2.5, np.nan, np.nan, np.nan]),
        (pd.Series([1, 4], dtype="category"), [1, 4]),
        (pd.Series([np.inf, -np.inf, 1e300]), [np.nan, np.nan, 1e300]),
        (pd.Series([10**400, 2], dtype=object), [np.nan, 2]),
        (pd.Series([Decimal("1.5"), None]), [1.5, np.nan]),
        (pd.Series(pd.to_datetime(["2020-01-01", None])), [np.nan, np.nan]),
        (pd.Series(pd.to_timedelta([1, 2])), [np.nan, np.nan]),
        (pd.Series([[1], {}], dtype=object), [np.nan, np.nan]),
        (pd.Series([1 + 2j, 3, None]), [np.nan, np.nan, np.nan]),
        (pd.Series([], dtype=complex), []),
        (pd.Series([1j, 3.5, "x"], dtype=object), [np.nan, 3.5, np.nan]),
        (pd.Series([Decimal("sNaN"), Decimal(2)], dtype=object), [np.nan, 2]),
        (pd.Series([int, "1", "\ud800"], dtype=object), [np.nan, 1, np.nan]),
    ],
)
def test_what_is_no_finite_number_is_missing(values, numbers):
    np.testing.assert_array_equal(as_numbers(values), numbers)


@given(st.lists(CELLS, max_size=20))
def test_any_column_becomes_finite_numbers_or_missing(cells):
    numbers = as_numbers(pd.Series(cells, dtype=object, index=[0] * len(cells)))
    assert numbers.dtype == np.float64
    assert len(numbers) == len(cells)
    assert not np.isinf(numbers).any()


def test_feature_name_says_column_and_level():
    assert feature_name("chest_pain", "typical") == "chest_pain = typical"


def test_long_lists_are_cut_short():
    assert listed("ab") == "a, b"
    assert listed(map(str, range(1000)), most=2) == "0, 1 and 998 more"


def test_one_name_in_several_spellings_is_one_level():
    spellings = ["Köln", "Ko\u0308ln", " Köln ", "18\u201325", "18-25", "18\u221225", "18\u201025"]
    values = pd.Series(spellings)
    assert level_text(values).tolist() == ["Köln"] * 3 + ["18-25"] * 4
    assert level_counts(values) == {"18-25": 4, "Köln": 3}


def test_text_of_many_rows_is_quick():
    values = pd.Series([f"Ko\u0308ln {number % 1000}" for number in range(50_000)])
    started = time.process_time()
    assert level_text(values).nunique() == 1000
    assert time.process_time() - started < 0.5
