"""Running the command line inside a test."""

from laat_core.__main__ import main


def run(capsys, *arguments):
    """Run the command line; return status, standard output and standard error."""
    try:
        status = main([*map(str, arguments)])
    except SystemExit as stop:
        status = stop.code
    printed = capsys.readouterr()
    return status, printed.out, printed.err
