import gzip
import itertools
import json
import threading
import time
import tracemalloc

import pytest

from laat_core.errors import ModelError
from laat_core.scores.llm import client, connection
from laat_core.scores.llm.client import Cancelled, ChatModel, Usage, connect
from tests.scores.llm.server import (
    KEY,
    MODEL,
    ChatServer,
    chunk,
    delta,
    drips,
    drops_after,
    fails,
    floods,
    hangs,
    hangs_after,
    says,
    sends,
    streams,
)

HELLO = [{"role": "user", "content": "Hello"}]
CLOSED = "http://127.0.0.1:9/v1"
MEGABYTE = 2**20
BOMB = gzip.compress(bytes(200 * MEGABYTE))


def problem(model):
    """The sentences that asking ends in."""
    with pytest.raises(ModelError) as caught:
        model.answer(HELLO)
    message = str(caught.value)
    assert KEY not in message
    assert "\n" not in message
    assert len(message) < 600
    assert message.endswith(".")
    return message


def test_an_answer_comes_with_its_usage(server, model):
    server.script = [says("Good morning. " * 9, usage=(7, 3))]
    texts = []
    answer = model.answer(HELLO, on_text=texts.append)
    assert answer.text == "Good morning. " * 9
    assert answer.usage == Usage(7, 3)
    assert answer.finished
    assert texts[-1] == answer.text
    assert all(later.startswith(text) for text, later in itertools.pairwise(texts))
    assert len(set(texts)) > 3


def test_a_request_says_what_it_is_told_to_say(server, model):
    server.script = [says("Yes.")]
    model.answer(HELLO)
    ChatModel(model.client, MODEL, 0.0).answer(HELLO, {"type": "json_object"})
    plain, full = (request.body for request in server.requests)
    streamed = {"stream": True, "stream_options": {"include_usage": True}}
    assert plain == {"model": MODEL, "messages": HELLO, **streamed}
    assert full == {**plain, "temperature": 0.0, "response_format": {"type": "json_object"}}
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "refuses the key (status 401)"),
        (403, "refuses access (status 403): “No such luck”. Check key, model and address."),
        (404, f"knows no such address or model ('{MODEL}'): “No such luck”"),
        (405, "takes no questions at this address (status 405): “No such luck”"),
        (400, "does not accept the request: “No such luck”"),
        (402, "asks for payment (status 402): “No such luck”"),
        (413, "too large for this server (status 413): “No such luck”"),
        (422, "does not accept the request: “No such luck”"),
        (429, "too many requests: “No such luck”. Ask again later."),
        (500, "failed (status 500): “No such luck”"),
        (501, "cannot do what is asked (status 501): “No such luck”"),
        (503, "failed (status 503)"),
        (418, "does not accept the request (status 418)"),
    ],
)
def test_a_status_becomes_a_sentence(server, model, status, said):
    server.script = [fails(status)]
    assert said in problem(model)


@pytest.mark.parametrize(("status", "n_requests"), [(400, 3), (422, 3), (401, 1), (404, 1)])
def test_only_a_refused_request_is_made_plainer(server, model, status, n_requests):
    server.script = [fails(status)]
    with pytest.raises(ModelError) as caught:
        model.answer(HELLO, {"type": "json_schema", "json_schema": {}})
    assert caught.value.status == status
    assert len(server.requests) == n_requests


@pytest.mark.parametrize("once", [fails(500), fails(429, Retry_After="0.01")])
def test_what_fails_once_is_tried_again(server, model, once):
    server.script = [once, says("Yes.")]
    assert model.answer(HELLO).text == "Yes."
    assert len(server.requests) == 2


def test_what_fails_always_is_tried_twice(server, model):
    server.script = [fails(500)]
    problem(model)
    assert len(server.requests) == 2


def test_a_long_wait_is_said_and_not_waited_for(server, model):
    server.script = [fails(429, Retry_After="3600")]
    assert problem(model).endswith("Ask again in 3600 seconds.")
    assert len(server.requests) == 1


@pytest.mark.parametrize("wait", ["9" * 500, "nan", "-1", "soon", "1e400", "²"])
def test_an_odd_wait_is_no_trouble(server, model, wait):
    server.script = [lambda exchange: exchange.send("{}", 429, Retry_After=wait)]
    assert problem(model) == "The server has had too many requests. Ask again later."


@pytest.mark.slow
@pytest.mark.parametrize("silent", [hangs, hangs_after("I th")])
def test_silence_ends(server, model, silent):
    server.script = [silent]
    started = time.monotonic()
    assert "was silent for too long" in problem(model)
    assert time.monotonic() - started < 30  # of two minutes, which a person would wait


@pytest.mark.slow
def test_endless_talk_ends(server, model, monkeypatch):
    monkeypatch.setattr(connection, "MOST_SECONDS", 0.3)
    server.script = [drips("I th")]
    assert "sent without end" in problem(model)


def test_a_dropped_connection_is_said(server, model):
    server.script = [drops_after("I th")]
    assert "cannot be reached, or has hung up" in problem(model)


def test_no_server_is_said(monkeypatch):
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    with connect(CLOSED, KEY) as connected:
        assert "cannot be reached" in problem(ChatModel(connected, MODEL))


@pytest.mark.parametrize(
    "malformed",
    [
        sends("<html><body>Welcome to the hotel</body></html>", "text/html"),
        sends("<html>\n\ndata: x\n\n</html>", "text/html"),
        sends(""),
        sends("[" * 100_000),
        sends(b"\xff\xfe\x00", "text/event-stream"),
        streams("data: {half\n\n"),
        streams("data: 5\n\n"),
        streams("data: null\n\n"),
        streams("data: []\n\n"),
        streams("data: " + "[" * 100_000 + "\n\n"),
        streams("data: [DONE]\n\n"),
        streams(b"data: \xff\xff\n\n"),
        streams(chunk(choices=5)),
        streams(chunk(choices=[5])),
        streams(chunk(choices={"a": 1})),
        streams(delta("text")),
        streams(delta({"content": 5})),
        streams(delta({"content": [5]})),
        streams(delta({"refusal": {"a": 1}})),
        streams(chunk(choices=[], usage="many")),
    ],
)
def test_a_malformed_response_is_no_server(server, model, malformed):
    server.script = [malformed]
    assert "does not answer as an OpenAI-compatible server" in problem(model)


@pytest.mark.parametrize("usage", [{}, {"prompt_tokens": "1"}, {"completion_tokens": -5}])
def test_an_odd_usage_counts_nothing(server, model, usage):
    server.script = [streams(delta({"content": "Yes."}), chunk(choices=[], usage=usage))]
    assert model.answer(HELLO).usage + Usage(1, 1) == Usage(1, 1)


def test_a_fault_within_the_stream_is_said(server, model):
    server.script = [streams(chunk(error={"message": f"Overloaded, {KEY}"}))]
    assert problem(model) == "The server reports an error: “Overloaded, [key]”."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (says(""), "The answer is empty."),
        (says(" \n "), "The answer is empty."),
        (says("", refusal="I would rather not."), "refuses to answer: “I would rather not”."),
        (says("So", finish="content_filter"), "refuses to answer."),
    ],
)
def test_no_answer_is_said(server, model, answer, said):
    server.script = [answer]
    assert said in problem(model)


@pytest.mark.parametrize("finish", ["length", None])
def test_an_answer_that_is_cut_off_is_not_finished(server, model, finish):
    server.script = [says('{"scores": [', finish=finish)]
    assert not model.answer(HELLO).finished


def test_lone_surrogates_are_taken_out(server, model):
    server.script = [streams(delta({"content": "a\ud800b"}))]
    texts = []
    assert model.answer(HELLO, on_text=texts.append).text == "a?b"
    assert texts[-1] == "a?b"


# The key


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server, model, status):
    with ChatServer([says("Caught.")]) as other:
        place = f"{other.url}/chat/completions?key={KEY}"
        server.script = [fails(status, Location=place)]
        assert f"{other.url}/chat/completions?key=[key]" in problem(model)
        with pytest.raises(ModelError, match="points to another address"):
            model.check()
        server.script, server.models = [says("OK")], fails(status, Location=place)
        assert "no list" in model.check()
        assert not other.requests


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 422, 429, 500])
@pytest.mark.parametrize("form", ["message", "error", "detail", "text"])
def test_a_key_that_is_echoed_is_not_passed_on(server, model, status, form):
    message = f"Got Authorization: Bearer {KEY} and " + "no more " * 99
    content = message if form == "text" else json.dumps({form: message})
    server.script = [sends(content, status=status)]
    assert "Bearer [key] and" in problem(model)


def test_a_key_that_is_masked_is_not_passed_on_in_part(server, model):
    server.script = [fails(401, "Incorrect API key provided: sk-te******LmXw. Find yours.")]
    assert problem(model).startswith(
        "The server refuses the key (status 401): “Incorrect API key provided: [key] Find yours”."
    )


def test_a_page_is_not_quoted(server, model):
    server.script = [sends("<html>Not here</html>", "text/html", 404)]
    assert "html" not in problem(model)


def test_a_key_in_an_answer_is_taken_out(server, model):
    server.script = [streams(*(delta({"content": letter}) for letter in f"It is {KEY}."))]
    texts = []
    assert model.answer(HELLO, on_text=texts.append).text == "It is [key]."
    assert not any(KEY in text for text in texts)


def test_no_key_takes_no_word_out(server):
    server.script = [says("none of them")]
    with connect(server.url, "") as connected:
        assert ChatModel(connected, MODEL).answer(HELLO).text == "none of them"


def test_the_organization_of_the_environment_goes_to_the_usual_address_alone(monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert connect(CLOSED, "").organization is None
    monkeypatch.setenv("OPENAI_BASE_URL", CLOSED)
    assert connect(CLOSED, "").organization == "org"


def test_the_headers_of_the_environment_go_to_the_usual_address_alone(server, monkeypatch):
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Team: secret\nAuthorization: Bearer other")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    server.script = [says("Yes.")]
    for usual in (False, True):
        with connect(server.url, KEY) as connected:
            ChatModel(connected, MODEL).answer(HELLO)
        sent = server.requests[-1].headers
        assert sent.get("x-team") == ("secret" if usual else None)
        assert sent["authorization"] == ("Bearer other" if usual else f"Bearer {KEY}")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)


def test_azure_gets_its_version_and_its_own_header(server):
    server.script = [says("Yes.")]
    address = f"{server.url}/deployments/gpt/chat/completions?api-version=2024-06-01"
    with connect(address, KEY) as connected:
        model = ChatModel(connected, MODEL)
        assert model.answer(HELLO).text == "Yes."
    (request,) = server.requests
    assert request.path == "/v1/deployments/gpt/chat/completions?api-version=2024-06-01"
    assert request.headers["api-key"] == KEY
    assert "authorization" not in request.headers


def test_a_short_key_is_no_secret_and_spoils_no_answer(server):
    server.script = [says("1, 2, 3")]
    with connect(server.url, "1") as connected:
        assert ChatModel(connected, MODEL).answer(HELLO).text == "1, 2, 3"


def test_an_address_or_key_that_is_none_is_said_before_anything_is_sent():
    with pytest.raises(ModelError, match="Invalid URL"):
        connect("", KEY)
    with pytest.raises(ModelError, match="invalid characters"):
        connect(CLOSED, "a b")


# Size


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flood", "said"),
    [
        (floods(50 * MEGABYTE, b"x" * 2**16), "sent too much"),
        (floods(50 * MEGABYTE, b"data: " + b"x" * 2**16), "sent too much"),
        (floods(50 * MEGABYTE, (b"x" * 2047 + b"\n") * 2**5), "sent too much"),
        (floods(50 * MEGABYTE, (b":" + b"x" * 2045 + b"\n\n") * 2**5), "sent too much"),
        (floods(50 * MEGABYTE, b"x" * 2**16, "text/html"), "sent too much"),
        (floods(50 * MEGABYTE, b"x\n" * 2**15, "text/html", 404), "sent too much"),
        (floods(50 * MEGABYTE, delta({"content": "x" * 2**16}).encode()), "sent too much"),
        (sends(BOMB, "text/event-stream", Content_Encoding="gzip"), "sent too much"),
        (sends(BOMB, status=500, Content_Encoding="gzip"), "sent too much"),
        (sends(b"\x1f\x8b no", Content_Encoding="gzip"), "OpenAI-compatible"),
    ],
)
def test_a_flood_is_stopped(server, model, flood, said):
    server.script = [flood]
    tracemalloc.start()
    try:
        message = problem(model)
        assert tracemalloc.get_traced_memory()[1] < 60 * MEGABYTE
    finally:
        tracemalloc.stop()
    assert said in message


@pytest.mark.slow
def test_long_thoughts_are_no_flood(server, model):
    thought = delta({"reasoning_content": "x" * 2**16}).encode()
    server.script = [streams(*[thought] * 256, delta({"content": "Yes."}))]
    assert model.answer(HELLO).text == "Yes."


def test_text_is_passed_on_now_and_then(server, model, monkeypatch):
    monkeypatch.setattr(client, "TELL_SECONDS", 60.0)
    server.script = [says("word " * 2000)]
    texts = []
    assert model.answer(HELLO, on_text=texts.append).text == texts[-1]
    assert len(texts) <= 2


# Cancelling and checking


def test_a_cancelled_answer_is_discarded(server, model):
    server.script = [drips("I th")]
    cancelled = threading.Event()
    with pytest.raises(Cancelled):
        model.answer(HELLO, on_text=lambda _: cancelled.set(), cancelled=cancelled)


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        (MODEL, MODEL),
        (MODEL, f"{MODEL}:latest"),
        (f"{MODEL}:latest", MODEL),
        (MODEL, f"models/{MODEL}"),
    ],
)
def test_a_model_that_answers_and_is_listed_is_found(server, model, asked, listed):
    server.script = [says("OK")]
    server.models = sends(json.dumps({"data": [{"id": "a"}, {"id": listed}]}))
    sentence = ChatModel(model.client, asked).check()
    assert sentence == f"The server answers and has the model {asked}."
    assert server.requests[0].body["max_tokens"] == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "models",
    [
        sends("404 page not found", "text/plain", 404),
        sends('{"data": []}'),
        sends('{"data": [1]}'),
        sends('{"data": "small-1"}'),
        sends("[]"),
        sends("{"),
        sends("<html>Hi</html>", "text/html"),
        fails(401),
        floods(50 * MEGABYTE, b"x" * 2**16, "application/json"),
        hangs,
    ],
)
def test_a_server_that_answers_needs_no_list(server, model, models):
    server.script, server.models = [says("OK")], models
    assert model.check() == f"The server answers as {MODEL}. It gives no list of its models."


def test_a_thinking_model_that_says_nothing_in_one_token_works(server, model):
    server.script = [says("", finish="length")]
    assert model.check() == f"The server answers and has the model {MODEL}."


@pytest.mark.parametrize("too_short", [False, True])
def test_the_limit_of_the_test_may_have_another_name_or_be_too_short(server, model, too_short):
    def modern(exchange):
        body = exchange.request_seen.body
        if "max_tokens" in body:
            message = "'max_tokens' is not supported. Use 'max_completion_tokens' instead."
            return fails(400, message)(exchange)
        if too_short and "max_completion_tokens" in body:
            return fails(400, "Could not finish: max_tokens or output limit reached.")(exchange)
        return says("OK")(exchange)

    server.script = [modern]
    assert model.check() == f"The server answers and has the model {MODEL}."
    assert server.requests[1].body["max_completion_tokens"] == 1
    assert len(server.requests) == (3 if too_short else 2)


def test_an_answer_of_a_model_that_is_not_listed_is_doubted(server, model):
    server.script = [says("OK")]
    server.models = sends(json.dumps({"data": [{"id": KEY}, {"id": "small-2"}]}))
    assert model.check() == (
        "The server answers, but its list has no model 'small-1'. It has “small-2” and 1 other. "
        "Another model may have answered."
    )


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_model_that_is_not_there_is_named_with_those_that_are(server, model, status):
    server.script = [fails(status, "model not found")]
    server.models = sends(json.dumps({"data": [{"id": f"m{n}" * 9999} for n in range(99)]}))
    with pytest.raises(ModelError) as caught:
        model.check()
    said = str(caught.value)
    assert said.startswith("The server has no model 'small-1'. It has “m0m0")
    assert said.endswith("and 94 others.")
    assert len(said) < 600


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (fails(401), "refuses the key"),
        (fails(404), "no such address"),
        (fails(500), "failed (status 500)"),
        (sends("<html>Hi</html>", "text/html"), "OpenAI-compatible"),
        (hangs, "silent for too long"),
    ],
)
def test_what_is_wrong_is_found(server, model, answer, said):
    server.script = [answer]
    with pytest.raises(ModelError) as caught:
        model.check()
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (Usage(1234, 5), "1,234 tokens sent and 5 received"),
        (Usage(1, 2, 1), "not counting 1 answer without a count by the server"),
        (Usage(1, 2, 3), "not counting 3 answers without"),
    ],
)
def test_usage_is_told_with_what_is_not_in_it(usage, said):
    assert said in str(usage)
