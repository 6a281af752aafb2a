"""Command line: ``python -m laat_core compare heart --shots 5 --json``."""

import io
import os
import sys
from collections.abc import Sequence

from laat_core.commands import compare, propose, verify
from laat_core.commands.arguments import USAGE_ERROR, Parser
from laat_core.commands.versions import package_version
from laat_core.errors import ChainError, LaatError

BROKEN = 1  # what was asked about does not hold
STOPPED = 130  # as a shell says it of a program that Ctrl-C has ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = Parser(prog="laat_core", description="Attribution aligned training of small models.")
    version = f"laat_core {package_version()}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    for command in (compare, propose, verify):
        command.add_to(commands)
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a terminal may not know every letter of a table
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    name = f"laat_core {options.command}"
    try:
        text = options.run(options)
    except KeyboardInterrupt:
        print(f"{name}: stopped", file=sys.stderr)
        return STOPPED
    except LaatError as error:
        print(f"{name}: {' '.join(str(error).split())}", file=sys.stderr)
        return BROKEN if isinstance(error, ChainError) else USAGE_ERROR
    try:
        print(text, flush=True)
    except OSError as error:  # whoever reads may have stopped, or the disk may be full
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"{name}: cannot write the result ({error.strerror})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
