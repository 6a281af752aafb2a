"""Where a column went: how far the models still follow its groups, and by what."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import pandas as pd
import streamlit as st

from laat_core.data.task import Task
from laat_core.evaluate.fairness.asked import asked_rows
from laat_core.evaluate.fairness.proxies import (
    Followed,
    Telling,
    attribution_shifts,
    follow_groups,
    tell_groups,
)
from laat_core.evaluate.groups import Groups
from laat_core.plots.groups import shifts_figure
from laat_core.plots.style import BASELINE, LAAT, Look
from ui.bias.groups import grey_small
from ui.bias.groups_words import short_numbers, small_words_of
from ui.bias.lab import LabFindings, Pair
from ui.bias.not_used_study import Ways, try_ways
from ui.bias.proxies_words import ABOUT, say_followed, say_telling, say_took_over, told_cell
from ui.bias.story_words import auc
from ui.bias.waiting import tried_scores, wait_for
from ui.layout import CHARTS
from ui.naming import column_label, feature_labels
from ui.state import AppState
from ui.text import literal

__all__ = ["show_proxies", "used_columns"]

MOST_TELLING = 8


class _Way(NamedTuple):
    """A way to do without columns: of which model, and what to call it without them and with."""

    model: Literal["laat", "baseline"]
    after: str
    before: str

    @property
    def look(self) -> Look:
        return LAAT if self.model == "laat" else BASELINE

    @property
    def name(self) -> str:
        return f"{self.look.name}, {self.after}"


WAYS = {
    "at_zero": _Way("laat", "score 0", "score in use"),
    "held": _Way("laat", "not used", "in use"),
    "deleted": _Way("baseline", "column deleted", "column in use"),
}


def used_columns(task: Task, columns: Sequence[str]) -> tuple[str, ...]:
    """Return those of some columns that models see."""
    return tuple(name for name in columns if task.column(name).role.is_used)


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
    }
    without = {
        key: _followed(pair, groups, way.model)
        for key, way in WAYS.items()
        if (pair := getattr(ways, key)) is not None
    }
    st.markdown(
        say_followed(
            *found.values(), without["at_zero"], without["held"], without.get("deleted"), title
        )
    )
    found |= {WAYS[key].name: part for key, part in without.items()}
    found["The true labels"] = follow_groups(groups, truth)
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
        "AUC of telling the group from the rest by the model's output alone: 50 is not at all, 100 "
        "always; the true labels are what a model that is always right would tell. In brackets a "
        "95 % interval for the test rows of one split."
    )
    for sentence in small_words_of(first):
        st.caption(sentence)


def _followed(pair: Pair, groups: Groups, model: str) -> tuple[Followed, ...]:
    asked = asked_rows(pair.experiment, pair.comparison.models[model].models, groups)
    return follow_groups(groups, asked)


def _show_shifts(state: AppState, ways: Ways, title: str) -> None:
    """Say what took over in each way, and draw one of them."""
    labels = _short(feature_labels(state.task, state.features))
    words = {name: literal(label) for name, label in labels.items()}
    own, shifts, said = set(_features(ways)), {}, []
    for key, way in WAYS.items():
        pair: Pair | None = getattr(ways, key)
        if pair is not None:
            shifts[key] = attribution_shifts(ways.used.comparison, pair.comparison, way.model)
            said.append(f"- {way.name}: {say_took_over(shifts[key], own, title, words)}")
    st.markdown("\n".join([f"**What took over from {title}**", "", *said]))
    if ways.problem:
        st.caption(f"{title} cannot be deleted here: {literal(ways.problem)}")
    st.caption(ABOUT)
    drawn: str = st.segmented_control(
        "Attribution of each feature",
        list(WAYS),
        default="deleted",
        required=True,
        format_func=lambda key: WAYS[key].name,
        key="lab_after",
        persist_state="session",
    )
    if drawn in shifts:
        way = WAYS[drawn]
        before, after = (f"{way.look.name}, {state}" for state in (way.before, way.after))
        st.plotly_chart(
            shifts_figure(shifts[drawn], before, after, labels, way.look),
            key="chart_lab_shifts",
            config=CHARTS,
            alt="Attribution of each feature with the column in use and without it",
        )


def _short(labels: Mapping[str, str]) -> dict[str, str]:
    return dict(zip(labels, short_numbers(list(labels.values())), strict=True))


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
                    "AUC": [auc(one.told) for one in telling],
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
    return _short(
        {
            one.feature: column_label(task, one.column) + one.feature.removeprefix(one.column)
            for one in telling
        }
    )
