"""The history page: every state, back to any, two compared."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from laat_core.store.archive import export_project, import_project
from tests.instrument import aucs, edit, rows, send, settled
from ui.state import AppState


@pytest.fixture
def edited(app: AppTest) -> AppTest:
    """The workbench after an edit, with the results of it and of what was before."""
    app.run()
    settled(app)
    edit(app, {"age": -9})
    send(app, {"kind": "note", "feature": "age", "text": "I know"})
    return app


def history(app: AppTest) -> AppTest:
    app.switch_page("pages/history.py").run()
    assert not app.exception
    return app


def workbench(app: AppTest) -> dict:
    app.switch_page("pages/workbench.py").run()
    assert not app.exception
    return settled(app)


def states(app: AppTest):
    """The list of states as it is shown."""
    return app.dataframe[0].value


def compared(app: AppTest):
    return app.dataframe[1].value


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def choose(app: AppTest, label: str, number: int) -> AppTest:
    next(box for box in app.selectbox if box.label == label).set_value(number).run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.error, *app.toast]
    return " ".join(part.value for part in parts).replace("\\", "")


def project(app: AppTest):
    return app.session_state["laat"].project


def numbers(app: AppTest) -> list[int]:
    return [one.number for one in project(app).history.states]


def test_before_the_first_edit_there_is_nothing_and_that_is_said(app):
    history(app.run())
    assert "Nothing has been recorded yet" in told(app)
    assert not app.dataframe


def test_every_state_is_listed_with_what_why_and_aucs_the_newest_first(edited):
    shown = aucs(settled(edited))
    table = states(history(edited))
    assert list(table["State"]) == sorted(numbers(edited), reverse=True)
    first = table.iloc[0]
    assert (first["What"], first["Why"], first["Who"]) == ("age: +5.2 → −9", "I know", "")
    assert [f"{first[name]:.1f}" for name in ("LAAT", "Baseline", "Scores alone")] == [
        shown["laat"],
        shown["baseline"],
        shown["scores_alone"],
    ]


def test_states_that_were_passed_through_are_trained_on_request(edited):
    state = edited.session_state["laat"]
    state.edit_scores({"age": 1}, "move")
    state.edit_scores({"age": 2}, "move")
    history(edited)
    assert states(edited)["LAAT"].isna().sum() >= 2
    press(edited, "Train them now")
    assert not states(edited)["LAAT"].isna().any()
    assert "Train them now" not in [button.label for button in edited.button]


def test_training_what_was_passed_through_is_not_stopped_by_what_is_impossible(edited):
    state = edited.session_state["laat"]
    state.settings.shots = 500
    state.keep_settings()
    state.settings.shots = 5
    state.keep_settings()
    history(edited)
    press(edited, "Train them now")
    assert "Choose 138 or fewer" in told(edited)
    assert states(edited)["LAAT"].isna().sum() == 1


def test_a_state_is_restored_and_that_is_a_state_too(edited):
    before = numbers(edited)
    history(edited)
    choose(edited, "State", before[-2])
    press(edited, "Restore these scores")
    assert f"The scores of state {before[-2]} are on the sliders" in told(edited)
    assert len(numbers(edited)) == len(before) + 1
    data = workbench(edited)
    assert next(row for row in rows(data) if row["name"] == "age")["score"] == 5.2
    assert data["undo"].startswith("Back to")


def test_a_restore_that_another_window_has_overtaken_claims_nothing(edited):
    history(edited)
    choose(edited, "State", numbers(edited)[-2])
    state = edited.session_state["laat"]
    real = state.project.restore

    def overtaken(number):
        AppState.of_project(state.projects, state.project.id).edit_scores({"age": 3}, "move")
        real(number)

    state.project.restore = overtaken
    press(edited, "Restore these scores")
    assert "changed meanwhile" in told(edited)
    assert "are on the sliders" not in told(edited)
    assert state.scores.score("age") == 3


def test_a_state_gets_a_name_and_loses_it(edited):
    number = numbers(edited)[-1]
    history(edited)
    field = next(one for one in edited.text_input if one.label == "Name")
    field.set_value("The <b>good</b> one").run()
    press(edited, "Keep the name")
    assert project(edited).history.state(number).name == "The <b>good</b> one"
    assert states(edited).iloc[0]["Name"] == "The <b>good</b> one"
    next(one for one in edited.text_input if one.label == "Name").set_value("").run()
    press(edited, "Keep the name")
    assert project(edited).history.state(number).name == ""


def test_two_states_are_compared_by_scores_attributions_and_paired_auc(edited):
    before, after = project(edited).history.states[-2:]
    history(edited)
    paired = [
        100 * (b - a)
        for a, b in zip(
            before.result["result"]["models"]["laat"]["auc"]["per_split"],
            after.result["result"]["models"]["laat"]["auc"]["per_split"],
            strict=True,
        )
    ]
    mean = f"{sum(paired) / 20:+.2f}".replace("-", "−")
    assert f"paired difference {mean}" in told(edited)
    assert f"the second is ahead in {sum(p > 0 for p in paired)}" in told(edited)
    table = compared(edited)
    assert list(table["Feature"]) == ["Age"]
    assert list(table["Score, first"]) == [5.2]
    assert list(table["Score, second"]) == [-9]
    for which, one in (("first", before), ("second", after)):
        attributions = one.result["result"]["models"]["laat"]["attributions"]
        assert list(table[f"Attribution, {which}"]) == [attributions["age"]]


def test_all_features_are_compared_where_that_is_asked_for(edited):
    history(edited)
    next(box for box in edited.checkbox if "differs" in box.label).uncheck().run()
    assert len(compared(edited)) == len(edited.session_state["laat"].features)


def test_a_state_is_compared_with_itself(edited):
    history(edited)
    choose(edited, "Compare", numbers(edited)[-1])
    assert "paired difference +0.00" in told(edited)


def test_states_of_other_splits_are_not_compared_pair_by_pair(edited):
    next(one for one in edited.number_input if one.label.startswith("Splits")).set_value(3).run()
    settled(edited)
    history(edited)
    assert "on different splits" in told(edited)


def test_a_state_without_a_result_says_so(edited):
    edited.session_state["laat"].edit_scores({"age": 1}, "move")
    history(edited)
    assert "One of them has no result" in told(edited)


def test_what_was_found_for_the_other_class_is_turned_to_that_of_today(edited):
    before = project(edited).history.states[-1]
    attribution = before.result["result"]["models"]["laat"]["attributions"]["age"]
    state = edited.session_state["laat"]
    state.change_task(replace(state.task, positive_class="no"))
    edited.run()
    settled(edited)
    history(edited)
    choose(edited, "Compare", before.number)
    next(box for box in edited.checkbox if "differs" in box.label).uncheck().run()
    table = compared(edited)
    age = table[table["Feature"] == "Age"].iloc[0]
    assert (age["Score, first"], age["Attribution, first"]) == (9, -attribution)
    assert "on different splits" in told(edited)


def test_another_window_is_seen(edited):
    state = edited.session_state["laat"]
    AppState.of_project(state.projects, state.project.id).edit_scores({"age": 3}, "move", "theirs")
    assert states(history(edited)).iloc[0]["Why"] == "theirs"


@pytest.fixture
def unusable(edited: AppTest) -> AppTest:
    """A project from before such columns were refused."""
    state = edited.session_state["laat"]
    ignored = (replace(column, role="ignore") for column in state.task.columns)
    state.project.change_task(state.task.with_columns(*ignored))
    state.catch_up()
    return edited


def test_a_project_whose_columns_cannot_be_used_has_its_history_all_the_same(unusable):
    history(unusable)
    assert "No column is left" in unusable.error[0].value
    assert len(states(unusable)) == len(numbers(unusable))
    assert [one.label for one in unusable.get("download_button")] == ["Export the project"]
    number = numbers(unusable)[0]
    choose(unusable, "State", number)
    press(unusable, "Restore these scores")
    assert project(unusable).history.states[-1].what == f"Back to state {number}"
    choose(unusable, "Compare", numbers(unusable)[-2])
    assert "age" in set(compared(unusable)["Feature"])
    again = export_project(project(unusable))
    assert again
    copy = import_project(again, unusable.session_state["laat"].projects)
    assert [one.what for one in copy.history.states] == [
        one.what for one in project(unusable).history.states
    ]


@pytest.mark.parametrize("page", ["history", "workbench", "data", "evidence", "bias", "proposals"])
def test_the_last_columns_that_could_be_used_come_back_with_one_click(unusable, page):
    state = unusable.session_state["laat"]
    number = numbers(unusable)[-2]
    unusable.switch_page(f"pages/{page}.py").run()
    assert not unusable.exception
    press(unusable, f"Take the columns of state {number} again")
    assert (state.problem, len(state.features)) == ("", 22)
    assert state.scores.score("age") == -9


def test_undo_works_while_the_columns_cannot_be_used(unusable):
    project(unusable).undo()
    unusable.session_state["laat"].catch_up()
    history(unusable)
    assert states(unusable).iloc[0]["What"].startswith("Undone")


def test_another_projects_states_do_not_stay(edited):
    history(edited)
    choose(edited, "Compare", numbers(edited)[0])
    state = edited.session_state["laat"]
    other = AppState.bundled(state.projects, "wine")
    other.edit_scores({"alcohol": 1}, "move")
    state.enter(other.project.id)
    history(edited)
    assert list(states(edited)["State"]) == sorted(numbers(edited), reverse=True)
    assert set(compared(edited)["Feature"]) <= {"Alcohol"}


def test_a_project_is_exported(edited):
    history(edited)
    assert [one.label for one in edited.get("download_button")] == ["Export the project"]
    with zipfile.ZipFile(io.BytesIO(export_project(project(edited)))) as file:
        assert json.loads(file.read("project.json"))["title"] == project(edited).title


RUNS = [
    {},
    {"models": 5},
    {"models": {"laat": []}},
    {"models": {"laat": {"auc": 1, "attributions": 2}}},
    {"models": {"laat": {"auc": {"mean": "high"}}}},
    {"models": {"laat": {"auc": {"mean": 0.5}}}},
    {"models": {"laat": {"auc": {"mean": 0.5, "per_split": "many"}}}},
    {"models": {"laat": {"auc": {"mean": 0.5, "per_split": [0.5, None]}}}},
    {"models": {"laat": {"auc": {"mean": 1e300, "per_split": [1e300]}}}},
    {"models": {"laat": {"auc": {"mean": 0.5, "per_split": [0.5]}, "attributions": {"age": []}}}},
]


@pytest.mark.parametrize("run", RUNS)
def test_a_result_in_any_form_that_came_with_a_project_breaks_nothing(edited, run):
    last, before = numbers(edited)[-1], numbers(edited)[-2]
    project(edited).ran(run, last)
    history(edited)
    project(edited).ran(run, before)
    history(edited)
    assert len(states(edited)) == len(numbers(edited))
