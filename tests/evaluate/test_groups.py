from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import Role, load_dataset, make_task
from laat_core.errors import DataError
from laat_core.evaluate.groups import FEWEST_ROWS, group_rows, parity_difference

TASK = load_dataset("heart")


def test_a_category_has_a_group_per_level():
    groups = group_rows(TASK, "sex")
    assert groups.names == ("female", "male")
    expected = (TASK.labelled["sex"] == "male").to_numpy()
    np.testing.assert_array_equal(groups.codes, expected)


def test_numbers_are_divided_at_their_median():
    groups = group_rows(TASK, "age")
    middle = TASK.labelled["age"].median()
    assert groups.names == (f"above {middle:g}", f"up to {middle:g}")
    np.testing.assert_array_equal(groups.codes == 1, TASK.labelled["age"] <= middle)


def test_small_groups_missing_values_and_unlabelled_rows_are_left_out():
    n = FEWEST_ROWS
    table = pd.DataFrame(
        {
            "group": ["a"] * n + ["b"] * n + ["c"] * (n - 1) + [None] * 3,
            "size": range(3 * n + 2),
            "y": ["no", "yes"] * n + ["yes"] * (n + 1) + [None],
        }
    )
    groups = group_rows(make_task(table, "y", "yes"), "group")
    assert groups.names == ("a", "b")
    assert groups.codes.tolist() == [0] * n + [1] * n + [-1] * (n + 1)


def test_a_column_that_is_ignored_may_still_divide():
    ignored = TASK.with_columns(replace(TASK.column("sex"), role=Role.IGNORE))
    assert group_rows(ignored, "sex").names == ("female", "male")


def test_one_group_is_none():
    table = pd.DataFrame({"group": ["a"] * 40, "size": range(40), "y": ["no", "yes"] * 20})
    with pytest.raises(DataError, match="1 groups of 20 rows or more; 2 are needed"):
        group_rows(make_task(table, "y", "yes"), "group")


@given(st.lists(st.tuples(st.booleans(), st.integers(-1, 3)), min_size=1))
def test_the_difference_is_that_of_the_rates_of_each_group(rows):
    selected, codes = (np.array(part) for part in zip(*rows, strict=True))
    frame = pd.DataFrame({"selected": selected, "group": codes})
    rates = frame[frame["group"] >= 0].groupby("group")["selected"].mean()
    found = parity_difference(selected, codes)
    if len(rates) < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(rates.max() - rates.min(), abs=1e-12)
        assert 0 <= found <= 1
