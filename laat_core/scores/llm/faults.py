"""What a server says about a fault, in whatever form, and the sentence that a person is shown."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["Fault", "fault_of", "sentence"]

REASONS = (
    "message",
    "msg",
    "error_message",
    "error",
    "fault",
    "faultstring",
    "detail",
    "details",
    "errors",
    "error_description",
    "innererror",
    "title",
)
REDIRECTS = {301, 302, 303, 307, 308}
MOST_PARTS, DEEPEST, LONGEST_BODY = 3, 6, 20_000
MARKUP = re.compile(r"<(title|message|h1|p)\b[^<>]*>([^<>]+)</", re.IGNORECASE)
WAIT_DIGITS = 7


@dataclass(frozen=True)
class Fault:
    """A fault as a server reports it.

    Attributes
    ----------
    status : int
        Of the response, or in its body; 0 where there is none.
    reason : str
        In the server's words; may be empty.
    named : str
        The parts of the request that it names.
    headers : mapping
    """

    status: int
    reason: str = ""
    named: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def fault_of(body: object, status: int = 0, headers: Mapping[str, str] | None = None) -> Fault:
    """Read what a server says about a fault.

    Parameters
    ----------
    body : object
        Text, a page, or JSON of any shape.
    status : int
        0 where the response seemed to be in order; then the body's own code counts.
    headers : mapping, optional

    Examples
    --------
    >>> fault_of({"detail": [{"loc": ["body", "stream"], "msg": "Not permitted"}]}, 422).reason
    'stream: Not permitted'
    """
    if status in REDIRECTS:
        return Fault(status, (headers or {}).get("location", ""))
    reasons = list(dict.fromkeys(filter(None, _reasons(body))))[:MOST_PARTS]
    named = " ".join(_named(body))
    return Fault(status or _code(body), "; ".join(reasons), named, headers or {})


def _reasons(body: object, depth: int = 0) -> Iterator[str]:
    if depth > DEEPEST:
        return
    if isinstance(body, str):
        yield _plain(body)
    elif isinstance(body, list):
        for part in body[:MOST_PARTS]:
            yield from _reasons(part, depth + 1)
    elif isinstance(body, dict):
        place = _place(body)
        for key in REASONS:
            found = [reason for reason in _reasons(body.get(key), depth + 1) if reason]
            if found:
                yield from (f"{place}: {reason}" if place else reason for reason in found)
                return


def _plain(text: str) -> str:
    """Text, and of a page what it is headed with."""
    text = text[:LONGEST_BODY].strip()
    if not text.startswith("<"):
        return text
    found = MARKUP.search(text)
    return found[2].strip() if found else ""


def _place(body: dict[str, object]) -> str:
    place = body.get("loc")
    parts = place if isinstance(place, list) else []
    return ".".join(str(part) for part in parts if isinstance(part, str | int) and part != "body")


def _named(body: object, depth: int = 0) -> Iterator[str]:
    if depth > DEEPEST:
        return
    if isinstance(body, list):
        for part in body[:MOST_PARTS]:
            yield from _named(part, depth + 1)
    elif isinstance(body, dict):
        param = body.get("param")
        yield from filter(None, [_place(body), param if isinstance(param, str) else ""])
        for key in REASONS:
            yield from _named(body.get(key), depth + 1)


def _code(body: object) -> int:
    """Return the status that a body gives by itself."""
    if isinstance(body, list):
        body = body[0] if body else None
    if not isinstance(body, dict):
        return 0
    if isinstance(body.get("error"), dict):
        return _code(body["error"])
    codes = (str(body.get(key, "")) for key in ("code", "status", "status_code"))
    return next((int(code) for code in codes if re.fullmatch(r"[345]\d\d", code)), 0)


# Sentences


def sentence(fault: Fault, said: str, where: str, model: str) -> str:
    """Return what a person is told.

    Parameters
    ----------
    fault : Fault
    said : str
        Its reason as it may be shown, ``: “…”``; empty where there is none.
    where : str
        The server's address.
    model : str
    """
    status = fault.status
    if status in REDIRECTS:
        return f"{where} points to another address{said}. Use that one."
    match status:
        case 0:
            return f"The server reports an error{said}."
        case 400 | 422:
            return f"The server does not accept the request{said}."
        case 401:
            return f"The server refuses the key (status 401){said}. Check it."
        case 402:
            return f"The server asks for payment (status 402){said}. Check your account with it."
        case 403:
            return f"The server refuses access (status 403){said}. Check key, model and address."
        case 404:
            return f"The server knows no such address or model ({model!r}){said}. Check both."
        case 405:
            return f"The server takes no questions at this address (status 405){said}. Check it."
        case 413:
            return (
                f"The request is too large for this server (status 413){said}. "
                "Use another model or fewer features."
            )
        case 429:
            wait = fault.headers.get("retry-after", "")
            digits = wait.isdecimal() and wait.isascii() and len(wait) <= WAIT_DIGITS
            later = f"in {wait} seconds" if digits else "later"
            return f"The server has had too many requests{said}. Ask again {later}."
        case 501:
            return f"The server cannot do what is asked (status 501){said}. Use another one."
    if status < 500:
        return f"The server does not accept the request (status {status}){said}."
    return f"The server failed (status {status}){said}. Ask again later."
