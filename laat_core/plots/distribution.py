"""How one column is distributed, by class."""

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from laat_core.data.profile import Distribution
from laat_core.plots.style import BASELINE, LAAT, plain, shorten

__all__ = ["distribution_figure"]


def distribution_figure(
    distribution: Distribution, opposite: str, outcome: str, height: int = 260
) -> go.Figure:
    """Draw the share of each class's rows in every bin or level.

    Shares, not counts: classes of different size can then be compared. Where a column has more
    levels than are shown, the shares are still of all rows with a value.

    Parameters
    ----------
    distribution : Distribution
    opposite, outcome : str
        What to call the negative and the positive class.
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
        One trace per class; hover shows share and count.
    """
    bins = distribution.bins
    middles: NDArray[np.float64]
    widths: NDArray[np.float64] | None
    if isinstance(bins, np.ndarray):
        middles, widths = (bins[:-1] + bins[1:]) / 2, np.diff(bins)
        where = [f"{low:.4g} to {high:.4g}" for low, high in pairwise(bins)]
    else:
        middles, widths = np.arange(len(bins), dtype=np.float64), None
        where = [plain(shorten(level, 80)) for level in bins]
    figure = go.Figure()
    looks = (BASELINE, opposite), (LAAT, outcome)
    for (look, name), counts, shares in zip(
        looks, distribution.counts, distribution.shares, strict=True
    ):
        figure.add_trace(
            go.Bar(
                x=middles,
                y=shares,
                width=widths,
                name=plain(shorten(name, 30)),
                marker={"color": look.fill(0.55), "line": {"color": look.color, "width": 1}},
                customdata=list(zip(where, counts, strict=True)),
                hovertemplate="%{customdata[0]}: %{y:.0%} (%{customdata[1]} rows)",
            )
        )
    figure.update_layout(
        height=height,
        barmode="group" if widths is None else "overlay",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
    )
    if widths is None:
        figure.update_xaxes(tickvals=middles, ticktext=[plain(shorten(str(b), 18)) for b in bins])
    figure.update_yaxes(tickformat=".0%", title="share of the class", rangemode="tozero")
    return figure
