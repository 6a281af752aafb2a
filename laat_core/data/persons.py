"""Columns that look like the number of a person, of whom the table has several rows."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from laat_core.data.text import as_numbers, level_counts, plain_words

__all__ = ["Persons", "count_persons", "says_number_of_person"]

FEWEST_PERSONS = 10
FEWEST_SHARE = 0.05  # of the rows; fewer persons are rather places, or groups of persons
FEWEST_UNNUMBERED = 0.25  # as well, of whole numbers whose name does not say that they number
NOUNS = "patient|person|subject|participant|client|customer|member|user|horse|kunde|proband"
WHO = (
    f"{NOUNS}|people|respondent|donor|applicant|borrower|debtor|employee|student|pupil|citizen|"
    "household|animal|hospital|case|record|chart|encounter|mother|pat|pt|cust|emp|"
    "patienten|probanden|kunden|personal|mitarbeiter|mitglieds?|versicherten|fall|akten|matrikel"
)
NUMBER = "ids?|identifiers?|nr|no|num|number|nummer|code|key"
NUMBERED = re.compile(rf"(?:.* )?(?:{WHO})s? ?(?:{NUMBER})|id|mrn|ssn")
# Without a word for a number, the name may also be that of a place, a yes or no, or a count:
# several "users" are one.
NAMED = re.compile(NOUNS)


def says_number_of_person(name: str) -> bool:
    """Whether a column's name says that it numbers persons, such as ``patient_id``."""
    return NUMBERED.fullmatch(plain_words(name)) is not None


class Persons(NamedTuple):
    """How many persons a column numbers.

    Attributes
    ----------
    all, several : int
        Different values, and those among them that more than one row has.
    """

    all: int
    several: int


def count_persons(values: pd.Series) -> Persons | None:
    """Count the persons that a column numbers; None where it does not look like that.

    It does where its name says so, such as ``patient_id`` or ``Hospital number``, its values are
    whole numbers or text, many of them differ, and some come more than once. A name such as
    ``customer`` says so less plainly: whole numbers below it must differ in more of the rows.

    Examples
    --------
    >>> count_persons(pd.Series([*range(20), 3, 4], name="patient_id"))
    Persons(all=20, several=2)
    >>> count_persons(pd.Series([*range(20), 3, 4], name="age"))
    """
    name = str(values.name)
    numbered = says_number_of_person(name)
    if not numbered and not NAMED.fullmatch(plain_words(name)):
        return None
    numbers = as_numbers(values)
    if (np.abs(numbers - numbers.round()) > 0).any():
        return None
    rows = np.array(list(level_counts(values).values()))
    share = FEWEST_SHARE if numbered or numbers.isna().all() else FEWEST_UNNUMBERED
    if len(rows) < max(FEWEST_PERSONS, share * rows.sum()) or rows.max() == 1:
        return None
    return Persons(len(rows), int((rows > 1).sum()))
