"""What columns and features are called in front of people."""

from collections.abc import Iterable

from laat_core.data.encoding import Feature
from laat_core.data.task import Task

__all__ = ["column_label", "feature_label", "feature_labels"]


def column_label(task: Task, column: str) -> str:
    """Label of a column, its name where it has none."""
    return task.column(column).label or column


def feature_label(task: Task, feature: Feature) -> str:
    """Label of a feature with its level: ``Chest pain = asymptomatic``."""
    label = column_label(task, feature.column)
    return label if feature.level is None else f"{label} = {feature.level}"


def feature_labels(task: Task, features: Iterable[Feature]) -> dict[str, str]:
    """Label by feature name."""
    return {feature.name: feature_label(task, feature) for feature in features}
