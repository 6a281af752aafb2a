"""What features are called in front of people."""

from laat_core.data.labels import column_label, feature_label, feature_labels

__all__ = ["column_label", "feature_label", "feature_labels"]
