import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from laat_core.store.database import Database
from laat_core.store.projects import Projects
from ui.case import CaseView
from ui.instrument.messages import DO, obey
from ui.settings import GAMMAS
from ui.state import AppState


@pytest.fixture
def case():
    return CaseView()


@pytest.fixture
def say(state, case):
    """Send actions as the next message."""

    def say(*actions, number=None):
        obey(state, case, message(state, *actions, number=number))

    return say


def message(state, *actions, number=None):
    return {"number": state.received + 1 if number is None else number, "actions": list(actions)}


def edit(state, how="move", **scores):
    now = state.scores.as_dict()
    return {"kind": "edit", "how": how, "changes": {n: [now[n], s] for n, s in scores.items()}}


def other_window(state):
    return AppState.of_project(state.projects, state.kept.id)


# What a person does


def test_an_edit_is_recorded_and_acknowledged(state, say):
    epoch = state.epoch
    say(edit(state, age=-2.5), number=3)
    assert state.scores.score("age") == -2.5
    assert state.scores.sources[0] == "expert"
    # The page's fields are not drawn anew, since the instrument has the edit already.
    assert (state.received, state.epoch, state.notice) == (3, epoch, "")
    assert other_window(state).scores.score("age") == -2.5


@pytest.mark.parametrize(
    ("how", "scores"),
    [("zero", {"age": 0}), ("flip", {"age": -5.2}), ("scale", {"age": 2.6, "cholesterol": 1})],
)
def test_edits_say_how_they_were_made(state, say, how, scores):
    say(edit(state, how, **scores))
    assert state.project.history.last.content["how"] == how
    assert {name: state.scores.score(name) for name in scores} == scores


def test_a_reset_goes_back_to_the_proposal_with_its_source(state, say):
    say(edit(state, age=-2.5))
    say(edit(state, "reset", age=state.original.score("age")))
    assert state.edited == []
    assert state.scores.sources[0] == state.proposal.scores.sources[0]


def test_levels_that_move_together_are_one_edit(state, say):
    levels = [name for name in state.feature_names if name.startswith("chest_pain")]
    assert len(levels) > 2
    before = len(state.kept.history.states)
    say(edit(state, **dict.fromkeys(levels, 1.5)))
    assert {state.scores.score(name) for name in levels} == {1.5}
    assert len(state.project.history.states) == before + 1
    say({"kind": "undo"})
    assert state.scores.as_dict() == state.proposal.scores.as_dict()


def test_a_move_is_trained_with_but_not_recorded_before_it_rests(state, say):
    say({"kind": "move", "scores": {"age": -9}})
    assert state.moving == {"age": -9}
    assert state.scores.as_dict() == state.proposal.scores.as_dict()
    assert state.project.id == ""
    say(edit(state, age=-9))
    assert state.moving == {}


def test_a_slider_that_is_back_where_it_was_moves_no_more(state, say):
    say({"kind": "move", "scores": {"age": -9}})
    say({"kind": "move", "scores": {}})
    assert state.moving == {}
    assert state.project.id == ""


@pytest.mark.parametrize("quiet", ["look", "more"])
def test_what_the_page_asks_by_itself_lets_no_slider_go_and_takes_no_notice_away(state, say, quiet):
    say({"kind": "move", "scores": {"age": -9}})
    state.notice = "Something"
    say({"kind": quiet})
    assert (state.moving, state.notice) == ({"age": -9}, "Something")


def test_undo_and_redo_walk_through_edits(state, say):
    say(edit(state, age=1))
    say(edit(state, age=2))
    seen = []
    for kind in ("undo", "undo", "redo", "redo"):
        say({"kind": kind})
        seen.append(state.scores.score("age"))
    assert seen == [1, 5.2, 1, 2]
    assert other_window(state).scores.score("age") == 2


def test_an_edit_takes_what_could_be_done_again_away(state, say):
    say(edit(state, age=1))
    say({"kind": "undo"})
    say(edit(state, age=2))
    say({"kind": "redo"})
    assert state.scores.score("age") == 2
    assert state.notice == "There is nothing to redo."


@pytest.mark.parametrize("kind", ["undo", "redo"])
def test_where_nothing_was_done_nothing_is_undone_and_nothing_kept(projects, case, kind):
    state = AppState.bundled(projects, "wine")
    obey(state, case, message(state, {"kind": kind}))
    assert state.notice == f"There is nothing to {kind}."
    assert state.project.id == ""


def test_a_locked_feature_is_not_edited_and_that_is_said(state, say):
    say({"kind": "lock", "features": ["age"], "locked": True})
    assert state.locked == {"age"}
    say(edit(state, age=1))
    assert state.scores.score("age") == 5.2
    assert "Locked" in state.notice
    assert "age" in state.notice
    say({"kind": "lock", "features": ["age"], "locked": False})
    say(edit(state, age=1))
    assert (state.scores.score("age"), state.notice) == (1, "")


def test_a_lock_by_another_window_holds_here_before_it_is_seen(state, say):
    other_window(state).project.lock(["age"])
    say(edit(state, age=1))
    assert state.scores.score("age") == 5.2
    assert "Locked" in state.notice


def test_a_doubted_score_is_marked_until_it_is_locked(state, say):
    say({"kind": "doubt", "features": ["age", "nothing"], "doubted": True})
    assert other_window(state).project.history.doubted == {"age"}
    assert state.feature_trust == {"age": 0.1}
    say({"kind": "lock", "features": ["age"], "locked": True})
    assert state.feature_trust == {}
    say({"kind": "doubt", "features": ["age"], "doubted": True})
    assert state.notice == "Locked: 'age'. What is locked is sure; unlock it first."


def test_what_is_not_used_is_marked_until_it_is_used_again(state, say):
    say({"kind": "doubt", "features": ["age"], "doubted": True})
    say({"kind": "unuse", "features": ["age", "nothing"], "unused": True})
    marks = other_window(state).project.history.marks
    assert (marks.unused, marks.doubted) == ({"age"}, frozenset())
    assert state.recipe.not_used == ("age",)
    say({"kind": "doubt", "features": ["age"], "doubted": True})
    assert state.notice.startswith("Not to be used: 'age'.")
    say({"kind": "lock", "features": ["age"], "locked": True})
    assert state.recipe.not_used == ("age",)
    say({"kind": "unuse", "features": ["age"], "unused": False})
    assert state.recipe == state.settings.recipe


def test_automatic_trust_is_the_last_stop(state, say):
    say({"kind": "gamma", "position": len(GAMMAS) - 1, "moving": False})
    assert other_window(state).settings.gamma == "auto"


def test_features_that_are_none_are_not_locked(state, say):
    say({"kind": "lock", "features": ["nothing", "age"], "locked": True})
    assert state.locked == {"age"}


def test_a_note_is_the_reason_of_the_edit(state, say):
    say(edit(state, age=1))
    say({"kind": "note", "feature": "age", "text": " It is \n confounded. "})
    assert state.scores.reasons[0] == ("It is confounded.",)
    assert state.project.history.states[-1].why == "It is confounded."


def test_a_note_on_what_was_not_edited_is_nobodys(state, say):
    say({"kind": "note", "feature": "age", "text": "Why?"})
    assert state.project.id == ""


def test_a_long_note_is_cut(state, say):
    say(edit(state, age=1))
    say({"kind": "note", "feature": "age", "text": "n" * 10_000})
    assert state.scores.reasons[0] == ("n" * 300,)
    assert state.notice == ""


def test_trust_follows_while_it_is_dragged_and_is_recorded_once_it_rests(state, say):
    say({"kind": "gamma", "position": 0, "moving": True})
    assert state.settings.gamma == 0
    assert state.project.id == ""
    say({"kind": "gamma", "position": 3, "moving": False})
    assert state.settings.gamma == GAMMAS[3]
    assert other_window(state).settings.gamma == GAMMAS[3]


def test_all_actions_of_a_message_are_done_in_order(state, say):
    say(
        edit(state, age=1),
        {"kind": "note", "feature": "age", "text": "first"},
        {"kind": "lock", "features": ["age"], "locked": True},
        {"kind": "edit", "how": "move", "changes": {"age": [1, 2]}},
        edit(state, cholesterol=3),
    )
    assert state.scores.as_dict() == state.original.edit({"age": 1, "cholesterol": 3}).as_dict()
    assert "Locked" in state.notice
    assert other_window(state).locked == {"age"}


def test_everything_that_a_person_has_to_know_of_a_message_is_said(state, say):
    say(
        {"kind": "redo"},
        {"kind": "redo"},
        {"kind": "lock", "features": ["age"], "locked": True},
        edit(state, age=1),
    )
    assert state.notice == ("There is nothing to redo. Locked: 'age'. Unlock to change the score.")


def test_what_follows_a_fault_is_done_all_the_same(state, say):
    say({"kind": "nonsense"}, {"kind": "note"}, edit(state, age=99), edit(state, age=1))
    assert state.scores.score("age") == 1


# Twice, late, and by two


def test_a_message_is_taken_once(state, case):
    sent = message(state, edit(state, age=1))
    obey(state, case, sent)
    obey(state, case, message(state, {"kind": "undo"}))
    obey(state, case, sent)
    assert state.scores.score("age") == 5.2
    assert state.notice == ""


def test_an_edit_that_is_sent_again_under_another_number_is_made_once(state, say):
    sent = edit(state, age=1)
    say(sent)
    states = len(state.project.history.states)
    say(sent)
    assert (state.scores.score("age"), state.notice) == (1, "")
    assert len(state.project.history.states) == states


def test_an_edit_that_another_window_has_overtaken_is_left_and_named(state, say):
    other = other_window(state)
    late = edit(state, age=9, cholesterol=9)
    other.edit_scores({"age": -4.0}, "move")
    say(late)
    assert state.scores.score("age") == -4
    assert state.scores.score("cholesterol") == 9
    assert "Another window has moved Age to −4" in state.notice
    assert "Cholesterol" not in state.notice
    assert other_window(state).scores.as_dict() == state.scores.as_dict()


def test_after_that_it_can_be_moved(state, say):
    other = other_window(state)
    late = edit(state, age=9)
    other.edit_scores({"age": -4}, "move")
    say(late)
    say(edit(state, age=9))
    assert (state.scores.score("age"), state.notice) == (9, "")


def test_an_edit_from_before_a_reset_is_left(state, say):
    say(edit(state, age=1))
    late = edit(state, age=-2.5)
    state.reset_scores()
    say(late)
    assert state.scores.as_dict() == state.original.as_dict()
    assert "Age to +5.2" in state.notice


def test_an_undo_that_another_window_has_overtaken_is_refused(state, say):
    say(edit(state, age=1))
    other_window(state).edit_scores({"cholesterol": 2}, "move")
    say({"kind": "undo"})
    assert "changed meanwhile" in state.notice
    assert (state.scores.score("age"), state.scores.score("cholesterol")) == (1, 2)


def test_a_look_brings_in_what_another_window_has_done(state, say):
    other = other_window(state)
    other.edit_scores({"age": -4}, "move")
    assert state.scores.score("age") == 5.2
    say({"kind": "look"})
    assert state.scores.score("age") == -4


def test_roles_that_another_window_has_changed_come_in_with_an_edit(state, say):
    other = other_window(state)
    column = other.task.column("sex")
    other.change_task(other.task.with_columns(type(column)("sex", "ignore")))
    say(edit(state, age=1))
    assert state.feature_names == other.feature_names
    assert state.scores.score("age") == 1


def test_a_project_that_another_window_has_deleted_is_told(state, say):
    say(edit(state, cholesterol=1))  # so that there is something to undo
    state.projects.delete(state.kept.id)
    for action in (edit(state, age=1), {"kind": "undo"}, {"kind": "look"}):
        state.notice = ""
        say(action)
        assert "no such project" in state.notice
    say({"kind": "gamma", "position": 0, "moving": False})


# Nonsense


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        [],
        "message",
        7,
        {"number": 1},
        {"actions": []},
        {"number": None, "actions": []},
        {"number": "x", "actions": []},
        {"number": math.inf, "actions": []},
        {"number": math.nan, "actions": []},
        {"number": 10**6000, "actions": []},
        {"number": 1, "actions": None},
        {"number": 1, "actions": "edit"},
        {"number": 1, "actions": [None, {}]},
        {"number": 1, "actions": [{"kind": ["edit"]}]},
        {"number": 1, "actions": {"kind": "edit"}},
    ],
)
def test_a_message_that_is_none_is_not_taken(state, case, sent):
    obey(state, case, sent)
    assert (state.project.id, state.moving, case.values) == ("", {}, {})


@pytest.mark.parametrize(
    "changes",
    [
        {"age": [5.2, 99]},
        {"age": [5.2, -10.01]},
        {"age": [5.2, math.nan]},
        {"age": [5.2, math.inf]},
        {"age": [5.2, "much"]},
        {"age": [5.2, None]},
        {"age": [5.2, [1]]},
        {"age": [5.2]},
        {"age": [5.2, 1, 2]},
        {"age": 1},
        {"age": ["?", 1]},
        {"unknown": [0, 1]},
        {"age": [5.2, 1], "unknown": [0, 1]},
        ["age"],
        None,
        {},
    ],
)
def test_an_edit_that_no_page_sends_changes_nothing(state, say, changes):
    say({"kind": "edit", "how": "move", "changes": changes})
    assert state.scores.as_dict() == state.proposal.scores.as_dict()


@pytest.mark.parametrize("how", ["hacked", "", None, 1, ["move"], "reset"])
def test_an_edit_of_a_kind_that_is_none_changes_nothing(state, say, how):
    say({"kind": "edit", "how": how, "changes": {"age": [5.2, 1]}})
    assert state.scores.score("age") == 5.2


@pytest.mark.parametrize(
    "scores", [{"age": 11}, {"age": "x"}, {"unknown": 1}, {"age": math.nan}, [], None, "age", 1]
)
def test_a_move_that_no_page_sends_moves_nothing(state, say, scores):
    say({"kind": "move", "scores": scores})
    assert state.moving == {}


@pytest.mark.parametrize("position", [11, 99, -99, "x", None, [0], math.inf, 1.5e300])
def test_trust_that_is_none_changes_nothing(state, say, position):
    say({"kind": "gamma", "position": position, "moving": False})
    assert state.settings.gamma == 100


def test_a_message_nested_too_deeply_is_left_out(state, case):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    obey(state, case, message(state, {"kind": "edit", "how": deep, "changes": {"age": [5.2, 1]}}))
    assert state.scores.score("age") == 5.2


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
FEATURES = st.sampled_from(["age", "sex = male", "cholesterol", "unknown", ""]) | ANYTHING
NUMBERS = st.floats() | st.integers(-11, 11) | ANYTHING
WHATS = ["open", "close", "row", "usual", "value", "sliders"]
PARTS = {
    "kind": st.sampled_from([*DO, "case"]) | ANYTHING,
    "how": st.sampled_from(["move", "zero", "flip", "scale", "reset"]) | ANYTHING,
    "changes": st.dictionaries(
        st.sampled_from(["age", "cholesterol", "unknown"]), st.tuples(NUMBERS, NUMBERS) | ANYTHING
    )
    | ANYTHING,
    "scores": st.dictionaries(st.sampled_from(["age", "unknown"]), NUMBERS) | ANYTHING,
    "features": st.lists(FEATURES, max_size=3) | ANYTHING,
    "feature": FEATURES,
    "locked": ANYTHING,
    "doubted": ANYTHING,
    "unused": ANYTHING,
    "text": ANYTHING,
    "position": NUMBERS,
    "moving": ANYTHING,
    "what": st.sampled_from(WHATS) | ANYTHING,
    "column": st.sampled_from(["age", "sex", "heart_disease"]) | ANYTHING,
    "value": ANYTHING,
}
ACTIONS = st.fixed_dictionaries({}, optional=PARTS) | ANYTHING
LIKELY = st.fixed_dictionaries(PARTS)


@pytest.fixture(scope="module")
def one_state(tmp_path_factory):
    """One project that everything is thrown at, one after the other."""
    url = f"sqlite:///{tmp_path_factory.mktemp('messages') / 'projects.db'}"
    with Database(url) as database:
        state = AppState.bundled(Projects(database), "heart")
        _ = state.kept
        yield state


@pytest.mark.slow
@given(st.lists(ACTIONS | LIKELY, max_size=4) | ANYTHING)
@example([{"kind": "note", "feature": "age", "text": "\ud800\0"}])
@example([{"kind": "case", "what": "value", "column": "age", "value": "1e999"}])
@example([{"kind": "case", "what": "row", "position": math.inf}])
def test_whatever_is_sent_raises_nothing_and_leaves_scores_that_are_scores(one_state, actions):
    state, case = one_state, CaseView()
    obey(state, case, {"number": state.received + 1, "actions": actions})
    for scores in (state.scores, state.scores.edit(state.moving)):
        assert all(-10 <= score <= 10 for score in scores.as_dict().values())
    assert state.settings.gamma in GAMMAS
    assert state.locked <= set(state.feature_names)
    again = other_window(state)
    assert again.scores.as_dict() == state.scores.as_dict()
    case.contents(state, None)


@given(ANYTHING)
def test_whatever_is_no_message_raises_nothing(one_state, sent):
    before = one_state.scores.as_dict()
    obey(one_state, CaseView(), sent)
    obey(one_state, CaseView(), {"number": sent, "actions": []})
    one_state.received = 0
    assert one_state.scores.as_dict() == before
