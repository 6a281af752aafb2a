"""Names of models: which of them mean the same, and which one may have been meant."""

from collections.abc import Sequence
from difflib import get_close_matches

__all__ = ["no_such_model", "same_model"]

FEW = 5
LONGEST = 60


def same_model(one: str, other: str) -> bool:
    """Whether two names mean the same model.

    Examples
    --------
    >>> same_model("llama3.2", "llama3.2:latest"), same_model("x", "models/x")
    (True, True)
    """
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return name.strip().removeprefix("models/").removesuffix(":latest")


def no_such_model(name: str, names: Sequence[str]) -> str:
    """Return the rest of a sentence that says so, with the names that come closest.

    Examples
    --------
    >>> no_such_model("gpt5", ["gpt-5", "o3"])
    '. It has “gpt-5” and 1 other'
    """
    listed = [one[:LONGEST] for one in names]
    close = get_close_matches(name, listed, FEW) or listed[:FEW]
    quoted = ", ".join(f"“{one}”" for one in close)
    more = len(listed) - len(close)
    others = f" and {more} other{'s' if more > 1 else ''}" if more else ""
    return f". It has {quoted}{others}" if quoted else ""
