from dataclasses import replace

import pandas as pd
import pytest

from laat_core import ImportanceScores, Role, load_dataset, load_proposal, make_task
from ui.state import RECORDED, AppState


@pytest.fixture
def state():
    return AppState.bundled("heart")


def ignore(state, column):
    return state.task.with_columns(replace(state.task.column(column), role=Role.IGNORE))


def test_starts_at_the_proposal(state):
    assert state.scores.as_dict() == state.proposal.scores.as_dict()
    assert state.problem == ""


def test_a_message_edits_scores_and_is_acknowledged(state):
    epoch = state.epoch
    state.take({"epoch": epoch, "number": 3, "scores": {"age": -2.5}})
    assert state.scores.score("age") == -2.5
    assert state.scores.sources[0] == "expert"
    assert (state.received, state.epoch) == (3, epoch)


def test_a_message_from_before_a_reset_is_ignored(state):
    late = {"epoch": state.epoch, "number": 9, "scores": {"age": -2.5}}
    state.reset_scores()
    state.take(late)
    assert state.scores.as_dict() == state.original.as_dict()


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"epoch": 1},
        {"epoch": None, "number": "x", "scores": []},
        {"number": 1, "scores": {"age": 99}},
        {"number": 1, "scores": {"unknown": 1}},
        {"number": 1, "scores": {"age": "much"}},
        {"number": 1, "scores": {"age": float("nan")}},
    ],
)
def test_a_message_that_no_panel_sends_changes_nothing(state, message):
    before = state.scores.as_dict()
    state.take({"epoch": state.epoch, **message})
    assert state.scores.as_dict() == before


def test_scores_of_an_ignored_column_come_back_with_it(state):
    task = state.task
    state.edit_scores({"chest_pain = asymptomatic": 7, "age": 1})
    state.change_task(ignore(state, "chest_pain"))
    assert "chest_pain = asymptomatic" not in state.feature_names
    assert state.scores.score("age") == 1
    state.change_task(task)
    assert state.scores.score("chest_pain = asymptomatic") == 7


def test_the_other_positive_class_turns_scores_and_what_a_reset_goes_back_to(state):
    before = state.scores.score("age")
    state.change_task(replace(state.task, positive_class="no"))
    assert state.scores.score("age") == -before
    state.edit_scores({"age": 3})
    state.reset_scores()
    assert state.scores.score("age") == -before


def test_a_table_without_usable_columns_is_a_problem_and_keeps_the_scores(state):
    task = state.task
    for column in task.columns:
        state.change_task(ignore(state, column.name))
    assert "No column is left" in state.problem
    state.change_task(task)
    assert state.problem == ""
    assert state.scores.as_dict() == state.proposal.scores.as_dict()


def test_another_table_starts_at_zero(state):
    table = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": ["no", "no", "yes", "yes"]})
    state.open(make_task(table, "y", "yes"))
    assert state.scores.as_dict() == {"x": 0.0}
    assert state.proposal is None


def test_imported_scores_are_what_a_reset_goes_back_to(state):
    twos = ImportanceScores.from_mapping(dict.fromkeys(state.feature_names, 2.0))
    state.use(state.add_expert("twos.csv", twos))
    state.edit_scores({"age": 9})
    state.reset_scores()
    assert state.scores.score("age") == 2.0
    assert state.origin == "twos.csv"


def test_imported_scores_leave_those_of_an_ignored_column(state):
    state.edit_scores({"age": -9})
    column = state.task.column("age")
    state.change_task(state.task.with_columns(replace(column, role=Role.IGNORE)))
    twos = ImportanceScores.from_mapping(dict.fromkeys(state.feature_names, 2.0))
    state.use(state.add_expert("twos.csv", twos))
    state.change_task(state.task.with_columns(column))
    assert state.scores.score("age") == -9
    assert state.original.score("age") == load_proposal("heart").scores.score("age")
    assert state.scores.score("cholesterol") == 2


def test_the_proposal_comes_back_for_the_class_that_is_positive_now(state):
    zeros = ImportanceScores.zeros(state.feature_names)
    state.use(state.add_expert("zeros.csv", zeros))
    state.change_task(replace(state.task, positive_class="no"))
    state.use(RECORDED)
    assert state.scores.as_dict() == load_proposal("heart").scores.flipped().as_dict()


def test_another_proposal_leaves_edits_alone_where_asked(state):
    state.edit_scores({"age": -9}, reason="I know")
    twos = ImportanceScores.from_mapping(dict.fromkeys(state.feature_names, 2.0), "twos")
    name = state.add_expert("twos", twos)
    state.use(name, keep_edits=True)
    assert state.scores.score("age") == -9
    assert state.scores.reasons[0] == ("I know",)
    assert state.scores.score("cholesterol") == 2
    assert state.original.score("age") == 2
    state.use(name)
    assert state.scores.score("age") == 2


def test_experts_of_the_same_name_stay_apart(state):
    zeros = ImportanceScores.zeros(state.feature_names)
    names = [state.add_expert("me", zeros) for _ in range(3)]
    assert names == ["me", "me (2)", "me (3)"]
    assert set(state.experts) == {RECORDED, *names}


def test_another_table_keeps_no_feature_of_the_last(state):
    state.open(load_dataset("wine"))
    assert set(state._scores.features) == set(state.feature_names)


def test_the_experiment_is_made_once_per_setting(state):
    first = state.experiment()
    state.edit_scores({"age": 9})
    assert state.experiment() is first
    state.settings.shots = 3
    assert state.experiment() is not first
