"""Command line: ``python -m laat_core compare heart --shots 5 --json``."""

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from laat_core.data.encoding import TableEncoder
from laat_core.data.metadata import metadata_path, parse_metadata, task_from_metadata
from laat_core.data.profile import profile, remarks
from laat_core.data.reading import read_table
from laat_core.data.roles import make_task
from laat_core.data.splits import Design
from laat_core.data.task import Task
from laat_core.datasets import dataset_names, load_dataset, load_proposal
from laat_core.errors import DataError, LaatError
from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.experiment import compare
from laat_core.evaluate.recipe import PROTOCOLS, Recipe
from laat_core.scores.exchange import scores_from_bytes
from laat_core.scores.importance import ImportanceScores

USAGE_ERROR = 2


class _Parser(argparse.ArgumentParser):
    """Reports a bad argument in one line, and takes no abbreviated ones."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        line = " ".join(f"{self.prog}: {message} (--help lists the arguments)".split())
        self.exit(USAGE_ERROR, f"{line}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a terminal may not know every letter of a table
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        task = _task(options)
        scores = _scores(task, options)
        comparison = compare(task, scores, options.gamma, _design(options), _recipe(options))
    except LaatError as error:
        print(f"laat_core compare: {' '.join(str(error).split())}", file=sys.stderr)
        return USAGE_ERROR
    notes = remarks(task, profile(task))
    if not comparison.has_target:
        notes.insert(0, "All scores are 0, so the LAAT model is the baseline.")
    return _print(
        json.dumps({**comparison.to_dict(), "remarks": notes}, indent=1)
        if options.json
        else "\n".join([_summary(comparison), "", *notes]).rstrip()
    )


def _print(text: str) -> int:
    try:
        print(text, flush=True)
    except OSError as error:  # whoever reads may have stopped, or the disk may be full
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"laat_core compare: cannot write the result ({error.strerror})", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="laat_core", description="Attribution aligned training of small models.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    command = commands.add_parser(
        "compare", help="compare the LAAT model with its baseline and with the scores alone"
    )
    add = command.add_argument
    add("table", help=f"a bundled table ({', '.join(dataset_names())}) or the path of a file")
    add("--target", help="column that is predicted (for a file)")
    add("--positive", help="class that positive scores speak for (for a file)")
    add("--scores", help="CSV or JSON of scores; default: the recorded ones, or all 0")
    design = command.add_mutually_exclusive_group()
    design.add_argument(
        "--shots", type=int, default=5, help="training rows of each class (default 5)"
    )
    design.add_argument("--test-share", type=float, help="hold out this share instead")
    add("--splits", type=int, default=20, help="how often the rows are divided (default 20)")
    add("--gamma", type=float, default=100.0, help="trust in the scores (default 100)")
    add("--protocol", choices=tuple(PROTOCOLS), default="default")
    add("--score-transform", choices=("linear", "exp"), default="linear")
    add("--hidden", type=int, default=0, help="hidden units; 0 is logistic regression")
    add("--seed", type=int, default=0)
    add("--json", action="store_true", help="print everything as JSON")
    return parser


def _task(options: argparse.Namespace) -> Task:
    path = Path(options.table)
    if options.table in dataset_names():
        task = load_dataset(options.table)
        if options.target in (None, task.target):
            return _with_positive(task, options)
        raise DataError(f"The target of {options.table} is {task.target!r}. Leave --target out.")
    if not path.suffix and not os.path.exists(options.table):
        raise DataError(
            f"No bundled table and no file {options.table!r}. "
            f"Bundled are: {', '.join(dataset_names())}."
        )
    table = read_table(path)
    if os.path.isfile(described := metadata_path(path)):
        metadata = parse_metadata(_content(described))
        task = task_from_metadata(table, metadata, name=path.name, target=options.target)
        return _with_positive(task, options)
    if options.target is None or options.positive is None:
        raise DataError("A table from a file needs --target COLUMN and --positive CLASS.")
    return make_task(table, options.target, options.positive, name=path.name)


def _with_positive(task: Task, options: argparse.Namespace) -> Task:
    return task if options.positive is None else replace(task, positive_class=options.positive)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"Cannot read {path}: {error.strerror}. Check the path.") from error


def _design(options: argparse.Namespace) -> Design:
    if options.test_share is not None:
        return Design(None, options.test_share, options.splits, options.seed)
    return Design(options.shots, n_splits=options.splits, seed=options.seed)


def _recipe(options: argparse.Namespace) -> Recipe:
    return replace(
        PROTOCOLS[options.protocol],
        score_transform=options.score_transform,
        hidden_layer_sizes=(options.hidden,) if options.hidden else (),
    )


def _scores(task: Task, options: argparse.Namespace) -> ImportanceScores:
    encoder = TableEncoder(task.columns, missing_as_feature=task.missing_as_feature)
    features = encoder.fit(task.table).get_feature_names_out()
    if options.scores is not None:
        path = Path(options.scores)
        return scores_from_bytes(
            _content(path),
            path.name,
            features,
            outcome=task.outcome_name,
            opposite=task.opposite_name,
        )
    recorded = load_proposal(task.name)  # of a bundled table: a file's name has an ending
    if recorded is not None:
        # They speak for the class that the bundled task predicts.
        positive = load_dataset(task.name).positive_class
        return recorded.scores if task.positive_class == positive else recorded.scores.flipped()
    return ImportanceScores.zeros(features)


def _summary(comparison: Comparison) -> str:
    names = {"laat": "LAAT model", "baseline": "baseline", "scores_alone": "scores alone"}
    lines = [
        f"Positive scores speak for {comparison.outcome}.",
        f"{sum(comparison.n_train)} training rows, {sum(comparison.n_test)} test rows, "
        f"{len(comparison.difference)} splits, gamma {comparison.gamma:g}",
        "",
        f"{'':14}ROC-AUC      sd",
    ]
    lines += [
        f"{names[key]:14}{model.auc_mean:7.3f} {model.auc_sd:7.3f}"
        for key, model in comparison.models.items()
    ]
    difference = comparison.difference
    lines += [
        "",
        f"LAAT less baseline: {difference.mean():+.3f} on average, "
        f"ahead in {comparison.n_ahead} of {len(difference)} splits "
        f"({comparison.seconds:.2f} s)",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
