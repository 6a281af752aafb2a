"""From the visitor's state to the slider panel and back."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ui.naming import column_label, feature_label
from ui.score_panel import score_panel, sent_scores
from ui.state import RECORDED, AppState, get_state

__all__ = ["show_sliders"]


def show_sliders(state: AppState, weights: Mapping[str, float]) -> None:
    """Show one slider per feature, grouped by column.

    Parameters
    ----------
    state : AppState
    weights : mapping of feature name to float
        What each score gets in the target; empty where nothing could be compared.
    """
    task = state.task
    rows = zip(state.features, _rows(state, weights), strict=True)
    score_panel(
        {
            "epoch": state.epoch,
            "received": state.received,
            "outcome": task.outcome,
            "opposite": task.opposite,
            "columns": [
                {"label": column_label(task, column), "features": [row for _, row in group]}
                for column, group in groupby(rows, lambda pair: pair[0].column)
            ],
        },
        on_edit=_take,
    )


def _take() -> None:
    message = sent_scores()
    if message is not None:
        get_state().take(message)


def _rows(state: AppState, weights: Mapping[str, float]) -> list[dict[str, Any]]:
    scores, original = state.scores, state.original
    spreads = [None] * len(state.features)
    if len(original.estimates):
        spreads = [_spread(estimates) for estimates in original.estimates[:, 0].T]
    return [
        {
            "name": feature.name,
            "score": float(scores.values[0, i]),
            "original": float(original.values[0, i]),
            "weight": weights.get(feature.name),
            "proposed": float(original.values[0, i]) if original.sources[i] else None,
            "origin": "Proposed" if state.origin == RECORDED else state.origin,
            "spread": spreads[i],
            "reasons": list(dict.fromkeys(original.reasons[i])),
            **_words(state, i),
        }
        for i, feature in enumerate(state.features)
    ]


def _spread(estimates: NDArray[np.float64]) -> list[float] | None:
    """Lowest and highest estimate of a feature; a flag made on request has none."""
    return None if np.isnan(estimates).any() else [float(estimates.min()), float(estimates.max())]


def _words(state: AppState, position: int) -> dict[str, str]:
    feature = state.features[position]
    column = state.task.column(feature.column)
    title = feature_label(state.task, feature)
    neighbours = state.features[max(0, position - 1) : position + 2]
    several = sum(other.column == feature.column for other in neighbours) > 1
    unit = f" ({column.unit})" if column.unit else ""
    level = column.levels.get(feature.level or "", "")
    return {
        "label": feature.level if several and feature.level else title,
        "title": title,
        "description": " · ".join(filter(None, [column.description + unit, level])),
    }
