import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.columns.order import moved, with_missing

ORDERS = st.permutations(["a", "b", "c", "d"]).map(tuple)


@pytest.mark.parametrize(
    ("by", "order"),
    [(1, ("b", "a", "c")), (2, ("b", "c", "a")), (9, ("b", "c", "a")), (-1, ("a", "b", "c"))],
)
def test_a_level_moves_as_far_as_there_are_places(by, order):
    assert moved(("a", "b", "c"), "a", by) == order


@given(ORDERS, st.sampled_from("abcd"), st.sampled_from([-1, 1]))
def test_a_step_there_and_back(order, level, by):
    there = moved(order, level, by)
    assert sorted(there) == sorted(order)
    assert there == order or moved(there, level, -by) == order


@given(ORDERS, st.sets(st.sampled_from("abcdef")))
def test_levels_that_count_as_missing_leave_the_order_and_new_ones_come_last(order, missing):
    levels = [*order, "e", "f"]
    found = with_missing(levels, order, missing)
    assert set(found) == set(levels) - missing
    kept = tuple(level for level in order if level not in missing)
    assert found[: len(kept)] == kept
