from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import dataset_names, load_dataset, make_task
from laat_core.data.sentence import names_other_class


def task(sentence, positive, negative, target="y", **labels):
    table = pd.DataFrame({"x": range(4), target: [positive, negative] * 2})
    made = make_task(table, target, positive, description=sentence)
    return replace(made, class_labels=labels)


@pytest.mark.parametrize("name", dataset_names())
def test_bundled_tables_are_consistent_and_with_the_other_class_they_are_not(name):
    whole = load_dataset(name)
    assert names_other_class(whole) == ""
    assert names_other_class(replace(whole, positive_class=whole.negative_class)) != ""


@pytest.mark.parametrize(
    ("sentence", "positive", "negative", "word"),
    [
        ("Predict whether a borrower defaults", "paid", "default", "defaults"),
        ("Predict whether a borrower defaults.", "paid", "charged off", "defaults"),
        ("Which borrowers are bad?", "good", "bad", "bad"),
        ("Predict who dies within a year", "survived", "died", "dies"),
        ("Predict whether an employee leaves", "Stayed", "Left", "leaves"),
        ("Is the tumour malignant?", "benign", "malignant", "malignant"),
        ("Is it cancer?", "benign", "malignant", "cancer"),
        ("Will the loan be approved?", "rejected", "accepted", "approved"),
        ("Find relapses", "remission", "relapse", "relapses"),
        ("Find blue ones", "green", "blue", "blue"),
    ],
)
def test_a_sentence_that_names_the_other_class_is_noticed(sentence, positive, negative, word):
    assert names_other_class(task(sentence, positive, negative)) == word
    assert names_other_class(task(sentence, negative, positive)) == ""


@pytest.mark.parametrize(
    ("sentence", "positive", "negative"),
    [
        ("", "paid", "default"),
        ("Predict the outcome", "paid", "default"),
        ("Predict whether a borrower pays or defaults", "paid", "default"),
        ("Predict whether a patient does not survive", "died", "survived"),
        ("Predict who won't die", "survived", "died"),
        ("Predict whether a machine is of type B", "A1", "A2"),
        ("Predict a 1", "2", "1x"),
    ],
)
def test_a_sentence_that_names_both_or_neither_is_left_alone(sentence, positive, negative):
    assert names_other_class(task(sentence, positive, negative)) == ""


@pytest.mark.parametrize(("yes", "no"), [("yes", "no"), ("1", "0"), ("True", "False")])
def test_a_class_that_says_yes_or_no_is_about_the_target(yes, no):
    sentence = "Predict whether a borrower defaults"
    assert names_other_class(task(sentence, yes, no, "default")) == ""
    assert names_other_class(task(sentence, no, yes, "default")) == "defaults"
    assert names_other_class(task(sentence, yes, no, "repaid")) == "defaults"


def test_the_words_of_a_class_count_as_its_name_does():
    sentence = "Predict heart disease"
    words = {"a": "no heart disease", "b": "heart disease"}
    assert names_other_class(task(sentence, "a", "b", **words)) == "heart"
    assert names_other_class(task(sentence, "b", "a", **words)) == ""


def test_a_confirmed_class_is_asked_about_again_once_sentence_or_class_change():
    asked = task("Who defaults?", "paid", "default")
    confirmed = replace(asked, confirmed=asked.reading)
    assert names_other_class(asked) == "defaults"
    assert names_other_class(confirmed) == ""
    assert names_other_class(replace(confirmed, description="Who defaults soon?")) == "defaults"
    turned = replace(confirmed, description="Who pays?", positive_class="default")
    assert names_other_class(turned) == "pays"


@given(st.text(), st.text(), st.text())
def test_any_text_has_an_answer_that_stands_in_the_sentence(sentence, label, other):
    words = {"a": label, "b": other}
    assert names_other_class(task(sentence, "a", "b", **words)) in sentence
