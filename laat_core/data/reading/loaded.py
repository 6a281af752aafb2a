"""A table that was read from a file, with what was changed, dropped or guessed on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

__all__ = ["Draft", "LoadedTable"]


@dataclass(frozen=True, eq=False)
class LoadedTable:
    """A table and how it was read.

    Attributes
    ----------
    frame : DataFrame
    notes : tuple of str
        Sentences on what was changed, dropped or guessed in the file as a whole.
    units : mapping of str to str
        Units that stood in the cells ("kg", "€", "%"), by column.
    sheet : str
        The sheet of a workbook that was read; empty for other files.
    sheets : tuple of str
        The sheets of the workbook that may be read instead, this one included.
    column_notes : mapping of str to str
        What was changed or guessed in single columns.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    column_notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Draft:
    """A table while it is read: every step may add notes.

    ``delimiter`` is what separates the columns of a text file, ``points`` one of its columns that
    shows that a point is the decimal mark; empty where the file is no text, or shows no such thing.
    """

    frame: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    column_notes: dict[str, list[str]] = field(default_factory=dict)
    delimiter: str = ""
    points: str = ""

    def note(self, column: str, said: str) -> None:
        """Add a sentence on one column."""
        self.column_notes.setdefault(column, []).append(said)

    def done(self) -> LoadedTable:
        """Return what was read."""
        return LoadedTable(
            frame=self.frame,
            notes=tuple(self.notes),
            units=self.units,
            sheet=self.sheet,
            sheets=self.sheets,
            column_notes={
                name: " ".join(self.column_notes[name])
                for name in self.frame
                if name in self.column_notes
            },
        )
