import json
import threading
import time
from dataclasses import asdict, replace

import numpy as np
import pytest

from laat_core.errors import ReplyError
from laat_core.scores.llm.cache import AnswerCache
from laat_core.scores.llm.client import ChatModel, Usage
from laat_core.scores.llm.prompt import Prompt, Question, write_prompt
from laat_core.scores.llm.propose import REPAIRS, SIDE_BY_SIDE, Proposer
from tests.scores.llm.server import (
    KEY,
    delta,
    drips,
    drops_after,
    fails,
    hangs,
    hangs_after,
    says,
    sends,
    streams,
    takes,
)

QUESTION = Question("Predict disease.", "ill", ("yes",), ("age", "sex = male"), ("Age", "Male"))
FLOWERS = Question("Tell flowers apart.", "kind", ("a", "b", "c"), ("petal", "sepal"), ("", ""))
PRICES = Question("Predict the price.", "price", (), ("rooms", "year", "garden"), ("", "", ""))
FORMS = {"schema": "json_schema", "json": "json_object", "text": None}


def reply(age=7, sex=2, reason="Older is iller."):
    entries = [
        {"feature": "age", "reason": reason, "score": age},
        {"feature": "sex = male", "reason": "", "score": sex},
    ]
    return json.dumps({"scores": entries})


def proposer(model, cache=None, question=QUESTION):
    return Proposer(model, question, write_prompt(question), cache)


@pytest.fixture
def cache(tmp_path):
    return AnswerCache(tmp_path / "answers")


def waits(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def in_thread(work):
    """Start; give what waits for the end and returns the result."""
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()

    def end(seconds=30.0):
        thread.join(seconds)
        assert not thread.is_alive()
        return found[0]

    return end


# Several estimates


def test_five_estimates_are_asked_side_by_side(server, model):
    meeting = threading.Barrier(SIDE_BY_SIDE)

    def meets(exchange):
        meeting.wait(5)
        says(reply())(exchange)

    server.script = [meets]
    proposal = proposer(model).ask(SIDE_BY_SIDE)
    assert [estimate.number for estimate in proposal.good] == [1, 2, 3, 4, 5]
    assert proposal.scores.estimates.shape == (5, 1, 2)


def test_no_more_than_five_are_asked_at_once(server, model):
    server.script = [says(reply())]
    assert len(proposer(model).ask(14).good) == 14
    assert server.most_at_once <= SIDE_BY_SIDE


def test_good_estimates_are_kept_beside_failed_ones(server, model):
    odd, good = fails(401), says(reply())
    server.script = [good, odd, good, drops_after("{"), good]
    proposal = proposer(model).ask(5)
    assert len(proposal.good) == 3
    problems = " ".join(estimate.problem for estimate in proposal.failed)
    assert "hung up" in problems
    assert "refuses the key" in problems
    assert [estimate.number for estimate in proposal.estimates] == [1, 2, 3, 4, 5]
    assert proposal.scores.as_dict() == {"age": 7.0, "sex = male": 2.0}


def test_the_proposal_says_what_was_asked_of_whom(server, model):
    server.script = [says(reply(9)), says(reply(4))]
    proposal = proposer(ChatModel(model.client, model.model, 0.5)).ask(2)
    assert proposal.scores.score("age") == 6.5
    assert (proposal.model, proposal.temperature) == (model.model, 0.5)
    assert proposal.base_url == f"{server.url}/"
    assert proposal.prompt == write_prompt(QUESTION)
    assert proposal.good[0].messages[1] == {"role": "user", "content": proposal.prompt.user}
    assert proposal.usage == Usage(200, 40)


def test_without_a_good_estimate_the_first_problem_is_said(server, model):
    server.script = [fails(403)]
    with pytest.raises(ReplyError, match="refuses access"):
        _ = proposer(model).ask(2).scores
    with pytest.raises(ReplyError, match="nothing was asked"):
        _ = proposer(model).proposal.scores


def test_more_estimates_go_on_in_number(server, model):
    server.script = [says(reply())]
    asking = proposer(model)
    asking.ask(2)
    assert [estimate.number for estimate in asking.ask(1).estimates] == [1, 2, 3]
    assert [progress.number for progress in asking.progress] == [1, 2, 3]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_program_is_no_missing_estimate(server, model, monkeypatch):
    server.script = [says(reply())]
    monkeypatch.setattr(
        "laat_core.scores.llm.propose.read_reply", lambda *_: (_ for _ in ()).throw(KeyError)
    )
    asking = proposer(model)
    assert "fault of this program" in asking.ask(1).failed[0].problem
    assert asking.progress[0].state == "failed"


def test_several_classes_are_scored(server, model):
    entries = [
        {"feature": name, "reason": "r", "scores": {"a": 1, "b": -2, "c": score}}
        for name, score in (("petal", 3), ("sepal", 5))
    ]
    server.script = [says(json.dumps({"scores": entries}))]
    asking = proposer(model, question=FLOWERS)
    proposal = asking.ask(2)
    assert proposal.scores.values.tolist() == [[1, 1], [-2, -2], [3, 5]]
    assert proposal.scores.estimates.shape == (2, 3, 2)
    assert asking.progress[0].n_scored == 2


def test_a_regression_is_scored(server, model):
    server.script = [says(json.dumps({"rooms": 8, "year": 1.5, "garden": -3}))]
    scores = proposer(model, question=PRICES).ask(1).scores
    np.testing.assert_array_equal(scores.values, [[8, 1.5, -3]])


# Bad answers


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (says(json.dumps({"Age ": 3, "height": 4})), "'height' is no feature"),
        (says(reply(1e9)), "the score of 'age' is 1000000000.0"),
        (says(reply(float("nan"))), "the score of 'age' is 'NaN'"),
        (says(reply()[:60], finish="length"), "The answer was cut off; write shorter reasons."),
        (says("I cannot know that."), "JSON with scores"),
        (says(json.dumps({f"f{i}": 1 for i in range(10_000)})), "9,990 more faults"),
    ],
)
def test_a_bad_answer_is_repaired_with_its_fault_named(server, model, bad, named):
    server.script = [bad, says(reply())]
    estimate = proposer(model).ask(1).estimates[0]
    assert estimate.scores["age"] == ((7.0,), "Older is iller.")
    assert estimate.problem == ""
    messages = server.requests[1].body["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert named in messages[-1]["content"]
    assert len(messages[-1]["content"]) < 3000
    assert tuple(messages) == estimate.messages[:-1]
    assert estimate.usage == Usage(200, 40)


def test_a_second_repair_sends_the_last_answer_alone(server, model):
    server.script = [says("I cannot."), says("No."), says(reply())]
    estimate = proposer(model).ask(1).estimates[0]
    sent = server.requests[2].body["messages"]
    assert [message["content"] for message in sent[2:3]] == ["No."]
    assert len(sent) == 4
    assert len(estimate.messages) == 7  # all of it is recorded


def test_a_server_that_can_hold_a_model_to_short_reasons_is_asked_to(server, model):
    server.script = [says(reply())] * 2
    proposer(model).ask(1)
    model.longest_reason = 50
    proposer(model).ask(1)
    bounds = [
        request.body["response_format"]["json_schema"]["schema"]["properties"]["scores"][
            "properties"
        ]["1"]["properties"]["reason"].get("maxLength")
        for request in server.requests
    ]
    assert bounds == [None, 50]


def test_repairs_come_to_an_end(server, model):
    server.script = [says(json.dumps({"age": 3}), finish="length")]
    estimate = proposer(model).ask(1).estimates[0]
    assert len(server.requests) == 1 + REPAIRS
    assert estimate.problem == (
        f"No usable score for 'sex = male' after {1 + REPAIRS} answers. "
        "The last answer was cut off by the server."
    )
    assert estimate.usage == Usage(300, 60)


@pytest.mark.slow
@pytest.mark.parametrize(
    "behaviour",
    [
        *(fails(status) for status in (400, 401, 403, 404, 429, 500)),
        fails(429, Retry_After="3600"),
        sends("<html>Hi</html>", "text/html"),
        streams("data: {half\n\n"),
        says(""),
        says("", refusal="No."),
        says("So", finish="content_filter"),
        says("[" * 2_000),
        says('{"scores": {"age": {}, "sex = male": []}}'),
        drops_after('{"scores"'),
        hangs,
        hangs_after('{"scores"'),
    ],
)
def test_every_fault_ends_in_a_sentence(server, model, behaviour):
    server.script = [behaviour]
    started = time.monotonic()
    (estimate,) = proposer(model).ask(1).failed
    assert time.monotonic() - started < 30  # of two minutes, which a person would wait
    assert not estimate.scores
    assert estimate.problem.endswith(".")
    assert len(estimate.problem) < 1000


# Forms


@pytest.mark.parametrize(
    ("known", "path", "asked"),
    [
        (FORMS.values(), "schema", ["json_schema"]),
        (["json_object", None], "json", ["json_schema", "json_object"]),
        ([None], "text", ["json_schema", "json_object", None]),
    ],
)
def test_the_form_that_a_server_takes_is_remembered(server, model, known, path, asked):
    server.script = [takes(*known, then=says(reply()))]
    asking = proposer(model)
    assert asking.ask(1).estimates[0].path == path
    assert server.forms == asked
    proposal = asking.ask(4)
    assert server.forms == [*asked, *[FORMS[path]] * 4]
    assert {estimate.path for estimate in proposal.estimates} == {path}


def test_only_those_in_flight_meet_a_refusal(server, model):
    server.script = [takes(None, then=says(reply()))]
    assert len(proposer(model).ask(20).good) == 20
    assert server.forms.count("json_schema") <= SIDE_BY_SIDE
    assert server.forms.count("json_object") == 1  # one goes on, the others wait for it


def test_a_server_that_refuses_everything_is_asked_in_each_form_once(server, model):
    server.script = [takes(then=says(reply()))]
    estimate = proposer(model).ask(1).estimates[0]
    assert server.forms == ["json_schema", "json_object", None]
    assert "does not accept the request" in estimate.problem


def test_plain_text_is_read_as_a_persons_answer(server, model):
    server.script = [takes(None, then=says("1. age: +7 (older)\n2. sex = male: -2"))]
    assert proposer(model).ask(1).scores.as_dict() == {"age": 7.0, "sex = male": -2.0}


# Cache


@pytest.mark.parametrize("known", [["json_schema"], [None]])
def test_what_was_answered_is_not_asked_again(server, model, cache, known):
    server.script = [takes(*known, then=says(reply()))]
    first = proposer(model, cache).ask(3)
    asked = len(server.requests)
    second = proposer(model, cache).ask(3)
    assert len(server.requests) == asked
    assert not any(estimate.cached for estimate in first.estimates)
    assert all(estimate.cached for estimate in second.estimates)
    assert second.usage == Usage()
    assert [e.scores for e in second.good] == [e.scores for e in first.good]
    assert [e.path for e in second.good] == [e.path for e in first.good]
    assert [e.messages for e in second.good] == [e.messages for e in first.good]


def test_a_repaired_conversation_is_kept_whole(server, model, cache):
    server.script = [says("{}"), says(reply())]
    first = proposer(model, cache).ask(1)
    second = proposer(model, cache).ask(1)
    assert len(server.requests) == 2
    assert second.estimates[0].cached
    assert second.estimates[0].messages == first.estimates[0].messages


def test_another_request_is_asked_anew(server, model, cache):
    server.script = [says(reply())]
    proposer(model, cache).ask(1)
    warmer = ChatModel(model.client, model.model, 0.7)
    assert not proposer(warmer, cache).ask(1).estimates[0].cached
    other = ChatModel(model.client, "other")
    assert not proposer(other, cache).ask(1).estimates[0].cached
    edited = proposer(model, cache)
    edited.prompt = Prompt(edited.prompt.system, edited.prompt.user + " Think hard.")
    assert not edited.ask(1).estimates[0].cached
    more = proposer(model, cache).ask(2)
    assert [estimate.cached for estimate in more.estimates] == [True, False]
    assert len(server.requests) == 5


@pytest.mark.parametrize("bad", [says("{}"), fails(401)])
def test_what_failed_is_not_kept(server, model, cache, bad):
    server.script = [bad]
    assert proposer(model, cache).ask(1).failed
    assert not list(cache.folder.glob("*"))
    server.script = [says(reply())]
    assert proposer(model, cache).ask(1).good


# Waiting and cancelling


@pytest.mark.slow
def test_progress_shows_what_has_come(server, model):
    server.script = [hangs_after(reply()[:60])]
    asking = proposer(model)
    end = in_thread(lambda: asking.ask(1))
    waits(lambda: asking.progress and asking.progress[0].reason)
    (progress,) = asking.progress
    assert (progress.state, progress.reason) == ("asking", "Older is iller.")
    assert (progress.n_scored, progress.n_features) == (0, 2)
    end()
    assert progress.state == "failed"
    assert "silent" in progress.problem
    server.script = [says(reply())]
    asking.ask(1)
    assert (asking.progress[1].state, asking.progress[1].n_scored) == ("done", 2)


@pytest.mark.parametrize(
    ("question", "text", "n_scored"),
    [
        (QUESTION, reply()[:75], 1),
        (FLOWERS, '{"scores": {"1": {"feature": "petal", "scores": {"a": 1, "b": 2, "c": 3}}, ', 1),
        (FLOWERS, '{"scores": [{"feature": "petal", "scores": {"a": ', 0),
    ],
)
def test_progress_counts_scored_features(model, question, text, n_scored):
    asking = proposer(model, question=question)
    asking.cancel()
    asking.ask(1)
    asking.progress[0].see(text)
    assert asking.progress[0].n_scored == n_scored


def test_cancelled_before_nothing_is_asked(server, model):
    server.script = [says(reply())]
    asking = proposer(model)
    asking.cancel()
    assert asking.cancelled
    assert asking.ask(7).estimates == ()
    assert {progress.state for progress in asking.progress} == {"cancelled"}
    assert not server.requests


@pytest.mark.slow
@pytest.mark.parametrize(
    ("behaviour", "heard_of"),
    [(drips(reply()[:60]), True), (hangs_after(reply()[:60]), False), (hangs, False)],
)
def test_cancelled_while_waiting_the_good_ones_are_kept(server, model, behaviour, heard_of):
    server.script = [says(reply()), says(reply()), behaviour]
    patient = ChatModel(model.client.with_options(timeout=30.0), model.model)
    asking = proposer(patient)
    end = in_thread(lambda: asking.ask(8))
    waits(lambda: len(asking.proposal.good) == 2 and server.at_once == SIDE_BY_SIDE)
    started = time.monotonic()
    asking.cancel()
    proposal = end()
    assert time.monotonic() - started < 15  # of the thirty that it would wait
    assert len(proposal.estimates) == len(proposal.good) == 2
    states = sorted(progress.state for progress in asking.progress)
    assert states == ["cancelled"] * 6 + ["done"] * 2
    if heard_of:  # the connection is closed at the server's next sign
        waits(lambda: server.at_once == 0)
    assert asking.proposal.scores.estimates.shape[0] == 2


def test_the_key_is_found_nowhere(server, model, cache):
    echo = reply(reason=f"The key is {KEY}.")
    server.script = [
        streams(*(delta({"content": text}) for text in ("No: ", KEY[:5], KEY[5:]))),
        says(echo),
        fails(400, f"Bearer {KEY}"),
        fails(429, f"Bearer {KEY}", Retry_After="3600"),
    ]
    asking = proposer(model, cache)
    proposal = asking.ask(1)
    proposal = asking.ask(2)
    assert (len(proposal.good), len(proposal.failed)) == (1, 2)
    assert "[key]" in proposal.good[0].scores["age"][1]
    files = [path.read_text() for path in cache.folder.iterdir()]
    assert len(files) == 2
    for text in (repr(proposal), repr(asdict(proposal)), repr(asking.progress), *files):
        assert KEY not in text


def test_an_estimate_counts_its_own_time(server, model):
    server.script = [says(reply())]
    started = time.perf_counter()
    estimate = proposer(model).ask(1).estimates[0]
    assert 0 < estimate.seconds <= time.perf_counter() - started
    assert replace(estimate, seconds=0.0).cached is False


# What came before a break


def test_a_whole_answer_is_used_though_the_server_hangs_up_at_its_end(server, model):
    server.script = [drops_after(reply(age=6))]
    (estimate,) = proposer(model).ask(1).estimates
    assert estimate.scores["age"][0] == (6.0,)
    assert estimate.usage.uncounted == 1


def test_half_an_answer_is_kept_to_be_looked_at(server, model):
    server.script = [drops_after(reply()[:40])]
    (estimate,) = proposer(model).ask(1).estimates
    assert "hung up" in estimate.problem
    assert estimate.messages[-1] == {"role": "assistant", "content": reply()[:40]}
