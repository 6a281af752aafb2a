"""Sentences about models between performance and disparity, made from their figures."""

from collections.abc import Sequence

from laat_core.data.text import listed
from laat_core.evaluate.fairness.peers import PEERS, Fittable, Standing
from laat_core.evaluate.groups import FEWEST_ROWS
from ui.bias.groups_words import APART, MOST_NAMES
from ui.text import literal

__all__ = ["ABOUT", "say_fittable", "say_plane", "why_missing"]

ABOUT = (
    "Fairlearn's models are made of logistic regression. Its reductions need to know a person's "
    "group only while they are trained; its thresholds need it whenever they decide about a "
    "person, too. Like the baseline, all of them may use columns that are marked as not to be used."
)


def say_plane(standings: Sequence[Standing], performance: str, disparity: str) -> str:
    """Say where baseline, LAAT model and the fairest of Fairlearn's models stand.

    Parameters
    ----------
    standings : sequence of Standing
        The baseline first.
    performance, disparity : str
        Names of figures.
    """
    known = [
        (one, one.figures[performance].mean, one.figures[disparity].mean)
        for one in standings
        if one.figures[performance].mean is not None and one.figures[disparity].mean is not None
    ]
    of_both = ", mean of both classes" if performance == "balanced_accuracy" else ""
    apart_are = APART[disparity.removesuffix("_difference")]
    own = [
        f"{_named(one.name)} {100 * right:.0f} % and {100 * apart:.0f} points"
        for one, right, apart in known
        if one.name not in PEERS
    ]
    if not own:
        return f"There is nothing to draw. {standings[0].figures[disparity].reason}".rstrip()
    said = (
        f"Share decided rightly{of_both}, and how far apart the {apart_are.rstrip(',')} lie: "
        f"{'; '.join(own)}"
    )
    fair = [(apart, right, one.name) for one, right, apart in known if one.name in PEERS[1:]]
    if fair:
        apart, right, name = min(fair)
        said += (
            f". Of Fairlearn's models they lie closest together with “{name}”: "
            f"{100 * right:.0f} % and {100 * apart:.0f} points"
        )
        fitted = min(one.figures[disparity].n_splits for one, *_ in known if one.name in PEERS)
        n_splits = max(one.figures[disparity].n_splits for one, *_ in known)
        if fitted < n_splits:
            said += f" (fitted in {fitted} of {n_splits} splits, and show these alone)"
    return f"{said}."


def say_fittable(found: Fittable, n_splits: int, *, biased: bool) -> str:
    """Say where Fairlearn's fair models cannot be fitted, and what to do; empty if everywhere.

    Parameters
    ----------
    found : Fittable
    n_splits : int
        Of the experiment.
    biased : bool
        Whether there is a bias in its training rows.
    """
    if found.n_splits == n_splits:
        return ""
    if found.n_groups < 2 or not found.one_class:
        return (
            f"Fairlearn's fair models need two groups of {FEWEST_ROWS} rows or more. Choose other "
            "groups."
        )
    lacking = listed(
        (f"“{literal(name)}” in {often} of {n_splits}" for name, often in found.one_class.items()),
        MOST_NAMES,
    )
    so = (
        f"can be fitted in {found.n_splits} of {n_splits}" if found.n_splits else "cannot be fitted"
    )
    what = (
        "Lower the strength of the bias, or choose “Trained on: the training rows as they were”"
        if biased
        else "Choose larger groups"
    )
    return (
        "Fairlearn's fair models need training rows of both classes from every group. Of one class "
        f"only are those of {lacking} splits, so that the models {so}. {what}."
    )


def why_missing(standings: Sequence[Standing], performance: str, disparity: str) -> list[str]:
    """Why models are not in the plane: each reason once, with whom it is about."""
    reasons: dict[str, list[str]] = {}
    for one in standings:
        values = one.figures[disparity], one.figures[performance]
        reason = next((value.reason for value in values if value.mean is None), "")
        if reason:
            reasons.setdefault(reason, []).append(one.name)
    return [f"Not drawn: {', '.join(names)}. {reason}" for reason, names in reasons.items()]


def _named(name: str) -> str:
    return f"the {name[0].lower()}{name[1:]}" if not name.startswith("LAAT") else f"the {name}"
