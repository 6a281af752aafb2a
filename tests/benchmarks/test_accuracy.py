import json

import pytest

from benchmarks import accuracy
from laat_core import PROTOCOLS, load_dataset


@pytest.fixture(scope="module")
def result():
    return accuracy.measure(("heart",), shots=(1,), n_splits=2)


def test_every_protocol_and_family_is_there(result):
    assert json.loads(json.dumps(result)) == result
    assert len(result["cells"]) == len(accuracy.PROTOCOLS_SHOWN) * len(accuracy.FAMILIES)
    assert set(result["cells"][0]["laat"]) == {"3", "100"}


def test_document_is_the_same_twice(result):
    again = accuracy.measure(("heart",), shots=(1,), n_splits=2)
    assert accuracy.document(again) == accuracy.document(result)


def test_document_has_a_table_per_protocol_and_family(result):
    text = accuracy.document(result)
    assert text.count("\n### ") == len(accuracy.PROTOCOLS_SHOWN) * len(accuracy.FAMILIES)
    assert "`chest_pain = asymptomatic`: −1.0 to 5.0" in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 100


def test_edits_lift_the_scores_alone(result):
    (story,) = result["stories"]
    assert story["scores_alone"]["before"] == pytest.approx(0.888, abs=5e-4)
    assert story["scores_alone"]["after"] == pytest.approx(0.899, abs=5e-4)


def test_opposite_scores_turn_the_auc_round():
    task = load_dataset("heart")
    scores = accuracy.proposed_scores(task)
    there, back = (accuracy.auc_of_scores(task, s) for s in (scores, scores.flipped()))
    assert there + back == pytest.approx(1)


def test_recipe_in_words_names_what_differs():
    default, paper = (accuracy.recipe_in_words(recipe) for recipe in PROTOCOLS.values())
    assert "all rows in every step" in default
    assert "batches of at most 128 rows" in paper


def test_table_without_a_proposal_is_named():
    with pytest.raises(LookupError, match="wine"):
        accuracy.proposed_scores(load_dataset("wine"))
