from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import Cleaning, Design, Experiment, HoldOut, ImportanceScores, Recipe, Role
from laat_core.data.conditions import Condition
from laat_core.data.encoding import TableEncoder, features_of
from laat_core.data.profile import profile
from laat_core.data.roles import make_task
from laat_core.data.text import as_numbers, level_text, sorted_levels
from laat_core.errors import DataError
from laat_core.evaluate.case_values import case_of_row, encode_case, typical_case
from laat_core.evaluate.curves.plan import Plan
from laat_core.evaluate.groups import group_rows

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from(
        [-9.0, 0.1 + 0.2, 2.5, float("inf"), Decimal("1.5"), " x", "X", "ä", "a\u0308"]
    ),
)
LEVELS = st.sampled_from(["0", "1", "-9", "0.3", "x", "X", "True", "\u00e4", "other", "inf"])
CLEANINGS = st.builds(
    lambda codes, steps: _stepped(Cleaning(tuple(codes)), steps),
    st.lists(LEVELS, max_size=3),
    st.lists(st.tuples(st.lists(LEVELS, min_size=1, max_size=3), LEVELS), max_size=3),
)


def _stepped(cleaning, steps):
    for levels, into in steps:
        cleaning = cleaning.with_merged(levels, into)
    return cleaning


def series(*cells, dtype=object):
    return pd.Series(list(cells), name="c", dtype=dtype)


# One column


@pytest.mark.parametrize(
    ("values", "codes", "left"),
    [
        (series(0, 148, 85, dtype="int64"), ["0"], [148, 85]),
        (series(-9.0, 1.5, np.nan, dtype="float64"), ["-9"], [1.5]),
        (series(0.1 + 0.2, 1.0, dtype="float64"), ["0.3"], [1.0]),
        (series(0.30000001, 1.0, dtype="float64"), ["0.3"], [0.30000001, 1.0]),
        (series(2**60 + 1, -9, dtype="int64"), ["-9"], [2**60 + 1]),
        (series(255, 1, dtype="uint8"), ["255"], [1]),
        (series("n/k", " n/k ", "5", dtype="str"), ["n/k"], ["5"]),
        (series("N/K", "n/k"), ["n/k"], ["N/K"]),
        (series(1, ".", None), ["."], [1]),
        (series("\u22129", "4"), ["-9"], ["4"]),
        (series(True, False, dtype="bool"), ["False"], [True]),
        (pd.Series(pd.Categorical(["a", "?", "b"])), ["?"], ["a", "b"]),
        (pd.Series(pd.array([1, None, 9], dtype="Int64")), ["9"], [1]),
        (pd.Series(pd.to_datetime(["1900-01-01", "2020-02-03"])), ["1900-01-01 00:00:00"], None),
        (series([1], [2]), ["[2]"], [[1]]),
        (series("099", "99"), ["99"], ["099"]),
    ],
)
def test_codes_leave_gaps_and_other_values_as_they_are(values, codes, left):
    cleaned = Cleaning(tuple(codes)).apply(values)
    assert len(cleaned) == len(values)
    assert cleaned.name == values.name
    assert cleaned.dropna().tolist() == (left or [pd.Timestamp(2020, 2, 3)])


@pytest.mark.parametrize("values", [series(0, 1, 2), series(0, 1, 2, dtype="int8")])
def test_codes_may_be_given_as_numbers(values):
    assert sorted_levels(Cleaning((0, 1.0)).apply(values)) == ["2"]


def test_merged_levels_become_the_very_value_they_are_merged_into():
    numbers = series(1, 10, 2, 3, None, dtype="float64")
    merged = Cleaning(merged={"3": "2"}).apply(numbers)
    assert merged.dtype == np.float64
    assert sorted_levels(merged) == ["1", "2", "10"]
    mixed = Cleaning(merged={"3": "more", "10": "more"}).apply(numbers)
    assert sorted_levels(mixed) == ["1", "2", "more"]
    text = Cleaning(merged={"bonn": "Bonn"}).apply(series("Bonn ", "bonn", None, dtype="str"))
    assert sorted_levels(text) == ["Bonn"]
    assert text.isna().tolist() == [False, False, True]


def test_the_column_itself_stays_as_it_was():
    values = series("a", "b", 0)
    before = values.copy()
    Cleaning(("0",), {"a": "b"}).apply(values)
    pd.testing.assert_series_equal(values, before)
    assert Cleaning().apply(values) is values


def test_a_level_merged_into_a_code_is_missing():
    cleaned = Cleaning(("unknown",), {"n/k": "unknown", "b": "a"}).apply(series("n/k", "b", "a"))
    assert sorted_levels(cleaned) == ["a"]
    assert Cleaning(("b",), {"b": "a"}).level("b") is None


def test_merges_that_follow_each_other_end_at_the_last_one():
    assert Cleaning(merged={"a": "b", "b": "c", "c": "c"}).merged == {"a": "c", "b": "c"}
    back = Cleaning().with_merged(["a"], "b").with_merged(["b"], "a")
    assert back.merged == {"b": "a"}
    assert back.without_merged("a") == Cleaning()


def test_codes_are_taken_back():
    cleaning = Cleaning(("0", "-9")).with_missing("x", "0")
    assert cleaning.missing_codes == ("0", "-9", "x")
    assert cleaning.without_missing("\u22129", "x").missing_codes == ("0",)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"missing_codes": "-9"}, "give a list"),
        ({"missing_codes": (" ",)}, "empty"),
        ({"merged": {"a": ""}}, "empty"),
        ({"merged": {"a": "b", "b": "a"}}, "in a circle: a, b, a"),
    ],
)
def test_what_declares_nothing_clear_is_refused(parts, said):
    with pytest.raises(DataError, match=said):
        Cleaning(**parts)


@given(CLEANINGS, st.lists(CELLS, max_size=8))
def test_twice_is_once(cleaning, cells):
    once = cleaning.apply(series(*cells))
    pd.testing.assert_series_equal(cleaning.apply(once), once)
    assert Cleaning(cleaning.missing_codes, cleaning.merged) == cleaning


@given(CLEANINGS, st.lists(CELLS, max_size=8))
def test_every_cell_counts_as_its_level_says(cleaning, cells):
    values = series(*cells)
    expected = [
        None if pd.isna(text) else cleaning.level(text) for text in level_text(values).tolist()
    ]
    found = level_text(cleaning.apply(values)).tolist()
    # Where nothing is declared, text stays as the column has it.
    same = [Cleaning().level(text) if isinstance(text, str) else None for text in found]
    assert same == expected


@given(CLEANINGS, st.lists(st.sampled_from([-9.0, 0.0, 0.3, 1.0, np.nan, np.inf]), max_size=8))
def test_numbers_are_cleaned_as_their_texts_are(cleaning, cells):
    numbers = cleaning.apply(series(*cells, dtype="float64"))
    texts = cleaning.apply(series(*cells))
    assert sorted_levels(numbers) == sorted_levels(texts)
    pd.testing.assert_series_equal(as_numbers(numbers), as_numbers(texts))


# A task


def table(rows=60):
    generator = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "x": generator.choice([-9, 0, 3, 4, 5, 6, 7], rows),
            "w": generator.normal(size=rows),
            "c": generator.choice(["a", "b", "B", "?", "rare"], rows),
            "y": generator.choice([0, 1, 9], rows, p=[0.45, 0.45, 0.1]),
        }
    )


def emptied(frame):
    """The same rows with empty cells where codes stand, and one text where levels are merged."""
    return frame.assign(
        x=frame["x"].where(~frame["x"].isin([-9, 0])),
        c=frame["c"].replace({"B": "b", "rare": "other"}).where(frame["c"] != "?"),
        y=frame["y"].where(frame["y"] != 9),
    )


def declared(frame):
    task = make_task(frame, "y", 1, target_cleaning=Cleaning(("9",)))
    return task.with_columns(
        replace(task.column("x"), cleaning=Cleaning(("-9", "0"))),
        replace(task.column("c"), cleaning=Cleaning(("?",), {"B": "b", "rare": "other"})),
    )


@pytest.fixture(params=[False, True], ids=["gaps filled", "gaps as a feature"])
def both(request):
    """A task with declared codes and merges, and one whose table was written so."""
    found = [declared(table()), make_task(emptied(table()), "y", 1)]
    return [replace(task, missing_as_feature=request.param) for task in found]


def test_a_task_without_a_cleaning_is_its_table():
    task = make_task(table().query("y < 2"), "y", 1)
    assert task.cleaned is task.table


def test_the_table_stays_as_it_was_read():
    task = declared(table())
    pd.testing.assert_frame_equal(task.table, table())
    assert task.classes == ("0", "1")
    assert task.n_unlabelled == (table()["y"] == 9).sum()


def test_features_rows_and_labels_are_those_of_empty_cells(both):
    task, written = both
    assert features_of(task) == features_of(written)
    np.testing.assert_array_equal(task.labels, written.labels)
    encoded = [
        TableEncoder(one.columns, missing_as_feature=one.missing_as_feature)
        .fit(rows)
        .transform(rows)
        for one, rows in ((task, task.table), (task, task.cleaned), (written, written.table))
    ]
    pd.testing.assert_frame_equal(encoded[0], encoded[2])
    pd.testing.assert_frame_equal(encoded[1], encoded[2])


def test_profiles_are_those_of_empty_cells(both):
    for found, expected in zip(*map(profile, both), strict=True):
        assert (found.n_missing, found.n_distinct) == (expected.n_missing, expected.n_distinct)
        np.testing.assert_array_equal(found.distribution.bins, expected.distribution.bins)
        np.testing.assert_array_equal(found.distribution.counts, expected.distribution.counts)


@pytest.mark.parametrize(
    "condition",
    [
        Condition("x", "under", 3.5),
        Condition("x", "is missing"),
        Condition("x", "is", "0"),
        Condition("c", "is", "b"),
        Condition("c", "is not", "other"),
        Condition("c", "is missing"),
    ],
)
def test_conditions_are_met_as_by_empty_cells(both, condition):
    task, written = both
    np.testing.assert_array_equal(condition.rows(task), condition.rows(written))


@pytest.mark.parametrize("column", ["x", "c"])
def test_groups_are_those_of_empty_cells(both, column):
    found, expected = (group_rows(task, column) for task in both)
    assert found.names == expected.names
    np.testing.assert_array_equal(found.codes, expected.codes)


def test_cases_are_those_of_empty_cells(both):
    task, written = both
    assert typical_case(task) == typical_case(written)
    for position in range(len(task.table)):
        assert case_of_row(task, position) == case_of_row(written, position)
    design = Design(shots=3, n_splits=2)
    first, second = (Experiment(one, design, Recipe(max_epochs=2)) for one in both)
    for typed, meant in [
        ({"x": 0, "c": "?"}, {}),
        ({"x": "-9"}, {"x": None}),
        ({"c": "B"}, {"c": "b"}),
        ({"c": "rare", "x": 4}, {"c": "other", "x": 4}),
    ]:
        (found, said), (expected, meant_said) = (
            encode_case(first, typed),
            encode_case(second, meant),
        )
        np.testing.assert_array_equal(found, expected)
        assert said == meant_said


def test_held_out_rows_are_those_of_empty_cells(both):
    task, written = both
    hold_out = HoldOut(0.3, 1)
    np.testing.assert_array_equal(hold_out.positions(task), hold_out.positions(written))
    np.testing.assert_array_equal(hold_out.hide(task).labels, hold_out.hide(written).labels)
    assert hold_out.hide(task).classes == ("0", "1")
    assert features_of(hold_out.hide(task)) == features_of(written)


def test_models_are_those_of_empty_cells(both):
    found = []
    for task in both:
        experiment = Experiment(task, Design(shots=5, n_splits=3), Recipe(max_epochs=5), HoldOut())
        names = [feature.name for feature in experiment.encoder.features_]
        scores = ImportanceScores.from_mapping(dict.fromkeys(names, 3.0))
        found.append((experiment, experiment.compare(scores, 10.0)))
    (one, first), (other, second) = found
    np.testing.assert_array_equal(first.laat.auc, second.laat.auc)
    np.testing.assert_array_equal(first.laat.attributions, second.laat.attributions)
    np.testing.assert_array_equal(one.evidence.correlation, other.evidence.correlation)


def test_a_plan_for_other_processes_takes_the_cleaning_along(both):
    task, written = (Plan(one, Design(shots=3, n_splits=2), Recipe()).task for one in both)
    np.testing.assert_array_equal(task.labels, written.labels)
    assert features_of(task) == features_of(written)


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2.5, -9]),
            st.sampled_from(["a", "b", "?", " a"]),
            st.sampled_from(["no", "NO", "yes", "."]),
        ),
        min_size=1,
    )
)
def test_any_coded_table_is_seen_as_one_with_empty_cells(rows):
    frame = pd.DataFrame(
        [*rows, (1, "a", "no"), (2.5, "b", "yes"), (1, "a", "no")], columns=["x", "c", "y"]
    )
    task = make_task(frame, "y", "yes", target_cleaning=Cleaning((".",), {"NO": "no"}))
    columns = {
        "x": replace(task.column("x"), role=Role.NUMERIC, cleaning=Cleaning((-9,))),
        "c": replace(task.column("c"), role=Role.CATEGORICAL, cleaning=Cleaning(("?",))),
    }
    task = task.with_columns(*columns.values())
    written = frame.assign(
        x=frame["x"].where(frame["x"] != -9),
        c=frame["c"].where(frame["c"] != "?"),
        y=frame["y"].replace("NO", "no").where(frame["y"] != "."),
    )
    other = make_task(written, "y", "yes").with_columns(
        *(replace(column, cleaning=Cleaning()) for column in columns.values())
    )
    np.testing.assert_array_equal(task.labels, other.labels)
    encoders = [TableEncoder(one.columns).fit(one.labelled) for one in (task, other)]
    pd.testing.assert_frame_equal(
        encoders[0].transform(task.labelled), encoders[1].transform(other.labelled)
    )
