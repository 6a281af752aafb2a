from dataclasses import replace

import pandas as pd
import pytest

from laat_core.data.encoding import TableEncoder
from laat_core.data.roles import make_task
from laat_core.data.task import Column, Role, Task
from laat_core.errors import DataError

TABLE = pd.DataFrame(
    {"x": [1.0, 2.0, 100.0, 4.0], "c": ["a", "b", "z", "a"], "y": ["no", "yes", None, "no"]}
)


def test_rows_without_target_are_counted_and_left_out():
    task = make_task(TABLE, "y", "yes")
    assert task.n_unlabelled == 1
    assert task.labelled["x"].tolist() == [1, 2, 4]
    assert task.labelled.index.tolist() == [0, 1, 2]
    assert task.labels.tolist() == [0, 1, 0]
    encoder = TableEncoder(task.columns).fit(task.labelled)
    assert encoder.medians_ == {"x": 2.0}
    assert encoder.get_feature_names_out() == ["x", "c = b"]


def test_a_table_without_gaps_in_the_target_is_used_as_it_is():
    table = TABLE.dropna()
    assert make_task(table, "y", "yes").labelled is table
    assert make_task(table, "y", "yes").n_unlabelled == 0


def test_a_doubled_index_does_not_mix_up_rows():
    table = TABLE.set_axis([3, 3, 3, 3])
    task = make_task(table, "y", "yes")
    assert task.labelled["x"].tolist() == [1, 2, 4]
    assert task.labels.tolist() == [0, 1, 0]


def test_classes_and_what_the_scores_speak_for():
    task = make_task(TABLE, "y", "no")
    assert task.classes == ("no", "yes")
    assert task.negative_class == "yes"
    assert (task.outcome, task.opposite) == ("y = no", "y = yes")


def test_columns_are_replaced_by_name():
    task = make_task(TABLE, "y", "yes")
    ignored = replace(task.column("x"), role=Role.IGNORE)
    changed = task.with_columns(ignored)
    assert [c.name for c in changed.columns] == ["x", "c"]
    assert changed.column("x").role is Role.IGNORE
    assert task.column("x").role is Role.NUMERIC
    with pytest.raises(DataError, match=r"No column 'q'. There are: x, c"):
        task.column("q")


@pytest.mark.parametrize("name", ["q", "y"])
def test_a_description_must_be_of_a_column_beside_the_target(name):
    with pytest.raises(DataError, match=f"no column beside the target: {name}"):
        Task(TABLE, "y", "yes", (Column(name, Role.NUMERIC),))


def test_a_column_is_described_once():
    column = Column("x", Role.NUMERIC)
    with pytest.raises(DataError, match="Described more than once: x"):
        Task(TABLE, "y", "yes", (column, column))


def test_a_column_that_is_not_there_cannot_be_replaced():
    with pytest.raises(DataError, match=r"No column 'nope'. There are: x, c"):
        make_task(TABLE, "y", "yes").with_columns(Column("nope", Role.NUMERIC))


def test_a_role_may_be_given_by_its_name():
    assert Column("x", "numeric").role is Role.NUMERIC
    with pytest.raises(DataError, match=r"'x' has the role 'number'. Choose among: numeric"):
        Column("x", "number")


# Orders, dates and groups


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": "low, high"}, "one by one"),
        ({"order": ("low", "high", "low ")}, "more than once: low"),
        ({"reference": "31.12.2024"}, "'31.12.2024'. Write it as YYYY-MM-DD"),
        ({"reference": "2024-02-30"}, "such as 2024-05-31"),
        ({"reference": "20240501"}, "Write it as"),
    ],
)
def test_an_order_and_a_reference_date_are_checked(options, message):
    with pytest.raises(DataError, match=message):
        Column("x", Role.IGNORE, **options)


def test_levels_of_an_order_may_be_numbers():
    assert Column("x", Role.ORDERED, order=(3, 1.0, "2")).order == ("3", "1", "2")


def test_only_one_column_groups_the_rows():
    table = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 2], "y": [0, 1, 0]})
    columns = (Column("a", Role.GROUP), Column("b", Role.GROUP))
    with pytest.raises(DataError, match="role group: a, b"):
        Task(table, "y", "1", columns)


def test_groups_are_of_labelled_rows_and_a_missing_one_is_alone():
    table = pd.DataFrame({"who": ["a", None, "b", " a", "", "b"], "y": [0, 1, None, 1, 0, 1]})
    task = Task(table, "y", "1", (Column("who", Role.GROUP),))
    a, alone, again, also_alone, b = task.groups.tolist()
    assert a == again
    assert len({a, alone, also_alone, b}) == 4
    assert task.group_column.name == "who"
    without = task.with_columns(Column("who", Role.IGNORE))
    assert (without.groups, without.group_column) == (None, None)


def test_a_date_column_is_read_as_a_whole():
    table = pd.DataFrame({"seen": ["01/02/2024", "12/31/2023", "soon"], "y": [0, 1, None]})
    task = Task(table, "y", "1", (Column("seen", Role.DATE, reference="2024-03-01"),))
    expected = [pd.Timestamp(2024, 1, 2), pd.Timestamp(2023, 12, 31)]
    assert task.cleaned["seen"].tolist()[:2] == expected
    assert task.labelled["seen"].tolist() == expected
    assert task.table is table
    assert table["seen"][0] == "01/02/2024"
