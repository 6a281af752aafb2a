"""How far a feature pulls the answers for single rows, in two states of a model."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from laat_core.plots.style import LAAT, plain, shorten

__all__ = ["PERCENTILES", "pulls_figure"]

PERCENTILES = (5, 25, 50, 75, 95)  # of the rows: ends of the line, of the box, and its middle
LABEL_LENGTH = 30
ROOM = 76  # pixels of a feature


def pulls_figure(
    features: Sequence[str],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    names: tuple[str, str],
    title: str,
) -> go.Figure:
    """Draw how far features pull single rows, before beside after.

    Parameters
    ----------
    features : sequence of str
        What to call them.
    before, after : ndarray of shape (n_rows, n_features)
        Input gradients of the logit, a row of the table each.
    names : tuple of str
        What to call the two states.
    title : str
        Of the axis.

    Returns
    -------
    plotly.graph_objects.Figure
        Two boxes per feature: half of the rows lie in the box, 9 of 10 between the ends of its
        line.
    """
    figure = go.Figure()
    places = np.arange(len(features))
    for name, slopes, filled in zip(names, (before, after), (False, True), strict=True):
        low, first, middle, third, high = np.percentile(slopes, PERCENTILES, axis=0)
        figure.add_trace(
            go.Box(
                y=places,
                lowerfence=low,
                q1=first,
                median=middle,
                q3=third,
                upperfence=high,
                orientation="h",
                name=plain(shorten(name, 60)),
                line={"color": LAAT.color, "width": 1.5},
                fillcolor=LAAT.fill(0.6) if filled else "#ffffff",
                hoverinfo="x",
            )
        )
    figure.update_yaxes(
        tickvals=places,
        ticktext=[plain(shorten(feature, LABEL_LENGTH)) for feature in features],
        range=[len(features) - 0.5, -0.5],
        automargin=True,
    )
    figure.update_xaxes(title=plain(title), zeroline=True, tickformat="+.2~f", automargin=True)
    figure.update_layout(
        boxmode="group",
        height=110 + ROOM * len(features),
        margin={"l": 8, "r": 22, "t": 31, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1, "yref": "container", "yanchor": "top"},
    )
    return figure
