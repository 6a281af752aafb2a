"""Whether the task's sentence names the positive class, or the other one."""

import re
from collections.abc import Iterator

from laat_core.data.task import Task

__all__ = ["names_other_class"]

YES = frozenset({"yes", "y", "true", "1", "present", "positive", "ja", "oui", "si", "sí"})
NO = frozenset({"no", "n", "false", "0", "absent", "negative", "nein", "non", "none"})
NEGATIONS = frozenset({"no", "not", "non", "without", "never", "free", "nt"})
REACH = 3  # words of a sentence that a "not" turns

# Words of opposite meaning that outcomes go by.
OPPOSITES: tuple[tuple[str, str], ...] = (
    (
        "default defaults defaulted defaulting unpaid delinquent delinquency bad",
        "pay pays paid repay repays repaid repayment good performing",
    ),
    (
        "die dies died dying death dead deceased mortality",
        "survive survives survived surviving survival survivor survivors alive",
    ),
    (
        "leave leaves left leaving churn churns churned attrition quit quits resign resigns "
        "resigned cancel cancels cancelled canceled",
        "stay stays stayed staying remain remains remained retained retention",
    ),
    ("ill illness sick sickness disease diseased", "healthy health"),
    ("malignant malignancy cancer cancerous", "benign"),
    (
        "accept accepts accepted approve approves approved approval granted",
        "reject rejects rejected rejection refuse refuses refused denied declined",
    ),
    ("fail fails failed failure", "pass passes passed succeed succeeds succeeded success"),
    ("fraud fraudulent", "legitimate genuine legit"),
    ("relapse relapses relapsed recurrence recurs recurred", "remission"),
)
MEANINGS = {
    word: (pair[0].split()[0], side)
    for pair in OPPOSITES
    for words, side in zip(pair, (1, -1), strict=True)
    for word in words.split()
}
SAYS_NOTHING = re.compile(
    r"an?|the|of|or|and|in|on|at|to|is|are|was|were|be|has|have|had|with|for|by|from|that|this|"
    r"than|predict|whether|if|who|which|class|patient|person"
)
ENDING = re.compile(r"(?<=\w{3})(ing|ed|es|s)$")
WORD = re.compile(r"[^\W_]+")

Meaning = tuple[str, int]  # what a word is about, and 1, or -1 for its opposite


def names_other_class(task: Task) -> str:
    """Return the word by which the task's sentence names the class that is not positive.

    A simple rule: words are compared, a "not" turns those after it, and a short list knows
    opposites such as "paid" and "defaults". Where the sentence names both classes, or neither,
    nothing is said; nor where somebody has confirmed this class for this sentence.

    Returns
    -------
    str
        As it stands in the sentence; empty where there is no contradiction.

    Examples
    --------
    >>> import pandas as pd
    >>> from laat_core import make_task
    >>> table = pd.DataFrame({"age": [30, 40], "loan": ["paid", "defaulted"]})
    >>> names_other_class(make_task(table, "loan", "paid", description="Who defaults?"))
    'defaults'
    >>> names_other_class(make_task(table, "loan", "defaulted", description="Who defaults?"))
    ''
    """
    if task.confirmed == task.reading:
        return ""
    this = _class_meanings(task, task.positive_class)
    other = _class_meanings(task, task.negative_class)
    positive, negative = this | _turned(other), other | _turned(this)
    said = list(_meanings(task.description, REACH))
    if any(meaning in positive - negative for _, meaning in said):
        return ""
    return next((word for word, meaning in said if meaning in negative - positive), "")


def _class_meanings(task: Task, name: str) -> set[Meaning]:
    """What the name of a class and its words are about."""
    name_is = name.casefold()
    text = task.target if name_is in YES | NO else name
    meanings = {meaning for _, meaning in _meanings(text)}
    if name_is in NO:
        meanings = _turned(meanings)
    return meanings | {m for _, m in _meanings(task.class_labels.get(name, ""))}


def _turned(meanings: set[Meaning]) -> set[Meaning]:
    return {(about, -side) for about, side in meanings}


def _meanings(text: str, reach: int | None = None) -> Iterator[tuple[str, Meaning]]:
    """Yield every word with what it is about; a negation turns those after it, within reach."""
    left = 0
    for word in WORD.findall(text.replace("n't", " nt").replace("n’t", " nt")):
        plain = word.casefold()
        if plain in NEGATIONS:
            left = len(text) if reach is None else reach
            continue
        if not SAYS_NOTHING.fullmatch(plain):
            about, side = MEANINGS.get(plain, (ENDING.sub("", plain), 1))
            yield word, (about, -side if left else side)
        left = max(left - 1, 0)
