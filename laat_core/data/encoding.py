"""From a table to the numbers that a model sees, and the names of those numbers."""

from dataclasses import dataclass
from itertools import groupby
from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from laat_core.data.roles import MAX_LEVELS
from laat_core.data.task import Column, Role, Task, check_names
from laat_core.data.text import as_numbers, feature_name, level_text, sorted_levels
from laat_core.data.unknown import (
    HandleUnknown,
    check_handling,
    report,
    unknown_levels,
    unread_cells,
)
from laat_core.data.values import numbers_of
from laat_core.errors import DataError

__all__ = ["MISSING_LEVEL", "Feature", "TableEncoder", "as_numbers", "features_of", "median"]

MISSING_LEVEL = "missing"
MOST_DATES = 1000  # that are kept to tell how others are written


@dataclass(frozen=True)
class Feature:
    """One number that the model sees.

    Attributes
    ----------
    name : str
        The column's name, or ``column = level`` for a 0/1 flag.
    column : str
    level : str or None
        None for a column that is one number.
    mirror_of : str or None
        The flag of the other level, where a column of two levels has a flag for both: the score
        of this feature is then that flag's, with the sign turned.
    """

    name: str
    column: str
    level: str | None = None
    mirror_of: str | None = None


class TableEncoder(TransformerMixin, BaseEstimator):
    """Turn a table into numbers: one per numeric column, 0/1 flags for a category's levels.

    Each column is cleaned first, as its :attr:`Column.cleaning` says: the table may be as it was
    read. An ordered column becomes the rank of its level, 0, 1, 2 …; a date the years up to its
    reference date. What is missing in these and in numeric columns becomes the median. A missing
    category sets no flag, or, on request, one of its own. A level that was not there in ``fit``
    sets no flag, and what is no number, no level of the order or no date counts as missing;
    ``transform`` says so.

    Parameters
    ----------
    columns : sequence of Column
        Roles by name; columns that are no feature may be among them.
    both_levels : bool
        Whether a category of two levels has a flag for each (the paper's protocol) or one, for
        the second.
    missing_as_feature : bool
        Whether a missing category is a feature, ``column = missing``.
    handle_unknown : {"warn", "error", "ignore"}
        What ``transform`` does about levels that were not there in ``fit`` and cells that are no
        number, no level of an order or no date: warn with counts, refuse the table, or nothing.

    Attributes
    ----------
    features_ : tuple of Feature
        Names and order of what ``transform`` returns.
    medians_ : dict of str to float
        What fills the missing values of each column that is one number.
    levels_ : dict of str to frozenset of str
        Every level of each category.
    """

    def __init__(
        self,
        columns: tuple[Column, ...],
        both_levels: bool = False,
        missing_as_feature: bool = False,
        handle_unknown: HandleUnknown = "warn",
    ) -> None:
        self.columns = columns
        self.both_levels = both_levels
        self.missing_as_feature = missing_as_feature
        self.handle_unknown = handle_unknown

    def fit(self, table: pd.DataFrame, y: object = None) -> Self:  # noqa: ARG002 (scikit-learn's form)
        """Learn medians and levels from the rows of a table; labels are not looked at.

        Raises
        ------
        DataError
            If a column is absent, stands twice, has no usable values, no order or too many
            levels, two features would have the same name, or no column is left.
        """
        check_handling(self.handle_unknown)
        self.medians_: dict[str, float] = {}
        self.levels_: dict[str, frozenset[str]] = {}
        self._dates: dict[str, pd.Series] = {}
        features: list[Feature] = []
        for column in self.columns:
            if column.role.is_number:
                cells = _cleaned(table, column)
                self.medians_[column.name] = median(numbers_of(cells, column), column.role)
                if column.role is Role.DATE:
                    self._dates[column.name] = cells.dropna().drop_duplicates()[:MOST_DATES]
                features.append(Feature(column.name, column.name))
            elif column.role is Role.CATEGORICAL:
                features += self._flags(_cleaned(table, column))
        if not features:
            raise DataError("No column is left to learn from. Give at least one another role.")
        names = pd.Series([feature.name for feature in features])
        if names.duplicated().any():
            raise DataError(
                f"Two features would be named {names[names.duplicated()].iloc[0]!r}. "
                "Rename the column or the level in the table."
            )
        self.features_ = tuple(features)
        return self

    def transform(self, table: pd.DataFrame) -> pd.DataFrame:
        """Encode rows.

        Returns
        -------
        DataFrame of shape (n_rows, n_features), float64, without missing values

        Raises
        ------
        DataError
            If a column is absent or stands twice; or, where ``handle_unknown`` is "error", if
            cells cannot be read.

        Warns
        -----
        UserWarning
            Where ``handle_unknown`` is "warn": which cells cannot be read, and how many.
        """
        check_is_fitted(self)
        unknown = []
        columns = {column.name: column for column in self.columns}
        encoded = np.empty((len(table), len(self.features_)), order="F")
        for name, group in groupby(enumerate(self.features_), key=lambda item: item[1].column):
            positions, features = zip(*group, strict=True)
            values = _cleaned(table, columns[name])
            if features[0].level is None:
                numbers, filling = self._numbers(values, columns[name]), self.medians_[name]
                encoded[:, positions[0]] = numbers.fillna(filling)
                unknown.append(unread_cells(values, numbers, filling, NO_SUCH[columns[name].role]))
                continue
            text = level_text(values)
            unknown.append(unknown_levels(text, self.levels_[name]))
            if self.missing_as_feature:
                text = text.fillna(MISSING_LEVEL)
            codes = pd.Index([feature.level for feature in features]).get_indexer(pd.Index(text))
            encoded[:, positions] = codes[:, None] == np.arange(len(features))
        report(unknown, self.handle_unknown)
        return pd.DataFrame(encoded, columns=self.get_feature_names_out(), index=table.index)

    def _numbers(self, values: pd.Series, column: Column) -> pd.Series:
        if column.role is not Role.DATE or pd.api.types.is_datetime64_dtype(values):
            return numbers_of(values, column)
        # A few dates may not show whether the day or the month comes first.
        cells = [values.astype(object), self._dates[column.name].astype(object)]
        return numbers_of(pd.concat(cells), column).iloc[: len(values)]

    def get_feature_names_out(self, input_features: object = None) -> list[str]:  # noqa: ARG002
        """Names of the features, in order."""
        check_is_fitted(self)
        return [feature.name for feature in self.features_]

    def _flags(self, values: pd.Series) -> list[Feature]:
        column, levels = str(values.name), sorted_levels(values)
        if len(levels) > MAX_LEVELS:
            raise DataError(
                f"{column!r} has {len(levels)} different values; a category has at most "
                f"{MAX_LEVELS}. Ignore the column, take it as numeric, or group its values."
            )
        if not levels:
            raise DataError(f"{column!r} has no values. Set its role to ignore.")
        self.levels_[column] = frozenset(levels)
        flags = [Feature(feature_name(column, level), column, level) for level in levels]
        if len(levels) == 2:
            first, second = flags
            mirror = Feature(first.name, column, first.level, mirror_of=second.name)
            flags = [mirror, second] if self.both_levels else [second]
        if self.missing_as_feature and level_text(values).isna().any():
            if MISSING_LEVEL in levels:
                raise DataError(
                    f"{column!r} has missing values and also a value {MISSING_LEVEL!r}. Count that "
                    "value as missing too, or do not treat missing as its own category."
                )
            flags.append(Feature(feature_name(column, MISSING_LEVEL), column, MISSING_LEVEL))
        return flags


def features_of(task: Task) -> tuple[Feature, ...]:
    """Features of a task, one score each: what :class:`TableEncoder` makes of all its rows.

    Raises
    ------
    DataError
        If the columns cannot be encoded with their roles.
    """
    encoder = TableEncoder(task.columns, missing_as_feature=task.missing_as_feature)
    return encoder.fit(task.cleaned).features_


def _cleaned(table: pd.DataFrame, column: Column) -> pd.Series:
    return column.cleaning.apply(_series(table, column.name))


def _series(table: pd.DataFrame, column: str) -> pd.Series:
    if column not in table:
        raise DataError(f"The table has no column {column!r}. Add it, or load the right table.")
    values = table[column]
    if values.ndim > 1:
        check_names(table.columns)  # raises: more than one column has this name
    return values


def median(numbers: pd.Series, role: Role = Role.NUMERIC) -> float:
    """Median of a column of numbers; a DataError where there are none."""
    if numbers.isna().all():
        raise DataError(f"{numbers.name!r} {NO_NUMBERS[role]}")
    return float((numbers / 2).median() * 2)  # halves, as the sum of two huge numbers is infinite


NO_SUCH = {
    Role.NUMERIC: "no number",
    Role.ORDERED: "no level of the order",
    Role.DATE: "no date",
}
NO_NUMBERS = {
    Role.NUMERIC: "holds no numbers. Take it as categorical, or ignore it.",
    Role.ORDERED: "has none of the levels of its order. Put the levels that it has in order.",
    Role.DATE: "holds no dates. Give it another role.",
}
