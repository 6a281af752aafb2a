"""What the studies found, in sentences."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from laat_core import Comparison
from laat_core.evaluate.controls import N_PLACEBOS, Controls
from laat_core.evaluate.curves.curve import Curve, Point, Study
from laat_core.evaluate.curves.learning import laat_line
from laat_core.evaluate.curves.noise import crossing
from laat_core.evaluate.curves.sensitivity import Effect
from laat_core.evaluate.curves.worth import Worth, worth_of
from laat_core.model.settings import Gamma
from ui.findings import say_grouped
from ui.settings import GAMMAS
from ui.text import with_sign

__all__ = [
    "count_rows",
    "say_contradicted",
    "say_controls",
    "say_difference",
    "say_learning",
    "say_noise",
    "say_rows",
    "say_sensitivity",
    "say_so_far",
    "say_trust",
]

MOST_NAMES = 8  # in a sentence
READ_OFF = "with trust read off the rows"
RANGE = (
    "The range in brackets allows for chance, both in which rows the models are trained on and in "
    "which happen to be in the table: about 95 of 100 such ranges hold the true number."
)
SPLITS = (
    "The lines across the bars hold 8 of 10 splits of these rows. They do not say how sure a bar "
    "is: other rows, such as other patients, would move it further than other splits do."
)
LATER: dict[Study, str] = {
    "learning": "For how many labelled rows the scores count",
    "trust": "At which trust the model ranks best",
    "noise": "How much noise the scores may bear",
    "sensitivity": "Which score helps most",
}


def say_difference(comparison: Comparison) -> str:
    """Say how far the model with scores is ahead, and whether chance alone may have done it.

    Where features are not to be used, the LAAT model lacks them too: not all is the scores' doing.
    """
    n_splits, ahead = len(comparison.difference), comparison.difference.mean()
    unused = comparison.recipe.not_used
    laat, baseline = (
        ("LAAT model", "baseline, which may use all features")
        if unused
        else ("model with scores", "one without")
    )
    said = (
        f"The {laat} is {_points(abs(ahead))} points of ROC-AUC "
        f"{'behind' if ahead < 0 else 'ahead of'} the {baseline}"
    )
    interval = comparison.difference_interval
    if interval is None:
        splits = "one split tells no" if n_splits == 1 else "these splits tell no"
        return f"{said}; {splits} interval."
    low, high = interval
    if low > 0:
        meaning = "chance alone does not explain it"
    elif high < 0:
        harm = "" if unused else ": the scores do harm here"
        meaning = f"chance alone does not explain it{harm}"
    else:
        meaning = "it may be chance"
    return (
        f"{said}, 95 % interval {with_sign(100 * low)} to {with_sign(100 * high)}: {meaning}. It "
        f"is ahead in {comparison.n_ahead} of {n_splits} splits."
    )


def say_rows(comparison: Comparison, outcome: str, opposite: str) -> str:
    """Say what the numbers are of: splits, and rows of each class.

    Parameters
    ----------
    comparison : Comparison
    outcome, opposite : str
        What the classes are called, escaped.
    """
    (train_no, train_yes), (test_no, test_yes) = comparison.n_train, comparison.n_test
    n_splits = len(comparison.difference)
    of = f"means of {n_splits} splits, each" if n_splits > 1 else "those of one split,"
    locked = f" The {comparison.n_held_out:,} rows held out have no part in it."
    return (
        f"Points of ROC-AUC are these times in 100: 50 is chance, 100 perfect. They are {of} "
        f"trained on {train_yes:,} rows with {outcome} and {train_no:,} with {opposite}, and "
        f"tested on {test_yes:,} and {test_no:,} others{say_grouped(comparison)}."
    ) + (locked if comparison.n_held_out else "")


def say_contradicted(names: Sequence[str], n_rows: int, *, can_tell: bool) -> str:
    """Say which scores the rows contradict.

    Parameters
    ----------
    names : sequence of str
        What their features are called, escaped.
    n_rows : int
        Training rows of the first split, which were asked.
    can_tell : bool
        Whether so many rows could contradict any score at all.
    """
    asked = f"Asked are the {n_rows:,} training rows of the first split."
    if not can_tell:
        return f"Whether the rows contradict a score, so few rows cannot tell. {asked}"
    if not names:
        return (
            "No score stands out as contradicted by the rows, which confirms none of them: the "
            f"fewer the rows, the stronger a contradiction has to be to stand out. {asked}"
        )
    shown, more = ", ".join(names[:MOST_NAMES]), len(names) - MOST_NAMES
    others = f" and {more:,} more" if more > 0 else ""
    return f"**The rows contradict {len(names):,} of the scores:** {shown}{others}. {asked}"


def say_controls(controls: Controls) -> list[str]:
    """Say whether the scores are ahead of scores that know nothing."""
    comparison, means = controls.comparison, controls.placebo_means
    if controls.n_same == N_PLACEBOS:
        return ["All scores are equal: shuffled, they are the same scores."]
    n_tied = controls.n_tied
    tied = f" and do just as well as {n_tied}" if n_tied else ""
    said = [f"**Your scores beat {controls.n_beaten} of {N_PLACEBOS} placebos{tied}.**"]
    said.append(
        "A placebo has the same scores, shuffled among the features, so that it knows nothing of "
        f"them: those {N_PLACEBOS} come to an AUC of {_auc(means.min())} to {_auc(means.max())}, "
        f"yours to {_auc(comparison.laat.auc_mean)}. With every sign turned it is "
        f"{_auc(controls.flipped.mean())}; scores that know something lose by it."
    )
    if controls.flipped.mean() > comparison.laat.auc_mean:
        said.append(
            "**With every sign turned the model is better.** Are the scores meant for the other "
            "class?"
        )
    if controls.n_beaten == N_PLACEBOS:
        said.append(
            f"Scores that know nothing would be ahead of all {N_PLACEBOS} by chance about once in "
            f"{N_PLACEBOS + 1} times; scores that were chosen by looking at this AUC, more often."
        )
    return said


def say_so_far(study: Study) -> str:
    """Say that a study still grows, and what it does not tell before its end."""
    return f"**So far only:** the study goes on. {LATER[study]} is said here at its end."


def say_learning(curve: Curve) -> list[str]:
    """Say how many labelled rows the scores count for."""
    found = {gamma: worth_of(curve, laat_line(gamma)) for gamma in GAMMAS}
    known = {gamma: worth for gamma, worth in found.items() if worth is not None}
    said = [say_worth(worth, gamma if len(known) > 1 else None) for gamma, worth in known.items()]
    return [*said, RANGE] if any(map(_span, known.values())) else said


def say_worth(worth: Worth, gamma: Gamma | None = None) -> str:
    """Say what the scores count for, of the model with one gamma, and what that means."""
    counted = f"**{count_rows(worth, gamma)}**"
    have = f"{worth.used:,} labelled {'row' if worth.used == 1 else 'rows'} per class"
    if math.isinf(worth.rows):
        return (
            f"{counted} Without them even {worth.most:,} rows per class, the most that were tried, "
            f"are not as good as {have} with them."
        )
    if worth.rows > worth.used:
        return (
            f"{counted} With {have} the model with scores is as good as the one without is with "
            f"about {_rows(worth.rows, worth)}."
        )
    ahead = round(100 * worth.ahead, 1)  # as differences are told
    if ahead < 0:
        return f"{counted} With the same {have} the model without them is better already."
    if ahead == 0:
        return f"{counted} With the same {have} the model without them is as good."
    return counted  # fewer rows do as well as these by chance


def count_rows(worth: Worth, gamma: Gamma | None = None) -> str:
    """Say for how many labelled rows the scores count, with their range, and how many are used."""
    at_trust = READ_OFF if gamma == "auto" else f"at trust {gamma:g}" if gamma is not None else ""
    within = f", {at_trust}," if at_trust else ""
    if worth.rows == worth.used:
        return (
            f"The scores{within} count for no labelled rows beyond the {worth.used:,} used per "
            f"class{_span(worth)}."
        )
    about = "" if math.isinf(worth.rows) else "about "
    return (
        f"The scores{within} count for {about}{_rows(worth.rows, worth)} labelled rows per class"
        f"{_span(worth)}, the {worth.used:,} used included."
    )


def _span(worth: Worth) -> str:
    """The range in brackets; empty where there is none, or it tells nothing."""
    if worth.interval is None or worth.most == worth.used:
        return ""
    low, high = (_rows(end, worth) for end in worth.interval)
    return f" ({low} to {high})" if low != high else ""


def say_trust(curve: Curve, column: str, groups: str) -> list[str]:
    """Say where trust ranks best, how the model follows the scores, and what groups make of it.

    Parameters
    ----------
    curve : Curve
    column, groups : str
        What the column of the groups, and the outcome, are called, escaped.
    """
    mean, alignment = curve.mean("laat"), curve.mean("alignment")
    if not np.isfinite(mean).all():
        return []
    first, last = curve.points[0], curve.points[-1]
    said = [
        _say_best(curve.points, mean),
        "Agreement says how far the model goes where the scores point, 1 being all the way and −1 "
        f"the opposite way: {_cosine(alignment[0])} at trust {first:g}, {_cosine(alignment[-1])} "
        f"at {last:g}.",
    ]
    if "gap" in curve.lines and np.isfinite(gap := curve.mean("gap")).all():
        said.append(
            f"Between the groups of {column}, the share to whom the model gives {groups} a "
            f"probability of one half or more differs by up to {100 * gap[0]:.0f} in 100 at trust "
            f"{first:g} and {100 * gap[-1]:.0f} in 100 at {last:g}."
        )
    return said


def _say_best(gammas: Sequence[Point], mean: NDArray[np.float64]) -> str:
    best = int(np.argmax(mean))
    if _auc(mean.min()) == _auc(mean.max()):
        return f"**Trust makes no difference here:** the AUC is {_auc(mean[best])} at any trust."
    ends = [f"{_auc(mean[i])} at {gammas[i]:g}" for i in (0, len(mean) - 1) if i != best]
    return (
        f"**The model ranks best at trust {gammas[best]:g}, with an AUC of {_auc(mean[best])}**; "
        f"it has {' and '.join(ends)}. As the best of {len(mean)} it looks a little better than it "
        "is."
    )


def say_noise(curve: Curve) -> list[str]:
    """Say how wrong the scores may be before the model with them is no better."""
    ahead = curve.mean("laat") - curve.mean("baseline")
    if not np.isfinite(ahead).all():
        return []
    at, gamma = crossing(curve), curve.about.get("gamma")
    trust = f"At trust {gamma:g}" if isinstance(gamma, int | float) else f"{READ_OFF.capitalize()},"
    if at is None:
        said = f"**{trust} even scores of nothing but noise do no harm here.**"
    elif at == 0:
        said = f"**{trust} the model with scores is no better than the one without, noise or not.**"
    else:
        said = (
            f"**{trust} about {100 * at:.0f} % of the scores may be noise** before the model with "
            "them is no better than the one without."
        )
    return [f"{said} In the publication of the method (arXiv 2502.20268) it held up to 60 %."]


def say_sensitivity(effects: list[Effect], names: dict[str, str]) -> list[str]:
    """Say which score helps most, and which costs most, of those whose band leaves 0 out.

    Parameters
    ----------
    effects : list of Effect
        The strongest first.
    names : dict of str to str
        What features are called, escaped, by name.
    """
    said = []
    helping = next((effect for effect in effects if effect.low > 0), None)
    if helping is not None:
        said.append(
            f"**The score of {names.get(helping.feature, helping.feature)} helps most:** without "
            f"it the AUC falls by {_points(helping.mean)} points."
        )
    costing = next((effect for effect in effects if effect.high < 0), None)
    if costing is not None:
        said.append(
            f"The score of {names.get(costing.feature, costing.feature)} costs most: without it "
            f"the AUC rises by {_points(-costing.mean)} points. It may be right all the same, "
            "for people other than those in the table."
        )
    if effects and not said:
        said.append("Of no single score the splits agree that it helps, or that it costs.")
    return [*said, SPLITS] if said else said


def _auc(area: float) -> str:
    return f"{100 * area:.1f}"


def _points(difference: float) -> str:
    return f"{100 * difference:.1f}"


def _cosine(value: float) -> str:
    return with_sign(round(value, 2) + 0.0, 2)  # which makes a zero of a negative one


def _rows(rows: float, worth: Worth) -> str:
    """Round rows to what can be known of them; where infinite, more than were tried."""
    if math.isinf(rows):
        return f"more than {worth.most:,}"
    step = 1 if rows < 20 else 5 if rows < 100 else 10
    rounded = worth.used if rows == worth.used else step * round(rows / step)
    return f"{min(max(rounded, worth.used), worth.most):,}"
