import pandas as pd
import pytest

from laat_core import Column, DataError, Role
from laat_core.data.cleaning import Cleaning
from laat_core.data.role_needs import with_reference, with_role


def test_an_order_that_the_levels_show_is_taken():
    column = with_role(
        Column("x", Role.CATEGORICAL), Role.ORDERED, pd.Series(["high", "low", "medium"])
    )
    assert column.order == ("low", "medium", "high")
    assert "Order as its levels say: low < medium < high." in column.note


def test_else_that_in_which_they_sort_and_the_note_doubts_it():
    column = with_role(
        Column("x", Role.CATEGORICAL), Role.ORDERED, pd.Series(["pear", "apple", None])
    )
    assert column.order == ("apple", "pear")
    assert "may be wrong: apple < pear." in column.note


def test_an_order_that_was_set_stays():
    column = Column("x", Role.IGNORE, order=("b", "a"))
    assert with_role(column, Role.ORDERED, pd.Series(["a", "b"])).order == ("b", "a")


def test_the_latest_date_is_the_reference():
    values = pd.Series(["2020-02-03", "1999-01-01", None, "soon"])
    column = with_role(Column("x", Role.IGNORE), Role.DATE, values)
    assert column.reference == "2020-02-03"
    assert "Years from each date to 2020-02-03, its latest date." in column.note
    again = with_role(with_role(column, Role.IGNORE, values), Role.DATE, values)
    assert again.reference == "2020-02-03"
    assert (
        with_reference(column, "2021-01-01", values).note == "Years from each date to 2021-01-01."
    )


def test_an_assumption_about_the_dates_is_said():
    values = pd.Series(["03/04/2024"])
    column = with_role(Column("x", Role.IGNORE), Role.DATE, values)
    assert "read day first" in column.note
    assert "read day first" in with_reference(column, "2030-01-01", values).note


def test_missing_codes_are_no_levels():
    column = Column("x", Role.CATEGORICAL, cleaning=Cleaning(("9",), {"Low": "low"}))
    values = pd.Series(["low", "Low", "9", "high", "mid"])
    assert with_role(column, Role.ORDERED, values).order == ("low", "mid", "high")


@pytest.mark.parametrize(
    ("role", "values", "message"),
    [
        (Role.ORDERED, [None, ""], "no values to put in order"),
        (Role.ORDERED, [f"v{n}" for n in range(60)], "60 different values"),
        (Role.DATE, ["soon", None], "holds no dates"),
        (Role.DATE, [1, 2], "holds no dates"),
    ],
)
def test_what_a_role_cannot_use_is_refused(role, values, message):
    with pytest.raises(DataError, match=message):
        with_role(Column("x", Role.IGNORE), role, pd.Series(values, dtype=object))


def test_other_roles_need_nothing():
    column = Column("x", Role.CATEGORICAL, note="Because.")
    assert with_role(column, Role.NUMERIC, pd.Series([1])) == Column("x", Role.NUMERIC)


@pytest.mark.parametrize("word", ["unknown", "k. A.", "?", "Refused", "not applicable"])
def test_not_known_has_no_place_in_an_order_that_is_only_sorted(word):
    values = pd.Series(["b", "a", word, "c"], name="c")
    assert with_role(Column("c", Role.CATEGORICAL), Role.ORDERED, values).order == ("a", "b", "c")


def test_levels_that_all_say_not_known_are_no_order():
    values = pd.Series(["unknown", "?"], name="c")
    with pytest.raises(DataError, match="has no values to put in order"):
        with_role(Column("c", Role.CATEGORICAL), Role.ORDERED, values)
