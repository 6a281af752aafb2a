"""Sentences about what follows a group, made from their figures."""

from collections.abc import Collection, Mapping, Sequence

from laat_core.data.text import listed
from laat_core.evaluate.fairness.proxies import Followed, Shift, Telling
from ui.bias.groups_words import NONE
from ui.text import literal

__all__ = ["best_told", "say_followed", "say_telling", "say_took_over", "told_cell"]

NOT_AT_ALL = 0.55  # an AUC up to here tells next to nothing
LITTLE = 0.005  # of an attribution; less is shown as 0.00
MOST = 3


def told_cell(followed: Followed) -> str:
    """How well a group is told, 0.5 to 1, with its interval; a dash where that is unknown."""
    told, interval = followed.told, followed.auc.interval
    if told is None:
        return NONE
    if interval is None:
        return f"{told:.2f}"
    low, high = interval if told == followed.auc.mean else (1 - interval.high, 1 - interval.low)
    return f"{told:.2f} ({low:.2f} to {high:.2f})"


def best_told(followed: Sequence[Followed]) -> Followed | None:
    """Return the group that is told best among those that are not small."""
    known = [one for one in followed if not one.small and one.told is not None]
    return max(known, key=lambda one: one.told or 0.0, default=None)


def say_followed(
    baseline: Sequence[Followed],
    used: Sequence[Followed],
    at_zero: Sequence[Followed],
    held: Sequence[Followed],
    title: str,
) -> str:
    """Say how well the group that the baseline tells best is told by each model.

    Parameters
    ----------
    baseline, used, at_zero, held : sequence of Followed
        Of the baseline, and of the LAAT model with the columns used, their score at 0, not used.
    title : str
        The columns, as they are to be shown.
    """
    best = best_told(baseline)
    if best is None:
        return (
            f"No group of {title} has enough rows, with others beside it, to say how far a model "
            "follows it."
        )
    others = (
        next((one.told for one in part if one.group == best.group), None)
        for part in (used, at_zero, held)
    )
    laat, zero, none = (NONE if told is None else f"{told:.2f}" for told in others)
    end = f"and with {title} not used {none}, where 0.50 would be not at all."
    return (
        f"By the baseline's output alone one can tell “{literal(best.group)}” from the rest with "
        f"an AUC of {best.told:.2f}; by that of the LAAT model with {laat}, with the score of "
        f"{title} at 0 with {zero}, {end}"
    )


def say_took_over(shifts: Sequence[Shift], own: Collection[str], labels: Mapping[str, str]) -> str:
    """Say which other features took over the attribution.

    Parameters
    ----------
    shifts : sequence of Shift
        The largest gain first.
    own : collection of str
        Features of the columns that were set to zero.
    labels : mapping of feature name to text
        As they are to be shown.
    """
    lost = sum(
        abs(one.before or 0.0) - abs(one.after or 0.0) for one in shifts if one.feature in own
    )
    others = [one for one in shifts if one.feature not in own]
    gains = {one.feature: one.gain.mean for one in others if one.gain.mean is not None}
    if lost < LITTLE:
        return "It had next to no attribution before, so nothing had to take over."
    gained = [
        f"{labels.get(feature, literal(feature))} (+{gain:.2f})"
        for feature, gain in gains.items()
        if gain >= LITTLE
    ]
    if not gained:
        most = max(gains.values(), default=0.0)
        return (
            f"It lost {lost:.2f} of the attribution, and no other feature took over more than "
            f"{max(most, 0.0):.3f} of it."
        )
    return f"It lost {lost:.2f} of the attribution. Most was taken over by {listed(gained[:MOST])}."


def say_telling(telling: Sequence[Telling], title: str, labels: Mapping[str, str]) -> str:
    """Say which other feature tells the groups best by itself."""
    if not telling:
        return f"There is no other feature, or no group of {title} with enough rows."
    first = telling[0]
    if first.told <= NOT_AT_ALL:
        return f"No other feature tells the groups of {title}: the best has {first.told:.2f}."
    return (
        f"By itself, {labels[first.feature]} tells “{literal(first.group)}” from the rest best, "
        f"with an AUC of {first.told:.2f}."
    )
