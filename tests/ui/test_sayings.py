import math
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from laat_core import Design, Experiment, Recipe, load_dataset, load_proposal
from laat_core.evaluate.controls import N_PLACEBOS, Controls
from laat_core.evaluate.curves.curve import Curve, Study
from laat_core.evaluate.curves.sensitivity import Effect
from laat_core.evaluate.curves.worth import Worth
from laat_core.evaluate.spread import Interval
from ui.evidence.sayings import (
    count_rows,
    say_contradicted,
    say_controls,
    say_difference,
    say_learning,
    say_noise,
    say_rows,
    say_sensitivity,
    say_so_far,
    say_trust,
    say_worth,
)


def worth(rows, low=None, high=None, used=5, most=250, ahead=0.1):
    return Worth(rows, None if low is None else Interval(low, high), ahead, used, most)


def test_rows_are_rounded_to_what_can_be_known():
    said = say_worth(worth(38.7, 26.2, 61.0))
    assert "count for about 40 labelled rows per class (25 to 60), the 5 used included." in said
    assert "With 5 labelled rows per class the model with scores is as good as" in said
    assert said.endswith("as the one without is with about 40.")
    assert "1 labelled row per class" in say_worth(worth(3.2, 3.2, 3.2, used=1), 100.0)


def test_what_is_never_reached_is_more_than_was_tried():
    said = say_worth(worth(math.inf, 210.0, math.inf))
    assert "count for more than 250 labelled rows per class (210 to more than 250)" in said
    assert "even 250 rows per class" in said
    assert "about 200 labelled rows per class (95 to more than 250)" in say_worth(
        worth(201.0, 95.0, math.inf)
    )


def test_what_adds_nothing_counts_for_no_rows():
    said = say_worth(worth(5.0, 5.0, 23.0, ahead=0.0))
    assert "count for no labelled rows beyond the 5 used per class (5 to 25)." in said
    assert said.endswith(
        "With the same 5 labelled rows per class the model without them is as good."
    )


def test_a_baseline_that_is_better_already_is_no_tie():
    said = say_worth(worth(5.0, 5.0, 5.0, ahead=-0.02))
    assert "as good" not in said
    assert said.endswith(
        "With the same 5 labelled rows per class the model without them is better already."
    )
    assert say_worth(worth(5.0, ahead=-0.0004)).endswith("is as good.")  # 0.0 points
    # The baseline has fewer points here, but as many with fewer rows.
    by_chance = say_worth(worth(5.0, ahead=0.01))
    assert by_chance == "**The scores count for no labelled rows beyond the 5 used per class.**"


@pytest.mark.parametrize(
    "told",
    [
        worth(3.2),
        worth(3.2, 3.2, 3.2),
        worth(40.0, 38.9, 41.2),
        worth(math.inf, 5.0, math.inf, most=5),
        worth(5.0, 5.0, math.inf, most=5),
    ],
)
def test_a_range_that_tells_nothing_is_left_out(told):
    assert "(" not in count_rows(told)


def test_no_end_of_the_range_is_rounded_out_of_what_was_tried():
    said = say_worth(worth(108.0, 22.1, 138.0, used=22, most=138))
    assert "about 110 labelled rows per class (22 to 138)" in said


def curve(study, points, about=None, **lines):
    arrays = {name.replace("_", " "): np.array([values]).T for name, values in lines.items()}
    return Curve(study, points, arrays, about or {})


def test_a_growing_curve_says_nothing_yet():
    gap = math.nan
    assert say_noise(curve("noise", (0.0, 1.0), laat=[0.9, gap], baseline=[0.8, 0.8])) == []
    lines = {"laat": [0.9, gap], "alignment": [0.5, gap], "gap": [0.1, gap]}
    assert say_trust(curve("trust", (0.0, 1.0), **lines), "Sex", "ill") == []
    learning = curve("learning", (1, 5), {"rows": 5}, laat_100=[0.9, gap], baseline=[0.5, gap])
    assert say_learning(learning) == []


@pytest.mark.parametrize("study", get_args(Study))
def test_what_grows_is_said_to_be_so_far(study):
    said = say_so_far(study)
    assert said.startswith("**So far only:** the study goes on.")
    assert said.endswith("is said here at its end.")


def test_worth_is_told_at_every_trust_that_was_tried_and_what_its_range_is():
    lines = {"laat 3": [0.8, 0.9], "laat auto": [0.7, 0.9], "baseline": [0.6, 0.9]}
    whole = curve("learning", (1, 5), {"rows": 1}, **lines)
    said = say_learning(whole)
    assert len(said) == 2
    assert said[0].startswith("**The scores, at trust 3, count for about 3 labelled rows")
    assert said[1].startswith("**The scores, with trust read off the rows, count for about 2")
    numbers = {name: values.repeat(2, 1) for name, values in whole.lines.items()}
    numbers["error of laat 3"] = np.full((2, 2), 0.05)
    said = say_learning(replace(whole, lines=numbers))
    assert "(2 to 5)" in said[0]
    assert "about 95 of 100 such ranges hold the true number" in said[-1]
    alone = {"laat 3": [0.8, 0.9], "baseline": [0.6, 0.9]}
    (only,) = say_learning(curve("learning", (1, 5), {"rows": 1}, **alone))
    assert only.startswith("**The scores count for about 3")


def test_noise_says_where_the_gain_is_gone():
    def said(laat, gamma=100.0):
        return say_noise(
            curve("noise", (0.0, 1.0), {"gamma": gamma}, laat=laat, baseline=[0.7] * 2)
        )[0]

    assert "At trust 100 about 50 % of the scores may be noise" in said([0.9, 0.5])
    assert "do no harm" in said([0.9, 0.8])
    assert "no better than the one without, noise or not" in said([0.6, 0.5])
    assert "With trust read off the rows, about" in said([0.9, 0.5], "auto")


def test_trust_names_the_best_and_the_gap():
    lines = {"laat": [0.8, 0.9, 0.85], "alignment": [0.4, 0.8, 1.0], "gap": [0.25, 0.3, 0.35]}
    said = " ".join(say_trust(curve("trust", (0.0, 3.0, 1000.0), **lines), "Sex", "illness"))
    assert "best at trust 3, with an AUC of 90.0" in said
    assert "it has 80.0 at 0 and 85.0 at 1000" in said
    assert "+0.40 at trust 0, +1.00 at 1000" in said
    assert "groups of Sex" in said
    assert "25 in 100 at trust 0 and 35 in 100 at 1000" in said


def test_a_trust_that_is_best_is_not_compared_with_itself():
    (said, _) = say_trust(curve("trust", (0.0, 9.0), laat=[0.8, 0.7], alignment=[0, 1]), "", "")
    assert "best at trust 0, with an AUC of 80.0**; it has 70.0 at 9." in said


def test_where_trust_makes_no_difference_there_is_no_best():
    lines = {"laat": [0.8002, 0.8, 0.8004], "alignment": [-0.251, -0.001, 0.5]}
    (said, agreement) = say_trust(curve("trust", (0.0, 3.0, 1000.0), **lines), "Sex", "ill")
    assert said == "**Trust makes no difference here:** the AUC is 80.0 at any trust."
    assert "−0.25 at trust 0" in agreement
    lines["alignment"] = [-0.001, 0.5, 0.5]
    assert "+0.00 at trust 0" in say_trust(curve("trust", (0.0, 3.0, 9.0), **lines), "", "")[1]


def test_the_score_that_helps_and_the_one_that_costs():
    effects = [Effect("b", -0.02, -0.03, -0.01), Effect("a", 0.015, 0.01, 0.02)]
    said = say_sensitivity(effects, {"a": "Age"})
    assert "score of Age helps most:** without it the AUC falls by 1.5 points" in said[0]
    assert "score of b costs most: without it the AUC rises by 2.0 points" in said[1]


@pytest.mark.parametrize("mean", [-0.001, 0.001])
def test_a_score_whose_band_holds_0_neither_helps_nor_costs(mean):
    unclear, helping = Effect("c", mean, -0.01, 0.01), Effect("a", 0.0005, 0.0001, 0.001)
    said = "Of no single score the splits agree that it helps, or that it costs."
    assert say_sensitivity([unclear], {})[0] == said
    only, lines = say_sensitivity([unclear, helping], {})
    assert only.startswith("**The score of a helps most:**")
    assert "They do not say how sure a bar is: other rows" in lines
    assert say_sensitivity([], {}) == []


@pytest.fixture
def comparison():
    task = load_dataset("heart")
    return Experiment(task, Design(n_splits=4), Recipe()).compare(load_proposal("heart").scores)


def test_the_difference_is_told_with_its_interval(comparison):
    low, high = comparison.difference_interval
    said = say_difference(comparison)
    assert f"{100 * comparison.difference.mean():.1f} points of ROC-AUC ahead of" in said
    assert f"95 % interval {100 * low:+.1f} to {100 * high:+.1f}".replace("-", "−") in said
    assert f"ahead in {comparison.n_ahead} of 4 splits" in said


@pytest.mark.parametrize(
    ("interval", "meaning"),
    [
        ((0.01, 0.2), "chance alone does not explain it."),
        ((-0.2, -0.01), "the scores do harm here"),
        ((-0.1, 0.1), "it may be chance"),
        (None, "tell no interval"),
    ],
)
def test_an_interval_with_0_in_it_may_be_chance(comparison, interval, meaning):
    comparison.__dict__["difference_interval"] = interval  # as if it had been computed
    assert meaning in say_difference(comparison)


def test_the_scores_that_the_rows_contradict_are_named():
    assert say_contradicted(["Age"], 10, can_tell=True) == (
        "**The rows contradict 1 of the scores:** Age. "
        "Asked are the 10 training rows of the first split."
    )
    said = say_contradicted([str(number) for number in range(10)], 100, can_tell=True)
    assert "contradict 10 of the scores:** 0, 1, 2, 3, 4, 5, 6, 7 and 2 more. Asked are" in said


def test_that_the_rows_contradict_nothing_is_no_praise():
    said = say_contradicted([], 100, can_tell=True)
    assert said.startswith("No score stands out as contradicted by the rows, which confirms none")
    assert said.endswith("Asked are the 100 training rows of the first split.")
    said = say_contradicted([], 10, can_tell=False)
    assert said.startswith("Whether the rows contradict a score, so few rows cannot tell. Asked")
    assert "the 10 training rows" in said


def test_equal_scores_are_not_weighed_against_themselves(comparison):
    areas = np.tile(comparison.laat.auc, (N_PLACEBOS, 1))
    said = say_controls(Controls(comparison, areas, areas[0], n_same=N_PLACEBOS))
    assert said == ["All scores are equal: shuffled, they are the same scores."]


def test_placebos_that_do_as_well_are_counted(comparison):
    areas = np.tile(comparison.laat.auc, (N_PLACEBOS, 1))
    areas[:12] -= 0.1
    said = say_controls(Controls(comparison, areas, areas[0], n_same=1))
    assert said[0] == "**Your scores beat 12 of 20 placebos and do just as well as 8.**"
    areas -= 0.1
    said = say_controls(Controls(comparison, areas, areas[0], n_same=0))
    assert said[0] == "**Your scores beat 20 of 20 placebos.**"


def test_where_something_is_not_used_the_difference_is_not_the_scores_alone(comparison):
    held = replace(comparison, recipe=Recipe(not_used=("age",)))
    held.__dict__["difference_interval"] = (-0.2, -0.01)
    said = say_difference(held)
    assert "ahead of the baseline, which may use all features, 95 %" in said
    assert "chance alone does not explain it. It is ahead" in said


def test_the_rows_of_each_class_are_told(comparison):
    no, yes = comparison.n_test
    said = say_rows(comparison, "ill", "well")
    assert f"trained on 5 rows with ill and 5 with well, and tested on {yes} and {no}" in said
    assert "held out" not in said
    assert "on average" not in said
    grouped = say_rows(replace(comparison, groups=comparison.labels), "ill", "well")
    assert "others on average, none of them of a group that is trained on." in grouped
    assert "The 61 rows held out" in say_rows(replace(comparison, n_held_out=61), "ill", "well")
