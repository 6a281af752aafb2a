"""Figures of groups: each beside the others, models between performance and disparity, shifts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from laat_core.evaluate.fairness.notions import NOTIONS
from laat_core.evaluate.fairness.peers import PEERS, Standing
from laat_core.evaluate.fairness.proxies import Shift
from laat_core.evaluate.fairness.table import GroupRow, GroupTable, Value
from laat_core.plots.style import BASELINE, LAAT, Look, plain, shorten
from laat_core.plots.traces import error_bars

__all__ = ["GREY", "disparity_figure", "groups_figure", "shifts_figure"]

GREY = "#656b74"  # of text too: on white it has a contrast of more than 4.5 to 1
LINE = 19  # pixels of one in the legend
TABLE = Look("The table", "#3c4450", "solid", "diamond")
LOOKS = {"table": TABLE, "baseline": BASELINE, "laat": LAAT}  # from top to bottom
# Beside one another in a plane: the mark tells them apart, the colour which kind they are.
MARKS = dict(
    zip(PEERS, ("cross", "triangle-up", "triangle-up-open", "star", "star-open"), strict=True)
)
PEER = "#7a3e9d"
OTHERS = ("circle-open", "diamond", "diamond-open", "hexagon", "hexagon-open")
PERFORMANCES = {
    "accuracy": "share of rows decided rightly",
    "balanced_accuracy": "share decided rightly, mean of both classes",
    "auc": "AUC",
}
SHARE = ".0%"
FORMATS = {"auc": ".1f", "brier": ".2f", "calibration": "+.0f"}
SCALES = {"auc": 100, "calibration": 100}  # in points; other figures as they are
TICKS = {"auc": ".0f", "brier": ".1f", "calibration": "+.0f"}
MOST_FEATURES = 25
LABEL_LENGTH = 30


def groups_figure(tables: Mapping[str, GroupTable], figure: str) -> go.Figure:
    """Draw one figure of every group, for one model or for two side by side.

    Parameters
    ----------
    tables : mapping of {"table", "baseline", "laat"} to GroupTable
        Of the same groups; ``table`` for what holds before any model.
    figure : str
        One of :data:`laat_core.evaluate.fairness.table.FIGURES`.

    Returns
    -------
    plotly.graph_objects.Figure
        A row per group, with its rows per split below; a point per model with its 95 % interval,
        grey where the group is small, and a sentence in place of the points where there are none.
    """
    drawn = go.Figure()
    looks = [(look, tables[key]) for key, look in LOOKS.items() if key in tables]
    for number, (look, table) in enumerate(looks):
        shift = 0.3 * (number - (len(looks) - 1) / 2)
        drawn.add_trace(_points(look, table.rows, figure, shift))
    rows = looks[0][1].rows
    for at in range(len(rows)):
        values = [table.rows[at].figures[figure] for _, table in looks]
        if all(value.mean is None for value in values):
            _say(drawn, at, values[0].reason)
    sizes = [_size(looks[0][1], row) for row in rows]
    _name_rows(drawn, [row.name for row in rows], sizes)
    _lay_out(drawn, 60 + 44 * len(rows))
    title, scale = NOTIONS[figure].name, SCALES.get(figure, 1)
    drawn.update_xaxes(tickformat=TICKS.get(figure, SHARE), automargin=True)
    if figure == "calibration":
        drawn.update_xaxes(title=f"{title}, points")
        drawn.add_vline(x=0, line={"color": GREY, "width": 1}, layer="below")
    else:  # the same for both models and all thresholds
        drawn.update_xaxes(title=title, range=[-0.02 * scale, 1.02 * scale])
    return drawn


def disparity_figure(
    standings: Sequence[Standing],
    performance: Literal["accuracy", "balanced_accuracy", "auc"] = "balanced_accuracy",
    disparity: Literal[
        "demographic_parity_difference", "equalized_odds_difference"
    ] = "demographic_parity_difference",
    height: int = 420,
) -> go.Figure:
    """Draw models in the plane of performance and disparity; the best place is top left.

    Parameters
    ----------
    standings : sequence of Standing
        ``LAAT model`` and ``Baseline`` look as they do elsewhere.
    performance : {"accuracy", "balanced_accuracy", "auc"}
    disparity : {"demographic_parity_difference", "equalized_odds_difference"}
    height : int
        In pixels, but for the legend.

    Returns
    -------
    plotly.graph_objects.Figure
        A point per model that has both figures, mean over the splits, with bars over what 8 of 10
        splits lie in.
    """
    drawn = go.Figure()
    others = iter(OTHERS * len(standings))
    for standing in standings:
        x, y = standing.figures[disparity], standing.figures[performance]
        look = _look(standing.name, others)
        if x.mean is None or y.mean is None:
            continue
        drawn.add_trace(
            go.Scatter(
                x=[x.mean],
                y=[y.mean],
                name=plain(shorten(standing.name, 60)),
                mode="markers",
                marker={"symbol": look.symbol, "color": look.color, "size": 11},
                error_x={**_band(x), "color": look.fill(0.5)},
                error_y={**_band(y), "color": look.fill(0.5)},
                hovertemplate="performance %{y:.1%}, disparity %{x:.1%}",
            )
        )
    _lay_out(drawn, height)
    notion = NOTIONS[disparity.removesuffix("_difference")].name.lower()
    axis = {"tickformat": ".0%", "automargin": True}
    drawn.update_xaxes(title=f"difference between groups ({notion})", rangemode="tozero", **axis)
    drawn.update_yaxes(title=PERFORMANCES[performance], **axis)
    return drawn


def shifts_figure(
    shifts: Sequence[Shift],
    before: str,
    after: str,
    labels: Mapping[str, str] | None = None,
    look: Look = LAAT,
) -> go.Figure:
    """Draw what a model makes of each feature in two states, the largest gain on top.

    Parameters
    ----------
    shifts : sequence of Shift
        Of :func:`laat_core.evaluate.fairness.proxies.attribution_shifts`; of many, the 25 that
        shift most are drawn.
    before, after : str
        What to call the two states.
    labels : mapping of feature name to text, optional
        What to call the features; default: their names.
    look : Look
        Of the model: its mark is hollow before and full after.

    Returns
    -------
    plotly.graph_objects.Figure
        Two points per feature with a line between; one where a state does not see the feature.
    """
    sizes = np.array([abs(shift.gain.mean or 0.0) for shift in shifts])
    shown = [shifts[at] for at in np.sort(np.argsort(-sizes, kind="stable")[:MOST_FEATURES])]
    names = [(labels or {}).get(shift.feature, shift.feature) for shift in shown]
    drawn = go.Figure()
    ends = [(shift.before, shift.after) for shift in shown]
    whole = [(at, pair) for at, pair in enumerate(ends) if None not in pair]
    drawn.add_trace(
        go.Scatter(
            x=[x for _, pair in whole for x in (*pair, None)],
            y=[y for at, _ in whole for y in (at, at, None)],
            mode="lines",
            line={"color": GREY, "width": 1},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    for place, name in enumerate((before, after)):
        seen = [(at, pair[place]) for at, pair in enumerate(ends) if pair[place] is not None]
        drawn.add_trace(
            go.Scatter(
                x=[x for _, x in seen],
                y=[at for at, _ in seen],
                name=plain(shorten(name, 60)),
                mode="markers",
                marker={
                    "symbol": f"{look.symbol}-open" if place == 0 else look.symbol,
                    "color": look.color,
                    "size": 9,
                },
                customdata=[plain(shorten(names[at], 120)) for at, _ in seen],
                hovertemplate="%{customdata}: %{x:+.2f}",
            )
        )
    _name_rows(drawn, names)
    _lay_out(drawn, 60 + 24 * max(len(shown), 1))
    drawn.add_vline(x=0, line={"color": GREY, "width": 1}, layer="below")
    drawn.update_xaxes(title="attribution", zeroline=False, automargin=True)
    return drawn


def _points(look: Look, groups: Sequence[GroupRow], figure: str, shift: float) -> go.Scatter:
    """Draw the groups that have the figure, each so far beside the middle of its row."""
    known = [
        (at, row, row.figures[figure].mean, row.figures[figure].interval)
        for at, row in enumerate(groups)
        if row.figures[figure].mean is not None
    ]
    known.sort(key=lambda point: bool(point[1].small))  # the first gives the legend its colour
    scale = SCALES.get(figure, 1)
    means = scale * np.array([mean for _, _, mean, _ in known], dtype=np.float64)
    ends = scale * np.array([interval or (mean, mean) for *_, mean, interval in known], dtype=float)
    return go.Scatter(
        x=means,
        y=[at + shift for at, *_ in known],
        name=look.name,
        mode="markers",
        marker={
            "symbol": look.symbol,
            "size": 9,
            "color": [GREY if row.small else look.color for _, row, *_ in known],
        },
        error_x={**error_bars(means, *ends.reshape(-1, 2).T), "color": GREY},
        customdata=[
            plain(f"{shorten(row.name, 120)}. {row.small}".rstrip(". ")) for _, row, *_ in known
        ],
        hovertemplate=f"%{{customdata}}: %{{x:{FORMATS.get(figure, SHARE)}}}",
    )


def _say(figure: go.Figure, at: int, sentence: str) -> None:
    """Put a sentence where a row has no points."""
    figure.add_annotation(
        x=0,
        xref="paper",
        xanchor="left",
        y=at,
        text=plain(shorten(sentence, 90)),
        showarrow=False,
        font={"color": GREY},
    )


def _look(name: str, others: Iterator[str]) -> Look:
    """Look of a model in the plane; those of other names are LAAT models, such as an edited one."""
    if name == BASELINE.name:
        return BASELINE
    if name == LAAT.name:
        return LAAT
    if name in MARKS:
        return Look(name, PEER, "solid", MARKS[name])
    return replace(LAAT, name=name, symbol=next(others))


def _band(value: Value) -> dict[str, Any]:
    mean = np.array([value.mean])
    low, high = (np.array([end]) for end in value.band or (value.mean, value.mean))
    return error_bars(mean, low, high)


def _size(table: GroupTable, row: GroupRow) -> str:
    """How many rows a group has, or where it has less than one: ``n = 12.4``."""
    size = table.size(row)
    return size if row.n < 1 else f"n = {size}"


def _name_rows(figure: go.Figure, names: Sequence[str], notes: Sequence[str] = ()) -> None:
    """Name the rows of a figure, the first on top, and put a note below each name."""
    texts = [plain(shorten(name, LABEL_LENGTH)) for name in names]
    if notes:
        texts = [f"{text}<br>{note}" for text, note in zip(texts, notes, strict=True)]
    figure.update_yaxes(
        tickvals=np.arange(len(names)),
        ticktext=texts,
        range=[len(names) - 0.5, -0.5],
        automargin=True,
    )


def _lay_out(figure: go.Figure, height: int) -> None:
    """Lay out, with room above for a legend of two names in a line."""
    lines = (len(figure.data) + 1) // 2
    figure.update_layout(
        height=height + LINE * lines,
        margin={"l": 8, "r": 22, "t": 12 + LINE * lines, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1, "yref": "container", "yanchor": "top"},
        hovermode="closest",
        hoverlabel={"namelength": -1},
    )
