"""Biases composed by clicks can always be used, whatever is clicked in which order."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import Bias, Condition, Step, make_task
from ui.bias.make_edits import (
    FEW_LEVELS,
    MADE,
    MOST_LEVELS,
    as_made,
    made_of,
    new_condition,
    new_step,
    strength_of,
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
    step = new_step(TASK, made, "age", 0.4)
    assert made_of(step) == made
    assert step.strength == 0.4


@given(
    st.sampled_from(COLUMNS),
    st.lists(st.sampled_from(list(MADE)), min_size=1, max_size=5),
    st.data(),
)
def test_every_click_makes_a_bias_that_can_be_said(column, kinds, data):
    step = new_step(TASK, kinds[0], column, 1.0)
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


def test_the_strength_is_that_of_all_steps():
    bias = Bias((new_step(TASK, "tie", "age", 1.0), new_step(TASK, "leave out", "ward", 0.2)))
    weaker = with_strength(bias, 0.3)
    assert [step.strength for step in weaker.steps] == [0.3, 0.3]
    assert strength_of(weaker) == 0.3
    assert strength_of(Bias(())) == 1.0
