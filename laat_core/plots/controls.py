"""A comparison beside its controls."""

import numpy as np
import plotly.graph_objects as go

from laat_core.evaluate.controls import Controls
from laat_core.plots.style import BASELINE, LAAT, SCORES

__all__ = ["controls_figure"]

PLACEBO = "#8a9099"
FLIPPED = "#7a3e9d"


def controls_figure(controls: Controls, height: int = 260) -> go.Figure:
    """Draw the mean AUCs of scores, controls and baseline on one axis, a row each.

    Parameters
    ----------
    controls : Controls
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    comparison = controls.comparison
    rows = (
        ("Your scores", [comparison.laat.auc_mean], LAAT.color, LAAT.symbol),
        ("Scores alone", [comparison.scores_alone.auc_mean], SCORES.color, SCORES.symbol),
        ("Baseline, no scores", [comparison.baseline.auc_mean], BASELINE.color, BASELINE.symbol),
        ("Shuffled scores", controls.placebo_means, PLACEBO, "circle-open"),
        ("Signs turned", [controls.flipped.mean()], FLIPPED, "x"),
    )
    figure = go.Figure()
    for name, means, color, symbol in rows:
        areas = 100 * np.asarray(means)
        figure.add_trace(
            go.Scatter(
                x=areas,
                y=[name] * len(areas),
                name=name,
                mode="markers",
                marker={
                    "color": color,
                    "symbol": symbol,
                    "size": 11,
                    "line": {"width": 2 if symbol.endswith("open") else 0, "color": color},
                },
                hovertemplate="%{x:.1f}",
            )
        )
    figure.add_vline(x=50, line={"color": "#b8bdc4", "width": 1}, layer="below")
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 22, "t": 8, "b": 8},
        showlegend=False,
        hovermode="closest",
    )
    figure.update_yaxes(autorange="reversed", automargin=True, showgrid=True)
    figure.update_xaxes(title="ROC-AUC × 100; 50 is tossing a coin", automargin=True)
    return figure
