import json

import pandas as pd
import pytest

from laat_core.data.task import Role
from laat_core.errors import DataError
from tests.command_line import run
from tests.commands.test_arguments import task_of


@pytest.fixture
def path(tmp_path):
    table = pd.DataFrame(
        {
            "dose": [*range(8), "n/k", "n/k"] * 6,
            "pay = day": [">50K", "<=50K", "under", "18–25", "none"] * 12,
            "ill": ["Yes", "no", "yes", "no", "unknown"] * 12,
        }
    )
    path = tmp_path / "codes.csv"
    table.to_csv(path, index=False)
    return path


TARGET = ("--target", "ill", "--positive", "yes")
TWO = (*TARGET, "--missing", "ill=unknown", "--merge", "ill=Yes>yes")


def test_a_target_with_codes_becomes_two_classes(path):
    with pytest.raises(DataError, match="Declare a class missing, merge classes"):
        task_of(path, *TARGET)
    task = task_of(path, *TWO)
    assert (task.classes, task.n_unlabelled) == (("no", "yes"), 12)


def test_columns_are_cleaned_too(path):
    task = task_of(
        path, *TWO, "--missing", "dose = n/k", "--merge", "pay = day=>50K>much",
        "--merge", "pay = day=much>most", "--merge", "pay = day=18-25>young",
    )  # fmt: skip
    assert task.column("dose").role is Role.NUMERIC
    merged = {">50K": "most", "much": "most", "18-25": "young"}
    assert task.column("pay = day").cleaning.merged == merged


def test_a_described_table_and_a_bundled_one_are_cleaned(path, tmp_path):
    about = {"#DatasetClasses#": ["no", "yes"]}
    (tmp_path / "codes-metadata.json").write_text(json.dumps(about))
    assert task_of(path, *TWO).positive_class == "yes"
    merges = ("--merge", "resting_ecg=normal>fine", "--merge", "resting_ecg=fine>good")
    task = task_of("heart", *merges)
    assert task.column("resting_ecg").cleaning.merged == {"fine": "good", "normal": "good"}


@pytest.mark.parametrize(
    ("option", "said", "message"),
    [
        ("--missing", "dos=0", "--missing dos=0: the table has no column 'dos'. There are: dose,"),
        ("--missing", "dose", "there is no '=' in it"),
        ("--missing", "dose=99", "'dose' has no value '99'. There are: 0, 1, 2"),
        ("--missing", "dose=", "'dose' has no value ''"),
        ("--merge", "ill=Yes", "name a level, '>' and the level that it is merged into"),
        ("--merge", "ill=Yes>", "name a level, '>' and the level that it is merged into"),
        ("--merge", "ill=maybe>no", "'ill' has no value 'maybe'. There are: Yes, no, unknown, yes"),
    ],
)
def test_what_the_table_does_not_have_is_named(path, option, said, message):
    with pytest.raises(DataError) as error:
        task_of(path, *TWO, option, said)
    assert message in str(error.value)


def test_a_comparison_says_what_was_declared(capsys, path):
    status, out, err = run(capsys, "compare", path, *TWO, "--splits", 2, "--json")
    assert (status, err) == (0, "")
    assert "unknown" in " ".join(json.loads(out)["remarks"])
