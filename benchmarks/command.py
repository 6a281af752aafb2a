"""What the commands share: their arguments, and tables that read well here and as Markdown."""

import argparse
import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

__all__ = [
    "ROOT",
    "markdown_table",
    "paragraph",
    "positive",
    "print_result",
    "run_timing",
    "signed",
    "timing_parser",
    "write_document",
]

ROOT = Path(__file__).parents[1]

Result = dict[str, Any]


def run_timing(
    module: str,
    measure: Callable[[int], Result],
    show: Callable[[Result], str],
    runs: int,
    arguments: Sequence[str] | None = None,
) -> None:
    """Run a benchmark from the command line and print its result."""
    options = timing_parser(module, f"default {runs}").parse_args(arguments)
    print_result(measure(options.runs or runs), show, as_json=options.json)


def timing_parser(module: str, runs: str) -> argparse.ArgumentParser:
    """Make the arguments that every benchmark of time takes; ``runs`` tells their default."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}")
    parser.add_argument("--runs", type=positive, help=runs)
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return parser


def print_result(result: Result, show: Callable[[Result], str], *, as_json: bool) -> None:
    """Print a result, for people or for programs."""
    print(json.dumps(result, indent=1) if as_json else show(result))


def positive(text: str) -> int:
    """Read an argument that is a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1 is needed")
    return number


def write_document(
    module: str,
    measure: Callable[[], Result],
    document: Callable[[Result], str],
    path: Path,
    arguments: Sequence[str] | None = None,
) -> None:
    """Run a benchmark from the command line, print its document and write it to a file."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}")
    parser.add_argument("--output", type=Path, default=path, help="file that is written")
    parser.add_argument("--json", action="store_true", help="print JSON only; write no file")
    options = parser.parse_args(arguments)
    result = measure()
    if options.json:
        print(json.dumps(result, indent=1))
        return
    text = document(result)
    options.output.write_text(text, encoding="utf-8")
    print(text)
    print(f"Written to {options.output.name}.", file=sys.stderr)


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a table in columns: the first to the left, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in [header, rule, *cells])


def paragraph(text: str) -> str:
    """Break a paragraph, or one point of a list, into lines."""
    indent = "  " if text.startswith("- ") else ""
    return textwrap.fill(
        text, 100, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )


def signed(points: float) -> str:
    """Return a difference with its sign, to one decimal; a zero has none."""
    text = f"{points:+.1f}"
    return "0.0" if float(text) == 0 else text.replace("-", "−")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(padded)} |"
