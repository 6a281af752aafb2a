import json
from dataclasses import asdict

import pytest

from benchmarks import asking
from benchmarks.asking import FORMS, ask, document
from laat_core.scores.llm.client import ChatModel, connect
from tests.scores.llm.server import KEY, MODEL, ChatServer, says

NAMES = ("pregnancies", "glucose")
ANSWER = json.dumps({"scores": [{"feature": n, "reason": "r", "score": 4} for n in NAMES]})


@pytest.fixture
def server():
    with ChatServer([says(ANSWER, usage=(10, 5))]) as running:
        yield running


@pytest.fixture
def model(server):
    with connect(server.url, KEY) as connected:
        yield ChatModel(connected, MODEL)


@pytest.mark.parametrize("form", FORMS)
def test_only_the_form_that_is_measured_reaches_the_server(server, model, form):
    outcome = ask(model, "diabetes", form, n_features=2)
    assert (outcome.complete, outcome.calls, outcome.sent, outcome.received) == (True, 1, 10, 5)
    assert len(server.requests) == 1
    assert server.forms == [{"schema": "json_schema", "json": "json_object", "text": None}[form]]


def test_an_answer_in_words_is_parsed_by_a_second_call(server, model):
    server.script = [says("Glucose matters most.", usage=(10, 5)), says(ANSWER, usage=(20, 5))]
    outcome = ask(model, "diabetes", "text", n_features=2)
    assert (outcome.complete, outcome.calls, outcome.sent, outcome.received) == (True, 2, 30, 10)


def test_the_document_counts_what_came_and_names_what_did_not(server, model, tmp_path, capsys):
    server.script = [says("No."), says("No."), says("No."), says(ANSWER)]
    failed = ask(model, "diabetes", "schema", n_features=2)
    others = [ask(model, "diabetes", form, n_features=2) for form in ("json", "text")]
    text = document([failed, *others], "a model", 2)
    assert "`python -m benchmarks.asking --tables diabetes`" in text
    assert "| JSON schema " in text
    assert "0 of 1" in text
    assert "- diabetes, JSON schema: " in text
    output = tmp_path / "asking.md"
    arguments = ["--model", MODEL, "--base-url", server.url, "--tables", "diabetes"]
    asking.main([*arguments, "--features", "2", "--output", str(output)])
    assert "small-1 was asked" in output.read_text(encoding="utf-8").replace("\n", " ")
    capsys.readouterr()
    asking.main([*arguments, "--features", "2", "--json"])
    assert [one["complete"] for one in json.loads(capsys.readouterr().out)] == [True] * 3
    assert asdict(failed)["problem"]
