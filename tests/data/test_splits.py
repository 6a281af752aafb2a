import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.data.splits import MAX_SPLITS, Design, make_splits
from laat_core.errors import DesignError

LABELS = np.random.default_rng(0).permutation([0] * 70 + [1] * 30)


def is_division(split, n_rows):
    return sorted([*split.train, *split.test]) == list(range(n_rows))


@given(st.integers(2, 30), st.integers(2, 30), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_k_rows_of_each_class_for_training_and_all_others_for_test(n_0, n_1, shots, seed):
    labels = np.random.default_rng(seed).permutation([0] * n_0 + [1] * n_1)
    design = Design(shots, n_splits=3, seed=seed)
    if shots >= min(n_0, n_1):
        with pytest.raises(DesignError):
            make_splits(labels, design)
        return
    for split in make_splits(labels, design):
        assert is_division(split, len(labels))
        assert np.bincount(labels[split.train]).tolist() == [shots, shots]
        assert np.bincount(labels[split.test]).tolist() == [n_0 - shots, n_1 - shots]


@given(st.integers(2, 40), st.integers(2, 40), st.floats(0.01, 0.99))
def test_a_held_out_share_is_stratified_or_refused(n_0, n_1, share):
    labels = np.array([0] * n_0 + [1] * n_1)
    try:
        splits = make_splits(labels, Design(None, share, n_splits=3))
    except DesignError:
        return
    for split in splits:
        assert is_division(split, len(labels))
        for side in (split.train, split.test):
            assert set(labels[side]) == {0, 1}
        assert abs(labels[split.test].sum() - share * n_1) <= 1.5
        assert len(split.train) == len(splits[0].train)


@pytest.mark.parametrize("design", [Design(5), Design(None, 0.3)])
def test_the_seed_decides_and_splits_differ(design):
    def trains(seed):
        same = Design(design.shots, design.test_share, seed=seed)
        return [tuple(sorted(split.train)) for split in make_splits(LABELS, same)]

    assert trains(1) == trains(1)
    assert trains(1) != trains(2)
    assert len(set(trains(1))) == design.n_splits


def test_the_global_random_state_plays_no_part():
    state = np.random.get_state()[1].tolist()  # noqa: NPY002 - that it stays is the point
    make_splits(LABELS, Design(None))
    make_splits(LABELS, Design())
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


@pytest.mark.parametrize(
    ("labels", "design", "said"),
    [
        (LABELS, Design(30), "30 training rows .* has 30 .* Choose 29 or fewer"),
        (LABELS, Design(10**9), "Choose 29 or fewer"),
        ([0] * 9 + [1], Design(1), "smaller class: 1; at least 2"),
        ([0] * 9 + [1], Design(None), "smaller class: 1; at least 2"),
        ([0] * 9, Design(1), "smaller class: 0; at least 2"),
        (LABELS, Design(None, 0.001), "100 rows cannot be divided with a share of 0.001"),
        (LABELS, Design(None, 0.999), "100 rows cannot be divided with a share of 0.999"),
        ([0] * 99 + [1] * 2, Design(None, 0.1), "smaller class has 2 rows, too few"),
    ],
)
def test_what_cannot_be_divided_is_said(labels, design, said):
    with pytest.raises(DesignError, match=said):
        make_splits(np.array(labels), design)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"shots": 0}, "0 rows per class"),
        ({"shots": -1}, "-1 rows per class"),
        ({"shots": 2.5}, "2.5 rows per class"),
        ({"shots": True}, "True rows per class"),
        ({"n_splits": True}, "True splits"),
        ({"seed": False}, "seed is False"),
        ({"test_share": "a"}, "test share is 'a'"),
        ({"test_share": None}, "test share is None"),
        ({"test_share": [0.2]}, r"test share is \[0.2\]"),
        ({"n_splits": 0}, "0 splits asked for; choose 1 to 1000"),
        ({"n_splits": MAX_SPLITS + 1}, "1001 splits"),
        ({"n_splits": "20"}, "'20' splits"),
        ({"test_share": 0.0}, "test share is 0.0"),
        ({"test_share": 1.0}, "test share is 1.0"),
        ({"test_share": float("nan")}, "test share is nan"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**32}, "seed is 4294967296"),
    ],
)
def test_an_impossible_design_is_refused(options, said):
    with pytest.raises(DesignError, match=said):
        Design(**options)


def test_a_design_of_numpy_numbers_is_written_as_json_and_carried_out():
    design = Design(np.int8(3), np.float32(0.25), np.int64(2), np.uint32(3))
    assert design == Design(3, 0.25, 2, 3)
    assert json.loads(json.dumps(asdict(design)))["seed"] == 3
    assert all(is_division(split, len(LABELS)) for split in make_splits(LABELS, design))


# Groups

GROUPED = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 25)), min_size=4, max_size=80)


@given(GROUPED, st.one_of(st.integers(1, 6), st.floats(0.05, 0.9)), st.integers(0, 2**32 - 1))
def test_no_group_is_on_both_sides(rows, size, seed):
    labels, groups = (np.array(part) for part in zip(*rows, strict=True))
    shots, share = (size, 0.2) if isinstance(size, int) else (None, size)
    try:
        splits = make_splits(labels, Design(shots, share, n_splits=4, seed=seed), groups)
    except DesignError:
        return
    for split in splits:
        assert not set(groups[split.train]) & set(groups[split.test])
        assert len({*split.train, *split.test}) == len(split.train) + len(split.test)
        assert set(labels[split.train]) == set(labels[split.test]) == {0, 1}
        assert len(split.train) == len(splits[0].train)


@given(st.integers(0, 99))
def test_training_rows_are_those_without_groups_and_test_rows_all_of_other_groups(seed):
    groups = np.random.default_rng(seed).integers(0, 40, len(LABELS))
    design = Design(5, n_splits=3, seed=seed)
    for split, free in zip(
        make_splits(LABELS, design, groups), make_splits(LABELS, design), strict=True
    ):
        assert split.train.tolist() == free.train.tolist()
        assert set(split.test) == set(np.flatnonzero(~np.isin(groups, groups[split.train])))


def test_groups_of_one_row_change_nothing_for_so_many_rows_per_class():
    plain, grouped = make_splits(LABELS, Design(5)), make_splits(LABELS, Design(5), np.arange(100))
    for one, other in zip(plain, grouped, strict=True):
        assert one.train.tolist() == other.train.tolist()
        assert one.test.tolist() == other.test.tolist()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_share_of_the_groups_is_held_out_and_nearly_all_others_train(share):
    groups = np.random.default_rng(1).integers(0, 45, len(LABELS))
    for split in make_splits(LABELS, Design(None, share), groups):
        for label, n in enumerate((70, 30)):
            assert abs((LABELS[split.test] == label).sum() - share * n) <= 3
        assert len(split.train) + len(split.test) >= 94


def test_the_seed_decides_how_groups_are_divided():
    groups = np.random.default_rng(1).integers(0, 45, len(LABELS))
    first, again, other = (
        make_splits(LABELS, Design(None, 0.3, seed=seed), groups)[0].test.tolist()
        for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("design", "groups", "message"),
    [
        (Design(5), np.zeros(100), "groups that hold every row of a class"),
        (Design(5), LABELS, "Choose fewer training rows per class"),
        (Design(None, 0.2), np.zeros(100), "1 groups cannot be divided"),
        (Design(None, 0.2), LABELS, "so that both classes are on both sides"),
    ],
)
def test_a_design_that_the_groups_make_impossible_is_refused(design, groups, message):
    with pytest.raises(DesignError, match=message):
        make_splits(LABELS, design, groups.astype(np.int64))
