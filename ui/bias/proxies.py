"""Where a column went: how far the models still follow its groups, and by what."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from laat_core.data.task import Role, Task
from laat_core.evaluate.fairness.proxies import (
    Followed,
    Telling,
    attribution_shifts,
    follow_groups,
    tell_groups,
)
from laat_core.evaluate.fairness.table import asked_rows
from laat_core.evaluate.groups import Groups
from laat_core.plots.groups import shifts_figure
from laat_core.plots.style import BASELINE, LAAT
from ui.bias.groups import grey_small
from ui.bias.groups_words import small_words_of
from ui.bias.lab import LabFindings, Pair
from ui.bias.not_used_study import Ways, try_ways
from ui.bias.proxies_words import say_followed, say_telling, say_took_over, told_cell
from ui.bias.waiting import tried_scores, wait_for
from ui.layout import CHARTS
from ui.naming import column_label, feature_labels
from ui.state import AppState
from ui.text import literal

__all__ = ["show_proxies", "used_columns"]

MOST_TELLING = 8
AFTER = {"at_zero": "Score at 0", "held": "Not used"}


def used_columns(task: Task, columns: Sequence[str]) -> tuple[str, ...]:
    """Return those of some columns that models see."""
    return tuple(name for name in columns if task.column(name).role is not Role.IGNORE)


def show_proxies(state: AppState, findings: LabFindings, groups: Groups) -> None:
    """Show how well outputs tell the groups with and without the columns, and by what."""
    task = findings.biased.experiment.task
    title = literal(" and ".join(column_label(task, name) for name in groups.columns))
    columns = used_columns(task, groups.columns)
    if columns:
        ways = _ways(state, findings, columns)
        if ways is not None:
            _show_followed(ways, groups, title)
            _show_shifts(state, ways, title)
    else:
        st.info(f"No model sees {title}, so there is no score of it to set to 0.")
    _show_telling(task, groups, title)


def _ways(state: AppState, findings: LabFindings, columns: tuple[str, ...]) -> Ways | None:
    scores, pair = tried_scores(state, findings, columns), findings.biased

    def work(tell: Callable[[float], None]) -> Ways:
        return try_ways(pair, scores, columns, tell)

    key = (pair.experiment, pair.comparison.gamma, tuple(scores.as_dict().items()), columns)
    return wait_for(state.lab.proxies, key, work, "Training models that do not go by it …")


def _show_followed(ways: Ways, groups: Groups, title: str) -> None:
    asked = asked_rows(ways.used.experiment, ways.used.comparison.baseline.models, groups)
    truth = [part._replace(logits=part.labels.astype(float)) for part in asked]
    found = {
        BASELINE.name: _followed(ways.used, groups, "baseline"),
        LAAT.name: _followed(ways.used, groups, "laat"),
        AFTER["at_zero"]: _followed(ways.at_zero, groups, "laat"),
        AFTER["held"]: _followed(ways.held, groups, "laat"),
    }
    st.markdown(say_followed(*found.values(), title))
    found["The truth"] = follow_groups(groups, truth)
    first = found[BASELINE.name]
    names = [group.group for group in first]
    if len(names) == 2:  # to tell the one is to tell the other
        names = [" or ".join(names)]
    cells = {
        name: [told_cell(group) for group in part][: len(names)] for name, part in found.items()
    }
    table = pd.DataFrame({"Group": names, **cells})
    st.dataframe(
        grey_small(table, [group.small for group in first]),
        hide_index=True,
        key="lab_followed_table",
    )
    st.caption(
        "AUC of telling the group from the rest by the model's output alone: 0.50 is not at all, "
        "1.00 always; the truth is what the true labels alone tell. In brackets a 95 % interval "
        "for the test rows of one split."
    )
    for sentence in small_words_of(first):
        st.caption(sentence)


def _followed(pair: Pair, groups: Groups, model: str) -> tuple[Followed, ...]:
    asked = asked_rows(pair.experiment, pair.comparison.models[model].models, groups)
    return follow_groups(groups, asked)


def _show_shifts(state: AppState, ways: Ways, title: str) -> None:
    labels = feature_labels(state.task, state.features)
    after: str = st.segmented_control(
        f"What took over from {title}",
        list(AFTER),
        default="held",
        required=True,
        format_func=AFTER.__getitem__,
        key="lab_after",
        persist_state="session",
    )
    pair: Pair = getattr(ways, after)
    shifts = attribution_shifts(ways.used.comparison, pair.comparison)
    own = set(_features(ways))
    st.markdown(say_took_over(shifts, own, {n: literal(label) for n, label in labels.items()}))
    st.plotly_chart(
        shifts_figure(shifts, "As it was", AFTER[after], labels),
        key="chart_lab_shifts",
        config=CHARTS,
        alt="Attribution of each feature before and after",
    )


def _features(ways: Ways) -> list[str]:
    encoder = ways.used.experiment.encoder
    return [f.name for f in encoder.features_ if f.column in ways.columns]


def _show_telling(task: Task, groups: Groups, title: str) -> None:
    st.markdown("**What else tells the groups**")
    telling = tell_groups(task, groups)[:MOST_TELLING]
    labels = _labels(task, telling)
    st.markdown(say_telling(telling, title, {n: literal(label) for n, label in labels.items()}))
    if telling:
        st.dataframe(
            pd.DataFrame(
                {
                    "Feature": [labels[one.feature] for one in telling],
                    "Tells best": [one.group for one in telling],
                    "AUC": [f"{one.told:.2f}" for one in telling],
                }
            ),
            hide_index=True,
            key="lab_telling_table",
        )
    st.caption(
        "Each feature by itself, in the table, before any model. What tells the groups well lets a "
        "model follow them though their column is not used."
    )


def _labels(task: Task, telling: Sequence[Telling]) -> Mapping[str, str]:
    """Label by feature: the name with the column's label in place of the column."""
    return {
        one.feature: column_label(task, one.column) + one.feature.removeprefix(one.column)
        for one in telling
    }
