"""The workbench page: what it says in every state. What it looks like is tested in a browser."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from laat_core import (
    PROTOCOLS,
    Design,
    ImportanceScores,
    Recipe,
    Role,
    compare,
    dataset_names,
    load_dataset,
    load_proposal,
)
from laat_core.errors import DesignError
from laat_core.scores.exchange import scores_to_json
from laat_core.store.marks import Marks
from tests.instrument import aucs, edit, rows, said, send, settled, shown


def shown_aucs(app: AppTest) -> dict[str, str]:
    return aucs(settled(app))


def sentence(app: AppTest) -> str:
    return said(settled(app)["result"]["sentence"])


def field(elements, label: str):
    return next(element for element in elements if element.label.startswith(label))


def expected_aucs(*arguments, **options) -> dict[str, str]:
    comparison = compare(*arguments, **options)
    return {name: f"{100 * model.auc_mean:.1f}" for name, model in comparison.models.items()}


def test_starts_with_heart_its_proposal_and_the_comparison(app):
    app.run()
    assert not app.exception
    assert shown_aucs(app) == expected_aucs(load_dataset("heart"), load_proposal("heart").scores)
    assert "above one with" in sentence(app)
    curves = shown(app)["result"]["roc"]["curves"]
    assert [curve["key"] for curve in curves] == ["scores_alone", "baseline", "laat"]
    assert all(row["laat"] and row["baseline"] for row in rows(shown(app)))


@pytest.mark.parametrize("name", [n for n in dataset_names() if n != "adult"])
def test_every_bundled_table_opens_by_its_address(app, name):
    app.query_params["table"] = name
    app.run()
    assert not app.exception
    assert app.session_state["laat"].task.name == name


def test_an_unknown_table_in_the_address_is_no_table(app):
    app.query_params["table"] = "../../etc/passwd"
    app.run()
    assert not app.exception
    assert [one.value for one in app.title] == ["LAAT Workbench"]


def test_a_table_without_proposal_says_that_all_scores_are_zero(app):
    app.query_params["table"] = "wine"
    app.run()
    assert "All scores are 0" in sentence(app)
    assert shown_aucs(app)["laat"] == shown_aucs(app)["baseline"]


def test_an_edit_on_the_instrument_changes_scores_and_numbers(app):
    app.run()
    edit(app, {"age": -10})
    edited = load_proposal("heart").scores.edit({"age": -10})
    assert shown_aucs(app) == expected_aucs(load_dataset("heart"), edited)


def test_a_move_changes_the_numbers_before_it_is_an_edit(app):
    app.run()
    send(app, {"kind": "move", "scores": {"age": -10}})
    moved = load_proposal("heart").scores.edit({"age": -10})
    assert shown_aucs(app) == expected_aucs(load_dataset("heart"), moved)
    assert app.session_state["laat"].edited == []


def test_a_message_that_is_sent_again_changes_nothing(app):
    app.run()
    edit(app, {"age": -10})
    edit(app, {"age": 3})
    send(app, {"kind": "edit", "how": "move", "changes": {"age": [3, -10]}}, number=1)
    assert app.session_state["laat"].scores.score("age") == 3


def test_one_row_is_looked_at_and_put_away(app):
    app.run()
    case = send(app, {"kind": "case", "what": "row", "position": 3})["case"]
    assert (case["position"], len(case["models"])) == (3, 2)
    assert send(app, {"kind": "case", "what": "close"})["case"] is None


def test_a_row_of_the_last_table_is_not_looked_at_in_the_next(app):
    app.run()
    send(app, {"kind": "case", "what": "row", "position": 3})
    app.session_state["laat"].open(load_dataset("wine"))
    app.run()
    assert not app.exception
    assert settled(app)["case"] is None


def test_what_cannot_be_calculated_is_said_where_the_instrument_would_be(app, monkeypatch):
    app.run()

    def fail(*_):
        raise DesignError("It cannot be done.")

    monkeypatch.setattr("ui.state.AppState.outcome", fail)
    app.run()
    assert not app.exception
    assert "It cannot be done" in app.error[0].value


def test_trust_zero_makes_the_model_the_baseline_and_says_so(app):
    app.run()
    send(app, {"kind": "gamma", "position": 0, "moving": False})
    assert shown_aucs(app)["laat"] == shown_aucs(app)["baseline"]
    assert "Trust is 0" in sentence(app)


def test_settings_reach_the_comparison(app):
    app.run()
    field(app.number_input, "Training rows per class").set_value(10).run()
    field(app.number_input, "Splits").set_value(3).run()
    field(app.selectbox, "Scores").set_value("exp").run()
    expected = expected_aucs(
        load_dataset("heart"),
        load_proposal("heart").scores,
        design=Design(shots=10, n_splits=3),
        recipe=Recipe(score_transform="exp"),
    )
    assert shown_aucs(app) == expected


def test_weights_are_the_target_whatever_the_settings(app):
    app.run()
    field(app.selectbox, "Scaling").set_value("paper").run()
    assert not app.exception
    task, scores = load_dataset("heart"), load_proposal("heart").scores
    comparison = compare(task, scores, recipe=PROTOCOLS["paper"])
    target = dict(zip(comparison.features, comparison.target, strict=True))
    weights = {row["name"]: row["weight"] for row in rows(settled(app))}
    assert weights == {name: target[name] for name in scores.features}


def test_one_split_has_no_spread(app):
    app.run()
    field(app.number_input, "Splits").set_value(1).run()
    result = settled(app)["result"]
    assert "±" not in str(result)
    assert "of one split" in said(result["rows"])


def test_sentence_and_cards_are_rounded_alike(app):
    app.run()
    for shots in (3, 8, 12):
        field(app.number_input, "Training rows per class").set_value(shots).run()
        parts = settled(app)["result"]["sentence"]
        counts = [part[1] for part in parts if part[0] == "b"]
        cards = [float(auc) for auc in shown_aucs(app).values()]
        assert [int(count) for count in counts] == [int(auc + 0.5) for auc in cards]


def test_a_held_out_share_and_a_hidden_layer_can_be_chosen(app):
    app.run()
    field(app.number_input, "Splits").set_value(2).run()
    field(app.radio, "Training rows").set_value(True).run()
    field(app.radio, "Model").set_value(True).run()
    assert not app.exception
    settings = app.session_state["laat"].settings
    assert settings.design.shots is None
    assert settings.recipe.hidden_layer_sizes == (100,)


def test_an_impossible_design_says_what_is_possible_and_keeps_the_sliders(app):
    app.run()
    field(app.number_input, "Training rows per class").set_value(500).run()
    assert not app.exception
    data = settled(app)
    assert "Choose 138 or fewer" in data["problem"]
    assert data["result"] is None
    assert len(rows(data)) == len(app.session_state["laat"].features)


def test_the_story_makes_its_edits_and_a_reset_takes_them_back(app):
    app.run()
    proposed = load_proposal("heart").scores.score("chest_pain = asymptomatic")
    press(app, "Make this edit")
    assert app.session_state["laat"].scores.score("chest_pain = asymptomatic") == 5
    assert "The sliders show this" in " ".join(c.value for c in app.caption)
    press(app, "Take all edits back")
    assert app.session_state["laat"].scores.score("chest_pain = asymptomatic") == proposed


def test_the_credit_story_leads_from_the_conflicts_to_the_corrected_table(app):
    app.query_params["table"] = "credit"
    app.run()
    assert conflicts_on(app, "credit_history") == 0
    press(app, "Train on 80 % of the rows")
    assert field(app.radio, "Training rows").value is True
    assert conflicts_on(app, "credit_history") == 3
    assert "trained on 80 % of the rows" in " ".join(c.value for c in app.caption)
    press(app, "South German credit")
    assert not app.exception
    assert app.session_state["laat"].task.name == "south_german_credit"
    assert app.session_state["laat"].settings.design.shots is None
    assert conflicts_on(app, "credit_history") == 0
    assert conflicts_on(app, "checking_account = no checking account") == 1
    press(app, "Make this edit")
    assert conflicts_on(app, "checking_account = no checking account") == 0


def conflicts_on(app: AppTest, name: str) -> int:
    """Number of conflicts of the features whose names begin so."""
    return sum(len(row["conflicts"]) for row in rows(settled(app)) if row["name"].startswith(name))


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if label in button.label).click().run()


def test_scores_are_loaded_from_a_file(app):
    app.run()
    state = app.session_state["laat"]
    lines = "".join(f'"{name}",1\n' for name in state.feature_names)
    uploader = app.file_uploader[0]
    uploader.set_value(("scores.csv", f"feature,score\n{lines}".encode(), "text/csv")).run()
    assert not app.exception
    assert set(state.scores.as_dict().values()) == {1.0}
    assert "scores\\.csv" in told(app)
    assert "recorded on" not in told(app)


def test_scores_of_some_features_by_label_with_marks_leave_the_others(app):
    app.run()
    state = app.session_state["laat"]
    before = state.scores.as_dict()
    content = (
        "Feature;Score;Not used;Unsure;Locked\nChest pain = asymptomatic;−2,5;no;yes;no\n"
        "AGE;;yes;;\n"
    )
    app.file_uploader[0].set_value(("some.csv", content.encode(), "text/csv")).run()
    assert not app.exception
    assert state.scores.as_dict() == {**before, "chest_pain = asymptomatic": -2.5}
    marks = state.project.history.marks
    assert (marks.unused, marks.doubted) == ({"age"}, {"chest_pain = asymptomatic"})
    assert "'AGE' as 'age'" in state.notice
    assert "21 of 22 features have no score in the file and keep" in state.notice


def test_a_saved_file_brings_scores_and_marks_back(app):
    app.run()
    state = app.session_state["laat"]
    edit(app, {"age": 3})
    state.kept.lock(["age"])
    state.kept.doubt(["cholesterol"])
    state.kept.unuse(["sex = male"])
    scores, marks = state.scores.as_dict(), state.project.history.marks
    saved = scores_to_json(state.scores, state.task.outcome_name, state.marks)
    state.open(load_dataset("heart"))
    app.run()
    assert state.project.history.marks == Marks()
    app.file_uploader[0].set_value(("mine.json", saved.encode(), "application/json")).run()
    assert not app.exception
    assert state.scores.as_dict() == scores
    assert state.project.history.marks == marks
    assert state.notice == ""


def told(app: AppTest) -> str:
    return " ".join(markdown.value for markdown in app.markdown)


def test_scores_that_do_not_fit_are_named_and_change_nothing(app):
    app.run()
    before = app.session_state["laat"].scores.as_dict()
    content = b"feature,score\nage,11\nweight,1\n"
    app.file_uploader[0].set_value(("scores.csv", content, "text/csv")).run()
    assert "not a number from \\-10 to 10" in app.error[0].value
    assert "weight" in app.error[0].value
    assert app.session_state["laat"].scores.as_dict() == before


def test_a_table_that_cannot_be_encoded_leads_to_the_data_page(app):
    app.run()
    state = app.session_state["laat"]
    ignored = [replace(column, role=Role.IGNORE) for column in state.task.columns]
    state.kept.change_task(state.task.with_columns(*ignored))
    app.run()
    assert not app.exception
    assert "No column is left" in app.error[0].value


def test_the_origin_of_the_scores_is_told(app):
    app.run()
    assert "recorded on" in told(app)
    assert "may remember public tables" in told(app)


def test_zero_scores_by_hand_are_said(app):
    app.run()
    state = app.session_state["laat"]
    zeros = ImportanceScores.zeros(state.feature_names)
    state.use(state.add_expert("zeros.csv", zeros))
    app.run()
    assert "All scores are 0" in sentence(app)


def test_settings_are_kept_and_undone_by_nobody(app):
    app.run()
    field(app.number_input, "Training rows per class").set_value(10).run()
    state = app.session_state["laat"]
    assert state.project.history.settings["shots"] == 10
    app.run()
    assert state.settings.shots == 10
    assert len([event for event in state.project.history.events if event.kind == "settings"]) == 1


def test_a_story_on_a_project_that_is_gone_says_so_and_claims_nothing(app):
    app.run()
    edit(app, {"age": 3})
    state = app.session_state["laat"]
    state.projects.delete(state.project.id)
    press(app, "Make this edit")
    assert not app.exception
    told = " ".join(toast.value for toast in app.toast)
    assert "no such project" in told
    assert "on the sliders" not in told
