import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from laat_core.model.ranking import Ranking

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 3)), min_size=2, max_size=40)


def both_classes(rows):
    return len({label for label, _ in rows}) == 2


@given(ROWS.filter(both_classes), st.sampled_from([np.float32, np.float64]))
def test_curve_is_that_of_scikit_learn_also_with_ties(rows, dtype):
    labels, scores = (np.array(column) for column in zip(*rows, strict=True))
    ranking = Ranking(labels, scores.astype(dtype))
    false, true = ranking.false_positive_rates, ranking.true_positive_rates
    expected = sklearn.metrics.roc_curve(labels, scores, drop_intermediate=False)
    np.testing.assert_allclose(false, expected[0])
    np.testing.assert_allclose(true, expected[1])
    area = sklearn.metrics.roc_auc_score(labels, scores)
    assert ranking.auc == pytest.approx(area, abs=1e-12)


def test_equal_scores_are_the_diagonal():
    ranking = Ranking(np.array([0, 1, 1, 0]), np.zeros(4))
    np.testing.assert_array_equal(ranking.false_positive_rates, [0, 1])
    np.testing.assert_array_equal(ranking.true_positive_rates, [0, 1])
