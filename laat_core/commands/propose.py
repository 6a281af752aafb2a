"""``propose``: importance scores from a language model."""

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

from laat_core.commands.arguments import Parser, add_task, read_task
from laat_core.data.encoding import features_of
from laat_core.errors import DesignError
from laat_core.scores.exchange import scores_to_json
from laat_core.scores.llm.cache import AnswerCache, default_cache_folder
from laat_core.scores.llm.client import ChatModel, connect
from laat_core.scores.llm.connection import known_key, usual_address
from laat_core.scores.llm.local import LocalServer
from laat_core.scores.llm.prompt import ask_about, write_prompt
from laat_core.scores.llm.propose import Proposal, Proposer

__all__ = ["add_to", "run"]

MOST_ESTIMATES = 100


def add_to(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command with its arguments."""
    command = commands.add_parser(
        "propose",
        help="ask a language model for scores",
    )
    command.set_defaults(run=run)
    add_task(command)
    add = command.add_argument
    model = command.add_mutually_exclusive_group(required=True)
    model.add_argument("--model", help="name of a model of the server")
    model.add_argument("--gguf", help="a GGUF file to run on this machine, instead of a server")
    add(
        "--base-url",
        default=usual_address(),
        help="address of the server (default: OPENAI_BASE_URL, else OpenAI); the key comes from "
        "OPENAI_API_KEY, and goes to the default address alone",
    )
    add("--task", help="what is predicted, in one sentence")
    add("--estimates", type=int, default=5, help="how many answers are averaged (default 5)")
    add("--temperature", type=float, help="default: the server's own")
    add("--out", type=Path, help="JSON file of the scores; default: standard output")


def run(options: argparse.Namespace) -> str:
    """Ask; return what is printed."""
    if not 1 <= options.estimates <= MOST_ESTIMATES:
        raise DesignError(f"{options.estimates} estimates asked for; choose 1 to {MOST_ESTIMATES}.")
    if options.temperature is not None and not 0 <= options.temperature <= 2:
        raise DesignError(f"The temperature is {options.temperature:g}; choose 0 to 2.")
    task = read_task(options)
    if options.task:
        task = replace(task, description=options.task)
    question = ask_about(task, features_of(task))
    if options.gguf:
        model = LocalServer(options.gguf).chat_model(options.temperature)
    else:
        client = connect(options.base_url, known_key(options.base_url))
        model = ChatModel(client, options.model, options.temperature)
    cache = AnswerCache(default_cache_folder())
    proposal = Proposer(model, question, write_prompt(question), cache).ask(options.estimates)
    content = _content(proposal, task.outcome_name)
    if options.out is None:
        sys.stderr.writelines(f"{line}\n" for line in _failures(proposal))
        return content
    try:
        options.out.write_text(content + "\n", encoding="utf-8")
    except OSError as error:
        raise DesignError(f"Cannot write {options.out}: {error.strerror}.") from error
    return _summary(proposal, options.out)


def _content(proposal: Proposal, outcome: str) -> str:
    """Scores in the form that is read again, with what was asked of whom."""
    about = {
        "model": proposal.model,
        "base_url": proposal.base_url,
        "date": proposal.date,
        "temperature": proposal.temperature,
        "system": proposal.prompt.system,
        "prompt": proposal.prompt.user,
        "usage": asdict(proposal.usage),
        "asked": [
            {
                "estimate": one.number,
                "form": one.path,
                "cached": one.cached,
                "seconds": round(one.seconds, 1),
                "problem": one.problem,
            }
            for one in proposal.estimates
        ],
    }
    scores = json.loads(scores_to_json(proposal.scores, outcome))
    return json.dumps({**about, **scores}, ensure_ascii=False, indent=1)


def _failures(proposal: Proposal) -> list[str]:
    failed = [f"Estimate {failed.number}: {failed.problem}" for failed in proposal.failed]
    return [*proposal.notes, *failed]


def _summary(proposal: Proposal, out: Path) -> str:
    cached = sum(estimate.cached for estimate in proposal.good)
    return "\n".join(
        [
            f"{len(proposal.good)} of {len(proposal.estimates)} estimates of {proposal.model}, "
            f"{cached} of them from the cache; {proposal.usage}.",
            *_failures(proposal),
            f"Written to {out}.",
        ]
    )
