"""What features are called in front of people."""

from laat_core import Column, Role
from laat_core.data.labels import column_label, feature_label, feature_labels

__all__ = ["column_label", "feature_label", "feature_labels", "what_counts"]


def what_counts(column: Column) -> str:
    """Say what the number of a column is, where it is not a number itself; else nothing."""
    if column.role is Role.ORDERED:
        return " < ".join(column.ranked)
    return f"years to {column.reference}" if column.role is Role.DATE else ""
