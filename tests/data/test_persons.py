import numpy as np
import pandas as pd
import pytest

from laat_core import Role, make_task
from laat_core.data.checks import check_task
from laat_core.data.persons import Persons, count_persons
from laat_core.data.roles import suggest_column

NUMBERS = [*range(1000, 1020), 1003, 1003, 1004]


@pytest.mark.parametrize(
    "name",
    [
        *("patient_id", "PatientID", "Hospital number", "customer", "Customer No", "mrn", "pat.nr"),
        *("Personalnummer", "Patientennummer", "Kundennr", "Kunden-Nr.", "Fallnummer", "Kunde"),
    ],
)
@pytest.mark.parametrize("kind", [int, float, str])
def test_the_number_of_a_person_with_several_rows(name, kind):
    values = pd.Series(list(map(kind, NUMBERS)), name=name)
    assert count_persons(values) == Persons(all=20, several=2)
    column = suggest_column(values)
    assert column.role is Role.GROUP
    assert "2 of 20 have several rows" in column.note


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("patient_id", range(30)),  # one row each
        ("patient_age", NUMBERS),
        ("hospital", NUMBERS),
        ("children", NUMBERS),
        ("house_number", NUMBERS),
        ("customer", ["new", "old"] * 20),
        ("patient", np.arange(400) % 12),  # groups of patients, rather
        ("users", NUMBERS),  # how many there are
        ("Number of employees", NUMBERS),
        ("user", 1 + np.arange(300) % 59),
        ("patient_id", [*(n + 0.5 for n in range(20)), 0.5]),
    ],
)
def test_what_does_not_look_like_that(name, values):
    values = pd.Series(list(values), name=name)
    assert count_persons(values) is None
    assert suggest_column(values).role is not Role.GROUP


@pytest.mark.parametrize("name", ["employees", "users", "customers", "members", "students", "user"])
def test_a_count_of_persons_stays_in_the_model(name):
    counts = np.random.default_rng(0).integers(1, 60, 300)
    task = make_task(pd.DataFrame({name: counts, "y": [0, 1] * 150}), "y", 1)
    assert task.column(name).role is Role.NUMERIC
    assert check_task(task) == ()


def test_text_that_names_persons_may_come_in_more_rows():
    values = pd.Series([f"P{number % 40}" for number in range(300)], name="patient")
    assert count_persons(values) == Persons(all=40, several=40)


def test_one_column_groups_the_rows():
    table = pd.DataFrame(
        {"patient": NUMBERS, "case_id": NUMBERS, "age": range(23), "y": [0, 1] * 11 + [0]}
    )
    patient, case, _ = make_task(table, "y", 1).columns
    assert (patient.role, case.role) == (Role.GROUP, Role.IGNORE)
    assert "'patient' says already" in case.note
