import json

import pytest

from laat_core.data.encoding import TableEncoder
from laat_core.data.task import Role
from laat_core.datasets import dataset_names, dataset_title, load_dataset
from laat_core.datasets.bundled import FOLDER
from laat_core.errors import DataError

# Rows, columns beside the target, rows of the positive class.
SIZES = {
    "heart": (303, 13, 139),
    "diabetes": (768, 8, 268),
    "south_german_credit": (1000, 20, 700),
    "credit": (1000, 20, 700),
    "adult": (48842, 14, 11687),
    "breast_cancer": (569, 30, 212),
    "wine": (178, 13, 59),
}


def about(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_names():
    assert dataset_names() == tuple(SIZES)


@pytest.mark.parametrize("name", SIZES)
def test_a_table_is_loaded_as_its_description_says(name):
    task, described = load_dataset(name), about(name)
    assert (len(task.table), len(task.columns), task.labels.sum()) == SIZES[name]
    assert task.n_unlabelled == 0
    assert task.name == name
    assert task.title == dataset_title(name) == described["title"]
    assert task.target == described["target"]
    assert set(task.classes) == set(described["classes"])
    assert task.positive_class == described["positive_class"]
    assert task.description == described["task"]
    assert task.source
    assert task.license


@pytest.mark.parametrize("name", SIZES)
def test_every_column_is_described_and_every_description_has_its_column(name):
    task, features = load_dataset(name), about(name)["features"]
    assert [column.name for column in task.columns] == [
        column for column in task.table.columns if column in features
    ]
    assert set(features) == {*task.table.columns} - {task.target}
    for column in task.columns:
        described = features[column.name]
        assert column.role == described.get("role", described["kind"])
        assert (column.label, column.description) == (described["label"], described["description"])
        assert column.label
        assert column.description
        assert column.unit == described.get("unit", "")


@pytest.mark.parametrize("name", SIZES)
def test_sensitive_columns_are_among_the_columns(name):
    task = load_dataset(name)
    assert set(task.sensitive_features) <= {column.name for column in task.columns}


@pytest.mark.slow
@pytest.mark.parametrize("name", SIZES)
def test_every_table_can_be_encoded(name):
    task = load_dataset(name)
    encoded = TableEncoder(task.columns).fit(task.labelled).transform(task.labelled)
    assert encoded.notna().all(axis=None)


@pytest.mark.slow
def test_only_adult_leaves_columns_out():
    left_out = {
        name: [c.name for c in load_dataset(name).columns if c.role is Role.IGNORE]
        for name in SIZES
    }
    assert left_out.pop("adult") == ["survey_weight", "education", "native_country"]
    assert not any(left_out.values())


@pytest.mark.parametrize("name", ["iris", "", "../tables/heart", "heart.csv"])
def test_another_name_is_refused(name):
    with pytest.raises(DataError, match="There are: heart, diabetes"):
        load_dataset(name)
    with pytest.raises(DataError):
        dataset_title(name)


# The level of the circulated table beside the level that the same rows have once corrected.
CORRECTED = {
    "checking_account": {
        "overdrawn": "no checking account",
        "0 to 200 DM": "overdrawn",
        "200 DM or more, or salary paid in": "0 to 200 DM",
        "no checking account": "200 DM or more, or salary paid in",
    },
    "credit_history": {
        "no credits, or all paid": "late payments in the past",
        "all credits at this bank paid": "critical account, or credits elsewhere",
        "existing credits paid so far": "no credits taken, or all paid back",
        "late payments in the past": "existing credits paid back so far",
        "critical, or credits at other banks": "all credits at this bank paid back",
    },
    "savings": {
        "under 100 DM": "unknown or none",
        "100 to 500 DM": "under 100 DM",
        "500 to 1000 DM": "100 to 500 DM",
        "1000 DM or more": "500 to 1000 DM",
        "unknown or none": "1000 DM or more",
    },
    "housing": {"rent": "for free", "own": "rented", "for free": "owned"},
    "foreign_worker": {"yes": "no", "no": "yes"},
}


@pytest.mark.parametrize("column", CORRECTED)
def test_both_credit_tables_hold_the_same_applicants_under_other_labels(column):
    circulated, corrected = (load_dataset(n).table for n in ("credit", "south_german_credit"))
    for same in ("duration", "amount", "age", "credit_risk"):
        assert circulated[same].tolist() == corrected[same].tolist()
    assert circulated[column].map(CORRECTED[column]).tolist() == corrected[column].tolist()


def test_sex_and_status_of_the_circulated_table_agree_with_the_corrected_one():
    # In an earlier copy of the circulated table this column was shuffled.
    circulated, corrected = (load_dataset(n).table for n in ("credit", "south_german_credit"))
    pairs = set(zip(circulated["sex_and_status"], corrected["personal_status"], strict=True))
    assert len(pairs) == circulated["sex_and_status"].nunique() == 4


def test_the_circulated_table_is_labelled_for_what_it_is():
    task = load_dataset("credit")
    assert "as it circulates" in task.title
    assert "Most of them are wrong" in task.source
    assert "Grömping" in task.source


def test_zeros_that_were_not_measured_are_missing_in_diabetes():
    task = load_dataset("diabetes")
    missing = task.cleaned.isna().sum()
    zeros = {"glucose": 5, "blood_pressure": 35, "skin_thickness": 227, "insulin": 374, "bmi": 11}
    assert missing[missing > 0].to_dict() == zeros
    assert (task.cleaned["pregnancies"] == 0).any()
    assert "are treated as missing" in task.source


def test_what_is_done_to_a_loaded_table_changes_no_other():
    task = load_dataset("heart")
    task.table.loc[0, "age"] = 999
    task.table["extra"] = 1
    again = load_dataset("heart").table
    assert again.loc[0, "age"] == 63
    assert "extra" not in again
