from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import Column, Role, load_dataset, make_task
from laat_core.errors import DataError
from laat_core.evaluate.groups import FEWEST_ROWS, MOST_GROUPS, group_rows

TASK = load_dataset("heart")


def task_of(values, role=Role.NUMERIC):
    n = len(values)
    table = pd.DataFrame({"x": values, "size": range(n), "y": (["no", "yes"] * n)[:n]})
    task = make_task(table, "y", "yes")
    return task.with_columns(replace(task.column("x"), role=role))


def test_a_category_has_a_group_per_level():
    groups = group_rows(TASK, "sex")
    assert groups.names == ("female", "male")
    assert groups.columns == ("sex",)
    assert groups.title == "sex"
    expected = (TASK.labelled["sex"] == "male").to_numpy()
    np.testing.assert_array_equal(groups.codes, expected)
    np.testing.assert_array_equal(groups.sizes, [(~expected).sum(), expected.sum()])


def test_numbers_are_divided_at_their_quartiles_and_named_by_what_is_in_them():
    groups = group_rows(task_of([*range(1, 9), None]), "x")
    assert groups.names == ("1 to 2", "3 to 4", "5 to 6", "7 to 8", "missing")
    assert groups.codes.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4]


@pytest.mark.parametrize(
    ("values", "names", "codes"),
    [
        ([0, 1, 0, 0, 1], ("0", "1"), [0, 1, 0, 0, 1]),
        ([0, 0, 0, 0, 3, 4, 5, 9], ("0", "3 to 4", "5 to 9"), [0, 0, 0, 0, 1, 1, 2, 2]),
        ([1, 2, 3, 4, *[9] * 20], ("1 to 4", "9"), [0] * 4 + [1] * 20),
        ([1.5] * 3, ("1.5",), [0] * 3),
    ],
)
def test_equal_numbers_stay_together(values, names, codes):
    groups = group_rows(task_of(values), "x")
    assert groups.names == names
    assert groups.codes.tolist() == codes


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=2, max_size=40))
def test_bins_are_in_order_and_every_row_is_in_one(values):
    groups = group_rows(task_of(pd.array(values, dtype="float64")), "x")
    assert len(groups.codes) == len(values)
    assert (groups.sizes > 0).all()
    assert len(groups.names) <= 5
    known = sorted((v, c) for v, c in zip(values, groups.codes, strict=True) if v is not None)
    assert [code for _, code in known] == sorted(code for _, code in known)


def test_a_pair_has_a_group_per_combination_that_occurs():
    groups = group_rows(TASK, "sex", "age")
    middle = np.sort(TASK.labelled["age"])[(len(TASK.labels) - 1) // 2]
    assert groups.title == "sex and age"
    low, high = TASK.labelled["age"].min(), TASK.labelled["age"].max()
    above = TASK.labelled["age"][TASK.labelled["age"] > middle].min()
    bins = f"{low:g} to {middle:g}", f"{above:g} to {high:g}"
    assert groups.names == tuple(f"{sex}, {part}" for sex in ("female", "male") for part in bins)
    male, old = TASK.labelled["sex"] == "male", TASK.labelled["age"] > middle
    np.testing.assert_array_equal(groups.codes, 2 * male + old)


def test_missing_values_are_a_group_also_beside_a_level_of_that_name():
    values = ["a", None, "missing", " ", "a"]
    groups = group_rows(task_of(values, Role.CATEGORICAL), "x")
    assert groups.names == ("a", "missing", "(missing)")
    assert groups.codes.tolist() == [0, 2, 1, 2, 0]
    pair = group_rows(task_of(values, Role.CATEGORICAL), "x", "size")
    assert "(missing), 0 to 2" in pair.names


def test_a_column_without_any_value_is_one_group():
    groups = group_rows(task_of(["a", "b", "c"]), "x")  # as numbers
    assert groups.names == ("missing",)


def test_rows_without_a_label_do_not_count_and_small_groups_do():
    table = pd.DataFrame({"x": ["a", "b", "b", "c"], "n": range(4), "y": ["no", "yes", "no", None]})
    groups = group_rows(make_task(table, "y", "yes"), "x")
    assert groups.names == ("a", "b")
    assert groups.codes.tolist() == [0, 1, 1]


def test_a_column_that_is_ignored_may_still_divide():
    ignored = TASK.with_columns(replace(TASK.column("sex"), role=Role.IGNORE))
    assert group_rows(ignored, "sex").names == ("female", "male")


@pytest.mark.parametrize("columns", [(), ("sex", "sex"), ("sex", "age", "chest_pain")])
def test_one_column_or_two(columns):
    with pytest.raises(DataError, match="give one column, or two different ones"):
        group_rows(TASK, *columns)


def test_names_and_numbers_of_people_are_no_groups():
    names = [f"person {n}" for n in range(MOST_GROUPS + 1)]
    with pytest.raises(DataError, match="There are 51 groups by 'x'; at most 50"):
        group_rows(task_of(names, Role.CATEGORICAL), "x")


def test_groups_of_fewer_than_twenty_rows_are_small():
    values = ["a"] * FEWEST_ROWS + ["b"] * (FEWEST_ROWS - 1)
    assert group_rows(task_of(values, Role.CATEGORICAL), "x").small.tolist() == [False, True]


def test_levels_of_an_ordered_column_are_groups_in_their_order():
    task = task_of(["low", "high", "mid", "odd", None, "high"])
    column = Column("x", Role.ORDERED, order=("low", "mid", "high"))
    groups = group_rows(task.with_columns(column), "x")
    assert groups.names == ("low", "mid", "high", "missing")
    assert groups.codes.tolist() == [0, 2, 1, 3, 3, 2]


def test_dates_are_divided_by_their_years():
    days = [f"{year}-01-01" for year in range(2001, 2009)]
    column = Column("x", Role.DATE, reference="2009-01-01")
    groups = group_rows(task_of([*days, None]).with_columns(column), "x")
    assert groups.names == (
        "1 to 2 years",
        "3 to 4 years",
        "5 to 6 years",
        "7 to 8 years",
        "missing",
    )
    assert groups.codes.tolist() == [3, 3, 2, 2, 1, 1, 0, 0, 4]
