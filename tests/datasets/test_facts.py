import pytest

from laat_core.datasets import load_dataset, load_proposal
from laat_core.datasets.facts import EstimatesFact, RowsFact, estimates_fact, rows_fact


def test_rows_are_counted_where_every_column_has_one_of_its_levels():
    task = load_dataset("heart")
    assert rows_fact(task, {}) == RowsFact(303, 139)
    levels = {"sex": ["female"], "chest_pain": ["typical angina", "atypical angina"]}
    table = task.table[(task.table["sex"] == "female")]
    table = table[table["chest_pain"].str.endswith("typical angina")]
    positive = (table["heart_disease"] == "yes").sum()
    assert rows_fact(task, levels) == RowsFact(len(table), positive)


def test_percent_is_the_share_of_the_positive_class():
    assert RowsFact(8, 2).percent == 25


def test_estimates_are_counted_by_their_sign():
    fact = estimates_fact(load_proposal("heart"), "chest_pain = asymptomatic")
    assert fact == EstimatesFact(5, 0, -1.0)
    assert fact.score == "−1.0"


@pytest.mark.parametrize(("mean", "written"), [(1.6, "+1.6"), (-4.25, "−4.2")])
def test_scores_are_written_with_a_sign(mean, written):
    assert EstimatesFact(5, 4, mean).score == written
