"""Rows held out, on the page: locked away once, looked at on request, counted."""

from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from laat_core import ImportanceScores, make_task
from laat_core.store.projects import Projects
from tests.instrument import edit, settled
from ui.held_out import lock_hold_out, look_at_hold_out

# The part by itself, as a page shows it.
PAGE = """
from ui.access import Person
from ui.evidence.hold_out import show_hold_out
from ui.visit import get_state, open_state

open_state(Person())
show_hold_out(get_state())
"""


@pytest.fixture
def part():
    app = AppTest.from_string(PAGE, default_timeout=60).run()
    assert not app.exception
    return app


def told(app):
    parts = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    marks = str.maketrans("", "", "\\\u2068\u2069")
    return " ".join(part.value for part in parts).translate(marks)


def labels(app):
    return [button.label for button in app.button]


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def state_of(app):
    return app.session_state["laat"]


@pytest.fixture
def locked(part):
    return press(part, "Lock 61 rows away")


def test_before_it_says_what_is_locked_away_and_that_it_stays_so(part):
    assert "Nothing unlocks them" in told(part)
    assert "61 rows (28 with heart disease, 33 with no heart disease)" in told(part)
    assert "242 stay" in told(part)
    assert "edited already" not in told(part)


def test_the_share_is_chosen(part):
    part.slider[0].set_value(40).run()
    press(part, "Lock 122 rows away")
    assert state_of(part).hold_out.share == 0.4
    assert "122 rows (56 with heart disease" in told(part)


def test_once_locked_nothing_locks_or_unlocks(locked):
    assert "are locked away since" in told(locked)
    assert "before any edit of the scores" in told(locked)
    assert labels(locked) == ["Look, and count it as look 1"]


def test_edits_before_are_told_before_and_after(part):
    state_of(part).edit_scores({"age": 1}, "move")
    state_of(part).edit_scores({"age": 2}, "move")
    part.run()
    assert "edited already (2 edits), with all rows in view" in told(part)
    press(part, "Lock 61 rows away")
    assert "after 2 edits of the scores" in told(part)
    press(part, "Look, and count it as look 1")
    assert "first look, but the scores had been edited" in told(part)


def test_a_look_is_shown_with_its_interval_and_counted(locked):
    assert "cannot be taken back" in told(locked)
    press(locked, "Look, and count it as look 1")
    (looked,) = state_of(locked).project.history.looks
    found = looked.look
    assert "This is the first look: the figure is that of rows never seen" in told(locked)
    assert f"**{100 * found.laat:.1f}** times in 100, the baseline" in told(locked)
    row = locked.dataframe[0].value.iloc[0]
    assert (row["Look"], row["State"], row["n"]) == (1, str(looked.state), "28 and 33")
    assert row["Difference"] == 100 * found.difference
    ends = " to ".join(f"{100 * end:+.1f}".replace("-", "−") for end in found.corrected)
    assert row["Limits"] == ends
    assert f"limits that allow for chance: {ends}. " in told(locked)
    assert "these two models, both trained on the same 10 rows" in told(locked)
    assert "too hopeful" not in told(locked)
    assert "are rough" not in told(locked)


def test_what_matters_stands_first_and_how_it_is_calculated_apart(locked):
    press(locked, "Look, and count it as look 1")
    assert list(locked.dataframe[0].value)[:3] == ["Look", "Difference", "Limits"]
    (how,) = locked.expander
    assert how.label == "How this is calculated"
    inside = " ".join(part.value for part in how.markdown)
    outside = told(locked).replace(inside, "")
    for word in ("k × (k + 1)", "DeLong", "bootstrap"):
        assert word in inside
        assert word not in outside
    assert "for models that were settled before the first look" in inside


def show(app, **changed):
    """Show the look as if something else had been found."""
    history = state_of(app).project.history
    (looked,) = history.looks
    history.looks = (looked._replace(look=replace(looked.look, **changed)),)
    return told(app.run())


@pytest.mark.parametrize(
    ("limits", "meaning"),
    [
        (
            (0.01, 0.2),
            "Of these two models, both trained on the same 10 rows, the LAAT model is the"
            " better one by more than chance explains.",
        ),
        ((-0.2, -0.01), "10 rows, the LAAT model is the worse one by more than chance explains."),
        (
            (-0.1, 0.1),
            "The 61 rows held out are too few to tell which of these two models, both "
            "trained on the same 10 rows, is the better one.",
        ),
    ],
)
def test_a_look_concludes_about_two_models_and_not_about_scores(locked, limits, meaning):
    press(locked, "Look, and count it as look 1")
    said = show(locked, corrected=limits)
    assert meaning in said
    assert "the scores help" not in said
    assert "the scores do harm" not in said


def test_of_a_class_with_few_rows_limits_are_said_to_be_rough(locked):
    press(locked, "Look, and count it as look 1")
    assert "are rough" not in show(locked, n_positive=15)
    assert "With only 14 rows of a class held out (fewer than 15) such limits are rough." in show(
        locked, n_positive=14
    )


def test_a_look_from_before_is_said_to_be_delongs(locked):
    press(locked, "Look, and count it as look 1")
    said = show(locked, corrected_by="DeLong", n_train=None)
    assert "both trained on the same rows" in said
    assert locked.dataframe[0].value.iloc[0]["Limits"].endswith(" (DeLong)")


def test_without_limits_nothing_is_concluded(locked):
    press(locked, "Look, and count it as look 1")
    said = show(locked, corrected=None, delong=None, bootstrap=None)
    assert "these two models" not in said
    assert locked.dataframe[0].value.iloc[0]["Limits"] == "none"


def test_what_is_not_used_is_named_beside_a_look(locked):
    state_of(locked).kept.unuse(["age"])
    locked.run()
    press(locked, "Look, and count it as look 1")
    assert "Not used by the LAAT model, but by the baseline: Age." in told(locked)


def test_the_same_scores_are_not_looked_at_again(locked):
    press(locked, "Look, and count it as look 1")
    assert labels(locked) == []
    state_of(locked).edit_scores({"age": -9}, "move")
    locked.run()
    assert "with the scores of the last look" in told(locked)
    assert labels(locked) == ["Look, and count it as look 2"]
    state_of(locked).kept.undo()
    locked.run()
    assert "with these scores" in told(locked)
    assert labels(locked) == []


def test_going_back_to_scores_of_an_earlier_look_is_a_choice_with_both_in_view(locked):
    state = state_of(locked)
    for number in (1, 2):
        state.edit_scores({"age": -number}, "move")
        locked.run()
        press(locked, f"Look, and count it as look {number}")
        assert "in view" not in told(locked)
    assert "**Look 2 of 2.**" in told(locked)
    state.kept.undo()
    locked.run()
    assert "**Look 1 of 2.**" in told(locked)
    assert "This is look 1 of 2." in told(locked)
    assert "with both looks in view: the figure is no longer that of rows never" in told(locked)
    assert "This is the first look" not in told(locked)


def test_models_that_are_the_same_are_not_looked_at(locked):
    state = state_of(locked)
    state.settings.gamma = 0.0
    state.keep_settings()
    locked.run()
    assert labels(locked) == []
    assert "Trust is 0, so that the LAAT model is the baseline" in told(locked)
    state.settings.gamma = "auto"
    state.keep_settings()
    locked.run()
    assert labels(locked) == ["Look, and count it as look 1"]
    zeros = ImportanceScores.zeros(state.feature_names)
    state.use(state.add_expert("zeros", zeros))
    press(locked, "Look, and count it as look 1")  # a page from before
    assert state.project.history.looks == ()
    assert labels(locked) == []
    assert "All scores are 0, so that the LAAT model is the baseline" in told(locked)


def test_several_looks_are_listed_and_what_they_mean_is_said(locked):
    for number in (1, 2, 3):
        state_of(locked).edit_scores({"age": -number}, "move")
        locked.run()
        press(locked, f"Look, and count it as look {number}")
    assert list(locked.dataframe[0].value["Look"]) == [3, 2, 1]
    assert "Who" not in locked.dataframe[0].value  # nobody has a name here
    assert "This is look 3. Each look lets the choice of scores lean on these rows" in told(locked)


def test_limits_after_an_edit_that_followed_a_look_are_said_to_be_too_hopeful(locked):
    state = state_of(locked)
    state.edit_scores({"age": -9}, "move")
    press(locked.run(), "Look, and count it as look 1")
    assert "too hopeful" not in told(locked)
    for score in (-8, -7):
        state.edit_scores({"age": score}, "move")
    press(locked.run(), "Look, and count it as look 2")
    assert "The scores were edited 2 times since the first look. Unless all of that" in told(locked)
    assert "too hopeful, by an amount that nobody can compute" in told(locked)
    state.settings.gamma = 3.0
    state.keep_settings()
    state.edit_scores({"age": -6}, "move")
    press(locked.run(), "Look, and count it as look 3")
    assert "The scores were edited 3 times" in told(locked)
    assert list(locked.dataframe[0].value["Edits"]) == [3, 2, 0]


def test_that_something_else_was_changed_after_a_look_is_said(locked):
    press(locked, "Look, and count it as look 1")
    state = state_of(locked)
    state.settings.gamma = 3.0
    state.keep_settings()
    press(locked.run(), "Look, and count it as look 2")
    assert "No score was edited since the first look, but something else was changed" in told(
        locked
    )
    assert "too hopeful" in told(locked)


def test_another_window_that_was_faster_is_told(locked):
    state = state_of(locked)
    real = state.project.looked

    def overtaken(look, settings, number):
        Projects(state.projects.database).open(state.project.id).looked(
            look, {**settings, "gamma": 3.0}, number
        )
        real(look, settings, number)

    state.project.looked = overtaken
    press(locked, "Look, and count it as look 1")
    assert "Somebody else has looked meanwhile" in told(locked)


def test_too_few_rows_are_said_and_nothing_can_be_locked(part):
    table = pd.DataFrame({"x": range(12), "*y*": ["no", "yes"] * 6})
    state_of(part).open(make_task(table, "*y*", "yes"))
    part.run()
    assert "At least 5 have to be held out" in told(part)
    assert labels(part) == []


def test_what_cannot_be_trained_is_said_and_not_counted(locked):
    state = state_of(locked)
    state.settings.shots = 500
    state.keep_settings()
    press(locked, "Look, and count it as look 1")
    assert "Choose 110 or fewer" in told(locked)
    assert state.project.history.looks == ()


def test_history_says_when_rows_were_held_out_and_looked_at(app):
    app.run()
    settled(app)
    edit(app, {"age": -9})
    state = state_of(app)
    lock_hold_out(state, 0.2)
    app.switch_page("pages/history.py").run()
    number = state.project.history.states[-1].number
    assert app.dataframe[0].value.iloc[0]["What"] == "20 % of the rows held out, after 1 edit"
    assert f"Rows held out since state {number}: not looked at yet" in told(app)
    look_at_hold_out(state)
    app.run()
    assert f"looked at with the scores of state {number}" in told(app)
    for score in (-8, -7):
        state.edit_scores({"age": score}, "move")
        look_at_hold_out(state)
    first, second, third = (look.state for look in state.project.history.looks)
    app.run()
    assert f"with the scores of states {first}, {second} and {third}" in told(app)
    app.switch_page("pages/data.py").run()
    assert "61 of them are held out" in told(app)
