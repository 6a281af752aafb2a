import threading
from dataclasses import replace

import pandas as pd
import pytest

from laat_core import (
    ImportanceScores,
    Role,
    compare,
    load_dataset,
    load_proposal,
    make_task,
)
from laat_core.errors import StoreError
from laat_core.evaluate.experiment import Experiment
from ui.settings import Settings
from ui.state import SLIDERS, AppState


def ignore(state, column):
    return state.task.with_columns(replace(state.task.column(column), role=Role.IGNORE))


def twos(state):
    return ImportanceScores.from_mapping(dict.fromkeys(state.feature_names, 2.0))


def other_window(state):
    """Another browser tab on the same project."""
    return AppState.of_project(state.projects, state.kept.id)


@pytest.fixture
def toasts(monkeypatch):
    """What is told in a corner of the page."""
    told = []
    monkeypatch.setattr("streamlit.toast", lambda text, **_: told.append(text.replace("\\", "")))
    return told


# Scores


def test_starts_at_the_proposal(state):
    assert state.scores.as_dict() == state.proposal.scores.as_dict()
    assert state.problem == ""
    assert state.shows_recorded


def test_scores_of_an_ignored_column_come_back_with_it(state):
    task = state.task
    state.edit_scores({"chest_pain = asymptomatic": 7, "age": 1}, "move")
    state.change_task(ignore(state, "chest_pain"))
    assert "chest_pain = asymptomatic" not in state.feature_names
    assert state.scores.score("age") == 1
    state.change_task(task)
    assert state.scores.score("chest_pain = asymptomatic") == 7


def test_the_other_positive_class_turns_scores_and_what_a_reset_goes_back_to(state):
    before = state.scores.score("age")
    state.change_task(replace(state.task, positive_class="no"))
    assert state.scores.score("age") == -before
    state.edit_scores({"age": 3}, "move")
    state.reset_scores()
    assert state.scores.score("age") == -before


def test_a_change_that_leaves_no_usable_column_is_refused(state):
    *others, last = state.task.columns
    for column in others:
        state.change_task(ignore(state, column.name))
    task, given, epoch = state.task, state.given, state.epoch
    state.change_task(ignore(state, last.name))
    assert state.refusal.startswith("No column is left to learn from.")
    assert (state.task, state.problem) == (task, "")
    assert (state.given, state.epoch) == (given + 1, epoch + 1)  # fields show the old value


def test_a_project_without_usable_columns_is_a_problem_and_keeps_the_scores(state):
    task = state.task
    ignored = (replace(column, role=Role.IGNORE) for column in task.columns)
    state.kept.change_task(task.with_columns(*ignored))  # as before such changes were refused
    state.catch_up()
    assert "No column is left" in state.problem
    assert state.feature_names == []
    number, usable = state.project.last_usable()
    assert [c.role for c in usable.columns] == [c.role for c in task.columns]
    assert number < state.project.history.states[-1].number
    state.change_task(usable)
    assert (state.problem, state.refusal) == ("", "")
    assert state.scores.as_dict() == state.proposal.scores.as_dict()


def test_another_table_starts_at_zero(state):
    table = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": ["no", "no", "yes", "yes"]})
    state.open(make_task(table, "y", "yes"))
    assert state.scores.as_dict() == {"x": 0.0}
    assert state.proposal is None


def test_imported_scores_are_what_a_reset_goes_back_to(state):
    state.use(state.add_expert("twos.csv", twos(state)))
    state.edit_scores({"age": 9}, "move")
    state.reset_scores()
    assert state.scores.score("age") == 2.0
    assert state.origin == "twos.csv"
    assert not state.shows_recorded


def test_imported_scores_leave_those_of_an_ignored_column(state):
    state.edit_scores({"age": -9}, "move")
    column = state.task.column("age")
    state.change_task(state.task.with_columns(replace(column, role=Role.IGNORE)))
    state.use(state.add_expert("twos.csv", twos(state)))
    state.change_task(state.task.with_columns(column))
    assert state.scores.score("age") == -9
    assert state.original.score("age") == load_proposal("heart").scores.score("age")
    assert state.scores.score("cholesterol") == 2


def test_the_proposal_comes_back_for_the_class_that_is_positive_now(state):
    recorded = state.origin
    zeros = ImportanceScores.zeros(state.feature_names)
    state.use(state.add_expert("zeros.csv", zeros))
    state.change_task(replace(state.task, positive_class="no"))
    state.use(recorded)
    assert state.scores.as_dict() == load_proposal("heart").scores.flipped().as_dict()


def test_another_proposal_leaves_edits_alone_where_asked(state):
    state.edit_scores({"age": -9}, "move", "I know")
    name = state.add_expert("twos", twos(state))
    state.use(name, keep_edits=True)
    assert state.scores.score("age") == -9
    assert state.scores.reasons[0] == ("I know",)
    assert state.scores.score("cholesterol") == 2
    assert state.original.score("age") == 2
    state.use(name)
    assert state.scores.score("age") == 2


def test_experts_of_the_same_name_stay_apart(state):
    recorded, zeros = state.origin, ImportanceScores.zeros(state.feature_names)
    names = [state.add_expert("me", zeros) for _ in range(3)]
    assert names == ["me", "me (2)", "me (3)"]
    assert set(state.experts) == {recorded, *names}


def test_a_proposal_gets_no_name_that_a_table_of_proposals_has_for_something_else(state):
    assert state.add_expert(SLIDERS, twos(state)) == f"{SLIDERS} (2)"
    assert state.add_expert("Opposed", twos(state)) == "Opposed (2)"


def test_a_proposal_of_a_very_long_name_is_taken(state):
    names = [state.add_expert("n" * 1000, twos(state)) for _ in range(2)]
    assert names[0] != names[1]
    assert set(names) < set(state.experts)


def test_what_a_model_was_asked_is_kept_with_its_result(state, finished):
    asked = {"model": "m", "date": "2026-01-01", "system": "s", "prompt": "p"}
    state.use(state.add_expert("m", twos(state), asked))
    state.keep_result(finished(state))
    run = state.project.history.states[-1].result
    assert run["model"] == {"model": "m", "date": "2026-01-01"}
    assert run["prompt"] != ""


def test_locked_scores_stay_where_a_story_or_a_reset_would_move_them(state):
    state.edit_scores({"age": -9, "cholesterol": -9}, "move")
    state.project.lock(["age"])
    state.edit_scores({"age": 1}, "story", "because")
    state.reset_scores()
    assert state.scores.score("age") == -9
    assert state.edited == ["age"]


# Another table


def test_another_table_keeps_no_feature_of_the_last(state):
    state.open(load_dataset("wine"))
    assert set(state.project.history.scores.features) == set(state.feature_names)


def test_another_table_shows_nothing_of_the_last_ones_models(state, finished, monkeypatch):
    finished(state)
    monkeypatch.setattr("ui.training.PATIENCE", 0.0)
    state.open(load_dataset("wine"))
    outcome = state.outcome()
    assert outcome.found is None or outcome.found.experiment.task is state.task
    assert finished(state).found.experiment.task is state.task


def test_a_training_of_the_last_table_that_ends_late_leaves_nothing_behind(state, monkeypatch):
    entered, go, real = threading.Event(), threading.Event(), Experiment.__init__

    def slow(self, task, *others):
        if task.name == "heart":
            entered.set()
            assert go.wait(30)
        real(self, task, *others)

    monkeypatch.setattr(Experiment, "__init__", slow)
    late = threading.Thread(target=state.experiment)
    late.start()
    assert entered.wait(30)
    state.open(load_dataset("wine"))
    go.set()
    late.join(30)
    assert state.experiment().task is state.task


def test_settings_of_one_project_are_not_those_of_the_next(state):
    state.settings.shots = 3
    state.keep_settings()
    state.open(load_dataset("wine"))
    assert state.settings == Settings()


def test_what_is_moved_or_said_on_one_table_is_not_on_the_next(state):
    state.moving, state.notice = {"age": 1.0}, "Something"
    state.open(load_dataset("wine"))
    assert (state.moving, state.notice) == ({}, "")


# Models


def test_the_experiment_is_made_once_per_setting(state):
    first = state.experiment()
    state.edit_scores({"age": 9}, "move")
    assert state.experiment() is first
    state.settings.shots = 3
    assert state.experiment() is not first


def test_the_experiment_is_made_anew_for_another_task(state):
    first = state.experiment()
    state.change_task(ignore(state, "age"))
    assert "age" not in {feature.name for feature in state.experiment().encoder.features_}
    assert state.experiment() is not first


def test_a_state_is_trained_with_what_was_not_to_be_used_in_it(state, finished):
    state.kept.unuse(["age"])
    number = state.project.history.states[-1].number
    state.kept.unuse(["age"], unused=False)
    assert finished(state).found.comparison.recipe.not_used == ()
    state.train_state(number)
    recipe = state.project.history.state(number).result["result"]["recipe"]
    assert recipe["not_used"] == ["age"]
    state.change_task(ignore(state, "age"))
    state.kept.unuse(["cholesterol"])
    assert state.recipe.not_used == ("cholesterol",)


def test_the_models_are_those_that_the_core_trains(state, finished):
    state.edit_scores({"age": -9}, "move")
    expected = compare(load_dataset("heart"), load_proposal("heart").scores.edit({"age": -9}))
    comparison = finished(state).found.comparison
    assert comparison.laat.auc.tolist() == expected.laat.auc.tolist()
    assert comparison.baseline.auc.tolist() == expected.baseline.auc.tolist()


def test_sliders_in_motion_are_trained_with_but_not_recorded(state, finished):
    state.moving = {"age": -9.0}
    outcome = finished(state)
    expected = compare(load_dataset("heart"), load_proposal("heart").scores.edit({"age": -9}))
    assert outcome.found.comparison.laat.auc.tolist() == expected.laat.auc.tolist()
    state.keep_result(outcome)
    assert state.scores.as_dict() == load_proposal("heart").scores.as_dict()
    assert state.kept.history.states[-1].result is None


def test_trust_in_motion_is_trained_with_but_its_result_is_not_that_of_the_state(state, finished):
    state.settings.gamma = 0.0
    state.keep_result(finished(state))
    assert state.kept.history.states[-1].result is None
    state.settings.gamma = 100.0
    state.keep_result(finished(state))
    assert state.project.history.states[-1].result["result"]["gamma"] == 100


def test_an_impossible_design_is_a_problem_and_no_error(state, finished):
    state.settings.shots = 500
    outcome = finished(state)
    assert outcome.found is None
    assert "Choose 138 or fewer" in outcome.problem


def test_a_result_is_recorded_once_with_the_state_that_it_came_of(state, finished):
    state.edit_scores({"age": -9}, "move")
    for _ in range(2):
        state.keep_result(finished(state))
    runs = [event for event in state.project.history.events if event.kind == "ran"]
    assert [run.content["state"] for run in runs] == [state.project.history.states[-1].number]


def test_an_old_result_is_not_recorded(state, finished):
    outcome = replace(finished(state), old=True)
    state.edit_scores({"age": -9}, "move")
    state.keep_result(outcome)
    assert state.project.history.states[-1].result is None


# Kept


def test_who_only_looks_leaves_nothing_behind(state, finished):
    state.keep_result(finished(state))
    state.look()
    state.keep_settings()
    assert state.project.id == ""
    assert state.projects.listed() == []


def test_the_first_edit_keeps_all_and_the_result_before_it(state, finished):
    state.keep_result(finished(state))
    state.edit_scores({"age": -9}, "move")
    again = AppState.of_project(state.projects, state.project.id)
    assert again.scores.as_dict() == state.scores.as_dict()
    assert again.origin == state.origin
    results = [one.result for one in again.project.history.states]
    assert results[-1] is None
    assert results[-2]["result"]["models"]["laat"]["auc"]["mean"] > 0.5


@pytest.mark.parametrize("name", ["wine", "diabetes"])
def test_a_bundled_table_is_not_kept_before_something_is_done_to_it(state, name):
    state.open(load_dataset(name), load_proposal(name))
    assert state.project.id == ""
    assert state.projects.listed() == []


def test_an_own_table_is_kept_at_once(state):
    table = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": ["no", "no", "yes", "yes"]})
    state.open(make_task(table, "y", "yes"))
    again = AppState.of_project(state.projects, state.project.id)
    assert again.task.table.equals(table)


def test_settings_are_kept(state):
    state.settings.shots = 3
    state.keep_settings()
    assert AppState.of_project(state.projects, state.project.id).settings.shots == 3


def test_a_project_is_entered_with_all_that_was_done(state):
    state.edit_scores({"age": -9}, "move", "I know")
    number = state.project.id
    state.open(load_dataset("wine"))
    state.enter(number)
    assert state.task.name == "heart"
    assert state.scores.score("age") == -9
    assert state.scores.reasons[0] == ("I know",)


def test_a_project_of_somebody_else_is_not_opened(state, projects):
    number = state.kept.id
    other = type(projects)(projects.database, "somebody else")
    with pytest.raises(StoreError, match="no such project"):
        AppState.of_project(other, number)


def test_a_failed_entry_leaves_what_is_open(state):
    with pytest.raises(StoreError):
        state.enter("nowhere")
    assert state.task.name == "heart"


def test_an_earlier_state_is_restored_and_that_can_be_undone(state):
    first = state.kept.history.states[-1].number
    state.edit_scores({"age": -9}, "move")
    assert state.restore(first)
    assert state.scores.as_dict() == state.proposal.scores.as_dict()
    state.project.undo()
    assert state.scores.score("age") == -9


# Two windows


def test_the_other_window_sees_edits_roles_and_settings_once_it_looks(state):
    other = other_window(state)
    state.edit_scores({"age": -9}, "move")
    state.change_task(ignore(state, "sex"))
    state.settings.shots = 3
    state.keep_settings()
    other.look()
    assert other.scores.as_dict() == state.scores.as_dict()
    assert other.feature_names == state.feature_names
    assert other.settings == state.settings


def test_what_came_in_with_an_edit_is_seen_too(state):
    other = other_window(state)
    state.change_task(ignore(state, "sex"))
    state.settings.shots = 3
    state.keep_settings()
    other.edit_scores({"age": -9}, "move")
    other.look()
    assert other.feature_names == state.feature_names
    assert other.settings.shots == 3


def test_settings_of_the_other_window_are_not_set_back(state):
    other = other_window(state)
    state.settings.shots = 3
    state.keep_settings()
    other.edit_scores({"age": -9}, "move")
    other.keep_settings()
    other.settings.n_splits = 4
    other.keep_settings()
    for window in (state, other):
        window.look()
        assert (window.settings.shots, window.settings.n_splits) == (3, 4)


def test_looking_leaves_what_is_being_chosen_here(state):
    _ = state.kept
    state.settings.gamma = 0.0  # trust is being dragged
    state.look()
    assert state.settings.gamma == 0.0


def test_a_slider_in_motion_of_a_column_that_another_window_ignores_is_let_go(state, finished):
    other = other_window(state)
    state.moving = {"age": -9.0}
    other.change_task(ignore(other, "age"))
    state.look()
    assert state.moving == {}
    assert "age" not in finished(state).found.comparison.features


def test_what_another_window_has_overtaken_is_not_restored_and_told(state, toasts):
    first = state.kept.history.states[-1].number
    other = other_window(state)
    other.edit_scores({"age": -9}, "move")
    assert not state.restore(first)
    assert state.scores.score("age") == -9
    assert "changed meanwhile" in toasts[0]


def test_roles_that_another_window_has_overtaken_are_not_taken_and_told(state, toasts):
    other = other_window(state)
    other.change_task(ignore(other, "sex"))
    state.change_task(ignore(state, "age"))
    assert "changed meanwhile" in toasts[0]
    assert state.feature_names == other.feature_names
    assert "age" in state.feature_names


def test_a_project_that_another_window_has_deleted_is_told(state, toasts):
    state.projects.delete(state.kept.id)
    assert not state.edit_scores({"age": -9}, "move")
    state.settings.shots = 3
    state.keep_settings()
    state.change_task(ignore(state, "sex"))
    state.remove_expert(state.origin)
    assert len(toasts) == 4
    assert all("no such project" in told for told in toasts)
