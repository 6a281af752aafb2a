"""What the four steps of the bias lab show, in sentences with their numbers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from laat_core import Comparison
from laat_core.evaluate.intervals import Interval
from laat_core.evaluate.resampled import corrected_t
from laat_core.plots.style import BASELINE
from ui.bias.story_rows import GroupErrors

__all__ = [
    "Watched",
    "auc",
    "auc_change",
    "points",
    "say_attribution",
    "say_errors",
    "say_fair",
    "say_fall",
    "say_groups",
    "say_held",
    "say_left",
    "say_zero",
    "signed_auc",
    "watch",
    "weight",
    "weight_change",
]

CLEAR = 0.03  # less of an attribution is as good as none, or as the same
FEW_POINTS = 1.0  # of AUC
CLEAR_SHARE = 0.05  # of a group's rows


class Watched:
    """The feature of the tell-tale column that a bias moves most, in both comparisons."""

    def __init__(self, fair: Comparison, biased: Comparison, position: int) -> None:
        self.name = fair.features[position]
        self.target = float(biased.target[position])
        self.laat, self.baseline = (
            (
                float(fair.models[model].attributions.mean(axis=0)[position]),
                float(biased.models[model].attributions.mean(axis=0)[position]),
            )
            for model in ("laat", "baseline")
        )


def watch(fair: Comparison, biased: Comparison, features: Sequence[str]) -> Watched | None:
    """Of some features, find the one of which the baseline makes something else with the bias.

    Parameters
    ----------
    fair, biased : Comparison
        Without and with the bias.
    features : sequence of str
        None of them, no result.
    """
    places = [place for place, name in enumerate(fair.features) if name in set(features)]
    if not places:
        return None
    before = fair.baseline.attributions.mean(axis=0)
    after = biased.baseline.attributions.mean(axis=0)
    # Without a bias, the one that counts most.
    size = np.abs(after - before) + 1e-6 * np.abs(before)
    return Watched(fair, biased, max(places, key=lambda place: float(size[place])))


def auc(area: float) -> str:
    """AUC in points: ``89.6``."""
    return f"{100 * area:.1f}"


def auc_change(before: float, after: float) -> float:
    """Difference of two AUCs as they are written, in points: what a reader would find."""
    return float(auc(after)) - float(auc(before))


def weight_change(before: float, after: float) -> float:
    """Difference of two attributions as they are written."""
    return round(after, 2) - round(before, 2)


def points(change: float) -> str:
    """Size of a difference of two AUCs: ``1 point``, ``17.7 points``."""
    size = f"{abs(change):.1f}".removesuffix(".0")
    return f"{size} point" if size == "1" else f"{size} points"


def signed_auc(change: float) -> str:
    """Difference of two AUCs, in points, with its sign: ``−19.4``."""
    return _signed(change, 1)


def weight(attribution: float) -> str:
    """Attribution with its sign: ``+0.24``."""
    return _signed(attribution, 2)


def say_fair(fair: Comparison, outcome: str) -> str:
    """Say what both models make of the table as it was.

    Parameters
    ----------
    fair : Comparison
    outcome : str
        Escaped, as are all words here.
    """
    n_positive = fair.n_train[1]
    return (
        f"Trained on {sum(fair.n_train):,} rows, {n_positive:,} of them with {outcome}, the "
        f"baseline ranks **{auc(fair.baseline.auc_mean)}** of 100 pairs of test rows rightly, the "
        f"LAAT model, which knows the scores too, **{auc(fair.laat.auc_mean)}**."
    )


def say_groups(names: Sequence[str], counts: NDArray[np.int64], label: str, outcome: str) -> str:
    """Say in which group the class is rarest and most common."""
    known = [place for place in range(len(names)) if counts[place].sum()]
    shares = {place: counts[place, 1] / counts[place].sum() for place in known}
    low, high = min(known, key=shares.__getitem__), max(known, key=shares.__getitem__)
    if shares[low] == shares[high]:
        return f"By {label}, {outcome} is equally common: {_percent(shares[low])} of each group."
    return (
        f"By {label}, {outcome} is rarest in “{names[low]}” ({_percent(shares[low])} of "
        f"{counts[low].sum():,} rows) and most common in “{names[high]}” "
        f"({_percent(shares[high])} of {counts[high].sum():,})."
    )


def say_left(
    fair: Comparison, biased: Comparison, n_turned: int, outcome: str, opposite: str
) -> str:
    """Say how many training rows the bias leaves, and that it leaves the test rows alone."""
    before, after = sum(fair.n_train), sum(biased.n_train)
    left = f"**{after:,} are left**" if after < before else "**all are left**"
    turned = f" {n_turned:,} of them carry the wrong class." if n_turned else ""
    return (
        f"Of {before:,} training rows {left}: {biased.n_train[1]:,} with {outcome}, "
        f"{biased.n_train[0]:,} with {opposite}.{turned} The {sum(fair.n_test):,} test rows stay "
        f"as they are, {fair.n_test[1]:,} of them with {outcome}."
    )


def say_fall(fair: Comparison, biased: Comparison) -> str:
    """Say what the bias does to the baseline, and whether that may be chance."""
    before, after = fair.baseline.auc_mean, biased.baseline.auc_mean
    on_test = "on the same untouched test rows its AUC is"
    both, change = f"**{auc(after)}** where it was {auc(before)}", auc_change(before, after)
    if abs(change) < FEW_POINTS:
        return f"The baseline hardly suffers: {on_test} {both}."
    ends = _change_interval(fair, biased, "baseline")
    apart = f"{points(change)} {'less' if change < 0 else 'more'}{_interval(ends)}"
    if ends is not None and ends.low <= 0 <= ends.high:
        return f"What the bias does to the baseline may be chance: {on_test} {both}, {apart}."
    what = "**The baseline falls for it:**" if change < 0 else "The baseline is better for it:"
    return f"{what} {on_test} {both}, {apart}."


def say_attribution(
    label: str, before: float, after: float, outcome: str, opposite: str, who: str = "It"
) -> str:
    """Say what a model makes of the tell-tale feature now, and what it made of it before."""
    numbers = f"attribution {weight(after)}, before {weight(before)}"
    if max(abs(before), abs(after)) < CLEAR:
        return f"{who} makes next to nothing of {label}: {numbers}."
    if abs(after - before) < CLEAR:
        return f"{who} makes of {label} what it did: {numbers}."
    if abs(after) < CLEAR:
        return f"{who} no longer uses {label}: {numbers}."
    speaks = outcome if after > 0 else opposite
    if abs(before) >= CLEAR and before * after < 0:
        return f"{who} has turned around: {label} now speaks for {speaks} ({numbers})."
    more = "more" if abs(after) > abs(before) else "less"
    return f"{who} leans {more} on {label}, which speaks for {speaks} ({numbers})."


def say_errors(
    names: Sequence[str],
    before: Sequence[GroupErrors],
    after: Sequence[GroupErrors],
    outcome: str,
    opposite: str,
) -> str:
    """Say which group the bias does most harm to."""
    worse: list[tuple[float, str]] = []
    for name, then, now in zip(names, before, after, strict=True):
        if now.small:
            continue
        for old, new, said in (
            (then.missed, now.missed, f"with {outcome} are missed"),
            (then.false_alarms, now.false_alarms, f"with {opposite} are false alarms"),
        ):
            if old is not None and new is not None:
                text = (
                    f"In the group “{name}”, {_percent(new)} of the rows {said}; it was "
                    f"{_percent(old)}."
                )
                worse.append((new - old, text))
    if not worse:
        return "Every group has too few test rows to say what the bias does to it."
    most, text = max(worse)
    return text if most >= CLEAR_SHARE else "No group's errors grow by much."


def say_held(fair: Comparison, biased: Comparison) -> str:
    """Say how the LAAT model stands with the bias, beside itself and the baseline."""
    laat, before = biased.laat.auc_mean, fair.laat.auc_mean
    ahead, ends = auc_change(biased.baseline.auc_mean, laat), biased.difference_interval
    numbers = f"its AUC is **{auc(laat)}** where it was {auc(before)}"
    trained = f"the {BASELINE.name.lower()} that was trained on the same biased rows"
    if points(ahead) == "0 points":
        than = f"as good as {trained}"
    else:
        apart = f"**{points(ahead)} {'ahead of' if ahead > 0 else 'behind'}** {trained}"
        chance = ends is not None and ends.low <= 0 <= ends.high
        than = f"{apart}{_interval(ends)}{', which may be chance' if chance else ''}"
    change = auc_change(before, laat)
    if change <= -FEW_POINTS:
        lost = _change_interval(fair, biased, "laat")
        chance = "" if lost is None or lost.high < 0 else ", which may be chance"
        return f"The LAAT model loses {points(change)}{_interval(lost)}{chance}: {numbers}, {than}."
    holds = ends is not None and ends.low > 0
    held = "**The scores hold the LAAT model:**" if holds else "The LAAT model hardly suffers:"
    return f"{held} {numbers}, {than}."


def say_zero(label: str, seen: Watched, area: float, scored: Comparison | None) -> str:
    """Say what a score of 0 for the tell-tale column does, to the shortcut and to the result.

    Parameters
    ----------
    label : str
    seen : Watched
        What the models make of the column without the score.
    area : float
        AUC of the LAAT model without the score.
    scored : Comparison or None
        On the same rows with the score as on the Workbench; None where that is 0 as well.
    """
    now, of_baseline = seen.laat[1], seen.baseline[1]
    numbers = (
        f"the LAAT model's attribution is {weight(now)}, the baseline's {weight(of_baseline)}, and "
        f"the AUC **{auc(area)}**"
    )
    if abs(now) >= max(CLEAR, abs(of_baseline) / 10):
        return f"A score of 0 for {label} does not take the shortcut away entirely: {numbers}."
    if scored is None:
        return f"With a score of 0, the LAAT model makes next to nothing of {label}: {numbers}."
    place = scored.features.index(seen.name)
    was, asked = float(scored.laat.attributions.mean(axis=0)[place]), float(scored.target[place])
    numbers += f". With the score on the Workbench these are {weight(was)} and "
    numbers += auc(scored.laat.auc_mean)
    misled = abs(was - asked) >= CLEAR and (was - asked) * (of_baseline - asked) > 0
    if misled:
        return f"**A score of 0 for {label} takes the shortcut away:** {numbers}."
    return (
        f"**A score of 0 for {label} shuts the shortcut.** The score had kept the LAAT model from "
        f"it already; without it, what is true of {label} does not count either: {numbers}."
    )


def _change_interval(fair: Comparison, biased: Comparison, name: str) -> Interval | None:
    """95 % interval of what a bias does to a model's AUC, over splits with the same test rows."""
    changes = biased.models[name].auc - fair.models[name].auc
    return corrected_t(changes, sum(fair.n_train), sum(fair.n_test))


def _interval(ends: Interval | None) -> str:
    if ends is None:
        return ""
    return f" (95 % interval {signed_auc(100 * ends.low)} to {signed_auc(100 * ends.high)})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _signed(value: float, places: int) -> str:
    text = f"{value:+.{places}f}".replace("-", "−")
    return text[1:] if float(text[1:]) == 0 else text
