"""Asking a model for several estimates side by side, and making a proposal of them."""

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event, Semaphore, Thread
from typing import Any, Literal

from laat_core.errors import LaatError, ModelError, ReplyError
from laat_core.scores.importance import ImportanceScores
from laat_core.scores.llm.cache import AnswerCache
from laat_core.scores.llm.client import Answer, Cancelled, ChatModel, Message, Usage
from laat_core.scores.llm.negotiation import Form, notes
from laat_core.scores.llm.prompt import Prompt, Question
from laat_core.scores.llm.reply import Reading, Scored, read_answer, read_reply, reply_schema

__all__ = ["Estimate", "Path", "Progress", "Proposal", "Proposer"]

Path = Form
PATHS: tuple[Path, ...] = ("schema", "json", "text")
ENDED = {"done", "failed", "cancelled"}
REPAIRS = 2
SIDE_BY_SIDE = 5
LOOK_SECONDS = 0.05

REASON = re.compile(r'"reason"\s*:\s*"((?:[^"\\]|\\.)*)"')
SCORE = re.compile(r'"scores?"\s*:\s*(?:\{\s*"(?:[^"\\]|\\.)*"\s*:\s*)?"?[+-]?\d')


@dataclass(frozen=True)
class Estimate:
    """One estimate: a whole conversation, and what came of it.

    Attributes
    ----------
    number : int, from 1
    scores : dict of str to (tuple of float, str)
        Empty where it failed.
    problem : str
        Why it failed; empty where it did not.
    messages : tuple of dict
    path : {"schema", "json", "text"}
        In which form the server was asked: by JSON schema, in JSON mode, or for plain text; an
        answer in words is then asked for again as JSON, which is the paper's second call.
    usage : Usage
        Tokens of all its calls, those of cached answers not counted.
    cached : bool
        Whether every answer came from the cache.
    seconds : float
    left_out : tuple of str
        What the server refused of the requests.
    """

    number: int
    scores: dict[str, Scored]
    problem: str
    messages: tuple[Message, ...]
    path: Path
    usage: Usage
    cached: bool
    seconds: float
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What a model proposes: its estimates, failed ones too, and what it was asked when."""

    question: Question
    prompt: Prompt
    model: str
    base_url: str
    date: str
    temperature: float | None
    estimates: tuple[Estimate, ...]

    @property
    def good(self) -> tuple[Estimate, ...]:
        """The estimates that scored every feature."""
        return tuple(estimate for estimate in self.estimates if estimate.scores)

    @property
    def failed(self) -> tuple[Estimate, ...]:
        """The others."""
        return tuple(estimate for estimate in self.estimates if not estimate.scores)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was asked in another way than it was meant to, as the server refused it."""
        return notes(part for estimate in self.estimates for part in estimate.left_out)

    @property
    def usage(self) -> Usage:
        """Tokens of all estimates."""
        return sum((estimate.usage for estimate in self.estimates), Usage())

    @property
    def scores(self) -> ImportanceScores:
        """The good estimates, averaged.

        Raises
        ------
        ReplyError
            If there is none.
        """
        if not self.good:
            problem = self.estimates[0].problem if self.estimates else "nothing was asked"
            raise ReplyError(f"No estimate of {self.model!r} could be used: {problem}")
        return ImportanceScores.from_estimates([one.scores for one in self.good], self.model)


@dataclass
class Progress:
    """How far one estimate has come; written by its thread, read by whoever waits."""

    number: int
    n_features: int
    n_scored: int = 0
    reason: str = ""
    state: Literal["waiting", "asking", "repairing", "done", "failed", "cancelled"] = "waiting"
    problem: str = ""

    def see(self, text: str) -> None:
        """Take note of all text so far."""
        self.n_scored = min(self.n_features, len(SCORE.findall(text)))
        self.reason = next(reversed(REASON.findall(text)), "")[:200]


@dataclass
class Proposer:
    """Asks one model about one question.

    Attributes
    ----------
    model : ChatModel
    question : Question
    prompt : Prompt
        As it is to be sent: a person may have edited it.
    cache : AnswerCache or None
    progress : list of Progress
        One per estimate asked for so far.
    """

    model: ChatModel
    question: Question
    prompt: Prompt
    cache: AnswerCache | None = None
    progress: list[Progress] = field(default_factory=list)
    estimates: list[Estimate] = field(default_factory=list)
    _cancelled: Event = field(default_factory=Event)
    _turns: Semaphore = field(default_factory=lambda: Semaphore(SIDE_BY_SIDE))

    def ask(self, n_estimates: int = 5) -> Proposal:
        """Ask for estimates side by side; return with all that were asked for so far.

        One that fails spoils no other, and cancelling keeps those that are there. A thread that
        then still waits for a silent server is left to itself: it ends at the server's next sign
        or at the time-out, and keeps no program from ending.
        """
        first, n_features = len(self.progress) + 1, len(self.question.features)
        begun = [Progress(number, n_features) for number in range(first, first + n_estimates)]
        self.progress.extend(begun)
        threads = [Thread(target=self._estimate, args=(one,), daemon=True) for one in begun]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive() and not self.cancelled:
                thread.join(LOOK_SECONDS)
        for progress in begun:
            if progress.state not in ENDED:
                progress.state = "cancelled"
        return self.proposal

    @property
    def proposal(self) -> Proposal:
        """What has come of it so far."""
        model, date = self.model, datetime.now(UTC).date().isoformat()
        done = tuple(sorted(self.estimates, key=lambda estimate: estimate.number))
        refused = any("temperature" in estimate.left_out for estimate in done)
        temperature = None if refused else model.temperature
        return Proposal(
            self.question, self.prompt, model.model, model.base_url, date, temperature, done
        )

    def cancel(self) -> None:
        """Stop asking; discard what is on its way."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody has cancelled."""
        return self._cancelled.is_set()

    def _estimate(self, progress: Progress) -> None:
        with self._turns:
            progress.state, conversation = "asking", _Conversation(self, progress)
            scores, problem = dict[str, Scored](), "A fault of this program has ended it."
            try:
                scores, problem = conversation.scores(), ""
            except (Cancelled, LaatError) as error:
                problem = str(error)
            finally:
                if scores or not self.cancelled:
                    self.estimates.append(conversation.estimate(scores, problem))
                    progress.problem, progress.state = problem, "done" if scores else "failed"
                else:
                    progress.state = "cancelled"


class _Conversation:
    """One estimate's way from the question to scores."""

    def __init__(self, proposer: Proposer, progress: Progress) -> None:
        self.proposer, self.progress = proposer, progress
        self.path: Path = "schema"
        self.left_out: set[str] = set()
        self.usage, self.cached, self.started = Usage(), True, time.perf_counter()
        self.messages: list[Message] = [{"role": "system", "content": proposer.prompt.system}]
        self.messages.append({"role": "user", "content": proposer.prompt.user})
        self._new: list[tuple[dict[str, Any], Answer]] = []

    def scores(self, repairs: int = REPAIRS) -> dict[str, Scored]:
        """Ask, and ask again with the fault named, until every feature is scored."""
        answer = self._ask()
        reading = self._read(answer.text)
        if not reading.problem:
            self._keep()
            return reading.scores
        if not repairs:
            cut = "" if answer.finished else " The last answer was cut off by the server."
            fault = reading.problem[:1].upper() + reading.problem[1:]
            raise ReplyError(f"{fault} after {REPAIRS + 1} answers.{cut}")
        self.progress.state = "repairing"
        self.messages.append({"role": "user", "content": _again(reading.problem, answer)})
        return self.scores(repairs - 1)

    def _read(self, text: str) -> Reading:
        # Plain text was not asked for as JSON alone, and is read as a person's would be.
        read = read_answer if self.path == "text" else read_reply
        return read(text, self.proposer.question)

    def estimate(self, scores: dict[str, Scored], problem: str) -> Estimate:
        """Record what has come of it."""
        number, seconds = self.progress.number, time.perf_counter() - self.started
        said, left_out = tuple(self.messages), tuple(sorted(self.left_out))
        return Estimate(
            number, scores, problem, said, self.path, self.usage, self.cached, seconds, left_out
        )

    def _ask(self) -> Answer:
        """Take what was answered before, or ask."""
        answer = None if self.proposer.cancelled else self._known()
        answer = answer or self._call()
        self.path = answer.form
        self.left_out.update(answer.left_out)
        self.messages.append({"role": "assistant", "content": answer.text})
        return answer

    def _known(self) -> Answer | None:
        """Find what was answered before, in whichever form it was asked for."""
        for path in PATHS:
            known = self.proposer.cache and self.proposer.cache.find(self._request(path))
            if known:
                self.progress.see(known.text)
                return known
        return None

    def _call(self) -> Answer:
        if self.proposer.cancelled:
            raise Cancelled
        self.cached = False
        request, heard = self._request("schema"), ""

        def hear(text: str) -> None:
            nonlocal heard
            heard = text
            self.progress.see(text)

        try:
            answer = self.proposer.model.answer(
                request["messages"], request["response_format"], hear, self.proposer._cancelled
            )
        except ModelError:
            if not heard.strip():
                raise
            if self._read(heard).problem:  # what came is kept to be looked at
                self.messages.append({"role": "assistant", "content": heard})
                raise
            answer = Answer(heard, Usage(uncounted=1), finished=False, form=self.path)
        self.usage += answer.usage
        self._new.append((self._request(answer.form), answer))
        return answer

    def _sent(self) -> list[Message]:
        """Return the prompt, and of what was said since the last two: longer may not fit."""
        prompt, since = self.messages[:2], self.messages[2:]
        return [dict(message) for message in prompt + since[-2:]]

    def _request(self, path: Path) -> dict[str, Any]:
        """All that shapes the answer."""
        model = self.proposer.model
        return {
            "base_url": model.base_url,
            "model": model.model,
            "temperature": model.temperature,
            "messages": self._sent(),
            "response_format": _format(path, self.proposer.question, model.longest_reason),
            "estimate": self.progress.number,
        }

    def _keep(self) -> None:
        """Keep the answers of a conversation that ended well: a bad one is worth another try."""
        if self.proposer.cache is not None:
            for request, answer in self._new:
                self.proposer.cache.keep(request, answer)


def _format(path: Path, question: Question, longest_reason: int | None) -> dict[str, Any] | None:
    if path == "schema":
        schema = reply_schema(question, longest_reason)
        named = {"name": "importance_scores", "strict": True, "schema": schema}
        return {"type": "json_schema", "json_schema": named}
    return {"type": "json_object"} if path == "json" else None


def _again(problem: str, answer: Answer) -> str:
    cut = "" if answer.finished else "The answer was cut off; write shorter reasons. "
    return (
        f"The answer cannot be used: {problem}. {cut}Answer again in whole: JSON alone, in the "
        "form asked for, with every feature once."
    )
