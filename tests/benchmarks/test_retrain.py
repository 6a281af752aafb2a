import json
import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from benchmarks import retrain


def test_result_has_the_documented_keys():
    result = retrain.measure(runs=1, n_splits=2)
    assert json.loads(json.dumps(result)) == result
    for family in ("linear", "hidden"):
        assert result[f"{family}_ratio"] == pytest.approx(
            result[f"{family}_ms"] / result[f"{family}_peer_ms"]
        )
    assert result["models"] == 4
    assert "LogisticRegression()" in retrain.show(result)


def test_problem_is_standardized_and_balanced():
    problem = retrain.draw_problem()
    assert problem.rows.shape == (20, 20, 30)
    assert problem.rows.mean(axis=(0, 1)) == pytest.approx(0, abs=1e-12)
    assert problem.rows.std(axis=(0, 1)) == pytest.approx(1)
    assert (problem.labels.sum(axis=1) == 10).all()
    assert np.linalg.norm(problem.target) == pytest.approx(1)


class Complaining:
    def __init__(self, category):
        self.category = category

    def fit(self, *_):
        warnings.warn("as asked", self.category, stacklevel=1)


def test_unconverged_fits_are_counted():
    problem = retrain.draw_problem(n_splits=3)
    assert retrain.fit_peers(problem, lambda: Complaining(ConvergenceWarning)) == 6


def test_other_warnings_are_not_hidden():
    problem = retrain.draw_problem(n_splits=1)
    with pytest.raises(DeprecationWarning):
        retrain.fit_peers(problem, lambda: Complaining(DeprecationWarning))
