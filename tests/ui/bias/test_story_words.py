"""What the bias lab says, against numbers by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from laat_core.evaluate.resampled import corrected_t
from ui.bias.story_rows import GroupErrors
from ui.bias.story_words import (
    auc_change,
    points,
    say_attribution,
    say_errors,
    say_fall,
    say_groups,
    say_held,
    say_left,
    say_zero,
    signed_auc,
    watch,
    weight,
    weight_change,
)

NOISE = np.array([-0.01, 0.01, 0.0, 0.0])


def comparison(
    laat=0.9, baseline=0.8, attributions=((0.5, 0.1), (0.5, 0.1)), n=(60, 40), noise=1.0
):
    """Of four splits; the baseline's AUC differs between them, by ``noise`` times a hundredth."""
    models = {
        name: SimpleNamespace(
            auc_mean=area,
            auc=area + (noise * NOISE if name == "baseline" else 0 * NOISE),
            attributions=np.array([values]),
        )
        for name, area, values in (
            ("laat", laat, attributions[0]),
            ("baseline", baseline, attributions[1]),
        )
    }
    return SimpleNamespace(
        models=models,
        **models,
        difference_interval=corrected_t(models["laat"].auc - models["baseline"].auc, 100, 20),
        features=("a", "b"),
        target=np.array([0.6, 0.0]),
        n_train=n,
        n_test=(12, 8),
    )


def test_changes_are_those_of_the_numbers_that_are_read():
    assert signed_auc(auc_change(0.9134, 0.7186)) == "−19.4"
    assert weight(weight_change(0.244, 0.216)) == "−0.02"
    assert signed_auc(auc_change(0.5, 0.5)) == weight(-0.001).replace("0.00", "0.0")


@pytest.mark.parametrize(("change", "said"), [(1.0, "1 point"), (-17.7, "17.7 points")])
def test_points(change, said):
    assert points(change) == said


def test_a_fall_is_called_one_only_where_it_is():
    fair = comparison()
    fallen = say_fall(fair, comparison(baseline=0.6, noise=3))
    assert "falls for it:** on the same" in fallen
    low, high = corrected_t(-0.2 + 2 * NOISE, 100, 20)
    said = f"20 points less (95 % interval −{-100 * low:.1f} to −{-100 * high:.1f})"
    assert said in fallen
    assert "hardly suffers" in say_fall(fair, comparison(baseline=0.795))
    assert "is better for it" in say_fall(fair, comparison(baseline=0.9, noise=2))
    by_chance = say_fall(fair, comparison(baseline=0.77, noise=9))
    assert "may be chance" in by_chance
    assert "falls for it" not in by_chance


def test_the_scores_hold_only_where_they_do():
    fair = comparison()
    held = say_held(fair, comparison(laat=0.895, baseline=0.6))
    assert "The scores hold the LAAT model" in held
    assert "29.5 points ahead of" in held
    assert say_held(fair, comparison(baseline=0.95)).startswith("The LAAT model hardly suffers")
    by_chance = say_held(fair, comparison(baseline=0.89, noise=9))
    assert by_chance.startswith("The LAAT model hardly suffers")
    assert "which may be chance" in by_chance
    lost = say_held(fair, comparison(laat=0.6, baseline=0.65))
    assert "The LAAT model loses 30 points" in lost
    assert "(95 % interval −30.0 to −30.0): its AUC" in lost
    assert "5 points behind" in lost
    assert "as good as the baseline" in say_held(fair, comparison(laat=0.9, baseline=0.9))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.4, -0.4, "has turned around: X now speaks for well"),
        (0.1, 0.5, "leans more on X, which speaks for ill"),
        (-0.5, -0.1, "leans less on X, which speaks for well"),
        (0.4, 0.41, "makes of X what it did"),
        (0.4, 0.01, "no longer uses X"),
        (0.01, -0.01, "makes next to nothing of X"),
        (0.0, -0.4, "leans more on X, which speaks for well"),
    ],
)
def test_attributions_are_said(before, after, said):
    assert said in say_attribution("X", before, after, "ill", "well")


def test_rows_that_are_left_are_counted():
    said = say_left(comparison(), comparison(n=(60, 10)), 0, "ill", "well")
    assert said.startswith("Of 100 training rows **70 are left**: 10 with ill, 60 with well.")
    turned = say_left(comparison(), comparison(n=(50, 50)), 10, "ill", "well")
    assert "**all are left**" in turned
    assert "10 of them carry the wrong class" in turned


def test_groups_are_compared_by_share():
    counts = np.array([[9, 1], [0, 0], [5, 5]])
    said = say_groups(["u", "v", "w"], counts, "age", "ill")
    assert "rarest in “u” (10 % of 10 rows) and most common in “w” (50 % of 10)" in said
    assert "equally common: 50 %" in say_groups(["a", "b"], np.array([[1, 1], [2, 2]]), "x", "ill")


def test_the_error_that_grows_most_is_said():
    before = [GroupErrors(0.1, 0.2, False), GroupErrors(0.1, 0.1, True)]
    after = [GroupErrors(0.4, 0.6, False), GroupErrors(0.9, 0.9, True)]
    said = say_errors(["men", "women"], before, after, "ill", "well")
    assert said == "In the group “men”, 60 % of the rows with ill are missed; it was 20 %."
    assert "grow by much" in say_errors(["men", "women"], before, before, "ill", "well")
    unknown = [GroupErrors(None, None, False)] * 2
    assert "too few test rows" in say_errors(["men", "women"], unknown, unknown, "ill", "well")


def seen(laat, baseline):
    return watch(comparison(), comparison(attributions=((laat, 0.1), (baseline, 0.1))), ["a"])


def test_what_is_left_of_the_shortcut_is_said():
    assert "does not take the shortcut away entirely" in say_zero("X", seen(0.2, -0.6), 0.9, None)
    assert "makes next to nothing of X" in say_zero("X", seen(0.04, -0.6), 0.9, None)
    # With the score, the model of the biased rows had 0.1 where 0.6 was asked.
    misled = comparison(laat=0.8, attributions=((0.1, 0.1), (-0.6, 0.1)))
    said = say_zero("X", seen(0.02, -0.6), 0.9, misled)
    assert "takes the shortcut away" in said
    assert "AUC **90.0**. With the score on the Workbench these are +0.10 and 80.0." in said
    held = comparison(laat=0.92, attributions=((0.6, 0.1), (-0.6, 0.1)))
    said = say_zero("X", seen(0.02, -0.6), 0.9, held)
    assert "shuts the shortcut" in said
    assert "The score had kept the LAAT model from it already" in said
    assert "these are +0.60 and 92.0" in said


def test_the_feature_that_moves_most_is_watched():
    fair = comparison()
    biased = comparison(attributions=((0.5, 0.1), (0.5, -0.4)))
    assert watch(fair, biased, ["a", "b"]).name == "b"
    assert watch(fair, biased, ["b"]).baseline == (0.1, -0.4)
    assert watch(fair, fair, ["a", "b"]).name == "a"
    assert watch(fair, biased, []) is None
