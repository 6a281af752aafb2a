import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import Bias, Condition, DataError, Design, DesignError, Step, make_task
from laat_core.data.bias import KINDS
from laat_core.data.splits import make_splits

N_ROWS = 300
YOUNG = (Condition("age", "under", 50),)
MALE = (Condition("sex", "is", "male"),)
STEPS = {
    "leave out": lambda strength: Step("leave out", YOUNG, strength, "yes"),
    "under-sample": lambda strength: Step("leave out", YOUNG, strength),
    "tie": lambda strength: Step("tie", MALE, strength, "no"),
    "turn labels": lambda strength: Step("turn labels", YOUNG, strength),
}
EVERY_STEP = pytest.mark.parametrize("make", STEPS.values(), ids=STEPS)
SPLIT = (3, 1)


def table():
    generator = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": generator.integers(20, 80, N_ROWS),
            "sex": generator.choice(["female", "male"], N_ROWS),
            "ill": generator.choice(["no", "yes"], N_ROWS),
        }
    )


@pytest.fixture(scope="module")
def task():
    return make_task(table(), "ill", "yes")


@pytest.fixture(scope="module")
def train():
    return np.random.default_rng(1).permutation(N_ROWS)[:240]


def values(task, rows):
    left = task.labelled.iloc[rows.positions]
    return left["age"].to_numpy() < 50, (left["sex"] == "male").to_numpy()


def untouched(task, train):
    young, male = values(task, Bias(()).apply(task, train, SPLIT))
    return young, male, task.labels[train]


# What each step does at full strength


def test_rows_of_one_class_that_meet_the_condition_are_left_out(task, train):
    young, _, ill = untouched(task, train)
    rows = Bias((STEPS["leave out"](1.0),)).apply(task, train, SPLIT)
    assert rows.positions.tolist() == train[~(young & (ill == 1))].tolist()
    assert rows.labels.tolist() == task.labels[rows.positions].tolist()


def test_a_group_is_left_out_whatever_its_class(task, train):
    young, *_ = untouched(task, train)
    rows = Bias((STEPS["under-sample"](1.0),)).apply(task, train, SPLIT)
    assert rows.positions.tolist() == train[~young].tolist()


def test_a_row_has_to_meet_all_conditions(task, train):
    young, male, _ = untouched(task, train)
    rows = Bias((Step("leave out", YOUNG + MALE),)).apply(task, train, SPLIT)
    assert rows.positions.tolist() == train[~(young & male)].tolist()


def test_without_a_condition_every_row_of_the_class_is_meant(task, train):
    rows = Bias((Step("leave out", (), of_class="no"),)).apply(task, train, SPLIT)
    assert rows.labels.all()
    assert len(rows.labels) == task.labels[train].sum()


@pytest.mark.parametrize(("of_class", "label"), [("yes", 1), ("no", 0)])
def test_a_tied_condition_tells_the_class(task, train, of_class, label):
    rows = Bias((Step("tie", MALE, 1.0, of_class),)).apply(task, train, SPLIT)
    _, male = values(task, rows)
    assert ((rows.labels == label) == male).all()
    kept = (task.labels[train] == label) == untouched(task, train)[1]
    assert rows.positions.tolist() == train[kept].tolist()


def test_labels_are_turned_in_the_group_only(task, train):
    young, _, ill = untouched(task, train)
    rows = Bias((STEPS["turn labels"](1.0),)).apply(task, train, SPLIT)
    assert rows.positions.tolist() == train.tolist()
    assert rows.labels.tolist() == np.where(young, 1 - ill, ill).tolist()


def test_a_step_sees_what_those_before_it_have_left(task, train):
    young, male, ill = untouched(task, train)
    steps = STEPS["turn labels"](1.0), Step("leave out", MALE, 1.0, "yes")
    rows = Bias(steps).apply(task, train, SPLIT)
    told = np.where(young, 1 - ill, ill)
    assert rows.positions.tolist() == train[~(male & (told == 1))].tolist()


def test_a_class_is_named_and_stays_the_same_whichever_is_the_positive_one(task, train):
    other = make_task(table(), "ill", "no")
    bias = Bias((STEPS["leave out"](0.5), STEPS["tie"](0.5)))
    ours, theirs = (bias.apply(one, train, SPLIT) for one in (task, other))
    assert ours.positions.tolist() == theirs.positions.tolist()
    assert ours.labels.tolist() == (1 - theirs.labels).tolist()


# Strength


def touched(task, train, bias):
    """Positions of the rows that are left out or have another label."""
    rows = bias.apply(task, train, SPLIT)
    same = rows.positions[rows.labels == task.labels[rows.positions]]
    return set(train.tolist()) - set(same.tolist())


@EVERY_STEP
@given(first=st.floats(0, 1), second=st.floats(0, 1))
def test_what_is_touched_at_one_strength_is_touched_at_a_greater_one(
    task, train, make, first, second
):
    few, many = (touched(task, train, Bias((make(s),))) for s in sorted((first, second)))
    assert few <= many


@EVERY_STEP
def test_of_the_rows_in_question_a_share_is_touched(task, train, make):
    n_touched = [len(touched(task, train, Bias((make(s),)))) for s in (0.0, 0.4, 1.0)]
    assert n_touched[0] == 0
    assert n_touched[1] == pytest.approx(0.4 * n_touched[2], abs=3 * np.sqrt(0.24 * n_touched[2]))


def test_no_draw_depends_on_what_another_step_does(task, train):
    second = STEPS["tie"](0.5)
    alone = touched(task, train, Bias((STEPS["turn labels"](0.0), second)))
    both = Bias((Step("leave out", YOUNG, 0.7), second))
    kept = both.apply(task, train, SPLIT).positions
    first = touched(task, train, Bias(both.steps[:1]))
    assert set(train.tolist()) - set(kept.tolist()) == alone | first


def test_rows_are_drawn_by_seed_and_split_not_by_their_order(task, train):
    bias = Bias((STEPS["under-sample"](0.5),))
    first, *others = (bias.apply(task, train, seed) for seed in [SPLIT, (3, 2), (4, 1), SPLIT])
    assert others[2].positions.tolist() == first.positions.tolist()
    assert all(set(o.positions) != set(first.positions) for o in others[:2])
    turned = bias.apply(task, train[::-1], SPLIT)
    assert turned.positions[::-1].tolist() == first.positions.tolist()


def test_two_steps_have_draws_of_their_own(task, train):
    step = STEPS["under-sample"](0.5)
    once, twice = (touched(task, train, Bias((step,) * times)) for times in (1, 2))
    assert once < twice


# All splits


def trains(task, n_splits=6):
    return [split.train for split in make_splits(task.labels, Design(None, n_splits=n_splits))]


@EVERY_STEP
@pytest.mark.parametrize("strength", [0.3, 1.0])
def test_every_split_has_as_many_rows_and_both_classes(task, make, strength):
    bias = Bias((make(strength),))
    every = bias.apply_to_splits(task, trains(task), seed=5)
    assert len({len(rows.positions) for rows in every}) == 1
    lengths = []
    for number, (train, rows) in enumerate(zip(trains(task), every, strict=True), 1):
        whole = bias.apply(task, train, (5, number))
        lengths.append(len(whole.positions))
        kept = np.isin(whole.positions, rows.positions)
        assert whole.positions[kept].tolist() == rows.positions.tolist()
        assert whole.labels[kept].tolist() == rows.labels.tolist()
        assert set(rows.labels.tolist()) == {0, 1}
    assert len(every[0].positions) == min(lengths)


def test_the_last_row_of_a_class_stays_when_splits_are_made_equal():
    values = pd.DataFrame({"x": range(40), "y": ["yes"] + ["no"] * 39})
    task = make_task(values, "y", "yes")
    trains = [np.arange(40), np.array([0, 1])]
    for seed in range(20):
        first, second = Bias(()).apply_to_splits(task, trains, seed)
        assert len(first.positions) == len(second.positions) == 2
        assert 0 in first.positions


def test_a_class_without_rows_is_named_in_words(task):
    bias = Bias((Step("leave out", (), 1.0, "yes"),))
    with pytest.raises(DesignError, match="row with ill = yes in one of the splits"):
        bias.apply_to_splits(task, trains(task), 0)
    with pytest.raises(DesignError, match="no training row with ill = no"):
        Bias((Step("leave out", (), 1.0, "no"),)).apply_to_splits(task, trains(task), 0)


# Words and JSON


def test_words(task):
    bias = Bias(
        (
            Step("leave out", YOUNG + MALE, 0.4, "yes"),
            STEPS["under-sample"](1.0),
            STEPS["tie"](1.0),
            STEPS["turn labels"](0.25),
            Step("turn labels", (), 0.5),
            Step("leave out", (), 1.0, "no"),
        )
    )
    assert bias.words(task).split("; ") == [
        "Left out: age under 50 and sex is male, ill = yes (40 %)",
        "Left out: age under 50",
        "Tied together: sex is male, and ill = no",
        "Labels turned: age under 50 (25 %)",
        "Labels turned: all rows (50 %)",
        "Left out: ill = no",
    ]


@pytest.mark.parametrize("step", [Step("leave out", ()), *(make(0.5) for make in STEPS.values())])
def test_a_bias_is_the_same_after_a_trip_through_json(step):
    bias = Bias((step, step))
    assert Bias.from_dict(json.loads(json.dumps(bias.to_dict()))) == bias


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (("drop", YOUNG), "a step 'drop'. Choose among: leave out, tie, turn labels"),
        (("leave out", YOUNG, 1.5), "strength of a bias is 1.5"),
        (("leave out", YOUNG, True), "strength of a bias is True"),
        (("leave out", YOUNG, float("nan")), "strength of a bias is nan"),
        (("leave out", YOUNG, "full"), "strength of a bias is 'full'"),
        (("leave out", YOUNG, 1.0, 1), "names the class 1"),
        (("tie", YOUNG), "A tie needs a condition, and the class"),
        (("tie", (), 1.0, "yes"), "A tie needs a condition, and the class"),
        (("turn labels", YOUNG, 1.0, "yes"), "Leave the class out"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(parts, message):
    with pytest.raises(DataError, match=message):
        Step(*parts)


STEP = STEPS["tie"](0.5).to_dict()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "A bias is None; it has a list of steps"),
        ({"steps": "all"}, "it has a list of steps"),
        ({"steps": [], "more": 1}, "it has a list of steps"),
        ({"steps": [3]}, "A step of a bias is 3"),
        ({"steps": [STEP | {"conditions": None}]}, "A step of a bias is"),
        ({"steps": [STEP | {"more": 1}]}, "A step of a bias is"),
        ({"steps": [STEP | {"conditions": [{}]}]}, "A condition is {}"),
        ({"steps": [STEP | {"kind": ["tie"]}]}, "a step \\['tie'\\]"),
    ],
)
def test_documents_of_another_form_are_refused(document, message):
    with pytest.raises(DataError, match=message):
        Bias.from_dict(document)


@pytest.mark.parametrize("kind", ["leave out", "tie"])
def test_a_class_or_a_column_that_is_not_there_is_refused(task, train, kind):
    assert kind in KINDS
    for asked in (lambda bias: bias.apply(task, train, 0), lambda bias: bias.words(task)):
        with pytest.raises(DataError, match="'maybe', which 'ill' does not have"):
            asked(Bias((Step(kind, YOUNG, 1.0, "maybe"),)))
        with pytest.raises(DataError, match="'height', which the table does not have"):
            asked(Bias((Step(kind, (Condition("height", "is missing"),), 1.0, "yes"),)))
