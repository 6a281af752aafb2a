"""The scoreboard of the bias lab: both models, as the table was and with the bias, side by side."""

import streamlit as st

from laat_core import ModelResult
from laat_core.plots.style import BASELINE, LAAT
from ui.bias.lab import MOST_ROWS, TRUST, LabFindings
from ui.bias.story_words import (
    Watched,
    auc,
    auc_change,
    signed_auc,
    watch,
    weight,
    weight_change,
)
from ui.evidence.training import await_result
from ui.fields import while_shown
from ui.naming import column_label, feature_labels
from ui.state import AppState
from ui.text import literal, literal_html
from ui.training import Outcome

__all__ = ["ask", "columns_of_features", "label_of", "show_board", "watched"]

NONE = "–"
FEW_TESTED = 10  # rows of a class
LOOKS = {"laat": LAAT, "baseline": BASELINE}


def ask(state: AppState) -> Outcome[LabFindings]:
    """What is known of the models, with the bias and the scores as they stand."""
    with st.spinner("Training the models …"):
        return state.lab.outcome(
            state.seen, state.scores, state.settings.gamma, state.recipe, state.feature_trust
        )


def columns_of_features(state: AppState) -> list[str]:
    """Columns that models see, in the table's order."""
    return list(dict.fromkeys(feature.column for feature in state.features))


def watched(state: AppState, findings: LabFindings) -> Watched | None:
    """The feature of the tell-tale column that the bias moves most; None where none is chosen."""
    column = state.lab.column
    names = [f.name for f in findings.fair.experiment.encoder.features_ if f.column == column]
    return watch(findings.fair.comparison, findings.biased.comparison, names)


def label_of(state: AppState, name: str) -> str:
    """What a feature is called; its name where only a sample, or another protocol, has it."""
    return feature_labels(state.task, state.features).get(name, name)


def show_board(state: AppState, outcome: Outcome[LabFindings]) -> None:
    """Show the numbers that the story is about; an older result greyed while models are trained."""
    if outcome.found is not None:
        st.html(_board(state, outcome.found, outcome.old))
    elif outcome.problem:
        st.caption("There are no numbers of this bias. The message beside says why.")
    if outcome.share is not None:
        await_result(state.lab.trainer, "Training the models …")
    columns = columns_of_features(state)
    key = f"bias_watched_{state.given}_{state.lab.given}"
    st.selectbox(
        "Column to watch",
        columns,
        index=columns.index(state.lab.column) if state.lab.column in columns else None,
        format_func=lambda column: column_label(state.task, column),
        placeholder="Choose the tell-tale column",
        key=key,
        on_change=while_shown(state, lambda: _watch(state, key)),
    )
    if outcome.found is not None:
        _warn_of_few(state, outcome.found)
    st.caption(_about(state))


def _warn_of_few(state: AppState, findings: LabFindings) -> None:
    """Say where so few rows of a class are tested that the numbers are mostly chance."""
    negative, positive = findings.fair.comparison.n_test
    fewest, words = min((negative, state.task.opposite), (positive, state.task.outcome))
    if fewest < FEW_TESTED:
        st.warning(
            f"Only {fewest:,} of the test rows of a split {'is' if fewest == 1 else 'are'} with "
            f"{literal(words)}: these numbers are mostly chance."
        )


def _watch(state: AppState, key: str) -> None:
    state.lab.column = st.session_state[key] or ""


def _about(state: AppState) -> str:
    """Say what the numbers are of."""
    trust, rows = state.settings.gamma, len(state.seen.labels)
    if trust == "auto":
        said = (
            f"Trust in the scores is {TRUST:g} here: *auto*, as on the Workbench, would ask the "
            "biased rows how far to trust the scores."
        )
    else:
        said = f"Trust in the scores is {trust:g}, as on the Workbench."
    sample = (
        f" A sample of {MOST_ROWS:,} of the {rows:,} labelled rows is used, so that every move is "
        "answered soon."
        if rows > MOST_ROWS
        else ""
    )
    return (
        "Means of 20 random splits, 80 % of the rows for training. AUC: of 100 pairs of rows of "
        "different classes, how many are ranked rightly; 50 is chance; below it, ± its standard "
        "deviation over the splits. Attribution: how strongly, "
        f"and which way, a model leans on the feature, −1 to +1. {said}{sample}"
    )


def _board(state: AppState, findings: LabFindings, old: bool) -> str:
    fair, biased = findings.fair.comparison, findings.biased.comparison
    made = bool(state.lab.bias.steps)
    lines = [_heading("AUC on the untouched test rows")]
    for name in LOOKS:
        before, after = fair.models[name], biased.models[name]
        after_text, change = (
            (_area(after), signed_auc(auc_change(before.auc_mean, after.auc_mean)))
            if made
            else (NONE, NONE)
        )
        lines.append(_line("auc", name, _area(before), after_text, change))
    ahead = [auc_change(one.baseline.auc_mean, one.laat.auc_mean) for one in (fair, biased)]
    lines.append(
        _row("ahead", "LAAT ahead by", signed_auc(ahead[0]), signed_auc(ahead[1]) if made else NONE)
    )
    feature = watched(state, findings)
    if feature is not None:
        label = literal_html(label_of(state, feature.name))
        lines.append(_heading(f"Attribution of {label}"))
        for name, (before, after) in (("laat", feature.laat), ("baseline", feature.baseline)):
            texts = (weight(after), weight(weight_change(before, after))) if made else (NONE, NONE)
            lines.append(_line("attribution", name, weight(before), *texts))
        lines.append(
            _row("target", "The scores ask for", weight(feature.target), weight(feature.target))
        )
    return (
        f"{STYLE}<div class='laat-board{' old' if old else ''}'><table>"
        "<thead><tr><td></td><th>as it was</th><th>with the bias</th><th>change</th></tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _area(result: ModelResult) -> str:
    """AUC, and below it how much it differs from split to split."""
    return f"{auc(result.auc_mean)}<small>± {auc(float(result.auc.std(ddof=1)))}</small>"


def _heading(text: str) -> str:
    return f"<tr class='heading'><th colspan='4'>{text}</th></tr>"


def _line(what: str, model: str, before: str, after: str, change: str) -> str:
    look = LOOKS[model]
    name = f"<i style='background:{look.color}'></i>{look.name}"
    return _row(f"{what}-{model}", name, before, after, change)


def _row(key: str, name: str, before: str, after: str, change: str = "") -> str:
    return (
        f"<tr class='{key}'><th>{name}</th><td class='before'>{before}</td>"
        f"<td class='after'>{after}</td><td class='change'>{change}</td></tr>"
    )


STYLE = """<style>
.laat-board { border: 1px solid #d5d9de; border-radius: 0.5rem; padding: 0.5rem 0.75rem; }
.laat-board.old { opacity: 0.45; }
.laat-board table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.laat-board td, .laat-board thead th { text-align: right; padding: 0.15rem 0.25rem; }
.laat-board thead th { font-weight: 400; font-size: 0.85rem; color: #4d5562; }
.laat-board tbody th { text-align: left; font-weight: 600; overflow-wrap: anywhere; }
.laat-board i { display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.4rem; }
.laat-board .heading th { padding-top: 0.6rem; font-weight: 400; color: #4d5562; }
.laat-board .after { font-size: 1.35rem; font-weight: 600; }
.laat-board small { display: block; font-size: 0.75rem; font-weight: 400; color: #4d5562; }
.laat-board .ahead th, .laat-board .target th { font-weight: 400; }
@media (max-width: 640px) {
    [data-testid="stColumn"]:has(.laat-board) { order: -1; }
}
@media (min-width: 641px) {
    [data-testid="stColumn"]:has(.laat-board) {
        position: sticky; top: 4.5rem; align-self: flex-start;
    }
}
</style>"""
