"""The result in numbers and in one sentence."""

from decimal import ROUND_HALF_UP, Decimal

import streamlit as st

from laat_core import Comparison, ModelResult
from laat_core.plots.style import BASELINE, LAAT, SCORES, Look
from ui.text import literal_html, signed

__all__ = ["show_numbers", "show_sentence"]

STYLE = """
<style>
.laat-cards { display: flex; flex-wrap: wrap; gap: .4rem 1.8rem; align-items: baseline; }
.laat-card { border-left: 4px var(--line) var(--color); padding-left: .6rem; }
.laat-card .label { font-size: .8rem; opacity: .8; }
.laat-card .value { font-size: 1.5rem; font-weight: 600; line-height: 1.2;
                    font-variant-numeric: tabular-nums; }
.laat-card .aside { font-size: .8rem; opacity: .8; }
.laat-rows { margin-top: .2rem; font-size: .8rem; opacity: .8; }
.laat-sentence { margin: 0; }
</style>
"""


def show_numbers(comparison: Comparison) -> None:
    """Show the AUCs and their difference over the splits, with the rows they come from."""
    cards = "".join(
        _card(look, key, model)
        for look, key, model in (
            (LAAT, "laat", comparison.laat),
            (BASELINE, "baseline", comparison.baseline),
            (SCORES, "scores_alone", comparison.scores_alone),
        )
    )
    st.html(
        f"{STYLE}<div class='laat-cards'>{cards}{_difference(comparison)}</div>"
        f"<div class='laat-rows'>{_rows(comparison)}</div>"
    )


def show_sentence(comparison: Comparison) -> None:
    """Say in one sentence what the numbers mean."""
    st.html(f"<p class='laat-sentence'>{_sentence(comparison)}</p>")


def _rows(comparison: Comparison) -> str:
    (train_no, train_yes), (test_no, test_yes) = comparison.n_train, comparison.n_test
    outcome, opposite = literal_html(comparison.outcome), literal_html(comparison.opposite)
    several = len(comparison.difference) > 1
    numbers = (
        f"mean ± standard deviation over {len(comparison.difference)} splits, each"
        if several
        else "of one split,"
    )
    return (
        f"ROC-AUC, 50 is chance and 100 perfect: {numbers} trained on {train_yes:,} with {outcome} "
        f"and {train_no:,} with {opposite}, tested on {test_yes:,} and {test_no:,} others."
    )


def _card(look: Look, key: str, model: ModelResult) -> str:
    line = {"dash": "dashed", "dot": "dotted"}.get(look.dash, "solid")
    spread = f"± {100 * model.auc_sd:.1f}" if len(model.auc) > 1 else ""
    return (
        f"<div class='laat-card' style='--color:{look.color};--line:{line}'>"
        f"<div class='label'>{look.name}</div>"
        f"<div><span class='value laat-auc' data-model='{key}'>{100 * model.auc_mean:.1f}</span> "
        f"<span class='aside'>{spread}</span></div></div>"
    )


def _difference(comparison: Comparison) -> str:
    n_splits = len(comparison.difference)
    ahead = f"ahead in {comparison.n_ahead} of {n_splits} splits" if n_splits > 1 else ""
    return (
        "<div class='laat-card' style='--color:transparent;--line:solid'>"
        "<div class='label'>LAAT model − baseline</div>"
        f"<div><span class='value'>{signed(100 * float(comparison.difference.mean()))}</span> "
        f"<span class='aside'>{ahead}</span></div></div>"
    )


def _sentence(comparison: Comparison) -> str:
    outcome, opposite = literal_html(comparison.outcome), literal_html(comparison.opposite)
    laat, baseline, alone = (_in_100(model) for model in comparison.models.values())
    if not comparison.has_target:
        return (
            "All scores are 0, so there is nothing to align with, and the LAAT model is the "
            "baseline. Move a slider, load scores, or ask a language model. "
            f"It ranks a row with {outcome} above one with {opposite} {baseline} times in 100."
        )
    if comparison.gamma == 0:
        return (
            "Trust is 0, so the scores are not used: the LAAT model is the baseline. "
            f"It ranks a row with {outcome} above one with {opposite} {baseline} times in 100."
        )
    return (
        f"With these scores the model ranks a row with {outcome} above one with {opposite} {laat} "
        f"times in 100; without them {baseline}; the scores alone, without any training, {alone}."
    )


def _in_100(model: ModelResult) -> str:
    """Whole pairs in 100, rounded from the number on the card: the two must not contradict."""
    shown = Decimal(f"{100 * model.auc_mean:.1f}")
    return f"<b>{shown.quantize(Decimal(1), ROUND_HALF_UP)}</b>"
