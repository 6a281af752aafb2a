"""What a person has declared about the values of one column: missing codes, and merged levels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from laat_core.data.text import as_text, canonical, level_text, listed
from laat_core.errors import DataError

__all__ = ["NOT_CLEANED", "Cleaning"]

# A number is written with 15 digits; numbers further from a code than this differ from it.
NEAR = 1e-14


@dataclass(frozen=True)
class Cleaning:
    """Values of one column that count as missing, and levels that count as another one.

    Cells are compared by their text (:func:`laat_core.data.text.as_text`): the code ``"0"`` is
    the number 0 as well as the text. Applying a cleaning twice is the same as applying it once.

    Attributes
    ----------
    missing_codes : tuple of str
        Values that stand for "not known". Numbers may be given as such.
    merged : mapping of str to str
        By level, the level that it is merged into. A level that is merged into a missing code is
        missing.

    Raises
    ------
    DataError
        If the codes are no list, a code or a level is empty, or levels are merged in a circle.

    Examples
    --------
    >>> import pandas as pd
    >>> glucose = pd.Series([0, 148, 85])
    >>> Cleaning(missing_codes=("0",)).apply(glucose).tolist()
    [<NA>, 148, 85]
    >>> city = pd.Series(["Bonn", "bonn", "Rome"])
    >>> Cleaning(merged={"bonn": "Bonn"}).apply(city).tolist()
    ['Bonn', 'Bonn', 'Rome']
    """

    missing_codes: tuple[str, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.missing_codes, str):
            raise DataError(f"The missing codes are {self.missing_codes!r}; give a list of them.")
        codes = tuple(dict.fromkeys(_level(code) for code in self.missing_codes))
        merged = {_level(level): _level(into) for level, into in dict(self.merged).items()}
        ends = {level: _end(level, merged) for level in merged}
        object.__setattr__(self, "missing_codes", codes)
        object.__setattr__(self, "merged", {k: end for k, end in ends.items() if k != end})

    def __bool__(self) -> bool:
        """Whether anything is declared."""
        return bool(self.missing_codes or self.merged)

    def level(self, text: str) -> str | None:
        """Return what the text of a cell counts as; None where it counts as missing.

        Examples
        --------
        >>> Cleaning(missing_codes=("9",), merged={"no": "NO"}).level("no")
        'NO'
        """
        text = canonical(text)
        into = self.merged.get(text, text)
        return None if text in self.missing_codes or into in self.missing_codes else into

    def apply(self, values: pd.Series) -> pd.Series:
        """Return a column with missing cells for its codes, and merged levels renamed.

        A level that is merged into one that the column has becomes that very value: the number 2,
        not the text.

        Parameters
        ----------
        values : Series of shape (n_rows,)

        Returns
        -------
        Series of shape (n_rows,)
            The same object where nothing is declared.
        """
        if not self:
            return values
        if not self.merged and pd.api.types.is_any_real_numeric_dtype(values):
            return _without(values, self._coded_numbers(values))
        codes, texts = pd.factorize(level_text(values))
        ends = [self.level(text) for text in texts]
        gone = np.array([end is None for end in ends] + [False])[codes]
        result = _without(values, gone)
        renamed = {
            code: end
            for code, (text, end) in enumerate(zip(texts, ends, strict=True))
            if end is not None and end != canonical(text)
        }
        return _renamed(result, codes, list(texts), renamed) if renamed else result

    def _coded_numbers(self, values: pd.Series) -> NDArray[np.bool_]:
        """Which numbers are codes, (n_rows,); the text of few of them has to be made."""
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        near = np.zeros(len(numbers), dtype=np.bool_)
        for code in self.missing_codes:
            number = _number(code)
            if number is not None:
                near |= np.abs(numbers - number) <= NEAR * abs(number)
        coded = [value for value in values[near].unique() if self.level(as_text(value)) is None]
        return near & values.isin(coded).to_numpy()

    def with_missing(self, *codes: str) -> Self:
        """Return the cleaning with further missing codes."""
        return replace(self, missing_codes=(*self.missing_codes, *codes))

    def without_missing(self, *codes: str) -> Self:
        """Return the cleaning without some missing codes: their cells are values again."""
        kept = (code for code in self.missing_codes if code not in set(map(canonical, codes)))
        return replace(self, missing_codes=tuple(kept))

    def with_merged(self, levels: Iterable[str], into: str) -> Self:
        """Return the cleaning with levels, as they are after it, merged into one.

        Examples
        --------
        >>> first = Cleaning().with_merged(["a", "b"], "other")
        >>> first.with_merged(["other", "c"], "rest").merged
        {'a': 'rest', 'b': 'rest', 'c': 'rest', 'other': 'rest'}
        """
        into, moved = canonical(into), {canonical(level) for level in levels}
        merged = {level: into if end in moved else end for level, end in self.merged.items()}
        merged |= dict.fromkeys(sorted(moved), into)
        return replace(self, merged={k: end for k, end in merged.items() if k != into})

    def without_merged(self, into: str) -> Self:
        """Return the cleaning with what was merged into a level apart again."""
        merged = {level: end for level, end in self.merged.items() if end != canonical(into)}
        return replace(self, merged=merged)


NOT_CLEANED = Cleaning()


def _level(value: object) -> str:
    text = canonical(as_text(value))
    if not text:
        raise DataError("A missing code or a level is empty. Empty cells are missing already.")
    return text


def _end(level: str, merged: Mapping[str, str]) -> str:
    """Follow the merges from a level to where they end."""
    passed = [level]
    while (into := merged.get(passed[-1], passed[-1])) != passed[-1]:
        if into in passed:
            raise DataError(f"Levels are merged in a circle: {listed([*passed, into])}.")
        passed.append(into)
    return passed[-1]


def _number(code: str) -> float | None:
    """Return the number that a code writes; None where it writes none."""
    try:
        number = float(code)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def _without(values: pd.Series, gone: NDArray[np.bool_]) -> pd.Series:
    """Return a column without some of its values; whole numbers and booleans stay such."""
    if not gone.any():
        return values
    types = pd.api.types
    if not types.is_extension_array_dtype(values) and (
        types.is_integer_dtype(values) or types.is_bool_dtype(values)
    ):
        values = values.convert_dtypes()
    return values.mask(gone)


def _renamed(
    values: pd.Series, codes: NDArray[np.intp], texts: list[str], renamed: Mapping[int, str]
) -> pd.Series:
    """Return a column in which the cells of some texts, by number, have another level."""
    cells = values.astype(object).where(values.notna(), np.nan).to_numpy(copy=True)
    known = {text: code for code, text in enumerate(texts)}
    for code, level in renamed.items():
        place = known.get(level)
        cells[codes == code] = (
            level if place is None else values.iloc[int(np.argmax(codes == place))]
        )
    return pd.Series(cells, index=values.index, name=values.name, dtype=object).infer_objects()
