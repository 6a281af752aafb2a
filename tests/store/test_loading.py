import pytest

from laat_core import ImportanceScores, load_dataset
from laat_core.scores.score_file import ScoreFile
from laat_core.scores.score_marks import ScoreMarks
from laat_core.store.database import Database
from laat_core.store.loading import load_scores
from laat_core.store.projects import Projects


@pytest.fixture
def project(tmp_path):
    with Database(f"sqlite:///{tmp_path / 'projects.db'}") as database:
        project = Projects(database).draft("Heart", load_dataset("heart"))
        project.edit({"age": (0, 4), "cholesterol": (0, 2)})
        yield project


def file(scores, marks=None, notes=()):
    return ScoreFile(ImportanceScores.from_mapping(scores, "f"), marks or ScoreMarks(), (), notes)


def test_features_that_a_file_does_not_score_keep_their_scores(project):
    before = project.history.scores.as_dict()
    assert load_scores(project, "f.csv", file({"age": 9}, notes=("As read.",))) == ["As read."]
    assert project.history.scores.as_dict() == {**before, "age": 9.0}
    assert project.history.value("cholesterol") == 2
    assert project.history.origin == "f.csv"
    project.undo()
    assert project.history.scores.as_dict() == before


def test_marks_are_set_and_taken_off_and_recorded(project):
    project.doubt(["age", "sex = male"])
    project.unuse(["cholesterol"])
    marks = ScoreMarks(
        not_used={"cholesterol": False, "sex = male": True},
        unsure={"age": False, "cholesterol": True},
        locked={"resting_systolic_bp": True},
    )
    assert load_scores(project, "f", file({"age": 9, "sex = male": 1}, marks)) == []
    history = project.history
    assert history.locked == {"resting_systolic_bp"}
    assert history.doubted == {"cholesterol"}
    assert history.unused == {"sex = male"}
    kinds = [event.kind for event in history.events]
    assert kinds[-6:] == ["used", "unused", "unused", "locked", "doubted", "doubted"]
    project.undo()  # of the scores; a mark is taken off as it was put on
    assert project.history.value("age") == 4
    assert project.history.unused == {"sex = male"}


def test_what_is_locked_keeps_its_score_and_its_lock(project):
    project.lock(["age"])
    marks = ScoreMarks(not_used={"age": True}, unsure={}, locked={"age": False})
    notes = load_scores(project, "f", file({"age": 9, "cholesterol": 5}, marks))
    assert notes == ["Locked here, so their scores stay: 'age'."]
    assert (project.history.value("age"), project.history.value("cholesterol")) == (4, 5)
    assert project.history.locked == {"age"}
    assert project.history.unused == {"age"}


def test_what_is_decided_here_is_not_made_unsure_without_a_word(project):
    project.lock(["age"])
    project.unuse(["cholesterol"])
    marks = ScoreMarks(unsure={"age": True, "cholesterol": True, "sex = male": True})
    notes = load_scores(project, "f", file({"sex = male": 1}, marks))
    assert notes == ["Not used or locked here, so not marked as unsure: 'age', 'cholesterol'."]
    assert project.history.doubted == {"sex = male"}


def test_the_same_marks_again_are_no_event(project):
    marks = ScoreMarks(locked={"age": True}, unsure={"cholesterol": True})
    load_scores(project, "f", file({"age": 9}, marks))
    n_events = len(project.history.events)
    load_scores(project, "f", file({"age": 9}, marks))
    assert [event.kind for event in project.history.events[n_events:]] == ["proposal", "used"]
    assert set(project.history.experts) == {"f", "f (2)"}
