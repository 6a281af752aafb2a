"""Target and attributions per feature."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from laat_core.evaluate.comparison import Comparison
from laat_core.plots.style import BASELINE, LAAT, SCORES, plain, shorten

__all__ = ["MOST_FEATURES", "attributions_figure"]

# More rows than this cannot be told apart on a page; the largest are shown.
MOST_FEATURES = 60
LABEL_LENGTH = 30


def attributions_figure(
    comparison: Comparison, labels: Mapping[str, str] | None = None, height: int = 480
) -> go.Figure:
    """Draw per feature the target and the attributions of LAAT model and baseline.

    Parameters
    ----------
    comparison : Comparison
        Attributions are averaged over its splits.
    labels : mapping of feature name to text, optional
        What to call the features; default: their names.
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        One row per feature, in the order of the table; of many, the largest
        :data:`MOST_FEATURES`.
    """
    labels = labels or {}
    laat = comparison.laat.attributions.mean(axis=0)
    baseline = comparison.baseline.attributions.mean(axis=0)
    shown = _largest(np.abs([comparison.target, laat, baseline]).max(axis=0))
    names = [labels.get(comparison.features[i], comparison.features[i]) for i in shown]
    rows = np.arange(len(shown))
    figure = go.Figure()
    for look, name, values, size in (
        (SCORES, "Target (the scores)", comparison.target, 11),
        (BASELINE, "Baseline", baseline, 7),
        (LAAT, "LAAT model", laat, 8),
    ):
        figure.add_trace(
            go.Scatter(
                x=values[shown],
                y=rows,
                name=name,
                mode="markers",
                marker={
                    "symbol": look.symbol,
                    "color": look.color,
                    "size": size,
                    "line": {"width": 2 if look is SCORES else 0, "color": look.color},
                },
                customdata=[plain(shorten(text, 120)) for text in names],
                hovertemplate="%{customdata}: %{x:+.2f}",
            )
        )
    # The zero line divides the features that speak against from those that speak for.
    figure.add_vline(x=0, line={"color": "#8a9099", "width": 1}, layer="below")
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 84, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1, "yref": "container", "yanchor": "top"},
        hovermode="closest",
    )
    figure.update_yaxes(
        tickvals=rows,
        ticktext=[plain(shorten(text, LABEL_LENGTH)) for text in names],
        range=[len(shown) - 0.5, -0.5],  # the table's first feature on top
        showgrid=True,
        automargin=True,
    )
    against, favour = (plain(shorten(t, 26)) for t in (comparison.opposite, comparison.outcome))
    # Above the first feature, so that both stay in sight where a long chart is scrolled.
    figure.update_xaxes(
        title={"text": f"← for {against}<br>for {favour} →", "standoff": 4},
        side="top",
        zeroline=False,
    )
    return figure


def _largest(size: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions of the largest values, in their own order."""
    return np.sort(np.argsort(-size, kind="stable")[:MOST_FEATURES])
