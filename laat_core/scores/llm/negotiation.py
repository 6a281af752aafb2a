"""What a server may refuse of a request, how it says so, and what it is sent instead.

Servers that call themselves OpenAI-compatible take different parts of the interface. The table
:data:`LADDER` holds all that is known about that; :class:`Terms` remembers, for one model, what
its server has refused.
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from laat_core.scores.llm.faults import Fault

__all__ = ["LADDER", "Form", "Refused", "Request", "Rung", "Terms", "form_of", "notes", "without"]

Request = Mapping[str, Any]
Form = Literal["schema", "json", "text"]
T = TypeVar("T")

WAIT_SECONDS = 0.05
FORMS: dict[str, Form] = {"json_schema": "schema", "json_object": "json"}

# Where the fault names nothing that is known: parts that are given up one by one.
ONLY_THE_FORM, ANYTHING = ("json_schema", "json_object"), None
UNNAMED = {400: ONLY_THE_FORM, 422: ONLY_THE_FORM, 501: ONLY_THE_FORM, 405: ("stream",)}
STATUSES = {400, 404, 405, 422, 500, 501}


class Refused(Exception):  # noqa: N818 - becomes a ModelError
    """The server gave a fault in place of an answer."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


# What is sent instead


def _less(*names: str) -> Callable[[Request], Request]:
    return lambda request: {key: part for key, part in request.items() if key not in names}


def _json_mode(request: Request) -> Request:
    asks = form_of(request) == "schema"
    return {**request, "response_format": {"type": "json_object"}} if asks else request


def _plain_text(request: Request) -> Request:
    return _less("response_format")(request) if form_of(request) == "json" else request


def _renamed(request: Request) -> Request:
    if "max_tokens" not in request:
        return request
    return {**_less("max_tokens")(request), "max_completion_tokens": request["max_tokens"]}


def _folded(request: Request) -> Request:
    """Put the system message at the beginning of the first one of the user."""
    said = [message["content"] for message in request["messages"] if message["role"] == "system"]
    others = [message for message in request["messages"] if message["role"] != "system"]
    if not said or not others:
        return request
    first = {**others[0], "content": "\n\n".join([*said, others[0]["content"]])}
    return {**request, "messages": [first, *others[1:]]}


# The table


@dataclass(frozen=True)
class Rung:
    """One part of a request that a server may refuse.

    Attributes
    ----------
    part : str
    said : Pattern
        How a fault names it.
    instead : callable
        Returns the request without it; one that has no such part stays as it is.
    note : str
        What a person has to know about it; empty where it changes nothing for them.
    """

    part: str
    said: re.Pattern[str]
    instead: Callable[[Request], Request]
    note: str = ""


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


FORMAT = _words(
    r"response_?format|json.?(?:schema|object|mode)|structured.?output|\bschema\b|grammar|guided"
    r"|additionalProperties"
)
LADDER = (
    Rung("json_schema", FORMAT, _json_mode),
    Rung("json_object", FORMAT, _plain_text),
    Rung("stream_options", _words(r"stream_options|include_usage"), _less("stream_options")),
    Rung("stream", _words(r"\bstream(?:ing)?\b"), _less("stream", "stream_options")),
    Rung(
        "temperature",
        _words(r"temperature"),
        _less("temperature"),
        "The server does not accept a temperature, so its own setting was used.",
    ),
    Rung("max_tokens", _words(r"max_(?:completion_)?tokens|output limit"), _renamed),
    Rung(
        "max_completion_tokens",
        _words(r"max_(?:completion_)?tokens|output limit"),
        _less("max_completion_tokens"),
    ),
    Rung(
        "system",
        _words(
            r"messages\W{0,3}0\W{0,3}role|['\"`]system['\"`]|\bsystem\b[^.]{0,30}\b(?:role|message"
            r"|prompt|instruction)|\b(?:role|message)s?\b[^.]{0,40}\bsystem\b"
            r"|\bdeveloper\b[^.]{0,20}\b(?:role|message|instruction)|roles? must alternate"
        ),
        _folded,
        "The server does not accept a system message, so it was sent at the start of the other.",
    ),
)


def form_of(request: Request) -> Form:
    """Return in which form a request asks for its answer."""
    return FORMS.get((request.get("response_format") or {}).get("type", ""), "text")


def without(request: Request, parts: Iterable[str]) -> Request:
    """Return a request in which what a server refuses is left out or said in another way.

    Examples
    --------
    >>> without({"messages": [], "temperature": 0.2}, ["temperature"])
    {'messages': []}
    """
    refused = set(parts)
    for rung in LADDER:
        if rung.part in refused:
            request = rung.instead(request)
    return request


def notes(parts: Iterable[str]) -> tuple[str, ...]:
    """Return what a person has to know about parts that were refused."""
    refused = set(parts)
    return tuple(rung.note for rung in LADDER if rung.part in refused and rung.note)


def _without_name(reason: str, model: str) -> str:
    """Leave the model's name out: it may hold words such as "json-mode"."""
    return re.sub(rf"(?<!\w){re.escape(model)}(?!\w)", " ", reason) if model else reason


def next_part(request: Request, fault: Fault) -> str | None:
    """Return the part of a request that is given up after a fault, None where none would help."""
    if fault.status not in STATUSES:
        return None
    sent = [rung for rung in LADDER if rung.instead(request) != request]
    for text in (fault.named, _without_name(fault.reason, str(request.get("model", "")))):
        if any(rung.said.search(text) for rung in LADDER):
            return next((rung.part for rung in sent if rung.said.search(text)), None)
    if fault.status not in UNNAMED:
        return None
    known = UNNAMED[fault.status] if fault.reason or fault.status == 405 else ANYTHING
    return next((rung.part for rung in sent if known is None or rung.part in known), None)


@dataclass
class Terms:
    """What one model's server has refused so far, for all requests to it.

    Of several requests at once, one finds out what the server takes while the others wait.

    Attributes
    ----------
    refused : frozenset of str
        Parts of :data:`LADDER`.
    """

    refused: frozenset[str] = frozenset()
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def negotiate(
        self,
        request: Request,
        send: Callable[[Request, Callable[[], None]], T],
        cancelled: threading.Event | None = None,
    ) -> tuple[T, frozenset[str]]:
        """Send a request, and again with less, until the server takes it.

        Parameters
        ----------
        request : mapping
            With all that may be asked for.
        send : callable
            Takes what is to be sent, and a function to call once the server has accepted it;
            raises :class:`Refused` where it has not.
        cancelled : Event, optional

        Returns
        -------
        object
            Of ``send``.
        frozenset of str
            The parts that were left out or said in another way.
        """
        refused, has_turn = self.refused, False

        def accepted() -> None:
            # Only now: a request may be refused for another reason than the one it seems to be.
            nonlocal has_turn
            if has_turn:
                self.refused |= refused
                self._turn.release()
                has_turn = False

        try:
            while True:
                sent = without(request, refused)
                try:
                    return send(sent, accepted), _changing(request, refused)
                except Refused as error:
                    part = next_part(sent, error.fault)
                    if part is None:
                        raise
                    has_turn = has_turn or self._take_turn(cancelled)
                    if not has_turn:
                        raise
                    if self.refused - refused:  # found out by another request meanwhile
                        refused |= self.refused
                        self._turn.release()
                        has_turn = False
                    else:
                        refused |= {part}
        finally:
            if has_turn:
                self._turn.release()

    def _take_turn(self, cancelled: threading.Event | None) -> bool:
        while not self._turn.acquire(timeout=WAIT_SECONDS):
            if cancelled is not None and cancelled.is_set():
                return False
        return True


def _changing(request: Request, refused: frozenset[str]) -> frozenset[str]:
    """Those of the refused parts that this request had."""
    changing = set()
    for rung in LADDER:
        less = rung.instead(request) if rung.part in refused else request
        if less != request:
            changing.add(rung.part)
        request = less
    return frozenset(changing)
