"""Biases composed by clicks can always be used, whatever is clicked in which order."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import Bias, Column, Condition, Role, Step, make_task
from ui.bias.make_edits import (
    FEW_LEVELS,
    MADE,
    MOST_LEVELS,
    as_made,
    made_of,
    new_condition,
    new_step,
    values_of,
    with_comparison,
    with_strength,
)

N = 600
TABLE = pd.DataFrame(
    {
        "age": [20 + place % 60 for place in range(N)],
        "stage": [place % 3 for place in range(N)],
        "ward": ["n", "s", None] * (N // 3),
        "code": [f"c{place // 2}" for place in range(N)],
        "empty": [None] * N,
        "y": ["yes", "no"] * (N // 2),
    }
)
TASK = make_task(TABLE, "y", "yes")
COLUMNS = ["age", "stage", "ward", "code", "empty"]


def test_a_column_offers_what_it_holds():
    age, stage, ward, code, empty = (values_of(TASK, column) for column in COLUMNS)
    assert age.range == (20, 49.5, 79)
    assert age.levels == ()  # too many to pick one by one
    assert age.comparisons == ("under", "at least")
    assert ward.range is None
    assert ward.levels == ("n", "s")
    assert ward.comparisons == ("is", "is not", "is missing")
    assert len(stage.levels) == 3 <= FEW_LEVELS
    assert len(code.levels) == MOST_LEVELS
    assert empty.comparisons == ("is missing",)


def test_a_new_condition_divides_the_rows():
    assert new_condition(TASK, "age") == Condition("age", "at least", 49.5)
    assert new_condition(TASK, "ward") == Condition("ward", "is", "n")
    assert new_condition(TASK, "empty") == Condition("empty", "is missing")


@pytest.mark.parametrize("made", MADE)
def test_a_step_is_what_it_was_made_as(made):
    step = new_step(TASK, made, "age")
    assert made_of(step) == made
    assert step.strength == 1.0


@pytest.mark.slow
@given(
    st.sampled_from(COLUMNS),
    st.lists(st.sampled_from(list(MADE)), min_size=1, max_size=5),
    st.data(),
)
def test_every_click_makes_a_bias_that_can_be_said(column, kinds, data):
    step = new_step(TASK, kinds[0], column)
    for made in kinds[1:]:
        step = as_made(step, made, TASK)
        assert made_of(step) == made
    condition = step.conditions[0]
    comparison = data.draw(st.sampled_from(values_of(TASK, column).comparisons))
    changed = with_comparison(TASK, condition, comparison)
    assert changed.comparison == comparison
    assert with_comparison(TASK, changed, comparison) == changed
    bias = Bias((step, Step("leave out", (changed,), 1.0, "no")))
    assert bias.words(TASK)
    assert bias.apply(TASK, TASK.labels.nonzero()[0], 0).positions.size >= 0


def test_every_step_has_a_strength_of_its_own():
    bias = Bias((new_step(TASK, "tie", "age"), new_step(TASK, "leave out", "ward")))
    weaker = with_strength(bias, 1, 0.3)
    assert [step.strength for step in weaker.steps] == [1.0, 0.3]


def test_a_new_condition_asks_for_the_most_frequent_level():
    levels = ["a"] * 2 + ["b"] * 7 + ["c"] * 3
    task = make_task(pd.DataFrame({"ward": levels, "y": ["yes", "no"] * 6}), "y", "yes")
    assert new_condition(task, "ward") == Condition("ward", "is", "b")
    bound = with_comparison(task, new_condition(task, "ward"), "is not")
    assert bound == Condition("ward", "is not", "b")


def test_numbers_begin_with_few_digits():
    sizes = [place / 7 for place in range(40)]
    task = make_task(pd.DataFrame({"size": sizes, "y": ["yes", "no"] * 20}), "y", "yes")
    assert new_condition(task, "size") == Condition("size", "at least", 2.786)


def test_levels_of_an_ordered_column_and_years_of_a_date_are_compared():
    table = pd.DataFrame(
        {
            "pain": ["none", "strong", None, "mild"] * 5,
            "born": ["2000-01-01", "1990-01-01", "1980-01-01", None] * 5,
            "y": ["yes", "no"] * 10,
        }
    )
    task = make_task(table, "y", "yes").with_columns(
        Column("pain", Role.ORDERED, order=("none", "mild", "strong")),
        Column("born", Role.DATE, reference="2020-01-01"),
    )
    pain, born = values_of(task, "pain"), values_of(task, "born")
    assert pain.levels == ("none", "mild", "strong")
    assert pain.comparisons == ("under", "at least", "is", "is not", "is missing")
    assert born.comparisons[:2] == ("under", "at least")
    assert born.range == pytest.approx((20, 30, 40), abs=0.01)
    condition = new_condition(task, "pain")
    assert condition == Condition("pain", "at least", "mild")
    for comparison in pain.comparisons:
        other = with_comparison(task, condition, comparison)
        assert other.value == (None if comparison == "is missing" else "mild")
        assert other.rows(task).any()
    missing = with_comparison(task, condition, "is missing")
    assert with_comparison(task, missing, "under").value == "mild"
    assert new_condition(task, "born").rows(task).any()
