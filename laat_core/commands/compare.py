"""``compare``: LAAT model, baseline and scores alone on the same splits."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from laat_core.commands.arguments import Parser, add_task, read_file, read_task
from laat_core.commands.provenance import table_document
from laat_core.commands.versions import versions
from laat_core.data.bias import Bias
from laat_core.data.encoding import features_of
from laat_core.data.hold_out import HoldOut
from laat_core.data.labels import feature_labels
from laat_core.data.profile import remarks
from laat_core.data.splits import Design
from laat_core.data.task import Task
from laat_core.datasets import load_dataset, load_proposal
from laat_core.errors import DataError
from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.experiment import Experiment
from laat_core.evaluate.hold_out import Look, look
from laat_core.evaluate.recipe import PROTOCOLS, Recipe
from laat_core.model.settings import Gamma
from laat_core.scores.certainty import UNSURE
from laat_core.scores.exchange import scores_from_bytes
from laat_core.scores.importance import ImportanceScores, quoted
from laat_core.scores.score_file import ScoreFile

__all__ = ["add_to", "run"]


def add_to(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command with its arguments."""
    command = commands.add_parser(
        "compare", help="compare the LAAT model with its baseline and with the scores alone"
    )
    command.set_defaults(run=run)
    add_task(command)
    add = command.add_argument
    add(
        "--scores",
        help="CSV or JSON of scores, or of some of them; default: the recorded ones, or all 0",
    )
    design = command.add_mutually_exclusive_group()
    design.add_argument(
        "--shots", type=int, default=5, help="training rows of each class (default 5)"
    )
    design.add_argument(
        "--test-share", type=float, help="test on this share in every split instead"
    )
    add("--splits", type=int, default=20, help="how often the rows are divided (default 20)")
    add("--gamma", type=_gamma, default=100.0, help="trust in the scores, or auto (default 100)")
    add("--protocol", choices=tuple(PROTOCOLS), default="default")
    add("--score-transform", choices=("linear", "exp"), default="linear")
    add("--hidden", type=int, default=0, help="hidden units; 0 is logistic regression")
    add(
        "--not-used",
        nargs="+",
        default=(),
        metavar="FEATURE",
        help="features by which the LAAT model is not to decide; the baseline may",
    )
    add("--seed", type=int, default=0)
    add(
        "--hold-out",
        type=float,
        metavar="SHARE",
        help="hold out this share of the rows from all splits, and test on it beside them",
    )
    add("--hold-out-seed", type=int, default=0, help="which rows these are (default 0)")
    add("--bias", metavar="FILE", help="JSON of a bias that is put into the training rows")
    add("--json", action="store_true", help="print everything as JSON")


def _gamma(text: str) -> Gamma:
    try:
        return "auto" if text == "auto" else float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor auto") from error


def run(options: argparse.Namespace) -> str:
    """Compare; return what is printed."""
    task = read_task(options)
    file, usual = _score_file(task, options), _usual_scores(task)
    scores = file.over(usual) if file else usual
    hold_out = _hold_out(options)
    bias = _bias(options)
    experiment = Experiment(task, _design(options), _recipe(options, file), hold_out, bias)
    unsure = file.marks.names("unsure") if file else []
    trust = dict.fromkeys(unsure, UNSURE)
    comparison = experiment.compare(scores, options.gamma, feature_trust=trust)
    found = look(experiment, comparison) if hold_out else None
    notes = [*(_of_file(file, usual) if file else ()), *remarks(task, hold_out)]
    if bias:
        notes.insert(0, f"A bias is in the training rows. {bias.words(experiment.task)}.")
    if not comparison.has_target:
        notes.insert(0, _without_scores(comparison))
    if options.json:
        held_out = {"look": found.to_dict()} if found else {}
        about = {"table": table_document(options.table), "versions": versions()}
        content = {**about, **comparison.to_dict(), **held_out, "remarks": notes}
        return json.dumps(content, indent=1)
    parts = [_summary(comparison), *([_held_out(found)] if found else []), "\n".join(notes)]
    return "\n\n".join(parts).rstrip()


def _without_scores(comparison: Comparison) -> str:
    if not comparison.recipe.not_used:
        return "All scores are 0, so the LAAT model is the baseline."
    return (
        "No score that counts differs from 0, so the LAAT model is the baseline, kept from "
        "deciding by what is not to be used."
    )


def _hold_out(options: argparse.Namespace) -> HoldOut | None:
    if options.hold_out is None:
        return None
    return HoldOut(options.hold_out, options.hold_out_seed)


def _bias(options: argparse.Namespace) -> Bias | None:
    if options.bias is None:
        return None
    content = read_file(Path(options.bias))
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DataError(f"The bias is not JSON ({error}). Check the file.") from error
    return Bias.from_dict(document)


def _design(options: argparse.Namespace) -> Design:
    if options.test_share is not None:
        return Design(None, options.test_share, options.splits, options.seed)
    return Design(options.shots, n_splits=options.splits, seed=options.seed)


def _recipe(options: argparse.Namespace, file: ScoreFile | None) -> Recipe:
    marked = file.marks.names("not_used") if file else []
    return replace(
        PROTOCOLS[options.protocol],
        score_transform=options.score_transform,
        hidden_layer_sizes=(options.hidden,) if options.hidden else (),
        not_used=tuple(dict.fromkeys([*options.not_used, *marked])),
    )


def _score_file(task: Task, options: argparse.Namespace) -> ScoreFile | None:
    if options.scores is None:
        return None
    features, path = features_of(task), Path(options.scores)
    return scores_from_bytes(
        read_file(path),
        path.name,
        [feature.name for feature in features],
        outcome=task.outcome_names,
        opposite=task.opposite_names,
        labels=feature_labels(task, features),
    )


def _of_file(file: ScoreFile, usual: ImportanceScores) -> list[str]:
    """What is to be said of a score file: how it was read, and what it marks."""
    said = list(file.notes)
    if file.unscored:
        recorded = any(usual.sources)
        said.append(f"The scores they have are {'the recorded ones' if recorded else '0'}.")
    if unused := file.marks.names("not_used"):
        said.append(f"Marked in the file as not used: {quoted(unused)}.")
    if unsure := file.marks.names("unsure"):
        said.append(
            f"Marked in the file as unsure, so held at {100 * UNSURE:.0f} % of the usual "
            f"strength: {quoted(unsure)}."
        )
    return said


def _usual_scores(task: Task) -> ImportanceScores:
    """Scores without a file: those recorded for a bundled table, else 0."""
    recorded = load_proposal(task.name)  # of a bundled table: a file's name has an ending
    if recorded is None:
        return ImportanceScores.zeros([feature.name for feature in features_of(task)])
    # They speak for the class that the bundled task predicts.
    positive = load_dataset(task.name).positive_class
    return recorded.scores if task.positive_class == positive else recorded.scores.flipped()


def _trust(comparison: Comparison) -> str:
    if comparison.gamma != "auto":
        return f"{comparison.gamma:g}"
    low, middle, high = np.percentile(comparison.gammas, (0, 50, 100))
    return f"auto (median {middle:.3g}, {low:.3g} to {high:.3g})"


def _summary(comparison: Comparison) -> str:
    names = {"laat": "LAAT model", "baseline": "baseline", "scores_alone": "scores alone"}
    lines = [
        f"Positive scores speak for {comparison.outcome}.",
        f"{sum(comparison.n_train)} training rows, {sum(comparison.n_test)} test rows, "
        f"{len(comparison.difference)} splits, gamma {_trust(comparison)}",
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
    if (interval := comparison.difference_interval) is not None:
        lines.append(
            f"95 % interval, for other rows of the same kind: {interval.low:+.3f} to "
            f"{interval.high:+.3f}"
        )
    return "\n".join(lines)


def _held_out(found: Look) -> str:
    """What the models of the first split make of the rows held out."""
    interval = "no interval"
    if found.bootstrap:
        interval = "95 % interval {:+.3f} to {:+.3f} (bootstrap)".format(*found.bootstrap)
    return "\n".join(
        [
            f"Held out: {found.n_negative + found.n_positive} rows, {found.n_positive} of them "
            "positive; the models of the first split",
            "",
            f"{'LAAT model':14}{found.laat:7.3f}",
            f"{'baseline':14}{found.baseline:7.3f}",
            f"{'scores alone':14}{found.scores_alone:7.3f}",
            "",
            f"LAAT less baseline: {found.difference:+.3f}, {interval}",
        ]
    )
