"""Sentences and cells of the panels about groups, against figures made by hand."""

from dataclasses import replace

import numpy as np

from laat_core.evaluate.fairness.peers import Fittable, Standing
from laat_core.evaluate.fairness.proxies import Followed, Shift, Telling
from laat_core.evaluate.fairness.table import GroupRow, GroupTable, Value
from laat_core.evaluate.spread import Interval
from ui.bias.groups_words import (
    auc_cell,
    calibration_cell,
    gap_words,
    say_labels,
    say_rarer,
    say_selected,
    share_cell,
    short_numbers,
    small_words,
    why_none,
)
from ui.bias.not_used import Line
from ui.bias.not_used_words import say_cost, say_local, say_pulls
from ui.bias.plane_words import say_fittable, say_plane, why_missing
from ui.bias.proxies_words import (
    best_told,
    say_followed,
    say_telling,
    say_took_over,
    told_cell,
)
from ui.text import literal

GAP = "demographic_parity_difference"
NOTHING = Value(None, reason="Nobody was asked.")


def value(mean, low=None, high=None):
    return Value(mean, None if low is None else Interval(low, high), n_splits=1)


def group(name, small="", **figures):
    return GroupRow(name, 30.0, 10.0, small, figures)


def table(*rows, **gaps):
    return GroupTable(("sex",), rows, gaps, 1)


def followed(name, auc, *, small=False):
    return Followed(name, 30.0, auc, small)


def test_cells_are_a_figure_with_its_interval_or_a_dash():
    assert share_cell(value(0.624, 0.5, 0.73)) == "62 % (50 to 73)"
    assert share_cell(value(0.624)) == "62 %"
    assert auc_cell(value(0.812, 0.7, 0.894)) == "81.2 (70.0 to 89.4)"
    assert auc_cell(value(0.812)) == "81.2"
    assert calibration_cell(value(-0.12, -0.2, 0.001)) == "−12 points (−20 to 0)"
    assert calibration_cell(value(0.01)) == "+1 point"
    assert {share_cell(NOTHING), auc_cell(NOTHING), calibration_cell(NOTHING)} == {"–"}


def test_a_gap_is_told_with_its_ratio_or_why_there_is_none():
    banded = Value(0.82, band=Interval(0.7, 0.9), n_splits=3)
    assert gap_words("demographic_parity", banded, value(0.07)) == (
        "shares selected lie 82 points apart (70 to 90), ratio 0.07"
    )
    assert gap_words("equal_opportunity", value(0.0), NOTHING) == (
        "shares found lie 0 points apart. Nobody was asked."
    )
    assert "or those of false alarms" in gap_words("equalized_odds", banded, value(0.1))
    assert gap_words("equalized_odds", NOTHING, NOTHING) == "Nobody was asked."


def test_numbers_in_names_are_rounded_but_names_stay_apart():
    names = ["-1.73490212182363", "0.339414298514803 to 1234.5678", "dose = 2.5", "1999", "1.10"]
    assert short_numbers(names) == ["-1.73", "0.339 to 1235", "dose = 2.5", "1999", "1.10"]
    assert short_numbers(["0.33941", "0.33949"]) == ["0.3394", "0.3395"]
    alike = [f"0.1{'0' * 20}1", f"0.1{'0' * 20}2"]  # of more digits than a number holds
    assert short_numbers(alike) == alike
    assert short_numbers(["1.2.20345", "v1.23456"]) == ["1.2.20345", "v1.23456"]


def test_the_table_is_told_by_its_two_ends():
    rows = [group(n, base_rate=value(r)) for n, r in (("a", 0.2), ("b", 0.6), ("c", 0.4))]
    tiny = group("d", "one row", base_rate=value(1.0))
    known = table(*rows, tiny)
    a, b = literal("a"), literal("b")
    assert (
        say_labels(known, None, "it", "x") == f"In the table, 60 % of “{b}” have it, 20 % of “{a}”."
    )
    told = table(*(group(n, base_rate=value(0.5)) for n in "abcd"))
    assert say_labels(known, told, "it", "x").endswith("it is 50 % and 50 %.")
    gone = table(*(group(n, base_rate=NOTHING if n == "a" else value(0.5)) for n in "abcd"))
    assert say_labels(known, gone, "it", "x").endswith(f"no “{a}” is left.")
    assert "no two groups of x" in say_labels(table(rows[0], tiny), None, "it", "x")


def test_whom_models_select_is_told_of_the_baselines_two_ends():
    gap = {"demographic_parity_difference": value(0.5)}
    baseline = table(
        group("a", selection_rate=value(0.1)), group("b", selection_rate=value(0.6)), **gap
    )
    laat = table(
        group("a", selection_rate=value(0.4)), group("b", selection_rate=value(0.3)), **gap
    )
    said = say_selected({"baseline": baseline, "laat": laat}, 20, "it")
    assert (
        f"Of the rows of “{literal('b')}”, the baseline gives 20 % or more for it to 60 %" in said
    )
    assert "the LAAT model to 30 % and to 40 %" in said
    alone = table(group("a", selection_rate=value(0.1)), demographic_parity_difference=NOTHING)
    assert say_selected({"baseline": alone, "laat": alone}, 20, "it") == "Nobody was asked."


def test_a_bias_that_makes_the_outcome_rarer_moves_the_probabilities():
    rarer = say_rarer((92, 8), (76, 24), "it", "so what")
    assert "8 % have it, in the test rows 24 %: the probabilities come out too low" in rarer
    assert rarer.endswith("treats all groups alike: so what.")
    assert "too high, so that at 50 % too many" in say_rarer((4, 6), (76, 24), "it", "so what")
    assert not say_rarer((76, 24), (75, 25), "it", "so what")


def test_of_many_small_groups_the_first_are_named():
    rows = [group(f"g{number}", "3 rows, few.") for number in range(6)]
    said = small_words(table(*rows))
    assert said[0] == f"Grey: “{literal('g0')}” has 3 rows, few."
    assert said[-1] == "2 more groups are as small."
    assert len(said) == 5


def test_a_reason_is_told_once_for_all_groups_and_models():
    known = table(group("a", tpr=NOTHING), group("b", tpr=NOTHING), group("c", tpr=value(1.0)))
    assert why_none({"baseline": known, "laat": known}, ["tpr"]) == [
        f"Found, “{literal('a')}”, “{literal('b')}”: Nobody was asked."
    ]


def test_a_group_that_is_given_low_outputs_is_told_as_well():
    assert told_cell(followed("a", value(0.2, 0.1, 0.35))) == "80.0 (65.0 to 90.0)"
    assert told_cell(followed("a", value(0.8, 0.65, 0.9))) == "80.0 (65.0 to 90.0)"
    assert told_cell(followed("a", value(0.8))) == "80.0"
    assert told_cell(followed("a", NOTHING)) == "–"
    groups = followed("a", value(0.7)), followed("b", value(0.1)), followed("c", NOTHING)
    assert best_told(groups).group == "b"
    assert best_told([followed("a", value(0.9), small=True)]) is None


def test_who_follows_the_groups_is_told_of_the_one_that_the_baseline_tells_best():
    parts = [[followed("a", value(auc)), followed("b", value(0.5))] for auc in (0.9, 0.8, 0.7, 0.4)]
    said = say_followed(*parts, None, "Sex")
    assert "an AUC of 90.0; by that of the LAAT model with 80.0" in said
    assert "a score of 0 for Sex 70.0, and with Sex not used 60.0" in said
    deleted = [followed("a", value(0.7))]
    assert "90.0, once the column is deleted 70.0; by" in say_followed(*parts, deleted, "Sex")
    nobody = [[followed("a", NOTHING)]] * 4
    assert "No group of Sex has enough rows" in say_followed(*nobody, None, "Sex")


def test_what_took_over_is_told_of_other_features_alone():
    lost, gone = Shift("sex", 0.6, 0.0, value(-0.6)), Shift("sex", -0.6, None, value(-0.6))
    gained, little = Shift("age", 0.1, 0.2, value(0.1)), Shift("size", 0.1, 0.12, value(0.02))
    fell = Shift("weight", 0.2, 0.1, value(-0.1))

    def say(*shifts):
        return say_took_over(shifts, {"sex"}, "Sex", {"age": "Age"})

    goes = "the attribution of Sex goes from 0.60 to 0.00 in size"
    for own in (lost, gone):  # 0.8 is left to the others, which makes 1: a quarter more
        assert say(gained, little, fell, own) == (
            f"{goes}. All others grow about 25 % by that alone; the largest gains are Age (+0.10)."
        )
    assert say(little, fell, lost) == f"{goes}, and no other feature takes over more than 0.02."
    assert say(fell, lost) == say(lost) == f"{goes}, and no other feature gains."
    whole = Shift("sex", 1.0, None, value(-1.0))
    assert "All others grow by that alone" in say(gained, whole)
    assert "nothing to take over" in say(gained)


def test_of_several_own_features_the_length_counts():
    own = [Shift("a", 0.3, 0.0, value(-0.3)), Shift("b", -0.4, 0.0, value(-0.4))]
    assert "goes from 0.50 to 0.00" in say_took_over(own, {"a", "b"}, "Sex", {})


def test_what_else_tells_a_group_is_told_where_it_does():
    telling = Telling("age", "age", "men", 0.2)
    assert f"Age tells “{literal('men')}” from the rest best" in say_telling(
        [telling], "Sex", {"age": "Age"}
    )
    nothing = Telling("age", "age", "men", 0.52)
    assert "No other feature tells" in say_telling([nothing], "Sex", {"age": "Age"})
    assert "no group of Sex with enough rows" in say_telling([], "Sex", {})


def line(auc, told=0.6, local=0.1):
    return Line("", np.array([auc]), told, local, local)


def test_what_holding_at_zero_costs_is_told_with_its_sign():
    used, rest = line(0.8), [line(0.7), line(0.6)]
    assert "held at zero 70.0, 10 points less; deleted 70.0, 10 points less" in say_cost(
        [used, line(0.7), *rest], "Sex"
    )
    assert "The baseline without the column has 60.0" in say_cost([used, used, *rest], "Sex")
    assert "90.0, 10 points more" in say_cost([used, line(0.9), *rest], "Sex")
    assert say_cost([used, line(0.8)], "Sex").endswith("which costs nothing.")


def test_a_cost_is_the_difference_of_the_numbers_beside_it():
    # 0.93 less, but of the numbers as they are written 1.0.
    assert "AUC of 89.8; with Sex held at zero 88.8, 1 point less" in say_cost(
        [line(0.89754), line(0.88846)], "Sex"
    )


def test_how_holding_differs_from_deleting_depends_on_the_hidden_layer():
    lines = [line(0.8, local=0.2), *[line(0.8, local=0.01)] * 3]
    linear = say_local(lines, "Sex", hidden=False)
    assert "moves the answer for a single row 20.0 % as far as" in linear
    assert "held at zero, 1.0 %" in linear
    assert "tells the group with 60.0, and with 60.0 once" in linear
    assert "tells the group" not in say_local(lines[:2], "Sex", hidden=False)
    assert "single rows still go by the column" in say_local(lines, "Sex", hidden=True)


def test_how_a_feature_pulls_single_rows_is_told_with_its_ends():
    used, held = np.linspace(-0.5, 1.5, 201), np.linspace(-0.02, 0.02, 201)
    said = say_pulls("Sex", used, held, "it")
    assert "speaks for it in 75 % of the test rows and against it in 25 %" in said
    assert "pulls 9 of 10 of them by −0.40 to +1.40. Held" in said
    assert said.endswith("pulls 9 of 10 by −0.02 to +0.02.")


def test_models_in_the_plane_are_told_and_those_that_are_not_in_it():
    def standing(name, right, apart):
        return Standing(name, {"accuracy": right, GAP: apart})

    baseline = standing("Baseline", value(0.8), value(0.3))
    fair = standing("Thresholds for equalized odds", value(0.7), value(0.1))
    missing = standing("Reduction to equalized odds", NOTHING, NOTHING)
    said = say_plane([baseline, fair, missing], "accuracy", GAP)
    assert said.startswith(
        "Share decided rightly, and how far apart the shares selected lie: the baseline 80 % and "
        "30 points. "
    )
    assert said.endswith(
        "they lie closest together with “Thresholds for equalized odds”: 70 % and 10 points."
    )
    assert why_missing([baseline, fair, missing], "accuracy", GAP) == [
        "Not drawn: Reduction to equalized odds. Nobody was asked."
    ]
    assert "nothing to draw. Nobody was asked." in say_plane([missing], "accuracy", GAP)


def test_fair_models_of_fewer_splits_are_told_to_be_so():
    figures = {"accuracy": Value(0.8, n_splits=20), GAP: Value(0.3, n_splits=20)}
    baseline = Standing("Baseline", figures)
    few = {name: replace(figure, n_splits=5) for name, figure in figures.items()}
    fair = Standing("Thresholds for equalized odds", few)
    said = say_plane([baseline, fair], "accuracy", GAP)
    assert "(fitted in 5 of 20 splits, and show these alone)" in said


def test_where_fair_models_cannot_be_fitted_is_told_with_what_to_do():
    assert not say_fittable(Fittable(20, 2, {}), 20, biased=True)
    a, b = literal("a"), literal("b")
    none = say_fittable(Fittable(0, 3, {"a": 20, "b": 3}), 20, biased=True)
    assert f"Of one class only are those of “{a}” in 20 of 20, “{b}” in 3 of 20 splits" in none
    assert "so that the models cannot be fitted. Lower the strength of the bias" in none
    some = say_fittable(Fittable(5, 2, {"a": 15}), 20, biased=False)
    assert some.endswith("can be fitted in 5 of 20. Choose larger groups.")
    for one_class in ({}, {"a": 20}):  # no other strength makes two groups of one
        single = say_fittable(Fittable(0, 1, one_class), 20, biased=True)
        assert single.endswith("need two groups of 20 rows or more. Choose other groups.")
