"""What a role needs of a column before it can be used: an order, or a reference date."""

from dataclasses import replace

import pandas as pd

from laat_core.data.dates import as_dates, date_note
from laat_core.data.not_known import says_not_known
from laat_core.data.orders import suggest_order
from laat_core.data.roles import MAX_LEVELS
from laat_core.data.task import Column, Role
from laat_core.data.text import sorted_levels
from laat_core.errors import DataError

__all__ = ["with_reference", "with_role"]


def with_role(column: Column, role: Role, values: pd.Series) -> Column:
    """Return a column in another role, with what that role needs; the note says what was taken.

    An ordered column without an order gets the one that its levels show by themselves, else the
    one in which they sort; a level such as "unknown" has no place in it. A date column without a
    reference date gets its latest date.

    Parameters
    ----------
    column : Column
    role : Role
    values : Series
        The column's cells, as the table has them.

    Returns
    -------
    Column

    Raises
    ------
    DataError
        If the column holds nothing that the role can use.

    Examples
    --------
    >>> pain = pd.Series(["severe", "mild", "moderate"], name="pain")
    >>> with_role(Column("pain", Role.CATEGORICAL), Role.ORDERED, pain).order
    ('mild', 'moderate', 'severe')
    """
    values = column.cleaning.apply(values)
    if role is Role.ORDERED:
        return _ordered(replace(column, role=role), values)
    if role is Role.DATE:
        return _dated(replace(column, role=role), values)
    return replace(column, role=role, note="")


def _ordered(column: Column, values: pd.Series) -> Column:
    if column.order:
        return replace(column, note="")
    found = suggest_order(values)
    levels = [level for level in sorted_levels(values) if not says_not_known(level)]
    if len(levels) > MAX_LEVELS:
        raise DataError(
            f"{column.name!r} has {len(levels)} different values; at most {MAX_LEVELS} can be put "
            "in order. Take it as numeric, or merge its values."
        )
    if not levels:
        raise DataError(f"{column.name!r} has no values to put in order. Set its role to ignore.")
    why = "Order as its levels say" if found else "Order as its levels sort, which may be wrong"
    note = f"{why}: {' < '.join(found or levels)}. Change it below, under 'One column in full'."
    return replace(column, order=found or tuple(levels), note=note)


def _dated(column: Column, values: pd.Series) -> Column:
    dates = as_dates(values)
    if dates.isna().all():
        raise DataError(f"{column.name!r} holds no dates. Give it another role.")
    if column.reference:
        return with_reference(column, column.reference, values)
    latest = dates.max().date().isoformat()
    said = f"{latest}, its latest date. Change that date below, under 'One column in full'."
    return replace(column, reference=latest, note=_years_to(said, values))


def with_reference(column: Column, reference: str, values: pd.Series) -> Column:
    """Return a date column with another reference date, which its note says.

    Parameters
    ----------
    column : Column
    reference : str
        ``YYYY-MM-DD``.
    values : Series
        The column's cells, as the table has them.
    """
    return replace(column, reference=reference, note=_years_to(f"{reference}.", values))


def _years_to(said: str, values: pd.Series) -> str:
    return f"Years from each date to {said} {date_note(values)}".strip()
