"""Sentences about models between performance and disparity, made from their figures."""

from collections.abc import Sequence

from laat_core.evaluate.fairness.peers import PEERS, Standing

__all__ = ["say_plane", "why_missing"]


def say_plane(standings: Sequence[Standing], performance: str, disparity: str) -> str:
    """Say where baseline, LAAT model and the least unequal fair model stand.

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
    own = [
        f"{_named(one.name)} decides {100 * right:.0f} % rightly{of_both}, with the groups "
        f"{100 * apart:.0f} points apart"
        for one, right, apart in known
        if one.name not in PEERS
    ]
    if not own:
        return f"There is nothing to draw. {standings[0].figures[disparity].reason}".rstrip()
    said = "; ".join(own)
    fair = [(apart, right, one.name) for one, right, apart in known if one.name in PEERS[1:]]
    if fair:
        apart, right, name = min(fair)
        said += (
            f". Of Fairlearn's models, “{name}” is least unequal: "
            f"{100 * right:.0f} % and {100 * apart:.0f} points"
        )
        fitted = min(one.figures[disparity].n_splits for one, *_ in known if one.name in PEERS)
        n_splits = max(one.figures[disparity].n_splits for one, *_ in known)
        if fitted < n_splits:
            said += f" (fitted in {fitted} of {n_splits} splits, and show these alone)"
    return f"{said[0].upper()}{said[1:]}."


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
