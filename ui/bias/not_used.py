"""Do not use: columns held at zero, beside the same columns deleted, and what each costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from laat_core import Task
from laat_core.evaluate.comparison import ModelResult
from laat_core.evaluate.fairness.asked import asked_rows
from laat_core.evaluate.fairness.proxies import follow_groups
from laat_core.evaluate.groups import Groups
from laat_core.plots.pulls import pulls_figure
from ui.bias.groups_words import NONE, short_numbers
from ui.bias.lab import LabFindings, Pair
from ui.bias.not_used_study import Ways, columns_features, local_share, local_slopes, try_ways
from ui.bias.not_used_words import ABOUT, say_cost, say_local, say_pulls
from ui.bias.proxies import used_columns
from ui.bias.proxies_words import best_told
from ui.bias.story_words import auc, auc_change, signed_auc
from ui.bias.waiting import tried_scores, wait_for
from ui.layout import CHARTS
from ui.naming import column_label, feature_labels
from ui.state import AppState
from ui.text import literal

__all__ = ["Line", "lines_of", "show_not_used"]

MOST_FEATURES = 8
STEPS = {
    "standard": "a step of one standard deviation",
    "minmax": "a step from the smallest to the largest value",
}


@dataclass(frozen=True)
class Line:
    """One way to use columns, or not.

    Attributes
    ----------
    name : str
    auc : ndarray of shape (n_splits,)
        On the test rows.
    told : float or None
        How well the output tells the group that it tells best, 0.5 to 1.
    left, local : float or None
        Largest attribution left on a feature of the columns, mean over the splits, in size; and
        the local one, of :func:`ui.bias.not_used_study.local_share`. None without the columns.
    """

    name: str
    auc: NDArray[np.float64]
    told: float | None
    left: float | None
    local: float | None

    @property
    def auc_mean(self) -> float:
        """Over the splits."""
        return float(self.auc.mean())


def lines_of(ways: Ways, groups: Groups | None) -> list[Line]:
    """What came of each way, the columns used freely first."""
    pairs: list[tuple[str, Pair | None, str]] = [
        ("Used freely", ways.used, "laat"),
        ("Held at zero", ways.held, "laat"),
        ("Deleted", ways.deleted, "laat"),
        ("Baseline, deleted", ways.deleted, "baseline"),
    ]
    return [
        _line(name, pair, pair.comparison.models[model], ways.columns, groups)
        for name, pair, model in pairs
        if pair is not None
    ]


def _line(
    name: str,
    pair: Pair,
    result: ModelResult,
    columns: tuple[str, ...],
    groups: Groups | None,
) -> Line:
    told, left, local = None, None, None
    if groups is not None:
        best = best_told(follow_groups(groups, asked_rows(pair.experiment, result.models, groups)))
        told = best.told if best else None
    features = set(columns_features(pair.experiment, columns))
    places = [at for at, name in enumerate(pair.comparison.features) if name in features]
    if places:
        left = float(np.abs(result.attributions.mean(axis=0)[places]).max())
        local = float(local_share(pair.experiment, result.models, columns).mean())
    return Line(name, result.auc, told, left, local)


def show_not_used(state: AppState, findings: LabFindings, groups: Groups | None) -> None:
    """Let columns be chosen that the LAAT model is not to use, and show what that comes to."""
    task = findings.biased.experiment.task
    columns = _choose(state, task)
    st.caption(ABOUT)
    if not columns:
        st.info("Choose a column above, and the LAAT model of this page stops going by it.")
        return
    every = _ways(state, findings, columns)
    if every is None:
        return
    hidden = bool(findings.biased.experiment.recipe.hidden_layer_sizes)
    title = literal(" and ".join(column_label(task, name) for name in columns))
    headings = ["With the bias in the training rows", "With the training rows as they were"]
    for place, (heading, ways) in enumerate(zip(headings, every, strict=False)):
        if len(every) == 2:
            st.markdown(f"**{heading}**")
        lines = lines_of(ways, groups)
        st.markdown(say_cost(lines, title))
        if place == 0:
            st.markdown(say_local(lines, title, hidden=hidden))
            if hidden:
                _show_pulls(state, ways)
        _show_lines(lines, f"lab_not_used_{place}")
        if ways.problem:
            st.caption(f"{title} cannot be deleted here: {literal(ways.problem)}")
    _explain(groups, task)


def _choose(state: AppState, task: Task) -> tuple[str, ...]:
    key = f"lab_not_used_{state.opened}"
    names = list(used_columns(task, [column.name for column in task.columns]))
    st.session_state[key] = [name for name in state.lab.not_used if name in names]

    def take() -> None:
        state.lab.not_used = tuple(st.session_state[key])

    chosen = st.multiselect(
        "The LAAT model must not use",
        names,
        key=key,
        on_change=take,
        format_func=lambda name: column_label(task, name),
        placeholder="Choose columns",
    )
    return tuple(chosen)


def _ways(
    state: AppState, findings: LabFindings, columns: tuple[str, ...]
) -> tuple[Ways, ...] | None:
    """Train on the biased rows and, where there is a bias, on the fair ones."""
    scores, pairs = tried_scores(state, findings, columns), [findings.biased, findings.fair]
    if findings.biased.experiment.bias is None:
        pairs.pop()

    def work(tell: Callable[[float], None]) -> tuple[Ways, ...]:
        return tuple(
            try_ways(pair, scores, columns, _part(tell, number, len(pairs)))
            for number, pair in enumerate(pairs)
        )

    experiments = tuple(pair.experiment for pair in pairs)
    key = (experiments, pairs[0].comparison.gamma, tuple(scores.as_dict().items()), columns)
    return wait_for(state.lab.unused, key, work, "Training models that do not use it …")


def _part(tell: Callable[[float], None], number: int, n_parts: int) -> Callable[[float], None]:
    return lambda share: tell((number + share) / n_parts)


def _show_pulls(state: AppState, ways: Ways) -> None:
    """Show how far the columns pull single test rows, used freely and held at zero."""
    used, held = (
        local_slopes(pair.experiment, pair.comparison.laat.models, ways.columns)
        for pair in (ways.used, ways.held)
    )
    order = np.argsort(-np.square(used).mean(axis=0), kind="stable")[:MOST_FEATURES]
    names = columns_features(ways.used.experiment, ways.columns)
    known = feature_labels(state.task, state.features)
    labels = short_numbers([known.get(names[at], names[at]) for at in order])
    outcome = literal(state.task.outcome)
    first = order[0]
    st.markdown(say_pulls(literal(labels[0]), used[:, first], held[:, first], outcome))
    step = STEPS[ways.used.experiment.recipe.scaling]
    st.plotly_chart(
        pulls_figure(
            labels,
            used[:, order],
            held[:, order],
            ("Used freely", "Held at zero"),
            "pull on single test rows, log odds",
        ),
        key="chart_lab_pulls",
        config=CHARTS,
        alt="How far the column pulls single test rows, used freely and held at zero",
    )
    st.caption(
        f"Pull: what {step} in the feature adds to the log odds of {outcome} for one row; +0.69 "
        "doubles the odds, −0.69 halves them. Half of the test rows of all splits lie in a box, 9 "
        "of 10 between the ends of its line."
    )


def _show_lines(lines: list[Line], key: str) -> None:
    table = pd.DataFrame([_cells(line, lines[0]) for line in lines])
    st.dataframe(table, hide_index=True, key=key)


def _cells(line: Line, usual: Line) -> Mapping[str, str]:
    return {
        "Model": line.name,
        "AUC": auc(line.auc_mean),
        "Costs, AUC points": NONE if line is usual else _cost(line, usual),
        "Tells the group": NONE if line.told is None else auc(line.told),
        "Attribution left": NONE if line.left is None else f"{line.left:.3f}",
        "Pull on single rows": NONE if line.local is None else f"{100 * line.local:.1f} %",
    }


def _cost(line: Line, usual: Line) -> str:
    """Points less than used freely, as the two AUCs are written, with what 8 of 10 splits show."""
    cost = auc_change(line.auc_mean, usual.auc_mean)
    low, high = np.percentile(100 * (usual.auc - line.auc), (10, 90))
    return f"{signed_auc(cost)} ({signed_auc(low)} to {signed_auc(high)})"


def _explain(groups: Groups | None, task: Task) -> None:
    told = "–, as no groups are chosen above"
    if groups is not None:
        title = literal(" and ".join(column_label(task, name) for name in groups.columns))
        told = f"the AUC of telling the best told group of {title} by the output, 50 is not at all"
    st.caption(
        "Costs: AUC points less than used freely, below 0 a gain; in brackets what 8 of 10 splits "
        f"lie in. Tells the group: {told}. Attribution left: how strongly the model still leans on "
        "the column over all rows, from 0 for not at all to 1 for on nothing else. Pull on single "
        "rows: how far a small step in the column alone moves the answer for a single test row, "
        "beside the same step in all columns together, 100 %. A dash: the model does not see the "
        "column."
    )
