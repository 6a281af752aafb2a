"""What should be looked at before a table is trained on: one finding, and its kinds."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Kind"]


class Kind(StrEnum):
    """What a finding is about."""

    DUPLICATES = "duplicate rows"
    PERSONS = "several rows per person"
    BY_ITSELF = "predicts the outcome by itself"
    AFTERWARDS = "may be known only afterwards"


@dataclass(frozen=True)
class Finding:
    """Something in a table that makes models look better than they are.

    Attributes
    ----------
    kind : Kind
    columns : tuple of str
        Names of the columns concerned; empty where it is about whole rows.
    count : int
        Rows concerned.
    found : str
        One sentence: what was found. It does not name the column.
    advice : str
        One sentence: what to do.

    Examples
    --------
    >>> finding = Finding(Kind.AFTERWARDS, ("discharge",), 12, "Was noted later.", "Ignore it.")
    >>> finding.text
    "'discharge': Was noted later. Ignore it."
    """

    kind: Kind
    columns: tuple[str, ...]
    count: int
    found: str
    advice: str

    @property
    def text(self) -> str:
        """Both sentences, after the names of the columns."""
        names = ", ".join(map(repr, self.columns))
        return f"{names}: {self.said}" if names else self.said

    @property
    def said(self) -> str:
        """Both sentences."""
        return f"{self.found} {self.advice}"
