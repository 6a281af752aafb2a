"""A line of a model, the band behind it, bars around a point: what several figures draw."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from laat_core.plots.style import Look

__all__ = ["band_trace", "error_bars", "line_trace"]

Numbers = NDArray[np.float64]


def band_trace(look: Look, x: Numbers, low: Numbers, high: Numbers) -> go.Scatter:
    """Draw what 8 of 10 splits lie in, as a surface; all of shape (n_points,), none missing."""
    return go.Scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=look.fill(0.15),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        name=f"{look.name}: 8 of 10 splits",
    )


def line_trace(look: Look, x: Numbers, y: Numbers, hover: str, **options: Any) -> go.Scatter:
    """Draw a line through points, (n_points,) each; ``hover`` says a number, as ``%{y:.0%}``."""
    return go.Scatter(
        x=x,
        y=y,
        name=look.name,
        line={"color": look.color, "dash": look.dash, "width": 2},
        hovertemplate=hover,
        **{"mode": "lines", **options},
    )


def error_bars(values: Numbers, low: Numbers, high: Numbers) -> dict[str, Any]:
    """Bars from points to both ends, (n_points,) each; none where a point lies outside of them."""
    return {
        "type": "data",
        "symmetric": False,
        "array": (high - values).clip(min=0),
        "arrayminus": (values - low).clip(min=0),
        "thickness": 1,
        "width": 3,
    }
