"""Any sequence of actions: the same in memory, after reloading, and in an exported project.

What is expected comes from scores that are computed at once, as the pages did before there was a
history.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from laat_core import ImportanceScores, Role, make_task
from laat_core.data.encoding import features_of
from laat_core.store.archive import export_project, import_project
from laat_core.store.projects import Projects

pytestmark = pytest.mark.slow

TABLE = pd.DataFrame(
    {
        "size": [1, 2, 3, 4] * 3,
        "kind": ["a", "b", "c"] * 4,
        "old": ["no", "yes"] * 6,
        "ill": ["n", "y", "y"] * 4,
    }
)
TASK = make_task(TABLE, "ill", "y")
NAMES = ["size", "kind = a", "kind = b", "kind = c", "old = yes", "size = 2", "elsewhere"]

SCORE = st.one_of(st.integers(-10, 10), st.floats(-10, 10))
SOME = st.dictionaries(st.sampled_from(NAMES), SCORE, min_size=1)
PLACE = st.integers(0, 1000)
# Those that a column can have as it is; an order or a date needs more.
ROLES = [Role.NUMERIC, Role.CATEGORICAL, Role.GROUP, Role.IGNORE]
ACTIONS = st.one_of(
    st.tuples(st.just("edit"), SOME, st.sampled_from(["", "known", "said"])),
    st.tuples(st.just("edit"), SOME, st.just("")),
    st.tuples(st.just("reset"), st.lists(st.sampled_from(NAMES))),
    st.tuples(st.just("undo")),
    st.tuples(st.just("undo")),
    st.tuples(st.just("redo")),
    st.tuples(st.just("restore"), PLACE),
    st.tuples(st.just("propose"), st.lists(SOME, min_size=1, max_size=3)),
    st.tuples(st.just("use"), PLACE, st.booleans()),
    st.tuples(st.just("use"), PLACE, st.booleans()),
    st.tuples(st.just("remove"), PLACE),
    st.tuples(st.just("class")),
    st.tuples(st.just("role"), st.sampled_from(ROLES)),
)


class Expected:
    """The scores, computed at once at every action."""

    def __init__(self, task):
        self.task = task
        names = [feature.name for feature in features_of(task)]
        self.now = (ImportanceScores.zeros(names), ImportanceScores.zeros(names), "")
        self.experts, self.undone, self.done = {}, [], []
        self.states = {1: (self.now, task.positive_class)}

    @property
    def names(self):
        return list(self.now[0].features)

    def step(self, scores, original, origin):
        self.done.append(self.now)
        self.undone.clear()
        self.now = scores, original, origin

    def take(self, then):
        """Earlier scores, with all features that are known by now."""
        names = list(dict.fromkeys([*then[0].features, *self.names]))
        return then[0].reindexed(names), then[1].reindexed(names), then[2]

    def edit(self, changes, why):
        scores, original, origin = self.now
        changed = {k: v for k, v in changes.items() if v != scores.score(k)}
        if changed:
            self.step(scores.edit(changed, source="ann", reason=why), original, origin)

    def reset(self, features):
        scores, original, origin = self.now
        moved = [name for name in features if scores.score(name) != original.score(name)]
        if moved:
            back = original.known(name for name in original.features if name in moved)
            joined = back.joined(scores).reindexed(self.names)
            self.step(replace(joined, estimates=scores.estimates), original, origin)

    def undo(self):
        self.undone.append(self.now)
        self.now = self.take(self.done.pop())

    def redo(self):
        self.done.append(self.now)
        self.now = self.take(self.undone.pop())

    def restore(self, number):
        (scores, original, origin), positive = self.states[number]
        if positive != self.task.positive_class:
            scores, original = scores.flipped(), original.flipped()
        self.step(*self.take((scores, original, origin)))

    def use(self, name, keep_edits):
        scores, original, _ = self.now
        expert = self.experts[name]
        new = expert.joined(scores)
        for feature in self.names:
            if keep_edits and scores.score(feature) != original.score(feature):
                position = scores.features.index(feature)
                new = new.edit(
                    {feature: scores.score(feature)},
                    source=scores.sources[position],
                    reason=" ".join(scores.reasons[position]),
                )
        self.step(new, expert.joined(original), name)

    def change_task(self, task):
        scores, original, origin = self.now
        if task.positive_class != self.task.positive_class:
            scores, original = scores.flipped(), original.flipped()
            self.experts = {name: expert.flipped() for name, expert in self.experts.items()}
            self.done, self.undone = [], []
        self.task, self.now = task, (scores, original, origin)
        new = dict.fromkeys([*self.names, *(feature.name for feature in features_of(task))])
        self.now = scores.reindexed(list(new)), original.reindexed(list(new)), origin


def act(project, expected, action, *arguments):
    """Do one thing to both; what cannot be done is left out."""
    states, experts = list(expected.states), list(expected.experts)
    match action, arguments:
        case "edit", (changes, why):
            known = {k: v for k, v in changes.items() if k in expected.names}
            old = expected.now[0].as_dict()
            assert project.edit({k: (old[k], v) for k, v in known.items()}, why) == []
            expected.edit(known, why)
        case "reset", (features,):
            known = [name for name in expected.names if name in features]
            scores, original = (part.as_dict() for part in expected.now[:2])
            project.edit({k: (scores[k], original[k]) for k in known}, how="reset")
            expected.reset(known)
        case "undo", () if expected.done:
            project.undo()
            expected.undo()
        case "redo", () if expected.undone:
            project.redo()
            expected.redo()
        case "restore", (place,):
            number = states[place % len(states)]
            project.restore(number)
            expected.restore(number)
        case "propose", (estimates,):
            same = [{k: (estimate.get(k, 0), "r") for k in estimates[0]} for estimate in estimates]
            scores = ImportanceScores.from_estimates(same, "model")
            expected.experts[project.add_proposal("model", scores)] = scores
        case "use", (place, keep) if experts:
            project.use(experts[place % len(experts)], keep_edits=keep)
            expected.use(experts[place % len(experts)], keep)
        case "remove", (place,) if experts:
            project.remove_proposal(experts[place % len(experts)])
            del expected.experts[experts[place % len(experts)]]
        case "class", ():
            task = replace(expected.task, positive_class=expected.task.negative_class)
            project.change_task(task)
            expected.change_task(task)
        case "role", (role,):
            column = replace(expected.task.column("size"), role=role)
            task = expected.task.with_columns(column)
            project.change_task(task)
            expected.change_task(task)
    for state in project.history.states:
        expected.states.setdefault(state.number, (expected.now, expected.task.positive_class))


def assert_same(scores, other):
    assert (scores.features, scores.sources) == (other.features, other.sources)
    assert scores.reasons == other.reasons
    np.testing.assert_array_equal(scores.values, other.values)
    np.testing.assert_array_equal(scores.estimates, other.estimates)


def assert_as_expected(history, expected):
    scores, original, origin = expected.now
    assert_same(history.scores, scores)
    assert_same(history.original, original)
    assert history.origin == origin
    assert history.task_document["positive_class"] == expected.task.positive_class
    assert history.experts.keys() == expected.experts.keys()
    for name, expert in expected.experts.items():
        assert_same(history.experts[name], expert)
    can = (bool(history.next_undo), bool(history.next_redo))
    assert can == (bool(expected.done), bool(expected.undone))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 1), ACTIONS), max_size=25))
def test_scores_are_the_same_in_memory_after_reloading_and_in_a_file(database, actions):
    projects = Projects(database, "ann")
    first = projects.create("Any", TASK)
    tabs, expected = [first, projects.open(first.id)], Expected(TASK)
    for tab, action in actions:
        tabs[tab].refresh()
        act(tabs[tab], expected, *action)
        assert_as_expected(tabs[tab].history, expected)
    for tab in tabs:
        tab.refresh()
    reloaded = projects.open(first.id)
    imported = import_project(export_project(reloaded), projects)
    for project in (*tabs, reloaded, imported):
        assert_as_expected(project.history, expected)
        assert project.history.events == first.history.events
        assert project.history.states == first.history.states
