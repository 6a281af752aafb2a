import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import Column, Condition, DataError, Role, load_dataset, make_task
from laat_core.data.conditions import COMPARISONS

TABLE = pd.DataFrame(
    {
        "age": [30, 50, None, 70, 49.5, 50],
        "sex": ["Male", " Female", None, "Male", "", "other"],
        "code": ["1", "x", "2.5", None, "inf", "7"],
        "ill": ["yes", "no", "yes", "no", None, "no"],
    }
)


@pytest.fixture
def task():
    return make_task(TABLE, "ill", "yes")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [  # the row without a label is none of them
        (("age", "under", 50), [1, 0, 0, 0, 0]),
        (("age", "at least", 50), [0, 1, 0, 1, 1]),
        (("age", "is missing"), [0, 0, 1, 0, 0]),
        (("age", "is", "50"), [0, 1, 0, 0, 1]),
        (("age", "at least", 1000), [0, 0, 0, 0, 0]),
        (("sex", "is", "Female"), [0, 1, 0, 0, 0]),
        (("sex", "is not", "Male"), [0, 1, 0, 0, 1]),
        (("sex", "is missing"), [0, 0, 1, 0, 0]),
        (("sex", "is", "nobody"), [0, 0, 0, 0, 0]),
        (("sex", "under", 3), [0, 0, 0, 0, 0]),
        (("code", "under", 5), [1, 0, 1, 0, 0]),
        (("code", "at least", 10**400 // 10**399), [0, 0, 0, 0, 0]),
        (("ill", "is", "yes"), [1, 0, 1, 0, 0]),
    ],
)
def test_rows_that_meet_a_condition(task, condition, expected):
    met = Condition(*condition).rows(task)
    assert met.dtype == bool
    assert met.tolist() == [bool(row) for row in expected]


def test_a_column_that_the_task_ignores_can_be_asked_for(task):
    ignored = task.with_columns(Column("sex", Role.IGNORE))
    assert Condition("sex", "is", "Male").rows(ignored).sum() == 2


@given(st.floats(-100, 200))
def test_a_number_that_is_there_is_under_a_bound_or_at_least_that(bound):
    task = make_task(TABLE, "ill", "yes")
    parts = [("under", bound), ("at least", bound), ("is missing", None)]
    met = [Condition("age", name, value).rows(task) for name, value in parts]
    assert (np.sum(met, axis=0) == 1).all()


def test_words_take_the_label_where_there_is_one(task):
    assert Condition("age", "under", 50.0).words(task) == "age under 50"
    assert Condition("sex", "is", "Male").words(task) == "sex is Male"
    assert Condition("sex", "is missing").words(task) == "sex is missing"
    assert Condition("ill", "is not", "yes").words(task) == "ill is not yes"
    heart = load_dataset("heart")
    assert Condition("max_heart_rate", "at least", 160.5).words(heart) == (
        "Maximum heart rate at least 160.5"
    )


@pytest.mark.parametrize("ask", [Condition.rows, Condition.words, Condition.check])
def test_a_column_that_is_not_there_is_refused(task, ask):
    with pytest.raises(DataError, match="'height', which the table does not have"):
        ask(Condition("height", "under", 3), task)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((3, "is", "a"), "names the column 3"),
        (("age", "like", 3), "compares by 'like'. Choose among: under, at least"),
        (("age", ["under"], 3), "compares by"),
        (("age", "under", True), "'under' takes a number"),
        (("age", "at least", float("nan")), "'at least' takes a number"),
        (("age", "at least", float("inf")), "'at least' takes a number"),
        (("age", "at least", 10**400), "'at least' takes a number"),
        (("age", "at least", None), "'at least' takes a number"),
        (("sex", "is", 3), "'is' takes a text"),
        (("sex", "is not", None), "'is not' takes a text"),
        (("sex", "is missing", ""), "'is missing' takes no value"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(parts, message):
    with pytest.raises(DataError, match=message):
        Condition(*parts)


@given(
    st.text(max_size=5),
    st.sampled_from(COMPARISONS),
    st.one_of(st.none(), st.floats(), st.integers(), st.text(max_size=5)),
)
def test_a_condition_is_the_same_after_a_trip_through_json(column, comparison, value):
    try:
        condition = Condition(column, comparison, value)
    except DataError:
        return
    assert Condition.from_dict(json.loads(json.dumps(condition.to_dict()))) == condition


def test_numbers_of_numpy_become_plain_ones():
    assert json.dumps(Condition("age", "under", np.int64(3)).to_dict()["value"]) == "3"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "age under 50",
        {"column": "age", "comparison": "under"},
        {"column": "age", "comparison": "under", "value": 3, "more": 1},
    ],
)
def test_documents_of_another_form_are_refused(document):
    with pytest.raises(DataError, match="A condition is "):
        Condition.from_dict(document)


@pytest.fixture
def ordered():
    table = pd.DataFrame(
        {
            "pain": ["mild", "none", None, "severe", "unknown", "moderate"],
            "born": ["2000-01-01", "1990-01-01", None, "1980-01-01", "soon", "1970-01-01"],
            "ill": ["yes", "no", "yes", "no", "yes", "no"],
        }
    )
    return make_task(table, "ill", "yes").with_columns(
        Column("pain", Role.ORDERED, label="Pain", order=("none", "mild", "moderate", "severe")),
        Column("born", Role.DATE, reference="2020-01-01"),
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("pain", "under", "moderate"), [1, 1, 0, 0, 0, 0]),
        (("pain", "at least", "mild"), [1, 0, 0, 1, 0, 1]),
        (("pain", "at least", "none"), [1, 1, 0, 1, 0, 1]),
        (("pain", "is", "unknown"), [0, 0, 0, 0, 1, 0]),
        (("born", "under", 35), [1, 1, 0, 0, 0, 0]),
        (("born", "at least", 40), [0, 0, 0, 1, 0, 1]),
        (("born", "is missing"), [0, 0, 1, 0, 1, 0]),
    ],
)
def test_levels_and_dates_are_compared(ordered, condition, expected):
    assert Condition(*condition).rows(ordered).tolist() == [bool(row) for row in expected]


def test_words_of_levels_and_dates(ordered):
    assert Condition("pain", "at least", "mild").words(ordered) == "Pain at least mild"
    assert Condition("born", "under", 35.0).words(ordered) == "born under 35 years"


@pytest.mark.parametrize(
    ("column", "value", "instead"),
    [
        ("pain", "unknown", "Choose among: none, mild, moderate, severe"),
        ("born", "1990", "Compare with a number"),
        ("ill", "yes", "Compare with a number"),
    ],
)
def test_only_levels_of_an_order_are_compared(ordered, column, value, instead):
    condition = Condition(column, "under", value)
    for ask in (condition.rows, condition.words):
        with pytest.raises(DataError, match=instead):
            ask(ordered)
