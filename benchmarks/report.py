"""All timings in one document.

Run ``python -m benchmarks.report`` on a machine that does nothing else. It runs every benchmark
that takes time in a process of its own, and writes ``docs/timings.md``.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from benchmarks import adult, latency, retrain, startup, store
from benchmarks.command import ROOT, markdown_table, paragraph

__all__ = ["document", "main"]


class Section(NamedTuple):
    """A part of the document: a benchmark, and how it is run."""

    title: str
    module: ModuleType
    options: tuple[str, ...] = ()

    @property
    def command(self) -> list[str]:
        """What runs it, behind ``python -m``."""
        return [self.module.__name__, *self.options]


SECTIONS = {
    "retrain": Section("Training a batch of models, beside scikit-learn", retrain),
    "latency": Section("A slider move", latency),
    "latency_60": Section("A slider move with 60 sliders", latency, ("--sliders", "60")),
    "latency_adult": Section("A slider move on a long table", latency, ("--table", "adult")),
    "latency_sessions": Section("Ten people at once", latency, ("--sessions", "10")),
    "store": Section("Keeping what was done", store),
    "startup": Section("Start", startup),
    "adult": Section("A long table", adult),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks and write, or print, what they say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "timings.md")
    parser.add_argument("--only", nargs="+", choices=tuple(SECTIONS), default=list(SECTIONS))
    parser.add_argument("--runs", type=int, help="of each benchmark; default: its own")
    parser.add_argument("--json", action="store_true", help="print JSON only; write no file")
    options = parser.parse_args(arguments)
    results = {name: run(name, options.runs) for name in options.only}
    if options.json:
        print(json.dumps(results, indent=1))
        return
    text = document(results)
    options.output.write_text(text, encoding="utf-8")
    print(text)
    print(f"Written to {options.output.name}.", file=sys.stderr)


def run(name: str, runs: int | None = None) -> dict[str, Any]:
    """Run one benchmark in a fresh interpreter, as its own command does."""
    print(f"benchmarks.{name} …", file=sys.stderr)
    command = [sys.executable, "-m", *SECTIONS[name].command, "--json"]
    command += ["--runs", str(runs)] if runs else []
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def document(results: Mapping[str, dict[str, Any]]) -> str:
    """Write the results as Markdown."""
    return "\n\n".join([*_introduction(results), *_sections(results)]) + "\n"


def _introduction(results: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    yield "# Timings"
    yield paragraph(
        "Made by `python -m benchmarks.report`; each section names the command that makes it "
        "alone. Figures depend on the machine and on what else it does; ratios are taken against "
        "the peer in the same run."
    )
    described = next(iter(results.values()))["machine"]
    yield markdown_table(["machine", "value"], described.items())


def _sections(results: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    for name, result in results.items():
        section = SECTIONS[name]
        command = " ".join(section.command)
        yield f"## {section.title}\n\n`python -m {command}`\n\n{section.module.show(result)}"


if __name__ == "__main__":
    main()
