"""What probabilities are worth: calibration, precision and recall, thresholds, decisions."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from laat_core.evaluate.predictions import RECALLS, THRESHOLDS, Predictions, Summary
from laat_core.plots.style import BASELINE, LAAT, SCORES, Look, plain, shorten
from laat_core.plots.traces import band_trace, error_bars, line_trace

__all__ = [
    "calibration_figure",
    "decision_figure",
    "precision_recall_figure",
    "thresholds_figure",
]

LOOKS = {"scores_alone": SCORES, "baseline": BASELINE, "laat": LAAT}  # the last on top
GREY = "#8a9099"
LINE = 19  # pixels of one in the legend
MOST_HARM = 0.25  # of the largest net benefit, so much is drawn below 0


def calibration_figure(
    models: Mapping[str, Predictions], outcome: str, height: int = 360
) -> go.Figure:
    """Draw the observed share of the positive class against the probability that was given.

    Parameters
    ----------
    models : mapping of {"laat", "baseline"} to Predictions
    outcome : str
        What to call the positive class.
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        One trace per model, a point per bin that has rows, with its 95 % interval.
    """
    figure = go.Figure()
    for look, predictions in _looks(models):
        bins = predictions.calibration
        filled = bins.n_rows > 0
        observed = bins.observed[filled]
        figure.add_trace(
            go.Scatter(
                x=bins.predicted[filled],
                y=observed,
                error_y=error_bars(observed, bins.low[filled], bins.high[filled]),
                name=look.name,
                mode="lines+markers",
                line={"color": look.color, "dash": look.dash, "width": 2},
                marker={"symbol": look.symbol, "size": 7},
                customdata=bins.n_rows[filled],
                hovertemplate="given %{x:.0%}, true %{y:.0%} (%{customdata:.0f} rows per split)",
            )
        )
    _diagonal(figure)
    _lay_out(
        figure,
        height,
        "probability that the model gives",
        f"share with {plain(shorten(outcome, 30))}",
    )
    return figure


def precision_recall_figure(
    models: Mapping[str, Predictions], outcome: str, height: int = 360
) -> go.Figure:
    """Draw precision against recall, with a band that holds 8 of 10 splits.

    Parameters
    ----------
    models : mapping of {"laat", "baseline", "scores_alone"} to Predictions
    outcome : str
        What to call the positive class.
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        A curve per model, and a line where all rows are flagged.
    """
    figure = go.Figure()
    for look, predictions in _looks(models):
        _add_curve(figure, look, RECALLS, predictions.precision, banded=look is not SCORES)
    prevalence = next(iter(models.values())).prevalence
    figure.add_trace(_straight("Flag all", RECALLS, np.full(len(RECALLS), prevalence), "dot"))
    positive = plain(shorten(outcome, 30))
    _lay_out(
        figure, height, f"found: share of {positive}", f"of the flagged: share with<br>{positive}"
    )
    return figure


def thresholds_figure(
    models: Mapping[str, Predictions], threshold: float, height: int = 360
) -> go.Figure:
    """Draw which share of each class is flagged rightly, by threshold.

    Parameters
    ----------
    models : mapping of {"laat", "baseline"} to Predictions
    threshold : float
        Where a line is drawn, 0 to 1.
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        Two curves per model: sensitivity, and thinner specificity.
    """
    figure = go.Figure()
    for look, predictions in _looks(models):
        table = predictions.thresholds
        for what, summary, width in (
            ("found", table.sensitivity, 2.5),
            ("rightly not flagged", table.specificity, 1.2),
        ):
            figure.add_trace(
                go.Scatter(
                    x=THRESHOLDS,
                    y=summary.mean,
                    name=f"{look.name}: {what}",
                    mode="lines",
                    line={"color": look.color, "dash": look.dash, "width": width},
                    hovertemplate="%{y:.0%}",
                )
            )
    figure.add_vline(x=threshold, line={"color": GREY, "width": 1.5})
    _lay_out(figure, height, "flagged from this probability on", "share of the class", 4)
    return figure


def decision_figure(
    models: Mapping[str, Predictions], threshold: float, height: int = 360
) -> go.Figure:
    """Draw the net benefit by threshold, against acting on all and on none.

    Decision curves: A. J. Vickers and E. B. Elkin, "Decision curve analysis: a novel method for
    evaluating prediction models", Medical Decision Making 26 (2006).

    Parameters
    ----------
    models : mapping of {"laat", "baseline"} to Predictions
    threshold : float
        Where a line is drawn, 0 to 1.
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        A curve with its band per model, and two without a model. Per 1,000 rows.
    """
    figure = go.Figure()
    tables = [(look, predictions.thresholds) for look, predictions in _looks(models)]
    treat_all = tables[0][1].treat_all
    figure.add_trace(_straight("Act on all", THRESHOLDS, 1000 * treat_all, "dashdot"))
    figure.add_trace(_straight("Act on none", THRESHOLDS, np.zeros(len(THRESHOLDS)), "solid"))
    for look, table in tables:
        benefit = table.net_benefit
        per_1000 = Summary(1000 * benefit.mean, 1000 * benefit.low, 1000 * benefit.high)
        _add_curve(figure, look, THRESHOLDS, per_1000, hover="%{y:.0f}")
    figure.add_vline(x=threshold, line={"color": GREY, "width": 1.5})
    _lay_out(figure, height, "threshold of the probability", "net benefit per 1,000 cases")
    most = 1000 * float(np.nanmax(treat_all))
    figure.update_yaxes(range=[-MOST_HARM * most, 1.1 * most], tickformat=",.0f")
    return figure


def _looks(models: Mapping[str, Predictions]) -> list[tuple[Look, Predictions]]:
    return [(look, models[key]) for key, look in LOOKS.items() if key in models]


def _add_curve(
    figure: go.Figure,
    look: Look,
    x: NDArray[np.float64],
    summary: Summary,
    *,
    banded: bool = True,
    hover: str = "%{y:.0%}",
) -> None:
    known = ~np.isnan(summary.mean)
    if banded:
        figure.add_trace(band_trace(look, x[known], summary.low[known], summary.high[known]))
    figure.add_trace(line_trace(look, x[known], summary.mean[known], hover))


def _straight(name: str, x: NDArray[np.float64], y: NDArray[np.float64], dash: str) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        name=name,
        mode="lines",
        line={"color": GREY, "dash": dash, "width": 1},
        hoverinfo="skip",
    )


def _diagonal(figure: go.Figure) -> None:
    line = {"color": "#b8bdc4", "width": 1}
    figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, line=line, layer="below")


def _lay_out(
    figure: go.Figure, height: int, x_title: str, y_title: str, legend_lines: int = 2
) -> None:
    """Lay out; the legend takes so many lines on a phone, and less on a wider screen."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 22, "t": 12 + LINE * legend_lines, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1, "yref": "container", "yanchor": "top"},
        hovermode="x unified",
        hoverlabel={"namelength": -1},
    )
    axis = {"tickformat": ".0%", "automargin": True}
    figure.update_xaxes(title=x_title, range=[0, 1], **axis)
    figure.update_yaxes(title=y_title, range=[0, 1.02], **axis)
