"""Whether a model's hits in completing rows are more than chance: the verdict and its numbers."""

from dataclasses import dataclass
from typing import Literal, get_args

from scipy import stats

__all__ = ["VERDICTS", "Recall", "Verdict", "judge", "power"]

Verdict = Literal["by heart", "no sign", "cannot tell"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

LEVEL = 0.01  # how often a model that only guesses is said to know the table
KNOWN = 1 / 3  # of the rows: a model that knows so many
ENOUGH = 0.8  # is to be found out so often, or nothing is said


@dataclass(frozen=True)
class Recall:
    """What came of asking a model to complete rows, and all that it was asked.

    Attributes
    ----------
    model, base_url, date : str
    columns : tuple of str
        What was left out of each row; a hit is a row in which all of it was given exactly.
    rows : tuple of int
        The rows that were sent, by position in the table, from 0.
    answered, hits : int
        How many rows the answer completes, and how many of them rightly.
    chance : float
        Share of hits by guessing without memory, from 0 to 1.
    p_value : float
        Probability of so many hits, or more, by chance.
    verdict : {"by heart", "no sign", "cannot tell"}
    system, prompt, answer : str
        What was sent, and what came back.
    problem : str
        Why no answer came; empty where one did.
    """

    model: str
    base_url: str
    date: str
    columns: tuple[str, ...]
    rows: tuple[int, ...]
    answered: int
    hits: int
    chance: float
    p_value: float
    verdict: Verdict
    system: str
    prompt: str
    answer: str
    problem: str = ""

    @property
    def expected(self) -> float:
        """Hits that chance would have."""
        return self.chance * len(self.rows)


def judge(hits: int, answered: int, asked: int, chance: float) -> tuple[float, Verdict]:
    """Compare hits with chance by a one-sided binomial test.

    A row that is not answered is no hit, so that a model gains nothing by leaving rows out.

    Parameters
    ----------
    hits, answered, asked : int
        Rows.
    chance : float
        From 0 to 1.

    Returns
    -------
    float
        The p value.
    str
        "by heart" at a p value of 0.01 or less; "no sign" where a model that knows a third of the
        rows would have come that far four times in five; else "cannot tell".
    """
    if not asked:
        return 1.0, "cannot tell"
    p_value = float(stats.binomtest(hits, asked, chance, alternative="greater").pvalue)
    if p_value <= LEVEL:
        return p_value, "by heart"
    return p_value, "no sign" if power(answered, chance) >= ENOUGH else "cannot tell"


def power(rows: int, chance: float) -> float:
    """Probability that a model is found out that knows a third of the rows and guesses the rest.

    Parameters
    ----------
    rows : int
    chance : float
        From 0 to 1.
    """
    if not rows:
        return 0.0
    most_by_chance = stats.binom.isf(LEVEL, rows, chance)  # more than these are at the level
    return float(stats.binom.sf(most_by_chance, rows, chance + KNOWN * (1 - chance)))
