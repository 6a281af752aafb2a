import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from laat_core import Comparison, Design, ModelResult, Recipe
from laat_core.evaluate.comparison import FALSE_POSITIVE_RATES

FEATURES = ("age", "sex = male")


def result(*auc):
    curves = np.tile(FALSE_POSITIVE_RATES, (len(auc), 1))
    return ModelResult(np.array(auc), curves, np.tile([0.6, -0.8], (len(auc), 1)))


@pytest.fixture
def comparison():
    return Comparison(
        features=FEATURES,
        target=np.array([1.0, 0.0]),
        laat=result(0.9, 0.8, 0.7),
        baseline=result(0.7, 0.8, 0.8),
        scores_alone=result(0.6, 0.6, 0.6),
        labels=np.repeat([0, 1], [25, 15]),
        trained=np.zeros((3, 40), np.bool_),
        n_train=(5, 5),
        n_test=(20, 10),
        outcome="ill = yes",
        opposite="ill = no",
        gamma=3.0,
        gammas=np.full(3, 3.0),
        design=Design(n_splits=3),
        recipe=Recipe(hidden_layer_sizes=(4,)),
        seconds=0.5,
    )


def test_mean_and_spread_over_splits():
    model = result(0.9, 0.8, 0.7)
    assert model.auc_mean == pytest.approx(0.8)
    assert model.auc_sd == pytest.approx(0.1)


def test_a_single_split_has_no_spread():
    assert result(0.9).auc_sd == 0.0


def test_difference_is_paired_and_ties_are_not_ahead(comparison):
    np.testing.assert_allclose(comparison.difference, [0.2, 0, -0.1], atol=1e-12)
    assert comparison.n_ahead == 1


def test_scores_have_a_say_where_there_are_some_and_they_are_trusted(comparison):
    assert comparison.uses_scores
    assert replace(comparison, gamma="auto").uses_scores
    assert not replace(comparison, gamma=0.0).uses_scores
    assert not replace(comparison, target=np.zeros(2)).uses_scores


def test_models_by_name(comparison):
    assert comparison.models == {
        "laat": comparison.laat,
        "baseline": comparison.baseline,
        "scores_alone": comparison.scores_alone,
    }


def test_dict_has_the_documented_keys_and_survives_json(comparison):
    content = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))
    assert set(content["models"]) == {"laat", "baseline", "scores_alone"}
    laat = content["models"]["laat"]
    assert set(laat) == {"auc", "attributions", "true_positive_rates"}
    assert laat["true_positive_rates"]["mean"] == comparison.laat.roc_mean.tolist()
    assert len(content["false_positive_rates"]) == len(laat["true_positive_rates"]["low"])
    assert laat["auc"]["per_split"] == [0.9, 0.8, 0.7]
    assert laat["auc"]["mean"] == comparison.laat.auc_mean
    assert laat["auc"]["sd"] == comparison.laat.auc_sd
    assert laat["attributions"] == pytest.approx({"age": 0.6, "sex = male": -0.8})
    difference = content["difference"]
    assert set(difference) == {
        "mean",
        "sd",
        "per_split",
        "laat_ahead",
        "interval",
        "corrected_t",
    }
    assert difference["laat_ahead"] == 1
    assert difference["corrected_t"] == list(comparison.corrected_t)
    assert difference["interval"] == list(comparison.difference_interval)
    assert content["target"] == {"age": 1.0, "sex = male": 0.0}
    assert content["outcome"] == "ill = yes"
    assert content["n_train"] == {"ill = no": 5, "ill = yes": 5}
    assert content["n_test"] == {"ill = no": 20, "ill = yes": 10}
    assert (content["gamma"], content["seconds"]) == (3.0, 0.5)
    assert content["design"] == asdict(comparison.design)
    assert content["recipe"]["hidden_layer_sizes"] == [4]
    assert content["sampled"] is False
