import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.data.cleaning import Cleaning
from laat_core.data.encoding import TableEncoder
from laat_core.data.profile import MAX_BINS, profile, remarks
from laat_core.data.roles import MAX_LEVELS, make_task
from laat_core.data.task import Column, Role
from laat_core.datasets import dataset_names, load_dataset


def one(values, role=None, target=None, **options):
    """Profile of one column; the classes of the rows take turns."""
    target = target or [number % 2 for number in range(len(values))]
    table = pd.DataFrame({"c": values, "x": range(len(target)), "y": target})
    task = replace(make_task(table, "y", 1), **options)
    if role is not None:
        task = task.with_columns(replace(task.column("c"), role=role))
    return profile(task)[0]


def test_a_numeric_column():
    found = one([0.0, 1.0, 2.0, 3.0, 4.0, None])
    assert (found.name, found.role) == ("c", Role.NUMERIC)
    assert (found.n_missing, found.missing_share, found.n_distinct) == (1, 1 / 6, 5)
    assert found.distribution.numeric
    np.testing.assert_allclose(found.distribution.bins, [0, 0.8, 1.6, 2.4, 3.2, 4])
    assert found.distribution.counts.tolist() == [[1, 0, 1, 0, 1], [0, 1, 0, 1, 0]]
    assert found.treatment == "1 missing: filled with the median, 2"


def test_a_categorical_column():
    found = one(["b", "a", "c", "a", None, " b"])
    assert found.role is Role.CATEGORICAL
    assert (found.n_missing, found.missing_share, found.n_distinct) == (1, 1 / 6, 3)
    assert not found.distribution.numeric
    assert found.distribution.bins == ("a", "b", "c")
    assert found.distribution.counts.tolist() == [[0, 1, 1], [2, 1, 0]]
    assert found.treatment == "1 missing: all indicators 0"


@pytest.mark.parametrize(
    ("values", "treatment"),
    [
        (["a", "b", "a", "b"], ""),
        (["a", "b", None, " "], "2 missing: own category, c = missing"),
        (["a", "b", None, "a"], "1 missing: own category, c = missing"),
        ([1, 2, None, None], "2 missing: filled with the median, 1.5"),
    ],
)
def test_missing_categories_as_a_feature(values, treatment):
    assert one(values, missing_as_feature=True).treatment == treatment


@pytest.mark.parametrize(
    ("values", "n_missing", "treatment"),
    [
        (
            ["1", "x", "y", "5", None],
            3,
            "3 missing: filled with the median, 3; 2 are no numbers (such as 'x')",
        ),
        (
            [1.0, np.inf, 2.0, 6.0],
            1,
            "1 missing: filled with the median, 2; 1 is no number (such as 'inf')",
        ),
        (
            ["a", "b", None, " "],
            4,
            "4 missing: there is no number to fill them with; 2 are no numbers (such as 'a')",
        ),
    ],
)
def test_what_is_no_number_counts_as_missing(values, n_missing, treatment):
    found = one(values, Role.NUMERIC)
    assert (found.n_missing, found.treatment) == (n_missing, treatment)


def test_nothing_is_done_with_a_column_that_is_left_out():
    found = one([1, None, 3, 4], Role.IGNORE)
    assert found.n_missing == 1
    assert found.distribution.numeric
    assert found.treatment == ""


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([7, 7, None], [6.5, 7.5]),
        ([1e300, 1e300, 1e300], [1e300 - 1e294, 1e300 + 1e294]),
        ([1.7976931348623157e308] * 3, [1.7976931348623157e308 * (1 - 1e-6), np.finfo(float).max]),
        ([True, False, True], [0, 0.5, 1]),
        ([-1.7e308, 0, 1.7e308], [-1.7e308, -1.7e308 / 3, 1.7e308 / 3, 1.7e308]),
    ],
)
def test_bins_of_constant_and_extreme_numbers(values, edges):
    distribution = one(values).distribution
    np.testing.assert_allclose(distribution.bins, edges, rtol=1e-12)
    assert distribution.counts.sum() == 3 - values.count(None)


def test_a_column_without_values_has_no_bins():
    for role in (Role.NUMERIC, Role.CATEGORICAL, Role.IGNORE):
        found = one([None, None, None], role)
        assert (found.n_missing, found.n_distinct) == (3, 0)
        assert found.distribution.counts.shape == (2, 0)


def test_of_too_many_levels_the_most_frequent_are_shown():
    values = [f"w{number}" for number in range(60) for _ in range(1 + (number == 41))]
    distribution = one(values, Role.CATEGORICAL).distribution
    assert len(distribution.bins) == MAX_LEVELS
    assert distribution.bins[:3] == ("w41", "w0", "w1")
    assert distribution.counts.sum(axis=0)[:2].tolist() == [2, 1]


def test_shares_are_of_all_rows_also_where_not_every_level_is_shown():
    values = ["a"] * 40 + [f"w{number}" for number in range(60)]
    target = [0] * 30 + [1] * 70
    distribution = one(values, Role.CATEGORICAL, target).distribution
    negative, positive = distribution.shares
    assert distribution.bins[0] == "a"
    assert (negative[0], positive[0]) == (1.0, 10 / 70)
    assert distribution.not_shown.tolist() == [0, 11]
    np.testing.assert_allclose(distribution.shares.sum(axis=1), [1, 59 / 70])


def test_cells_with_a_missing_code_are_counted_and_named():
    table = pd.DataFrame({"x": [0, 0, 5, 7, None], "y": [0, 1, 0, 1, 1]})
    task = make_task(table, "y", 1)
    task = task.with_columns(replace(task.column("x"), cleaning=Cleaning(("0",))))
    assert profile(task)[0].treatment == (
        "3 missing (1 empty, 2 written as 0): filled with the median, 6"
    )


def test_remarks_name_what_was_declared_of_columns_and_target():
    table = pd.DataFrame({"c": ["a", "A", "b", "A"], "y": ["no", "NO", "yes", "."]})
    task = make_task(table, "y", "yes", target_cleaning=Cleaning((".",), {"NO": "no"}))
    task = task.with_columns(replace(task.column("c"), cleaning=Cleaning(merged={"A": "a"})))
    assert remarks(task) == [
        "Rows without a value in 'y', neither trained on nor tested: 1 (1 written as .).",
        "'y': Counted as no: NO (1 row)",
        "'c': Counted as a: A (2 rows)",
    ]


def test_rows_without_a_target_count_as_values_but_in_no_class():
    found = one([1, 2, 3, 1000, None], target=[0, 1, 0, None, None])
    assert (found.n_missing, found.n_distinct) == (1, 4)
    assert "median, 2.5" in found.treatment
    assert found.distribution.bins[-1] == 3
    assert found.distribution.counts.sum() == 3


@given(
    st.lists(st.one_of(st.none(), st.floats(), st.sampled_from([0, 1, 1e308])), min_size=2),
)
def test_every_finite_number_is_in_one_bin_of_equal_width(values):
    found = one(values, Role.NUMERIC)
    finite = np.array([v for v in values if v is not None and np.isfinite(v)])
    edges, counts = found.distribution.bins, found.distribution.counts
    assert counts.sum() == len(finite) == len(values) - found.n_missing
    assert found.n_distinct == len(set(finite))
    assert counts.shape[1] <= MAX_BINS
    if len(finite):
        assert np.isfinite(edges).all()
        assert len(edges) == counts.shape[1] + 1
        assert edges[0] <= finite.min()
        assert finite.max() <= edges[-1]
        assert (np.diff(edges / 2) >= 0).all()


@given(st.lists(st.integers(-(10**6), 10**6), min_size=2))
def test_counts_equal_those_of_numpy(values):
    distribution = one(values, Role.NUMERIC).distribution
    for label in (0, 1):
        expected, _ = np.histogram(values[label::2], distribution.bins)
        # A number on an edge that is no binary fraction may fall to either side.
        assert abs(distribution.counts[label] - expected).sum() <= 2


@pytest.mark.slow
@pytest.mark.parametrize("name", dataset_names())
def test_profiles_of_the_bundled_tables_agree_with_the_encoder(name):
    task = load_dataset(name)
    encoder = TableEncoder(task.columns).fit(task.labelled)
    encoded = encoder.transform(task.labelled)
    for found in profile(task):
        negative, positive = found.distribution.counts.sum(axis=1)
        known = (task.labels == 0).sum(), (task.labels == 1).sum()
        assert negative + positive + found.n_missing == len(task.labels)
        assert negative <= known[0]
        assert positive <= known[1]
        if found.role is Role.CATEGORICAL and found.n_distinct > 2:
            flags = encoded[[f"{found.name} = {level}" for level in found.distribution.bins]]
            for label in (0, 1):
                assert (
                    flags[task.labels == label].sum().tolist()
                    == found.distribution.counts[label].tolist()
                )


def test_the_missing_values_of_heart():
    found = {p.name: p.treatment for p in profile(load_dataset("heart")) if p.treatment}
    assert found == {
        "vessels_colored": "4 missing: filled with the median, 0",
        "thallium_scan": "2 missing: all indicators 0",
    }


@pytest.mark.slow
def test_large_and_wide_tables_are_quick():
    adult = load_dataset("adult")
    generator = np.random.default_rng(0)
    wide = pd.DataFrame(
        {
            f"c{i}": generator.normal(size=1000) if i % 2 else generator.choice(list("abc"), 1000)
            for i in range(2000)
        }
    )
    task = make_task(wide.assign(y=generator.integers(0, 2, 1000)), "y", 1)
    for table, seconds in ((adult, 0.5), (task, 5)):
        started = time.process_time()
        profile(table)
        assert time.process_time() - started < seconds


@pytest.mark.parametrize(
    ("values", "role", "apart"),
    [
        (range(40), Role.NUMERIC, True),
        ([0, 39, *range(1, 38), 38.5], Role.NUMERIC, False),
        (["a"] * 10 + ["b"] * 10 + ["c"] * 20, Role.CATEGORICAL, True),
        (["a"] * 21 + ["b"] * 19, Role.CATEGORICAL, False),
        (range(40), Role.IGNORE, False),
    ],
)
def test_a_column_that_predicts_the_outcome_by_itself_has_a_warning(values, role, apart):
    found = one(list(values), role, target=[0] * 20 + [1] * 20)
    assert found.warning.startswith("Predicts the outcome by itself") == apart


# Ordered, date and group columns


def described(values, **column):
    table = pd.DataFrame({"c": values, "x": range(len(values)), "y": ([0, 1] * 9)[: len(values)]})
    task = make_task(table, "y", 1).with_columns(Column("c", **column))
    return profile(task)[0], remarks(task)


def test_an_ordered_column_is_shown_in_its_order():
    values = ["low", "high", "mid", "high", None, "odd"]
    found, said = described(values, role="ordered", order=("low", "mid", "high"))
    assert found.distribution.bins == ("low", "mid", "high")
    assert found.distribution.counts.tolist() == [[1, 1, 0], [0, 0, 2]]
    assert (found.n_missing, found.n_distinct) == (2, 3)
    assert found.treatment == (
        "2 missing: filled with the median level, between mid and high; 1 has no place in the "
        "order (such as 'odd')"
    )
    assert f"'c': {found.treatment}" in said


def test_a_date_column_is_shown_in_years():
    values = ["2010-01-01", "2000-01-01", None, "1990-01-01", "soon", "2010-01-01"]
    found, _ = described(values, role="date", reference="2010-01-01")
    assert found.distribution.numeric
    np.testing.assert_allclose(found.distribution.bins[[0, -1]], [0, 7305 / 365.25])
    assert found.n_missing == 2
    assert found.treatment == (
        "2 missing: filled with the median, 5 years; 1 is no date (such as 'soon')"
    )


@pytest.mark.parametrize(
    ("column", "treatment"),
    [
        ({"role": "ordered"}, "none of its levels has a place in the order"),
        ({"role": "date"}, "there is no reference date to count years to"),
        ({"role": "date", "reference": "2020-01-01"}, "there is no date to fill them with"),
    ],
)
def test_a_column_that_lacks_what_its_role_needs_has_a_profile(column, treatment):
    found, _ = described(["low", "high"] * 6, **column)
    assert found.n_missing == 12
    assert treatment in found.treatment


def test_an_ordered_column_that_tells_the_classes_apart_is_pointed_out():
    found, _ = described(["low", "high"] * 6, role="ordered", order=("low", "high"))
    assert "Predicts the outcome by itself" in found.warning


def test_a_group_column_says_what_it_does():
    found, said = described([1, 1, 2, 2, 3, None], role="group")
    assert (found.treatment, found.warning) == ("", "")
    assert any("'c': Rows with the same value stay on one side of every split" in s for s in said)
