"""Parameters that hold a number per feature, or name some features, brought in column order."""

import math
from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.plain import is_whole, plain_number
from laat_core.errors import ScoreError
from laat_core.scores.importance import ImportanceScores, shown

__all__ = ["Columns", "feature_positions", "feature_scores", "feature_trust"]


class Columns:
    """The columns of a matrix, with names or without.

    Parameters
    ----------
    n_features : int
    names : sequence of str, optional
        Of a DataFrame whose column names are all text.
    """

    def __init__(self, n_features: int, names: Sequence[str] | None = None) -> None:
        self.n_features = n_features
        self.names = None if names is None else list(map(str, names))

    def called(self, position: int) -> str:
        """Name of a column for a message."""
        return f"feature {position}" if self.names is None else repr(self.names[position])

    def need_names(self, what: str) -> list[str]:
        """Names of the columns; a ScoreError where they have none."""
        if self.names is None:
            raise ScoreError(
                f"{what} by name need X as a DataFrame with text column names. "
                "Pass one, or give them as an array, one number per column."
            )
        return self.names


def feature_scores(given: Any, columns: Columns) -> NDArray[np.float64]:
    """Importance scores in the order of the columns, (n_features,).

    Parameters
    ----------
    given : ImportanceScores, mapping, Series, array-like of shape (n_features,), or None
        By name, or by position; None is all zeros.
    columns : Columns

    Raises
    ------
    ScoreError
        If a feature has no score, a score no feature, or what is given is no flat list of numbers.

    Examples
    --------
    >>> feature_scores({"weight": 2, "age": 8}, Columns(2, ["age", "weight"]))
    array([8., 2.])
    """
    what = "Importance scores"
    if given is None:
        return np.zeros(columns.n_features)
    if isinstance(given, ImportanceScores):
        if len(given.values) != 1:
            raise ScoreError(
                f"{what} for {len(given.values)} outputs; a model of two classes takes one."
            )
        given = given.as_dict()
    if isinstance(given, Mapping | pd.Series):
        by_name = dict(given)
        names = columns.need_names(what)
        if odd := sorted(map(str, set(by_name).symmetric_difference(names))):
            raise ScoreError(
                f"{what} and features differ in: {_cut(odd)}. "
                "Score every feature once, by its name."
            )
        given = [by_name[name] for name in names]
    return _numbers(given, columns, what)


def feature_trust(given: Any, columns: Columns) -> NDArray[np.float64] | None:
    """Trust in each feature's score, 0 to 1, in the order of the columns; None where all is 1.

    By name, features that are left out are trusted fully.

    Raises
    ------
    ScoreError
        If a name is no feature's, or a trust no number from 0 to 1.
    """
    what = "Numbers of feature_trust"
    if given is None:
        return None
    if isinstance(given, Mapping | pd.Series):
        by_name = dict(given)
        names = columns.need_names(what)
        if odd := sorted(map(str, set(by_name).difference(names))):
            raise ScoreError(f"feature_trust names what is no feature: {_cut(odd)}.")
        given = [by_name.get(name, 1.0) for name in names]
    trust = _numbers(given, columns, what)
    for position, number in enumerate(trust):
        if not 0 <= number <= 1:
            raise ScoreError(
                f"The trust in {columns.called(position)} is {number:g}; it must be from 0 to 1."
            )
    return trust


def feature_positions(given: Any, columns: Columns) -> list[int]:
    """Sorted positions of features that are named, or given by position.

    Raises
    ------
    ScoreError
        If one is not there, or what is given is no list.
    """
    if given is None:
        return []
    if isinstance(given, str):
        raise ScoreError(f"not_used is the text {given!r}; it must be a list, as [{given!r}].")
    names = columns.names or []
    try:
        found = [names.index(n) if n in names else n for n in given]
    except TypeError:
        found = [None]
    if not all(is_whole(n, 0, columns.n_features - 1) for n in found):
        raise ScoreError(
            f"not_used is {given!r}; it must hold names of features, with X as a "
            f"DataFrame, or positions from 0 to {columns.n_features - 1}."
        )
    return sorted(set(map(int, found)))


def _numbers(given: Any, columns: Columns, what: str) -> NDArray[np.float64]:
    """A flat list with a number per feature; text that looks like a number is none."""
    try:
        array = np.array(given, dtype=object)
    except ValueError:  # lists of several lengths in an array
        array = np.empty((0, 0))
    n_features = columns.n_features
    if array.ndim != 1:
        raise ScoreError(
            f"{what} are given as {shown(given)}; give one flat list of {n_features} numbers, one "
            "per feature."
        )
    if len(array) != n_features:
        raise ScoreError(
            f"{len(array)} {what[0].lower()}{what[1:]} for {n_features} features. "
            "Give one per feature, in the order of the columns."
        )
    for position, value in enumerate(array):
        if not _is_number(value):
            raise ScoreError(
                f"{what} must be numbers; that of {columns.called(position)} is {shown(value)}."
            )
    return array.astype(np.float64)


def _is_number(value: object) -> bool:
    """Whether a value is a number that a float can hold; not-a-number is one of NumPy's."""
    if isinstance(value, float | np.floating):
        return True
    number = plain_number(value)
    try:
        return not math.isnan(number)
    except OverflowError:  # more digits than a float can count
        return False


def _cut(names: Sequence[str]) -> str:
    return shorten(", ".join(names), 300, placeholder=" …")
