import threading
from dataclasses import replace

import pandas as pd
import pytest
from sqlalchemy import text

from laat_core import ImportanceScores, Role, load_dataset, load_proposal, make_task
from laat_core.errors import DataError, ScoreError, StoreError
from laat_core.store.events import first_broken
from laat_core.store.history import scores_hash
from laat_core.store.marks import Marks
from laat_core.store.projects import Projects, read_events, read_tables

TASK = load_dataset("heart")
RECORDED = load_proposal("heart").scores


@pytest.fixture
def projects(database):
    return Projects(database, "ann")


@pytest.fixture
def project(projects):
    project = projects.create("Heart", TASK)
    project.add_proposal("recorded", RECORDED, {"model": "m", "prompt": "p"})
    project.use("recorded")
    return project


def now_of(project, *features):
    return {feature: project.history.value(feature) for feature in features}


def test_a_project_is_as_it_was_when_opened_again(projects, project):
    project.edit({"age": (RECORDED.score("age"), -3)}, why="they were referred")
    project.set({"gamma": 10})
    project.ran({"auc": 0.9})
    again = projects.open(project.id)
    assert again.history.states[-1].result["scores"] == scores_hash(again.history.scores)
    project.lock(["age"])
    project.doubt(["cholesterol"])
    project.unuse(["max_heart_rate"])
    again = projects.open(project.id)
    sets = (frozenset({name}) for name in ("age", "cholesterol", "max_heart_rate"))
    assert again.history.marks == Marks(*sets)
    assert again.history.events == project.history.events
    assert again.history.states == project.history.states
    assert again.history.scores.as_dict() == project.history.scores.as_dict()
    assert again.title == "Heart"
    assert again.task.labels.tolist() == TASK.labels.tolist()
    assert {event.who for event in again.history.events} == {"ann"}


def test_a_study_is_kept_from_any_thread_and_seen_by_the_others(projects, project):
    state = project.history.states[-1].number
    projects.open(project.id).studied("noise", {"any": [0.5, None]}, state)
    assert project.refresh()
    assert dict(project.history.studies["noise"])["result"] == {"any": [0.5, None]}


def test_a_trial_is_kept(projects, project):
    project.tried({"step": 2, "moved": {"age": 1.5}})
    assert projects.open(project.id).history.trial == {"step": 2, "moved": {"age": 1.5}}


def test_the_chain_holds(database, project):
    project.edit({"age": (RECORDED.score("age"), 1)})
    with database.reading() as connection:
        events = read_events(connection, project.id)
        tables = read_tables(connection, [project.history.table_hash, "other"])
    assert len(events) == 4
    assert first_broken(events, tables) is None


def test_every_action_is_recorded(projects, project):
    project.edit({"age": (RECORDED.score("age"), 1)})
    state = project.history.states[-1].number
    project.undo()
    project.redo()
    project.note(state, "because")
    project.name(state, "first")
    project.edit({"age": (1, 2)}, how="scale")
    project.restore(state)
    project.remove_proposal("recorded")
    project.change_task(replace(project.task, description="Who is ill?"))
    project.lock(["age"])
    project.lock(["age"], locked=False)
    project.doubt(["age"])
    project.doubt(["age"], doubted=False)
    project.unuse(["age"])
    project.unuse(["age"], unused=False)
    assert [event.kind for event in project.history.events[3:]] == [
        "edited", "undone", "redone", "noted", "named", "edited", "restored", "removed", "task",
        "locked", "locked", "doubted", "doubted", "unused", "unused",
    ]  # fmt: skip
    assert projects.open(project.id).history.states == project.history.states
    assert project.task.description == "Who is ill?"


def test_what_changes_nothing_is_no_event(project):
    before = len(project.history.events)
    project.edit({"age": (RECORDED.score("age"), RECORDED.score("age"))})
    project.edit({})
    project.set({})
    project.lock([])
    project.lock(["age"], locked=False)
    project.doubt(["age"], doubted=False)
    project.unuse(["age"], unused=False)
    project.change_task(replace(project.task))
    project.note(1, "")
    project.name(1, " ")
    assert len(project.history.events) == before


def test_what_is_refused_leaves_no_trace(projects, project):
    before = len(project.history.events)
    project.lock(["age"])
    for wrong in (
        {"age": (RECORDED.score("age"), 0)},
        {"nothing": (0, 1)},
        {"st_depression": (RECORDED.score("st_depression"), 11)},
        {"st_depression": (RECORDED.score("st_depression"), float("nan"))},
        {"st_depression": (RECORDED.score("st_depression"), "3")},
    ):
        with pytest.raises(ScoreError):
            project.edit(wrong)
    with pytest.raises(StoreError, match="one line of at most 300"):
        project.edit({"st_depression": (RECORDED.score("st_depression"), 1)}, why="a" * 301)
    with pytest.raises(StoreError, match="nothing to redo"):
        project.redo()
    with pytest.raises(StoreError, match="no proposal"):
        project.use("nobody's")
    with pytest.raises(StoreError, match="Another table"):
        project.change_task(replace(TASK, table=TASK.table.head(100)))
    assert len(projects.open(project.id).history.events) == before + 1


def test_proposals_get_names_of_their_own(project):
    assert project.add_proposal("recorded", RECORDED) == "recorded (2)"
    assert project.add_proposal("Feature", RECORDED, taken=["Feature"]) == "Feature (2)"
    assert project.add_proposal("a\nb\0", RECORDED) == "a b"


# Two tabs


def test_the_second_tab_sees_the_edits_of_the_first(projects, project):
    other = projects.open(project.id)
    project.edit({"age": (RECORDED.score("age"), 1)})
    assert other.refresh()
    assert other.history.value("age") == 1
    assert not other.refresh()


def test_a_feature_that_another_tab_has_moved_is_left_alone(projects, project):
    other = projects.open(project.id)
    start = now_of(project, "age", "st_depression")
    project.edit({"age": (start["age"], 1)})
    left = other.edit({"age": (start["age"], 2), "st_depression": (start["st_depression"], 2)})
    assert left == ["age"]
    assert now_of(other, "age", "st_depression") == {"age": 1, "st_depression": 2}
    project.refresh()
    assert project.history.events == other.history.events


@pytest.mark.parametrize(
    "action",
    [
        lambda project: project.undo(),
        lambda project: project.use("recorded"),
        lambda project: project.restore(1),
        lambda project: project.change_task(replace(TASK, description="Other words.")),
    ],
)
def test_what_would_replace_unseen_scores_is_refused_once(projects, project, action):
    project.edit({"age": (RECORDED.score("age"), 1)})
    other = projects.open(project.id)
    project.edit({"age": (1, 2)})
    with pytest.raises(StoreError, match="Look at them"):
        action(other)
    assert other.history.value("age") == 2
    action(other)


def test_a_task_changed_in_two_tabs_is_not_overwritten(projects, project):
    other = projects.open(project.id)
    ignored = replace(TASK.column("age"), role=Role.IGNORE)
    stale = other.task
    project.change_task(project.task.with_columns(ignored))
    with pytest.raises(StoreError, match="Look at them"):
        other.change_task(replace(stale, description="Other words."))
    assert other.task.column("age").role is Role.IGNORE


def test_notes_settings_and_proposals_of_two_tabs_all_stay(projects, project):
    other = projects.open(project.id)
    project.set({"gamma": 10})
    other.set({"shots": 5})
    project.add_proposal("new", RECORDED)
    assert other.add_proposal("new", RECORDED) == "new (2)"
    project.refresh()
    assert project.history.settings == {"gamma": 10, "shots": 5}
    assert list(project.history.experts) == ["recorded", "new", "new (2)"]


def test_threads_that_edit_at_once_lose_nothing(projects, project):
    features = project.history.scores.features[:4]
    failed = []

    def run(feature, opened):
        try:
            value = opened.history.value(feature)
            for number in range(10):
                left = opened.edit({feature: (value, number / 2)})
                assert left == []
                value = number / 2
        except Exception as error:  # noqa: BLE001 - shown below
            failed.append(error)

    # Two tabs, and two threads in each of them.
    tabs = [project, projects.open(project.id)]
    threads = [threading.Thread(target=run, args=(f, tabs[i % 2])) for i, f in enumerate(features)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    again = projects.open(project.id)
    assert now_of(again, *features) == dict.fromkeys(features, 4.5)
    assert sum(event.kind == "edited" for event in again.history.events) >= 39


# Many projects


def test_projects_are_listed_by_their_owner(database, projects, project):
    wine = projects.create("Wine", load_dataset("wine"))
    Projects(database, "bob").create("His", TASK)
    project.edit({"age": (RECORDED.score("age"), 1)})
    listed = projects.listed()
    assert [(one.id, one.title, one.n_states) for one in listed] == [
        (project.id, "Heart", 3),
        (wine.id, "Wine", 1),
    ]
    assert listed[0].created < listed[0].changed


def test_a_project_of_somebody_else_is_as_good_as_none(database, project):
    sentences = set()
    for owner, key in (("bob", project.id), ("ann", "0" * 32), ("", ""), ("ann", "\ud800\0")):
        theirs = Projects(database, owner)
        for action in (theirs.open, theirs.delete, lambda key, p=theirs: p.rename(key, "x")):
            with pytest.raises(StoreError) as caught:
                action(key)
            sentences.add(str(caught.value))
    assert len(sentences) == 1


def test_a_project_is_renamed(projects, project):
    projects.rename(project.id, " Heart,\nagain ")
    assert projects.listed()[0].title == "Heart, again"
    project.refresh()
    assert project.title == "Heart, again"
    with pytest.raises(StoreError, match="one line"):
        projects.rename(project.id, "x" * 301)


def test_a_deleted_project_is_gone_with_its_table(database, projects, project):
    other = projects.create("The same table", TASK)
    projects.delete(project.id)
    for action in (project.refresh, project.undo, lambda: project.set({"gamma": 1})):
        with pytest.raises(StoreError, match="no such project"):
            action()
    assert projects.open(other.id).task.labels.tolist() == TASK.labels.tolist()
    projects.delete(other.id)
    with database.reading() as connection:
        for table in ("projects", "events", "tables"):
            count = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()  # noqa: S608
            assert count == 0


def test_a_deletion_in_the_middle_of_an_edit_is_said(monkeypatch, projects, project):
    keep = project._keep

    def late(event):
        projects.delete(project.id)
        keep(event)

    monkeypatch.setattr(project, "_keep", late)
    with pytest.raises(StoreError, match="no such project"):
        project.set({"gamma": 1})


def test_odd_text_is_kept_in_a_form_that_every_database_takes(database):
    odd = Projects(database, "a\0n\ud800n")
    project = odd.create("T\0itle\n\ud800", TASK)
    project.set({"a\0b": "\0"})
    project.add_proposal("ü", ImportanceScores.from_mapping({"age\0": 1.0}))
    again = odd.open(project.id)
    assert again.title == "Title ?"
    assert again.history.settings == {"a\0b": "\0"}
    assert again.history.events == project.history.events


def test_a_table_that_cannot_be_encoded_makes_a_project_without_features(projects):
    task = make_task(pd.DataFrame({"x": [1, 1], "y": ["a", "b"]}), "y", "a")
    assert projects.create("", task).history.scores.features == ()


def test_a_spoilt_table_is_said(database, projects, project):
    with database.writing() as connection:
        connection.execute(text("UPDATE tables SET content = :other"), {"other": b"PAR1"})
    with pytest.raises(DataError, match="cannot be read"):
        _ = projects.open(project.id).task


def test_of_a_draft_nothing_is_kept_until_something_is_done(projects):
    draft = projects.draft("Heart", TASK)
    draft.add_proposal("recorded", RECORDED)
    draft.use("recorded")
    assert (draft.id, draft.title, projects.listed()) == ("", "Heart", [])
    assert not draft.refresh()
    assert draft.task is TASK
    draft.keep()
    draft.keep()
    draft.edit({"age": (RECORDED.score("age"), 1)})
    again = projects.open(draft.id)
    assert again.history.events == draft.history.events
    assert again.table_bytes() == draft.table_bytes()
    assert len(projects.listed()) == 1
