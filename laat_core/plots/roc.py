"""ROC curves of a comparison."""

import numpy as np
import plotly.graph_objects as go

from laat_core.evaluate.comparison import FALSE_POSITIVE_RATES, Comparison, ModelResult
from laat_core.plots.style import BASELINE, LAAT, SCORES, Look, plain, shorten

__all__ = ["roc_figure"]


def roc_figure(comparison: Comparison, height: int = 360) -> go.Figure:
    """Draw the mean ROC curves, with a band that holds 8 of 10 splits for the trained models.

    Parameters
    ----------
    comparison : Comparison
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces named after the models; hover shows rates in percent.
    """
    figure = go.Figure()
    if len(comparison.difference) > 1:
        for look, model in ((BASELINE, comparison.baseline), (LAAT, comparison.laat)):
            figure.add_trace(_band(look, model))
    for look, model in (
        (SCORES, comparison.scores_alone),
        (BASELINE, comparison.baseline),
        (LAAT, comparison.laat),
    ):
        figure.add_trace(_curve(look, model))
    figure.add_shape(
        type="line", x0=0, y0=0, x1=1, y1=1, line={"color": "#b8bdc4", "width": 1}, layer="below"
    )
    positive = plain(shorten(comparison.outcome, 30))
    negative = plain(shorten(comparison.opposite, 30))
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 22, "t": 8, "b": 8},
        legend={"x": 0.98, "y": 0.03, "xanchor": "right", "yanchor": "bottom"},
        hovermode="x unified",
        hoverlabel={"namelength": -1},
    )
    axis = {"range": [0, 1], "dtick": 0.25, "tickformat": ".0%", "automargin": True}
    figure.update_xaxes(title=f"wrongly flagged: share of<br>{negative}", **axis)
    figure.update_yaxes(title=f"found: share of {positive}", **axis)
    return figure


def _curve(look: Look, model: ModelResult) -> go.Scatter:
    return go.Scatter(
        x=FALSE_POSITIVE_RATES,
        y=model.roc_mean,
        name=look.name,
        mode="lines",
        line={"color": look.color, "dash": look.dash, "width": 2},
        hovertemplate="%{y:.0%}",
    )


def _band(look: Look, model: ModelResult) -> go.Scatter:
    low, high = model.roc_band
    return go.Scatter(
        x=np.concatenate([FALSE_POSITIVE_RATES, FALSE_POSITIVE_RATES[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=look.fill(0.15),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
        name=f"{look.name}: 8 of 10 splits",
    )
