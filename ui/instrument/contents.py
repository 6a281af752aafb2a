"""What the instrument shows: plain numbers and texts, as the core has computed them."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

import numpy as np

from laat_core import Comparison, ModelResult
from laat_core.evaluate.conflicts import Conflict
from laat_core.model.settings import Gamma
from laat_core.plots.style import BASELINE, LAAT, SCORES, Look, shorten
from ui.case import CaseView
from ui.findings import Findings, say_grouped
from ui.naming import column_label, feature_label, what_counts
from ui.settings import GAMMAS
from ui.state import AppState
from ui.text import with_sign
from ui.training import Outcome

__all__ = ["Part", "contents", "sentence"]

Part = str | tuple[str, str]  # of a sentence: text, or an element and its text

TRUST: dict[Gamma, str] = {
    0.0: "0 · ignore them",
    100.0: "100 · usual",
    1000.0: "1000 · scores alone, nearly",
    "auto": "auto · read off the rows",
}
FIRM = 0.995  # trust in a feature that is shown as 100 %
LOOSE = 0.5  # from here down the row shows it too
UNUSED = (
    "Not used: the score counts as 0, and the LAAT model is kept from deciding by this feature. "
    "The baseline may use it."
)
MANY_LEVELS = 6  # a column with more opens on request
DASHES = {"solid": "", "dash": "7 4", "dot": "2 3"}
LINES = {"solid": "solid", "dash": "dashed", "dot": "dotted"}


def contents(state: AppState, outcome: Outcome[Findings], case: CaseView) -> dict[str, Any]:
    """Everything that the component draws.

    Parameters
    ----------
    state : AppState
    outcome : Outcome
        What is known of the models.
    case : CaseView
    """
    findings, history = outcome.found, state.project.history
    return {
        "received": state.received,
        "project": state.project.id,
        "outcome": state.task.outcome,
        "opposite": state.task.opposite,
        "columns": _columns(state, findings),
        "result": _result(findings.comparison) if findings else None,
        "old": outcome.old,
        "work": outcome.share,
        "problem": outcome.problem,
        "case": case.contents(state, findings),
        "notice": state.notice,
        "undo": history.next_undo,
        "redo": history.next_redo,
        "gamma": {
            "position": GAMMAS.index(state.settings.gamma),
            "stops": [TRUST.get(gamma) or f"{gamma:g}" for gamma in GAMMAS],
            "found": _gammas(findings.comparison) if findings and not outcome.old else "",
        },
    }


def _gammas(comparison: Comparison) -> str:
    """What automatic trust came to; empty where trust was given."""
    if comparison.gamma != "auto" or not comparison.has_target:
        return ""
    low, middle, high = (
        f"{gamma:,.0f}" if gamma >= 10 else f"{gamma:.1f}"
        for gamma in np.percentile(comparison.gammas, (0, 50, 100))
    )
    if low == high:
        return f"Trust read off the training rows: γ {middle}"
    return f"Trust read off the training rows: γ {middle} in the median split ({low} to {high})"


# Rows


def _columns(state: AppState, findings: Findings | None) -> list[dict[str, Any]]:
    rows = zip(state.features, _rows(state, findings), strict=True)
    columns = []
    for name, group in groupby(rows, lambda pair: pair[0].column):
        features = [row for _, row in group]
        label = column_label(state.task, name)
        columns.append({"label": label, "open": len(features) <= MANY_LEVELS, "features": features})
    return columns


def _rows(state: AppState, findings: Findings | None) -> list[dict[str, Any]]:
    scores, original, recorded = state.scores, state.original, state.shows_recorded
    known = _by_feature(findings) if findings else {}
    trust, marks = state.feature_trust, state.project.history.marks
    return [
        {
            "name": feature.name,
            "score": float(scores.values[0, i]),
            "original": float(original.values[0, i]),
            "edited": bool(scores.values[0, i] != original.values[0, i]),
            "locked": feature.name in marks.locked,
            "doubted": feature.name in marks.doubted,
            "unused": feature.name in marks.unused,
            "loose": trust.get(feature.name, 1.0) <= LOOSE,
            "held": UNUSED
            if feature.name in marks.unused
            else _held(trust.get(feature.name, 1.0), feature.name in marks.doubted),
            "proposed": float(original.values[0, i]) if original.sources[i] else None,
            "origin": "Proposed" if recorded else original.sources[i],
            "spread": original.spread(feature.name),
            "reasons": list(dict.fromkeys(original.reasons[i])),
            "why": " ".join(scores.reasons[i]) if scores.sources[i] != original.sources[i] else "",
            **known.get(feature.name, NOTHING),
            **_words(state, i),
        }
        for i, feature in enumerate(state.features)
    ]


def _held(trust: float, doubted: bool) -> str:
    """Say how firmly models are held to a score, where not fully."""
    if trust > FIRM:
        return ""
    how = "loosely" if trust <= LOOSE else "a little less firmly"
    why = "its score is marked as unsure" if doubted else "its estimates lie apart"
    return f"Held {how}, at {100 * trust:.0f} % of the usual strength, because {why}."


NOTHING: dict[str, Any] = {
    "weight": None,
    "laat": None,
    "baseline": None,
    "rows": None,
    "evidence": "",
    "conflicts": [],
    "disagreement": 0,
}


def _by_feature(findings: Findings) -> dict[str, dict[str, Any]]:
    """What models and rows say of each feature."""
    comparison, evidence = findings.comparison, findings.experiment.evidence
    values = (
        comparison.target,
        comparison.laat.attributions.mean(axis=0),
        comparison.baseline.attributions.mean(axis=0),
    )
    intervals = zip(evidence.correlation, evidence.low, evidence.high, strict=True)
    known = {}
    for name, interval, weight, laat, baseline in zip(
        comparison.features, intervals, *values, strict=True
    ):
        kinds = findings.conflicts.get(name, ())
        known[name] = {
            "weight": float(weight),
            "laat": float(laat),
            "baseline": float(baseline),
            "rows": None if None in interval else interval,
            "evidence": _evidence(interval, evidence.n_rows),
            "conflicts": [_conflict(kind, evidence.n_rows) for kind in kinds],
            "disagreement": len(kinds),
        }
    return known


def _evidence(interval: tuple[float | None, ...], n_rows: int) -> str:
    correlation, low, high = interval
    of = f"of the {n_rows:,} training rows of the first split"
    if correlation is None:
        return f"Rows alone: nothing, as it is the same in all {of}."
    said = f"Rows alone: correlation {with_sign(correlation, 2)}"
    if low is not None and high is not None:
        said += f" (95 % interval {with_sign(low, 2)} to {with_sign(high, 2)})"
    return f"{said} {of}; test rows are not looked at"


def _conflict(kind: Conflict, n_rows: int) -> str:
    return {
        "rows": f"The rows say the opposite, with {n_rows:,} rows of evidence.",
        "llm": "The proposal says the opposite.",
        "model": "The LAAT model uses it in the opposite direction.",
    }[kind]


def _words(state: AppState, position: int) -> dict[str, str]:
    feature = state.features[position]
    column = state.task.column(feature.column)
    title = feature_label(state.task, feature)
    unit = f" ({column.unit})" if column.unit else ""
    level = column.levels.get(feature.level or "", "")
    return {
        "label": feature.level or title,
        "title": title,
        "description": " · ".join(
            filter(None, [column.description + unit, level, what_counts(column)])
        ),
    }


# Numbers


def _result(comparison: Comparison) -> dict[str, Any]:
    models = ((LAAT, "laat"), (BASELINE, "baseline"), (SCORES, "scores_alone"))
    vectors = (
        comparison.target,
        comparison.laat.attributions.mean(axis=0),
        comparison.baseline.attributions.mean(axis=0),
    )
    return {
        "cards": [
            *(_card(look, key, comparison.models[key]) for look, key in models),
            _difference(comparison),
        ],
        "rows": _counts(comparison),
        "sentence": sentence(comparison),
        "roc": {
            "outcome": shorten(comparison.outcome, 40),
            "opposite": shorten(comparison.opposite, 40),
            "curves": [_curve(look, key, comparison.models[key]) for look, key in reversed(models)],
        },
        "scale": max(float(abs(vector).max(initial=0)) for vector in vectors),
        "sampled": _sampled(comparison),
    }


def _sampled(comparison: Comparison) -> str:
    if not comparison.sampled:
        return ""
    return f"on a fixed sample of {sum(comparison.n_test):,} test rows while you move"


def _card(look: Look, key: str, model: ModelResult) -> dict[str, str]:
    return {
        "key": key,
        "name": look.name,
        "value": f"{100 * model.auc_mean:.1f}",
        "aside": f"± {100 * model.auc_sd:.1f}" if len(model.auc) > 1 else "",
        "color": look.color,
        "line": LINES[look.dash],
    }


def _difference(comparison: Comparison) -> dict[str, str]:
    n_splits = len(comparison.difference)
    return {
        "key": "",
        "name": "LAAT model − baseline",
        "value": with_sign(100 * comparison.difference.mean()),
        "aside": f"{_interval(comparison)}, ahead in {comparison.n_ahead} of {n_splits} splits"
        if n_splits > 1
        else "",
        "color": "transparent",
        "line": "solid",
    }


def _interval(comparison: Comparison) -> str:
    interval = comparison.difference_interval
    if interval is None:
        return "interval unknown"
    low, high = (with_sign(100 * end) for end in interval)
    return f"95 % interval {low} to {high}"


def _curve(look: Look, key: str, model: ModelResult) -> dict[str, Any]:
    curve = {
        "key": key,
        "name": look.name,
        "color": look.color,
        "dash": DASHES[look.dash],
        "rates": model.roc_mean.round(4).tolist(),
    }
    if look is not SCORES and len(model.auc) > 1:
        low, high = model.roc_band.round(4).tolist()
        curve |= {"low": low, "high": high}
    return curve


def _counts(comparison: Comparison) -> list[Part]:
    (train_no, train_yes), (test_no, test_yes) = comparison.n_train, comparison.n_test
    n_splits = len(comparison.difference)
    what = (
        f"mean ± standard deviation over {n_splits} splits, each"
        if n_splits > 1
        else "of one split,"
    )
    return [
        f"ROC-AUC, 50 is chance and 100 perfect: {what} trained on {train_yes:,} with ",
        ("bdi", comparison.outcome),
        f" and {train_no:,} with ",
        ("bdi", comparison.opposite),
        f", tested on {test_yes:,} and {test_no:,} others{say_grouped(comparison)}.",
        *_held_out(comparison.n_held_out),
    ]


def _held_out(n_rows: int) -> list[Part]:
    return [" ", ("mark", f"{n_rows:,} rows held out")] if n_rows else []


def sentence(comparison: Comparison) -> list[Part]:
    """Say in one sentence how often each model ranks two rows rightly."""
    laat, baseline, alone = (_in_100(model) for model in comparison.models.values())
    ranks: list[Part] = [
        " ranks a row with ",
        ("bdi", comparison.outcome),
        " above one with ",
        ("bdi", comparison.opposite),
        " ",
    ]
    if not comparison.uses_scores:
        return [_without_scores(comparison), *ranks, laat, " times in 100", *_free(comparison), "."]
    unused = comparison.recipe.not_used
    without = f" and {_features(unused)} not used, the model" if unused else " the model"
    return [
        f"With these scores{without}",
        *ranks,
        laat,
        " times in 100; without scores, and with all features, "
        if unused
        else " times in 100; without them ",
        baseline,
        "; the scores alone, without any training, ",
        alone,
        ".",
    ]


def _without_scores(comparison: Comparison) -> str:
    """Say why the scores have no say, and what the LAAT model is then."""
    unused = comparison.recipe.not_used
    kept_from = f", kept from deciding by {_features(unused)}" if unused else ""
    baseline = f"the LAAT model is the baseline{kept_from}"
    if comparison.has_target:
        return f"Trust is 0, so the scores are not used: {baseline}. It"
    none = "No score that counts differs from 0" if unused else "All scores are 0"
    return (
        f"{none}, so there is nothing to align with, and {baseline}. Move a slider, load scores, "
        "or ask a language model. It"
    )


def _free(comparison: Comparison) -> list[Part]:
    """What the baseline does, where it may use more than the LAAT model."""
    if not comparison.recipe.not_used:
        return []
    return ["; the baseline, which may use all, ", _in_100(comparison.baseline)]


def _features(names: Sequence[str]) -> str:
    return "one feature" if len(names) == 1 else f"{len(names)} features"


def _in_100(model: ModelResult) -> Part:
    """Whole pairs in 100, rounded from the number on the card: the two must not contradict."""
    shown = Decimal(f"{100 * model.auc_mean:.1f}")
    return "b", str(shown.quantize(Decimal(1), ROUND_HALF_UP))
