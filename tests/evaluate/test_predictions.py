import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    brier_score_loss,
    confusion_matrix,
    precision_recall_curve,
)

from laat_core.evaluate.predictions import RECALLS, THRESHOLDS, Predictions, Summary

SPLIT = st.lists(
    st.tuples(st.integers(0, 1), st.floats(-800, 800)), min_size=2, max_size=30
).filter(lambda rows: len({label for label, _ in rows}) == 2)


def drawn(seed, n_rows=200):
    generator = np.random.default_rng(seed)
    labels = (generator.random(n_rows) < 0.3).astype(int)
    return labels, (2 * labels - 1 + 1.5 * generator.normal(size=n_rows)).astype(np.float32)


SPLITS = [drawn(seed) for seed in range(5)]
LABELS = np.array([0, 0, 0, 1, 1])
PROBABILITIES = np.array([0.1, 0.2, 0.6, 0.4, 0.9])


@pytest.fixture
def predictions():
    return Predictions(SPLITS)


@pytest.fixture
def by_hand():
    return Predictions([(LABELS, special.logit(PROBABILITIES))])


def test_errors_and_expectations_are_means_over_the_splits(predictions):
    chances = [special.expit(logits.astype(np.float64)) for _, logits in SPLITS]
    assert predictions.brier == pytest.approx(
        np.mean([brier_score_loss(y, p) for (y, _), p in zip(SPLITS, chances, strict=True)])
    )
    assert predictions.expected == pytest.approx(np.mean(chances))
    assert predictions.prevalence == pytest.approx(np.mean([y for y, _ in SPLITS]))


def test_giving_everybody_the_prevalence_has_that_brier_score():
    one = Predictions([(LABELS, np.full(5, special.logit(0.4)))])
    assert one.brier == pytest.approx(one.brier_of_nothing)


def test_calibration_is_that_of_scikit_learn(predictions):
    labels = np.concatenate([y for y, _ in SPLITS])
    chances = special.expit(np.concatenate([z for _, z in SPLITS]).astype(np.float64))
    observed, predicted = calibration_curve(labels, chances, n_bins=10)
    bins = predictions.calibration
    filled = bins.n_rows > 0
    np.testing.assert_allclose(bins.observed[filled], observed)
    np.testing.assert_allclose(bins.predicted[filled], predicted)
    assert bins.n_rows.sum() == pytest.approx(200)


def test_intervals_of_shares_are_wilsons(by_hand):
    bins = by_hand.calibration
    for bin_, n_positive in ((1, 0), (9, 1), (6, 0)):
        expected = stats.binomtest(n_positive, 1).proportion_ci(method="wilson")
        assert (bins.low[bin_], bins.high[bin_]) == pytest.approx((expected.low, expected.high))


def test_an_empty_bin_is_unknown(by_hand):
    bins = by_hand.calibration
    for values in (bins.predicted, bins.observed, bins.low, bins.high):
        assert np.isnan(values[5])
    assert bins.n_rows.tolist() == [0, 1, 1, 0, 1, 0, 1, 0, 0, 1]


def test_precision_is_the_best_with_at_least_that_recall(predictions):
    curves = []
    for labels, logits in SPLITS:
        precision, recall, _ = precision_recall_curve(labels, logits)
        curves.append([precision[:-1][recall[:-1] >= r - 1e-9].max() for r in RECALLS])
    np.testing.assert_allclose(predictions.precision.mean, np.mean(curves, axis=0))
    np.testing.assert_allclose(predictions.precision.low, np.percentile(curves, 10, axis=0))
    np.testing.assert_allclose(predictions.precision.high, np.percentile(curves, 90, axis=0))


def test_thresholds_by_hand(by_hand):
    table, half = by_hand.thresholds, int(np.argmax(THRESHOLDS == 0.5))
    assert table.flagged.mean[half] == pytest.approx(2 / 5)
    assert table.sensitivity.mean[half] == pytest.approx(1 / 2)
    assert table.specificity.mean[half] == pytest.approx(2 / 3)
    assert table.ppv.mean[half] == pytest.approx(1 / 2)
    assert table.npv.mean[half] == pytest.approx(2 / 3)
    assert table.net_benefit.mean[half] == pytest.approx(1 / 5 - 1 / 5)
    assert table.treat_all[half] == pytest.approx(2 / 5 - 3 / 5)
    assert by_hand.per_1000(half) == {
        "found": 200,
        "missed": 200,
        "false_alarms": 200,
        "spared": 400,
    }


def test_net_benefit_weighs_false_alarms_by_the_odds(by_hand):
    table, fifth = by_hand.thresholds, 20
    assert table.net_benefit.mean[fifth] == pytest.approx(2 / 5 - 2 / 5 / 4)
    assert table.treat_all[fifth] == pytest.approx(2 / 5 - 3 / 5 / 4)
    assert table.net_benefit.mean[0] == pytest.approx(table.treat_all[0])
    assert np.isnan(table.net_benefit.mean[-1])


def test_thresholds_are_those_of_the_confusion_matrix(predictions):
    for position in (7, 35, 50, 81):
        rates = []
        for labels, logits in SPLITS:
            flagged = special.expit(logits.astype(np.float64)) >= THRESHOLDS[position]
            (tn, fp), (fn, tp) = confusion_matrix(labels, flagged)
            rates.append([tp / (tp + fn), tn / (tn + fp), tp / (tp + fp), tn / (tn + fn)])
        table = predictions.thresholds
        found = [
            summary.mean[position]
            for summary in (table.sensitivity, table.specificity, table.ppv, table.npv)
        ]
        np.testing.assert_allclose(found, np.mean(rates, axis=0))


def test_where_nobody_is_flagged_nothing_is_said_of_the_flagged(by_hand):
    table = by_hand.thresholds
    assert np.isnan(table.ppv.mean[95])
    assert np.isnan(table.npv.mean[0])
    assert table.flagged.mean[95] == 0


def test_splits_without_a_value_do_not_count():
    summary = Summary.of(np.array([[1.0, np.nan], [3.0, np.nan]]))
    assert (summary.mean[0], np.isnan(summary.mean[1])) == (2.0, True)
    assert (summary.low[0], summary.high[0]) == pytest.approx((1.2, 2.8))


@pytest.mark.slow
@given(st.lists(SPLIT, min_size=1, max_size=3))
def test_shares_are_shares_whatever_the_logits(splits):
    columns = [tuple(np.array(column) for column in zip(*rows, strict=True)) for rows in splits]
    one = Predictions(columns)
    table = one.thresholds
    for summary in (table.flagged, table.sensitivity, table.specificity, table.ppv, table.npv):
        known = summary.mean[~np.isnan(summary.mean)]
        assert ((known >= 0) & (known <= 1)).all()
    assert (table.sensitivity.mean[0], table.specificity.mean[0]) == (1, 0)
    assert ((one.precision.mean > 0) & (one.precision.mean <= 1)).all()
    for position in (0, 50, 100):
        assert sum(one.per_1000(position).values()) == 1000
        assert min(one.per_1000(position).values()) >= 0
    assert one.calibration.n_rows.sum() == pytest.approx(np.mean([len(rows) for rows in splits]))
    assert 0 <= one.brier <= 1
