"""Errors of this package: each says what was found, what was expected and what to do next."""

__all__ = [
    "ChainError",
    "DataError",
    "DesignError",
    "LaatError",
    "ModelError",
    "ReplyError",
    "ScoreError",
    "StoppedError",
    "StoreError",
]


class LaatError(Exception):
    """Base of this package's errors."""


class DataError(LaatError, ValueError):
    """A table, its target or its columns cannot be used as they are."""


class ScoreError(LaatError, ValueError):
    """Importance scores do not fit the features, or are no scores."""


class DesignError(LaatError, ValueError):
    """An evaluation design or a training recipe cannot be carried out."""


class StoppedError(LaatError, RuntimeError):
    """A study was ended before it had all that it was to find."""


class ModelError(LaatError, RuntimeError):
    """A language model, or its server, gave no answer that can be used.

    Attributes
    ----------
    status : int or None
        The server's status code, where it gave one.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class ReplyError(LaatError, ValueError):
    """An answer of a language model does not score every feature."""


class StoreError(LaatError, RuntimeError):
    """A project, or the database that keeps it, cannot be used as it is."""


class ChainError(StoreError):
    """A history is not the one that was recorded."""
