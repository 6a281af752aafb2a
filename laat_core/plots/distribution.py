"""How one column is distributed, by class."""

from itertools import pairwise

import plotly.graph_objects as go

from laat_core.data.profile import Distribution
from laat_core.plots.style import BASELINE, LAAT, plain, shorten

__all__ = ["distribution_figure"]


def distribution_figure(
    distribution: Distribution, opposite: str, outcome: str, height: int = 260
) -> go.Figure:
    """Draw the share of each class's rows in every bin or level.

    Shares, not counts: classes of different size can then be compared.

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
    if distribution.numeric:
        middles, widths = (bins[:-1] + bins[1:]) / 2, bins[1:] - bins[:-1]
        where = [f"{low:.4g} to {high:.4g}" for low, high in pairwise(bins)]
    else:
        middles, widths = list(range(len(bins))), None
        where = [plain(shorten(level, 80)) for level in bins]
    figure = go.Figure()
    for look, name, counts in (
        (BASELINE, opposite, distribution.counts[0]),
        (LAAT, outcome, distribution.counts[1]),
    ):
        figure.add_trace(
            go.Bar(
                x=middles,
                y=counts / max(counts.sum(), 1),
                width=widths if distribution.numeric else None,
                name=plain(shorten(name, 30)),
                marker={"color": look.fill(0.55), "line": {"color": look.color, "width": 1}},
                customdata=list(zip(where, counts, strict=True)),
                hovertemplate="%{customdata[0]}: %{y:.0%} (%{customdata[1]} rows)",
            )
        )
    figure.update_layout(
        height=height,
        barmode="overlay" if distribution.numeric else "group",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
    )
    if not distribution.numeric:
        labels = [plain(shorten(level, 18)) for level in bins]
        figure.update_xaxes(tickvals=middles, ticktext=labels)
    figure.update_yaxes(tickformat=".0%", title="share of the class", rangemode="tozero")
    return figure
