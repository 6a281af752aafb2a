import threading
import time

import pytest

from laat_core.scores.llm.faults import Fault
from laat_core.scores.llm.negotiation import (
    LADDER,
    Refused,
    Terms,
    form_of,
    next_part,
    notes,
    without,
)

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
FULL = {
    "model": "stream-temperature-7b",
    "messages": MESSAGES,
    "temperature": 0.2,
    "stream": True,
    "stream_options": {"include_usage": True},
    "max_tokens": 1,
    "response_format": {"type": "json_schema", "json_schema": {}},
}
PARTS = [rung.part for rung in LADDER]


def test_what_is_refused_is_left_out_or_said_in_another_way():
    assert without(FULL, []) == FULL
    assert without(FULL, ["json_schema"])["response_format"] == {"type": "json_object"}
    assert without(FULL, ["max_tokens"])["max_completion_tokens"] == 1
    folded = [{"role": "user", "content": "Be brief.\n\nHello"}]
    assert without(FULL, PARTS) == {"model": FULL["model"], "messages": folded}
    assert "stream_options" not in without(FULL, ["stream"])


@pytest.mark.parametrize("part", PARTS)
def test_a_request_without_a_part_is_not_changed_by_its_refusal(part):
    bare = {"model": "m", "messages": MESSAGES[1:]}
    assert without(bare, [part]) == bare


def test_the_last_messages_of_a_conversation_stay_where_they_are():
    more = [*MESSAGES, {"role": "assistant", "content": "A"}, {"role": "user", "content": "B"}]
    assert without({"messages": more}, ["system"])["messages"][1:] == more[2:]


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ({"type": "json_schema"}, "schema"),
        ({"type": "json_object"}, "json"),
        ({"type": "text"}, "text"),
        (None, "text"),
    ],
)
def test_the_form_of_a_request_has_a_name(form, name):
    assert form_of({"response_format": form}) == name


@pytest.mark.parametrize(
    ("fault", "part"),
    [
        (Fault(400, "Unsupported parameter: response_format"), "json_schema"),
        (Fault(500, "failed to parse grammar"), "json_schema"),
        (Fault(404, "No endpoints support structured outputs"), "json_schema"),
        (Fault(400, "Unrecognized argument: stream_options"), "stream_options"),
        (Fault(422, "Extra inputs are not permitted", "stream_options"), "stream_options"),
        (Fault(400, "Streaming is not supported"), "stream"),
        (Fault(405), "stream"),
        (Fault(405, "Method Not Allowed"), "stream"),
        (Fault(400, "unsupported_value", "temperature"), "temperature"),
        (Fault(400, "'max_tokens' is not supported. Use 'max_completion_tokens'."), "max_tokens"),
        (Fault(400, "System role not supported"), "system"),
        (Fault(400, 'messages: Unexpected role "system"'), "system"),
        (Fault(400, "Role 'system' is unknown"), "system"),
        (Fault(400, "invalid", "messages.0.role"), "system"),
        (Fault(400, "invalid", "messages[0].role"), "system"),
        # Without a word that is known, a plainer form; without any word, whatever there is.
        (Fault(400, "Too many properties"), "json_schema"),
        (Fault(501, "Not implemented"), "json_schema"),
        (Fault(400), "json_schema"),
        # Nothing else would help.
        (Fault(500, "Out of memory"), None),
        (Fault(500, "The system is overloaded"), None),
        (Fault(404, "No such page"), None),
        (Fault(404, "The model stream-temperature-7b does not exist"), None),
        (Fault(401, "No stream for this key"), None),
        (Fault(429, "Too many streams of temperature"), None),
        (Fault(0, "No stream"), None),
    ],
)
def test_a_fault_names_what_is_given_up(fault, part):
    assert next_part(FULL, fault) == part


@pytest.mark.parametrize("model", ["m", "t", "temp", "-"])
def test_a_short_name_of_a_model_leaves_the_words_of_a_fault_whole(model):
    fault = Fault(400, "temperature must be 1")
    assert next_part({**FULL, "model": model}, fault) == "temperature"


def test_a_models_name_is_no_part_of_the_request():
    fault = Fault(400, "json-mode-7b: temperature must be 1, says json-mode-7b.")
    assert next_part({**FULL, "model": "json-mode-7b"}, fault) == "temperature"


def test_what_is_no_longer_sent_is_not_given_up_again():
    plain = without(FULL, ["json_schema", "json_object"])
    assert next_part(plain, Fault(400, "response_format is unknown")) is None
    assert next_part(plain, Fault(400, "Too many words")) is None
    assert next_part(plain, Fault(400)) == "stream_options"
    renamed = without(FULL, ["max_tokens"])
    assert next_part(renamed, Fault(400, "max_tokens was reached")) == "max_completion_tokens"


def test_only_what_changes_something_for_a_person_is_noted():
    assert notes(["stream", "json_schema"]) == ()
    assert len(notes(["temperature", "system", "temperature"])) == 2


class Server:
    """Refuses some parts, slowly, and counts how often it is asked."""

    def __init__(self, *refused, seconds=0.0):
        self.refused, self.seconds, self.asked = refused, seconds, []

    def __call__(self, request, accepted):
        self.asked.append(request)
        time.sleep(self.seconds)
        for part in self.refused:
            if part in request:
                raise Refused(Fault(400, f"{part} is not supported"))
        accepted()
        return "Hello."


def test_terms_are_learnt_from_what_is_accepted():
    terms, server = Terms(), Server("stream_options", "temperature")
    answer, refused = terms.negotiate(FULL, server)
    assert (answer, refused) == ("Hello.", {"stream_options", "temperature"})
    assert terms.refused == {"stream_options", "temperature"}
    assert len(server.asked) == 3
    # What is not in a request is not left out of it.
    assert terms.negotiate({"messages": MESSAGES, "temperature": 1}, server)[1] == {"temperature"}
    assert len(server.asked) == 4


def test_nothing_is_learnt_from_a_request_that_fails():
    terms, server = Terms(), Server("model", "temperature")
    with pytest.raises(Refused):
        terms.negotiate(FULL, server)
    assert terms.refused == frozenset()
    server.refused = ("temperature",)
    assert terms.negotiate(FULL, server)[1] == {"temperature"}  # the turn was given back


def test_of_several_requests_one_finds_out_for_all():
    terms = Terms()
    server = Server("stream_options", "temperature", "max_tokens", seconds=0.02)
    threads = [threading.Thread(target=terms.negotiate, args=(FULL, server)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert terms.refused == {"stream_options", "temperature", "max_tokens"}
    # Five first tries, three more by the one that finds out, one more by each of the others.
    assert len(server.asked) <= 5 + 3 + 4


def test_waiting_for_another_request_can_be_cancelled():
    terms, cancelled = Terms(), threading.Event()
    terms._turn.acquire()
    cancelled.set()
    with pytest.raises(Refused):
        terms.negotiate(FULL, Server("temperature"), cancelled)
