import json
from dataclasses import replace

import pandas as pd
import pytest

from laat_core import Role, make_task
from laat_core.errors import ModelError, ReplyError
from laat_core.scores.llm.draft import draft_descriptions, undescribed, write_draft_prompt
from tests.scores.llm.server import fails, says, takes


@pytest.fixture
def task():
    table = pd.DataFrame({"ldl": [1.5, 2.25, 3.5], "ward": ["n", "s", "n"], "ill": ["y", "n", "y"]})
    task = make_task(table, "ill", "y", description="Predict who falls ill.")
    ward = replace(task.column("ward"), label="Ward of the clinic")
    return task.with_columns(ward)


def answer(**entries):
    return says(json.dumps({number.strip("n"): entry for number, entry in entries.items()}))


def test_prompt_holds_names_kinds_and_the_sentence_and_no_value(task):
    prompt = write_draft_prompt(task, task.columns)
    assert "Task: Predict who falls ill." in prompt
    assert "1. ldl (numeric)\n2. ward (categorical)\n" in prompt
    assert "2.25" not in prompt


def test_only_columns_that_are_used_and_have_no_description_are_asked_for(task):
    ldl, ward = task.columns
    task = task.with_columns(replace(ldl, description="Cholesterol"), ward)
    assert undescribed(task) == (ward,)
    assert undescribed(task.with_columns(replace(ward, role=Role.IGNORE))) == ()


def test_drafts_fill_what_is_empty(server, model, task):
    server.script = [
        answer(
            n1={"label": "LDL \n cholesterol", "description": "Cholesterol in the blood."},
            n2={"label": "Another", "description": "Where the patient lay."},
        )
    ]
    ldl, ward = draft_descriptions(model, task, undescribed(task))
    assert (ldl.label, ldl.description) == ("LDL cholesterol", "Cholesterol in the blood.")
    assert (ward.label, ward.description) == ("Ward of the clinic", "Where the patient lay.")
    schema = server.requests[0].body["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["1", "2"]


def test_a_server_without_schemas_is_asked_in_plain_text(server, model, task):
    usual = says('Here you are: {"1": {"label": "L", "description": "D"}} Bye.')
    server.script = [takes(None, then=usual)]
    (ldl,) = draft_descriptions(model, task, undescribed(task))
    assert (ldl.name, ldl.description) == ("ldl", "D")
    assert server.forms == ["json_schema", "json_object", None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        "no",
        '{"1": "x"}',
        '{"9": {"description": "D"}}',
        '{"1": {"description": 7}}',
    ],
)
def test_an_answer_without_descriptions_is_named(server, model, task, text):
    server.script = [says(text)]
    with pytest.raises((ReplyError, ModelError)):
        draft_descriptions(model, task, undescribed(task))


def test_endless_words_are_cut(server, model, task):
    server.script = [answer(n1={"label": "l" * 9999, "description": "d" * 9999})]
    (ldl,) = draft_descriptions(model, task, undescribed(task))
    assert (len(ldl.label), len(ldl.description)) == (60, 300)


def test_a_fault_of_the_server_is_passed_on(server, model, task):
    server.script = [fails(401)]
    with pytest.raises(ModelError, match="refuses the key"):
        draft_descriptions(model, task, undescribed(task))
