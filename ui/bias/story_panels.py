"""What the steps of the story show of the models: attributions, and errors by group."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from laat_core import Comparison, LaatError
from laat_core.evaluate.groups import Groups
from laat_core.plots.bias import attribution_changes_figure
from laat_core.plots.style import BASELINE, LAAT
from ui.bias.board import label_of, watched
from ui.bias.lab import LabFindings
from ui.bias.story_rows import GroupErrors, divide, errors_by_group
from ui.bias.story_words import say_attribution, say_errors
from ui.layout import CHARTS
from ui.naming import column_label
from ui.state import AppState
from ui.text import literal

__all__ = ["Name", "groups_watched", "show_attributions", "show_chart", "show_errors"]

Name = Literal["laat", "baseline"]
MOST_FEATURES = 6
ERRORS = "bias_errors"


@dataclass(frozen=True)
class _Errors:
    """What the models get wrong, asked once per result and division."""

    findings: LabFindings
    groups: Groups
    found: dict[Name, tuple[tuple[GroupErrors, ...], ...]]


def groups_watched(state: AppState) -> Groups | None:
    """Groups by the column that is watched; None where none is chosen, or there are too many."""
    lab = state.lab
    if not lab.column:
        st.caption("Choose a column to watch to see the rows by its values.")
        return None
    try:
        return divide(lab.task(state.seen), lab.bias, lab.column)
    except LaatError as error:
        st.caption(literal(str(error)))
        return None


def show_attributions(state: AppState, findings: LabFindings, name: Name) -> None:
    """Show what a model made of the features, and makes of them with the bias."""
    feature = watched(state, findings)
    if feature is not None:
        before, after = getattr(feature, name)
        label = literal(label_of(state, feature.name))
        who = "The LAAT model" if name == "laat" else "It"
        st.markdown(
            say_attribution(
                label, before, after, literal(state.task.outcome), literal(state.task.opposite), who
            )
        )
    fair, biased = findings.fair.comparison, findings.biased.comparison
    before, after = (one.models[name].attributions.mean(axis=0) for one in (fair, biased))
    places = _most_changed(fair, after - before, feature.name if feature else "")
    show_chart(
        f"attributions_{name}",
        attribution_changes_figure(
            [label_of(state, fair.features[place]) for place in places],
            before[places],
            after[places],
            biased.target[places] if name == "laat" else None,
            LAAT if name == "laat" else BASELINE,
        ),
        "Attributions as the table was, and with the bias",
    )
    st.caption(
        f"Right of the middle a feature speaks for {literal(state.task.outcome)}, left of it for "
        f"{literal(state.task.opposite)}."
    )


def _most_changed(fair: Comparison, changes: NDArray[np.float64], first: str) -> list[int]:
    """Positions of the features whose attribution moves most, that which is watched before all."""
    order = np.argsort(-np.abs(changes), kind="stable").tolist()
    order.sort(key=lambda place: fair.features[place] != first)
    return order[:MOST_FEATURES]


def show_errors(state: AppState, findings: LabFindings, name: Name) -> None:
    """Show what a model gets wrong by group, without the bias and with it."""
    groups = groups_watched(state)
    if groups is None:
        return
    before, after = _errors(findings, groups, name)
    outcome, opposite = literal(state.task.outcome), literal(state.task.opposite)
    names = [literal(group) for group in groups.names]
    st.markdown(say_errors(names, before, after, outcome, opposite))
    column = literal(column_label(state.task, state.lab.column))
    table = pd.DataFrame(
        {
            column: [
                f"{group} (few rows)" if errors.small else group
                for group, errors in zip(names, after, strict=True)
            ],
            "Missed": _changes([(x.missed, y.missed) for x, y in zip(before, after, strict=True)]),
            "False alarms": _changes(
                [(x.false_alarms, y.false_alarms) for x, y in zip(before, after, strict=True)]
            ),
        }
    )
    st.table(table, border="horizontal", hide_index=True)
    st.caption(
        "As it was → with the bias. The model flags the test rows that it ranks highest, as many "
        f"as are with {outcome}, and those that tie with the last. Missed: of the rows with "
        f"{outcome}, those that are not flagged. "
        f"False alarms: of those with {opposite}, those that are."
    )


def _changes(pairs: list[tuple[float | None, float | None]]) -> list[str]:
    return [" → ".join("–" if x is None else f"{100 * x:.0f} %" for x in pair) for pair in pairs]


def _errors(
    findings: LabFindings, groups: Groups, name: Name
) -> tuple[tuple[GroupErrors, ...], ...]:
    kept: _Errors | None = st.session_state.get(ERRORS)
    if (
        kept is None
        or kept.findings is not findings
        or kept.groups.names != groups.names
        or kept.groups.columns != groups.columns
    ):
        kept = st.session_state[ERRORS] = _Errors(findings, groups, {})
    if name not in kept.found:
        kept.found[name] = errors_by_group(findings, name, groups)
    return kept.found[name]


def show_chart(name: str, figure: go.Figure, alt: str) -> None:
    """Show a figure of the story."""
    st.plotly_chart(figure, config=CHARTS, key=f"bias_{name}", alt=alt)
