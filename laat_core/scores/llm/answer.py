"""What comes of asking: an answer, put together from the events of a server's response."""

import json
from dataclasses import dataclass, field
from typing import Any

from laat_core.scores.llm.connection import MOST_AT_ONCE, TooMuch
from laat_core.scores.llm.faults import fault_of
from laat_core.scores.llm.negotiation import Form, Refused

__all__ = ["Answer", "Heard", "Usage"]

CUT_OFF = {"length", "max_tokens", "model_length", "max_output_tokens"}
THOUGHTS = ("reasoning_content", "reasoning", "thinking")
MOST_TOOL_CALLS = 1000


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
    """One reply.

    Attributes
    ----------
    text : str
    usage : Usage
    finished : bool
        Whether the model came to its end, and was not cut off by the server.
    form : {"schema", "json", "text"}
        In which form it was asked for: by JSON schema, in JSON mode, or as plain text.
    left_out : tuple of str
        What the server refused of the request, as :mod:`~laat_core.scores.llm.negotiation`
        names it.
    """

    text: str
    usage: Usage
    finished: bool
    form: Form = "text"
    left_out: tuple[str, ...] = ()


@dataclass
class Heard:
    """All that a response has said so far.

    Raises
    ------
    TypeError
        By :meth:`take`, of an event that has another shape than the interface's.
    """

    content: str = ""
    thoughts: str = ""
    refusal: str = ""
    usage: Usage = field(default_factory=lambda: Usage(uncounted=1))
    reason: str | None = None
    answered: bool = False
    _tools: dict[int, str] = field(default_factory=dict)
    _choice: object = None

    @property
    def text(self) -> str:
        """The answer; in the arguments of a tool or in the thoughts where it is nowhere else."""
        if self.content.strip():
            return self.content
        if any(said.strip() for said in self._tools.values()):
            return "\n".join(self._tools.values())
        return self.thoughts if "{" in self.thoughts and not self.cut_off else ""

    @property
    def cut_off(self) -> bool:
        """Whether the server stopped the model."""
        return self.reason is None or self.reason.casefold() in CUT_OFF

    def take(self, event: object) -> None:
        """Add one event."""
        if not isinstance(event, dict):
            raise TypeError("an event that is no object")
        choices = event.get("choices")
        usage = event.get("usage")
        if isinstance(usage, dict):
            self.usage = _usage(usage)
        self._check(event, choices)
        for choice in _list(choices):
            self._hear(_object(choice))
        said = (self.content, self.refusal, *self._tools.values())
        if sum(map(len, said)) > MOST_AT_ONCE:
            raise TooMuch("too much text")

    def _check(self, event: dict[str, Any], choices: object) -> None:
        """Raise what the server reports in place of an answer, or in the midst of it."""
        failed = isinstance(choices, list) and any(
            isinstance(choice, dict) and choice.get("finish_reason") == "error"
            for choice in choices
        )
        is_fault = bool(event.get("error")) or failed or event.get("object") == "error"
        if is_fault or (choices is None and fault_of(event).reason):
            raise Refused(fault_of(event))

    def _hear(self, choice: dict[str, Any]) -> None:
        number = choice.get("index", 0)
        if self._choice is None:
            self._choice = number
        if number != self._choice:
            return  # another answer beside the first one
        self.answered = True
        reason = choice.get("finish_reason")
        self.reason = reason if isinstance(reason, str) else self.reason
        said = choice.get("delta") or choice.get("message") or {"content": choice.get("text")}
        said = _object(said)
        self._hear_content(said.get("content"))
        self.refusal += _text(said.get("refusal"))
        thoughts = next((part for name in THOUGHTS if (part := said.get(name))), None)
        self.thoughts += thoughts if isinstance(thoughts, str) else ""
        for call in _list(said.get("tool_calls")):
            self._hear_call(_object(call))
        if isinstance(said.get("function_call"), dict):
            self._hear_call({"function": said["function_call"]})

    def _hear_content(self, content: object) -> None:
        if not isinstance(content, list):
            self.content += _text(content)
            return
        for part in content:
            said = {"text": part} if isinstance(part, str) else _object(part)
            if isinstance(said.get("text"), str):
                self.content += said["text"]

    def _hear_call(self, call: dict[str, Any]) -> None:
        number = call.get("index")
        number = number if isinstance(number, int) else max(0, len(self._tools) - 1)
        said = _object(call.get("function") or {}).get("arguments")
        said = json.dumps(said) if isinstance(said, dict) else _text(said)
        if number in self._tools or len(self._tools) < MOST_TOOL_CALLS:
            self._tools[number] = self._tools.get(number, "") + said


def _text(part: object) -> str:
    if part is None:
        return ""
    if not isinstance(part, str):
        raise TypeError("no text")
    return part


def _object(part: object) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise TypeError("no object")
    return part


def _list(part: object) -> list[Any]:
    if part is None:
        return []
    if not isinstance(part, list):
        raise TypeError("no list")
    return part


def _usage(said: dict[str, Any]) -> Usage:
    counts = (said.get("prompt_tokens"), said.get("completion_tokens"))
    return Usage(*(n if isinstance(n, int) and 0 <= n < 2**53 else 0 for n in counts))
