import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from laat_core.data.reading import LoadedTable
from laat_core.data.roles import MAX_LEVELS, holds_numbers, make_task, suggest_column
from laat_core.data.task import Role
from laat_core.errors import DataError

N = 60
GENERATOR = np.random.default_rng(0)


def column(values, name="c", **options):
    return suggest_column(pd.Series(values, name=name, **options))


@pytest.mark.parametrize(
    "values",
    [
        [1.5, 2, None],
        [0, 1, 1],
        [True, False, None],
        [Decimal("1.5"), Decimal(2), None],
        [2**70, 1, None],
        ["1", "2.5", " 3 ", None],  # numbers that a sheet keeps as text
        [1e300, -1e300, 5e-324],
        [np.inf, 1, 2],
    ],
)
def test_numbers_and_booleans_are_numeric(values):
    assert column(values) == column([1, 2, 2])
    assert column(values).role is Role.NUMERIC


@pytest.mark.parametrize("values", [["a", "b", None, "a"], ["True", "False"], [1, "x", 2.5, "y"]])
def test_text_is_categorical(values):
    assert column(values).role is Role.CATEGORICAL


def test_codes_declared_as_categories_are_categorical():
    values = pd.Series(pd.Categorical([1, 2, 3, 1]), name="c")
    assert suggest_column(values).role is Role.CATEGORICAL
    assert suggest_column(values).note == ""


@pytest.mark.parametrize(
    ("values", "name", "said"),
    [
        ([None, None], "c", "Has no values"),
        (["  ", ""], "c", "Has no values"),
        ([np.nan, np.inf], "c", "Has no values"),
        ([], "c", "Has no values"),
        ([7, 7.0, None], "c", "Constant (7)"),
        (["x", " x "], "c", "Constant (x)"),
        ([True, True], "c", "Constant (True)"),
        ([2, np.inf, 2], "c", "Constant (2)"),
        (range(1, N), "row", "identifier"),
        (reversed(range(1000, 1000 + N)), "c", "identifier"),
        (GENERATOR.permutation(10**6)[:N], "patient_id", "identifier"),
        (GENERATOR.permutation(10**6)[:N], "patientID", "identifier"),
        (GENERATOR.permutation(10**6)[:N].astype(float), "Record No", "identifier"),
        ([f"P{number:03}" for number in range(20)], "c", "identifier or free text (20"),
        ([f"P{number:03}" for number in range(N)], "c", "identifier or free text (60"),
        ([f"w{number % 51}" for number in range(4 * N)], "c", "51 different values, more than 50"),
        (pd.date_range("2020", periods=N), "c", "Holds dates"),
        ([dt.date(2020, 1, 1), dt.date(2021, 1, 1), None], "c", "Holds dates"),
        (["2020-01-01", "2020-02-01 12:30"], "c", "Holds dates"),
        (["01.02.2024", "3/4/24", None], "c", "Holds dates: left out"),
        (["2 Feb 2023", "11 Mar 2023"] * N, "c", "Holds dates: left out"),
        (["Feb 2, 2023", "Mar 11, 2023"] * N, "c", "Holds dates: left out"),
        ([f"{1 + day % 28}-Mar-1980" for day in range(N)], "c", "Holds dates: left out"),
        ([f"2024-{1 + month % 12:02}" for month in range(N)], "c", "Holds dates: left out"),
        ([f"{1 + day % 28}. 2. 2023" for day in range(N)], "c", "Holds dates: left out"),
        (["03/04/2024", "05/06/2024"], "c", "are read day first"),
        (["2024-01-31", "2024-02-01", "unknown"] * 9, "c", "9 other values (such as 'unknown')"),
        (["2024-01-31", "2024-02-01"] * 9 + ["?"], "c", "another value ('?')"),
        ([f"2024-01-{1 + day % 28:02}" for day in range(N)] + ["soon"], "c", "another value"),
        (["08:00", "9:30", "23:59", "unknown"], "c", "Holds times of day or durations"),
        ([f"{1 + n // 60}:{n % 60:02}:00" for n in range(N)], "c", "such as the hour, or"),
        (["8:00 am", "9:30 PM"], "c", "Holds times of day or durations"),
        (["3 days 00:00:00", "1 day, 2:30:00"], "c", "Holds durations"),
        (["P3D", "P1Y2M", "PT12H", "P1DT0.5S"], "c", "Holds durations"),
        (["[1, 2]", "[3]", "[]"], "c", "Holds lists"),
        (['{"a": 1, "b": 2}', "{}"], "c", "such as how many entries each has"),
        ([dt.timedelta(hours=3), None], "c", "such as the length in hours"),
    ],
)
def test_a_column_that_is_ignored_has_a_note_that_says_why(values, name, said):
    suggested = column(list(values), name)
    assert suggested.role is Role.IGNORE
    assert said in suggested.note


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (range(9), "id"),  # too few rows to say
        ([*range(N - 1), 0], "c"),  # not one of its own per row
        ([number + 0.5 for number in range(N)], "row_id"),
        ([number * 1000 for number in range(N)], "income"),
        ([number * 1000 for number in range(N)], "paid"),  # ends like an identifier, but is none
    ],
)
def test_other_numbers_are_no_identifiers(values, name):
    assert column(values, name).role is Role.NUMERIC


@pytest.mark.parametrize(
    "values",
    [
        ["1.2.3", "1.2.4"],
        ["12-34-5678-9", "x"],
        ["5/10", "6/10"],
        ["2024-01-31", "red", "blue"],
        ["2024-99", "2023-44"],
        ["3 days", "4 days"],
        ["1:160", "1:80"],
        ["P", "PT", "P3"],
        ["[70]", "[80]"],
        ["(0, 10]", "(10, 20]"],
        ["[0, 10)", "[10, 20)"],
        ["unknown", "?"],
    ],
)
def test_other_text_is_neither_date_nor_time_nor_list(values):
    assert column(values).role is Role.CATEGORICAL


def test_text_that_is_mostly_numbers_says_how_to_use_them():
    few = column(["1", "2", "2", "none given"])
    assert few.role is Role.CATEGORICAL
    assert few.note == (
        "3 of 4 values are numbers, the others are not (such as 'none given'). "
        "Set the role to numeric to take those as missing."
    )
    many = column([*map(str, range(200)), "unknown"])
    assert many.role is Role.IGNORE
    assert "200 of 201 values are numbers" in many.note


def test_a_category_may_have_as_many_levels_as_the_limit():
    assert column([f"w{number % MAX_LEVELS}" for number in range(4 * N)]).role is Role.CATEGORICAL


def test_lists_are_left_out():
    assert column([[1], [2], [1]]).role is Role.IGNORE


def test_holds_numbers():
    assert holds_numbers(pd.Series([True, None]))
    assert not holds_numbers(pd.Series(["1", "2"]))


# make_task


def table(target, **columns):
    return pd.DataFrame({"x": range(len(target)), **columns, "y": target})


def test_every_column_but_the_target_gets_a_role():
    task = make_task(table([0, 1, 0], text=["a", "b", "a"]), "y", 1, description="Predict.")
    assert [(c.name, c.role) for c in task.columns] == [
        ("x", Role.NUMERIC),
        ("text", Role.CATEGORICAL),
    ]
    assert (task.description, task.name) == ("Predict.", "table")


@pytest.mark.parametrize(
    ("target", "positive", "labels"),
    [
        ([0, 1], 1, [0, 1]),
        ([0, 1], "1", [0, 1]),
        ([0, 1], 1.0, [0, 1]),
        ([0.0, 1.0, None], 1, [0, 1]),
        ([0.0, 1.0], np.int8(0), [1, 0]),
        ([True, False, None], True, [1, 0]),
        ([True, False], np.True_, [1, 0]),
        ([True, False], "True", [1, 0]),
        (["no", " yes", "yes "], "yes", [0, 1, 1]),
        (["no", "yes", "", " "], " yes ", [0, 1]),
        ([1, "1", 2.0, "2"], 2, [0, 0, 1, 1]),
        (pd.Categorical(["b", "a", None]), "b", [1, 0]),
    ],
)
def test_the_positive_class_may_be_given_as_number_or_text(target, positive, labels):
    assert make_task(table(target), "y", positive).labels.tolist() == labels


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ([None, None], "has no values at all"),
        (["yes", "yes"], r"has one class only \(yes\)"),
        (["a", "b", "c"], r"has 3 classes \(a, b, c\); two are needed"),
        (np.linspace(0, 1, 9), r"has 9 classes \(0, 0.125, 0.25, 0.375, 0.5, …\)"),
    ],
)
def test_a_target_without_two_classes_is_refused(target, said):
    with pytest.raises(DataError, match=said):
        make_task(table(target), "y", 1)


def test_absent_target_and_class_are_named():
    with pytest.raises(DataError, match=r"no column 'z'. Choose the target among: x, y"):
        make_task(table([0, 1]), "z", 1)
    with pytest.raises(DataError, match=r"no class '2'. Choose the positive class among: 0, 1"):
        make_task(table([0, 1]), "y", 2)


def test_a_message_does_not_list_thousands_of_columns():
    wide = pd.DataFrame(np.zeros((2, 3000)), columns=[f"c{i}" for i in range(3000)])
    with pytest.raises(DataError) as caught:
        make_task(wide, "y", 1)
    assert "and 2980 more" in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["a", "a", "y"], "stand more than once: a"),
        ([0, 1, "y"], "not text: 0, 1"),
        (pd.MultiIndex.from_tuples([("a", "b"), ("a", "c"), ("y", "")]), "not text: .'a', 'b'."),
    ],
)
def test_column_names_must_be_text_and_each_its_own(columns, said):
    with pytest.raises(DataError, match=said):
        make_task(pd.DataFrame([[1, 2, 0], [1, 2, 1]], columns=columns), "y", 1)


def test_notes_and_units_of_a_loaded_table_are_carried_over():
    loaded = LoadedTable(
        table(["no", "yes", "no"], w=[70, 81, 81]),
        notes=("A title was left out.",),
        units={"w": "kg"},
        column_notes={"w": "'70 kg' is read as 70, in kg.", "y": "Levels differ only in case."},
    )
    task = make_task(loaded, "y", "yes")
    assert task.notes == ("A title was left out.", "'y': Levels differ only in case.")
    weight = task.column("w")
    assert (weight.unit, weight.reading) == ("kg", "'70 kg' is read as 70, in kg.")
    assert weight.note == ""
    assert task.table is loaded.frame
