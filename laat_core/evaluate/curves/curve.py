"""What a study finds: numbers at some points, over splits, whole or still growing."""

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, Self, cast

import numpy as np
from numpy.typing import NDArray

from laat_core.data.plain import plain_number
from laat_core.errors import DataError
from laat_core.evaluate.comparison import BAND

__all__ = ["Curve", "Point", "Study"]

Study = Literal["learning", "trust", "noise", "sensitivity"]
Point = float | str
# Lines that a study has whatever it is of.
LINES: dict[str, set[str]] = {
    "learning": {"baseline", "scores alone"},
    "trust": {"laat", "baseline", "scores alone", "alignment"},
    "noise": {"laat", "baseline"},
    "sensitivity": {"laat"},
}
MOST = 1e9  # of rows, and of whatever else is a number on an axis
LARGEST = 1.0  # of an AUC, of a cosine and of a difference of rates, in size


@dataclass(frozen=True, eq=False)
class Curve:
    """Lines of numbers at some points, each number over splits.

    Attributes
    ----------
    study : {"learning", "trust", "noise", "sensitivity"}
    points : tuple of float or str
        Rows per class, gammas, shares of noise, or names of features.
    lines : dict of str to ndarray of shape (n_points, n_repeats)
        By name; a repeat is a split, or a split with a draw. From -1 to 1, not-a-number where
        nothing was, or is yet, measured.
    about : dict of str to str, float or None
        What else is to be known of the study, such as its gamma.
    """

    study: Study
    points: tuple[Point, ...]
    lines: Mapping[str, NDArray[np.float64]]
    about: Mapping[str, str | float | None]

    @classmethod
    def empty(
        cls,
        study: Study,
        points: Iterable[Point],
        lines: Iterable[str],
        n_repeats: int,
        **about: str | float | None,
    ) -> Self:
        """Make a curve of which nothing is known yet."""
        points = tuple(points)
        nothing = np.full((len(points), n_repeats), math.nan)
        return cls(study, points, dict.fromkeys(lines, nothing), about)

    def grown(self, point: int, first: int, found: Mapping[str, NDArray[np.float64]]) -> Self:
        """Return the curve with some numbers of one point, from a repeat on, by line.

        Those of lines that the curve does not have are left out.
        """
        lines = dict(self.lines)
        for name in lines.keys() & found.keys():
            lines[name] = lines[name].copy()
            lines[name][point, first : first + len(found[name])] = found[name]
        return replace(self, lines=lines)

    def known(self, line: str) -> NDArray[np.bool_]:
        """At which points a line has numbers, (n_points,)."""
        return np.asarray(np.isfinite(self.lines[line]).any(axis=1))

    def mean(self, line: str) -> NDArray[np.float64]:
        """Mean over the repeats, (n_points,); not-a-number where there are none."""
        return self._each(line, np.nanmean)

    def band(self, line: str) -> NDArray[np.float64]:
        """Ends of what 8 of 10 repeats lie in, (2, n_points)."""
        ends = [self._each(line, np.nanpercentile, q=percent) for percent in BAND]
        return np.stack(ends)

    def _each(self, line: str, of_rows: Any, **options: Any) -> NDArray[np.float64]:
        known = self.known(line)
        values = np.full(len(self.points), math.nan)
        if known.any():
            values[known] = of_rows(self.lines[line][known], axis=1, **options)
        return values

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts; what is not known is None."""
        return {
            "study": self.study,
            "points": list(self.points),
            "lines": {
                name: [[None if math.isnan(n) else n for n in row] for row in values.tolist()]
                for name, values in self.lines.items()
            },
            "about": dict(self.about),
        }

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Read what :meth:`to_dict` made; it may have come from anybody.

        Raises
        ------
        DataError
            If it is something else.
        """
        match document:
            case {
                "study": str(study), "points": list(points), "lines": dict(lines),
                "about": dict(about), **others,
            } if not others and study in LINES:  # fmt: skip
                arrays = {str(name): _array(rows, len(points)) for name, rows in lines.items()}
                if _are_points(study, points) and _are_lines(study, arrays) and _is_flat(about):
                    return cls(cast(Study, study), tuple(points), arrays, about)
        raise _unknown_form()

    def to_csv(self) -> str:
        """One line of text per point and line: ``point,line,mean,low,high,repeats``.

        ``low`` and ``high`` are the ends of what 8 of 10 repeats lie in.
        """
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow(["point", "line", "mean", "low", "high", "repeats"])
        for name, values in self.lines.items():
            numbers = np.stack([self.mean(name), *self.band(name)], axis=1)
            for point, known, row, repeats in zip(
                self.points, self.known(name), numbers, values, strict=True
            ):
                if known:
                    shown = [f"{number:.6g}" for number in row]
                    writer.writerow([point, name, *shown, int(np.isfinite(repeats).sum())])
        return stream.getvalue()


def _are_points(study: str, points: list[Any]) -> bool:
    """Whether these are names of features, or numbers that rise; of rows, none is 0."""
    if study == "sensitivity":
        return bool(points) and all(isinstance(point, str) for point in points)
    numbers = [plain_number(point) for point in points]
    least = 1 if study == "learning" else 0
    return (
        bool(numbers)
        and all(least <= number <= MOST for number in numbers)
        and all(before < after for before, after in pairwise(numbers))
    )


def _are_lines(study: str, arrays: Mapping[str, NDArray[np.float64]]) -> bool:
    return arrays.keys() >= LINES[study] and len({a.shape for a in arrays.values()}) == 1


def _is_flat(about: Mapping[object, object]) -> bool:
    return all(
        isinstance(key, str)
        and (value is None or isinstance(value, str) or abs(plain_number(value)) <= MOST)
        for key, value in about.items()
    )


def _array(rows: object, n_points: int) -> NDArray[np.float64]:
    if not isinstance(rows, list) or len(rows) != n_points:
        raise _unknown_form()
    if not all(isinstance(row, list) and 0 < len(row) == len(rows[0]) for row in rows):
        raise _unknown_form()
    numbers = [math.nan if n is None else _checked(n) for row in rows for n in row]
    return np.array(numbers, dtype=np.float64).reshape(n_points, -1)


def _checked(value: object) -> float:
    number = plain_number(value)
    if not abs(number) <= LARGEST:
        raise _unknown_form()
    return float(number)


def _unknown_form() -> DataError:
    return DataError("A study was kept in a form that this program does not know. Run it anew.")
