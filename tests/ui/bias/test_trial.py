import json
from dataclasses import fields, replace

import pytest

from laat_core import Bias, Condition, Step, load_biases, load_dataset
from laat_core.data.encoding import features_of
from ui.bias.lab import Lab
from ui.bias.trial import lab_of_trial, trial_document

TASK = load_dataset("heart")
FEATURES = features_of(TASK)
PRESET = load_biases("heart")[0]
TRIED = Lab(
    bias=PRESET.bias,
    column="sex",
    title=PRESET.title,
    groups=("sex", "age"),
    moved={"age": -3.5},
    not_used=("sex",),
    step=3,
)


def written(lab, task=TASK):
    return trial_document(lab, task)


def read(document, task=TASK):
    return lab_of_trial(json.loads(json.dumps(document)), task, features_of(task))


def same(one, other):
    return written(one) == written(other)


@pytest.mark.parametrize("lab", [Lab(), TRIED, Lab(groups=()), Lab(step=2, column="age")])
def test_a_trial_is_what_it_was(lab):
    back = read(written(lab))
    assert same(back, lab)
    assert back.bias == lab.bias


def test_every_part_that_a_person_chooses_is_kept():
    kept = set(written(TRIED))
    own = {"given", "held", "trainer", "proxies", "unused", "plain", "peers"}
    chosen = {one.name for one in fields(Lab) if one.init and one.name[0] != "_"} - own
    assert kept == chosen | {"positive_class"}


def test_nothing_tried_is_a_new_lab():
    assert same(read({}), Lab())


def test_what_another_task_does_not_have_is_left_out():
    back = read(written(TRIED), load_dataset("diabetes"))
    assert same(back, Lab(groups=("age",), moved={"age": -3.5}, step=3))


def test_scores_that_speak_for_the_other_class_are_not_those_of_this_one():
    other = replace(TASK, positive_class="no")
    back = read(written(TRIED), other)
    assert back.bias == PRESET.bias
    assert back.moved == {}


@pytest.mark.parametrize(
    "part",
    [
        {"bias": None},
        {"bias": {"steps": [{"kind": "leave out"}]}},
        {"bias": Bias((Step("leave out", (Condition("gone", "is missing"),)),)).to_dict()},
        {"bias": Bias((Step("leave out", (), of_class="no such class"),)).to_dict()},
        {"column": "gone"},
        {"column": ["sex"]},
        {"title": "<b>another</b>"},
        {"title": ["x"]},
        {"groups": "sex"},
        {"moved": {"gone": 1.0, "age": 99, "sex = male": "3", "st_depression": True}},
        {"moved": [["age", 1.0]]},
        {"not_used": ["gone", 1, ["sex"]]},
        {"not_used": "sex"},
        {"step": 9},
        {"step": True},
        {"step": "2"},
    ],
    ids=str,
)
def test_what_cannot_be_used_is_left_out_alone(part):
    (name,) = part
    expected = {**written(TRIED), name: written(Lab())[name]}
    assert written(read({**written(TRIED), **part})) == expected
