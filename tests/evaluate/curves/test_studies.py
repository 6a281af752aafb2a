"""The studies against the comparisons that they are made of."""

import math
from dataclasses import replace

import numpy as np
import pytest

from laat_core import (
    Design,
    DesignError,
    ImportanceScores,
    Recipe,
    Role,
    compare,
    load_dataset,
    load_proposal,
)
from laat_core.errors import DataError, StoppedError
from laat_core.evaluate.curves import plan as plans
from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.learning import error_line, laat_line, learning_curve, rows_to_try
from laat_core.evaluate.curves.noise import N_DRAWS, SHARES, crossing, noise_curve, noisy
from laat_core.evaluate.curves.plan import Plan
from laat_core.evaluate.curves.sensitivity import effects, sensitivity
from laat_core.evaluate.curves.trust import GAMMA_GRID, trust_curve
from laat_core.evaluate.groups import group_rows
from laat_core.evaluate.workers import Wanted

pytestmark = pytest.mark.slow

TASK, SCORES = load_dataset("heart"), load_proposal("heart").scores
DESIGN, RECIPE = Design(shots=4, n_splits=2), Recipe(max_epochs=20)


@pytest.fixture
def plan():
    return Plan(TASK, DESIGN, RECIPE)


def direct(scores=SCORES, gamma=100.0, design=DESIGN):
    return compare(TASK, scores, gamma, design, RECIPE)


def test_learning_curve(plan):
    curve = learning_curve(plan, SCORES, n_jobs=1)
    assert curve.points == (1, 2, 4, 5, 10, 25, 50, 100)
    assert curve.about == {"rows": 4}
    for point in (0, 2, 6):
        expected = direct(design=replace(DESIGN, shots=curve.points[point]))
        np.testing.assert_array_equal(curve.lines["laat 100"][point], expected.laat.auc)
        np.testing.assert_array_equal(curve.lines["baseline"][point], expected.baseline.auc)
        alone = curve.lines["scores alone"][point]
        np.testing.assert_array_equal(alone, expected.scores_alone.auc)
        influence = expected.laat.influence - expected.baseline.influence
        error = curve.lines[error_line("laat 100")][point]
        np.testing.assert_allclose(error, math.sqrt((influence.mean(axis=0) ** 2).sum()), rtol=1e-6)


@pytest.mark.parametrize(
    ("gamma", "more"), [(3.0, ["laat 3"]), (100, []), ("auto", []), (0.1, ["laat 0.1"])]
)
def test_the_learning_curve_has_a_line_of_the_trust_that_is_set(plan, gamma, more):
    curve = learning_curve(plan, SCORES, gamma, n_jobs=1)
    laat = [line for line in curve.lines if line.startswith("laat")]
    assert sorted(laat) == sorted(["laat 100", "laat auto", *more])
    expected = direct(gamma=gamma, design=replace(DESIGN, shots=10)).laat.auc
    np.testing.assert_array_equal(curve.lines[laat_line(gamma)][4], expected)


def test_one_test_row_of_a_class_tells_nothing_of_others():
    ill = TASK.table[TASK.table["heart_disease"] == "yes"].index
    task = replace(TASK, table=TASK.table.drop(ill[6:]).reset_index(drop=True))
    curve = learning_curve(Plan(task, Design(5, n_splits=2), RECIPE), SCORES, n_jobs=1)
    errors = curve.lines[error_line("laat 100")]
    assert np.isnan(errors[curve.points.index(5)]).all()
    assert np.isfinite(errors[curve.points.index(2)]).all()


@pytest.mark.parametrize(
    ("study", "line", "point"),
    [
        (learning_curve, "laat 100", 10),
        (trust_curve, "laat", 100.0),
        (noise_curve, "laat", 0.0),
        (sensitivity, "laat", ""),
    ],
)
def test_every_study_holds_features_as_loosely_as_it_is_told(study, line, point):
    trust = {"age": 0.0, "vessels_colored": 0.0}
    plan = Plan(TASK, Design(shots=10, n_splits=2), RECIPE)
    curve = study(plan, SCORES, feature_trust=trust, n_jobs=1)
    expected = plan.experiment().compare(SCORES, 100.0, feature_trust=trust).laat.auc
    assert (expected != plan.experiment().compare(SCORES, 100.0).laat.auc).any()
    found = curve.lines[line][curve.points.index(point)]
    np.testing.assert_array_equal(found[: len(expected)], expected)


@pytest.mark.parametrize(
    ("smallest", "shots", "expected"),
    [(139, 5, [1, 2, 5, 10, 25, 50, 100]), (2, 1, [1]), (10, 9, [1, 2, 5, 9]), (5, 3, [1, 2, 3])],
)
def test_rows_per_class_leave_a_test_but_for_those_asked_for(smallest, shots, expected):
    assert rows_to_try(np.repeat([0, 1], [smallest, 400]), shots) == expected


def test_a_design_by_share_weighs_against_the_usual_rows():
    shares = Plan(TASK, Design(shots=None, n_splits=1), RECIPE)
    assert learning_curve(shares, SCORES, n_jobs=1).about == {"rows": 5}


@pytest.mark.parametrize(("smaller", "rows"), [(2, 1), (5, 4), (6, 5)])
def test_a_design_by_share_leaves_a_row_of_the_smaller_class_for_a_test(smaller, rows):
    ill = TASK.table[TASK.table["heart_disease"] == "yes"].index
    task = replace(TASK, table=TASK.table.drop(ill[smaller:]).reset_index(drop=True))
    curve = learning_curve(Plan(task, Design(None, n_splits=1), RECIPE), SCORES, n_jobs=1)
    assert curve.about == {"rows": rows}
    assert np.isfinite(curve.lines["laat 100"]).all()


def test_trust_curve(plan):
    groups = group_rows(TASK, "sex")
    curve = trust_curve(plan, SCORES, groups, n_jobs=1)
    assert curve.points == GAMMA_GRID
    assert curve.about == {"column": "sex"}
    np.testing.assert_array_equal(curve.lines["laat"][0], curve.lines["baseline"][0])
    expected = direct(gamma=3.0)
    at = GAMMA_GRID.index(3.0)
    np.testing.assert_array_equal(curve.lines["laat"][at], expected.laat.auc)
    cosines = [attribution @ expected.target for attribution in expected.laat.attributions]
    np.testing.assert_allclose(curve.lines["alignment"][at], cosines)
    experiment = plan.experiment()
    male = groups.codes == 1
    for split, logits, gap in zip(
        experiment.splits,
        (logits for _, logits in experiment.test_logits(expected.laat.models)),
        curve.lines["gap"][at],
        strict=True,
    ):
        rates = [(logits[male[split.test] == sex] >= 0).mean() for sex in (True, False)]
        assert gap == pytest.approx(abs(rates[0] - rates[1]))


def test_without_groups_there_is_no_gap_and_without_scores_no_alignment(plan):
    curve = trust_curve(plan, ImportanceScores.zeros(SCORES.features), n_jobs=1)
    assert "gap" not in curve.lines
    assert not curve.lines["alignment"].any()


def test_noise_curve(plan):
    curve = noise_curve(plan, SCORES, 30.0, n_jobs=1)
    assert curve.lines["laat"].shape == (len(SHARES), 2 * N_DRAWS)
    np.testing.assert_array_equal(curve.lines["laat"][0, :2], direct(gamma=30.0).laat.auc)
    assert np.isnan(curve.lines["laat"][0, 2:]).all()
    mixed = noisy(SCORES, SHARES, (DESIGN.seed, 3))[5]
    np.testing.assert_array_equal(curve.lines["laat"][5, 6:8], direct(mixed, 30.0).laat.auc)


def test_noise_replaces_its_share_and_stays_with_more():
    first = noisy(SCORES, SHARES, (0, 0))
    changed = [scores.values[0] != SCORES.values[0] for scores in first]
    n = len(SCORES.features)
    assert [int(part.sum()) for part in changed] == [round(share * n) for share in SHARES]
    for less, more, positions in zip(first, first[1:], changed[:-1], strict=False):
        np.testing.assert_array_equal(less.values[0, positions], more.values[0, positions])
    np.testing.assert_array_equal(noisy(SCORES, (1.0,), (0, 0))[0].values, first[-1].values)
    assert (noisy(SCORES, (1.0,), (0, 1))[0].values != first[-1].values).any()


@pytest.mark.parametrize(
    ("laat", "expected"),
    [
        ([0.9, 0.7, 0.5], 0.25),
        ([0.9, 0.8, 0.5], 0.5),
        ([0.9, 0.9, 0.85], None),
        ([0.7, 0.6, 0.5], 0.0),
        ([0.9, np.nan, 0.5], None),
    ],
)
def test_where_noise_has_eaten_what_the_scores_add(laat, expected):
    lines = {"laat": np.array([laat]).T, "baseline": np.full((3, 1), 0.8)}
    found = crossing(Curve("noise", (0.0, 0.5, 1.0), lines, {}))
    assert found == (None if expected is None else pytest.approx(expected))


def test_while_a_draw_of_noise_is_missing_no_crossing_is_told():
    lines = {"laat": np.array([[0.9], [0.7]]).repeat(2, 1), "baseline": np.full((2, 2), 0.8)}
    lines["laat"][0, 1] = np.nan  # without noise there is one
    assert crossing(Curve("noise", (0.0, 1.0), lines, {})) == pytest.approx(0.5)
    lines["laat"][1, 1] = np.nan
    assert crossing(Curve("noise", (0.0, 1.0), lines, {})) is None


def test_sensitivity_is_what_a_score_adds(plan):
    some = SCORES.edit({"cholesterol": 0.0})
    curve = sensitivity(plan, some, 30.0, n_jobs=1)
    assert "cholesterol" not in curve.points
    assert len(curve.points) == len(SCORES.features)  # the first is all scores
    found = effects(curve)
    assert [abs(one.mean) for one in found] == sorted(
        (abs(one.mean) for one in found), reverse=True
    )
    age = next(one for one in found if one.feature == "age")
    paired = direct(some, 30.0).laat.auc - direct(some.edit({"age": 0.0}), 30.0).laat.auc
    assert age.mean == pytest.approx(paired.mean())
    assert (age.low, age.high) == pytest.approx(tuple(np.quantile(paired, [0.1, 0.9])))


def test_sensitivity_leaves_out_what_is_not_to_be_used():
    recipe = replace(RECIPE, not_used=("age", "sex = male"))
    curve = sensitivity(Plan(TASK, DESIGN, recipe), SCORES, n_jobs=1)
    scored = {name for name, score in SCORES.as_dict().items() if score}
    assert set(curve.points) == {"", *scored} - set(recipe.not_used)
    expected = compare(TASK, SCORES, 100.0, DESIGN, recipe)
    np.testing.assert_array_equal(curve.lines["laat"][0], expected.laat.auc)


def test_sensitivity_without_scores_has_nothing_to_rank(plan):
    curve = sensitivity(plan, ImportanceScores.zeros(SCORES.features), n_jobs=1)
    assert curve.points == ("",)
    assert effects(curve) == []


def test_effects_are_ranked_only_beside_all_scores():
    growing = Curve.empty("sensitivity", ("", "a", "b"), ("laat",), 1)
    growing = growing.grown(1, 0, {"laat": np.array([0.8])})
    assert effects(growing) == []
    growing = growing.grown(0, 0, {"laat": np.array([0.9])})
    assert [(one.feature, one.mean) for one in effects(growing)] == [("a", pytest.approx(0.1))]


def test_a_study_grows_and_says_how_far_it_is(plan):
    grown = []
    whole = trust_curve(plan, SCORES, on_result=lambda *both: grown.append(both), n_jobs=1)
    shares = [share for _, share in grown]
    assert shares == pytest.approx(np.arange(1, 11) / 10)
    assert [curve.known("laat").sum() for curve, _ in grown] == list(range(1, 11))
    assert grown[-1][0].to_dict() == whole.to_dict()


def test_in_other_processes_the_numbers_are_the_same(plan, monkeypatch):
    here = trust_curve(plan, SCORES, group_rows(TASK, "sex"), n_jobs=1)
    monkeypatch.setattr(plans, "SECONDS_TO_START", 0.0)
    there = trust_curve(plan, SCORES, group_rows(TASK, "sex"), n_jobs=2)
    assert there.to_dict() == here.to_dict()


def test_a_cheap_beginning_does_not_keep_the_rest_in_one_process(plan, monkeypatch):
    seconds, others = iter([0.0, 0.0, 0.1, 0.0] + [2.0] * 6), []
    clock, real = [0.0], plans._measure

    def measure(unit, check):
        clock[0] += next(seconds)
        return real(unit, check)

    def in_parallel(work, units, wanted, n_jobs):
        others.extend((n_jobs, unit.point) for unit in units)
        return (work(unit, wanted.check) for unit in units)

    monkeypatch.setattr(plans, "_measure", measure)
    monkeypatch.setattr(plans, "in_parallel", in_parallel)
    monkeypatch.setattr(plans.time, "monotonic", lambda: clock[0])
    trust_curve(plan, SCORES)
    # 2 seconds at the fifth of ten: the five that are left may take 10.
    assert others == [(-1, point) for point in range(5, 10)]


def test_where_all_are_cheap_no_process_is_started(plan, monkeypatch):
    monkeypatch.setattr(plans, "SECONDS_TO_START", 1e9)
    others = []
    monkeypatch.setattr(plans, "in_parallel", lambda *given: others.append(given) or iter(()))
    curve = trust_curve(plan, SCORES)
    assert curve.known("laat").all()
    assert [(list(units), n_jobs) for _, units, _, n_jobs in others] == [([], 1)]


def test_whatever_ends_a_study_its_data_are_let_go(plan):
    trust_curve(plan, SCORES, n_jobs=1)
    assert plans._experiment.cache_info().currsize == 0

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trust_curve(plan, SCORES, on_result=stop, n_jobs=1)
    assert plans._experiment.cache_info().currsize == 0


def test_a_study_ends_when_it_is_told_to(plan):
    wanted, seen = Wanted(), []

    def take(curve, share):  # noqa: ARG001
        seen.append(share)
        wanted.end()

    with pytest.raises(StoppedError):
        trust_curve(plan, SCORES, on_result=take, wanted=wanted, n_jobs=1)
    assert len(seen) == 1


def test_what_its_listener_raises_goes_through(plan):
    def stop(*_):
        raise KeyboardInterrupt

    wanted = Wanted()
    with pytest.raises(KeyboardInterrupt):
        trust_curve(plan, SCORES, on_result=stop, wanted=wanted, n_jobs=1)
    assert not wanted


def test_what_cannot_be_divided_is_said():
    with pytest.raises(DesignError, match="Choose 138 or fewer"):
        trust_curve(Plan(TASK, Design(shots=500), RECIPE), SCORES, n_jobs=1)


def test_a_plan_carries_no_column_that_is_ignored():
    task = TASK.with_columns(replace(TASK.column("sex"), role=Role.IGNORE))
    plan = Plan(task, DESIGN, RECIPE)
    assert "sex" not in plan.task.table
    assert plan == replace(plan)
    assert plan != Plan(task, DESIGN, RECIPE)


def test_groups_that_cannot_be_compared_are_refused(plan):
    sex = group_rows(TASK, "sex")
    one = replace(sex, names=("all",), codes=np.zeros_like(sex.codes))
    with pytest.raises(DataError, match="'sex' divides the rows into fewer than two groups of 20"):
        trust_curve(plan, SCORES, one, n_jobs=1)
