import json
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from laat_core.data.metadata import metadata_path, parse_metadata, task_from_metadata
from laat_core.data.task import Role
from laat_core.errors import DataError

ABOUT = {
    "#DatasetTask#": "Predict whether the plant survives. Yes or no?",
    "#DatasetClasses#": ["no", "yes"],
    "Height": "Height in cm",
    "Soil": "Kind of soil",
    "Soil_Clay": "Heavy soil",
    "Soil_Sand": "Light soil",
    "Stage": "Stage of growth",
    "Stage_1": "Seedling",
    "Stage_2": "Grown",
    "Light": "Hours of light",
    "Light_0": "In the dark",
    "Gone": "A column that the table does not have",
}
TABLE = pd.DataFrame(
    {
        "Height": [3.5, 7, None, 2],
        "Soil": ["Clay", "Sand", "Sand", "Loam"],
        "Stage": [1, 2, 2, 1],
        "Light": [0, 5, 9, 3],
        "Watered": ["no", "yes", "yes", "no"],
        "Alive": ["no", "yes", "no", "yes"],
    }
)


@pytest.mark.parametrize(
    ("table", "described"),
    [
        ("a/plants.csv", "a/plants-metadata.json"),
        ("plants.csv.gz", "plants-metadata.json"),
        ("PLANTS.CSV.GZ", "PLANTS-metadata.json"),
        ("plants.v2.parquet", "plants.v2-metadata.json"),
    ],
)
def test_descriptions_lie_beside_the_table(table, described):
    assert metadata_path(Path(table)) == Path(described)


def test_a_task_is_made_of_table_and_descriptions():
    task = task_from_metadata(TABLE, parse_metadata(json.dumps(ABOUT)), name="plants")
    assert (task.target, task.positive_class, task.name) == ("Alive", "yes", "plants")
    assert task.description == ABOUT["#DatasetTask#"]
    assert task.column("Height").description == "Height in cm"
    assert task.column("Soil").levels == {"Clay": "Heavy soil", "Sand": "Light soil"}
    assert task.column("Watered").description == ""
    assert task.notes == ("Descriptions that fit no column and no level, so are not used: 'Gone'.",)


def test_names_are_compared_in_canonical_form():
    table = pd.DataFrame(
        {"Größe": [150, 160] * 4, "alter": ["18-25", "26-35"] * 4, "ill": ["no", "yes"] * 4}
    )
    about = {
        "#DatasetClasses#": ["no", "yes"],
        unicodedata.normalize("NFD", "Größe"): "Height",
        "alter_18\u201325": "young",
        " alter ": "Age",
        "ill": "Whether somebody is ill",
        "ill_no": "Well",
    }
    task = task_from_metadata(table, about, name="t")
    assert task.column("Größe").description == "Height"
    assert task.column("alter").description == "Age"
    assert task.column("alter").levels == {"18-25": "young"}
    assert task.notes == ()


def test_numbers_with_a_description_each_are_a_category():
    task = task_from_metadata(TABLE, ABOUT, name="plants")
    assert task.column("Stage").role is Role.CATEGORICAL
    assert task.column("Stage").levels == {"1": "Seedling", "2": "Grown"}
    assert "description of its own" in task.column("Stage").note
    assert task.column("Light").role is Role.NUMERIC


def test_the_target_may_be_named():
    assert task_from_metadata(TABLE, ABOUT, name="plants", target="Watered").target == "Watered"


def test_classes_may_be_numbers_or_booleans():
    for classes, values in (([0, 1], [0.0, 1.0]), ([False, True], [True, False])):
        table = pd.DataFrame({"x": [1, 2], "y": values})
        task = task_from_metadata(table, {"#DatasetClasses#": classes}, name="t")
        assert task.positive_class == str(classes[1])


def test_a_column_named_like_a_level_keeps_its_description():
    table = TABLE.assign(Soil_Clay=[1, 2, 3, 1])
    task = task_from_metadata(table, ABOUT, name="plants")
    assert task.column("Soil").levels == {"Sand": "Light soil"}
    assert task.column("Soil_Clay").description == "Heavy soil"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_bytes_are_decoded(encoding):
    text = json.dumps({**ABOUT, "Height": "Höhe"}, ensure_ascii=False)
    assert parse_metadata(text.encode(encoding))["Height"] == "Höhe"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "are not JSON"),
        ("{", "are not JSON"),
        (b"\xff\x00\x9c", "are not JSON"),
        ("[" * 100_000, "are not JSON"),
        ("[]", "must be a JSON object"),
        ("{}", "#DatasetClasses# is None; it must list two classes"),
        ('{"#DatasetClasses#": "no, yes"}', "must list two classes"),
        ('{"#DatasetClasses#": ["a", "b", "c"]}', "must list two classes"),
        ('{"#DatasetClasses#": ["a", "b"], "x": 3, "z": null}', "Not text .*: x, z"),
    ],
)
def test_descriptions_in_another_form_are_refused(content, said):
    with pytest.raises(DataError, match=said):
        parse_metadata(content)


@pytest.mark.parametrize(
    ("classes", "target", "said"),
    [
        (["dead", "alive"], None, "No column holds just the classes dead and alive"),
        (["dead", "alive"], "Alive", "'Alive' has no class 'alive'"),
        (["no", "yes"], "Soil", "has 3 classes"),
        (["no", "yes"], "Nowhere", "no column 'Nowhere'"),
    ],
)
def test_a_target_that_does_not_fit_is_refused(classes, target, said):
    with pytest.raises(DataError, match=said):
        task_from_metadata(TABLE, {"#DatasetClasses#": classes}, name="t", target=target)


def test_lone_surrogates_are_replaced():
    about = {"#DatasetClasses#": ["no\ud800", "yes"], "a\udfff": "b\ud800", "smile": "\U0001f600"}
    assert parse_metadata(json.dumps(about)) == {
        "#DatasetClasses#": ["no?", "yes"],
        "a?": "b?",
        "smile": "\U0001f600",
    }
