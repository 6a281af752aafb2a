from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import ImportanceScores, load_dataset
from laat_core.errors import StoreError
from laat_core.scores.llm.recall import VERDICTS, Recall
from laat_core.store.archive import export_project, import_project
from laat_core.store.audit import first_fault
from laat_core.store.projects import Projects
from laat_core.store.recalls import recall_document, recall_from_document

ASKED = {"model": "m", "base_url": "http://here/v1", "prompt": "p"}
FOUND = Recall(
    model="m",
    base_url="http://here/v1",
    date="2026-11-25",
    columns=("age",),
    rows=(3, 14, 15),
    answered=2,
    hits=1,
    chance=0.05,
    p_value=0.14,
    verdict="no sign",
    system="s",
    prompt='1. {"age": "?"}',
    answer='{"1": ["63"]}',
)
FAILED = replace(FOUND, answered=0, hits=0, verdict="cannot tell", answer="", problem="Silent.")


@pytest.fixture
def project(database):
    project = Projects(database).create("Heart", load_dataset("heart"))
    scores = ImportanceScores.from_mapping({"age": 3.0})
    project.add_proposal("asked", scores, ASKED)
    project.add_proposal("recorded", scores, {"model": "m"})
    project.add_proposal("file", scores)
    return project


@pytest.mark.any_database
def test_a_verdict_is_of_the_proposals_of_its_model_and_address(project):
    history = project.history
    assert history.recall_of("asked") is None
    project.quizzed(FOUND)
    assert history.recall_of("asked") == FOUND
    for name in ("recorded", "file", "none such"):
        assert history.recall_of(name) is None
    later = project.add_proposal("asked", ImportanceScores.from_mapping({"age": 1.0}), ASKED)
    assert history.recall_of(later) == FOUND


@pytest.mark.any_database
def test_the_last_verdict_counts_but_a_failure_takes_none_away(project):
    project.quizzed(FAILED)
    assert project.history.recall_of("asked") == FAILED
    project.quizzed(FOUND)
    project.quizzed(FAILED)
    assert project.history.recall_of("asked") == FOUND
    by_heart = replace(FOUND, answered=3, hits=3, verdict="by heart")
    project.quizzed(by_heart)
    assert project.history.recall_of("asked") == by_heart


def test_it_is_kept_exported_and_verified(project, database):
    project.quizzed(FOUND)
    states = project.history.states
    projects = Projects(database)
    imported = import_project(export_project(project), projects)
    for other in (projects.open(project.id), imported):
        assert other.history.recall_of("asked") == FOUND
        assert other.history.states == states
        tables = {other.history.table_hash: other.table_bytes()}
        assert first_fault(other.history.events, tables) is None


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "maybe"},
        {"verdict": []},
        {"hits": 3},
        {"answered": 4},
        {"hits": -1},
        {"hits": True},
        {"hits": 0.5},
        {"chance": 1.5},
        {"p_value": "0.1"},
        {"rows": [0.5, 1, 2]},
        {"rows": {"1": 2}},
        {"rows": [0] * 10_001},
        {"columns": "age"},
        {"prompt": None},
        {"extra": 1},
    ],
)
def test_what_is_none_is_refused(change):
    with pytest.raises(StoreError, match="memory"):
        recall_from_document({**recall_document(FOUND), **change})


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.lists(st.integers(0, 10**6), max_size=5), st.data(), st.floats(0, 1), st.floats(0, 1), TEXT
)
def test_there_and_back(rows, data, chance, p_value, text):
    answered = data.draw(st.integers(0, len(rows)))
    recall = replace(
        FOUND,
        columns=(text,),
        rows=tuple(rows),
        answered=answered,
        hits=data.draw(st.integers(0, answered)),
        chance=chance,
        p_value=p_value,
        verdict=data.draw(st.sampled_from(VERDICTS)),
        answer=text,
    )
    assert recall_from_document(recall_document(recall)) == recall


def test_text_that_cannot_be_sent_is_kept_with_question_marks():
    document = recall_document(replace(FOUND, answer="a\ud800b"))
    assert recall_from_document(document).answer == "a?b"
