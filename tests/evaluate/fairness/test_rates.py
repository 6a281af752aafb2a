import numpy as np
import pytest
from fairlearn.metrics import (
    MetricFrame,
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equal_opportunity_ratio,
    equalized_odds_difference,
    equalized_odds_ratio,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from laat_core.evaluate.fairness.rates import (
    GAPS,
    class_rates,
    class_shares,
    count_rows,
    disparities,
    parity_difference,
    rates,
)
from laat_core.evaluate.groups import FEWEST_ROWS, Groups

FAIRLEARN = dict(
    zip(
        GAPS,
        (
            demographic_parity_difference,
            demographic_parity_ratio,
            equalized_odds_difference,
            equalized_odds_ratio,
            equal_opportunity_difference,
            equal_opportunity_ratio,
        ),
        strict=True,
    )
)
EXACT = 1e-12


def groups_of(n_groups, codes=None):
    codes = np.repeat(np.arange(n_groups), FEWEST_ROWS) if codes is None else codes
    return Groups(("group",), tuple("abcdef"[:n_groups]), codes)


def gaps_of(groups, counts):
    return disparities(rates(groups, counts), class_rates(groups, counts))


def drawn(seed, n_rows, n_groups=3):
    """Groups, labels and selection that go together somewhat."""
    generator = np.random.default_rng(seed)
    codes = generator.integers(n_groups, size=n_rows)
    labels = (generator.random(n_rows) < 0.3 + 0.1 * codes).astype(np.int64)
    return codes, labels, generator.random(n_rows) < 0.2 + 0.3 * labels + 0.1 * codes


def test_rows_are_counted_by_split_group_class_and_selection():
    first = np.array([0, 0, 1]), np.array([1, 0, 1]), np.array([True, True, False])
    second = np.array([1]), np.array([0]), np.array([False])
    counts = count_rows(groups_of(2), [first, second])
    assert counts.tolist() == [
        [[[0, 1], [0, 1]], [[0, 0], [1, 0]]],
        [[[0, 0], [0, 0]], [[1, 0], [0, 0]]],
    ]


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 2), st.integers(2, 4))
def test_all_figures_are_fairlearns(seed, n_splits, n_groups):
    splits = [drawn(seed + number, 400, n_groups) for number in range(n_splits)]
    groups = groups_of(n_groups)
    counts = count_rows(groups, splits)
    every, by_class = rates(groups, counts), class_rates(groups, counts)
    found, parity = disparities(every, by_class), parity_difference(groups, counts)
    assert list(found) == list(GAPS)
    for number, (codes, labels, selected) in enumerate(splits):
        chosen = selected.astype(int)
        for name, function in FAIRLEARN.items():
            expected = function(labels, chosen, sensitive_features=codes)
            assert found[name][number] == pytest.approx(expected, abs=EXACT)
        assert parity[number] == pytest.approx(
            demographic_parity_difference(labels, chosen, sensitive_features=codes), abs=EXACT
        )
        frame = MetricFrame(
            metrics={"all": selection_rate, "fpr": false_positive_rate, "tpr": true_positive_rate},
            y_true=labels,
            y_pred=chosen,
            sensitive_features=codes,
        ).by_group
        np.testing.assert_allclose(every.by_group[number], frame["all"], rtol=0, atol=EXACT)
        of_class = frame[["fpr", "tpr"]].to_numpy(dtype=float)
        for shares in (by_class.by_group, class_shares(counts)):
            np.testing.assert_allclose(shares[number], of_class, rtol=0, atol=EXACT)


def test_small_groups_are_left_out():
    large, small = np.repeat([0, 1], 40), np.full(FEWEST_ROWS - 1, 2)
    codes = np.concatenate([large, small])
    labels = np.arange(len(codes)) % 2
    selected = codes != 0
    groups = groups_of(3, codes)
    counts = count_rows(groups, [(codes, labels, selected)])
    assert groups.small.tolist() == [False, False, True]
    only = slice(80)
    expected = demographic_parity_difference(
        labels[only], selected[only].astype(int), sensitive_features=codes[only]
    )
    assert gaps_of(groups, counts)["demographic_parity_difference"] == [expected] == [1.0]


def test_a_group_without_positive_rows_has_no_true_positive_rate():
    codes = np.repeat([0, 1, 2], 40)
    labels = np.tile([0, 1], 60)
    labels[codes == 2] = 0
    selected = np.arange(120) % 3 == 0
    counts = count_rows(groups_of(3), [(codes, labels, selected)])
    assert np.isnan(class_rates(groups_of(3), counts).by_group[0, 2, 1])
    assert np.isnan(class_shares(counts)[0, 2, 1])
    both = codes != 2
    expected = equal_opportunity_difference(
        labels[both], selected[both].astype(int), sensitive_features=codes[both]
    )
    found = gaps_of(groups_of(3), counts)
    assert found["equal_opportunity_difference"][0] == pytest.approx(expected, abs=EXACT)
    false = MetricFrame(
        metrics=false_positive_rate,
        y_true=labels,
        y_pred=selected.astype(int),
        sensitive_features=codes,
    ).difference()
    odds = found["equalized_odds_difference"][0]
    assert odds == pytest.approx(max(expected, false), abs=EXACT)


def test_one_group_does_not_differ_from_itself_and_nothing_has_no_ratio():
    one = np.zeros(50, dtype=np.int64), np.tile([0, 1], 25), np.ones(50, dtype=bool)
    two = np.repeat([0, 1], 50), np.tile([0, 1], 50), np.zeros(100, dtype=bool)
    found = gaps_of(groups_of(2), count_rows(groups_of(2), [one, two]))
    assert all(np.isnan(values[0]) for values in found.values())
    for name, values in found.items():
        assert np.isnan(values[1]) if name.endswith("ratio") else values[1] == 0


def test_without_false_positives_the_true_ones_make_the_ratio():
    codes, labels = np.repeat([0, 1], 40), np.tile([0, 1], 40)
    selected = (labels == 1) & (np.arange(80) % 8 != 1)
    selected[:21] = False
    found = gaps_of(groups_of(2), count_rows(groups_of(2), [(codes, labels, selected)]))
    expected = equalized_odds_ratio(labels, selected.astype(int), sensitive_features=codes)
    assert 0 < expected < 1
    assert found["equalized_odds_ratio"][0] == pytest.approx(expected, abs=EXACT)
