import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.scores.llm.faults import Fault, fault_of, sentence


@pytest.mark.parametrize(
    "body",
    [
        "No luck",
        " No luck\n",
        {"message": "No luck"},
        {"error": "No luck"},
        {"detail": "No luck"},
        {"error": {"message": "No luck", "type": "server_error"}},
        {"error": {"error": {"message": "No luck"}}},
        [{"error": {"code": 400, "message": "No luck"}}],
        ["No luck"],
        {"errors": [{"message": "No luck"}, {"message": "No luck"}]},
        {"detail": [{"msg": "No luck", "type": "value_error"}]},
        {"object": "error", "message": {"detail": [{"msg": "No luck"}]}},
        {"title": "No luck", "status": 400},
        {"error": "", "message": "No luck"},
        {"message": None, "detail": "No luck"},
        {"error_description": "No luck"},
        {"error_message": "No luck", "error": True},
        {"error": {"code": "500", "innererror": {"message": "No luck"}}},
        {"fault": {"faultstring": "No luck", "detail": {"errorcode": "steps.Failure"}}},
        "<html><head><title>No luck</title></head><h1>Hm</h1></html>",
        "<html><h1>No luck</h1></html>",
        '<?xml version="1.0"?><Error><Code>7</Code><Message> No luck </Message></Error>',
    ],
)
def test_the_reason_is_found_in_any_form(body):
    assert fault_of(body, 400).reason == "No luck"


@pytest.mark.parametrize("body", [None, 5, "", [], {}, {"error": True}, {"message": 5}, "<html>"])
def test_a_body_without_a_reason_has_none(body):
    assert fault_of(body, 400) == Fault(400)


def test_the_place_of_a_fault_is_named():
    body = {"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "Not this"}]}
    fault = fault_of(body, 422)
    assert (fault.reason, fault.named) == ("messages.0.role: Not this", "messages.0.role")
    assert fault_of({"error": {"message": "No", "param": "stream"}}, 400).named == "stream"


def test_what_was_sent_and_is_echoed_is_no_reason():
    body = {"detail": [{"loc": ["body"], "msg": "No luck", "input": {"stream": "temperature"}}]}
    assert fault_of(body, 422) == Fault(422, "No luck")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": {"code": 402}}, 402),
        ({"error": {"code": "429"}}, 429),
        ({"code": 404}, 404),
        ([{"error": {"code": 400}}], 400),
        ({"error": {"code": "unsupported_value", "status": 400}}, 400),
        ({"error": {"code": 1302}}, 0),
        ({"error": "no"}, 0),
        ("no", 0),
    ],
)
def test_a_body_may_give_the_status_by_itself(body, status):
    assert fault_of(body).status == status
    assert fault_of(body, 418).status == 418


def test_several_reasons_are_joined_up_to_a_few():
    body = {"detail": [{"msg": f"m{n}"} for n in range(1000)]}
    assert fault_of(body, 422).reason == "m0; m1; m2"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "message", "detail", "loc", "code"]), part)
    ),
)


@given(JSON, st.sampled_from([0, 301, 400, 404, 500]))
def test_any_body_is_read_and_makes_a_sentence(body, status):
    fault = fault_of(body, status, {"location": "x"})
    assert sentence(fault, "", "http://a/v1", "m").endswith(".")


def test_a_deep_body_is_read_to_a_bound():
    body: object = "No luck"
    for _ in range(500):
        body = {"error": body}
    assert fault_of(body, 400).reason == ""
