"""What odd servers do, each with what is to come of it.

Every behaviour gets the whole request and answers as some server, proxy or library was seen to.
"""

import gzip
import json
from dataclasses import dataclass

from tests.scores.llm.server import Behaviour, chunk, fails, says, sends, streams

SCORES = {"age": 3.0, "bmi": -2.0}
GOOD = json.dumps(
    {
        "scores": {
            "1": {"feature": "age", "reason": "r", "score": 3},
            "2": {"feature": "bmi", "reason": "r", "score": -2},
        }
    }
)
USAGE = {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}
ENDED = "data: [DONE]\n\n"
OK = says(GOOD)


@dataclass(frozen=True)
class Odd:
    """A behaviour, and the scores or the sentence that it is to end in."""

    behave: Behaviour
    said: str = ""  # the sentence; empty where the scores come
    refused: frozenset[str] = frozenset()  # what is given up on the way


def delta(finish=None, more=None, **said):
    choice = {"index": 0, "delta": said, "finish_reason": finish}
    return chunk(id="1", object="chat.completion.chunk", choices=[choice], **(more or {}))


def whole(finish="stop", **message):
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return json.dumps({"object": "chat.completion", "choices": [choice], "usage": USAGE})


def streamed(*deltas, end=ENDED):
    return streams(*deltas, end)


def spoken(text, finish="stop"):
    return streamed(delta(finish, content=text))


def reports(body, status=200):
    return sends(json.dumps(body), status=status)


def refuses(present, error, then=OK):
    """Answer with an error as long as something is in the request."""
    return lambda exchange: (error if present(exchange.request_seen.body) else then)(exchange)


def has(name):
    return lambda body: name in body


def has_role(role):
    return lambda body: any(message["role"] == role for message in body["messages"])


def is_form(*kinds):
    return lambda body: body.get("response_format", {}).get("type") in kinds


def says_twice(first, second, present):
    """Refuse two parts, one after the other."""
    return refuses(present[0], first, refuses(present[1], second))


FORMS = frozenset({"json_schema", "json_object"})
ANY_FORM = is_form("json_schema", "json_object")

ANSWERS = {
    "usual": Odd(OK),
    "ignores-stream": Odd(sends(whole(content=GOOD))),
    "whole-as-stream-kind": Odd(sends(whole(content=GOOD), "text/event-stream")),
    "whole-over-lines": Odd(sends(json.dumps(json.loads(whole(content=GOOD)), indent=2))),
    "whole-with-mark": Odd(sends("\ufeff" + whole(content=GOOD))),
    "json-lines": Odd(sends(delta(content=GOOD)[6:].strip() + "\n" + delta("stop")[6:].strip())),
    "legacy-text": Odd(sends(json.dumps({"choices": [{"text": GOOD, "finish_reason": "stop"}]}))),
    "filter-results-first": Odd(
        streamed(
            chunk(id="", choices=[], prompt_filter_results=[{"prompt_index": 0}]),
            delta(role="assistant", content=""),
            delta(content=GOOD),
            delta("stop"),
            chunk(choices=[], usage=USAGE),
        )
    ),
    "no-done": Odd(streamed(delta("stop", {"usage": None}, content=GOOD), end="")),
    "no-last-blank-line": Odd(streams(delta("stop", content=GOOD).rstrip("\n"))),
    "no-blank-lines": Odd(streams(delta(content=GOOD)[:-1], delta("stop")[:-1], "data: [DONE]\n")),
    "usage-null": Odd(streamed(delta(None, {"usage": None}, content=GOOD), delta("stop"))),
    "usage-in-each": Odd(streamed(delta("stop", {"usage": USAGE}, content=GOOD))),
    "comments": Odd(streams(": PROCESSING\n\n: x\n\n", delta("stop", content=GOOD), ENDED)),
    "keep-alive-amid": Odd(
        streamed(delta(content=GOOD[:40]), ": ping\n\n", delta("stop", content=GOOD[40:]))
    ),
    "event-lines": Odd(streamed("event: message\nid: 4\nretry: 9\n" + delta("stop", content=GOOD))),
    "ping-events": Odd(streamed("event: ping\n\n", delta("stop", content=GOOD))),
    "crlf": Odd(streams(delta("stop", content=GOOD).replace("\n", "\r\n"), ENDED)),
    "cr": Odd(streams(delta("stop", content=GOOD).replace("\n", "\r"), ENDED)),
    "no-space": Odd(streams(delta("stop", content=GOOD).replace("data: ", "data:"), ENDED)),
    "plain-kind": Odd(sends(delta("stop", content=GOOD) + ENDED, "text/plain")),
    "no-kind": Odd(sends(delta("stop", content=GOOD) + ENDED, "")),
    "mark-before-stream": Odd(streams("\ufeff" + delta("stop", content=GOOD), ENDED)),
    "pieces-of-bytes": Odd(
        streams(*(bytes([byte]) for byte in (delta("stop", content=GOOD) + ENDED).encode()))
    ),
    "line-separator-inside": Odd(
        streamed(
            'data: {"choices":[{"delta":{"content":'
            + json.dumps(GOOD.replace('"r"', '"a\u2028b"'), ensure_ascii=False)
            + "}}]}\n\n"
        )
    ),
    "gzip": Odd(
        sends(
            gzip.compress((delta("stop", content=GOOD) + ENDED).encode()),
            "text/event-stream",
            Content_Encoding="gzip",
        )
    ),
    "two-choices": Odd(
        streams(
            chunk(
                choices=[
                    {"index": n, "delta": {"content": GOOD}, "finish_reason": "stop"}
                    for n in (0, 1)
                ]
            ),
            ENDED,
        )
    ),
    "finish-eos": Odd(spoken(GOOD, "eos")),
    "finish-end-turn": Odd(spoken(GOOD, "end_turn")),
    "role-developer": Odd(streamed(delta(role="developer", content=""), delta(content=GOOD))),
    "think-tags": Odd(spoken(f'<think>{{"scores": {{}}}} hm</think>\n```json\n{GOOD}\n```')),
    "think-not-opened": Odd(spoken(f"hm, age is {{maybe}} 3\n</think>\n{GOOD}")),
    "thinking-tags": Odd(spoken(f'<thinking>{{"age": 1, "bmi": 1}} hm</thinking>{GOOD}')),
    "think-brackets": Odd(spoken(f'[THINK]{{"age": 1, "bmi": 1}}[/THINK]{GOOD}')),
    "channels": Odd(
        spoken(
            '<|channel|>analysis<|message|>{"age": 1, "bmi": 1}<|end|>'
            f"<|start|>assistant<|channel|>final<|message|>{GOOD}"
        )
    ),
    "reasoning-beside": Odd(
        streamed(delta(reasoning_content="hm"), delta(reasoning="hm"), delta(content=GOOD))
    ),
    "only-in-reasoning": Odd(
        streamed(delta(role="assistant", content=None, reasoning_content=GOOD), delta("stop"))
    ),
    "only-in-reasoning-whole": Odd(sends(whole(content="", reasoning=GOOD))),
    "parts": Odd(
        streamed(
            delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]),
            delta("stop", content=GOOD),
        )
    ),
    "parts-of-text": Odd(
        streamed(
            delta(content=[{"type": "text", "text": GOOD[:30]}]),
            delta("stop", content=[{"type": "output_text", "text": GOOD[30:]}]),
        )
    ),
    "tool-call": Odd(
        streamed(
            delta(tool_calls=[{"index": 0, "id": "c", "function": {"name": "f", "arguments": ""}}]),
            delta(tool_calls=[{"index": 0, "function": {"arguments": GOOD[:30]}}]),
            delta(tool_calls=[{"index": 0, "function": {"arguments": GOOD[30:]}}]),
            delta("tool_calls"),
        )
    ),
    "tool-call-as-object": Odd(
        sends(whole("tool_calls", tool_calls=[{"function": {"arguments": json.loads(GOOD)}}]))
    ),
    "tool-call-per-feature": Odd(
        sends(
            whole(
                "tool_calls",
                content=None,
                tool_calls=[
                    {"function": {"name": "score", "arguments": json.dumps({name: score})}}
                    for name, score in SCORES.items()
                ],
            )
        )
    ),
    "function-call": Odd(sends(whole("function_call", function_call={"arguments": GOOD}))),
    "encoded-twice": Odd(spoken(json.dumps(GOOD))),
    "marked-json": Odd(spoken("\ufeff" + GOOD)),
}

REFUSALS = {
    "temperature": Odd(
        refuses(
            has("temperature"),
            reports(
                {
                    "error": {
                        "message": "Unsupported value: 'temperature' does not support 0.2 with "
                        "this model. Only the default (1) value is supported.",
                        "param": "temperature",
                        "code": "unsupported_value",
                    }
                },
                400,
            ),
        ),
        refused=frozenset({"temperature"}),
    ),
    "system": Odd(
        refuses(
            has_role("system"),
            fails(400, "Unsupported value: 'messages[0].role' does not support 'system'."),
        ),
        refused=frozenset({"system"}),
    ),
    "system-in-a-template": Odd(
        refuses(
            has_role("system"),
            fails(500, "Conversation roles must alternate user/assistant/user/assistant/..."),
        ),
        refused=frozenset({"system"}),
    ),
    "system-by-place": Odd(
        refuses(
            has_role("system"),
            reports(
                {
                    "detail": [
                        {"loc": ["body", "messages", 0, "role"], "msg": "Input should be 'user'"}
                    ]
                },
                422,
            ),
        ),
        refused=frozenset({"system"}),
    ),
    "developer": Odd(
        refuses(
            has_role("system"),
            reports(
                [{"error": {"code": 400, "message": "Developer instruction is not enabled"}}], 400
            ),
        ),
        refused=frozenset({"system"}),
    ),
    "stream": Odd(
        refuses(
            has("stream"),
            fails(400, "Unsupported value: 'stream' does not support true with this model."),
            sends(whole(content=GOOD)),
        ),
        refused=frozenset({"stream"}),
    ),
    "stream-not-allowed": Odd(
        refuses(has("stream"), sends("", "text/plain", 405), sends(whole(content=GOOD))),
        refused=frozenset({"stream"}),
    ),
    "stream-not-implemented": Odd(
        refuses(
            has("stream"),
            sends("Streaming is not implemented", "text/plain", 501),
            sends(whole(content=GOOD)),
        ),
        refused=frozenset({"stream"}),
    ),
    "stream-options": Odd(
        refuses(
            has("stream_options"),
            reports(
                {
                    "object": "error",
                    "message": {
                        "detail": [
                            {
                                "type": "extra_forbidden",
                                "loc": ["body", "stream_options"],
                                "msg": "Extra inputs are not permitted",
                                "input": {"response_format": "temperature"},
                            }
                        ]
                    },
                },
                422,
            ),
        ),
        refused=frozenset({"stream_options"}),
    ),
    "form-as-text": Odd(
        refuses(is_form("json_object"), fails(400, "response_format must be json_schema"))
    ),
    "schema": Odd(
        refuses(is_form("json_schema"), reports({"error": "json_schema is not supported"}, 400)),
        refused=frozenset({"json_schema"}),
    ),
    "schema-without-words": Odd(
        refuses(is_form("json_schema"), fails(400, "Too many properties: 22")),
        refused=frozenset({"json_schema"}),
    ),
    "form-500": Odd(
        refuses(ANY_FORM, fails(500, "response_format is not supported by this backend")),
        refused=FORMS,
    ),
    "form-404": Odd(
        refuses(ANY_FORM, fails(404, "No endpoints found that support: response_format")),
        refused=FORMS,
    ),
    "form-422-string": Odd(
        refuses(ANY_FORM, reports({"detail": "Grammar cannot be compiled"}, 422)), refused=FORMS
    ),
    "form-with-status-200": Odd(
        refuses(ANY_FORM, reports({"error": {"message": "response_format?", "code": 400}})),
        refused=FORMS,
    ),
    "form-in-the-stream": Odd(
        refuses(ANY_FORM, streams(chunk(error={"message": "bad json_schema", "code": "400"}))),
        refused=FORMS,
    ),
    "form-as-xml": Odd(
        refuses(
            ANY_FORM,
            sends("<Error><Code>1</Code><Message>no response_format</Message></Error>", status=400),
        ),
        refused=FORMS,
    ),
    "two-refusals": Odd(
        says_twice(
            fails(400, "Unknown field: stream_options"),
            fails(422, "temperature is fixed"),
            (has("stream_options"), has("temperature")),
        ),
        refused=frozenset({"stream_options", "temperature"}),
    ),
    "silent-refusal": Odd(
        refuses(has("stream_options"), sends("", "text/plain", 400)),
        refused=FORMS | {"stream_options"},
    ),
}

FAULTS = {
    "unknown-field": Odd(
        reports([{"error": {"code": 400, "message": "Unsupported field 'foo'"}}], 400),
        "The server does not accept the request: “Unsupported field 'foo'”.",
    ),
    "refuses-for-ever": Odd(
        fails(400, "Supported values for 'stream' are: false."),
        "The server does not accept the request: “Supported values for 'stream' are: false”.",
    ),
    "system-for-ever": Odd(
        reports({"detail": [{"loc": ["body", "messages"], "msg": "no system role"}]}, 422),
        "The server does not accept the request: “messages: no system role”.",
    ),
    "midstream-error": Odd(
        streamed(
            delta(content=GOOD[:20]),
            delta("error", {"error": {"code": 502, "message": "Disconnected"}}, content=""),
        ),
        "The server broke off: “Disconnected”. Ask again.",
    ),
    "midstream-finish-error": Odd(
        streamed(delta(content=GOOD[:20]), delta("error")),
        "The server broke off. Ask again.",
    ),
    "error-in-the-stream": Odd(
        streams(chunk(error={"message": "quota exceeded", "code": 429})),
        "The server has had too many requests: “quota exceeded”. Ask again later.",
    ),
    "error-event": Odd(
        streams('event: error\ndata: {"error": "overloaded"}\n\n'),
        "The server reports an error: “overloaded”.",
    ),
    "error-with-status-200": Odd(
        reports({"error": {"message": "insufficient credits", "code": 402}}),
        "The server asks for payment (status 402): “insufficient credits”. "
        "Check your account with it.",
    ),
    "error-object-200": Odd(
        reports({"object": "error", "message": "no such model", "code": 404}),
        "The server knows no such address or model ('odd'): “no such model”. Check both.",
    ),
    "detail-200": Odd(
        reports({"detail": "Unauthorized"}),
        "The server reports an error: “Unauthorized”.",
    ),
    "401": Odd(
        reports({"error": {"code": "401", "message": "Invalid subscription key."}}, 401),
        "The server refuses the key (status 401): “Invalid subscription key”. Check it.",
    ),
    "402": Odd(
        fails(402, "Insufficient credits."),
        "The server asks for payment (status 402): “Insufficient credits”. "
        "Check your account with it.",
    ),
    "403-model": Odd(
        fails(403, "Project does not have access to model gpt-9"),
        "The server refuses access (status 403): “Project does not have access to model gpt-9”. "
        "Check key, model and address.",
    ),
    "403-page": Odd(
        sends("<html><title>Blocked by web filter</title></html>", "text/html", 403),
        "The server refuses access (status 403): “Blocked by web filter”. "
        "Check key, model and address.",
    ),
    "403-xml": Odd(
        sends('<?xml version="1.0"?><Error><Message>AccessDenied</Message></Error>', status=403),
        "The server refuses access (status 403): “AccessDenied”. Check key, model and address.",
    ),
    "404-text": Odd(
        sends("404 page not found", "text/plain", 404),
        "The server knows no such address or model ('odd'): “404 page not found”. Check both.",
    ),
    "405-for-ever": Odd(
        sends("", "text/plain", 405),
        "The server takes no questions at this address (status 405). Check it.",
    ),
    "413": Odd(
        fails(413, "Request too large for model: limit 6000, requested 9000"),
        "The request is too large for this server (status 413): “Request too large for model: "
        "limit 6000, requested 9000”. Use another model or fewer features.",
    ),
    "503-loading": Odd(
        reports({"error": {"code": 503, "message": "Loading model"}}, 503),
        "The server failed (status 503): “Loading model”. Ask again later.",
    ),
    "529": Odd(
        reports({"type": "error", "error": {"message": "Overloaded"}}, 529),
        "The server failed (status 529): “Overloaded”. Ask again later.",
    ),
    "502-page": Odd(
        sends("<html><head><title>502 Bad Gateway</title></head></html>", "text/html", 502),
        "The server failed (status 502): “502 Bad Gateway”. Ask again later.",
    ),
    "200-page": Odd(
        sends("<!DOCTYPE html><html><title>Sign in</title></html>", "text/html"),
        "does not answer as an OpenAI-compatible server: “Sign in”. Check the address.",
    ),
    "no-idea": Odd(
        spoken("no idea", "eos"),
        "The answer holds no complete JSON with scores; no usable score for 'age', 'bmi' after 3 "
        "answers.",
    ),
    "cut-off": Odd(
        spoken(GOOD[:30], "length"),
        "The answer holds no complete JSON with scores; no usable score for 'age', 'bmi' after 3 "
        "answers. The last answer was cut off by the server.",
    ),
    "cut-off-in-thoughts": Odd(
        streamed(delta(reasoning_content=GOOD), delta("length")),
        "The answer is empty, cut off while the model was thinking. Ask again, or choose another "
        "model.",
    ),
    "usage-alone": Odd(
        streamed(chunk(choices=[], usage=USAGE)),
        "The answer is empty. Ask again, or choose another model.",
    ),
    "brotli": Odd(
        sends(b"\x0b\x02\x80abc", Content_Encoding="br"),
        "does not answer as an OpenAI-compatible server. Check the address.",
    ),
}
