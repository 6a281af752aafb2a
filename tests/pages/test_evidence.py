"""The Evidence page: what it says, and studies from their start to their result."""

import math
import re
import threading
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from laat_core import Experiment, ImportanceScores, Role, make_task
from laat_core.errors import DesignError
from laat_core.evaluate.conflicts import conflicts
from laat_core.evaluate.controls import run_controls
from laat_core.evaluate.curves import plan
from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.trust import GAMMA_GRID
from tests.app_pages import SECONDS, settled
from ui.evidence.curves import PARTS
from ui.naming import feature_labels
from ui.text import literal


@pytest.fixture
def evidence(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with few splits, once the controls are there; studies in this process."""
    monkeypatch.setattr(plan, "SECONDS_TO_START", math.inf)
    app.run()
    state = app.session_state["laat"]
    state.settings.n_splits = 3
    state.keep_settings()
    app.switch_page("pages/evidence.py")
    return settled(app)


def state_of(app: AppTest):
    return app.session_state["laat"]


def told(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.error]
    return re.sub("[\\\\\u2068\u2069]", "", " ".join(part.value for part in parts))


def groups(app: AppTest):
    return next(box for box in app.selectbox if box.label == "Groups to compare")


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def studied(app: AppTest, study: str) -> AppTest:
    """Run a study to its end, and the page after it."""
    press(app, f"run_{study}")
    assert state_of(app).studies.running.job.done.wait(SECONDS)
    return settled(app)


def test_the_comparison_stands_beside_its_controls(evidence):
    state = state_of(evidence)
    experiment = Experiment(state.task, state.settings.design, state.settings.recipe)
    comparison = experiment.compare(state.scores)
    controls = run_controls(experiment, state.scores, comparison)
    assert f"Your scores beat {controls.n_beaten} of 20 placebos" in told(evidence)
    assert f"With every sign turned it is {100 * controls.flipped.mean():.1f}" in told(evidence)
    assert "With these scores the model ranks a row" in told(evidence)


def test_worth_and_contradictions_stand_under_the_difference(evidence):
    state = state_of(evidence)
    assert "so few rows cannot tell. Asked are the 10 training rows" in told(evidence)
    state.settings.shots = 100
    state.keep_settings()
    state.edit_scores({"vessels_colored": -9.0, "age": -5.0}, "move")
    settled(evidence)
    experiment = Experiment(state.task, state.settings.design, state.settings.recipe)
    found = conflicts(experiment, state.scores)
    names = [name for name, kinds in found.items() if "rows" in kinds]
    assert {"age", "vessels_colored"} <= set(names)
    labels = [feature_labels(state.task, state.features)[name] for name in names]
    expected = f"**The rows contradict {len(names)} of the scores:** {', '.join(labels)}. Asked"
    assert expected in told(evidence)
    areas = np.array([[0.6], [0.7], [0.9]])
    lines = {"baseline": areas, "laat 100": areas[[1, 1, 1]], "scores alone": areas}
    curve = Curve("learning", (10, 50, 100), lines, {"rows": 10})
    project = state.kept
    project.studied("learning", curve.to_dict(), project.history.states[-1].number)
    settled(evidence)
    said = [part.value for part in evidence.markdown]
    (place,) = (i for i, one in enumerate(said) if one.startswith("The scores count for about 50"))
    assert "points of ROC-AUC" in said[place - 1]
    assert "included. **The rows contradict" in said[place]


def test_without_scores_there_is_nothing_to_shuffle(evidence):
    state = state_of(evidence)
    zeros = ImportanceScores.zeros(state.feature_names)
    state.use(state.add_expert("zeros", zeros))
    assert "All scores are 0" in told(settled(evidence))
    assert "placebos" not in told(evidence)
    studied(evidence, "sensitivity")
    assert "none can be taken out" in told(evidence)


def test_what_is_not_used_is_said_beside_the_comparison_and_its_studies(evidence):
    state_of(evidence).kept.unuse(["age"])
    assert "baseline, which may use all features" in told(settled(evidence))
    studied(evidence, "sensitivity")
    assert "Not used by the LAAT model, but by the baseline: Age." in told(evidence)
    state = state_of(evidence)
    state.edit_scores(dict.fromkeys(state.feature_names, 0.0), "zero")
    said = told(settled(evidence))
    assert "the LAAT model is the baseline, kept from deciding by one feature" in said
    assert "baseline, which may use all features" in said
    assert "placebos" not in said


def test_controls_that_take_long_are_offered(evidence, monkeypatch):
    monkeypatch.setattr("ui.evidence.controls.AT_ONCE", 0.0)
    state_of(evidence).settings.n_splits = 2
    settled(evidence)
    assert "beat" not in told(evidence)
    next(b for b in evidence.button if b.label == "Train 20 placebos: up to 1 min").click().run()
    assert "beat" in told(settled(evidence))


@pytest.mark.parametrize(
    ("study", "said"),
    [
        ("learning", "labelled rows"),
        ("trust", "The model ranks best at trust"),
        ("noise", "of the scores may be noise"),
        ("sensitivity", "helps most"),
    ],
)
def test_a_study_is_run_and_kept(evidence, study, said):
    assert told(evidence).count("It has not been run yet") == 4
    studied(evidence, study)
    assert said in told(evidence)
    assert "nothing that it depends on has changed" in told(evidence)
    assert study in state_of(evidence).project.history.studies
    downloads = [one.label for one in evidence.get("download_button")]
    assert downloads.count("Save the points as CSV") == 1


def test_a_kept_study_is_there_when_the_project_is_opened_again(evidence, new_app):
    studied(evidence, "trust")
    again = new_app()
    again.query_params["project"] = state_of(evidence).project.id
    again.run()
    state_of(again).edit_scores({"age": 1.0}, "move")
    settled(again.switch_page("pages/evidence.py"))
    assert "The model ranks best at trust" in told(again)
    assert "Changed since: the scores" in told(again)


def test_the_chosen_groups_are_compared(evidence):
    assert groups(evidence).value == "sex"
    groups(evidence).set_value("age").run()
    studied(evidence, "trust")
    assert "Between the groups of Age" in told(evidence)
    lines = state_of(evidence).project.history.studies["trust"]["result"]["lines"]
    assert len(lines["gap"]) == len(GAMMA_GRID)


def slow(monkeypatch):
    """Make comparisons so slow that a study does not end by itself."""
    monkeypatch.setattr(plan, "SECONDS_TO_START", math.inf)  # others would not be slow
    compare = Experiment.compare

    def slowly(*arguments, **options):
        for _ in range(200):
            time.sleep(0.01)
            if tell := options.get("on_progress"):
                tell(0.0)
        return compare(*arguments, **options)

    monkeypatch.setattr(Experiment, "compare", slowly)


def test_a_study_goes_on_over_other_pages_until_it_is_cancelled(evidence, monkeypatch):
    slow(monkeypatch)
    press(evidence, "run_noise")
    assert "Cancel" in [button.label for button in evidence.button]
    assert evidence.button(key="run_trust").disabled
    evidence.switch_page("pages/data.py").run()
    assert state_of(evidence).studies.is_busy
    evidence.switch_page("pages/evidence.py").run()
    running = state_of(evidence).studies.running
    next(b for b in evidence.button if b.label == "Cancel").click().run()
    assert not evidence.exception
    assert "Cancel" not in [button.label for button in evidence.button]
    assert running.job.done.wait(5)
    assert "noise" not in state_of(evidence).project.history.studies


def test_a_reload_finds_the_study_under_way(evidence, new_app, monkeypatch):
    slow(monkeypatch)
    press(evidence, "run_noise")
    again = new_app()
    again.query_params["project"] = state_of(evidence).project.id
    again.run()
    again.switch_page("pages/evidence.py").run()
    assert told(again).count("It has not been run yet") == 3
    assert again.button(key="run_trust").disabled
    assert len(again.get("progress")) >= 1
    next(b for b in again.button if b.label == "Cancel").click().run()
    evidence.run()
    for app in (evidence, again):
        assert not app.exception
        assert "Cancel" not in [button.label for button in app.button]
        assert told(app).count("It has not been run yet") == 4


def test_what_grows_is_drawn_and_nothing_is_concluded_yet(evidence, monkeypatch):
    go_on = threading.Event()
    areas = {"laat": np.array([[0.9], [0.7]]), "baseline": np.array([[0.8], [0.8]])}
    curve = Curve("noise", (0.0, 1.0), areas, {"gamma": 100.0})

    def noise_curve(*_, on_result, **__):
        on_result(curve, 0.5)
        assert go_on.wait(SECONDS)
        return curve

    monkeypatch.setattr("ui.evidence.curves.noise_curve", noise_curve)
    press(evidence, "run_noise")
    said = told(evidence.run())
    assert "So far only: the study goes on. How much noise" in said.replace("**", "")
    assert "may be noise" not in said
    assert "Changed since it began" not in said
    assert len(evidence.get("plotly_chart")) >= 1
    state = state_of(evidence)
    state.edit_scores({"age": 1.0}, "move")
    state.settings.gamma = 3.0
    state.keep_settings()
    assert "Changed since it began: the scores, trust." in told(evidence.run())
    go_on.set()
    said = told(settled(evidence))
    assert "At trust 100 about 50 % of the scores may be noise" in said
    assert "So far only" not in said


def test_the_worth_is_told_at_the_trust_that_is_set(evidence):
    state = state_of(evidence)
    state.settings.gamma = 3.0
    state.keep_settings()
    settled(evidence)
    studied(evidence, "learning")
    said = told(evidence)
    assert "nothing that it depends on has changed" in said
    for trust in ("at trust 3", "at trust 100", "with trust read off the rows"):
        assert f"The scores, {trust}, count for" in said
    assert "The scores count for" in said  # under the difference, of the trust that is set
    state.settings.gamma = 10.0
    state.keep_settings()
    said = told(settled(evidence))
    assert "Changed since: trust" in said
    assert "The scores count for" not in said
    state.settings.gamma = "auto"
    state.keep_settings()
    assert "nothing that it depends on has changed" in told(settled(evidence))


def test_what_cannot_be_studied_is_said_in_words(evidence):
    state = state_of(evidence)
    state.settings.shots = 500
    state.keep_settings()
    settled(evidence)
    assert told(evidence).count("Choose 138 or fewer") == 1
    assert all(evidence.button(key=f"run_{study}").disabled for study in PARTS)
    state.settings.shots = 5
    state.keep_settings()
    settled(evidence)
    assert not any(evidence.button(key=f"run_{study}").disabled for study in PARTS)
    assert "of each class" in [slider.label[-13:] for slider in evidence.slider]  # the hold-out


def test_a_study_that_somebody_has_tampered_with_is_said_in_words(evidence):
    project = state_of(evidence).kept
    project.studied("noise", {"study": "noise"}, project.history.states[-1].number)
    assert "does not know" in told(settled(evidence))


def test_a_table_that_cannot_be_encoded_leads_to_the_data_page(evidence):
    state = state_of(evidence)
    ignored = [replace(column, role=Role.IGNORE) for column in state.task.columns]
    state.kept.change_task(state.task.with_columns(*ignored))
    assert "No column is left" in told(settled(evidence))


def test_odd_names_are_shown_as_they_are(evidence):
    name, generator = "*a* [b](c) $x$", np.random.default_rng(0)
    table = pd.DataFrame({name: generator.normal(size=80), "y": ["<b>", "`no`"] * 40})
    state = state_of(evidence)
    state.open(make_task(table, "y", "<b>"))
    state.edit_scores({name: 5.0}, "move")
    settled(evidence)
    groups(evidence).set_value(name).run()
    studied(evidence, "trust")
    studied(evidence, "sensitivity")
    shown = [part.value for part in evidence.markdown if "Between the groups" in part.value]
    assert literal(name) in shown[0]
    assert literal("y = <b>") in shown[0]


def test_one_row_of_a_class_is_said_in_words(evidence):
    table = pd.DataFrame({"size": range(9), "y": ["no"] * 8 + ["yes"]})
    state_of(evidence).open(make_task(table, "y", "yes"))
    settled(evidence)
    assert told(evidence).count("at least 2 are needed") == 1
    assert evidence.button(key="run_learning").disabled


def test_a_study_that_comes_to_nothing_says_why(evidence, monkeypatch):
    def fail(*_, **__):
        raise DesignError("Choose fewer.")

    monkeypatch.setattr("ui.evidence.curves.trust_curve", fail)
    studied(evidence, "trust")
    number = state_of(evidence).project.history.states[-1].number
    said = f"The study of state {number} came to nothing. Choose fewer."
    assert told(evidence).count(said) == 1
