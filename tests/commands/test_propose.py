import json

import pytest

from laat_core import dataset_names, load_dataset, load_proposal
from laat_core.scores.exchange import scores_from_bytes
from tests import command_line
from tests.scores.llm.server import KEY, MODEL, ChatServer, fails, says

FEATURES = load_proposal("diabetes").scores.features
ANSWER = json.dumps({"scores": [{"feature": n, "reason": "r", "score": 4} for n in FEATURES]})


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setenv("LAAT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ChatServer([says(ANSWER)]) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        yield running


def run(capsys, *arguments):
    return command_line.run(capsys, "propose", *arguments)


def ask(capsys, *arguments):
    return run(capsys, "diabetes", "--model", MODEL, *arguments)


def test_scores_are_written_with_what_was_asked_and_read_again(capsys, server, tmp_path):
    out = tmp_path / "scores.json"
    status, printed, err = ask(capsys, "--estimates", 3, "--out", out)
    assert (status, err) == (0, "")
    assert "3 of 3 estimates of small-1, 0 of them from the cache" in printed
    content = out.read_bytes()
    scores = scores_from_bytes(content, "scores.json", FEATURES).scores
    assert set(scores.as_dict().values()) == {4.0}
    assert scores.estimates.shape == (3, 1, len(FEATURES))
    about = json.loads(content)
    assert about["prompt"] == load_proposal("diabetes").prompt
    assert (about["model"], about["outcome"]) == (MODEL, "diabetes = yes")
    assert KEY not in content.decode()
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_without_a_file_the_scores_are_printed_and_the_cache_answers(capsys, server):
    first = ask(capsys, "--estimates", 1)
    again = ask(capsys, "--estimates", 1)
    assert (first[0], first[2]) == (again[0], again[2]) == (0, "")
    printed, known = json.loads(first[1]), json.loads(again[1])
    assert len(server.requests) == 1
    assert printed["scores"] == known["scores"]
    assert printed["scores"][0]["score"] == 4
    assert ([a["cached"] for a in printed["asked"]], printed["asked"][0]["form"]) == (
        [False],
        "schema",
    )
    assert [a["cached"] for a in known["asked"]] == [True]
    assert known["usage"]["prompt"] == 0


def test_the_key_goes_to_no_other_address(capsys, server, monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL")
    ask(capsys, "--estimates", 1, "--base-url", server.url)
    assert KEY not in server.requests[0].headers["authorization"]


def test_without_a_file_failures_are_named_beside_the_scores(capsys, server):
    server.script = [fails(401), says(ANSWER)]
    status, printed, err = ask(capsys, "--estimates", 2)
    assert status == 0
    assert "refuses the key" in err
    assert [bool(a["problem"]) for a in json.loads(printed)["asked"]].count(True) == 1


def test_sentence_and_temperature_reach_the_server(capsys, server):
    ask(capsys, "--estimates", 1, "--task", "Guess.", "--temperature", 0.5)
    body = server.requests[0].body
    assert body["temperature"] == 0.5
    assert "Task: Guess.\n" in body["messages"][1]["content"]


def test_a_failed_estimate_is_named_and_the_others_are_kept(capsys, server, tmp_path):
    server.script = [fails(401), says(ANSWER)]
    status, printed, _ = ask(capsys, "--estimates", 2, "--out", tmp_path / "s.json")
    assert status == 0
    assert "1 of 2 estimates" in printed
    assert "refuses the key" in printed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["diabetes"], "one of the arguments --model --gguf is required"),
        (["diabetes", "--model", "m", "--estimates", "0"], "0 estimates asked for"),
        (["diabetes", "--model", "m", "--temperature", "nan"], "The temperature is nan"),
        (["diabetes", "--model", "m", "--base-url", "nowhere"], "Invalid URL"),
        (["diabetes", "--model", "m", "--base-url", "http://127.0.0.1:9/v1"], "cannot be reached"),
        (["diabetes", "--gguf", "/nowhere.gguf"], "Cannot read /nowhere.gguf"),
        (["nothing", "--model", "m"], "No bundled table and no file 'nothing'"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(capsys, server, arguments, said):  # noqa: ARG001
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("server")
def test_a_file_that_cannot_be_written_is_said(capsys, tmp_path):
    status, _, err = ask(capsys, "--estimates", 1, "--out", tmp_path / "no" / "s.json")
    assert status == 2
    assert "Cannot write" in err


@pytest.mark.slow
def test_every_bundled_table_has_a_prompt():
    assert all(load_dataset(name).description for name in dataset_names())
