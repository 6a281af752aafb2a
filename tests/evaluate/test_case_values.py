import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import (
    PROTOCOLS,
    Column,
    DataError,
    Design,
    Experiment,
    Role,
    dataset_names,
    load_dataset,
)
from laat_core.data.task import Task
from laat_core.evaluate.case_values import case_of_row, encode_case, typical_case

COLUMNS = (
    Column("age", Role.NUMERIC),
    Column("weight", Role.NUMERIC),
    Column("sex", Role.CATEGORICAL),
    Column("stage", Role.CATEGORICAL),
    Column("note", Role.IGNORE),
)
CASE = {"age": 40, "weight": 70.5, "sex": "male", "stage": "2"}


def task_of(missing_as_feature=False):
    table = pd.DataFrame(
        {
            "age": ["20", "40", "old", None, "60", "30"] * 4,
            "weight": [50.5, 60.0, 70.0, np.nan, 80.0, 70.0] * 4,
            "sex": ["female", "male", "male", None, "female", "male"] * 4,
            "stage": [1, 2, 3, 3, 3, 2] * 4,
            "note": ["a", "b", "c", "d", "e", "f"] * 4,
            "ill": ["yes", "no", "yes", "no", "yes", None] * 4,
        }
    )
    return Task(table, "ill", "yes", COLUMNS, missing_as_feature=missing_as_feature)


def experiment_of(task, protocol="default"):
    return Experiment(task, Design(shots=2, n_splits=2), PROTOCOLS[protocol])


@pytest.fixture(scope="module")
def experiment():
    return experiment_of(task_of())


def test_a_typical_case_has_medians_and_most_frequent_levels():
    assert typical_case(task_of()) == {"age": 35, "weight": 70, "sex": "male", "stage": "3"}


def test_a_row_is_given_as_numbers_texts_and_gaps():
    task = task_of()
    assert case_of_row(task, 0) == {"age": 20, "weight": 50.5, "sex": "female", "stage": "1"}
    assert case_of_row(task, 2)["age"] is None
    gaps = {"age": None, "weight": None, "sex": None, "stage": "3"}
    assert case_of_row(task, np.int64(3)) == gaps
    assert case_of_row(task, 23)["weight"] == 70


@pytest.mark.parametrize("position", [-1, 24, 1.5, "0", None, True])
def test_a_row_that_is_not_there_is_refused(position):
    with pytest.raises(DataError, match="a whole number from 0 to 23"):
        case_of_row(task_of(), position)


@pytest.mark.slow
@pytest.mark.parametrize("name", dataset_names())
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_row_is_encoded_as_in_its_table_also_after_json(name, protocol):
    task = load_dataset(name)
    experiment = Experiment(task, Design(n_splits=1), PROTOCOLS[protocol])
    for position in (0, 1, len(task.table) // 2, len(task.table) - 1):
        case = json.loads(json.dumps(case_of_row(task, position), allow_nan=False))
        encoded, _ = encode_case(experiment, case)
        expected = experiment.encoder.transform(task.table.iloc[[position]])
        np.testing.assert_array_equal(encoded, expected)
    _, remarks = encode_case(experiment, json.loads(json.dumps(typical_case(task))))
    assert remarks == ()


@pytest.mark.parametrize("missing_as_feature", [False, True])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_gaps_are_encoded_as_in_the_table(missing_as_feature, protocol):
    task = task_of(missing_as_feature)
    experiment = experiment_of(task, protocol)
    for position in range(6):
        encoded, _ = encode_case(experiment, case_of_row(task, position))
        expected = experiment.encoder.transform(task.table.iloc[[position]])
        np.testing.assert_array_equal(encoded, expected)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT, "", "  ", Decimal("NaN")])
def test_what_is_missing_is_filled_and_said(experiment, missing):
    encoded, remarks = encode_case(experiment, dict.fromkeys(CASE, missing))
    assert encoded.tolist() == [[35, 70, 0, 0, 0, 0]]
    assert remarks == (
        "'age' is missing: the median of the table, 35, is taken.",
        "'weight' is missing: the median of the table, 70, is taken.",
        "'sex' is missing: none of its flags is set, as for 'female'.",
        "'stage' is missing: none of its flags is set.",
    )
    assert encode_case(experiment, {})[1] == remarks


def test_a_missing_category_with_a_flag_of_its_own_needs_no_remark():
    experiment = experiment_of(task_of(missing_as_feature=True))
    encoded, remarks = encode_case(experiment, CASE | {"sex": None})
    names = [feature.name for feature in experiment.encoder.features_]
    assert encoded[0, names.index("sex = missing")] == 1
    assert remarks == ()


def test_levels_are_known_however_they_are_written(experiment):
    for stage in ("2", 2, 2.0, " 2 ", np.int64(2), Decimal(2)):
        encoded, remarks = encode_case(experiment, CASE | {"stage": stage})
        assert encoded[0, 3:].tolist() == [0, 1, 0]
        assert remarks == ()
    assert encode_case(experiment, CASE | {"sex": "female"})[1] == ()


def test_an_unknown_level_sets_no_flag_and_is_said(experiment):
    encoded, remarks = encode_case(experiment, CASE | {"sex": "Male", "stage": 2.5})
    assert encoded.tolist() == [[40, 70.5, 0, 0, 0, 0]]
    assert remarks == (
        "'sex' has no value 'Male' in the table: none of its flags is set, as for 'female'.",
        "'stage' has no value '2.5' in the table: none of its flags is set.",
    )
    (remark,) = encode_case(experiment, CASE | {"stage": "x" * 10_000})[1]
    assert len(remark) < 120
    (remark,) = encode_case(experiment_of(task_of(), "paper"), CASE | {"sex": "Male"})[1]
    assert remark.endswith("none of its flags is set.")


def test_a_value_beyond_those_of_the_table_is_said(experiment):
    encoded, remarks = encode_case(experiment, CASE | {"age": "400", "weight": 50})
    assert encoded[0, :2].tolist() == [400, 50]
    assert remarks == (
        "'age' is 400; the table has 20 to 60.",
        "'weight' is 50; the table has 50.5 to 80.",
    )


def test_ignored_columns_have_no_effect(experiment):
    one, other = (encode_case(experiment, CASE | extra) for extra in ({}, {"note": ["any"]}))
    np.testing.assert_array_equal(one[0], other[0])
    assert one[1] == other[1] == ()


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"height": 3}, "No column 'height' in the table. There are: 'age', 'weight', 'sex'"),
        ({"ill": "yes"}, "No column 'ill'"),
        ({7: 3}, "No column 7 "),
        ({"age": "old"}, "'age' is 'old'; it must be a number, or empty"),
        ({"age": "1,5"}, "'age' is '1,5'; it must be a number"),
        ({"age": np.inf}, "'age' is inf; it must be a number"),
        ({"age": "1e999"}, "'age' is '1e999'; it must be a number"),
        ({"age": 10**400}, "'age' is 1000.*; it must be a number"),
        ({"age": 1 + 2j}, "'age' is .*; it must be a number"),
        ({"age": pd.Timestamp("2020-01-01")}, "'age' is Timestamp.*; it must be a number"),
        ({"age": 10**5000}, "'age' cannot be read"),
        ({"sex": 10**5000}, "'sex' cannot be read"),
        ({"age": [1]}, r"'age' is \[1\]; give a single value"),
        ({"sex": {"a": 1}}, "'sex' is {'a': 1}; give a single value"),
        ({"sex": np.array([1, 2])}, "give a single value"),
        (None, "A row is None; give its values by column"),
        ([1, 2], "A row is .*; give its values by column"),
    ],
)
def test_what_cannot_be_used_is_refused_with_one_sentence(experiment, case, said):
    with pytest.raises(DataError, match=said):
        encode_case(experiment, case)


ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.decimals(allow_nan=True),
    st.fractions(),
    st.dates(),
    st.timedeltas(),
    st.lists(st.integers(), max_size=2),
    st.sampled_from([Decimal("sNaN"), pd.NA, pd.NaT, np.datetime64("NaT"), "\ud800", "missing"]),
)


@pytest.mark.slow
@given(case=st.dictionaries(st.sampled_from(["age", "sex", "stage", "note", "x"]), ANY))
def test_any_values_are_encoded_in_finite_numbers_or_refused(experiment, case):
    try:
        encoded, remarks = encode_case(experiment, case)
    except DataError:
        return
    assert np.isfinite(encoded).all()
    assert all(remarks)


# Ordered, date and group columns


@pytest.fixture(scope="module")
def staged():
    table = pd.DataFrame(
        {
            "who": range(24),
            "stage": ["I", "II", "III", None, "III", "odd"] * 4,
            "seen": ["31/12/2020", "01/02/2020", None, "01/03/2020", "01/04/2020", "soon"] * 4,
            "ill": ["yes", "no", "yes", "no", "yes", None] * 4,
        }
    )
    columns = (
        Column("who", Role.GROUP),
        Column("stage", Role.ORDERED, order=("I", "II", "III", "IV")),
        Column("seen", Role.DATE, reference="2021-01-01"),
    )
    return experiment_of(Task(table, "ill", "yes", columns))


def test_levels_and_days_of_a_row_and_of_the_typical_one(staged):
    assert typical_case(staged.task) == {"stage": "II", "seen": "2020-04-01"}
    assert case_of_row(staged.task, 0) == {"stage": "I", "seen": "2020-12-31"}
    assert case_of_row(staged.task, 1) == {"stage": "II", "seen": "2020-02-01"}
    assert case_of_row(staged.task, 5) == {"stage": None, "seen": None}


def test_a_level_and_a_day_are_encoded(staged):
    encoded, remarks = encode_case(staged, {"stage": "III", "seen": "2020-04-01"})
    assert encoded.tolist() == [[2, 275 / 365.25]]
    assert remarks == ()


def test_what_is_missing_or_beyond_the_table_is_said(staged):
    encoded, remarks = encode_case(staged, {"seen": "2000-01-01"})
    assert encoded[0, 0] == 1.5
    assert remarks == (
        "'stage' is missing: the median of the table, between II and III, is taken.",
        f"'seen' is {7671 / 365.25:g} years before 2021-01-01; the table has "
        f"{1 / 365.25:g} to {335 / 365.25:g}.",
    )
    assert encode_case(staged, {"stage": "IV", "seen": "2020-04-01"})[1] == (
        "'stage' is IV; the table has other levels alone.",
    )


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ({"stage": "V"}, "must be one of I, II, III, IV, or empty"),
        ({"seen": "soon"}, "must be a date, such as 2024-05-31, or empty"),
    ],
)
def test_other_levels_and_no_dates_are_refused(staged, case, message):
    with pytest.raises(DataError, match=message):
        encode_case(staged, case)
