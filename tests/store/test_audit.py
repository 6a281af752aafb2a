from dataclasses import replace

import pytest

from laat_core import load_dataset, load_proposal
from laat_core.store.audit import first_fault
from laat_core.store.events import event_after
from laat_core.store.projects import Projects

RECORDED = load_proposal("heart").scores


@pytest.fixture
def project(database):
    project = Projects(database).create("Heart", load_dataset("heart"))
    project.start_with(project.add_proposal("recorded", RECORDED, {"system": "s", "prompt": "p"}))
    project.edit({"age": (RECORDED.score("age"), -3)})
    project.ran({"auc": 0.9})
    project.change_task(replace(project.task, positive_class="no"))
    project.ran({"auc": 0.8})
    return project


def tables(project):
    return {project.history.table_hash: project.table_bytes()}


def chained(events):
    """Hash events anew, as somebody could who may write the whole database."""
    made = []
    for event in events:
        made.append(event_after(made[-1] if made else None, event.who, event.kind, event.content))
    return made


def test_a_history_that_was_recorded_holds(project):
    assert first_fault(project.history.events, tables(project)) is None


@pytest.mark.parametrize("part", ["scores", "prompt"])
@pytest.mark.any_database
def test_a_result_of_other_scores_or_another_prompt_is_named(project, part):
    events = list(project.history.events)
    events[4] = replace(events[4], content={**events[4].content, part: "0" * 64})
    number, said = first_fault(chained(events), tables(project))
    assert number == 5
    assert "result of event 5 is not of the scores" in said


@pytest.mark.any_database
def test_an_event_that_fits_nothing_before_it_is_named(project):
    events = list(project.history.events)
    events[3] = replace(events[3], content={**events[3].content, "changes": {"age": [9, 1]}})
    number, said = first_fault(chained(events), tables(project))
    assert number == 4
    assert "does not fit those before it" in said


@pytest.mark.any_database
def test_a_broken_link_is_named_first(project):
    events = list(project.history.events)
    events[2] = replace(events[2], who="somebody else")
    number, said = first_fault(events, tables(project))
    assert number == 3
    assert "not what was recorded" in said


@pytest.mark.any_database
def test_a_study_of_other_scores_is_named(project):
    project.studied("noise", {"any": 1}, project.history.states[0].number)
    events = list(project.history.events)
    assert first_fault(events, tables(project)) is None
    events[-1] = replace(events[-1], content={**events[-1].content, "scores": "0" * 64})
    number, said = first_fault(chained(events), tables(project))
    assert number == len(events)
    assert f"study of event {number} is not of the scores" in said
