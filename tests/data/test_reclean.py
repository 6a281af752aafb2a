from dataclasses import replace

import pandas as pd
import pytest

from laat_core import Cleaning, Column, Role
from laat_core.data.reclean import reclean
from laat_core.data.role_needs import with_role
from laat_core.data.roles import make_task

PAIN = ["mild", "moderate", "severe", "Severe", "unknown"]


def ordered(levels, **changes):
    task = make_task(pd.DataFrame({"pain": levels * 4, "ill": [0, 1] * 2 * len(levels)}), "ill", 1)
    column = with_role(task.column("pain"), Role.ORDERED, task.table["pain"])
    return task.with_columns(replace(column, **changes))


@pytest.mark.parametrize(("merged", "into"), [("Severe", "severe"), ("severe", "Severe")])
def test_an_order_that_was_guessed_follows_the_merged_levels(merged, into):
    task = ordered(PAIN)
    assert task.column("pain").order == ("Severe", "mild", "moderate", "severe")
    column = reclean(task, "pain", Cleaning(merged={merged: into})).column("pain")
    assert column.ranked == column.order == ("mild", "moderate", into)
    assert column.note.startswith("Order as its levels say: mild < moderate")


def test_an_order_that_somebody_set_stays_with_the_merged_level_at_its_own_place():
    task = ordered(PAIN, order=("Severe", "moderate", "mild", "severe"), note="")
    column = reclean(task, "pain", Cleaning(merged={"Severe": "severe"})).column("pain")
    assert column.order == ("Severe", "moderate", "mild", "severe")
    assert column.ranked == ("moderate", "mild", "severe")
    assert column.note == ""


def test_a_new_level_takes_the_first_place_of_those_merged_into_it():
    merged = Cleaning(merged={"b": "other", "d": "other"})
    column = Column("c", Role.ORDERED, order=("a", "b", "c", "d"), cleaning=merged)
    assert column.ranked == ("a", "other", "c")


def test_an_order_of_which_nothing_is_left_stays():
    task = ordered(["a", "b", "c"])
    gone = reclean(task, "pain", Cleaning(("a", "b", "c")))
    assert gone.column("pain").order == ("a", "b", "c")
    assert gone.column("pain").ranked == ()
