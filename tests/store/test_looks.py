"""Rows held out and looked at, as a project keeps it."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from laat_core import Cleaning, Column, DesignError, HoldOut, load_dataset, load_proposal
from laat_core.errors import StoreError
from laat_core.evaluate.hold_out import Look
from laat_core.store.archive import export_project, import_project
from laat_core.store.audit import first_fault
from laat_core.store.events import event_after
from laat_core.store.projects import Projects
from tests.store.test_archive import chained, packed, refused

TASK = load_dataset("heart")
SCORES = load_proposal("heart").scores
HOLD_OUT = HoldOut(0.25, 5)
SETTINGS = {"gamma": 100.0, "shots": 5}


def look(number=1, laat=0.9):
    ends = (-0.1, 0.3)
    return Look(number, 41, 35, laat, 0.8, 0.85, laat - 0.8, ends, ends, ends, 0.3)


@pytest.fixture
def projects(database):
    return Projects(database, "ann")


@pytest.fixture
def project(projects):
    project = projects.create("Heart", TASK)
    project.start_with(project.add_proposal("recorded", SCORES, {"model": "m", "prompt": "p"}))
    project.edit({"age": (SCORES.score("age"), -3)})
    project.hold_out(HOLD_OUT)
    project.looked(look(), SETTINGS)
    return project


def move(project, to):
    project.edit({"age": (project.history.value("age"), to)})


def test_rows_held_out_and_looks_are_as_they_were_when_opened_again(projects, project):
    for one in (project, projects.open(project.id)):
        history = one.history
        assert history.held_out == (HOLD_OUT, 5, 1)
        assert history.state(5).what == "25 % of the rows held out, after 1 edit"
        assert [looked.look for looked in history.looks] == [look()]
        looked = history.looks[0]
        assert (looked.state, looked.settings, looked.event) == (5, SETTINGS, 6)
        assert history.events[5].who == "ann"
        assert history.events[5].content["table"] == history.table_hash


@pytest.mark.any_database
def test_before_any_edit_is_said(projects):
    project = projects.create("Heart", TASK)
    project.hold_out(HOLD_OUT)
    assert project.history.states[-1].what == "25 % of the rows held out, before any edit"


@pytest.mark.any_database
def test_every_change_of_the_scores_counts_as_an_edit(projects):
    project = projects.create("Heart", TASK)
    project.use(project.add_proposal("recorded", SCORES))
    move(project, 1)
    project.undo()
    project.restore(1)
    project.set({"gamma": 3.0})
    project.hold_out(HOLD_OUT)
    assert project.history.held_out.n_edits == 3


def test_rows_are_held_out_once(projects, project):
    for other in (HOLD_OUT, HoldOut(0.5)):
        with pytest.raises(StoreError, match="held out already, and stay so"):
            project.hold_out(other)
    assert projects.open(project.id).history.held_out.hold_out == HOLD_OUT


def test_of_two_tabs_one_holds_out(projects):
    project = projects.create("Heart", TASK)
    other = projects.open(project.id)
    project.hold_out(HOLD_OUT)
    with pytest.raises(StoreError, match="held out already"):
        other.hold_out(HoldOut(0.5))
    assert other.history.held_out.hold_out == HOLD_OUT


@pytest.mark.any_database
def test_too_few_rows_are_not_held_out(projects):
    project = projects.create("Heart", replace(TASK, table=TASK.table.iloc[:12]))
    with pytest.raises(DesignError, match="At least 5"):
        project.hold_out(HOLD_OUT)
    assert project.history.held_out is None


def test_holding_out_is_neither_undone_nor_in_the_way_of_undo(project):
    project.undo()
    assert project.history.value("age") == SCORES.score("age")
    assert project.history.held_out
    project.restore(1)
    assert project.history.held_out


def test_holding_out_in_another_tab_does_not_stop_an_undo(projects):
    project = projects.create("Heart", TASK)
    move(project, 1)
    projects.open(project.id).hold_out(HOLD_OUT)
    project.undo()
    assert project.history.held_out


def test_a_study_of_all_rows_is_not_kept_once_some_are_held_out(projects):
    project = projects.create("Heart", TASK)
    other, before = projects.open(project.id), project.history.states[-1].number
    other.studied("noise", {"any": 1}, before)
    project.hold_out(HOLD_OUT)
    with pytest.raises(StoreError, match="held out since the study began"):
        other.studied("noise", {"any": 2}, before)
    other.studied("noise", {"any": 3}, project.history.held_out.state)
    kept = [event.content for event in other.history.events if event.kind == "studied"]
    assert [content["result"] for content in kept] == [{"any": 1}, {"any": 3}]


def test_the_target_stays_once_rows_are_held_out_by_its_classes(project):
    columns = tuple(column for column in TASK.columns if column.name != "sex")
    other = replace(
        TASK,
        target="sex",
        positive_class="male",
        columns=(*columns, Column("heart_disease", "ignore")),
        class_labels={},
    )
    with pytest.raises(StoreError, match="Rows are held out by the classes of 'heart_disease'"):
        project.change_task(other)
    with pytest.raises(StoreError, match="would hold out other rows"):
        project.change_task(replace(TASK, target_cleaning=Cleaning(("9",))))
    project.change_task(replace(TASK, positive_class="no", columns=TASK.columns[:4]))
    assert project.history.held_out.hold_out == HOLD_OUT


# Looks


def test_without_rows_held_out_nobody_looks(projects):
    project = projects.create("Heart", TASK)
    with pytest.raises(StoreError, match="No rows of this project are held out"):
        project.looked(look(), SETTINGS)


@pytest.mark.any_database
def test_the_same_models_are_no_second_look(project):
    events = len(project.history.events)
    project.looked(look(2), SETTINGS)
    assert len(project.history.events) == events
    move(project, 4)
    assert project.history.look_at(project.history.states[-1].number, SETTINGS) is None
    move(project, -3)
    project.name(project.history.states[-1].number, "back again")
    number = project.history.states[-1].number
    assert project.history.look_at(number, SETTINGS) is project.history.looks[0]
    project.looked(look(2), SETTINGS)
    assert len(project.history.looks) == 1


CHANGES = {
    "scores": lambda project: move(project, 4),
    "class": lambda project: project.change_task(replace(TASK, positive_class="no")),
    "columns": lambda project: project.change_task(
        TASK.with_columns(replace(TASK.column("sex"), role="ignore"))
    ),
    "not used": lambda project: project.unuse(["sex = male"]),
    "missing": lambda project: project.change_task(replace(TASK, missing_as_feature=True)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.any_database
def test_other_models_are_another_look(projects, project, change):
    CHANGES[change](project)
    project.looked(look(2), SETTINGS)
    assert [one.look.number for one in projects.open(project.id).history.looks] == [1, 2]


@pytest.mark.any_database
def test_other_settings_are_another_look(project):
    project.looked(look(2), {**SETTINGS, "gamma": 3.0})
    assert len(project.history.looks) == 2


@pytest.mark.any_database
def test_other_words_are_none(project):
    project.change_task(replace(TASK, description="In other words."))
    project.looked(look(2), SETTINGS)
    assert len(project.history.looks) == 1


def test_of_two_who_look_at_once_the_second_is_told(projects, project):
    other = projects.open(project.id)
    move(project, 4)
    project.looked(look(2), SETTINGS)
    with pytest.raises(StoreError, match="would be look 3, not 2"):
        other.looked(look(2), SETTINGS | {"shots": 1})
    assert len(other.history.looks) == 2


def test_two_who_look_at_the_same_models_at_once_have_looked_once(projects, project):
    move(project, 4)
    other = projects.open(project.id)
    project.looked(look(2), SETTINGS)
    other.looked(look(2), SETTINGS)
    assert len(other.history.looks) == 2


# Verified, out and in


def tables(project):
    return {project.history.table_hash: project.table_bytes()}


def test_a_history_with_looks_holds_and_goes_out_and_in(projects, project):
    move(project, 4)
    project.looked(look(2), SETTINGS)
    assert first_fault(project.history.events, tables(project)) is None
    same = import_project(export_project(project), projects)
    assert same.history.looks == project.history.looks
    assert same.history.held_out == project.history.held_out


def test_a_look_that_was_changed_in_the_database_is_found(database, project):
    with database.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER events_are_not_changed"))
        else:
            connection.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
        better = text("UPDATE events SET content = replace(content, :found, :said)")
        connection.execute(better, {"found": '"laat":0.9,', "said": '"laat":0.99,'})
    opened = Projects(database, "ann").open(project.id)
    number, said = first_fault(opened.history.events, tables(project))
    assert (number, "not what was recorded" in said) == (6, True)


def forged(project, number, **parts):
    """The events with one of them changed and every hash made anew."""
    made = []
    for event in project.history.events:
        content = {**event.content, **parts} if event.number == number else event.content
        made.append(event_after(made[-1] if made else None, event.who, event.kind, content))
    return made


@pytest.mark.parametrize(
    ("number", "parts", "said"),
    [
        (6, {"scores": "0" * 64}, "not of the scores, table and prompt"),
        (6, {"prompt": "0" * 64}, "not of the scores, table and prompt"),
        (6, {"state": 3}, "not of the scores, table and prompt"),
        (6, {"result": look(3).to_dict()}, "would be look 1, not 3"),
        (6, {"result": {}}, "in a form"),
        (5, {"share": 2.0}, "share held out is 2.0"),
        (5, {"share": 1}, "in a form that is not known"),
        (5, {"seed": -1}, "seed is -1"),
    ],
)
@pytest.mark.any_database
def test_a_forged_look_or_hold_out_is_named(project, number, parts, said):
    found, why = first_fault(forged(project, number, **parts), tables(project))
    assert found == number
    assert said in why


@pytest.mark.any_database
def test_looks_that_are_left_out_are_missed(project):
    move(project, 4)
    project.looked(look(2), SETTINGS)
    made = []
    for event in project.history.events:
        if event.number != 6:
            made.append(event_after(made[-1] if made else None, "", event.kind, event.content))
    assert first_fault(made, tables(project))[0] == 7


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("held_out", {"share": 0.3, "seed": 1}, "held out already"),
        ("held_out", {"share": "0.3", "seed": 1}, "form that is not known"),
        ("looked", {}, "table that event 7 names is not there"),
    ],
)
@pytest.mark.any_database
def test_a_file_whose_hold_out_does_not_fit_is_refused(projects, project, kind, content, said):
    refused(projects, packed(chained(project, (kind, content))), said)


@pytest.mark.any_database
def test_a_file_whose_table_is_too_small_for_its_hold_out_is_refused(projects):
    project = projects.create("Heart", replace(TASK, table=TASK.table.iloc[:12]))
    files = chained(project, ("held_out", {"share": 0.2, "seed": 1}))
    refused(projects, packed(files), "does not fit itself: A share of 0.2")
