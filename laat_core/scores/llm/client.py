"""Talking to an OpenAI-compatible server. The only module that imports ``openai``.

A server is not trusted: of its messages only a short text is passed on, without the key.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import httpx2
import openai
from openai import Omit, OpenAI

from laat_core.errors import ModelError
from laat_core.scores.llm.answer import Answer, Heard, Usage
from laat_core.scores.llm.connection import (
    TooMuch,
    bounded_client,
    check_key,
    is_usual,
    parsed_address,
)
from laat_core.scores.llm.events import json_events
from laat_core.scores.llm.explain import Explainer
from laat_core.scores.llm.faults import fault_of
from laat_core.scores.llm.model_names import no_such_model, same_model
from laat_core.scores.llm.negotiation import STATUSES, Refused, Request, Terms, form_of

__all__ = ["Answer", "Cancelled", "ChatModel", "Message", "Usage", "connect"]

Message = dict[Literal["role", "content"], str]

CHECK_SECONDS = 60.0  # a server may have to load the model first
LIST_SECONDS = 15.0
RETRIES = 1
TELL_SECONDS = 0.1
NO_KEY = "none"
GREETING: tuple[Message, ...] = (
    {"role": "system", "content": "You answer in one word."},
    {"role": "user", "content": "Say OK."},
)


class Cancelled(Exception):  # noqa: N818 - no fault, and never shown
    """The person who asked does not want to wait any more."""


def connect(base_url: str, key: str, *, direct: bool = False) -> OpenAI:
    """Make a client with limits that suit a person who waits.

    Parameters
    ----------
    base_url : str
        Such as ``https://api.openai.com/v1``, ``http://127.0.0.1:11434/v1`` or, for Azure,
        ``https://<name>.openai.azure.com/openai/deployments/<model>?api-version=<version>``.
    key : str
        May be empty: servers on one's own machine want none.
    direct : bool
        Never through a proxy. A server on this machine is always reached directly.

    Raises
    ------
    ModelError
        If the address is none, the key cannot be sent, or the environment names a proxy or
        certificates that cannot be used.
    """
    url = parsed_address(base_url)
    check_key(key)
    key = key or NO_KEY
    client = OpenAI(
        base_url=url.copy_with(query=None),
        api_key=key,
        max_retries=RETRIES,
        default_query=dict(url.params),
        default_headers={} if is_usual(base_url) else _no_secrets(key),
        http_client=bounded_client(url, direct=direct),
    )
    if not is_usual(base_url):
        client.organization = client.project = None  # of the environment: another server's
    return client


def _no_secrets(key: str) -> dict[str, Any]:
    """Headers that keep those of the environment from a server that they are not meant for."""
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
    names = (line.partition(":")[0].strip() for line in lines if ":" in line)
    others = {name: Omit() for name in names if name.casefold() != "authorization"}
    return {**others, "Authorization": f"Bearer {key}"}


# What a malformed response makes the libraries raise, or this package.
MALFORMED = (AttributeError, LookupError, RuntimeError, TypeError, ValueError)
FAULTS = (openai.OpenAIError, httpx2.HTTPError, OSError, Refused, TooMuch, *MALFORMED)


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

    Attributes
    ----------
    terms : Terms
        What the server has refused so far; it is not asked for again.
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
        self.terms = Terms()

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
            The best form of the answer; a plainer one is asked for where the server refuses it.
            None asks for plain text.
        on_text : callable
            Called with all text so far, now and then while it grows, and when it is whole.
        cancelled : Event, optional

        Raises
        ------
        ModelError
            Whatever goes wrong.
        Cancelled
            If the event was set while the answer was on its way.
        """
        request = self._request(messages) | {"response_format": response_format}
        request = {name: part for name, part in request.items() if part is not None}
        with self._faults():
            (heard, sent), refused = self.terms.negotiate(
                request,
                lambda sent, accepted: (self._hear(sent, accepted, on_text, cancelled), sent),
                cancelled,
            )
        if heard.refusal or heard.reason == "content_filter":
            said = self._explainer.quote(heard.refusal)
            raise ModelError(f"The model refuses to answer{said}. Reword the task.")
        if not heard.text.strip():
            cut = ", cut off while the model was thinking" if heard.reason == "length" else ""
            raise ModelError(f"The answer is empty{cut}. Ask again, or choose another model.")
        text = self._explainer.without_key(heard.text)
        return Answer(text, heard.usage, not heard.cut_off, form_of(sent), tuple(sorted(refused)))

    def check(self) -> str:
        """Try the connection: ask for one token, then for the list of models.

        Returns
        -------
        str
            A sentence that says what works.

        Raises
        ------
        ModelError
            Wrong key, no such model, not reachable, or no OpenAI-compatible server.
        """
        patient = self.client.with_options(timeout=CHECK_SECONDS, max_retries=0)
        request = self._request(GREETING) | {"max_tokens": 1}
        try:
            with self._faults():
                self.terms.negotiate(
                    {name: part for name, part in request.items() if part is not None},
                    lambda sent, accepted: self._hear(sent, accepted, client=patient),
                )
        except ModelError as error:
            names = self._listed() if error.status in STATUSES else []
            if not names or any(same_model(self.model, name) for name in names):
                raise
            known = self._explainer.without_key(no_such_model(self.model, names))
            raise ModelError(f"The server has no model {self.model!r}{known}.") from None
        names = self._listed()
        if any(same_model(self.model, name) for name in names):
            return f"The server answers and has the model {self.model}."
        if not names:
            return f"The server answers as {self.model}. It gives no list of its models."
        known = self._explainer.without_key(no_such_model(self.model, names))
        return (
            f"The server answers, but its list has no model {self.model!r}{known}. "
            "Another model may have answered."
        )

    def _listed(self) -> list[str]:
        """Names of the server's models; none where it has no list."""
        try:
            hasty = self.client.with_options(timeout=LIST_SECONDS, max_retries=0)
            found = hasty.models.list().data or ()
            return sorted(model.id for model in found if isinstance(model.id, str))
        except FAULTS:
            return []

    def _request(self, messages: Sequence[Message]) -> dict[str, Any]:
        return {
            "model": self.model,
            "messages": list(messages),
            "temperature": self.temperature,
            "stream": True,
            "stream_options": {"include_usage": True},  # its tokens are counted
        }

    def _hear(
        self,
        request: Request,
        accepted: Callable[[], None],
        on_text: Callable[[str], None] = lambda _: None,
        cancelled: threading.Event | None = None,
        client: OpenAI | None = None,
    ) -> Heard:
        """Send one request, and listen to the end; on_text gets all there is, however it ends."""
        heard, told = Heard(), 0.0
        create: Any = (client or self.client).chat.completions.with_streaming_response.create
        try:
            with create(**request) as response:
                for event in json_events(response.iter_bytes()):
                    if cancelled is not None and cancelled.is_set():
                        raise Cancelled
                    self._take(heard, event)
                    accepted()
                    if time.monotonic() - told > TELL_SECONDS:
                        on_text(self._explainer.without_key(heard.text))
                        told = time.monotonic()
        except openai.APIStatusError as error:
            status, headers = error.status_code, error.response.headers
            raise Refused(fault_of(error.body, status, headers)) from None
        except openai.APIConnectionError as error:
            cause = error.__cause__ or ConnectionError()
            raise cause from cause.__cause__
        finally:
            if heard.text:
                on_text(self._explainer.without_key(heard.text))
        if not heard.answered and heard.usage.uncounted:
            raise ValueError("a page, or nothing")
        return heard

    def _take(self, heard: Heard, event: object) -> None:
        try:
            heard.take(event)
        except Refused as error:
            if heard.content:
                said = self._explainer.quote(error.fault.reason)
                raise ModelError(f"The server broke off{said}. Ask again.") from None
            raise

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn whatever the libraries raise into one sentence without the key."""
        try:
            yield
        except (ModelError, Cancelled):
            raise
        except FAULTS as error:
            status = error.fault.status if isinstance(error, Refused) else None
            raise ModelError(self._explainer.explain(error), status=status) from None

    @property
    def _explainer(self) -> Explainer:
        client = self.client
        return Explainer(self.base_url, client.base_url, self.model, client.api_key)
