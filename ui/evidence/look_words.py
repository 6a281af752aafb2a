"""What a look at the rows held out found, and what it is worth, in sentences."""

from laat_core.evaluate.hold_out import Look
from laat_core.evaluate.intervals import Interval
from laat_core.store.history import History
from laat_core.store.looks import EDITS, Looked
from laat_core.store.wording import after_edits
from ui.evidence.marks import say_unused
from ui.held_out import known_look
from ui.state import AppState
from ui.text import literal, with_sign

__all__ = ["CALCULATED", "edits_between", "limits", "say_finding", "say_meaning"]

FEW_ROWS = 15  # of a class: with fewer, intervals hold less well (docs/coverage.md)

CALCULATED = (
    "**Limits.** The rows held out are drawn again from themselves, thousands of times, each class "
    "by itself (a bootstrap). Nearly all of the differences found lie between the limits, which "
    "are set a little further out where rows are few.",
    "**Allowing for several looks.** Look number k may miss the true difference of its two models "
    "with a chance of 5 % divided by k × (k + 1); over all looks, however many, that adds up to "
    "less than 5 %. So the limits of all looks hold together, even those of the best one, **for "
    "models that were settled before the first look**. A model that was changed after a look may "
    "have been fitted to these rows. Its limits miss more often, and nobody can say how much more "
    "often: that depends on how somebody edits.",
    "**What they do not allow for.** Other training rows would give other models. The limits are "
    "about these two.",
    "**95 %.** Limits of one look by itself, by drawing rows (bootstrap) and by DeLong's formula. "
    "Where a class has few rows the bootstrap's hold better. “(DeLong)” marks limits for several "
    "looks that come of the formula: those of looks from before the bootstrap was used for them, "
    "and those that no drawing reaches.",
    "**p.** How often chance alone would show a difference at least as large, were there none, by "
    "DeLong's test with an allowance for few rows. It is of one look by itself.",
    "**n.** Rows held out, positive and other.",
)


def say_finding(state: AppState, shown: Looked) -> str:
    """What a look found, in a few sentences: of two models and these rows, not of the scores."""
    look, task, n_looks = shown.look, state.task, len(state.project.history.looks)
    which = "these scores" if shown is known_look(state) else "the scores of the last look"
    of_all = f" of {n_looks}" if n_looks > 1 else ""
    said = (
        f"**Look {look.number}{of_all}.** On the rows held out, the LAAT model with {which} ranks "
        f"one with {literal(task.outcome)} above one with {literal(task.opposite)} "
        f"**{100 * look.laat:.1f}** times in 100, the baseline {100 * look.baseline:.1f}, the "
        f"scores alone {100 * look.scores_alone:.1f}. LAAT model less baseline: "
        f"**{with_sign(100 * look.difference)}** points"
    )
    parts = [
        f"{said}{_verdict(look)}",
        _roughness(look),
        _of_groups(state),
        say_unused(state, shown.state),
    ]
    return " ".join(filter(None, parts))


def _verdict(look: Look) -> str:
    """Go on with the limits, and what they say of the two models."""
    if look.corrected is None:
        return "."
    low, high = look.corrected
    trained = "the same rows" if look.n_train is None else f"the same {look.n_train:,} rows"
    models = f"these two models, both trained on {trained}"
    if low > 0:
        meaning = f"Of {models}, the LAAT model is the better one by more than chance explains."
    elif high < 0:
        meaning = f"Of {models}, the LAAT model is the worse one by more than chance explains."
    else:
        meaning = (
            f"The {look.n_negative + look.n_positive:,} rows held out are too few to tell which "
            f"of {models}, is the better one."
        )
    return f"; limits that allow for chance: {limits(look.corrected)}. {meaning}"


def _roughness(look: Look) -> str:
    """Warn of few rows in a class."""
    fewest = min(look.n_negative, look.n_positive)
    if fewest >= FEW_ROWS:
        return ""
    return (
        f"With only {fewest:,} rows of a class held out (fewer than {FEW_ROWS}) such limits are "
        "rough."
    )


def _of_groups(state: AppState) -> str:
    """Warn that rows of one group were taken as independent."""
    column = state.task.group_column
    if column is None:
        return ""
    return (
        f"The limits take all rows as independent. Rows of the same "
        f"{literal(column.label or column.name)} are not, so the true limits are rather wider."
    )


def say_meaning(history: History, shown: Looked) -> str:
    """What the number of looks means, and what changes between them do to the limits."""
    number, n_looks = shown.look.number, len(history.looks)
    after = history.held_out.n_edits if history.held_out else 0
    parts = []
    if number < n_looks:
        parts.append(
            f"This is look {number} of {n_looks}. Whoever goes back to these scores now chooses "
            f"them with {'both' if n_looks == 2 else f'all {n_looks}'} looks in view: the figure "
            "is no longer that of rows never seen."
        )
    elif number > 1:
        parts.append(
            f"This is look {number}. Each look lets the choice of scores lean on these rows: "
            "after several, the figure is no longer that of rows never seen."
        )
    elif after:
        parts.append(
            "This is the first look, but the scores had been edited with these rows in view "
            f"before they were locked away ({after_edits(after)})."
        )
    else:
        parts.append("This is the first look: the figure is that of rows never seen.")
    if number > 1:
        parts.append(_hope(edits_between(history, shown)))
    return " ".join(parts)


def edits_between(history: History, looked: Looked) -> int:
    """How often scores were changed after the first look and before this one."""
    between = history.events[history.looks[0].event : looked.event - 1]
    return sum(event.kind in EDITS for event in between)


def _hope(n_edits: int) -> str:
    """Say that what was changed after a look may have been fitted to the rows."""
    changed = (
        f"The scores were edited {n_edits} time{'s' * (n_edits > 1)} since the first look"
        if n_edits
        else "No score was edited since the first look, but something else was changed"
    )
    return (
        f"**{changed}. Unless all of that had been settled before it, the limits above are too "
        "hopeful, by an amount that nobody can compute.**"
    )


def limits(ends: Interval | None) -> str:
    """Write both ends in points, or that there are none."""
    return " to ".join(with_sign(100 * end) for end in ends) if ends else "none"
