"""What the models' probabilities are worth: four tabs, each a sentence, a figure and a table."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from laat_core.evaluate.predictions import BINS, RECALLS, THRESHOLDS, Predictions
from laat_core.plots.predictions import (
    calibration_figure,
    decision_figure,
    precision_recall_figure,
    thresholds_figure,
)
from laat_core.plots.style import BASELINE, LAAT, SCORES
from ui.evidence.predictions_words import (
    say_brier,
    say_calibration,
    say_decision,
    say_precision,
    say_threshold,
)
from ui.findings import Findings
from ui.layout import CHARTS
from ui.state import AppState
from ui.text import literal

__all__ = ["show_predictions"]

NAMES = {"laat": LAAT.name, "baseline": BASELINE.name, "scores_alone": SCORES.name}
KEPT = "evidence_predictions"
BALANCED = (
    "The models were trained on as many rows of one class as of the other, so they expect each of "
    "them about as often. Where one is rare, its probabilities come out too high; the ranking does "
    "not suffer."
)
OPEN = "evidence_probabilities"  # the tab that is open
THRESHOLD = "evidence_threshold"
EVEN = 50  # percent
TENTHS = range(0, len(THRESHOLDS), 10)  # lines of the tables


@dataclass(frozen=True)
class _Kept:
    """What was computed of one comparison: for every tab and slider, once."""

    findings: Findings
    models: Mapping[str, Predictions]


def show_predictions(state: AppState, findings: Findings) -> None:
    """Show calibration, precision and recall, thresholds and decisions of the models."""
    st.subheader("What the probabilities are worth", anchor=False)
    with st.spinner("Asking the models about the test rows …"):
        models = _models(findings)
    band = " A band holds 8 of 10 splits." if len(findings.comparison.difference) > 1 else ""
    st.caption(
        f"Of the same test rows.{band} Scores alone rank cases and give no probabilities, so they "
        "are in precision and recall only."
    )
    _show_tabs(state, findings, models)


@st.fragment
def _show_tabs(state: AppState, findings: Findings, models: Mapping[str, Predictions]) -> None:
    """Show the tab that is open; in a fragment, so that what is chosen there draws nothing else."""
    tabs = st.tabs(list(TABS), key=OPEN, on_change="rerun")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        with tab:
            if tab.open:
                show(state.task.outcome, findings, models)


def _calibration(outcome: str, findings: Findings, models: Mapping[str, Predictions]) -> None:
    trained = _trained(models)
    st.markdown(say_calibration(models["laat"], literal(outcome)))
    st.caption(say_brier(trained, literal(outcome)))
    if findings.comparison.n_train[0] == findings.comparison.n_train[1]:
        st.caption(BALANCED)
    _show("calibration", calibration_figure(trained, outcome), _calibration_table(trained))


def _precision(outcome: str, _: Findings, models: Mapping[str, Predictions]) -> None:
    st.markdown(say_precision(models, literal(outcome)))
    _show("precision_recall", precision_recall_figure(models, outcome), _precision_table(models))


def _threshold(outcome: str, _: Findings, models: Mapping[str, Predictions]) -> None:
    trained, at = _trained(models), _choose_threshold()
    st.markdown(say_threshold(trained, at, literal(outcome)))
    _show("thresholds", thresholds_figure(trained, at / 100), _threshold_table(trained, at))


def _decision(_: str, __: Findings, models: Mapping[str, Predictions]) -> None:
    trained, at = _trained(models), st.session_state.get(THRESHOLD, EVEN)
    st.markdown(say_decision(trained, at))
    st.caption(
        "Net benefit counts the cases found, less the false alarms at what one costs: at a "
        "threshold of 20 %, a false alarm costs a quarter of what a find is worth. Above both "
        "grey lines, the model helps to decide. The threshold is set on the tab before."
    )
    _show("decision_curve", decision_figure(trained, at / 100), _decision_table(trained, at))


TABS = {
    "Calibration": _calibration,
    "Precision and recall": _precision,
    "Threshold": _threshold,
    "Decision curve": _decision,
}


def _trained(models: Mapping[str, Predictions]) -> dict[str, Predictions]:
    """Those that give probabilities."""
    return {name: models[name] for name in ("laat", "baseline")}


def _models(findings: Findings) -> Mapping[str, Predictions]:
    """What the three models say of the test rows, asked once per comparison."""
    kept: _Kept | None = st.session_state.get(KEPT)
    if kept is None or kept.findings is not findings:
        experiment, comparison = findings.experiment, findings.comparison
        asked = {
            name: Predictions(experiment.test_logits(result.models, sampled=comparison.sampled))
            for name, result in comparison.models.items()
            if result.models is not None
        }
        kept = st.session_state[KEPT] = _Kept(findings, asked)
    return kept.models


def _choose_threshold() -> int:
    """Percent of the probability; the tab beside takes it too."""
    return st.slider(
        "Flag a case from this probability on, %",
        1,
        99,
        EVEN,
        key=THRESHOLD,
        help="A low threshold finds more and raises more false alarms. Put it where one find "
        "outweighs the false alarms that it costs: at 20 %, four of them.",
        persist_state="session",
    )


def _show(name: str, figure: go.Figure, table: pd.DataFrame) -> None:
    st.plotly_chart(figure, config=CHARTS, key=f"evidence_{name}")
    with st.expander("The numbers as a table"):
        shown = table.astype(object).where(table.notna(), "–")
        st.dataframe(shown.map(_in_words), hide_index=True, key=f"evidence_{name}_table")
        st.download_button(
            "Table as CSV",
            table.to_csv(index=False),
            f"{name}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"evidence_{name}_csv",
        )


def _in_words(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) <= 1 else f"{value:,.1f}"
    return str(value)


def _calibration_table(models: Mapping[str, Predictions]) -> pd.DataFrame:
    parts = []
    for name, predictions in models.items():
        bins = predictions.calibration
        parts.append(
            pd.DataFrame(
                {
                    "Model": NAMES[name],
                    "Given, from": BINS[:-1],
                    "to": BINS[1:],
                    "Given, mean": bins.predicted,
                    "True share": bins.observed,
                    "95 % from": bins.low,
                    "95 % to": bins.high,
                    "Cases per split": bins.n_rows,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _precision_table(models: Mapping[str, Predictions]) -> pd.DataFrame:
    columns: dict[str, NDArray[np.float64]] = {"Found": RECALLS[TENTHS]}
    for name, predictions in models.items():
        columns[f"{NAMES[name]}: true among flagged"] = predictions.precision.mean[TENTHS]
    return pd.DataFrame(columns)


def _threshold_table(models: Mapping[str, Predictions], percent: int) -> pd.DataFrame:
    lines = sorted({*TENTHS, percent})
    parts = []
    for name, predictions in models.items():
        table, per_1000 = predictions.thresholds, predictions.per_1000
        parts.append(
            pd.DataFrame(
                {
                    "Model": NAMES[name],
                    "From": THRESHOLDS[lines],
                    "Flagged": table.flagged.mean[lines],
                    "Sensitivity": table.sensitivity.mean[lines],
                    "Specificity": table.specificity.mean[lines],
                    "PPV": table.ppv.mean[lines],
                    "NPV": table.npv.mean[lines],
                    "Of 1,000: found": [per_1000(line)["found"] for line in lines],
                    "missed": [per_1000(line)["missed"] for line in lines],
                    "false alarms": [per_1000(line)["false_alarms"] for line in lines],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _decision_table(models: Mapping[str, Predictions], percent: int) -> pd.DataFrame:
    lines = [line for line in sorted({*TENTHS, percent}) if line < len(THRESHOLDS) - 1]
    first = next(iter(models.values())).thresholds
    columns = {"Threshold": THRESHOLDS[lines], "Act on all": 1000 * first.treat_all[lines]}
    for name, predictions in models.items():
        columns[NAMES[name]] = 1000 * predictions.thresholds.net_benefit.mean[lines]
    return pd.DataFrame(columns)
