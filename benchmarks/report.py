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
from typing import Any

from benchmarks import adult, latency, retrain, startup
from benchmarks.command import ROOT, markdown_table, paragraph

__all__ = ["document", "main"]

SECTIONS: dict[str, tuple[str, ModuleType]] = {
    "retrain": ("Training a batch of models, beside scikit-learn", retrain),
    "latency": ("A slider move", latency),
    "startup": ("Start", startup),
    "adult": ("A long table", adult),
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
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json"]
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
        title, module = SECTIONS[name]
        yield f"## {title}\n\n`python -m benchmarks.{name}`\n\n{module.show(result)}"


if __name__ == "__main__":
    main()
