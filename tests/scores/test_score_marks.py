import pytest

from laat_core import ImportanceScores
from laat_core.scores.exchange import (
    scores_from_csv,
    scores_from_json,
    scores_to_csv,
    scores_to_json,
)
from laat_core.scores.score_marks import ScoreMarks, as_mark

SCORES = ImportanceScores.from_mapping({"age": 7, "sex": 1, "bmi": 3}, "me")
MARKS = ScoreMarks.of(SCORES.features, not_used=["sex"], unsure=["bmi"], locked=["age", "sex"])


@pytest.mark.parametrize(
    ("write", "read"), [(scores_to_csv, scores_from_csv), (scores_to_json, scores_from_json)]
)
def test_marks_come_back_from_a_file(write, read):
    file = read(write(SCORES, marks=MARKS), SCORES.features)
    assert file.marks == MARKS
    assert file.marks.names("locked") == ["age", "sex"]
    assert file.marks.names("unsure", marked=False) == ["age", "sex"]
    assert read(write(SCORES), SCORES.features).marks == ScoreMarks()


def test_a_file_speaks_only_of_the_marks_that_it_fills_in():
    text = "feature,score,Not used,UNSURE\nage,7,,\nsex,,Yes,no\nbmi,3,0,X\n"
    file = scores_from_csv(text, SCORES.features)
    assert file.marks == ScoreMarks({"sex": True, "bmi": False}, {"sex": False, "bmi": True}, {})
    assert file.unscored == ("sex",)


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        *[(yes, True) for yes in (True, 1, "yes", " YES ", "true", "1", "x", "y")],
        *[(no, False) for no in (False, 0, "no", "No", "false", "0", "n")],
        *[(nothing, None) for nothing in (None, "", "  ")],
    ],
)
def test_marks_are_said_with_yes_or_no(value, mark):
    assert as_mark({"locked": value}, "locked") is mark
    assert as_mark({}, "locked") is None


@pytest.mark.parametrize("value", ["maybe", 2, 0.5, [], "ja"])
def test_a_mark_that_is_neither_is_refused(value):
    with pytest.raises(ValueError, match=r"the mark 'not used' is .*; write yes or no"):
        as_mark({"not_used": value}, "not_used")
