from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets as sklearn_tables

from laat_core import Cleaning, Role, dataset_names, load_dataset
from laat_core.data.missing_codes import missing_classes, suggest_missing_codes
from laat_core.data.reading import read_bytes
from laat_core.data.reclean import reclean
from laat_core.data.roles import make_task


def task_of(frame):
    """A task with a target that has nothing to do with the columns."""
    return make_task(frame.assign(target_=np.arange(len(frame)) % 2), "target_", 1)


def codes(task):
    found = suggest_missing_codes(task)
    return {name: [code for one in some for code in one.codes] for name, some in found.items()}


def codes_of(values):
    return codes(task_of(pd.DataFrame({"c": values}))).get("c", [])


def drawn(make, rows=200):
    return make(np.random.default_rng(0), rows)


# Codes that are there


@pytest.mark.parametrize(
    ("others", "code", "rows"),
    [
        (lambda g, n: g.integers(18, 90, n), 999, 1),
        (lambda g, n: g.integers(18, 90, n), 99, 8),
        (lambda g, n: g.integers(18, 90, n), -9, 1),
        (lambda g, n: g.integers(0, 2, n), 9, 5),
        (lambda g, n: g.integers(1, 5, n), 9, 3),
        (lambda g, n: g.normal(0, 10, n).round(1), -999, 2),
        (lambda g, n: g.normal(0, 10, n).round(1), 999.9, 2),
        (lambda g, n: g.poisson(20, n), -1, 4),
        (lambda g, n: g.lognormal(3, 1, n).round(1), 9999, 2),
        (lambda g, n: g.normal(0, 1, n), 123456, 3),
        (lambda g, n: g.normal(70, 10, n).round(), 0, 3),
        (lambda g, n: g.lognormal(4, 0.5, n).round(1), 0, 60),
    ],
)
def test_a_code_away_from_all_other_values_is_suggested(others, code, rows):
    values = np.r_[drawn(others), [code] * rows]
    (found,) = suggest_missing_codes(task_of(pd.DataFrame({"c": values})))["c"]
    assert (found.column, found.codes, found.n_rows) == ("c", (f"{code:g}",), rows)
    assert codes_of(drawn(others)) == []


def test_several_codes_of_one_column_are_suggested_together():
    days = np.r_[drawn(lambda g, n: g.integers(0, 31, n)), [77] * 4, [99] * 9, [-9]]
    (found,) = suggest_missing_codes(task_of(pd.DataFrame({"c": days})))["c"]
    assert (found.codes, found.n_rows) == (("-9", "77", "99"), 14)
    assert "all others lie between 0 and 30" in found.reason


@pytest.mark.parametrize("code", ["unknown", "Not  Known", "n/k", "REFUSED", ".", "-", "unbekannt"])
def test_words_for_not_known_are_suggested(code):
    assert codes_of(["red", "blue", "blue", code, "red"] * 5) == [code]


@pytest.mark.parametrize(
    ("texts", "suggested"),
    [
        (["haemolysed", "haemolysed", "lost"], ["haemolysed", "lost"]),
        (["<5", "<5"], []),
        (["12 mg"], []),
        (["<5", "lost"], []),
        (["a", "b", "c", "d", "e", "f"], []),
    ],
)
def test_words_among_numbers_are_suggested_but_no_numbers_of_another_form(texts, suggested):
    assert codes_of([*map(str, range(20, 50)), *texts]) == suggested


@pytest.mark.parametrize(
    "code", ["unknown", ".", "-", "refused", "k. A.", "k.A.", "weiß nicht", "Not applicable"]
)
@pytest.mark.parametrize("numbers", [5, 40, 400])
def test_one_suggestion_for_each_code_among_numbers(code, numbers):
    values = [*(f"{n / 7:.3f}" for n in range(numbers)), "1", code, code]
    (found,) = suggest_missing_codes(task_of(pd.DataFrame({"c": values})))["c"]
    assert (found.codes, found.n_rows) == ((code,), 2)


def test_words_for_not_known_and_others_are_suggested_apart():
    values = [*map(str, range(20, 50)), "lost", "unknown"]
    found = suggest_missing_codes(task_of(pd.DataFrame({"c": values})))["c"]
    assert [one.codes for one in found] == [("unknown",), ("lost",)]


def test_what_is_written_beside_dates_for_not_known_is_suggested():
    days = [*(f"2024-01-{day:02}" for day in range(1, 31)), "unknown", "unknown"]
    task = task_of(pd.DataFrame({"c": days}))
    assert task.column("c").role is Role.IGNORE
    assert codes(task) == {"c": ["unknown"]}
    task = reclean(task, "c", Cleaning(("unknown",)))
    assert task.column("c").note.startswith("Holds dates: left out.")


def test_free_text_is_left_alone():
    assert codes_of([*(f"Comment {n}" for n in range(60)), "unknown"]) == []


def test_a_minus_beside_a_plus_is_a_result():
    assert codes_of(["+", "-", "-", "+", "unknown"] * 4) == ["unknown"]


def test_a_column_left_out_for_its_words_is_looked_at():
    task = task_of(pd.DataFrame({"c": [*(f"{n / 7:.3f}" for n in range(80)), *["lost"] * 50]}))
    assert task.column("c").role is Role.IGNORE
    assert codes(task) == {"c": ["lost"]}
    task = reclean(task, "c", Cleaning(("lost",)))
    assert (task.column("c").role, task.column("c").note) == (Role.NUMERIC, "")
    left_out = task_of(pd.DataFrame({"c": [1.5, 2.5, 999.0] * 9}))
    left_out = left_out.with_columns(replace(left_out.column("c"), role=Role.IGNORE))
    assert codes(left_out) == {}


def test_what_is_declared_is_not_suggested_again():
    task = task_of(pd.DataFrame({"c": [*range(20, 60), 999, -9]}))
    assert codes(task) == {"c": ["-9", "999"]}
    task = reclean(task, "c", Cleaning(("999",)))
    assert codes(task) == {"c": ["-9"]}
    assert codes(reclean(task, "c", Cleaning(("999", "-9")))) == {}


# Codes that are none


@pytest.mark.parametrize("rows", [30, 300, 3000])
@pytest.mark.parametrize(
    "make",
    [
        lambda g, n: g.poisson(1, n),
        lambda g, n: g.poisson(8, n),
        lambda g, n: g.negative_binomial(1, 0.2, n),
        lambda g, n: g.poisson(4, n) * (g.random(n) < 0.6),
        lambda g, n: g.normal(0, 1, n),
        lambda g, n: g.normal(100, 15, n).round(),
        lambda g, n: g.exponential(10, n).round(1),
        lambda g, n: g.lognormal(3, 1, n).round(1),
        lambda g, n: g.standard_t(3, n),
        lambda g, n: g.integers(1, 8, n),
        lambda g, n: g.integers(1, 10, n),
        lambda g, n: g.integers(0, 11, n) * 10,
        lambda g, n: g.integers(18, 100, n),
        lambda g, n: g.integers(1950, 2025, n),
        lambda g, n: g.integers(-1, 2, n),
        lambda g, n: g.integers(0, 2, n) * 2 - 1,
        lambda g, n: g.integers(0, 2, n) * 9,
        lambda g, n: (100 * g.beta(2, 5, n)).round(),
    ],
)
def test_nothing_is_suggested_of_columns_without_codes(make, rows):
    assert codes_of(drawn(make, rows)) == []


@pytest.mark.slow
def test_of_the_bundled_tables_only_impossible_zeros_and_a_capped_gain_are_suggested():
    # Diabetes may have them declared already.
    plain = {name: load_dataset(name) for name in dataset_names()}
    for name, task in plain.items():
        columns = (replace(column, cleaning=Cleaning()) for column in task.columns)
        plain[name] = task.with_columns(*columns)
    measured = ["glucose", "blood_pressure", "skin_thickness", "insulin", "bmi"]
    assert codes(plain["diabetes"]) == {name: ["0"] for name in measured}
    assert codes(plain["adult"]) == {"capital_gain": ["99999"]}
    for name in plain.keys() - {"diabetes", "adult"}:
        assert codes(plain[name]) == {}


@pytest.mark.parametrize(
    "name", ["iris", "wine", "breast_cancer", "diabetes", "digits", "linnerud"]
)
def test_nothing_is_suggested_of_the_tables_of_scikit_learn(name):
    frame = getattr(sklearn_tables, f"load_{name}")(as_frame=True).frame
    assert codes(task_of(frame.set_axis(map(str, frame.columns), axis=1))) == {}


# Read from files, and targets


def read(*lines):
    return read_bytes("\n".join(lines).encode(), "t.csv").frame


def test_codes_of_a_file():
    rows = [f"{24 + n % 50},{29 + n % 40},{n % 2}" for n in range(40)]
    table = read("age,income,smoker", *rows, *["999,-9,0", "40,-9,9", "999,50,9"])
    assert codes(task_of(table)) == {"age": ["999"], "income": ["-9"], "smoker": ["9"]}


@pytest.mark.parametrize(
    ("classes", "suggested"),
    [
        ([0, 1, 9], ["9"]),
        ([1, 2, 9], ["9"]),
        ([0, 1, -9, -8], ["-9", "-8"]),
        ([1.0, 0.0, 99.0], ["99"]),
        (["no", "yes", "unknown"], ["unknown"]),
        (["ill", "well", "."], ["."]),
        (["ill", "well", "9", "."], [".", "9"]),
        (["NO", "no", "yes", -9], ["-9"]),
        (["1", "2", "high"], []),
        (["9", "x"], []),
        (["a", "b", "c"], []),
        ([0, 1, 2], []),
        ([-1, 1], []),
        ([-1, 0, 1], []),
        ([True, False], []),
    ],
)
def test_classes_that_stand_for_not_known(classes, suggested):
    target = pd.Series(classes * 6, name="ill")
    assert [code for one in missing_classes(target) for code in one.codes] == suggested
