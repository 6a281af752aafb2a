import doctest
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from laat_core import LAATClassifier, TableEncoder, load_dataset, load_proposal
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
    return np.where(rows["age"] - rows["height"] > 0, "ill", "healthy")


class Opinionated(LAATClassifier):
    """Has scores for however many features there are, so that trust is really chosen."""

    def _scores(self):
        return np.arange(1.0, self.n_features_in_ + 1)


@parametrize_with_checks(
    [
        LAATClassifier(),
        LAATClassifier(hidden_layer_sizes=(10,)),
        Opinionated(gamma="auto"),
        Opinionated(gamma="auto", hidden_layer_sizes=(10,)),
    ]
)
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
    for scores in (SCORES, shuffled, pd.Series(shuffled), [list(SCORES.values())]):
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


@FAMILIES
def test_labels_and_scores_turned_turn_the_model(rows, labels, hidden):
    def fit(scores, y):
        model = LAATClassifier(scores, 1.0, hidden, max_epochs=2000, random_state=0)
        return model.fit(rows, y)

    model = fit(SCORES, labels)
    turned = fit(
        {name: -score for name, score in SCORES.items()},
        np.where(labels == "ill", "healthy", "ill"),
    )
    assert turned.attributions_ @ model.attributions_ < -0.95
    agreement = np.corrcoef(turned.decision_function(rows), model.decision_function(rows))[0, 1]
    assert agreement < -0.95


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


@pytest.mark.parametrize(
    ("classes", "positive"), [((False, True), True), ((3, 7), 7), (("a", "b"), "b")]
)
def test_scores_speak_for_the_second_class(rows, classes, positive):
    y = np.array(classes)[np.arange(40) % 2]
    model = LAATClassifier([10, 0, 0], random_state=0).fit(rows, y)
    rows = pd.DataFrame([[9.0, 0.0, 0.0]], columns=NAMES)
    assert model.predict(rows)[0] == positive


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
    few = np.concatenate([np.flatnonzero(labels == label)[:4] for label in ("ill", "healthy")])
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
        (5.0, "1 importance scores for 3 features"),
        ("high", "1 importance scores for 3 features"),
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
        ({**SCORES, "age": None}, "finite"),
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


def test_scores_by_name_need_names(rows, labels):
    with pytest.raises(ScoreError, match="DataFrame with text column names"):
        LAATClassifier(SCORES).fit(rows.to_numpy(), labels)
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
