"""Groups of rows: what the table says of them, and what each model does to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from laat_core.data.task import Task
from laat_core.errors import LaatError
from laat_core.evaluate.fairness.asked import Asked, asked_rows
from laat_core.evaluate.fairness.notions import NOTIONS
from laat_core.evaluate.fairness.table import FIGURES, GroupTable, group_tables, label_table
from laat_core.evaluate.groups import Groups
from laat_core.plots.groups import GREY, groups_figure
from laat_core.plots.style import BASELINE, LAAT
from ui.bias.groups_words import (
    auc_cell,
    calibration_cell,
    gap_words,
    say_labels,
    say_rarer,
    say_selected,
    share_cell,
    short_numbers,
    small_words,
    when_wrong,
    why_none,
)
from ui.bias.lab import LabFindings
from ui.layout import CHARTS
from ui.naming import column_label
from ui.state import AppState
from ui.text import literal

__all__ = ["choose_groups", "grey_small", "show_groups"]

KEPT = "lab_groups_asked"
THRESHOLD = "lab_threshold"
FIGURE = "lab_figure"
MODELS = {"baseline": BASELINE.name, "laat": LAAT.name}
CELLS = {
    "base_rate": share_cell,
    "selection_rate": share_cell,
    "tpr": share_cell,
    "fpr": share_cell,
    "auc": auc_cell,
    "calibration": calibration_cell,
}
GAPS = ("demographic_parity", "equalized_odds", "equal_opportunity")


@dataclass(frozen=True)
class _Kept:
    """What the models say of the test rows, and what has been made of it: asked once."""

    findings: LabFindings
    columns: tuple[str, ...]
    asked: Mapping[str, list[Asked]]
    labels: tuple[GroupTable, GroupTable | None]  # of the table, and as models are told with a bias
    tables: dict[int, dict[str, GroupTable]] = field(default_factory=dict)  # by threshold, percent


def choose_groups(state: AppState, task: Task) -> Groups | None:
    """Let one or two columns be chosen; return the groups, None where there are none to show."""
    key = f"lab_groups_{state.opened}"
    sensitive = [name for name in task.sensitive_features if name != task.target]
    names = list(dict.fromkeys([*sensitive, *(column.name for column in task.columns)]))
    st.session_state[key] = [name for name in state.lab.group_columns(task) if name in names]

    def take() -> None:
        state.lab.groups = tuple(st.session_state[key])

    st.multiselect(
        "Groups by",
        names,
        key=key,
        on_change=take,
        max_selections=2,
        format_func=lambda name: column_label(task, name),
        placeholder="Choose one column, or two",
        help="Rows with the same value are a group, with two columns those with the same pair. "
        "Numbers are divided at their quartiles, in a pair at their median.",
    )
    try:
        groups = state.lab.divide(task)
    except LaatError as error:
        st.warning(literal(str(error)))
        return None
    if groups is None:
        st.info("Choose a column above: its values are the groups that are compared here.")
        return None
    return replace(groups, names=tuple(short_numbers(groups.names)))


def _kept(findings: LabFindings, groups: Groups) -> _Kept:
    """What baseline and LAAT model, trained on the biased rows, say of the test rows."""
    kept: _Kept | None = st.session_state.get(KEPT)
    if kept is None or kept.findings is not findings or kept.columns != groups.columns:
        made, models = findings.biased.experiment, findings.biased.comparison.models
        asked = {name: asked_rows(made, models[name].models, groups) for name in MODELS}
        labels = label_table(groups, made.task.labels), _told(findings, groups)
        kept = st.session_state[KEPT] = _Kept(findings, groups.columns, asked, labels)
    return kept


def _told(findings: LabFindings, groups: Groups) -> GroupTable | None:
    """The groups in the training rows of the first split; None where no bias is put into them."""
    made = findings.biased.experiment
    if made.bias is None:
        return None
    labels = made.train_labels[0].numpy().astype(int)
    return label_table(replace(groups, codes=groups.codes[made.splits[0].train]), labels)


def show_groups(state: AppState, findings: LabFindings, groups: Groups) -> None:
    """Show the table's own shares, then what each model does to each group."""
    task = findings.biased.experiment.task
    title = " and ".join(column_label(task, name) for name in groups.columns)
    table, told = _kept(findings, groups).labels
    st.markdown(say_labels(table, told, literal(task.outcome), literal(title)))
    shown = pd.DataFrame(
        {
            "Group": [row.name for row in table.rows],
            "Rows": [f"{row.n:,.0f}" for row in table.rows],
            NOTIONS["base_rate"].name: [share_cell(r.figures["base_rate"]) for r in table.rows],
        }
    )
    if told is not None:
        shown["Training rows"] = [f"{row.n:,.0f}" for row in told.rows]
        shown["Said to be positive there"] = [share_cell(r.figures["base_rate"]) for r in told.rows]
    with st.expander("Before any model: the groups in the table"):
        st.dataframe(
            grey_small(shown, [bool(row.small) for row in table.rows]),
            hide_index=True,
            key="lab_labels_table",
            column_config=_columns(["base_rate"]),
        )
    _show_models(state, findings, groups)


@st.fragment
def _show_models(state: AppState, findings: LabFindings, groups: Groups) -> None:
    """Show figures by group; in a fragment, so that moving the threshold draws nothing else."""
    percent: int = st.slider(
        "A model selects from this probability on, %",
        1,
        99,
        50,
        key=f"{THRESHOLD}_{state.opened}",
        persist_state="session",
    )
    kept = _kept(findings, groups)
    if percent not in kept.tables:
        kept.tables[percent] = group_tables(groups, kept.asked, percent / 100)
    tables = kept.tables[percent]
    outcome, comparison = literal(state.task.outcome), findings.biased.comparison
    st.markdown(say_selected(tables, percent, outcome))
    so = "move the threshold before you compare"
    rarer = say_rarer(comparison.n_train, comparison.n_test, outcome, so)
    if rarer:
        st.caption(rarer)
    _show_gaps(tables)
    _show_figure(tables)
    _show_table(tables)


def _show_gaps(tables: Mapping[str, GroupTable]) -> None:
    for place, notion in zip(st.columns(len(GAPS)), GAPS, strict=True):
        with place.container(border=True, height="stretch"):
            st.markdown(f"**{NOTIONS[notion].name}**")
            for model, table in tables.items():
                gaps = (table.gaps[f"{notion}_{kind}"] for kind in ("difference", "ratio"))
                st.markdown(f"{MODELS[model]}: {gap_words(notion, *gaps)}")
            st.caption(NOTIONS[notion].meaning)
            st.caption(when_wrong(notion))
    st.caption(
        "Apart: the largest share of a group less the smallest, in brackets what 8 of 10 splits "
        "lie in. Ratio: the smallest by the largest, 1 where all are alike."
    )


def _show_figure(tables: Mapping[str, GroupTable]) -> None:
    figure: str = st.selectbox(
        "Figure",
        FIGURES,
        index=1,
        key=FIGURE,
        format_func=lambda name: NOTIONS[name].name,
        persist_state="session",
    )
    st.caption(
        f"{NOTIONS[figure].meaning} {when_wrong(figure)} "
        "Lines are 95 % intervals for the test rows of one split."
    )
    st.plotly_chart(
        groups_figure(tables, figure),
        key="chart_lab_groups",
        config=CHARTS,
        alt=f"{NOTIONS[figure].name}, by group, baseline beside LAAT model",
    )


def _show_table(tables: Mapping[str, GroupTable]) -> None:
    """Show all figures, a line per group and model."""
    lines = [
        {
            "Group": row.name,
            "Model": MODELS[model],
            "Rows": tables[model].size(row),
            **{NOTIONS[name].name: cell(row.figures[name]) for name, cell in CELLS.items()},
        }
        for pair in zip(*(table.rows for table in tables.values()), strict=True)
        for model, row in zip(tables, pair, strict=True)
    ]
    small = [bool(row.small) for row in tables["laat"].rows for _ in tables]
    rows = "Tested in each split, on average; of less than one, in how many splits there is any."
    columns = _columns(CELLS) | {"Rows": st.column_config.TextColumn(help=rows)}
    st.dataframe(
        grey_small(pd.DataFrame(lines), small),
        hide_index=True,
        key="lab_groups_table",
        column_config=columns,
    )
    for sentence in (*small_words(tables["laat"]), *why_none(tables, list(CELLS))):
        st.caption(sentence)


def grey_small(table: pd.DataFrame, small: list[bool]) -> Styler:
    """Make lines of a table grey."""
    colors = {place: f"color: {GREY}" if grey else "" for place, grey in enumerate(small)}
    return table.style.apply(lambda row: [colors[row.name]] * len(row), axis=1)


def _columns(figures: Iterable[str]) -> dict[str, Any]:
    """Explain the columns of some figures."""
    return {
        NOTIONS[figure].name: st.column_config.TextColumn(
            help=f"{NOTIONS[figure].meaning} {when_wrong(figure)}"
        )
        for figure in figures
    }
