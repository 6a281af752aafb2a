"""Figures of studies: lines with bands that hold 8 of 10 splits, and ranked bars."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.sensitivity import Effect
from laat_core.plots.style import BASELINE, LAAT, SCORES, Look, plain, shorten
from laat_core.plots.traces import band_trace, error_bars, line_trace

__all__ = ["learning_figure", "noise_figure", "sensitivity_figure", "trust_figure"]

ALIGNMENT = Look("Agreement with the scores", "#0b5fa5", "solid", "diamond")
GAP = Look("Difference between groups", "#7a3e9d", "dash", "square")
LOOKS = {"laat": LAAT, "baseline": BASELINE, "scores alone": SCORES}
MORE_LAAT = (
    replace(LAAT, color="#7a3e9d", dash="dashdot", symbol="diamond"),
    replace(LAAT, color="#1a7f4b", dash="longdash", symbol="triangle-up"),
)
MOST_FEATURES = 25
AUC = "ROC-AUC × 100"


def learning_figure(curve: Curve, height: int = 380) -> go.Figure:
    """Draw AUC against labelled rows per class, on a logarithmic axis.

    Parameters
    ----------
    curve : Curve
        Of :func:`laat_core.evaluate.curves.learning.learning_curve`; it may still be growing.
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    rows = np.array(curve.points, dtype=np.float64)
    figure = go.Figure()
    # As kept with a project, lines are in the order of their names.
    laat = sorted(name for name in curve.lines if name.startswith("laat "))
    for name, look in zip(laat, (LAAT, *MORE_LAAT), strict=False):
        called = f"LAAT model, trust {plain(name.removeprefix('laat '))}"
        _add_line(figure, curve, name, replace(look, name=called), rows, factor=100)
    for name in ("baseline", "scores alone"):
        _add_line(figure, curve, name, LOOKS[name], rows, factor=100)
    _frame(figure, height)
    figure.update_xaxes(
        type="log",
        title="labelled rows per class",
        tickvals=rows,
        ticktext=[f"{k:g}" for k in rows],
        range=_log_range(rows),
    )
    figure.update_yaxes(title=AUC)
    return figure


def trust_figure(curve: Curve, height: int = 520) -> go.Figure:
    """Draw AUC above, alignment and group gap below, against trust in the scores.

    Parameters
    ----------
    curve : Curve
        Of :func:`laat_core.evaluate.curves.trust.trust_curve`; it may still be growing.
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    # Zero has no place on a logarithmic axis: every gamma is one step.
    steps = np.arange(len(curve.points), dtype=np.float64)
    figure = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.06, row_heights=[3, 2])
    for name, look in LOOKS.items():
        _add_line(figure, curve, name, look, steps, factor=100, row=1)
    for name, look in (("alignment", ALIGNMENT), ("gap", GAP)):
        if name in curve.lines:
            _add_line(figure, curve, name, look, steps, row=2)
    _frame(figure, height)
    figure.update_xaxes(
        tickvals=steps,
        ticktext=[f"{gamma:g}" for gamma in curve.points],
        range=[-0.2, len(steps) - 0.8],
    )
    figure.update_xaxes(title="trust in the scores (gamma)", row=2)
    figure.update_yaxes(title=AUC, row=1)
    compared = "<br>difference between groups" if "gap" in curve.lines else ""
    figure.update_yaxes(title=f"agreement with the scores{compared}", row=2)
    return figure


def noise_figure(curve: Curve, crossing: float | None = None, height: int = 380) -> go.Figure:
    """Draw AUC against the share of the scores that is noise.

    Parameters
    ----------
    curve : Curve
        Of :func:`laat_core.evaluate.curves.noise.noise_curve`; it may still be growing.
    crossing : float, optional
        Share at which the LAAT model falls to the baseline; marked by a line.
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    shares = np.array(curve.points, dtype=np.float64)
    figure = go.Figure()
    for name in ("baseline", "laat"):
        _add_line(figure, curve, name, LOOKS[name], shares, factor=100)
    if crossing is not None:
        figure.add_vline(x=crossing, line={"color": "#5f6670", "width": 1, "dash": "dot"})
    _frame(figure, height)
    figure.update_xaxes(
        title="share of the scores that is noise", tickformat=".0%", range=[-0.02, 1.02], dtick=0.2
    )
    figure.update_yaxes(title=AUC)
    return figure


def sensitivity_figure(
    effects: Sequence[Effect], labels: Mapping[str, str] | None = None
) -> go.Figure:
    """Draw what every score adds to the AUC, the strongest on top.

    Parameters
    ----------
    effects : sequence of Effect
        Ranked; the first 25 are drawn.
    labels : mapping of feature name to text, optional
        What to call the features; default: their names.

    Returns
    -------
    plotly.graph_objects.Figure
        Bars, with lines over what 8 of 10 splits lie in.
    """
    shown = list(effects)[:MOST_FEATURES]
    names = [(labels or {}).get(effect.feature, effect.feature) for effect in shown]
    means, lows, highs = (
        100 * np.array([getattr(effect, end) for effect in shown], dtype=np.float64)
        for end in ("mean", "low", "high")
    )
    rows = np.arange(len(shown))
    figure = go.Figure(
        go.Bar(
            x=means,
            y=rows,
            orientation="h",
            marker={"color": [_bar_color(effect) for effect in shown]},
            error_x=error_bars(means, lows, highs),
            customdata=[plain(shorten(name, 120)) for name in names],
            hovertemplate="%{customdata}: %{x:+.2f}<extra></extra>",
        )
    )
    figure.update_layout(
        height=90 + 24 * max(len(shown), 1), margin={"l": 8, "r": 8, "t": 8, "b": 8}
    )
    figure.update_yaxes(
        tickvals=rows,
        ticktext=[plain(shorten(name, 30)) for name in names],
        range=[len(shown) - 0.5, -0.5],
        automargin=True,
    )
    # In lines that a phone has room for.
    title = "points of AUC × 100", "that the score adds", "(below 0: it costs some;"
    figure.update_xaxes(title="<br>".join((*title, "pale: splits disagree)")))
    return figure


def _bar_color(effect: Effect) -> str:
    """Pale where the splits do not agree that the score helps, or that it costs; or are one."""
    look = LAAT if effect.mean > 0 else BASELINE
    agree = effect.low < effect.high and (effect.low > 0 or effect.high < 0)
    return look.fill(0.75 if agree else 0.25)


def _add_line(
    figure: go.Figure,
    curve: Curve,
    line: str,
    look: Look,
    x: NDArray[np.float64],
    factor: float = 1,
    row: int | None = None,
) -> None:
    """Add a line with its band, of the points that are known."""
    place = {} if row is None else {"row": row, "col": 1}
    known = curve.known(line)
    x, mean = x[known], factor * curve.mean(line)[known]
    low, high = factor * curve.band(line)[:, known]
    figure.add_trace(band_trace(look, x, low, high), **place)
    hover = "%{y:.1f}" if factor > 1 else "%{y:.2f}"
    marked = {"mode": "lines+markers", "marker": {"symbol": look.symbol, "size": 7}}
    figure.add_trace(line_trace(look, x, mean, hover, **marked), **place)


def _frame(figure: go.Figure, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 22, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
        hovermode="x unified",
        hoverlabel={"namelength": -1},
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)


def _log_range(values: NDArray[np.float64]) -> list[float]:
    """Ends of a logarithmic axis with some room on both sides; one value alone has some too."""
    low, high = np.log10(values.min()), np.log10(values.max())
    return [float(low) - 0.1, float(high) + 0.1]
