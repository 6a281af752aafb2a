import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import Column, DataError, Role
from laat_core.data.cleaning import Cleaning
from laat_core.data.values import as_ranks, as_years, column_levels, level_at, numbers_of

PAIN = Column("pain", Role.ORDERED, order=("none", "mild", "severe"))
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))


def test_ranks_follow_the_order():
    values = pd.Series(["severe", "none", None, " mild ", "unknown"])
    np.testing.assert_array_equal(numbers_of(values, PAIN), [2, 0, np.nan, 1, np.nan])


@given(st.permutations(range(6)), st.lists(st.integers(0, 7), min_size=1))
def test_ranks_are_places_in_the_order(order, cells):
    found = as_ranks(pd.Series(cells), list(map(str, order)))
    expected = [order.index(cell) if cell in order else np.nan for cell in cells]
    np.testing.assert_array_equal(found, expected)


@given(st.lists(DAYS, min_size=1), DAYS)
def test_years_are_days_by_the_mean_year(days, reference):
    found = as_years(pd.Series(days, dtype=object), reference.isoformat())
    expected = [(reference - day).days / 365.25 for day in days]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", ["object", "datetime64[us]", "datetime64[ns]"])
def test_dates_of_any_kind(kind):
    values = pd.Series(["2020-01-01", None, "2024-01-01"]).astype(kind)
    np.testing.assert_allclose(as_years(values, "2024-01-01"), [1461 / 365.25, np.nan, 0])


def test_a_merged_level_has_the_rank_of_its_end():
    column = Column(
        "pain",
        Role.ORDERED,
        order=("none", "Mild", "mild", "?", "severe"),
        cleaning=Cleaning(("?",), {"Mild": "mild"}),
    )
    assert column.ranked == ("none", "mild", "severe")
    assert column_levels(pd.Series(["mild"]), column) == ["none", "mild", "severe"]


def test_levels_of_a_rank():
    assert [level_at(PAIN.order, rank) for rank in (0, 1.5, 2)] == [
        "none",
        "between mild and severe",
        "severe",
    ]


@pytest.mark.parametrize(
    ("role", "message"),
    [(Role.ORDERED, "levels have no order yet.*a, b"), (Role.DATE, "no reference date")],
)
def test_what_a_role_needs_is_asked_for(role, message):
    with pytest.raises(DataError, match=message):
        numbers_of(pd.Series(["b", "a"]), Column("x", role))
