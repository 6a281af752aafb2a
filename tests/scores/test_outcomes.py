import json
from dataclasses import replace

import pandas as pd
import pytest

from laat_core import ImportanceScores, make_task
from laat_core.errors import ScoreError
from laat_core.scores.exchange import scores_from_bytes, scores_to_csv, scores_to_json

TABLE = pd.DataFrame({"age": range(10), "ill": ["no", "yes"] * 5})
LABELS = {"yes": "a cold", "no": "good health"}
TASK = replace(make_task(TABLE, "ill", "yes"), class_labels=LABELS)
SCORES = ImportanceScores.from_mapping({"age": 3.0}, "me")


def as_csv(*outcomes):
    lines = [
        f'{name},3,"{outcome}"' for name, outcome in zip(("age", "bmi"), outcomes, strict=False)
    ]
    return "s.csv", "\n".join(["feature,score,Outcome", *lines])


def as_json(*outcomes):
    (outcome,) = outcomes
    return "s.json", json.dumps({"outcome": outcome, "scores": {"age": 3}})


def as_json_entries(*outcomes):
    names = zip(("age", "bmi"), outcomes, strict=False)
    entries = [{"feature": name, "score": 3, "outcome": outcome} for name, outcome in names]
    return "s.json", json.dumps(entries)


def read(name, text):
    content, names = text.encode(), (TASK.outcome_names, TASK.opposite_names)
    return scores_from_bytes(content, name, ["age", "bmi"], *names).scores.as_dict()["age"]


FORMS = pytest.mark.parametrize("form", [as_csv, as_json, as_json_entries])


@FORMS
@pytest.mark.parametrize("outcome", ["ill = yes", "yes", "a cold", " ill = yes ", ""])
def test_scores_for_the_positive_class_keep_their_signs(form, outcome):
    assert read(*form(outcome)) == 3


@FORMS
@pytest.mark.parametrize("outcome", ["ill = no", "no", "good health"])
def test_scores_for_the_other_class_are_turned(form, outcome):
    assert read(*form(outcome)) == -3


@FORMS
def test_a_class_that_the_table_does_not_have_is_refused(form):
    with pytest.raises(ScoreError, match="speak for 'rich', those of the table for 'ill = yes'"):
        read(*form("rich"))


@pytest.mark.parametrize("form", [as_csv, as_json_entries])
def test_a_file_speaks_for_one_class(form):
    assert read(*form("no", "ill = no")) == read(*form("no", "")) == -3
    with pytest.raises(ScoreError, match="several classes: 'no', 'ill = yes'"):
        read(*form("no", "ill = yes"))


@pytest.mark.parametrize(("write", "name"), [(scores_to_csv, "s.csv"), (scores_to_json, "s.json")])
def test_saved_scores_are_turned_with_the_positive_class(write, name):
    assert read(name, write(SCORES, outcome="ill = yes")) == 3
    assert read(name, write(SCORES, outcome="ill = no")) == -3
    assert read(name, write(SCORES)) == 3
