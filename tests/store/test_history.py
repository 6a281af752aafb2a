import time
from dataclasses import replace

import numpy as np
import pytest

from laat_core import Cleaning, Column, HoldOut, ImportanceScores, Role, load_dataset, load_proposal
from laat_core.data.encoding import features_of
from laat_core.errors import LaatError, ScoreError, StoreError
from laat_core.store import entries
from laat_core.store.documents import task_document
from laat_core.store.events import event_after
from laat_core.store.history import History, scores_hash
from laat_core.store.marks import Marks

TASK = load_dataset("heart")
RECORDED = load_proposal("heart").scores
ASKED = {"model": "m", "base_url": "u", "system": "s", "prompt": "p"}


class Recorder:
    """A history that grows by what is recorded."""

    def __init__(self):
        self.history = History()

    def __call__(self, entry, who="ann"):
        if isinstance(entry, tuple) and isinstance(entry[1], list):
            entry = entry[0]
        self.history.fold(event_after(self.history.last, who, *entry))
        return self.history.last.number

    def edit(self, why="", how="move", who="ann", **scores):
        changes = {name: (self.history.value(name), score) for name, score in scores.items()}
        return self(entries.edited(self.history, changes, why, how), who)


@pytest.fixture
def record():
    recorder = Recorder()
    recorder(entries.opened("Heart", TASK, "0" * 64))
    recorder(entries.proposal(recorder.history, "recorded", RECORDED, ASKED, ()))
    return recorder


@pytest.fixture
def used(record):
    record(entries.Entry("used", {"name": "recorded", "keep_edits": False}))
    return record


def test_a_project_starts_at_zero(record):
    history = record.history
    assert (history.title, history.table_hash, history.origin) == ("Heart", "0" * 64, "")
    assert not history.scores.values.any()
    assert history.scores.features == RECORDED.features
    assert [state.what for state in history.states] == ["Project opened"]
    assert not history.next_undo
    assert history.asked == {"recorded": ASKED}


def test_a_used_proposal_is_on_the_sliders(used):
    history = used.history
    assert history.origin == "recorded"
    for scores in (history.scores, history.original):
        assert scores.as_dict() == RECORDED.as_dict()
        assert scores.reasons == RECORDED.reasons
        np.testing.assert_array_equal(scores.estimates, RECORDED.estimates)


def test_an_edit_is_as_one_of_scores(used):
    number = used.edit(why="they were referred", age=-3, who="bob")
    history = used.history
    expected = RECORDED.edit({"age": -3}, source="bob", reason="they were referred")
    assert history.scores.as_dict() == expected.as_dict()
    assert (history.scores.sources, history.scores.reasons) == (expected.sources, expected.reasons)
    state = history.states[-1]
    assert (state.number, state.who, state.why) == (number, "bob", "they were referred")
    assert state.what == f"age: {RECORDED.score('age'):+g} → −3"
    used.edit(age=1, who="")
    assert history.scores.sources[history.scores.features.index("age")] == "expert"


def test_a_reset_gives_back_source_and_reasons(used):
    used.edit(age=-3)
    used.edit(age=RECORDED.score("age"), how="reset")
    assert used.history.scores.reasons == RECORDED.reasons
    assert used.history.scores.sources == RECORDED.sources


def test_undo_and_redo_are_linear(used):
    used.edit(age=1)
    used.edit(age=2)
    undo, redo = entries.Entry("undone", {}), entries.Entry("redone", {})
    used(undo)
    assert used.history.value("age") == 1
    assert used.history.states[-1].what == "Undone: age: +1 → +2"
    used(undo)
    assert used.history.value("age") == RECORDED.score("age")
    used(redo)
    assert used.history.value("age") == 1
    assert used.history.next_redo
    used.edit(age=5)
    assert not used.history.next_redo
    for _ in range(3):
        used(undo)
    assert used.history.origin == ""
    assert not used.history.next_undo
    with pytest.raises(StoreError, match="nothing to undo"):
        used(undo)


def test_kept_edits_stay_where_a_proposal_is_used(used):
    used.edit(age=1, why="known", st_depression=RECORDED.score("st_depression") + 1)
    used.edit(st_depression=RECORDED.score("st_depression"))
    other = ImportanceScores.from_mapping(dict.fromkeys(RECORDED.features, 4.0), "other")
    used(entries.proposal(used.history, "other", other, {}, ()))
    used(entries.Entry("used", {"name": "other", "keep_edits": True}))
    scores = used.history.scores
    assert (scores.score("age"), scores.score("st_depression")) == (1, 4)
    assert scores.reasons[scores.features.index("age")] == ("known",)
    used(entries.Entry("used", {"name": "recorded", "keep_edits": False}))
    assert used.history.scores.as_dict() == RECORDED.as_dict()


def test_what_a_proposal_says_nothing_about_stays(used):
    used.edit(age=1)
    some = ImportanceScores.from_mapping({"st_depression": 9.0, "elsewhere": 2.0})
    used(entries.proposal(used.history, "some", some, {}, ()))
    used(entries.Entry("used", {"name": "some", "keep_edits": False}))
    history = used.history
    assert [history.value(n) for n in ("age", "st_depression", "elsewhere")] == [1, 9, 2]
    used(entries.Entry("undone", {}))
    assert history.value("elsewhere") == 0  # once known, always known


def test_another_positive_class_turns_every_sign(used):
    number = used.edit(age=1, why="known")
    used(entries.task_changed(used.history, replace(TASK, positive_class=TASK.negative_class)))
    history = used.history
    turned = RECORDED.edit({"age": 1}, source="ann", reason="known").flipped()
    assert history.scores.as_dict() == turned.as_dict()
    assert history.scores.reasons == turned.reasons
    assert history.experts["recorded"].as_dict() == RECORDED.flipped().as_dict()
    assert not history.next_undo
    assert history.scores_at(number).as_dict() == turned.as_dict()
    used.edit(age=9)
    used(entries.Entry("restored", {"state": number}))
    assert history.scores.as_dict() == turned.as_dict()
    used(entries.Entry("undone", {}))
    assert history.value("age") == 9


def test_other_roles_keep_the_scores_of_ignored_columns(used):
    used.edit(age=1)
    ignored = TASK.with_columns(replace(TASK.column("age"), role=Role.IGNORE))
    used(entries.task_changed(used.history, ignored))
    assert used.history.states[-1].what == "Role of age: numeric → ignore"
    assert used.history.value("age") == 1
    assert used.history.next_undo
    grouped = TASK.with_columns(replace(TASK.column("age"), role=Role.CATEGORICAL))
    used(entries.task_changed(used.history, grouped))
    assert used.history.value("age = 50") == 0
    used(entries.Entry("undone", {}))
    assert used.history.value("age = 50") == 0


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (Cleaning(), Cleaning(("0", "-9")), "age: counted as missing: 0, -9"),
        (Cleaning(("0", "-9")), Cleaning(("0",)), "age: no longer missing: -9"),
        (Cleaning(), Cleaning(merged={"a": "b{}"}), "age: merged into b{}: a"),
        (Cleaning(merged={"a": "b"}), Cleaning(), "age: no longer merged: a"),
        (
            Cleaning(merged={"a": "b"}),
            Cleaning(("9",), {"a": "c", "d": "c"}),
            "age: counted as missing: 9; age: merged into c: a, d",
        ),
    ],
)
def test_missing_codes_and_merges_are_named(used, before, after, what):
    for cleaning in (before, after):
        column = replace(TASK.column("age"), cleaning=cleaning)
        if entry := entries.task_changed(used.history, TASK.with_columns(column)):
            used(entry)
    assert used.history.states[-1].what == what


def test_a_role_that_follows_a_missing_code_is_named_with_it(used):
    column = replace(TASK.column("sex"), role=Role.NUMERIC, cleaning=Cleaning(("male",)))
    used(entries.task_changed(used.history, TASK.with_columns(column)))
    assert used.history.states[-1].what == (
        "Role of sex: categorical → numeric; sex: counted as missing: male"
    )


def test_an_order_and_a_reference_date_are_named(used):
    ordered = replace(TASK.column("sex"), role=Role.ORDERED, order=("male", "female"))
    used(entries.task_changed(used.history, TASK.with_columns(ordered)))
    assert used.history.states[-1].what == (
        "Role of sex: categorical → ordered; sex: male < female"
    )
    turned = replace(ordered, order=("female", "male"), reference="2024-01-31")
    used(entries.task_changed(used.history, TASK.with_columns(turned)))
    assert used.history.states[-1].what == "sex: female < male; sex: years to 2024-01-31"


def test_once_rows_are_held_out_the_group_column_stays(used):
    used(entries.held_out(HoldOut(0.2, 1)))
    words = replace(TASK.column("age"), label="Years")
    used(entries.task_changed(used.history, TASK.with_columns(words)))
    grouped = TASK.with_columns(Column("age", Role.GROUP))
    with pytest.raises(StoreError, match="depends on the column with the role group"):
        used(entries.task_changed(used.history, grouped))


def test_what_counts_as_equal_in_the_group_column_stays_too():
    recorder = Recorder()
    grouped = TASK.with_columns(Column("age", Role.GROUP))
    recorder(entries.opened("Heart", grouped, "0" * 64))
    recorder(entries.held_out(HoldOut(0.2, 1)))
    cleaned = replace(grouped.column("age"), cleaning=Cleaning(("50",)))
    with pytest.raises(StoreError, match="group the rows otherwise"):
        recorder(entries.task_changed(recorder.history, grouped.with_columns(cleaned)))


def test_features_that_a_merge_takes_away_come_back_with_their_scores(used):
    score = used.history.value("chest_pain = asymptomatic")
    merged = Cleaning().with_merged(["asymptomatic"], "other")
    column = replace(TASK.column("chest_pain"), cleaning=merged)
    used(entries.task_changed(used.history, TASK.with_columns(column)))
    assert used.history.value("chest_pain = other") == 0
    used(entries.task_changed(used.history, TASK))
    assert used.history.value("chest_pain = asymptomatic") == score != 0


def test_a_task_kept_before_there_was_any_cleaning_is_the_same_one():
    document = task_document(TASK)
    del document["target_cleaning"]
    for column in document["columns"]:
        del column["cleaning"]
    names = [feature.name for feature in features_of(TASK)]
    opened = {"title": "Heart", "table": "0" * 64, "task": document, "features": names}
    recorder = Recorder()
    recorder(entries.Entry("opened", opened))
    assert entries.task_changed(recorder.history, TASK) is None
    column = replace(TASK.column("age"), cleaning=Cleaning(("0",)))
    recorder(entries.task_changed(recorder.history, TASK.with_columns(column)))
    assert recorder.history.states[-1].what == "age: counted as missing: 0"


def test_a_restored_state_can_be_undone(used):
    first = used.edit(age=1)
    used.edit(age=2)
    used(entries.named(used.history, first, "as agreed"))
    used(entries.Entry("restored", {"state": first}))
    assert used.history.value("age") == 1
    assert used.history.states[-1].what == "Back to as agreed"
    used(entries.Entry("undone", {}))
    assert used.history.value("age") == 2


def test_a_note_becomes_the_reason_of_its_scores(used):
    number = used.edit(age=1)
    used(entries.noted(used.history, number, "  said\nlater "))
    history = used.history
    assert history.state(number).why == "said later"
    assert history.scores.reasons[history.scores.features.index("age")] == ("said later",)
    assert entries.noted(history, number, "said later") is None


def test_locked_features_are_refused(used):
    used(entries.locked(used.history, ["age"], lock=True))
    assert used.history.locked == {"age"}
    assert entries.locked(used.history, ["age"], lock=True) is None
    with pytest.raises(ScoreError, match=r"Locked: 'age'\. Unlock"):
        used.edit(age=1, st_depression=1)
    used(entries.locked(used.history, ["age"], lock=False))
    used.edit(age=1)


def test_doubts_are_kept_by_state_and_locks_take_them_off(used):
    first = used(entries.doubted(used.history, ["age", "sex = male"], doubt=True))
    assert used.history.doubted == {"age", "sex = male"}
    assert used.history.state(first).what == "Unsure: age, sex = male"
    assert entries.doubted(used.history, ["age"], doubt=True) is None
    locked = used(entries.locked(used.history, ["age"], lock=True))
    assert used.history.marks == Marks(frozenset({"age"}), frozenset({"sex = male"}))
    assert used.history.state(locked).what == "Locked: age"
    assert used.history.marks_at(first).doubted == {"age", "sex = male"}
    with pytest.raises(ScoreError, match=r"Locked: 'age'\. What is locked is sure"):
        used(entries.doubted(used.history, ["age"], doubt=True))
    used(entries.locked(used.history, ["age"], lock=False))
    assert used.history.states[-1].what == "Unlocked: age"
    used(entries.doubted(used.history, ["sex = male"], doubt=False))
    assert used.history.states[-1].what == "No longer unsure: sex = male"
    assert used.history.doubted == frozenset()


def test_what_is_not_to_be_used_is_kept_by_state_beside_locks_and_takes_doubts_off(used):
    used(entries.locked(used.history, ["cholesterol"], lock=True))
    used(entries.doubted(used.history, ["age"], doubt=True))
    first = used(entries.unused(used.history, ["age", "cholesterol"], unuse=True))
    assert used.history.state(first).what == "Not to be used: age, cholesterol"
    both = frozenset({"age", "cholesterol"})
    assert used.history.marks == Marks(locked=frozenset({"cholesterol"}), unused=both)
    assert entries.unused(used.history, ["age"], unuse=True) is None
    with pytest.raises(ScoreError, match=r"Not to be used: 'age'\. Its score counts as 0"):
        used(entries.doubted(used.history, ["age"], doubt=True))
    used(entries.locked(used.history, ["age"], lock=True))
    used(entries.unused(used.history, ["age"], unuse=False))
    assert used.history.states[-1].what == "To be used again: age"
    assert (used.history.unused, used.history.locked) == ({"cholesterol"}, both)
    assert used.history.marks_at(first).unused == both


@pytest.mark.parametrize("mark", ["doubted", "unused"])
def test_marks_are_neither_undone_nor_restored(used, mark):
    used.edit(age=1)
    before = used.history.states[-1].number
    used(entries.Entry(mark, {"features": ["age"], mark: True}))
    used(entries.Entry("undone", {}))
    used(entries.Entry("restored", {"state": before}))
    assert used.history.value("age") == 1
    assert getattr(used.history, mark) == {"age"}


def test_automatic_trust_and_switches_read_well(used):
    used(entries.settings(used.history, {"gamma": 100.0, "loosen": False}))
    used(entries.settings(used.history, {"gamma": "auto", "loosen": True}))
    assert used.history.states[-1].what == (
        "Settings: trust 100 → auto, loosening by the estimates off → on"
    )


def test_settings_are_merged(used):
    used(entries.settings(used.history, {"gamma": 100.0, "design": {"shots": 5}}))
    used(entries.settings(used.history, {"gamma": 10.0}))
    assert used.history.settings == {"gamma": 10.0, "design": {"shots": 5}}
    assert used.history.states[-1].what == "Settings: trust 100 → 10"
    assert entries.settings(used.history, {"gamma": 10.0}) is None


def test_a_run_carries_the_hashes_of_what_it_came_from(used):
    number = used.edit(age=1)
    used(entries.ran(used.history, number, {"auc": 0.8}))
    result = used.history.states[-1].result
    assert result["result"] == {"auc": 0.8}
    assert result["scores"] == scores_hash(used.history.scores)
    assert result["table"] == "0" * 64
    assert len(result["prompt"]) == 64
    assert result["model"] == {"model": "m", "base_url": "u"}


def test_names_of_proposals_are_made_free(used):
    entry = entries.proposal(used.history, "recorded", RECORDED, {}, ["recorded (2)"])
    assert entry.content["name"] == "recorded (3)"
    used(entry)
    used(entries.Entry("removed", {"name": "recorded"}))
    assert list(used.history.experts) == ["recorded (3)"]
    assert used.history.origin == "recorded"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("opened", {"title": "x", "table": "", "task": {}, "features": []}),
        ("unknown", {}),
        ("undone", {"x": 1}),
        ("removed", {"name": "nobody"}),
        ("removed", {}),
        ("used", {"name": "recorded", "keep_edits": 1}),
        ("proposal", {"name": "", "scores": {}, "asked": {}}),
        ("proposal", {"name": "recorded", "scores": {}, "asked": {}}),
        ("proposal", {"name": "new", "scores": {}, "asked": {}}),
        ("edited", {"changes": {}, "why": "", "how": "move"}),
        ("edited", {"changes": {"age": [0, 1]}, "why": "", "how": "fly"}),
        ("edited", {"changes": {"age": [5, 1]}, "why": "", "how": "move"}),
        ("edited", {"changes": {"age": [0, 11]}, "why": "", "how": "move"}),
        ("edited", {"changes": {"age": [0, True]}, "why": "", "how": "move"}),
        ("edited", {"changes": {"age": [0]}, "why": "", "how": "move"}),
        ("edited", {"changes": {"age": 1}, "why": "", "how": "move"}),
        ("edited", {"changes": {"nothing": [0, 1]}, "why": "", "how": "move"}),
        ("edited", {"changes": {"age": [0, 1]}, "why": "a\nb", "how": "move"}),
        ("edited", {"changes": {"age": [0, 1]}, "why": "a" * 301, "how": "move"}),
        ("edited", {"changes": {"age": [0, 1]}, "why": "", "how": "reset"}),
        ("restored", {"state": 99}),
        ("restored", {"state": True}),
        ("noted", {"state": 2, "text": "no state"}),
        ("named", {"state": 1, "name": "a" * 301}),
        ("locked", {"features": ["nothing"], "locked": True}),
        ("locked", {"features": [1], "locked": True}),
        ("doubted", {"features": ["nothing"], "doubted": True}),
        ("doubted", {"features": ["age", "age"], "doubted": True}),
        ("doubted", {"features": ["age"]}),
        ("unused", {"features": ["nothing"], "unused": True}),
        ("unused", {"features": ["age", "age"], "unused": True}),
        ("unused", {"features": [["age"]], "unused": True}),
        ("unused", {"features": ["age"], "unused": 1}),
        ("unused", {"features": "age", "unused": True}),
        ("unused", {"features": ["age"]}),
        ("task", {"task": {}, "features": []}),
        ("ran", {"state": 1, "result": {}}),
        (
            "ran",
            {"state": 1, "result": {}, "scores": "", "table": "1", "prompt": "", "model": {}},
        ),
        ("studied", {"state": 1, "study": "noise", "result": {}}),
        ("studied", {"state": 99, "study": "noise", "result": {}, "scores": ""}),
        ("studied", {"state": 1, "study": "a\nb", "result": {}, "scores": ""}),
        ("tried", {"trial": []}),
        ("tried", {"trial": {}, "state": 1}),
        ("unreadable", {"unreadable": "x"}),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(record, kind, content):
    if content.get("changes", {}).get("age") == [0, 1] and content["how"] == "reset":
        content = {**content, "changes": {"age": [0, 2]}}
    with pytest.raises(LaatError):
        record(entries.Entry(kind, content))
    assert len(record.history.events) == 2
    record.edit(age=1)
    assert record.history.value("age") == 1


def test_events_out_of_order_are_refused(record):
    events = record.history.events
    with pytest.raises(StoreError, match="does not follow"):
        History([events[1]])
    with pytest.raises(StoreError, match="does not follow"):
        History([events[0], replace(events[1], previous="")])


def test_many_events_are_folded_fast(used):
    features = used.history.scores.features
    for number in range(2000):
        used.edit(**{features[number % len(features)]: number % 19 - 9.25})
    started = time.process_time()
    again = History(used.history.events)
    assert time.process_time() - started < 1  # a tenth of a second where nothing else runs
    assert again.scores.as_dict() == used.history.scores.as_dict()
    some = again.states[1000].number
    assert again.scores_at(some).as_dict() == used.history.scores_at(some).as_dict()


def test_a_locked_score_holds_when_a_proposal_is_used(used):
    zeros = ImportanceScores.from_mapping(dict.fromkeys(RECORDED.features, 1.0), "ones")
    used(entries.proposal(used.history, "ones", zeros, {}, ()))
    used.edit(age=-3)
    used(entries.locked(used.history, ["age", "cholesterol"], lock=True))
    used(entries.Entry("used", {"name": "ones", "keep_edits": False}))
    kept = {"age": -3.0, "cholesterol": RECORDED.score("cholesterol")}
    assert {name: used.history.value(name) for name in kept} == kept
    assert used.history.value("st_depression") == 1
    assert used.history.scores.sources[0] == "ann"


def test_what_comes_next_is_said(used):
    used.edit(age=-3)
    assert used.history.next_undo == "age: +5.2 → −3"
    used(entries.Entry("undone", {}))
    assert used.history.next_undo.startswith("Scores of recorded")
    assert used.history.next_redo == "age: +5.2 → −3"


def test_who_set_a_score_last_is_known(used):
    assert used.history.edited_by("age") is None
    number = used.edit(age=-3)
    assert used.history.edited_by("age") == number
    reset = used.edit(how="reset", age=RECORDED.score("age"))
    assert used.history.edited_by("age") == reset


def test_a_state_has_the_settings_of_its_time_unless_the_task_is_another(used):
    first = used.history.states[-1].number
    used(entries.settings(used.history, {"gamma": 3.0}))
    last = used.history.states[-1].number
    assert used.history.settings_at(first) == {}
    assert used.history.settings_at(last) == {"gamma": 3.0}
    used(entries.task_changed(used.history, replace(TASK, description="Another.")))
    assert used.history.settings_at(first) is None


def test_what_a_project_starts_with_is_not_undone(record):
    record(entries.Entry("started", {"name": "recorded"}))
    assert record.history.origin == "recorded"
    assert record.history.scores.as_dict() == RECORDED.as_dict()
    assert record.history.next_undo == ""
    record.edit(age=-3)
    with pytest.raises(StoreError, match="before anything else"):
        record(entries.Entry("started", {"name": "recorded"}))


def test_the_last_study_of_each_kind_is_kept_with_its_state_and_makes_none(used):
    first = used.history.states[-1].number
    used(entries.studied(used.history, first, "noise", {"any": 1}))
    last = used.edit(age=-3)
    used(entries.studied(used.history, last, "trust", {"any": 2}))
    used(entries.studied(used.history, last, "noise", {"any": 3}))
    studies = used.history.studies
    assert {name: kept["result"] for name, kept in studies.items()} == {
        "noise": {"any": 3},
        "trust": {"any": 2},
    }
    assert studies["noise"]["state"] == last
    assert studies["noise"]["scores"] == scores_hash(used.history.scores)
    assert used.history.states[-1].number == last


def test_the_last_trial_is_kept_and_makes_no_state(used):
    last = used.history.states[-1].number
    assert used.history.trial == {}
    used(entries.tried(used.history, {"step": 1}))
    used(entries.tried(used.history, {"step": 2, "moved": {"age": 1.5}}))
    assert used.history.trial == {"step": 2, "moved": {"age": 1.5}}
    assert entries.tried(used.history, {"moved": {"age": 1.5}, "step": 2}) is None
    assert used.history.states[-1].number == last
