"""ROC curves of a comparison."""

import plotly.graph_objects as go

from laat_core.evaluate.comparison import FALSE_POSITIVE_RATES, Comparison
from laat_core.plots.style import BASELINE, LAAT, SCORES, plain, shorten
from laat_core.plots.traces import band_trace, line_trace

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
            figure.add_trace(band_trace(look, FALSE_POSITIVE_RATES, *model.roc_band))
    for look, model in (
        (SCORES, comparison.scores_alone),
        (BASELINE, comparison.baseline),
        (LAAT, comparison.laat),
    ):
        figure.add_trace(line_trace(look, FALSE_POSITIVE_RATES, model.roc_mean, "%{y:.0%}"))
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
