"""Errors of this package: each says what was found, what was expected and what to do next."""

__all__ = ["DataError", "DesignError", "LaatError", "ScoreError"]


class LaatError(Exception):
    """Base of this package's errors."""


class DataError(LaatError, ValueError):
    """A table, its target or its columns cannot be used as they are."""


class ScoreError(LaatError, ValueError):
    """Importance scores do not fit the features, or are no scores."""


class DesignError(LaatError, ValueError):
    """An evaluation design or a training recipe cannot be carried out."""
