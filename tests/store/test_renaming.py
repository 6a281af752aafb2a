"""Projects of a version that kept typographic marks and letters in parts."""

import numpy as np
import pandas as pd
import pytest

from laat_core import Column, ImportanceScores, Role, make_task
from laat_core.data.encoding import features_of
from laat_core.errors import StoreError
from laat_core.store.archive import export_project, import_project
from laat_core.store.audit import first_fault
from laat_core.store.documents import scores_document, table_bytes, task_document
from laat_core.store.events import event_after, sha256
from laat_core.store.history import scores_hash
from laat_core.store.projects import Projects
from laat_core.store.renaming import Renaming

AGES, SIZE, TOWN = ("18–25", "26–35", "36–45"), "Gro\u0308ße", "Ko\u0308ln"
OLD = (*(f"age = {age}" for age in AGES), SIZE, f"town = {TOWN}")
TODAY = ("age = 18-25", "age = 26-35", "age = 36-45", SIZE, "town = Köln")
POSITIVE = "non–smoker"

pytestmark = pytest.mark.any_database


def old_task(levels=AGES):
    table = pd.DataFrame(
        {
            "age": list(levels) * (60 // len(levels)),
            SIZE: np.arange(60) % 7,
            "town": [TOWN, "Bonn"] * 30,
            "smokes": [POSITIVE, "smoker"] * 30,
        }
    )
    task = make_task(table, "smokes", "non-smoker", description="Whether somebody smokes.")
    document = task_document(task)
    document |= {
        "positive_class": POSITIVE,
        "class_labels": {POSITIVE: "no smoke"},
        "confirmed": f"{POSITIVE}: {task.description}",
    }
    document["columns"][0]["levels"] = {levels[0]: "young"}
    return table, document


def old_project(projects, *later, features=OLD, levels=AGES):
    table, document = old_task(levels)
    content = table_bytes(table)
    opened = {"title": "Old", "table": sha256(content), "task": document}
    events = []
    for kind, said in (("opened", {**opened, "features": list(features)}), *later):
        events.append(event_after(events[-1] if events else None, "ann", kind, said))
    tables = {sha256(content): content}
    assert first_fault(events, tables) is None
    project = projects.open(projects.add(events, tables, "Old"))
    assert project.history.events == events
    return project


def edit(changes):
    return "edited", {"changes": changes, "why": "", "how": "move"}


@pytest.fixture
def projects(database):
    return Projects(database, "ann")


def test_an_old_project_opens_with_its_scores(projects):
    project = old_project(projects, edit({name: [0.0, 5.0] for name in OLD}))
    assert tuple(feature.name for feature in features_of(project.task)) == TODAY
    assert project.history.scores.as_dict() == dict.fromkeys(TODAY, 5.0)
    assert project.history.edited_by(TODAY[0]) == 2
    task = project.task
    assert (task.positive_class, task.outcome) == ("non-smoker", "no smoke")
    assert task.confirmed == task.reading
    assert task.column("age").levels == {"18-25": "young"}
    project.change_task(task)
    assert len(project.history.events) == 2  # it is the same task


def test_an_old_project_goes_on(projects):
    project = old_project(projects, edit({OLD[0]: [0.0, 5.0]}))
    project.edit({TODAY[0]: (5.0, 3.0)})
    project.change_task(project.task.with_columns(Column(SIZE, Role.IGNORE)))
    assert project.history.value(TODAY[0]) == 3  # no sign has been turned
    project.undo()
    project.ran({"any": 1})
    history = project.history
    assert history.value(TODAY[0]) == 5
    again = import_project(export_project(project), projects)
    assert again.history.events == history.events
    assert again.history.scores.as_dict() == history.scores.as_dict()
    tables = {history.table_hash: project.table_bytes()}
    assert first_fault(history.events, tables) is None


def test_proposals_and_marks_are_found(projects):
    scores = ImportanceScores.from_mapping(dict(zip(OLD, range(1, 6), strict=True)), "m")
    project = old_project(
        projects,
        ("proposal", {"name": "m", "scores": scores_document(scores), "asked": {}}),
        ("used", {"name": "m", "keep_edits": False}),
        ("locked", {"features": [OLD[0]], "locked": True}),
        ("doubted", {"features": [OLD[1]], "doubted": True}),
        ("unused", {"features": [OLD[4]], "unused": True}),
    )
    expected = dict(zip(TODAY, range(1, 6), strict=True))
    history = project.history
    assert history.experts["m"].as_dict() == history.scores.as_dict() == expected
    assert history.locked == {TODAY[0]}
    assert history.doubted == {TODAY[1]}
    assert history.unused == {TODAY[4]}


def test_a_trial_is_found(projects):
    condition = {"column": "age", "comparison": "is", "value": AGES[0]}
    step = {"kind": "tie", "conditions": [condition], "strength": 1.0, "of_class": POSITIVE}
    trial = {"positive_class": POSITIVE, "bias": {"steps": [step]}, "moved": {OLD[0]: 3.0}}
    found = old_project(projects, ("tried", {"trial": trial})).history.trial
    assert found["moved"] == {TODAY[0]: 3.0}
    assert found["positive_class"] == "non-smoker"
    (step,) = found["bias"]["steps"]
    assert (step["of_class"], step["conditions"][0]["value"]) == ("non-smoker", "18-25")


def result(scores, table):
    origins = {"scores": scores_hash(scores), "table": table, "prompt": "", "model": {}}
    return "ran", {"state": 2, "result": {}, **origins}


def test_results_hold_under_the_names_they_were_recorded_with(projects):
    table, _ = old_task()
    of_old = ImportanceScores.from_mapping({**dict.fromkeys(OLD, 0.0), OLD[0]: 5.0})
    named = sha256(table_bytes(table))
    old_project(projects, edit({OLD[0]: [0.0, 5.0]}), result(of_old, named))
    other = ImportanceScores.zeros(OLD)
    with pytest.raises(AssertionError):
        old_project(projects, edit({OLD[0]: [0.0, 5.0]}), result(other, named))


def test_of_two_levels_that_became_one_the_later_score_counts(projects):
    levels = ("18–25", "18-25", "30")
    features = ("age = 18-25", "age = 18–25", "age = 30", SIZE, f"town = {TOWN}")
    scores = ImportanceScores.from_mapping({features[0]: 1.0, features[1]: 2.0}, "m")
    project = old_project(
        projects,
        edit({features[1]: [0.0, 5.0]}),
        edit({features[0]: [0.0, 3.0]}),
        ("locked", {"features": [features[0]], "locked": True}),
        ("doubted", {"features": [features[1]], "doubted": True}),
        edit({features[1]: [5.0, 4.0]}),
        ("proposal", {"name": "m", "scores": scores_document(scores), "asked": {}}),
        features=features,
        levels=levels,
    )
    history = project.history
    assert history.scores.features == ("age = 18-25", "age = 30", SIZE, "town = Köln")
    assert history.value("age = 18-25") == 4
    assert history.experts["m"].as_dict() == {"age = 18-25": 2.0}
    assert history.locked == {"age = 18-25"}
    assert not history.doubted
    with pytest.raises(StoreError, match="no longer"):
        history.fold(event_after(history.last, "", *edit({"age = 30": [1.0, 2.0]})))


def test_the_longest_column_counts():
    renaming = Renaming(["a", "a = –", "–"])
    assert renaming("a = – = –") == "a = – = -"
    assert renaming("–") == "–"
    assert renaming("elsewhere = –") == "elsewhere = –"
