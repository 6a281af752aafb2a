"""The workbench page: what it says in every state. What it looks like is tested in a browser."""

import re
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

AUC = re.compile(r"laat-auc' data-model='(\w+)'>([\d.]+)<")


def shown_aucs(app: AppTest) -> dict[str, str]:
    return dict(AUC.findall(" ".join(html.body for html in app.get("html"))))


def sentence(app: AppTest) -> str:
    return next(h.body for h in app.get("html") if "<p class='laat-sentence'" in h.body)


def expected_aucs(*arguments, **options) -> dict[str, str]:
    comparison = compare(*arguments, **options)
    return {name: f"{100 * model.auc_mean:.1f}" for name, model in comparison.models.items()}


def test_starts_with_heart_its_proposal_and_the_comparison(app):
    app.run()
    assert not app.exception
    assert shown_aucs(app) == expected_aucs(load_dataset("heart"), load_proposal("heart").scores)
    assert "above one with" in sentence(app)
    assert len(app.get("plotly_chart")) == 2


@pytest.mark.parametrize("name", [n for n in dataset_names() if n != "adult"])
def test_every_bundled_table_opens_by_its_address(app, name):
    app.query_params["table"] = name
    app.run()
    assert not app.exception
    assert app.session_state["laat"].task.name == name


def test_an_unknown_table_in_the_address_opens_the_first(app):
    app.query_params["table"] = "../../etc/passwd"
    app.run()
    assert app.session_state["laat"].task.name == "heart"


def test_a_table_without_proposal_says_that_all_scores_are_zero(app):
    app.query_params["table"] = "wine"
    app.run()
    assert "All scores are 0" in sentence(app)
    assert shown_aucs(app)["laat"] == shown_aucs(app)["baseline"]


def test_a_message_of_the_panel_changes_scores_and_numbers(app):
    app.run()
    state = app.session_state["laat"]
    state.take({"epoch": state.epoch, "number": 1, "scores": {"age": -10}})
    app.run()
    edited = load_proposal("heart").scores.edit({"age": -10})
    assert shown_aucs(app) == expected_aucs(load_dataset("heart"), edited)


def test_trust_zero_makes_the_model_the_baseline_and_says_so(app):
    app.run()
    app.select_slider(key="gamma").set_value(0.0).run()
    assert shown_aucs(app)["laat"] == shown_aucs(app)["baseline"]
    assert "Trust is 0" in sentence(app)


def test_settings_reach_the_comparison(app):
    app.run()
    app.number_input(key="shots").set_value(10).run()
    app.number_input(key="n_splits").set_value(3).run()
    app.selectbox(key="score_transform").set_value("exp").run()
    expected = expected_aucs(
        load_dataset("heart"),
        load_proposal("heart").scores,
        design=Design(shots=10, n_splits=3),
        recipe=Recipe(score_transform="exp"),
    )
    assert shown_aucs(app) == expected


def test_weights_are_the_target_whatever_the_settings(app, monkeypatch):
    seen = []
    monkeypatch.setattr("ui.sliders.score_panel", lambda data, **_: seen.append(data))
    app.run()
    app.selectbox(key="protocol").set_value("paper").run()
    assert not app.exception
    task, scores = load_dataset("heart"), load_proposal("heart").scores
    comparison = compare(task, scores, recipe=PROTOCOLS["paper"])
    target = dict(zip(comparison.features, comparison.target, strict=True))
    rows = [row for column in seen[-1]["columns"] for row in column["features"]]
    assert {row["name"]: row["weight"] for row in rows} == {n: target[n] for n in scores.features}


def test_one_split_has_no_spread(app):
    app.run()
    app.number_input(key="n_splits").set_value(1).run()
    said = " ".join(h.body for h in app.get("html"))
    assert "±" not in said
    assert "of one split" in said


def test_sentence_and_cards_are_rounded_alike(app):
    app.run()
    for shots in (3, 8, 12):
        app.number_input(key="shots").set_value(shots).run()
        counts = re.findall(r"<b>(\d+)</b>", sentence(app))
        cards = [float(auc) for auc in shown_aucs(app).values()]
        assert [int(count) for count in counts] == [int(auc + 0.5) for auc in cards]


def test_a_held_out_share_and_a_hidden_layer_can_be_chosen(app):
    app.run()
    app.number_input(key="n_splits").set_value(2).run()
    app.radio(key="held_out").set_value(True).run()
    app.radio(key="hidden").set_value(True).run()
    assert not app.exception
    settings = app.session_state["laat"].settings
    assert settings.design.shots is None
    assert settings.recipe.hidden_layer_sizes == (100,)


def test_an_impossible_design_says_what_is_possible_and_keeps_the_sliders(app):
    app.run()
    app.number_input(key="shots").set_value(500).run()
    assert not app.exception
    assert "Choose 138 or fewer" in app.error[0].value
    assert app.get("bidi_component")


def test_the_story_makes_its_edits_and_a_reset_takes_them_back(app):
    app.run()
    proposed = load_proposal("heart").scores.score("chest_pain = asymptomatic")
    press(app, "Make these edits")
    assert app.session_state["laat"].scores.score("chest_pain = asymptomatic") == 7
    assert "These edits are on the sliders" in " ".join(c.value for c in app.caption)
    press(app, "Take all edits back")
    assert app.session_state["laat"].scores.score("chest_pain = asymptomatic") == proposed


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


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
    state.change_task(state.task.with_columns(*ignored))
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
