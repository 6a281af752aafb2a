from dataclasses import fields

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, mean_prediction
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy.stats import binomtest
from sklearn.metrics import brier_score_loss, roc_auc_score

from laat_core import load_dataset
from laat_core.evaluate.fairness.asked import Asked
from laat_core.evaluate.fairness.notions import NOTIONS
from laat_core.evaluate.fairness.rates import GAPS, class_rates, count_rows, disparities, rates
from laat_core.evaluate.fairness.table import FIGURES, Value, group_table, label_table, summarise
from laat_core.evaluate.groups import FEWEST_ROWS, Groups, group_rows
from laat_core.evaluate.intervals import delong

TASK = load_dataset("heart")
EXACT = 1e-12


def groups_of(codes, names="abcdef"):
    codes = np.asarray(codes)
    return Groups(("group",), tuple(names[: codes.max() + 1]), codes)


def test_twelve_rows_by_hand(monkeypatch):
    """Seven rows of group a, five of group b; a probability of one half selects.

    | group | labels        | probabilities                  | selected      |
    | a     | 1 1 1 0 0 0 0 | .9 .8 .4  .6 .3 .2 .1          | 1 1 0 1 0 0 0 |
    | b     | 1 1 0 0 0     | .7 .2  .5 .3 .1                | 1 0 1 0 0     |
    """
    monkeypatch.setattr("laat_core.evaluate.groups.FEWEST_ROWS", 5)
    codes = np.repeat([0, 1], [7, 5])
    labels = np.array([1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0])
    given = np.array([0.9, 0.8, 0.4, 0.6, 0.3, 0.2, 0.1, 0.7, 0.2, 0.5, 0.3, 0.1])
    table = group_table(groups_of(codes), [Asked(codes, labels, special.logit(given))])
    by_hand = {
        # base rate, selection rate, TPR, FPR, AUC, calibration, Brier
        "a": (3 / 7, 3 / 7, 2 / 3, 1 / 4, 11 / 12, (3.3 - 3) / 7, 0.91 / 7),
        "b": (2 / 5, 2 / 5, 1 / 2, 1 / 3, 4 / 6, (1.8 - 2) / 5, 1.08 / 5),
    }
    assert table.columns == ("group",)
    for row in table.rows:
        found = [row.figures[name].mean for name in FIGURES]
        assert found == pytest.approx(by_hand[row.name], abs=EXACT)
    assert [(row.n, row.n_positive) for row in table.rows] == [(7, 3), (5, 2)]
    gaps = {
        "demographic_parity_difference": 3 / 7 - 2 / 5,
        "demographic_parity_ratio": (2 / 5) / (3 / 7),
        "equalized_odds_difference": 2 / 3 - 1 / 2,
        "equalized_odds_ratio": (1 / 2) / (2 / 3),
        "equal_opportunity_difference": 2 / 3 - 1 / 2,
        "equal_opportunity_ratio": (1 / 2) / (2 / 3),
    }
    for name, expected in gaps.items():
        assert table.gaps[name].mean == pytest.approx(expected, abs=EXACT)
    # 3 of 7 selected
    interval = table.rows[0].figures["selection_rate"].interval
    assert interval == pytest.approx((0.1582, 0.7495), abs=1e-4)


def test_a_group_of_less_than_a_row_per_split_is_counted_in_splits():
    codes, labels = np.repeat([0, 1], [3, 1]), np.array([0, 1, 1, 0])
    every = Asked(codes, labels, np.zeros(4))
    three = Asked(codes[:3], labels[:3], np.zeros(3))
    table = group_table(groups_of(codes), [every, three, three])
    assert [table.size(row) for row in table.rows] == ["3", "in 1 of 3 splits"]
    two = Asked(codes[:2], labels[:2], np.zeros(2))
    uneven = group_table(groups_of(codes), [every, three, two, two])
    assert uneven.size(uneven.rows[0]) == "2.5"


def test_figures_of_one_split_and_their_intervals(tested):
    groups, splits, *_ = tested
    table = group_table(groups, splits[:1], threshold=0.4)
    split = splits[0]
    frame = MetricFrame(
        metrics={"auc": roc_auc_score, "brier": brier_score_loss, "mean": mean_prediction},
        y_true=split.labels,
        y_pred=split.probabilities,
        sensitive_features=split.codes,
    ).by_group
    for code, row in enumerate(table.rows):
        of_group = split.codes == code
        labels, given = split.labels[of_group], split.probabilities[of_group]
        selected = given >= 0.4
        for name, hits in (
            ("base_rate", labels == 1),
            ("selection_rate", selected),
            ("tpr", selected[labels == 1]),
            ("fpr", selected[labels == 0]),
        ):
            value = row.figures[name]
            assert value.mean == pytest.approx(hits.mean(), abs=EXACT)
            expected = binomtest(int(hits.sum()), len(hits)).proportion_ci(method="wilson")
            assert value.interval == pytest.approx((expected.low, expected.high), abs=1e-9)
            assert value.band is None
        area = delong(labels, given, given)
        assert row.figures["auc"].mean == pytest.approx(frame["auc"][code], abs=EXACT)
        assert row.figures["auc"].interval == pytest.approx(area.first_interval, abs=1e-9)
        assert row.figures["brier"].mean == pytest.approx(frame["brier"][code], abs=EXACT)
        over = frame["mean"][code] - labels.mean()
        assert row.figures["calibration"].mean == pytest.approx(over, abs=EXACT)
        low, high = row.figures["base_rate"].interval
        ends = frame["mean"][code] - high, frame["mean"][code] - low
        assert row.figures["calibration"].interval == pytest.approx(ends)
        assert row.small == ""


@pytest.mark.slow
def test_several_splits_are_averaged_with_their_spread(tested):
    groups, splits, *_ = tested
    table = group_table(groups, splits)
    single = [group_table(groups, [split]) for split in splits]
    assert table.n_splits == 3
    for place, row in enumerate(table.rows):
        for name, value in row.figures.items():
            each = [one.rows[place].figures[name] for one in single]
            means = [one.mean for one in each]
            assert value.mean == pytest.approx(np.mean(means))
            assert value.band == pytest.approx(np.percentile(means, (10, 90)))
            assert value.n_splits == 3
            if name != "brier":
                ends = np.mean([one.interval for one in each], axis=0)
                assert value.interval == pytest.approx(ends)
    rows = [(split.codes, split.labels, split.selected()) for split in splits]
    counts = count_rows(groups, rows)
    for name, values in disparities(rates(groups, counts), class_rates(groups, counts)).items():
        assert table.gaps[name].mean == pytest.approx(values.mean())


def test_groups_that_lack_something_say_what():
    # a: both classes; b: no positive row; c: no negative; d: one row; e: never tested;
    # f: one positive row of many
    sizes = [40, 30, 30, 1, 30]
    codes = np.repeat([0, 1, 2, 3, 5], sizes)
    labels = np.concatenate(
        [np.tile([0, 1], 20), np.zeros(30), np.ones(30), [1], [1], np.zeros(29)]
    ).astype(int)
    logits = np.linspace(-2, 2, len(codes))
    table = group_table(groups_of(codes), [Asked(codes, labels, logits)] * 2)
    unknown = {
        row.name: {name: v.reason for name, v in row.figures.items() if v.mean is None}
        for row in table.rows
    }
    assert unknown["a"] == {}
    assert set(unknown["b"]) == {"tpr", "auc"}
    assert "positive class" in unknown["b"]["tpr"]
    assert set(unknown["c"]) == {"fpr", "auc"}
    assert "one class" in unknown["c"]["auc"]
    assert set(unknown["d"]) == {"fpr", "auc"}
    assert set(unknown["e"]) == set(FIGURES)
    assert unknown["e"]["base_rate"] == unknown["e"]["tpr"] == "No row of this group was tested."
    area = table.rows[5].figures["auc"]
    assert area.interval is None
    assert "single row" in area.reason
    assert [bool(row.small) for row in table.rows] == [False, False, False, True, True, False]
    assert table.rows[3].small.startswith("1 row, fewer than 20")
    numbers = [n for row in table.rows for v in row.figures.values() for n in numbers_of(v)]
    numbers += [n for value in table.gaps.values() for n in numbers_of(value)]
    assert np.isfinite(numbers).all()


def numbers_of(value):
    parts = (value.mean, *(value.interval or ()), *(value.band or ()))
    return [part for part in parts if part is not None]


@pytest.mark.parametrize(
    ("codes", "labels", "logits", "unknown"),
    [
        (
            np.repeat([0, 1], [40, FEWEST_ROWS - 1]),
            np.arange(59) % 2,
            np.ones(59),
            dict.fromkeys(GAPS, "Fewer than two groups have 20 rows or more."),
        ),
        (
            np.repeat([0, 1], 40),
            np.r_[np.arange(40) % 2, np.zeros(40, int)],
            np.ones(80),
            {
                "equalized_odds": "have rows of each class",
                "equal_opportunity": "have positive rows",
            },
        ),
        (
            np.repeat([0, 1], 40),
            np.arange(80) % 2,
            -np.ones(80),
            dict.fromkeys([name for name in GAPS if name.endswith("ratio")], "rate is 0 in every"),
        ),
    ],
)
def test_differences_that_cannot_be_say_why(codes, labels, logits, unknown):
    gaps = group_table(groups_of(codes), [Asked(codes, labels, logits)]).gaps
    for name, value in gaps.items():
        reason = unknown.get(name) or unknown.get(name.rpartition("_")[0])
        assert (value.mean is None) == (reason is not None)
        assert (reason or "") in value.reason


def test_the_table_itself_before_any_model():
    groups = group_rows(TASK, "sex")
    table = label_table(groups, TASK.labels)
    sick = [TASK.labels[groups.codes == code] for code in (0, 1)]
    assert [row.n for row in table.rows] == [len(part) for part in sick]
    assert [row.n_positive for row in table.rows] == [part.sum() for part in sick]
    assert [set(row.figures) for row in table.rows] == [{"base_rate"}] * 2
    shares = [part.mean() for part in sick]
    assert [row.figures["base_rate"].mean for row in table.rows] == pytest.approx(
        shares, rel=0, abs=EXACT
    )
    apart, ratio = shares[1] - shares[0], shares[0] / shares[1]
    difference = table.gaps["base_rate_difference"].mean
    assert difference == pytest.approx(apart, rel=0, abs=EXACT)
    assert table.gaps["base_rate_ratio"].mean == pytest.approx(ratio, rel=0, abs=EXACT)


def test_splits_without_a_figure_do_not_count():
    value = summarise(np.array([0.2, np.nan, 0.4]))
    assert value == Value(pytest.approx(0.3), band=pytest.approx((0.22, 0.38)), n_splits=2)
    assert summarise(np.array([np.nan]), "why") == Value(None, reason="why")


def test_every_figure_is_defined_in_one_sentence_and_refused_in_another():
    assert set(NOTIONS) == {*FIGURES, *(name.rpartition("_")[0] for name in GAPS)}
    for notion in NOTIONS.values():
        for part in fields(notion):
            text = getattr(notion, part.name)
            assert text
            assert part.name == "name" or text.endswith(".")


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.sampled_from([-1.0, 0.0, 2.0]))),
    st.integers(2, 4),
)
def test_every_number_is_finite_and_every_gap_has_a_reason(rows, n_groups):
    rows = [(0, 0, 0.0), (1, 1, 1.0), *((code % n_groups, y, z) for code, y, z in rows)]
    codes, labels, logits = (np.array(part) for part in zip(*rows, strict=True))
    # In the table every group is large; among the tested rows it may be anything.
    groups = Groups(("x",), tuple("abcd"[:n_groups]), np.repeat(np.arange(n_groups), FEWEST_ROWS))
    table = group_table(groups, [Asked(codes, labels, logits)])
    values = [value for row in table.rows for value in row.figures.values()]
    for value in [*values, *table.gaps.values()]:
        assert np.isfinite(numbers_of(value)).all()
        assert value.mean is not None or value.reason.endswith(".")
    for gap in table.gaps.values():
        assert gap.mean is None or 0 <= gap.mean <= 1
