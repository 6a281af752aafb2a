import doctest
import pickle

import numpy as np
import pandas as pd
import pytest
import skops.io
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from laat_core import (
    ImportanceScores,
    LAATClassifier,
    Recipe,
    TableEncoder,
    load_dataset,
    load_proposal,
)
from laat_core.errors import DataError, DesignError, LaatError, ScoreError
from laat_core.model import estimator
from laat_core.model.settings import MAX_GAMMA

FAMILIES = pytest.mark.parametrize("hidden", [(), (10,)], ids=["linear", "hidden"])
NAMES = ["age", "weight", "height"]
SCORES = {"age": 8.0, "weight": -2.0, "height": 1.0}


@pytest.fixture
def rows():
    generator = np.random.default_rng(0)
    return pd.DataFrame(generator.normal(size=(40, 3)), columns=NAMES)


@pytest.fixture
def labels(rows):
    return (rows["age"] - rows["height"] > 0).to_numpy().astype(int)


@pytest.fixture
def names(labels):
    """The same labels as text; positive scores speak for the first in sorted order."""
    return np.where(labels == 1, "ill", "well")


class Opinionated(LAATClassifier):
    """Has scores for however many features there are, so that trust is really chosen."""

    def _scores(self, columns):
        return np.arange(1.0, columns.n_features + 1)


def known_failures(model):
    """Checks of scikit-learn's that fail, and why that is meant to be so."""
    return {
        "check_sample_weight_equivalence_on_dense_data": "automatic trust counts each row once"
        if model.gamma == "auto"
        else "in single precision sums over repeated rows differ by 5e-7; the check allows 1e-7"
    }


@parametrize_with_checks(
    [
        LAATClassifier(),
        LAATClassifier(hidden_layer_sizes=(10,)),
        Opinionated(gamma="auto"),
        Opinionated(gamma="auto", hidden_layer_sizes=(10,)),
    ],
    expected_failed_checks=known_failures,
)
@pytest.mark.filterwarnings("ignore:positive_class is not given")
@pytest.mark.filterwarnings("ignore:The scales of the features differ")
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_docstring_example_runs():
    failed, attempted = doctest.testmod(estimator)
    assert (failed, attempted > 0) == (0, True)


@FAMILIES
def test_predictions_agree_with_each_other(rows, labels, hidden):
    model = LAATClassifier(SCORES, hidden_layer_sizes=hidden, random_state=0).fit(rows, labels)
    logits, probabilities = model.decision_function(rows), model.predict_proba(rows)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(probabilities[:, 1], 1 / (1 + np.exp(-logits)), rtol=1e-5)
    np.testing.assert_array_equal(model.predict(rows), model.classes_[(logits > 0).astype(int)])
    assert roc_auc_score(labels, logits) > 0.7


@FAMILIES
def test_attributions_follow_the_scores(rows, labels, hidden):
    model = LAATClassifier(SCORES, hidden_layer_sizes=hidden, random_state=0).fit(rows, labels)
    assert np.linalg.norm(model.target_) == pytest.approx(1)
    assert np.linalg.norm(model.attributions_) == pytest.approx(1)
    assert model.attributions_ @ model.target_ > 0.99


def test_scores_by_name_are_scores_by_position_whatever_their_order(rows, labels):
    by_position = LAATClassifier(list(SCORES.values()), random_state=0).fit(rows, labels)
    shuffled = dict(reversed(SCORES.items()))
    given = ImportanceScores.from_mapping(shuffled)
    for scores in (SCORES, shuffled, pd.Series(shuffled), given, np.array(list(SCORES.values()))):
        model = LAATClassifier(scores, random_state=0).fit(rows, labels)
        np.testing.assert_array_equal(model.target_, by_position.target_)
        np.testing.assert_array_equal(
            model.decision_function(rows), by_position.decision_function(rows)
        )


def test_no_scores_zero_scores_and_gamma_zero_are_the_same_model(rows, labels):
    def logits(**parameters):
        model = LAATClassifier(**parameters, random_state=0).fit(rows, labels)
        return model.decision_function(rows)

    baseline = logits()
    np.testing.assert_array_equal(logits(importance_scores=[0, 0, 0]), baseline)
    np.testing.assert_array_equal(logits(importance_scores=SCORES, gamma=0), baseline)
    assert not np.array_equal(logits(importance_scores=SCORES), baseline)


def test_exp_transform_sharpens_the_target(rows, labels):
    model = LAATClassifier(SCORES, score_transform="exp", random_state=0).fit(rows, labels)
    assert model.target_[0] > 0.99


@pytest.mark.slow
@FAMILIES
def test_labels_and_scores_turned_turn_the_model(rows, labels, hidden):
    def fit(scores, y):
        model = LAATClassifier(scores, 1.0, hidden, max_epochs=2000, random_state=0)
        return model.fit(rows, y)

    model = fit(SCORES, labels)
    turned = fit({name: -score for name, score in SCORES.items()}, 1 - labels)
    assert turned.attributions_ @ model.attributions_ < -0.95
    agreement = np.corrcoef(turned.decision_function(rows), model.decision_function(rows))[0, 1]
    assert agreement < -0.95


@pytest.mark.slow
def test_seed_decides_everything(rows, labels):
    def logits(seed, batch_size=128):
        model = LAATClassifier(SCORES, 1.0, batch_size=batch_size, random_state=seed)
        return model.fit(rows, labels).decision_function(rows)

    for batch_size in (128, 7, None):
        np.testing.assert_array_equal(logits(0, batch_size), logits(0, batch_size))
    np.testing.assert_array_equal(
        logits(np.random.RandomState(3)), logits(np.random.RandomState(3))
    )
    assert not np.array_equal(logits(0), logits(1))
    assert not np.array_equal(logits(0), logits(0, 7))


@pytest.mark.slow
def test_where_rows_lie_in_memory_does_not_matter(labels):
    values = np.random.default_rng(0).normal(size=(40, 33)).astype(np.float32)
    seen = set()
    for offset in range(16):
        memory = np.empty(values.size + offset, np.float32)
        shifted = memory[offset:].reshape(values.shape)
        shifted[:] = values
        model = LAATClassifier(np.arange(33), random_state=0).fit(shifted, labels)
        seen.add(model.decision_function(shifted).tobytes())
    assert len(seen) == 1


def test_read_only_rows_are_taken(rows, labels):
    values = rows.to_numpy(dtype=np.float32)
    values.flags.writeable = False
    for X in (values, rows.astype(np.float32)):
        model = LAATClassifier([1, 2, 3], random_state=0).fit(X, labels)
        assert model.predict(X).shape == (40,)


# The class that scores speak for


@pytest.mark.parametrize("classes", [(False, True), (3, 7), (0.0, 1.0)])
def test_scores_speak_for_the_second_class_unless_another_is_named(rows, classes):
    y = np.array(classes)[np.arange(40) % 2]
    far = pd.DataFrame([[9.0, 0.0, 0.0]], columns=NAMES)
    for named, expected in [(None, classes[1]), (classes[1], classes[1]), (classes[0], classes[0])]:
        model = LAATClassifier([10, 0, 0], positive_class=named, random_state=0).fit(rows, y)
        assert model.predict(far)[0] == expected == model.positive_class_
        assert model.classes_.tolist() == list(classes)


def test_text_labels_without_a_positive_class_are_warned_of_with_the_class_taken(rows, names):
    model = LAATClassifier(SCORES, random_state=0)
    with pytest.warns(UserWarning, match="taken to speak for 'well'.*or 'ill'") as caught:
        model.fit(rows, names)
    assert caught[0].filename == __file__
    assert model.positive_class_ == "well"
    for quiet in (LAATClassifier(), LAATClassifier([0, 0, 0]), model.set_params(not_used=NAMES)):
        quiet.fit(rows, names)  # no score that could speak for the wrong class


@FAMILIES
def test_both_orders_of_the_classes_follow_the_scores(rows, labels, hidden):
    """Whether the class that scores speak for sorts first or last, they mean the same."""
    settings = {"hidden_layer_sizes": hidden, "random_state": 0}
    last = LAATClassifier(SCORES, positive_class="yes", **settings)
    last.fit(rows, np.where(labels == 1, "yes", "no"))
    first = LAATClassifier(SCORES, positive_class="ill", **settings)
    first.fit(rows, np.where(labels == 1, "ill", "well"))
    assert (last.classes_.tolist(), first.classes_.tolist()) == (["no", "yes"], ["ill", "well"])
    np.testing.assert_array_equal(first.target_, -last.target_)
    assert first.attributions_ @ last.attributions_ < -0.99
    ill, yes = first.predict_proba(rows)[:, 0], last.predict_proba(rows)[:, 1]
    assert min(roc_auc_score(labels, ill), roc_auc_score(labels, yes)) > 0.7
    assert np.corrcoef(ill, yes)[0, 1] > 0.9  # each has a start of its own


@FAMILIES
@pytest.mark.parametrize("gamma", [100.0, "auto"])
def test_the_first_class_as_positive_is_every_sign_reversed_for_the_second(
    rows, names, hidden, gamma
):
    def fit(scores, positive):
        settings = {"hidden_layer_sizes": hidden, "max_epochs": 50, "random_state": 0}
        return LAATClassifier(scores, gamma, positive_class=positive, **settings).fit(rows, names)

    model = fit(SCORES, "ill")
    turned = fit({name: -score for name, score in SCORES.items()}, "well")
    np.testing.assert_array_equal(model.target_, turned.target_)
    np.testing.assert_array_equal(model.decision_function(rows), turned.decision_function(rows))
    assert model.gamma_ == turned.gamma_


def test_a_positive_class_that_is_none_is_named_without_numpys_types(rows):
    y = np.array(["default", "paid"])[np.arange(len(rows)) % 2]
    with pytest.raises(DataError) as error:
        LAATClassifier(SCORES, positive_class=np.str_("Default")).fit(rows, y)
    expected = "positive_class is 'Default'; the classes of y are 'default' and 'paid'."
    assert str(error.value) == expected


@pytest.mark.parametrize("positive", ["healthy", "Ill", 1, ""])
def test_a_positive_class_that_is_none_is_refused(rows, names, positive):
    with pytest.raises(DataError, match=r"the classes of y are .*'ill'.* and .*'well'"):
        LAATClassifier(SCORES, positive_class=positive).fit(rows, names)


# Coefficients


def test_coefficients_are_those_of_the_logit(rows, labels):
    model = LAATClassifier(SCORES, 1.0, random_state=0).fit(rows, labels)
    assert (model.coef_.shape, model.intercept_.shape) == ((1, 3), (1,))
    logits = rows.to_numpy() @ model.coef_[0] + model.intercept_[0]
    np.testing.assert_allclose(logits, model.decision_function(rows), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        model.coef_[0] / np.linalg.norm(model.coef_), model.attributions_, atol=1e-6
    )


def test_a_trained_baseline_has_the_coefficients_of_logistic_regression(rows, labels):
    noisy = np.where(np.arange(40) % 5 == 0, 1 - labels, labels)  # no class by itself
    weights = 1.0 + np.arange(40) % 3
    model = LAATClassifier(max_epochs=5000, random_state=0).fit(rows, noisy, weights)
    peer = LogisticRegression(C=np.inf, tol=1e-10).fit(rows, noisy, weights)
    np.testing.assert_allclose(model.coef_, peer.coef_, atol=1e-3)
    np.testing.assert_allclose(model.intercept_, peer.intercept_, atol=1e-3)


def test_a_hidden_layer_has_no_coefficients_also_after_a_linear_fit(rows, labels):
    model = LAATClassifier(random_state=0)
    assert not hasattr(model, "coef_")
    assert hasattr(model.fit(rows, labels), "coef_")
    model.set_params(hidden_layer_sizes=(5,)).fit(rows, labels)
    assert not hasattr(model, "coef_")
    with pytest.raises(AttributeError, match="hidden layer has no coef_"):
        _ = model.intercept_


def test_what_is_fitted_is_arrays_and_plain_values(rows, labels):
    model = LAATClassifier(SCORES, hidden_layer_sizes=(5,), random_state=0).fit(rows, labels)
    fitted = {name: value for name, value in vars(model).items() if name.endswith("_")}
    flat = [*fitted.pop("parameters_"), *fitted.values()]
    assert all(isinstance(value, np.ndarray | np.generic | int | float) for value in flat)


@FAMILIES
def test_skops_keeps_the_model(rows, names, hidden):
    model = LAATClassifier(
        ImportanceScores.from_mapping(SCORES),
        hidden_layer_sizes=hidden,
        positive_class="ill",
        random_state=0,
    ).fit(rows, names)
    content = skops.io.dumps(model)
    own = skops.io.get_untrusted_types(data=content)
    assert all(name.startswith("laat_core.") for name in own)
    again = skops.io.loads(content, trusted=own)
    np.testing.assert_array_equal(again.decision_function(rows), model.decision_function(rows))
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))


# Weights of rows and classes


@FAMILIES
@pytest.mark.parametrize("not_used", [None, ["weight"]])
def test_weight_2_is_the_row_twice(rows, labels, hidden, not_used):
    weights = 1 + np.arange(40) % 2
    model = LAATClassifier(SCORES, 1.0, hidden, max_epochs=100, random_state=0, not_used=not_used)
    weighted = clone(model).fit(rows, labels, weights)
    twice = np.repeat(np.arange(40), weights)
    repeated = clone(model).fit(rows.iloc[twice], labels[twice])
    np.testing.assert_allclose(
        weighted.decision_function(rows), repeated.decision_function(rows), atol=1e-5
    )
    np.testing.assert_allclose(weighted.attributions_, repeated.attributions_, atol=1e-5)
    plain = clone(model).fit(rows, labels)
    assert not np.allclose(
        weighted.decision_function(rows), plain.decision_function(rows), atol=1e-2
    )


@FAMILIES
@pytest.mark.parametrize("gamma", [1.0, "auto"])
@pytest.mark.parametrize("batch_size", [None, 7])
def test_weight_0_is_the_row_left_out(rows, labels, hidden, gamma, batch_size):
    model = LAATClassifier(
        SCORES, gamma, hidden, max_epochs=20, batch_size=batch_size, random_state=0
    )
    weights = np.where(np.arange(40) % 3 == 0, 0.0, 1.0)
    kept = weights > 0
    weighted = clone(model).fit(rows, labels, weights)
    without = clone(model).fit(rows[kept], labels[kept], np.ones(kept.sum()))
    np.testing.assert_array_equal(weighted.decision_function(rows), without.decision_function(rows))
    assert weighted.gamma_ == without.gamma_


def test_equal_weights_and_their_size_change_nothing(rows, labels):
    model = LAATClassifier(SCORES, 1.0, random_state=0)
    plain = clone(model).fit(rows, labels).decision_function(rows)
    for weights in (np.ones(40), np.full(40, 7.5)):
        weighted = clone(model).fit(rows, labels, sample_weight=weights)
        np.testing.assert_allclose(weighted.decision_function(rows), plain, atol=1e-4)


@FAMILIES
@pytest.mark.parametrize("class_weight", [{"ill": 3.0, "well": 0.5}, "balanced"])
@pytest.mark.parametrize("own", [None, 1.0 + np.arange(40) % 2])
def test_class_weight_is_the_same_as_weights_of_the_rows(rows, names, hidden, class_weight, own):
    names = np.where(np.arange(40) < 25, "well", names)
    model = LAATClassifier(SCORES, 1.0, hidden, random_state=0, positive_class="ill")
    by_class = clone(model).set_params(class_weight=class_weight).fit(rows, names, own)
    each = np.ones(40) if own is None else own
    if class_weight == "balanced":  # both classes weigh as much
        factors = {name: 1 / each[names == name].sum() for name in ("ill", "well")}
    else:
        factors = class_weight
    by_row = clone(model).fit(rows, names, each * np.vectorize(factors.get)(names))
    np.testing.assert_allclose(
        by_class.decision_function(rows), by_row.decision_function(rows), atol=1e-4
    )


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros(40), "zero"),
        (-np.ones(40), "Negative"),
        (np.full(40, np.nan), "NaN"),
        (np.ones(39), "shape"),
        (np.arange(40) % 2, "only one class"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(rows, weights, message):
    with pytest.raises(ValueError, match=message):
        LAATClassifier().fit(rows, np.arange(40) % 2, sample_weight=weights)


@pytest.mark.parametrize(
    "class_weight",
    [{0: -1, 1: 1}, {0: 0, 1: 0}, {0: np.nan, 1: 1}, {0: 1, 2: 1}, "even"],
)
def test_class_weights_that_cannot_be_used_are_refused(rows, labels, class_weight):
    with pytest.raises(ValueError, match="class"):
        LAATClassifier(class_weight=class_weight).fit(rows, labels)


# Trust in single features


@pytest.mark.slow
def test_trust_in_a_feature_lets_the_rows_speak(rows, labels):
    def fit(trust):
        # The rows object to the score of height.
        scores = {"age": 5.0, "weight": 0.0, "height": 5.0}
        settings = {"feature_trust": trust, "max_epochs": 2000, "random_state": 0}
        model = LAATClassifier(scores, 1.0, **settings)
        return model.fit(rows, labels)

    firm, loose = fit(None), fit({"height": 0.0})
    assert loose.attributions_[2] < 0 < firm.attributions_[2]
    for same in ([1, 1, 0], np.array([1.0, 1.0, 0.0]), pd.Series({"height": 0.0, "age": 1.0})):
        np.testing.assert_array_equal(fit(same).attributions_, loose.attributions_)
    np.testing.assert_allclose(fit([1, 1, 1]).attributions_, firm.attributions_, atol=1e-4)


@pytest.mark.parametrize(
    ("trust", "message"),
    [
        ({"pulse": 1.0}, "no feature: pulse"),
        ({"age": 2.0}, "trust in 'age' is 2; it must be from 0 to 1"),
        ({"age": "1"}, "must be numbers"),
        ([1, 1], "2 numbers of feature_trust for 3 features"),
        ([1, 1, np.nan], "from 0 to 1"),
        ([1, 1, -0.1], "trust in 'height' is -0.1"),
        (0.5, "one flat list of 3 numbers"),
    ],
)
def test_trust_that_does_not_fit_is_refused(rows, labels, trust, message):
    with pytest.raises(ScoreError, match=message):
        LAATClassifier(SCORES, feature_trust=trust).fit(rows, labels)


# Scales of the features


def test_scales_that_differ_more_than_a_hundredfold_are_warned_of_with_scores(rows, labels):
    income = rows.assign(height=rows["height"] * 15_000)
    with pytest.warns(UserWarning, match=r"15,\d{3}-fold.*'height'.*StandardScaler") as caught:
        LAATClassifier(SCORES, random_state=0).fit(income, labels)
    assert caught[0].filename == __file__
    for scores in (None, [0, 0, 0]):
        LAATClassifier(scores, random_state=0).fit(income, labels)


@pytest.mark.parametrize(
    "height",
    [
        lambda height: height * 90,  # within a hundredfold
        lambda height: 0 * height,  # constant
        lambda height: (height == height.max()).astype(float),  # a rare indicator
    ],
)
def test_scales_alike_are_not_warned_of(rows, labels, height):
    rows = rows.assign(height=height(rows["height"]))
    rows = (rows - rows.mean() * (rows.std() > 2)) / rows.std().iloc[0]
    LAATClassifier(SCORES, random_state=0).fit(rows, labels)


# Threads


def test_the_number_of_threads_is_restored_also_after_an_error(rows, labels):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        LAATClassifier(SCORES, random_state=0).fit(rows, labels)
        assert torch.get_num_threads() == 2
        with pytest.raises(LaatError, match="Scale the features"):
            LAATClassifier(random_state=0).fit(rows * 1e25, labels)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


# Parameters


def test_defaults_are_those_of_the_recipe():
    recipe, parameters = vars(Recipe()), LAATClassifier().get_params()
    shared = recipe.keys() & parameters.keys()
    assert shared >= {"score_transform", "hidden_layer_sizes", "max_epochs", "learning_rate"}
    assert "batch_size" in shared
    assert all(parameters[name] == recipe[name] for name in shared - {"not_used"})
    assert not recipe["not_used"]
    assert not parameters["not_used"]


def test_clone_and_parameters_round_trip(rows, labels):
    model = LAATClassifier(SCORES, 3.0, (5,), "exp", 50, 0.1, 16, 1)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    copy.set_params(gamma=7.0, hidden_layer_sizes=())
    assert (copy.gamma, model.gamma) == (7.0, 3.0)
    assert clone(model.fit(rows, labels)).get_params() == model.get_params()


@FAMILIES
def test_pickle_keeps_the_model(rows, labels, hidden):
    model = LAATClassifier(SCORES, hidden_layer_sizes=hidden, random_state=0).fit(rows, labels)
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 (it is our own)
    np.testing.assert_array_equal(again.decision_function(rows), model.decision_function(rows))


@pytest.mark.slow
def test_a_table_goes_through_a_pipeline_with_scores_by_name():
    task, scores = load_dataset("heart"), load_proposal("heart").scores

    def pipeline(gamma):
        return make_pipeline(
            TableEncoder(task.columns),
            StandardScaler().set_output(transform="pandas"),
            LAATClassifier(scores.as_dict(), gamma, random_state=0),
        )

    train, test = task.labelled[::2], task.labelled[1::2]
    fitted = pipeline(100.0).fit(train, task.labels[::2])
    assert tuple(fitted[-1].feature_names_in_) == scores.features
    assert roc_auc_score(task.labels[1::2], fitted.decision_function(test)) > 0.85
    areas = cross_val_score(
        pipeline(1.0), task.labelled, task.labels, scoring="roc_auc", error_score="raise"
    )
    assert areas.mean() > 0.85


def test_grid_search_chooses_gamma(rows, labels):
    search = GridSearchCV(LAATClassifier(SCORES, random_state=0), {"gamma": [0.0, 1.0, 100.0]})
    assert search.fit(rows, labels).best_params_["gamma"] in (0.0, 1.0, 100.0)


# Automatic trust


def automatic(scores=SCORES, **parameters):
    return LAATClassifier(scores, "auto", random_state=0, **parameters)


@FAMILIES
@pytest.mark.parametrize("batch_size", [None, 128, 7])
def test_automatic_trust_is_the_same_as_its_gamma_given(rows, labels, hidden, batch_size):
    settings = {"hidden_layer_sizes": hidden, "batch_size": batch_size, "max_epochs": 50}
    scores = {"age": 8.0, "weight": 1.0, "height": -7.0}
    model = automatic(scores, **settings).fit(rows, labels)
    assert model.gamma == "auto"
    assert 0 < model.gamma_ <= MAX_GAMMA
    given = LAATClassifier(scores, model.gamma_, random_state=0, **settings).fit(rows, labels)
    assert given.gamma_ == model.gamma_
    np.testing.assert_array_equal(given.decision_function(rows), model.decision_function(rows))


def test_a_gamma_given_is_that_trained_with(rows, labels):
    assert LAATClassifier(SCORES, 3, random_state=0).fit(rows, labels).gamma_ == 3.0
    for scores in (None, [0, 0, 0]):
        for gamma in (3, "auto"):
            assert LAATClassifier(scores, gamma, random_state=0).fit(rows, labels).gamma_ == 0.0


def test_automatic_trust_is_full_where_rows_are_few(rows, labels):
    few = np.concatenate([np.flatnonzero(labels == label)[:4] for label in (1, 0)])
    full = 30 * np.sqrt(3 / 20) * 3 / 8
    for hidden, expected in (((), full * (50 / 4) ** 0.5), ((10,), 100 * full)):
        model = automatic(hidden_layer_sizes=hidden).fit(rows.iloc[few], labels[few])
        assert model.gamma_ == pytest.approx(expected)


@FAMILIES
def test_automatic_trust_lets_go_of_scores_that_the_rows_object_to(hidden):
    generator = np.random.default_rng(0)
    target = np.array([6.0, -5.0, 4.0, -3.0, 2.0, 1.0, 0.0, -2.0])
    y = np.arange(100) % 2
    X = generator.normal(size=(100, 8)) + y[:, None] * target / 6
    right, wrong = (
        automatic(scores, hidden_layer_sizes=hidden).fit(X, y) for scores in (target, -target)
    )
    assert wrong.gamma_ < 1e-3 * right.gamma_
    baseline = LAATClassifier(gamma=0, hidden_layer_sizes=hidden, random_state=0).fit(X, y)
    assert wrong.attributions_ @ baseline.attributions_ > 0.99


def test_automatic_trust_is_decided_by_the_seed(rows, labels):
    def gamma(seed):
        return LAATClassifier(SCORES, "auto", random_state=seed).fit(rows, labels).gamma_

    assert gamma(0) == gamma(0)
    assert gamma(0) != gamma(1)
    assert gamma(np.random.RandomState(3)) == gamma(np.random.RandomState(3))


def test_automatic_trust_is_cloned_pickled_and_searched_for(rows, labels):
    model = automatic()
    assert clone(model).get_params() == model.get_params()
    with pytest.raises(NotFittedError):
        model.predict(rows)
    assert not hasattr(model, "gamma_")
    again = pickle.loads(pickle.dumps(model.fit(rows, labels)))  # noqa: S301 (it is our own)
    assert again.gamma_ == model.gamma_
    assert not hasattr(clone(model), "gamma_")
    assert model.set_params(gamma=2.0).fit(rows, labels).gamma_ == 2.0
    search = GridSearchCV(automatic(max_epochs=20), {"gamma": ["auto", 0.0]}, error_score="raise")
    assert search.fit(rows, labels).best_params_["gamma"] in ("auto", 0.0)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ([1, 2], "2 importance scores for 3 features"),
        ([1, 2, 3, 4], "4 importance scores for 3 features"),
        (5.0, "are given as 5.0; give one flat list of 3 numbers"),
        ("high", "are given as 'high'; give one flat list"),
        ([[1, 2, 3]], r"are given as \[\[1, 2, 3\]\]; give one flat list"),
        (np.ones((1, 3)), "give one flat list"),
        (np.ones((3, 1)), "give one flat list"),
        (["1", "2", "3"], "must be numbers; that of 'age' is '1'"),
        ([1, 2, "3"], "must be numbers; that of 'height' is '3'"),
        (np.array(["1", "2", "3"]), "must be numbers"),
        ([1, 2, True], "must be numbers"),
        ({**SCORES, "age": "7"}, "must be numbers; that of 'age' is '7'"),
        (pd.Series({**SCORES, "age": "7"}), "must be numbers"),
        (ImportanceScores.from_mapping({"age": 1, "weight": 1}), "differ in: height"),
        ([1, 2, np.nan], "finite"),
        ([1, 2, np.inf], "finite"),
        (["a", "b", "c"], "must be numbers"),
        ([1, 2, [3]], "must be numbers"),
        ([10**400, 1, 1], "must be numbers"),
        ({"age": 1.0, "weight": 2.0}, "differ in: height"),
        ({**SCORES, "pulse": 1.0}, "differ in: pulse"),
        ({**SCORES, 5: 1.0}, "differ in: 5"),
        ({"age": 1.0, "weight": 2.0, 5: 1.0}, "differ in: 5, height"),
        ({f"f{i}": 1.0 for i in range(99)}, r"f10, .* …"),
        ({**SCORES, "age": np.nan}, "finite"),
        ({**SCORES, "age": None}, "must be numbers; that of 'age' is None"),
        ({**SCORES, "age": "high"}, "must be numbers"),
        (pd.Series([1.0, 2.0, 3.0]), "differ in: 0, 1, 2"),
    ],
)
def test_scores_that_do_not_fit_are_refused(rows, labels, scores, message):
    with pytest.raises(ScoreError, match=message):
        LAATClassifier(scores).fit(rows, labels)


def test_any_finite_scores_count_by_their_direction(rows, labels):
    models = [LAATClassifier(s, random_state=0) for s in ([1, 2, 3], [100, 200, 300])]
    targets = [model.fit(rows, labels).target_ for model in models]
    np.testing.assert_allclose(*targets)


def test_scores_for_several_outputs_are_refused(rows, labels):
    estimates = [dict.fromkeys(NAMES, ((1.0, 2.0), ""))]
    scores = ImportanceScores.from_estimates(estimates, "model")
    with pytest.raises(ScoreError, match="for 2 outputs"):
        LAATClassifier(scores).fit(rows, labels)


def test_scores_by_name_need_names(rows, labels):
    for scores in (SCORES, ImportanceScores.from_mapping(SCORES), pd.Series(SCORES)):
        with pytest.raises(ScoreError, match="DataFrame with text column names"):
            LAATClassifier(scores).fit(rows.to_numpy(), labels)
    with pytest.raises(ScoreError, match="DataFrame with text column names"):
        LAATClassifier({0: 1, 1: 1, 2: 1}).fit(rows.set_axis(range(3), axis=1), labels)


@pytest.mark.parametrize(
    "parameters",
    [
        {"gamma": -1},
        {"gamma": np.nan},
        {"gamma": "Auto"},
        {"hidden_layer_sizes": (5, 5)},
        {"hidden_layer_sizes": 5},
        {"max_epochs": 0},
        {"learning_rate": -1.0},
        {"batch_size": 0},
    ],
)
def test_parameters_that_cannot_be_used_are_refused_in_fit(rows, labels, parameters):
    model = LAATClassifier(**parameters)
    with pytest.raises(DesignError, match=f"{next(iter(parameters))} is "):
        model.fit(rows, labels)


def test_unknown_transform_is_refused(rows, labels):
    with pytest.raises(ScoreError, match="Unknown score transform 'cubic'"):
        LAATClassifier(SCORES, score_transform="cubic").fit(rows, labels)


@pytest.mark.parametrize(
    ("y", "message"),
    [(["a"] * 40, "only one class is present"), (np.arange(40) % 3, "Only binary")],
)
def test_one_class_and_three_classes_are_refused(rows, y, message):
    with pytest.raises(DataError, match=message):
        LAATClassifier(SCORES).fit(rows, y)


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_rows_that_are_not_finite_are_refused(rows, labels, odd):
    rows.iloc[3, 1] = odd
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        LAATClassifier(SCORES).fit(rows, labels)


def test_rows_of_another_order_or_width_are_refused(rows, labels):
    model = LAATClassifier(SCORES, random_state=0).fit(rows, labels)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(rows[NAMES[::-1]])
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(rows[NAMES[:2]])


def test_features_far_too_large_are_refused(rows, labels):
    with pytest.raises(LaatError, match="Scale the features"):
        LAATClassifier(SCORES, random_state=0).fit(rows * 1e25, labels)


def test_it_must_be_fitted_before_it_predicts(rows):
    with pytest.raises(NotFittedError):
        LAATClassifier(SCORES).predict(rows)


@pytest.mark.parametrize("not_used", [["age"], [0], np.array([0])])
def test_a_feature_that_is_not_used_has_no_attribution(rows, labels, not_used):
    for scores in (SCORES, None):
        model = LAATClassifier(scores, not_used=not_used, random_state=0).fit(rows, labels)
        assert abs(model.attributions_[0]) < 0.05
        assert model.target_[0] == 0.0
    assert abs(LAATClassifier(random_state=0).fit(rows, labels).attributions_[0]) > 0.3


@pytest.mark.parametrize("not_used", [["shoe size"], [3], [-1], [0.5], [True]])
def test_a_feature_that_is_not_there_cannot_be_left_unused(rows, labels, not_used):
    with pytest.raises(ScoreError, match="positions from 0 to 2"):
        LAATClassifier(SCORES, not_used=not_used).fit(rows, labels)


@pytest.mark.parametrize("not_used", ["age", "a", ""])
def test_text_is_no_list_of_features_that_are_not_used(rows, labels, not_used):
    with pytest.raises(ScoreError, match=r"is the text '.*'; it must be a list, as \['"):
        LAATClassifier(SCORES, not_used=not_used).fit(rows, labels)


@pytest.mark.parametrize("not_used", [5, [["age"]], [None]])
def test_what_is_no_list_of_features_is_refused(rows, labels, not_used):
    with pytest.raises(ScoreError, match="positions from 0 to 2"):
        LAATClassifier(SCORES, not_used=not_used).fit(rows, labels)
