"""Sentences that a person is shown when a server gives no answer, without the key."""

import re
import ssl
from dataclasses import dataclass
from typing import TypeVar

import httpx2

from laat_core.data.text import encodable
from laat_core.scores.llm.connection import TooMuch
from laat_core.scores.llm.events import MalformedError
from laat_core.scores.llm.faults import fault_of, sentence
from laat_core.scores.llm.negotiation import Refused
from laat_core.scores.llm.route import proxy_variable

__all__ = ["Explainer"]

SHORT = 300
SHORTEST_KEY = 8  # a shorter one is no secret, and stands in any text
MOST_CAUSES = 10
MASKED_KEY = re.compile(r"[^\s'\"“”]*\*{3,}[^\s'\"“”]*")  # as servers quote one: sk-ab****yz
E = TypeVar("E", bound=BaseException)


@dataclass(frozen=True)
class Explainer:
    """Explains faults of one model's server.

    Attributes
    ----------
    where : str
        What the server is called.
    url : URL
        Its address.
    model, key : str
    """

    where: str
    url: httpx2.URL
    model: str
    key: str

    def explain(self, error: Exception) -> str:
        """Return one sentence, and what to do."""
        if isinstance(error, Refused):
            said = self.quote(error.fault.reason)
            return sentence(error.fault, said, self.where, self.model)
        if isinstance(error, TooMuch):
            return f"{self.where} sent {error}. Response discarded."
        if isinstance(error, TimeoutError | httpx2.TimeoutException):
            return f"{self.where} was silent for too long. Ask again, or choose a faster model."
        if isinstance(error, OSError | httpx2.HTTPError):
            return self._not_reached(error)
        page = error.text if isinstance(error, MalformedError) else ""
        said = self.quote(fault_of(page).reason) if page.startswith("<") else ""
        where = f"{self.where} does not answer as an OpenAI-compatible server"
        return f"{where}{said}. Check the address."

    def _not_reached(self, error: Exception) -> str:
        if (refused := _cause(error, ssl.SSLCertVerificationError)) is not None:
            return (
                f"The certificate of {self.where} is not trusted"
                f"{self.quote(refused.verify_message)}. If you trust this server, save its "
                "certificate to a file, set SSL_CERT_FILE to that file, and start again."
            )
        if (broken := _cause(error, ssl.SSLError)) is not None:
            why = self.quote(str(broken.reason or "").replace("_", " ").casefold())
            return (
                f"No secure connection to {self.where}{why}. "
                "Check whether its address begins with http:// or https://."
            )
        proxy = proxy_variable(self.url)
        if isinstance(error, httpx2.ProxyError):
            named = f"The proxy in {proxy}" if proxy else "The proxy"
            return f"{named} does not connect to {self.where}{self.quote(str(error))}. Check it."
        also = f"address, network and the proxy in {proxy}" if proxy else "address and network"
        return f"{self.where} cannot be reached, or has hung up. Check {also}."

    def quote(self, text: str) -> str:
        """Return what a server says as the end of a sentence; nothing where it says nothing."""
        text = MASKED_KEY.sub("[key]", " ".join(self.without_key(text).split())).rstrip(".")
        return f": “{text[:SHORT]}”" if text else ""

    def without_key(self, text: str) -> str:
        """Text in which the key is not."""
        text = encodable(text)
        return text.replace(self.key, "[key]") if len(self.key) >= SHORTEST_KEY else text


def _cause(error: BaseException, kind: type[E]) -> E | None:
    """Return the error of a kind that led to another one."""
    found: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if found is None:
            return None
        if isinstance(found, kind):
            return found
        found = found.__cause__ or found.__context__
    return None
