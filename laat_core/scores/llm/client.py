"""Talking to an OpenAI-compatible server. The only module that imports ``openai``.

A server is not trusted: what it sends is bounded in size and time, its redirects are not followed,
and of its messages only a short text is passed on, without the key.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import httpx2
import openai
from openai import OpenAI

from laat_core.data.text import encodable
from laat_core.errors import ModelError

__all__ = ["Answer", "Cancelled", "ChatModel", "Message", "Usage", "connect"]

Message = dict[Literal["role", "content"], str]

CONNECT_SECONDS, SILENT_SECONDS = 10.0, 120.0
RETRIES = 1
MOST_BYTES = 8 * 2**20  # of one response: the longest proposal is a fraction of this
MOST_SECONDS = 900.0
SHORT = 300


class Cancelled(Exception):  # noqa: N818 - no fault, and never shown
    """The person who asked does not want to wait any more."""


class _TooMuch(Exception):  # noqa: N818 - becomes a ModelError
    """A response that is too long, or takes too long."""


@dataclass(frozen=True)
class Usage:
    """Tokens as the server counts them."""

    prompt: int = 0
    completion: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.prompt + other.prompt, self.completion + other.completion)


@dataclass(frozen=True)
class Answer:
    """One reply.

    Attributes
    ----------
    text : str
    usage : Usage
    finished : bool
        False where the server stopped before the model had ended.
    """

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
        If the address is none.
    """
    try:
        url = httpx2.URL(base_url.strip())
    except (httpx2.InvalidURL, TypeError) as error:
        raise ModelError(f"{base_url[:80]!r} is no address ({error}). {EXAMPLE}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise ModelError(f"{base_url[:80]!r} is no address. {EXAMPLE}")
    if not key.isascii() or any(letter.isspace() for letter in key):
        raise ModelError("The key holds letters that no key has. Paste it anew, without blanks.")
    limits = httpx2.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS)
    return OpenAI(
        base_url=url,
        api_key=key or "none",
        max_retries=RETRIES,
        http_client=httpx2.Client(
            timeout=limits, follow_redirects=False, event_hooks={"response": [_bound]}
        ),
    )


# What the library raises, and what a server's nonsense makes it raise.
FAULTS = (
    openai.OpenAIError,
    httpx2.HTTPError,
    httpx2.StreamError,
    _TooMuch,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
EXAMPLE = "Give one such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1."


def _bound(response: httpx2.Response) -> None:
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx2.SyncByteStream):
    """A response's bytes, up to a number and for a time."""

    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        received, started = 0, time.monotonic()
        for part in self._stream:
            received += len(part)
            if received > MOST_BYTES:
                raise _TooMuch(f"more than {MOST_BYTES // 2**20} MB")
            if time.monotonic() - started > MOST_SECONDS:
                raise _TooMuch(f"for more than {MOST_SECONDS / 60:.0f} minutes")
            yield part

    def close(self) -> None:
        self._stream.close()


class ChatModel:
    """One model of one server.

    Parameters
    ----------
    client : OpenAI
        Of :func:`connect`, or any other.
    model : str
    temperature : float or None
        None leaves it to the server.
    """

    def __init__(self, client: OpenAI, model: str, temperature: float | None = None) -> None:
        self.client = client
        self.model = model
        self.temperature = temperature

    @property
    def base_url(self) -> str:
        """Address of the server, without what may be secret in it."""
        url = httpx2.URL(str(self.client.base_url))
        return str(url.copy_with(username=None, password=None, query=None))

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
            Called with all text so far, whenever more has come.
        cancelled : Event, optional

        Raises
        ------
        ModelError
            Whatever goes wrong; its ``refused`` says that the server takes no such request.
        Cancelled
            If the event was set while the answer was on its way.
        """
        request: dict[str, Any] = {"model": self.model, "messages": list(messages)}
        if self.temperature is not None:
            request["temperature"] = self.temperature
        if response_format is not None:
            request["response_format"] = response_format
        text, usage, reason, refusal = "", Usage(), None, ""
        with self._faults():
            stream = self.client.chat.completions.create(
                **request, stream=True, stream_options={"include_usage": True}
            )
            with stream:
                for chunk in stream:
                    if cancelled is not None and cancelled.is_set():
                        raise Cancelled
                    if chunk.usage:
                        usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
                    for choice in chunk.choices or ():
                        reason = choice.finish_reason or reason
                        text += choice.delta.content or ""
                        refusal += choice.delta.refusal or ""
                        on_text(text)
        if refusal or reason == "content_filter":
            raise ModelError(
                f"The model refuses to answer{_quote(refusal)}. Put the task otherwise."
            )
        if not text.strip():
            raise ModelError("The answer is empty. Ask again, or take another model.")
        return Answer(encodable(text), usage, finished=reason == "stop")

    def check(self) -> str:
        """Try the connection; return in a sentence that it works.

        Raises
        ------
        ModelError
            Wrong key, no such model, not reachable, or no OpenAI-compatible server.
        """
        with self._faults():
            names = [model.id for model in self.client.models.list().data or ()]
            if self.model not in names:
                known = ", ".join(sorted(names)[:10]) or "none"
                raise ModelError(
                    f"The server answers, but has no model {self.model!r}. It names: {known}."
                )
        return f"The server answers and has the model {self.model}."

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn whatever the library raises into one sentence without the key."""
        try:
            yield
        except (ModelError, Cancelled):
            raise
        except FAULTS as error:
            raise self._fault(error) from None

    def _fault(self, error: Exception) -> ModelError:
        where = self.base_url
        match error:
            case openai.APITimeoutError() | httpx2.TimeoutException():
                return ModelError(
                    f"{where} was silent for too long. Ask again, or take a faster model."
                )
            case openai.APIConnectionError() | httpx2.TransportError():
                if any(isinstance(cause, _TooMuch) for cause in (error, error.__cause__)):
                    return ModelError(f"{where} sent {error.__cause__}. The answer is put away.")
                return ModelError(
                    f"{where} cannot be reached, or has hung up. Check address and network."
                )
            case _TooMuch():
                return ModelError(f"{where} sent {error}. The answer is put away.")
            case openai.APIStatusError():
                return self._refusal(error)
            case openai.APIError():
                return ModelError(f"The server broke off{_quote(self._own(error.message))}.")
        return ModelError(
            f"{where} does not answer as an OpenAI-compatible server. Check the address."
        )

    def _refusal(self, error: openai.APIStatusError) -> ModelError:
        said, status = _quote(self._own(_said(error))), error.status_code
        if status in {301, 302, 303, 307, 308}:
            place = error.response.headers.get("location", "elsewhere")[:120]
            return ModelError(f"{self.base_url} points to {place}. Give the address itself.")
        if status in {401, 403}:
            return ModelError(f"The server refuses the key (status {status}). Check it.")
        if status == 404:
            return ModelError(
                f"The server knows no such address or model ({self.model!r}){said}. Check both."
            )
        if status == 429:
            wait = error.response.headers.get("retry-after", "")
            later = f"in {wait} seconds" if wait.isdigit() else "later"
            return ModelError(f"The server has had too many requests{said}. Ask again {later}.")
        if status in {400, 422}:
            return ModelError(f"The server does not take the request{said}.", refused=True)
        return ModelError(f"The server failed (status {status}){said}. Ask again later.")

    def _own(self, text: str) -> str:
        key = self.client.api_key
        return text.replace(key, "[key]") if key else text


def _said(error: openai.APIStatusError) -> str:
    """What the server says of a fault, where it is a message and no page."""
    body = error.body
    if isinstance(body, dict):
        message = body.get("message") or body.get("error")
        return message if isinstance(message, str) else ""
    return ""


def _quote(text: str) -> str:
    text = encodable(" ".join(text.split()))
    return f": “{text[:SHORT]}”" if text else ""
