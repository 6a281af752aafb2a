"""Columns in which the cells to read are not alone: numbers stand beside them, or words."""

import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from laat_core.data.not_known import says_not_known
from laat_core.data.text import listed, quote

__all__ = ["Beside", "beside_numbers", "beside_words"]

HEAD = 100  # cells that show that a column is text


@dataclass(frozen=True, eq=False)
class Beside:
    """What stays as it is in a column while the other cells are read as numbers.

    Attributes
    ----------
    cells : ndarray of shape (n_rows,)
        All cells, missing ones as NaN.
    read : ndarray of shape (n_rows,)
        Which cells are text that may be read as numbers.
    texts : Array of str
        Those cells.
    words : tuple of str
        Words such as "unknown" among the cells that stay.
    """

    cells: NDArray[Any]
    read: NDArray[np.bool_]
    texts: pa.Array
    words: tuple[str, ...]

    def filled(self, found: pd.Series) -> pd.Series:
        """Return the whole column, with numbers for the cells that were read."""
        cells = self.cells.copy()
        cells[self.read] = found.astype(object).to_numpy()
        return pd.Series(cells, dtype=object).infer_objects()

    @property
    def has_numbers(self) -> bool:
        """Whether other cells hold numbers already."""
        return any(_is_number(cell) and not pd.isna(cell) for cell in self.cells[~self.read])

    @property
    def note(self) -> str:
        """Say which words were left."""
        return f"Left as text: {listed(map(quote, self.words), most=5)}." if self.words else ""


def beside_words(texts: pa.Array) -> Beside | None:
    """Set words for "not known" apart from the other cells of a column of text."""
    head = [text for text in texts.slice(0, HEAD).to_pylist() if text is not None]
    if not all(says_not_known(text) or any(map(str.isdigit, text)) for text in head):
        return None
    words = [text for text in texts.unique().drop_null().to_pylist() if says_not_known(text)]
    if not words:
        return None
    cells = texts.to_pandas().astype(object).to_numpy()
    is_word = np.isin(texts.fill_null("").to_numpy(zero_copy_only=False), words)
    return _beside(cells, ~is_word & ~pd.isna(cells), words)


def beside_numbers(values: pd.Series) -> Beside | None:
    """Set the text cells of a column apart that otherwise holds numbers, as in Excel."""
    cells = values.astype(object).to_numpy(copy=True)
    is_text = np.array([isinstance(cell, str) for cell in cells], dtype=np.bool_)
    others = cells[~is_text & ~pd.isna(values).to_numpy()]
    if not is_text.any() or not len(others) or not all(map(_is_number, others)):
        return None
    cells[is_text] = [cell.strip() for cell in cells[is_text]]
    words = list(dict.fromkeys(filter(says_not_known, cells[is_text])))
    read = is_text & ~np.array([cell in words for cell in cells], dtype=np.bool_)
    return _beside(cells, read, words)


def _beside(cells: NDArray[Any], read: NDArray[np.bool_], words: list[str]) -> Beside | None:
    if not read.any():
        return None
    return Beside(cells, read, pa.array(list(cells[read]), pa.large_string()), tuple(words))


def _is_number(cell: object) -> bool:
    return isinstance(cell, numbers.Real) and not isinstance(cell, bool)
