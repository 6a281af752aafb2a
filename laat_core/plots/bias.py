"""What a bias does to the training rows, and to what a model makes of the features."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from laat_core.plots.style import BASELINE, LAAT, SCORES, Look, plain, shorten

__all__ = ["attribution_changes_figure", "training_rows_figure"]

LABEL_LENGTH = 26
LINE = 34  # pixels of a bar with its room
BEFORE, AFTER = "as it was", "with the bias"


def training_rows_figure(
    groups: Sequence[str],
    before: NDArray[Any],
    after: NDArray[Any] | None,
    opposite: str,
    outcome: str,
) -> go.Figure:
    """Draw the training rows of each group by class, as they were and with a bias in them.

    Parameters
    ----------
    groups : sequence of str
        Names.
    before, after : ndarray of shape (n_groups, 2)
        Rows of the negative and of the positive class; after, None where there is no bias.
    opposite, outcome : str
        What to call the classes.

    Returns
    -------
    plotly.graph_objects.Figure
        One stacked bar per group and state, one trace per class.
    """
    states = [(BEFORE, before)] if after is None else [(BEFORE, before), (AFTER, after)]
    names = [plain(shorten(group, LABEL_LENGTH)) for group in groups]
    lines = [
        (f"{name}<br>{state}" if after is not None else name, counts[place])
        for place, name in enumerate(names)
        for state, counts in states
    ]
    figure = go.Figure()
    for label, (look, words) in enumerate(((BASELINE, opposite), (LAAT, outcome))):
        figure.add_trace(
            go.Bar(
                y=list(range(len(lines))),
                x=[int(counts[label]) for _, counts in lines],
                text=[f"{counts[label]:,}" if counts[label] else "" for _, counts in lines],
                orientation="h",
                name=plain(shorten(words, 30)),
                marker={"color": look.fill(0.55), "line": {"color": look.color, "width": 1}},
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                hovertemplate="%{x:,} rows",
            )
        )
    _lay_out(figure, [text for text, _ in lines])
    figure.update_layout(barmode="stack", bargap=0.25)
    figure.update_xaxes(title="training rows", rangemode="tozero")
    return figure


def attribution_changes_figure(
    features: Sequence[str],
    before: NDArray[Any],
    after: NDArray[Any],
    target: NDArray[Any] | None,
    look: Look,
) -> go.Figure:
    """Draw what a model makes of some features, as the table was and with a bias in it.

    Parameters
    ----------
    features : sequence of str
        What they are called.
    before, after : ndarray of shape (n_features,)
        Attributions, -1 to 1.
    target : ndarray of shape (n_features,) or None
        What the scores ask for; None where the model knows none.
    look : Look
        Of the model.

    Returns
    -------
    plotly.graph_objects.Figure
        Per feature a line from where the attribution was to where it is.
    """
    rows = list(range(len(features)))
    figure = go.Figure()
    for row in rows:
        figure.add_shape(
            type="line", x0=before[row], x1=after[row], y0=row, y1=row,
            line={"color": look.fill(0.45), "width": 4}, layer="below",
        )  # fmt: skip
    marks = [(BEFORE, before, look, f"{look.symbol}-open"), (AFTER, after, look, look.symbol)]
    if target is not None:
        marks.insert(0, ("the scores ask for", target, SCORES, SCORES.symbol))
    for name, values, drawn, symbol in marks:
        figure.add_trace(
            go.Scatter(
                x=values,
                y=rows,
                name=name,
                mode="markers",
                marker={
                    "symbol": symbol,
                    "size": 11,
                    "color": drawn.color,
                    "line": {"color": drawn.color, "width": 2},
                },
                hovertemplate="%{x:+.2f}",
            )
        )
    figure.add_vline(x=0, line={"color": "#8a9099", "width": 1}, layer="below")
    _lay_out(figure, [plain(shorten(name, LABEL_LENGTH)) for name in features])
    figure.update_xaxes(title="attribution", zeroline=False)
    return figure


def _lay_out(figure: go.Figure, lines: Sequence[str]) -> None:
    figure.update_layout(
        height=96 + LINE * len(lines),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
        hovermode="closest",
    )
    figure.update_yaxes(
        tickvals=list(range(len(lines))),
        ticktext=list(lines),
        range=[len(lines) - 0.5, -0.5],
        automargin=True,
    )
