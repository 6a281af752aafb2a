import json
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import HoldOut, load_dataset, make_task
from laat_core.data.hold_out import FEWEST_OF_A_CLASS
from laat_core.data.profile import profile, remarks
from laat_core.errors import DesignError
from tests.held_out import with_labels_exchanged

LABELS = np.random.default_rng(0).permutation([0] * 70 + [1] * 30)


def task(labels, **columns):
    classes = ["yes" if label else "no" for label in labels]
    return make_task(pd.DataFrame({"x": range(len(labels)), **columns, "y": classes}), "y", "yes")


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.01, 0.99), st.integers(0, 2**32 - 1))
def test_a_share_of_each_class_is_held_out_or_refused(n_0, n_1, share, seed):
    labels = np.random.default_rng(seed).permutation([0] * n_0 + [1] * n_1).astype(np.int64)
    numbers = [(round(share * n), n) for n in (n_0, n_1)]
    hold_out = HoldOut(share, seed)
    if min(min(out, n - out) for out, n in numbers) < FEWEST_OF_A_CLASS:
        with pytest.raises(DesignError, match="holds out"):
            hold_out.rows(labels)
        return
    rows = hold_out.rows(labels)
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert np.bincount(labels[rows]).tolist() == [out for out, _ in numbers]
    assert hold_out.rows(labels).tolist() == rows.tolist()
    assert hold_out.rows(1 - labels).tolist() == rows.tolist()


def test_the_rows_are_these_whatever_the_version_of_numpy():
    assert HoldOut(0.2, 7).rows(np.array([0, 1] * 25)).tolist() == [
        6,
        20,
        21,
        23,
        24,
        32,
        33,
        37,
        39,
        46,
    ]


def test_the_seed_decides():
    assert HoldOut(seed=1).rows(LABELS).tolist() != HoldOut(seed=2).rows(LABELS).tolist()


def test_a_larger_share_holds_out_the_same_rows_and_more():
    few, many = (set(HoldOut(share).rows(LABELS).tolist()) for share in (0.2, 0.4))
    assert few < many


@pytest.mark.parametrize(
    ("n", "share", "said"),
    [
        (12, 0.2, "0.2 holds out 2 of the 12 rows of a class.* choose another share"),
        (12, 0.9, "0.9 holds out 11 of the 12 rows of a class.* choose another share"),
        (9, 0.5, "holds out 4 of the 9 rows of a class.* add rows of it"),
        (1, 0.5, "0 of the 1 rows"),
    ],
)
def test_what_cannot_be_held_out_is_said(n, share, said):
    with pytest.raises(DesignError, match=said):
        HoldOut(share).rows(np.array([0] * 100 + [1] * n))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"share": 0}, "share held out is 0"),
        ({"share": 1.0}, "share held out is 1.0"),
        ({"share": float("nan")}, "share held out is nan"),
        ({"share": "a"}, "share held out is 'a'"),
        ({"share": None}, "share held out is None"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**32}, "seed is 4294967296"),
        ({"seed": 0.5}, "seed is 0.5"),
        ({"seed": True}, "seed is True"),
    ],
)
def test_what_is_no_share_or_seed_is_refused(options, said):
    with pytest.raises(DesignError, match=said):
        HoldOut(**options)


def test_numpy_numbers_are_written_as_json():
    hold_out = HoldOut(np.float32(0.25), np.int64(3))
    assert hold_out == HoldOut(0.25, 3)
    assert json.loads(json.dumps(asdict(hold_out))) == {"share": 0.25, "seed": 3}


def test_hidden_rows_have_no_label_and_nothing_else_changes():
    whole, hold_out = load_dataset("heart"), HoldOut()
    seen, rows = hold_out.hide(whole), hold_out.rows(whole.labels)
    assert seen.table[whole.target].isna().to_numpy().nonzero()[0].tolist() == rows.tolist()
    assert seen.labels.tolist() == np.delete(whole.labels, rows).tolist()
    assert seen.table.drop(columns=whole.target).equals(whole.table.drop(columns=whole.target))
    assert (seen.classes, seen.columns) == (whole.classes, whole.columns)
    assert not whole.table[whole.target].isna().any()


def test_the_rows_are_the_same_for_the_other_class_and_other_roles():
    whole = load_dataset("heart")
    other = replace(whole, positive_class="no", columns=whole.columns[:3])
    assert HoldOut().positions(other).tolist() == HoldOut().positions(whole).tolist()


def test_rows_without_a_label_are_not_held_out_but_counted_in_positions():
    table = task(LABELS).table.copy()
    table.loc[::3, "y"] = None
    gaps = make_task(table, "y", "yes")
    hold_out = HoldOut(0.3)
    known = table["y"].iloc[hold_out.positions(gaps)]
    assert (known == "yes").tolist() == (gaps.labels[hold_out.rows(gaps.labels)] == 1).tolist()
    assert known.notna().all()
    assert len(hold_out.hide(gaps).labels) == len(gaps.labels) - len(known)


@pytest.mark.parametrize(
    ("classes", "positive"),
    [
        ((9, 10), "10"),
        ((0.5, 1.0), "1"),
        ((False, True), "True"),
        (("a", 1), "1"),
        ((" a", "b "), "b"),
    ],
)
@pytest.mark.parametrize("target", ["y", "self", "a b"])
def test_classes_of_any_kind_and_targets_of_any_name_stay_what_they_are(classes, positive, target):
    table = pd.DataFrame({"x": range(60), target: pd.Series([*classes] * 30, dtype=object)})
    table.index = [0] * 60  # labels of rows play no part
    whole = make_task(table, target, positive)
    seen = HoldOut().hide(whole)
    assert set(seen.classes) == set(whole.classes)
    assert len(seen.labels) == 48


def test_what_is_said_of_a_table_does_not_depend_on_hidden_labels():
    whole, hold_out = load_dataset("heart"), HoldOut()
    other = with_labels_exchanged(whole, hold_out)
    for one, two in zip(profile(hold_out.hide(whole)), profile(hold_out.hide(other)), strict=True):
        assert one.distribution.counts.tolist() == two.distribution.counts.tolist()
        assert (one.treatment, one.warning) == (two.treatment, two.warning)
    assert remarks(whole, hold_out) == remarks(other, hold_out)


def test_a_column_that_predicts_the_outcome_is_judged_by_the_rows_that_are_seen():
    rows = HoldOut().rows(LABELS)
    apart = LABELS.astype(float)
    apart[rows] = 1 - apart[rows]
    whole = task(LABELS, clear=apart)
    assert not any("by itself" in said for said in remarks(whole))
    assert any("by itself" in said for said in remarks(whole, HoldOut()))


# Groups


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 60)), min_size=40, max_size=120),
    st.floats(0.1, 0.9),
    st.integers(0, 2**32 - 1),
)
def test_a_group_is_held_out_whole(rows, share, seed):
    labels, groups = (np.array(part) for part in zip(*rows, strict=True))
    try:
        held_out = HoldOut(share, seed).rows(labels, groups)
    except DesignError:
        return
    others = np.delete(np.arange(len(labels)), held_out)
    assert not set(groups[held_out]) & set(groups[others])
    assert held_out.tolist() == sorted(set(held_out.tolist()))
    for side in (held_out, others):
        assert np.bincount(labels[side], minlength=2).min() >= FEWEST_OF_A_CLASS


@given(st.floats(0.1, 0.9), st.integers(0, 2**32 - 1))
def test_groups_of_one_row_change_nothing(share, seed):
    names = np.random.default_rng(seed).permutation(len(LABELS))
    hold_out = HoldOut(share, seed)
    try:
        expected = hold_out.rows(LABELS).tolist()
    except DesignError:
        return
    assert hold_out.rows(LABELS, names).tolist() == expected


def test_the_share_is_met_as_nearly_as_groups_allow():
    groups = np.arange(len(LABELS)) // 3
    for seed in range(20):
        held_out = HoldOut(0.3, seed).rows(LABELS, groups)
        no, yes = np.bincount(LABELS[held_out])
        assert abs(no - 21) <= 2
        assert abs(yes - 9) <= 2


def test_groups_that_cannot_be_divided_are_refused():
    with pytest.raises(DesignError, match="of a class, as whole groups"):
        HoldOut(0.2).rows(LABELS, np.zeros(len(LABELS), dtype=np.int64))


def test_the_column_with_the_role_group_keeps_rows_together():
    patients = [f"p{n // 4}" if n % 10 else None for n in range(len(LABELS))]
    plain = task(LABELS, patient=patients)
    whole = plain.with_columns(replace(plain.column("patient"), role="group"))
    hold_out = HoldOut(0.3, 5)
    hidden = hold_out.hide(whole)
    held_out = hold_out.positions(whole)
    assert hidden.n_unlabelled == len(held_out)
    inside, outside = (
        set(whole.table["patient"].iloc[rows].dropna())
        for rows in (held_out, np.delete(np.arange(len(LABELS)), held_out))
    )
    assert inside
    assert not inside & outside
    assert len(hidden.groups) == len(hidden.labels)
