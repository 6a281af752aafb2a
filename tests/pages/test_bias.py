"""The bias lab: its story told from step 1 to 4, biases composed, and what cannot be used."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from laat_core import (
    Bias,
    Condition,
    Role,
    Step,
    load_biases,
    load_dataset,
    load_proposal,
    make_task,
)
from laat_core.scores.importance import ImportanceScores
from tests.app_pages import rested
from tests.instrument import set_state
from ui.bias import lab
from ui.bias.make_edits import MOST_CONDITIONS, MOST_STEPS
from ui.bias.trial import trial_document


@pytest.fixture
def page(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page of heart, with few splits."""
    monkeypatch.setattr(lab, "DESIGN", replace(lab.DESIGN, n_splits=4))
    app.run()
    app.switch_page("pages/bias.py")
    return settled(app)


@pytest.fixture
def story(page: AppTest) -> AppTest:
    """The page with no groups below the story, which would be asked anew for every move."""
    page.session_state["laat"].lab.groups = ()
    return page


def sound(app: AppTest) -> AppTest:
    """Run the page on until nothing is under way, and look for what no page should say."""
    rested(app)
    assert not re.search(r"\bnan\b|\bNone\b", told(app) + board(app), re.IGNORECASE)
    return app


def settled(app: AppTest) -> AppTest:
    """Run the page of a state that has changed."""
    return sound(app.run())


def state_of(app: AppTest):
    return app.session_state["laat"]


def told(app: AppTest) -> str:
    parts = [*app.subheader, *app.markdown, *app.caption, *app.info, *app.error]
    return re.sub("[\\\\*\u2068\u2069]", "", " ".join(part.value for part in parts))


def written(app: AppTest) -> dict:
    state = state_of(app)
    return trial_document(state.lab, state.task)


def board(app: AppTest) -> str:
    return next((part.proto.body for part in app.get("html") if "<table>" in part.proto.body), "")


def number(app: AppTest, row: str, cell: str) -> str:
    """A number on the scoreboard."""
    line = re.search(f"<tr class='{row}'>.*?</tr>", board(app))
    return re.search(f"class='{cell}'>(.*?)<", line[0])[1]


def by_group(app: AppTest) -> str:
    """The figures of both models by group."""
    return next(one.value.to_csv() for one in app.dataframe if "Model" in one.value.columns)


def press(app: AppTest, key: str) -> AppTest:
    return sound(app.button(key=key).click().run())


def pick(app: AppTest, label: str, value: object, place: int = 0) -> AppTest:
    box = [box for box in app.selectbox if box.label == label][place]
    return sound(box.set_value(value).run())


def slide(app: AppTest, label: str, value: object, *, held: bool = False) -> AppTest:
    """Move the first slider of the story whose label begins so."""
    sliders = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    place = next(at for at, one in enumerate(sliders) if one["label"].startswith(label))
    set_state(app, place, {"moved": {"at": value, "held": held}})
    return sound(app)


def test_every_number_follows_the_strength(story):
    press(story, "bias_next")
    press(story, "bias_preset_0")
    full = number(story, "auc-baseline", "after")
    slide(story, "Strength", 40)
    assert "(40 %)" in told(story)
    assert [step.strength for step in state_of(story).lab.bias.steps] == [0.4]
    assert full < number(story, "auc-baseline", "after")
    slide(story, "Strength", 0)
    assert number(story, "auc-baseline", "change") == "0.0"
    assert "all are left" in told(story)
    assert state_of(story).lab.title  # it is still that of the preset


@pytest.mark.parametrize("sent", [101, -1, float("inf"), "40", None, True, [40]])
def test_what_no_slider_can_send_changes_nothing(story, sent):
    press(story, "bias_next")
    press(story, "bias_preset_0")
    slide(story, "Strength", sent)
    assert state_of(story).lab.bias == load_biases("heart")[0].bias


def test_a_drag_is_kept_once_at_its_end(page):
    press(page, "bias_next")
    press(page, "bias_preset_0")
    project = state_of(page).project
    before = len(project.history.events)
    rested = by_group(page)
    for strength in (80, 60, 40):
        slide(page, "Strength", strength, held=True)
        assert by_group(page) == rested
        assert state_of(page).lab.bias.steps[0].strength == strength / 100
        assert "This follows once the slider is let go." in told(page)
    assert len(project.history.events) == before
    slide(page, "Strength", 40)
    assert "This follows once" not in told(page)
    assert by_group(page) != rested
    assert [event.kind for event in project.history.events[before:]] == ["tried"]


def test_scores_are_tried_and_taken_over(story):
    state = state_of(story)
    press(story, "bias_next")
    press(story, "bias_preset_0")
    state.lab.step = 4
    story.session_state[f"bias_step_{state.opened}_{state.given}"] = 4
    settled(story)
    was = state.scores.score("sex = male")
    slide(story, "Score of", -8.0)
    assert number(story, "target", "after").startswith("−")
    assert state.scores.score("sex = male") == was
    press(story, "bias_as")
    assert state.lab.moved == {}
    assert number(story, "target", "after").startswith("+")
    press(story, "bias_set")
    press(story, "bias_take")
    assert state.scores.score("sex = male") == 0
    assert state.lab.moved == {}
    last = state.project.history.states[-1]
    assert "Heart disease is tied to sex" in last.why


def test_a_locked_score_is_tried_here_alone(story):
    state = state_of(story)
    state.kept.lock(["sex = male"], locked=True)
    press(story, "bias_next")
    press(story, "bias_preset_0")
    press(story, "bias_next")
    press(story, "bias_next")
    press(story, "bias_set")
    assert "Locked on the Workbench" in told(story)
    assert story.button(key="bias_take").disabled


def test_a_bias_is_composed_by_clicks(story):
    press(story, "bias_next")
    press(story, "bias_add_leave out")
    pick(story, "Rows where", "sex")
    assert state_of(story).lab.column == "sex"
    pick(story, "Value", "male")
    bias = state_of(story).lab.bias
    assert bias.steps == (Step("leave out", (Condition("sex", "is", "male"),), 1.0, "yes"),)
    pick(story, "Class that is left out", "no")
    pick(story, "Step 1", "tie")
    assert "Tied together: Sex is male, and no heart disease" in told(story)
    pick(story, "Step 1", "under-sample")
    slide(story, "Strength", 50)
    assert "Left out: Sex is male (50 %)" in told(story)
    pick(story, "Step 1", "turn labels")
    assert "of them carry the wrong class" in told(story)
    assert state_of(story).lab.bias.steps[0].strength == 0.5
    keys = [button.key for button in story.button if button.label == "Remove the step"]
    press(story, keys[0])
    assert state_of(story).lab.bias == Bias(())


def test_numbers_are_compared_within_their_range(story):
    press(story, "bias_next")
    press(story, "bias_add_leave out")
    pick(story, "Rows where", "age")
    pick(story, "compares", "under")
    field = story.number_input[0]
    assert "29 to 77" in field.label.replace("\u2068", "").replace("\u2069", "")
    sound(field.set_value(50.0).run())
    assert "Left out: Age under 50, heart disease" in told(story)
    assert "under 50" in str(story.get("plotly_chart")[0].proto.spec)


def test_steps_and_conditions_are_added_up_to_three(story):
    press(story, "bias_next")
    for place in range(MOST_STEPS):
        press(story, "bias_add_under-sample")
        slide(story, f"Strength of {f'step {place + 1}' if place else 'the bias'}", 20)
    assert "bias_add_under-sample" not in {button.key for button in story.button}
    for _ in range(MOST_CONDITIONS - 1):
        key = next(b.key for b in story.button if b.label == "Add a condition")
        press(story, key)
    steps = state_of(story).lab.bias.steps
    assert [step.strength for step in steps] == [0.2] * MOST_STEPS
    assert [len(step.conditions) for step in steps] == [MOST_CONDITIONS, 1, 1]
    assert len({condition.column for condition in steps[0].conditions}) == MOST_CONDITIONS
    press(story, next(b.key for b in story.button if b.label == "Remove"))
    assert len(state_of(story).lab.bias.steps[0].conditions) == MOST_CONDITIONS - 1


def test_a_bias_that_leaves_no_row_of_a_class_says_so_and_leads_back(page):
    press(page, "bias_next")
    press(page, "bias_preset_1")
    good = state_of(page).lab.bias
    pick(page, "compares", "at least")
    sound(page.number_input[0].set_value(0.0).run())
    assert "The bias leaves no training row with heart disease" in told(page)
    assert "There are no numbers" in told(page)
    assert board(page) == ""
    for step in (3, 4):
        press(page, "bias_next")
        assert state_of(page).lab.step == step
        assert "The bias leaves no training row" in told(page)
    press(page, "bias_back")
    restored = state_of(page).lab.bias
    assert number(page, "auc-baseline", "after")
    assert restored.steps[0].kind == good.steps[0].kind


def test_a_bias_on_an_unknown_column_says_so(page):
    state = state_of(page)
    state.lab.put(Bias((Step("leave out", (Condition("shoe", "is", "red"),), 1.0, "yes"),)))
    for step in (1, 2, 3, 4):
        state.lab.step = step
        assert "'shoe', which the table does not have" in told(settled(page))
    press(page, "bias_back")
    assert state.lab.bias == Bias(())
    assert "No bias has been put in yet" in told(page)


def test_without_a_bias_the_later_steps_lead_to_one(story):
    press(story, "bias_next")
    press(story, "bias_next")
    assert "No bias has been put in yet" in told(story)
    press(story, "bias_choose")
    assert state_of(story).lab.step == 2


def test_automatic_trust_is_100_here(story):
    state_of(story).settings.gamma = "auto"
    settled(story)
    assert "Trust in the scores is 100 here: auto" in told(story)
    assert number(story, "auc-laat", "before")


def test_an_own_table_opens_on_the_composer(page):
    name, generator = "*a* <b>", np.random.default_rng(0)
    table = pd.DataFrame(
        {
            name: generator.normal(size=200),
            "ward": generator.choice(["n", "s", None], 200),
            "empty": [None] * 200,
            "y": np.where(generator.random(200) < 0.5, "yes", "no"),
        }
    )
    state = state_of(page)
    state.open(make_task(table, "y", "yes"))
    settled(page)
    press(page, "bias_next")
    assert "What is done to the training rows?" in told(page)
    press(page, "bias_add_leave out")
    pick(page, "Rows where", "ward")
    pick(page, "compares", "is missing")
    assert "Left out: ward is missing" in told(page)
    slide(page, "Strength", 50)
    press(page, "bias_next")
    assert "a probability" not in told(page)
    press(page, "bias_next")
    assert "All scores are 0, so the LAAT model is the baseline" in told(page)
    pick(page, "Column to watch", name)
    slide(page, "Score of", 5.0)
    assert "All scores are 0" not in told(page)
    pick(page, "Column to watch", "ward")
    assert page.table[0].value.iloc[:, 0].str.contains("missing").any()


def test_a_column_of_many_levels_says_why_it_has_no_groups(page):
    generator = np.random.default_rng(0)
    levels = [*(f"city {place}" for place in range(50)), None] * 4
    labels = np.where(generator.random(len(levels)) < 0.5, "y", "n")
    table = pd.DataFrame({"city": levels, "y": labels})
    state = state_of(page)
    task = make_task(table, "y", "y")
    state.open(task.with_columns(replace(task.column("city"), role=Role.CATEGORICAL)))
    settled(page)
    pick(page, "Column to watch", "city")
    assert "at most 50 can be compared" in told(page)


def test_one_row_of_a_class_is_said_in_words(page):
    table = pd.DataFrame({"size": range(9), "y": ["no"] * 8 + ["yes"]})
    state_of(page).open(make_task(table, "y", "yes"))
    assert "at least 2 are needed" in told(settled(page))
    assert "bias_back" not in {button.key for button in page.button}


def test_who_only_looks_leaves_nothing(page):
    for _ in range(3):
        press(page, "bias_next")
    assert state_of(page).projects.listed() == []


def test_a_reload_finds_what_was_tried(page, new_app):
    press(page, "bias_next")
    press(page, "bias_preset_0")
    slide(page, "Strength", 60)
    press(page, "bias_next")
    press(page, "bias_next")
    slide(page, "Score of", -8.0)
    page.multiselect(key=f"lab_groups_{state_of(page).opened}").set_value(["sex", "age"]).run()
    sound(page)
    again = new_app()
    again.query_params.update(page.query_params)
    again.run()
    again.switch_page("pages/bias.py")
    settled(again)
    assert written(again) == written(page)
    assert board(again) == board(page)
    assert "What the LAAT model, which knows the scores too" in told(again)
    press(again, "bias_as")
    assert state_of(again).lab.moved == {}


def test_what_was_tried_outlives_other_words_on_the_data_page(page):
    state = state_of(page)
    press(page, "bias_next")
    press(page, "bias_preset_0")
    before = board(page)
    page.switch_page("pages/data.py").run()
    state.change_task(replace(state.task, description="Another sentence"))
    page.switch_page("pages/bias.py")
    settled(page)
    assert state.lab.step == 2
    assert board(page) == before


def test_the_story_begins_anew_with_another_table(page):
    press(page, "bias_next")
    press(page, "bias_preset_0")
    page.switch_page("pages/data.py").run()
    state_of(page).open(load_dataset("credit"), load_proposal("credit"))
    page.switch_page("pages/bias.py")
    settled(page)
    assert "the table as it is" in told(page)
    assert state_of(page).lab.bias == Bias(())


def test_scores_of_zero_are_said_not_to_hold_anything(story):
    state = state_of(story)
    state.use(state.add_expert("zeros", ImportanceScores.zeros(state.feature_names)))
    press(story, "bias_next")
    press(story, "bias_preset_0")
    press(story, "bias_next")
    press(story, "bias_next")
    assert "All scores are 0" in told(story)
    state.settings.gamma = 0.0
    state.use(next(name for name in state.experts if name != "zeros"))
    assert "Trust in the scores is 0, so the LAAT model is the baseline" in told(settled(story))
