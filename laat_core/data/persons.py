"""Columns that look like the number of a person, of whom the table has several rows."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from laat_core.data.text import as_numbers, level_counts

__all__ = ["Persons", "count_persons"]

FEWEST_PERSONS = 10
FEWEST_SHARE = 0.05  # of the rows; fewer persons are rather places, or groups of persons

WHO = (
    "patient|person|subject|customer|client|participant|respondent|employee|member|user|student|"
    "pupil|citizen|applicant|borrower|household|family|animal|horse|hospital|case|mother|child"
)
NUMBER = "id|ids|no|nr|num|number|code|key|identifier"
NAME = re.compile(rf"(?:{WHO})s?(?:{NUMBER})?|(?:pat|pt|cust|emp)(?:{NUMBER})|mrn|ssn")
NO_NUMBERS = {"hospital", "hospitals", "case", "cases", "child", "family", "animal", "animals"}


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
    name = re.sub(r"[\W_]+", "", str(values.name)).lower()
    if not NAME.fullmatch(name) or name in NO_NUMBERS:
        return None
    numbers = as_numbers(values)
    if (np.abs(numbers - numbers.round()) > 0).any():
        return None
    rows = np.array(list(level_counts(values).values()))
    if len(rows) < max(FEWEST_PERSONS, FEWEST_SHARE * rows.sum()) or rows.max() == 1:
        return None
    return Persons(len(rows), int((rows > 1).sum()))
