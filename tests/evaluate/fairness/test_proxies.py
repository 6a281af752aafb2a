from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from laat_core import Design, Recipe, compare, load_dataset, load_proposal, make_task
from laat_core.data.task import Role
from laat_core.errors import DesignError
from laat_core.evaluate.fairness.asked import Asked
from laat_core.evaluate.fairness.proxies import attribution_shifts, follow_groups, tell_groups
from laat_core.evaluate.groups import Groups, group_rows
from laat_core.evaluate.intervals import delong

TASK, SCORES = load_dataset("heart"), load_proposal("heart").scores
DESIGN, RECIPE = Design(shots=10, n_splits=3), Recipe(max_epochs=20)


def groups_of(codes, names="abcdef"):
    return Groups(("group",), tuple(names[: codes.max() + 1]), codes)


def test_how_far_an_output_follows_each_group():
    generator = np.random.default_rng(0)
    codes = generator.integers(3, size=(4, 200))
    logits = generator.normal(size=(4, 200)) - codes
    asked = [Asked(c, np.zeros(200, dtype=int), z) for c, z in zip(codes, logits, strict=True)]
    found = follow_groups(groups_of(codes[0]), asked)
    assert [part.group for part in found] == ["a", "b", "c"]
    for code, part in enumerate(found):
        areas = [roc_auc_score(c == code, z) for c, z in zip(codes, logits, strict=True)]
        assert part.auc.mean == pytest.approx(np.mean(areas))
        assert part.auc.band == pytest.approx(np.percentile(areas, (10, 90)))
        assert part.auc.n_splits == 4
        each = [
            delong((c == code).astype(int), z, z).first_interval
            for c, z in zip(codes, logits, strict=True)
        ]
        assert part.auc.interval == pytest.approx(np.mean(each, axis=0))
        assert part.n == (codes == code).sum() / 4
        assert not part.small
    # The first group has the highest outputs, the last the lowest: both are told.
    assert found[0].auc.mean > 0.5 > found[2].auc.mean
    assert found[2].told == 1 - found[2].auc.mean


def test_two_groups_are_told_alike_and_an_output_without_them_tells_nothing():
    codes = np.tile([0, 1], 50)
    first, second = follow_groups(groups_of(codes), [Asked(codes, codes, codes * 1.0)])
    assert (first.auc.mean, second.auc.mean) == (0, 1)
    assert first.told == second.told == 1
    even = follow_groups(groups_of(codes), [Asked(codes, codes, np.ones(100))])
    assert [part.told for part in even] == [0.5, 0.5]


def test_a_group_that_is_alone_or_absent_or_a_single_row_says_so():
    codes = np.zeros(30, dtype=int)
    alone, absent = follow_groups(
        replace(groups_of(codes), names=("a", "b")), [Asked(codes, codes, np.arange(30.0))]
    )
    for part in (alone, absent):
        assert part.auc.mean is part.told is None
        assert part.auc.reason == "No split has rows of this group and of others."
    codes[3] = 1
    single = follow_groups(groups_of(codes), [Asked(codes, codes, np.arange(30.0))])[1]
    assert single.small
    assert single.auc.mean == pytest.approx(3 / 29)
    assert single.auc.interval is None
    assert "single row" in single.auc.reason


@pytest.fixture(scope="module")
def comparisons():
    used = compare(TASK, SCORES, 10.0, DESIGN, RECIPE)
    without = TASK.with_columns(replace(TASK.column("sex"), role=Role.IGNORE))
    rest = [f for f in SCORES.features if not f.startswith("sex")]
    return used, compare(without, SCORES.known(rest), 10.0, DESIGN, RECIPE)


def test_what_took_over_where_a_column_is_left_out(comparisons):
    used, left_out = comparisons
    shifts = attribution_shifts(used, left_out)
    assert {shift.feature for shift in shifts} == set(used.features)
    gains = [shift.gain.mean for shift in shifts]
    assert gains == sorted(gains, reverse=True)
    at = used.features.index("sex = male")
    sex = next(shift for shift in shifts if shift.feature == "sex = male")
    assert sex.after is None
    assert sex.before == pytest.approx(used.laat.attributions[:, at].mean())
    assert sex.gain.mean == pytest.approx(-np.abs(used.laat.attributions[:, at]).mean())
    age = next(shift for shift in shifts if shift.feature == "age")
    first, second = (c.laat.attributions[:, c.features.index("age")] for c in comparisons)
    assert (age.before, age.after) == pytest.approx((first.mean(), second.mean()))
    gain = np.abs(second) - np.abs(first)
    assert age.gain.mean == pytest.approx(gain.mean())
    assert age.gain.band == pytest.approx(np.percentile(gain, (10, 90)))


def test_the_baseline_has_shifts_of_its_own_and_a_model_beside_itself_none(comparisons):
    used, left_out = comparisons
    assert attribution_shifts(used, left_out, "baseline") != attribution_shifts(used, left_out)
    assert {shift.gain.mean for shift in attribution_shifts(used, used)} == {0.0}


def test_shifts_need_the_same_splits(comparisons):
    other = compare(TASK, SCORES, 10.0, replace(DESIGN, n_splits=2), RECIPE)
    with pytest.raises(DesignError, match="One comparison has 3 splits, the other 2"):
        attribution_shifts(comparisons[0], other)


def test_features_that_tell_the_group_before_any_model():
    groups = group_rows(TASK, "sex")
    found = tell_groups(TASK, groups)
    assert not any(telling.column == "sex" for telling in found)
    told = [telling.told for telling in found]
    assert told == sorted(told, reverse=True)
    age = next(telling for telling in found if telling.feature == "age")
    inside = TASK.labelled["sex"] == age.group
    assert age.auc == pytest.approx(roc_auc_score(inside, TASK.labelled["age"]))
    pain = next(t for t in found if t.feature == "chest_pain = asymptomatic")
    inside = TASK.labelled["sex"] == pain.group
    flags = TASK.labelled["chest_pain"] == "asymptomatic"
    assert pain.auc == pytest.approx(roc_auc_score(inside, flags))


def test_small_groups_are_told_from_nobody():
    table = pd.DataFrame(
        {"x": ["a"] * 30 + ["b"], "n": np.arange(31) // 2, "y": (["u", "v"] * 16)[:31]}
    )
    task = make_task(table, "y", "v")
    (telling,) = tell_groups(task, group_rows(task, "x"))
    assert (telling.group, telling.auc) == ("a", 0.0)
    alone = make_task(table[:30], "y", "v")
    alone = alone.with_columns(replace(alone.column("x"), role=Role.IGNORE))
    assert tell_groups(alone, group_rows(alone, "x")) == ()
