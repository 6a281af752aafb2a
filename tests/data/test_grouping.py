import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from laat_core.data.grouping import group_counts, same_groups, some_rows, sum_groups, take_groups

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 9)), min_size=1, max_size=60)


@given(ROWS)
def test_counts_are_of_each_group_in_order_of_appearance(rows):
    labels, groups = (np.array(part) for part in zip(*rows, strict=True))
    codes, counts = group_counts(labels, groups)
    names = list(dict.fromkeys(groups.tolist()))
    assert [names[code] for code in codes] == groups.tolist()
    for name, (no, yes) in zip(names, counts.tolist(), strict=True):
        assert (no, yes) == tuple(
            int(((groups == name) & (labels == label)).sum()) for label in (0, 1)
        )


@given(ROWS, st.integers(0, 2**32 - 1))
def test_groups_of_one_row_are_taken_until_the_numbers_are_met(rows, seed):
    generator = np.random.default_rng(seed)
    labels = np.array([label for label, _ in rows])
    wanted = tuple(int(generator.integers(0, (labels == k).sum() + 1)) for k in (0, 1))
    codes, counts = group_counts(labels, np.arange(len(labels)))
    taken = take_groups(counts, generator.permutation(len(counts)), wanted)
    assert tuple(np.bincount(labels[taken[codes]], minlength=2)) == wanted


@given(st.integers(0, 10_000))
def test_the_numbers_are_met_as_nearly_as_small_groups_allow(seed):
    generator = np.random.default_rng(seed)
    labels, groups = generator.integers(0, 2, 200), generator.integers(0, 80, 200)
    codes, counts = group_counts(labels, groups)
    wanted = (generator.uniform(0.1, 0.9) * np.bincount(labels)).round().astype(int)
    taken = take_groups(counts, generator.permutation(len(counts)), tuple(wanted.tolist()))
    found = np.bincount(labels[taken[codes]], minlength=2)
    assert np.abs(found - wanted).max() <= 3


def test_rows_of_the_same_groups():
    assert same_groups(np.array([5, 7, 5, 8]), np.array([0])).tolist() == [True, False, True, False]


@given(ROWS, st.integers(0, 99))
def test_some_rows_have_both_classes_and_keep_their_order(rows, seed):
    labels = np.array([0, 1, *(label for label, _ in rows)])
    every = np.random.default_rng(seed).permutation(len(labels))
    some = some_rows(every, labels, 2 + seed % (len(labels) - 1), np.random.default_rng(seed))
    assert len(some) == 2 + seed % (len(labels) - 1)
    assert set(labels[some]) == {0, 1}
    places = {row: place for place, row in enumerate(every.tolist())}
    assert [places[row] for row in some] == sorted(places[row] for row in some)


@given(ROWS)
def test_sums_by_group(rows):
    values, groups = (np.array(part) for part in zip(*rows, strict=True))
    expected = [values[groups == name].sum() for name in sorted(set(groups.tolist()))]
    assert sum_groups(values, groups).tolist() == expected
    both = np.stack([values, 2 * values]).astype(np.float32)
    assert sum_groups(both, groups).tolist() == [expected, [2 * one for one in expected]]
