"""Sentences about what follows a group, made from their figures."""

from collections.abc import Collection, Mapping, Sequence
from math import hypot, sqrt

from laat_core.data.text import listed
from laat_core.evaluate.fairness.proxies import Followed, Shift, Telling
from ui.bias.groups_words import NONE
from ui.bias.story_words import auc
from ui.text import literal

__all__ = ["ABOUT", "best_told", "say_followed", "say_telling", "say_took_over", "told_cell"]

NOT_AT_ALL = 0.55  # an AUC up to here tells next to nothing
LITTLE = 0.005  # of an attribution; less is shown as 0.00
TRIFLE = 0.02  # so small a gain is no taking over
MOST = 3
ABOUT = (
    "Attribution: how strongly a model leans on a feature. The squares of all of them add up to 1: "
    "where one goes, the others grow by that alone, and what is lost and gained in size need not "
    "be the same. The more the scores are trusted, the more firmly they hold the other features of "
    "the LAAT model where they are; nothing holds those of a baseline."
)


def told_cell(followed: Followed) -> str:
    """How well a group is told, 50 to 100, with its interval; a dash where that is unknown."""
    told, interval = followed.told, followed.auc.interval
    if told is None:
        return NONE
    if interval is None:
        return auc(told)
    low, high = interval if told == followed.auc.mean else (1 - interval.high, 1 - interval.low)
    return f"{auc(told)} ({auc(low)} to {auc(high)})"


def best_told(followed: Sequence[Followed]) -> Followed | None:
    """Return the group that is told best among those that are not small."""
    known = [one for one in followed if not one.small and one.told is not None]
    return max(known, key=lambda one: one.told or 0.0, default=None)


def say_followed(
    baseline: Sequence[Followed],
    used: Sequence[Followed],
    at_zero: Sequence[Followed],
    held: Sequence[Followed],
    deleted: Sequence[Followed] | None,
    title: str,
) -> str:
    """Say how well the group that the baseline tells best is told by each model.

    Parameters
    ----------
    baseline, used, at_zero, held : sequence of Followed
        Of the baseline, and of the LAAT model with the columns used, their score at 0, not used.
    deleted : sequence of Followed or None
        Of a baseline without the columns; None where there can be none.
    title : str
        The columns, as they are to be shown.
    """
    best = best_told(baseline)
    if best is None:
        return (
            f"No group of {title} has enough rows, with others beside it, to say how far a model "
            "follows it."
        )
    laat, zero, none = (_told(part, best.group) for part in (used, at_zero, held))
    gone = "" if deleted is None else f", once the column is deleted {_told(deleted, best.group)}"
    return (
        f"By the baseline's output alone one can tell “{literal(best.group)}” from the rest with "
        f"an AUC of {_told(baseline, best.group)}{gone}; by that of the LAAT model with {laat}, "
        f"with a score of 0 for {title} {zero}, and with {title} not used {none}. 50 would be not "
        "at all."
    )


def _told(followed: Sequence[Followed], group: str) -> str:
    told = next((one.told for one in followed if one.group == group), None)
    return NONE if told is None else auc(told)


def say_took_over(
    shifts: Sequence[Shift], own: Collection[str], title: str, labels: Mapping[str, str]
) -> str:
    """Say what a column's attribution came to, and which other features took over.

    Parameters
    ----------
    shifts : sequence of Shift
        The largest gain first.
    own : collection of str
        Features of the columns that are no longer used.
    title : str
        These columns, as they are to be shown.
    labels : mapping of feature name to text
        As they are to be shown.
    """
    mine = [one for one in shifts if one.feature in own]
    before, after = (
        hypot(*(value or 0.0 for value in values))
        for values in ([one.before for one in mine], [one.after for one in mine])
    )
    if before < LITTLE:
        return f"{title} had next to no attribution, so there was nothing to take over."
    gains = {one.feature: one.gain.mean or 0.0 for one in shifts if one.feature not in own}
    said = f"the attribution of {title} goes from {before:.2f} to {after:.2f} in size"
    most = round(max(gains.values(), default=0.0), 2)
    if most <= 0:
        return f"{said}, and no other feature gains."
    if most <= TRIFLE:
        return f"{said}, and no other feature takes over more than {most:.2f}."
    gained = [
        f"{labels.get(feature, literal(feature))} (+{gain:.2f})"
        for feature, gain in gains.items()
        if round(gain, 2) > TRIFLE
    ]
    rest = 1 - before**2
    more = "" if rest < LITTLE else f" about {100 * (sqrt((1 - after**2) / rest) - 1):.0f} %"
    return (
        f"{said}. All others grow{more} by that alone; the largest gains are "
        f"{listed(gained[:MOST])}."
    )


def say_telling(telling: Sequence[Telling], title: str, labels: Mapping[str, str]) -> str:
    """Say which other feature tells the groups best by itself."""
    if not telling:
        return f"There is no other feature, or no group of {title} with enough rows."
    first = telling[0]
    if first.told <= NOT_AT_ALL:
        return f"No other feature tells the groups of {title}: the best has {auc(first.told)}."
    return (
        f"By itself, {labels[first.feature]} tells “{literal(first.group)}” from the rest best, "
        f"with an AUC of {auc(first.told)}."
    )
