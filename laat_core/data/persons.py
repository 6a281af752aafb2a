"""Columns that look like the number of a person, of whom the table has several rows."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from laat_core.data.text import as_numbers, level_counts, plain_words

__all__ = ["FEWEST_PERSONS", "Persons", "count_persons", "names_person", "says_number_of_person"]

FEWEST_PERSONS = 10
FEWEST_SHARE = 0.05  # of the rows; fewer persons are rather places, or groups of persons

WHO = (
    "patient|person|people|subject|participant|proband|respondent|client|customer|member|user|donor|"
    "applicant|borrower|debtor|employee|student|pupil|citizen|household|animal|horse|hospital|case|"
    "record|chart|encounter|mother|fall|kunden|patienten|personal|pat|pt|cust|emp"
)
NUMBER = "ids?|identifiers?|nr|no|num|number|nummer|code|key"
NUMBERED = re.compile(rf"(?:.* )?(?:{WHO})s? ?(?:{NUMBER})|id|mrn|ssn")
# Without a word for a number, the name may also be that of a place, or of a yes or no.
NAMED = re.compile(r"(?:patient|person|subject|participant|client|customer|member|user|horse)s?")


def says_number_of_person(name: str) -> bool:
    """Whether a column's name says that it numbers persons, such as ``patient_id``."""
    return NUMBERED.fullmatch(plain_words(name)) is not None


def names_person(name: str) -> bool:
    """Whether a column's name says that it is about persons, with or without their number."""
    return says_number_of_person(name) or NAMED.fullmatch(plain_words(name)) is not None


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
    whole numbers or text, many of them differ, and some come more than once.

    Examples
    --------
    >>> count_persons(pd.Series([*range(20), 3, 4], name="patient_id"))
    Persons(all=20, several=2)
    >>> count_persons(pd.Series([*range(20), 3, 4], name="age"))
    """
    if not names_person(str(values.name)):
        return None
    numbers = as_numbers(values)
    if (np.abs(numbers - numbers.round()) > 0).any():
        return None
    rows = np.array(list(level_counts(values).values()))
    if len(rows) < max(FEWEST_PERSONS, FEWEST_SHARE * rows.sum()) or rows.max() == 1:
        return None
    return Persons(len(rows), int((rows > 1).sum()))
