from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import datasets

from laat_core import HoldOut, dataset_names, load_dataset, make_task
from laat_core.data.checks import check_task
from laat_core.data.findings import Kind
from laat_core.data.profile import remarks
from laat_core.data.task import Role


def rng():
    return np.random.default_rng(0)


def table(rows=200, **columns):
    """Two columns of noise, further ones, and an outcome that has nothing to do with the noise."""
    generator = rng()
    noise = {"a": generator.normal(size=rows), "b": generator.choice(list("xyz"), rows)}
    ill = ["yes", "no"] * (rows // 2)
    return pd.DataFrame({**noise, **columns, "ill": ill})


def found(frame, kind, **roles):
    task = make_task(frame, "ill", "yes")
    columns = [replace(task.column(name), role=role) for name, role in roles.items()]
    return [one for one in check_task(task.with_columns(*columns)) if one.kind is kind]


# Ordinary tables


@pytest.mark.slow
@pytest.mark.parametrize("name", dataset_names())
def test_the_bundled_tables_raise_no_alarm(name):
    assert check_task(load_dataset(name)) == ()


def of_sklearn(load, positive=None):
    data = load(as_frame=True)
    target = data.target
    y = target > target.median() if positive is None else target == positive
    frame = data.data.assign(ill=np.where(y, "yes", "no"))
    return make_task(frame, "ill", "yes")


@pytest.mark.parametrize(
    ("load", "positive"),
    [
        (datasets.load_breast_cancer, 0),
        (datasets.load_diabetes, None),
        (datasets.load_iris, 1),
        (datasets.load_wine, 1),
        (datasets.load_wine, 2),
        *[(datasets.load_digits, digit) for digit in range(10)],
    ],
)
def test_the_tables_of_scikit_learn_raise_no_alarm_where_no_column_is_nearly_perfect(
    load, positive
):
    kinds = {finding.kind for finding in check_task(of_sklearn(load, positive))}
    assert kinds <= {Kind.DUPLICATES}  # breast cancer has none, iris one


def test_that_petals_alone_tell_setosa_from_other_irises_is_true_and_said():
    leaks = [f for f in check_task(of_sklearn(datasets.load_iris, 0)) if f.kind is Kind.BY_ITSELF]
    assert {finding.columns for finding in leaks} == {
        ("petal length (cm)",),
        ("petal width (cm)",),
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_noise_in_few_rows_and_many_columns_raises_no_alarm(seed):
    generator = np.random.default_rng(seed)
    for rows in (4, 10, 16):
        noise = pd.DataFrame(generator.normal(size=(rows, 60))).add_prefix("c")
        levels = pd.DataFrame(generator.choice(list("abc"), (rows, 20))).add_prefix("d")
        frame = pd.concat([noise, levels], axis=1).assign(ill=["yes", "no"] * (rows // 2))
        assert check_task(make_task(frame, "ill", "yes")) == ()


# Duplicate rows


def test_rows_that_stand_twice_are_counted():
    frame = pd.concat([table(), table().head(12)], ignore_index=True)
    frame.loc[[200, 201], "ill"] = ["no", "yes"]  # two of them with the other outcome
    (one,) = found(frame, Kind.DUPLICATES)
    assert (one.count, one.columns) == (12, ())
    assert one.found == (
        "12 rows repeat another row in every column used, 10 of them with the same outcome."
    )
    assert any(said.startswith("12 rows repeat") for said in remarks(make_task(frame, "ill", "no")))


def test_equal_rows_of_one_group_are_no_leak():
    frame = table(patient_id=range(200))
    twice = pd.concat([frame, frame.head(12)], ignore_index=True)
    assert make_task(twice, "ill", "yes").column("patient_id").role is Role.GROUP
    assert not found(twice, Kind.DUPLICATES)
    twice.loc[200:207, "patient_id"] = [*range(500, 507), 506]  # equal to rows of others
    (one,) = found(twice, Kind.DUPLICATES)
    assert one.found == (
        "8 rows repeat a row of another 'patient_id' in every column used, 8 of them with the "
        "same outcome."
    )


def test_a_row_number_makes_no_row_another_one():
    frame = table(d=rng().choice(100, 200))
    frame = pd.concat([frame, frame.head(1)], ignore_index=True).assign(nr=range(201))
    (one,) = found(frame, Kind.DUPLICATES)
    assert one.found.startswith("1 row repeats another row")


def test_rows_with_values_missing_alike_are_equal():
    frame = table(c=rng().normal(size=200))
    frame.loc[:20, "c"] = None
    frame = pd.concat([frame, frame.head(5)], ignore_index=True)
    assert [one.count for one in found(frame, Kind.DUPLICATES)] == [5]


@pytest.mark.parametrize("levels", [2, 3, 5])
@pytest.mark.parametrize("share", [0.2, 0.9])
@pytest.mark.parametrize("n_columns", [1, 2, 4])
def test_rows_of_few_columns_with_few_levels_are_equal_by_coincidence(levels, share, n_columns):
    generator = rng()
    p = [share, *[(1 - share) / (levels - 1)] * (levels - 1)]
    columns = {f"c{i}": generator.choice(levels, 300, p=p) for i in range(n_columns)}
    frame = pd.DataFrame({**columns, "ill": ["yes", "no"] * 150})
    assert not found(frame, Kind.DUPLICATES, **dict.fromkeys(columns, Role.CATEGORICAL))


def test_one_age_in_years_days_and_turned_is_one_column():
    age = rng().integers(200, 900, 120) / 10
    frame = pd.DataFrame({"y": age, "d": 365 * age, "m": -age, "ill": ["yes", "no"] * 60})
    assert len(np.unique(age)) < 120
    assert not found(frame, Kind.DUPLICATES)


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), min_size=2, max_size=30))
def test_the_number_of_repeated_rows_is_that_of_pandas(cells):
    frame = pd.DataFrame(cells, columns=["a", "b"]).assign(x=range(len(cells)))
    frame = pd.concat([frame, frame], ignore_index=True)
    frame["ill"] = ["yes", "no"] * len(cells)
    roles = {"a": Role.CATEGORICAL, "b": Role.NUMERIC, "x": Role.NUMERIC}
    for one in found(frame, Kind.DUPLICATES, **roles):
        assert one.count == frame[["a", "b", "x"]].duplicated().sum()


# Several rows per person


@pytest.mark.parametrize(
    "name",
    ["patient_id", "PatientID", "Patient no.", "hospital_number", "ID", "customer", "Fallnummer"],
)
def test_a_number_of_a_person_that_repeats_is_pointed_out(name):
    frame = table(**{name: np.arange(200) // 2 + 1000})
    for role in (Role.NUMERIC, Role.IGNORE):
        (one,) = found(frame, Kind.PERSONS, **{name: role})
        assert (one.columns, one.count) == ((name,), 200)
        assert "200 rows have 100 different values" in one.found
        assert "role group" in one.advice


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("patient_id", np.arange(200)),
        ("body mass index", np.arange(200) // 4),
        ("n_patients", np.arange(200) // 4),
        ("vessel number", np.arange(200) % 4),
        ("customer", ["yes", "no"] * 100),
        ("id", np.arange(200) / 3),
        ("idea", np.arange(200) // 2),
        ("postcode", np.arange(200) // 2),
    ],
)
def test_another_number_that_repeats_is_not(name, values):
    assert not found(table(**{name: values}), Kind.PERSONS)


# Leakage


def outcome(rows=200):
    return np.array([1.0, 0.0] * (rows // 2))


def test_a_perfect_and_a_nearly_perfect_column_are_pointed_out_whatever_their_direction():
    noise = rng().normal(size=200)
    frame = table(up=outcome() + 0.28 * noise, down=-outcome() + 0.28 * noise, code=outcome() * 9)
    by_name = {one.columns[0]: one for one in found(frame, Kind.BY_ITSELF)}
    assert by_name.keys() == {"up", "down", "code"}
    assert by_name["code"].found == "Predicts the outcome by itself in 200 rows."
    assert "almost by itself (AUC × 100: 99." in by_name["up"].found


def test_a_strong_honest_column_is_not():
    frame = table(strong=outcome() + 0.55 * rng().normal(size=200))
    assert not found(frame, Kind.BY_ITSELF)


def test_levels_that_give_the_outcome_away_are_pointed_out_and_rare_ones_are_not():
    status = np.where(outcome() == 1, rng().choice(["late", "lost"], 200), "closed")
    once = [f"w{number}" for number in range(200)]  # each level gives its only row away
    frame = table(status=status, once=once)
    roles = {"once": Role.CATEGORICAL}
    assert [one.columns for one in found(frame, Kind.BY_ITSELF, **roles)] == [("status",)]


def test_columns_that_no_model_sees_are_not_looked_at():
    frame = table(code=outcome(), discharge=rng().normal(size=200))
    roles = {"code": Role.IGNORE, "discharge": Role.IGNORE}
    assert not found(frame, Kind.BY_ITSELF, **roles)
    assert not found(frame, Kind.AFTERWARDS, **roles)


def test_values_that_only_one_class_has_are_pointed_out():
    noise = rng().normal(size=200)
    frame = table(
        only_ill=np.where((outcome() == 1) & (noise > 0), noise, np.nan),
        never_ill=np.where((outcome() == 1) & (noise > 0), None, rng().choice(["x", "w"], 200)),
        by_chance=np.where(np.arange(200) < 3, np.nan, noise),
    )
    said = {one.columns[0]: one.found for one in found(frame, Kind.AFTERWARDS)}
    n = int(((outcome() == 1) & (noise > 0)).sum())
    assert said == {
        "only_ill": f"Filled in for {n} rows, all of them with ill = yes.",
        "never_ill": f"Missing for {n} rows, all of them with ill = yes.",
    }


@pytest.mark.parametrize(
    "name",
    [
        "days_to_death",
        "dischargeDate",
        "discharge_disposition",
        "Follow-up (months)",
        "outcome",
        "length of stay",
        "chargeback",
        "charged_off_amount",
        "total_paid",
        "recoveries",
        "churn reason",
        "time to relapse",
        "final.grade",
    ],
)
def test_a_name_that_sounds_like_afterwards_is_pointed_out(name):
    (one,) = found(table(**{name: rng().normal(size=200)}), Kind.AFTERWARDS)
    assert one.columns == (name,)


@pytest.mark.parametrize(
    "name",
    [
        "age",
        "credit_history",
        "previous outcome",
        "family history of death",
        "poutcome",
        "past recurrence",
        "prepaid",
        "paid_leave_days",
        "overtime",
        "grade",
        "stay",
        "distance to centre",
    ],
)
def test_a_name_of_something_known_before_is_not(name):
    assert not found(table(**{name: rng().normal(size=200)}), Kind.AFTERWARDS)


def test_a_description_gives_a_column_away_too():
    task = make_task(table(time=rng().normal(size=200)), "ill", "yes")
    said = replace(task.column("time"), description="Follow-up period in days")
    (one,) = check_task(task.with_columns(said))
    assert one.text == (
        "'time': Sounds like something known only after the outcome ('follow up'). "
        "Set its role to ignore if so."
    )


def test_labels_of_rows_held_out_are_not_looked_at():
    hold_out = HoldOut()
    whole = make_task(table(code=outcome()), "ill", "yes")
    hidden = hold_out.positions(whole)
    frame = whole.table.copy()
    frame.loc[hidden, "code"] = 1 - frame.loc[hidden, "code"]
    spoilt = make_task(frame, "ill", "yes")
    assert not check_task(spoilt)
    assert [one.kind for one in check_task(hold_out.hide(spoilt))] == [Kind.BY_ITSELF]
    assert any("by itself in 160 rows" in said for said in remarks(spoilt, hold_out))
