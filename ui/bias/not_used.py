"""Do not use: columns held at zero, beside the same columns deleted, and what each costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from laat_core import Task
from laat_core.evaluate.comparison import ModelResult
from laat_core.evaluate.fairness.proxies import follow_groups
from laat_core.evaluate.fairness.table import asked_rows
from laat_core.evaluate.groups import Groups
from ui.bias.groups_words import NONE
from ui.bias.lab import LabFindings, Pair
from ui.bias.not_used_study import Ways, columns_features, local_share, try_ways
from ui.bias.not_used_words import ABOUT, say_cost, say_local
from ui.bias.proxies import used_columns
from ui.bias.proxies_words import best_told
from ui.bias.waiting import tried_scores, wait_for
from ui.naming import column_label
from ui.state import AppState
from ui.text import literal

__all__ = ["Line", "lines_of", "show_not_used"]


@dataclass(frozen=True)
class Line:
    """One way to use columns, or not.

    Attributes
    ----------
    name : str
    auc, cost : ndarray of shape (n_splits,)
        AUC on the test rows, and how much less that is than with the columns used freely.
    told : float or None
        How well the output tells the group that it tells best, 0.5 to 1.
    left, local : float or None
        Largest attribution left on a feature of the columns, mean over the splits, in size; and
        the local one, of :func:`ui.bias.not_used_study.local_share`. None without the columns.
    """

    name: str
    auc: NDArray[np.float64]
    cost: NDArray[np.float64]
    told: float | None
    left: float | None
    local: float | None


def lines_of(ways: Ways, groups: Groups | None) -> list[Line]:
    """What came of each way, the columns used freely first."""
    pairs: list[tuple[str, Pair | None, str]] = [
        ("Used freely", ways.used, "laat"),
        ("Held at zero", ways.held, "laat"),
        ("Deleted", ways.deleted, "laat"),
        ("Baseline, deleted", ways.deleted, "baseline"),
    ]
    usual = ways.used.comparison.laat.auc
    return [
        _line(name, pair, pair.comparison.models[model], usual, ways.columns, groups)
        for name, pair, model in pairs
        if pair is not None
    ]


def _line(
    name: str,
    pair: Pair,
    result: ModelResult,
    usual: NDArray[np.float64],
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
    return Line(name, result.auc, usual - result.auc, told, left, local)


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


def _show_lines(lines: list[Line], key: str) -> None:
    table = pd.DataFrame([_cells(line, first=at == 0) for at, line in enumerate(lines)])
    st.dataframe(table, hide_index=True, key=key)


def _cells(line: Line, *, first: bool) -> Mapping[str, str]:
    return {
        "Model": line.name,
        "AUC": f"{line.auc.mean():.3f}",
        "Costs, AUC points": NONE if first else _cost(line.cost),
        "Tells the group": NONE if line.told is None else f"{line.told:.2f}",
        "Attribution left": NONE if line.left is None else f"{line.left:.3f}",
        "Locally": NONE if line.local is None else f"{100 * line.local:.1f} %",
    }


def _cost(cost: NDArray[np.float64]) -> str:
    low, high = np.percentile(100 * cost, (10, 90))
    return f"{_signed(100 * cost.mean())} ({_signed(low)} to {_signed(high)})"


def _signed(value: float) -> str:
    text = f"{value:+.1f}".replace("-", "−")
    return "0.0" if text in {"+0.0", "−0.0"} else text


def _explain(groups: Groups | None, task: Task) -> None:
    told = "–, as no groups are chosen above"
    if groups is not None:
        title = literal(" and ".join(column_label(task, name) for name in groups.columns))
        told = (
            f"the AUC of telling the best told group of {title} by the output, 0.50 is not at all"
        )
    st.caption(
        "Costs: AUC points less than used freely, below 0 a gain; in brackets what 8 of 10 splits "
        f"lie in. Tells the group: {told}. Attribution left: the largest on a feature of the "
        "column, of a whole of length 1. Locally: how far the column moves single test rows, "
        "beside all features together. A dash: the model does not see the column."
    )
