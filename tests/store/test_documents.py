import copy
import datetime
import decimal
import io
import json
import math
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import (
    Cleaning,
    Column,
    ImportanceScores,
    Role,
    dataset_names,
    load_dataset,
    load_proposal,
    make_task,
)
from laat_core.data.encoding import TableEncoder, features_of
from laat_core.data.reading import read_bytes
from laat_core.data.text import as_numbers, level_text, sorted_levels
from laat_core.errors import DataError, ScoreError
from laat_core.store.documents import (
    scores_document,
    scores_from_document,
    table_bytes,
    table_from_bytes,
    task_document,
    task_from_document,
)

DAY = datetime.datetime(2024, 2, 29, 12, 30)
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.decimals(allow_nan=False),
)


def again(document):
    return json.loads(json.dumps(document, allow_nan=False))


def column(values):
    return table_from_bytes(table_bytes(pd.DataFrame({"x": values})))["x"]


def assert_seen_alike(old, new):
    """What the encoder looks at: levels in their order, the text of cells, and numbers."""
    assert sorted_levels(new) == sorted_levels(old)
    pd.testing.assert_series_equal(level_text(new), level_text(old))
    pd.testing.assert_series_equal(as_numbers(new), as_numbers(old))


# Tasks


@pytest.mark.slow
@pytest.mark.parametrize("name", dataset_names())
def test_a_bundled_task_survives_with_its_table(name):
    task = load_dataset(name)
    table = table_from_bytes(table_bytes(task.table))
    same = task_from_document(again(task_document(task)), table)
    assert task_document(same) == task_document(task)
    assert features_of(same) == features_of(task)
    encoder = TableEncoder(task.columns).fit(task.table)
    pd.testing.assert_frame_equal(encoder.transform(same.table), encoder.transform(task.table))
    np.testing.assert_array_equal(same.labels, task.labels)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("target"),
        lambda d: d.update(table=1),
        lambda d: d.update(target=None),
        lambda d: d.update(target="nowhere"),
        lambda d: d.update(positive_class="perhaps"),
        lambda d: d.update(columns={}),
        lambda d: d["columns"].append("age"),
        lambda d: d["columns"][0].update(role="slider"),
        lambda d: d["columns"][0].update(role=[]),
        lambda d: d["columns"][0].update(levels={"a": 1}),
        lambda d: d.update(missing_as_feature=1),
        lambda d: d.update(sensitive_features="age"),
        lambda d: d.update(class_labels=[["a", "b"]]),
        lambda d: d.update(target_cleaning={"missing_codes": ["1"]}),
        lambda d: d.update(target_cleaning={"missing_codes": ["1"], "merged": {}, "more": 1}),
        lambda d: d["columns"][0].update(cleaning={"missing_codes": [1], "merged": {}}),
        lambda d: d["columns"][0].update(cleaning={"missing_codes": [], "merged": {"a": 1}}),
        lambda d: d["columns"][0].update(cleaning={"missing_codes": [""], "merged": {}}),
        lambda d: d["columns"][0].update(cleaning=None),
    ],
)
def test_a_task_that_does_not_fit_is_refused(spoil):
    task = load_dataset("heart")
    document = again(task_document(task))
    spoil(document)
    with pytest.raises(DataError):
        task_from_document(document, task.table)


def test_missing_codes_and_merges_survive():
    table = pd.DataFrame(
        {"x": [0, 5, 6, 7], "c": ["a", "A", "ä", "?"], "y": ["no", "NO", "yes", "."]}
    )
    task = make_task(table, "y", "yes", target_cleaning=Cleaning((".",), {"NO": "no"}))
    task = task.with_columns(
        replace(task.column("x"), cleaning=Cleaning(("0",))),
        replace(task.column("c"), cleaning=Cleaning(("?",), {"A": "a", "ä": "other"})),
    )
    same = task_from_document(again(task_document(task)), table_from_bytes(table_bytes(table)))
    assert same.columns == task.columns
    assert same.target_cleaning == task.target_cleaning
    assert task_document(same) == task_document(task)
    assert features_of(same) == features_of(task)
    pd.testing.assert_frame_equal(same.table, task.table)
    pd.testing.assert_frame_equal(same.cleaned, task.cleaned)


def test_a_task_that_was_kept_before_there_was_any_cleaning_opens():
    task = load_dataset("heart")
    document = again(task_document(task))
    del document["target_cleaning"]
    for column in document["columns"]:
        del column["cleaning"]
    same = task_from_document(document, task.table)
    assert task_document(same) == task_document(task)
    assert same.cleaned is task.table


@pytest.mark.parametrize("document", [None, [], "task", 1])
def test_no_task_at_all(document):
    with pytest.raises(DataError):
        task_from_document(document, pd.DataFrame())


def test_text_that_utf8_cannot_hold_is_kept_as_question_marks():
    task = make_task(pd.DataFrame({"a": [1, 2], "y": ["n", "j"]}), "y", "j", description="\udfff")
    assert task_document(task)["description"] == "?"


# Scores


def test_scores_survive_with_gaps_and_reasons():
    scores = load_proposal("heart").scores.joined(
        ImportanceScores.from_mapping({"über": -0.1}, "x")
    )
    same = scores_from_document(again(scores_document(scores)))
    assert (same.features, same.sources, same.reasons) == (
        scores.features,
        scores.sources,
        scores.reasons,
    )
    np.testing.assert_array_equal(same.values, scores.values)
    np.testing.assert_array_equal(same.estimates, scores.estimates)
    assert math.isnan(same.estimates[0, 0, -1])


@pytest.mark.parametrize("features", [(), ("a",)])
def test_scores_without_estimates_keep_their_shape(features):
    scores = ImportanceScores.zeros(features)
    assert scores_from_document(scores_document(scores)).estimates.shape == scores.estimates.shape


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("reasons"),
        lambda d: d.update(more=1),
        lambda d: d.update(values=[]),
        lambda d: d.update(values=[[1]]),
        lambda d: d.update(values=[[1, None]]),
        lambda d: d.update(values=[[1, 11]]),
        lambda d: d.update(values=[[1, "2"]]),
        lambda d: d.update(values=[[1, True]]),
        lambda d: d.update(values=[[1, [2]]]),
        lambda d: d.update(estimates=[[[1]]]),
        lambda d: d.update(estimates=[[[1, "x"]]]),
        lambda d: d.update(estimates=[1]),
        lambda d: d.update(features=["a", "a"]),
        lambda d: d.update(features=["a", 1]),
        lambda d: d.update(sources=["a", None]),
        lambda d: d.update(reasons=[[], "because"]),
        lambda d: d.update(reasons=[[]]),
    ],
)
def test_scores_that_do_not_fit_are_refused(spoil):
    document = scores_document(ImportanceScores.from_mapping({"a": 1, "b": 2}))
    spoil(document)
    with pytest.raises(ScoreError):
        scores_from_document(copy.deepcopy(document))


# Tables


@pytest.mark.parametrize(
    "values",
    [
        [10, "9", None, 9.5, True],
        [9, "(none)"],
        ["(none)", 10, 9],
        [True, None, False],
        [10**30, 1],
        [DAY, "x", 1],
        [DAY.date(), DAY.time(), datetime.timedelta(days=-1, microseconds=3), None],
        [pd.Timestamp("2024-02-29 12:30:00.000000001", tz="UTC"), 1],
        [decimal.Decimal("1.50"), decimal.Decimal(3)],
        [float("inf"), -math.inf, "x"],
        [[1, 2], "a", {"b": 1}],
        pd.Series(["\ud800", "a"], dtype=object),
        [b"x", 1],
        np.array([1.5, 2], dtype="float16"),
        np.array([1, 2], dtype="uint64"),
        pd.array([1, None], dtype="Int64"),
        pd.array([True, None], dtype="boolean"),
        pd.Categorical(["b", "a", None], ordered=True),
        pd.Categorical([10, 9, None]),
        pd.date_range("2024-01-01", periods=3, unit="s"),
        pd.date_range("2024-01-01", periods=3, tz="Europe/Zagreb"),
        pd.to_timedelta([1, 2], unit="h"),
        pd.period_range("2024-01", periods=3, freq="M"),
        pd.interval_range(0, 3),
        pd.arrays.SparseArray([0, 0, 1]),
        [1j, 2],
    ],
    ids=str,
)
def test_the_encoder_sees_a_column_as_before(values):
    old = pd.Series(values, name="x")
    new = column(old)
    assert_seen_alike(old, new)


@pytest.mark.slow
@given(st.lists(CELLS, min_size=1, max_size=6))
def test_any_mixture_is_seen_as_before(cells):
    old = pd.Series(cells, dtype=object, name="x")
    assert_seen_alike(old, column(old))


def test_a_table_from_excel_makes_the_same_features():
    book = openpyxl.Workbook()
    rows = [[10, "n", DAY, 1], ["9", "y", "later", True], [9.5, "y", None, None], [None, "n", 2, 0]]
    for row in [["grade", "ill", "when", "flag"], *rows]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    table = read_bytes(stream.getvalue(), "x.xlsx").frame
    task = make_task(table, "ill", "y")
    columns = [replace(column, role=Role.CATEGORICAL) for column in task.columns]
    task = task.with_columns(*columns)
    same = task_from_document(task_document(task), table_from_bytes(table_bytes(table)))
    assert features_of(same) == features_of(task)
    assert [f.level for f in features_of(same)][:3] == ["9", "9.5", "10"]
    assert make_task(same.table, "ill", "y").columns == make_task(table, "ill", "y").columns


def test_order_of_columns_and_rows_stays_and_row_labels_go():
    table = pd.DataFrame({"b": ["x", None], "a": [1, 2]}, index=[7, 3])
    new = table_from_bytes(table_bytes(table))
    pd.testing.assert_frame_equal(new, table.reset_index(drop=True))


def test_the_same_table_has_the_same_bytes():
    table = pd.DataFrame({"a": [1, "x", DAY], "b": ["p", "q", None]})
    content = table_bytes(table)
    assert table_bytes(table.copy()) == content == table_bytes(table_from_bytes(content))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PK\x03\x04", b"PAR1" + bytes(100) + b"PAR1"])
def test_bytes_that_are_no_table_are_refused(content):
    with pytest.raises(DataError, match="cannot be read"):
        table_from_bytes(content)


def test_cells_of_an_unknown_form_are_refused():
    content = table_bytes(pd.DataFrame({"x": [1, "a", DAY]}))
    spoilt = content.replace(b'{"datetime"', b'{"datetame"')
    with pytest.raises(DataError, match="cannot be read"):
        table_from_bytes(spoilt)


def test_a_table_with_too_many_cells_is_refused(monkeypatch):
    content = table_bytes(pd.DataFrame({"x": range(100)}))
    monkeypatch.setattr("laat_core.store.tables.MAX_CELLS", 99)
    with pytest.raises(DataError, match="too large"):
        table_from_bytes(content)


def test_columns_of_one_name_are_refused():
    with pytest.raises(DataError, match="more than once"):
        table_bytes(pd.DataFrame([[1, 2]], columns=["a", "a"]))


# Of later versions, and of earlier ones


def test_what_a_later_version_kept_is_named_and_the_way_out_is_said():
    task = load_dataset("heart")
    role, key, part = (again(task_document(task)) for _ in range(3))
    role["columns"][0]["role"] = "from the future"
    key["columns"][0]["colour"] = "red"
    part["weather"] = "fine"
    for document, named in (
        (role, "'age' has the role 'from the future'"),
        (key, "column was kept with 'colour'"),
        (part, "task was kept with 'weather'"),
    ):
        with pytest.raises(DataError, match=named) as error:
            task_from_document(document, task.table)
        assert "Update the program to open the project." in str(error.value)


def test_what_an_earlier_version_did_not_keep_is_empty():
    task = load_dataset("heart")
    document = again(task_document(task))
    del document["notes"], document["confirmed"]
    same = task_from_document(document, task.table)
    assert (same.notes, same.confirmed) == ((), "")


def test_a_confirmed_reading_survives():
    task = load_dataset("heart")
    task = replace(task, confirmed=task.reading)
    same = task_from_document(again(task_document(task)), task.table)
    assert same.confirmed == same.reading


# Orders, dates and groups


@pytest.fixture
def visits():
    table = pd.DataFrame(
        {
            "who": [1, 1, 2, 3],
            "pain": ["low", "high", "low", None],
            "born": ["2000-01-01", "1990-01-01", None, "1980-01-01"],
            "ill": ["yes", "no", "yes", "no"],
        }
    )
    return make_task(table, "ill", "yes").with_columns(
        Column("who", Role.GROUP),
        Column("pain", Role.ORDERED, order=("low", "high")),
        Column("born", Role.DATE, reference="2020-01-01", reading="Read day first."),
    )


def test_an_order_a_reference_and_a_group_survive(visits):
    same = task_from_document(again(task_document(visits)), visits.table)
    assert same.columns == visits.columns
    assert same.groups.tolist() == visits.groups.tolist()


def test_a_document_from_before_there_were_orders_opens():
    task = load_dataset("heart")
    document = again(task_document(task))
    for column in document["columns"]:
        del column["order"], column["reference"], column["reading"]
    assert task_from_document(document, task.table).columns == task.columns


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c[1].update(order="low, high"),
        lambda c: c[1].update(order=[1]),
        lambda c: c[1].update(order=["low", "low"]),
        lambda c: c[2].update(reference="soon"),
        lambda c: c[2].update(reference=None),
        lambda c: c[1].update(role="group"),
    ],
)
def test_an_order_a_reference_or_a_group_that_is_none_is_refused(visits, spoil):
    document = again(task_document(visits))
    spoil(document["columns"])
    with pytest.raises(DataError):
        task_from_document(document, visits.table)
