"""Talking to an OpenAI-compatible server. The only module that imports ``openai``.

A server is not trusted: of its messages only a short text is passed on, without the key.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import httpx2
import openai
from openai import OpenAI
from openai.types.chat import ChatCompletionChunk

from laat_core.data.text import encodable
from laat_core.errors import ModelError
from laat_core.scores.llm.connection import (
    MOST_AT_ONCE,
    TooMuch,
    bounded_client,
    check_key,
    is_usual,
    parsed_address,
)

__all__ = ["Answer", "Cancelled", "ChatModel", "Message", "Usage", "connect"]

Message = dict[Literal["role", "content"], str]

CHECK_SECONDS = 15.0
RETRIES = 1
TELL_SECONDS = 0.1
SHORT = 300
NO_KEY = "none"
SHORTEST_KEY = 8  # a shorter one is no secret, and stands in any text


class Cancelled(Exception):  # noqa: N818 - no fault, and never shown
    """The person who asked does not want to wait any more."""


@dataclass(frozen=True)
class Usage:
    """Tokens as the server counts them, and how many of its answers it counted none of."""

    prompt: int = 0
    completion: int = 0
    uncounted: int = 0

    def __str__(self) -> str:
        said = f"{self.prompt:,} tokens sent and {self.completion:,} received"
        if self.uncounted:
            many = "answers" if self.uncounted > 1 else "answer"
            said += f", not counting {self.uncounted} {many} without a count by the server"
        return said

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt + other.prompt,
            self.completion + other.completion,
            self.uncounted + other.uncounted,
        )


@dataclass(frozen=True)
class Answer:
    """One reply; not ``finished`` where the server stopped before the model had ended."""

    text: str
    usage: Usage
    finished: bool


def connect(base_url: str, key: str) -> OpenAI:
    """Make a client with limits that suit a person who waits.

    Parameters
    ----------
    base_url : str
        Such as ``https://api.openai.com/v1`` or ``http://127.0.0.1:11434/v1``.
    key : str
        May be empty: servers on one's own machine want none.

    Raises
    ------
    ModelError
        If the address is none, or the key cannot be sent.
    """
    url = parsed_address(base_url)
    check_key(key)
    client = OpenAI(
        base_url=url,
        api_key=key or NO_KEY,
        max_retries=RETRIES,
        http_client=bounded_client(),
    )
    if not is_usual(base_url):
        client.organization = client.project = None  # of the environment: another server's
    return client


# What a server's nonsense makes the library raise, or this module.
NONSENSE = (AttributeError, LookupError, RuntimeError, TypeError, ValueError)
FAULTS = (openai.OpenAIError, httpx2.HTTPError, OSError, TooMuch, *NONSENSE)


class ChatModel:
    """One model of one server.

    Parameters
    ----------
    client : OpenAI
        Of :func:`connect`, or any other.
    model : str
    temperature : float, optional
        Without it, the server's own.
    address : str, optional
        What the server is called where answers are kept; default: its address. A server of this
        process has another port each time.
    longest_reason : int, optional
        In characters, where the server can hold a model to it.
    """

    def __init__(
        self,
        client: OpenAI,
        model: str,
        temperature: float | None = None,
        address: str = "",
        longest_reason: int | None = None,
    ) -> None:
        self.client, self.model = client, model
        self.temperature, self.address = temperature, address
        self.longest_reason = longest_reason

    @property
    def base_url(self) -> str:
        """Address of the server."""
        return self.address or str(self.client.base_url)

    def answer(
        self,
        messages: Sequence[Message],
        response_format: dict[str, Any] | None = None,
        on_text: Callable[[str], None] = lambda _: None,
        cancelled: threading.Event | None = None,
    ) -> Answer:
        """Ask, and return the answer once it is whole.

        Parameters
        ----------
        messages : sequence of dict
        response_format : dict, optional
            As the server's interface has it; None asks for plain text.
        on_text : callable
            Called with all text so far, now and then while it grows, and when it is whole.
        cancelled : Event, optional

        Raises
        ------
        ModelError
            Whatever goes wrong; its ``refused`` says that the server takes no such request.
        Cancelled
            If the event was set while the answer was on its way.
        """
        options = {"temperature": self.temperature, "response_format": response_format}
        request: dict[str, Any] = {"model": self.model, "messages": list(messages)}
        request |= {name: option for name, option in options.items() if option is not None}
        text, refusal, usage, reason = "", "", Usage(uncounted=1), None
        answered, told = False, 0.0
        with self._faults(), ExitStack() as at_the_end:
            # However it ends, all text there is has been told.
            at_the_end.callback(lambda: on_text(self._without_key(text)))
            for chunk in at_the_end.enter_context(self._stream(request)):
                if cancelled is not None and cancelled.is_set():
                    raise Cancelled
                if chunk.usage:
                    usage = _usage(chunk.usage)
                for choice in chunk.choices or ():
                    answered, reason = True, choice.finish_reason or reason
                    if choice.delta:
                        text += choice.delta.content or ""
                        refusal += choice.delta.refusal or ""
                if len(text) + len(refusal) > MOST_AT_ONCE:
                    raise TooMuch("too much text")
                if time.monotonic() - told > TELL_SECONDS:
                    on_text(self._without_key(text))
                    told = time.monotonic()
            if not answered:
                raise ValueError("a page, or nothing")
        if refusal or reason == "content_filter":
            raise ModelError(f"The model refuses to answer{self._quote(refusal)}. Reword the task.")
        if not text.strip():
            cut = ", cut off while the model was thinking" if reason == "length" else ""
            raise ModelError(f"The answer is empty{cut}. Ask again, or take another model.")
        return Answer(self._without_key(text), usage, finished=reason == "stop")

    def check(self) -> str:
        """Try the connection; return in a sentence that it works.

        Raises
        ------
        ModelError
            Wrong key, no such model, not reachable, or no OpenAI-compatible server.
        """
        with self._faults():
            hasty = self.client.with_options(timeout=CHECK_SECONDS, max_retries=0)
            names = sorted(model.id for model in hasty.models.list().data or ())
            known = self._quote(", ".join(names[:10])) or " none"
        if self.model not in names:
            raise ModelError(f"The server has no model {self.model!r}. It names{known}.")
        return f"The server answers and has the model {self.model}."

    def _stream(self, request: dict[str, Any]) -> openai.Stream[ChatCompletionChunk]:
        """Begin an answer, with its tokens counted where the server can do that."""
        stream: openai.Stream[ChatCompletionChunk]
        create = self.client.chat.completions.create
        try:
            stream = create(**request, stream=True, stream_options={"include_usage": True})
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            if "stream_options" not in str(error):
                raise
            stream = create(**request, stream=True)
        return stream

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn whatever the library raises into one sentence without the key."""
        try:
            yield
        except (ModelError, Cancelled):
            raise
        except FAULTS as error:
            refused = isinstance(error, openai.APIStatusError) and error.status_code in {400, 422}
            raise ModelError(self._sentence(error), refused=refused) from None

    def _sentence(self, error: Exception) -> str:
        where = self.base_url
        match error:
            case openai.APITimeoutError() | httpx2.TimeoutException():
                return f"{where} was silent for too long. Ask again, or take a faster model."
            case openai.APIConnectionError() | httpx2.TransportError() | OSError():
                return f"{where} cannot be reached, or has hung up. Check address and network."
            case TooMuch():
                return f"{where} sent {error}. The answer is put away."
            case openai.APIStatusError():
                return self._refusal(error.status_code, error.response.headers, _said(error.body))
            case openai.APIError():
                return f"The server broke off{self._quote(error.message)}."
        return f"{where} does not answer as an OpenAI-compatible server. Check the address."

    def _refusal(self, status: int, headers: Mapping[str, str], message: str) -> str:
        said = self._quote(message)
        if status in {301, 302, 303, 307, 308}:
            place = self._quote(headers.get("location", ""))
            return f"{self.base_url} points elsewhere{place}. Give the address itself."
        if status in {401, 403}:
            return f"The server refuses the key (status {status}). Check it."
        if status == 404:
            return f"The server knows no such address or model ({self.model!r}){said}. Check both."
        if status == 429:
            wait = headers.get("retry-after", "")
            later = f"in {wait} seconds" if wait.isdecimal() and len(wait) < 8 else "later"
            return f"The server has had too many requests{said}. Ask again {later}."
        if status in {400, 422}:
            return f"The server does not take the request{said}."
        return f"The server failed (status {status}){said}. Ask again later."

    def _quote(self, text: str) -> str:
        text = " ".join(self._without_key(text).split())
        return f": “{text[:SHORT]}”" if text else ""

    def _without_key(self, text: str) -> str:
        key, text = self.client.api_key, encodable(text)
        return text.replace(key, "[key]") if len(key) >= SHORTEST_KEY else text


def _said(body: object) -> str:
    """What the server says of a fault, where it is a message and no page."""
    if isinstance(body, dict):
        body = body.get("message") or body.get("error") or body.get("detail")
    return body if isinstance(body, str) and not body.lstrip().startswith("<") else ""


def _usage(said: openai.types.CompletionUsage) -> Usage:
    counts = (said.prompt_tokens, said.completion_tokens)
    return Usage(*(n if isinstance(n, int) and 0 <= n < 2**53 else 0 for n in counts))
