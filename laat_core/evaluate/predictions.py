"""What the probabilities of a model are worth: calibration, precision, thresholds, decisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special
from sklearn.metrics import brier_score_loss, precision_recall_curve

from laat_core.evaluate.comparison import BAND
from laat_core.evaluate.intervals import wilson

__all__ = [
    "BINS",
    "RECALLS",
    "THRESHOLDS",
    "Calibration",
    "Predictions",
    "Summary",
    "Thresholds",
]

BINS: NDArray[np.float64] = np.linspace(0.0, 1.0, 11)
# Where precision-recall curves of all splits are read off, to average them.
RECALLS: NDArray[np.float64] = np.linspace(0.0, 1.0, 101)
THRESHOLDS: NDArray[np.float64] = np.linspace(0.0, 1.0, 101)
SAME = 1e-9  # shares that differ by less are equal


@dataclass(frozen=True, eq=False)
class Summary:
    """A curve over all splits.

    Attributes
    ----------
    mean, low, high : ndarray
        Mean, and the band that 8 of 10 splits lie in; NaN where no split has a value. Splits
        without a value do not count.
    """

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> "Summary":
        """Summarise curves of shape (n_splits, n_points)."""
        columns = [column[~np.isnan(column)] for column in values.T]
        nothing = (np.nan, np.nan, np.nan)
        rows = [(c.mean(), *np.percentile(c, BAND)) if len(c) else nothing for c in columns]
        return cls(*np.array(rows).T)


@dataclass(frozen=True, eq=False)
class Calibration:
    """Predicted and observed shares of the positive class, in bins of the probability.

    Attributes
    ----------
    predicted : ndarray of shape (n_bins,)
        Mean probability of the rows in each bin; NaN for an empty one.
    observed : ndarray of shape (n_bins,)
        Share of them that is positive, 0 to 1; NaN for an empty one.
    low, high : ndarray of shape (n_bins,)
        95 % interval of Wilson, for the rows that a single split has in the bin on average: the
        splits share most of their test rows, and all of them together would count rows again and
        again.
    n_rows : ndarray of shape (n_bins,)
        Rows in each bin per split, on average.
    """

    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n_rows: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Thresholds:
    """What happens when rows of at least some probability are flagged, at :data:`THRESHOLDS`.

    All of shape (n_thresholds,) and between 0 and 1 but for the net benefit.

    Attributes
    ----------
    flagged : Summary
        Share of all rows.
    sensitivity : Summary
        Flagged share of the positive rows.
    specificity : Summary
        Share of the negative rows that is not flagged.
    ppv : Summary
        Positive share of the flagged rows; NaN where none is.
    npv : Summary
        Negative share of those that are not flagged; NaN where all are.
    net_benefit : Summary
        Of a decision to act on who is flagged, per row: true positives less false positives at
        the odds of the threshold. NaN at a threshold of 1, where the odds have no end.
    treat_all : ndarray
        Net benefit of acting on every row. That of acting on none is 0.
    """

    flagged: Summary
    sensitivity: Summary
    specificity: Summary
    ppv: Summary
    npv: Summary
    net_benefit: Summary
    treat_all: NDArray[np.float64]


class Predictions:
    """Labels and logits of one kind of model on the test rows of every split.

    Parameters
    ----------
    splits : iterable of (labels, logits)
        Of :meth:`Experiment.test_logits`. Logits of scores alone rank rows and are no
        probabilities: of those, only precision and recall mean something.
    """

    def __init__(self, splits: Iterable[tuple[NDArray[np.int64], NDArray[np.floating]]]) -> None:
        pairs = [(labels, logits.astype(np.float64)) for labels, logits in splits]
        self._labels = [labels for labels, _ in pairs]
        self._logits = [logits for _, logits in pairs]

    @cached_property
    def _probabilities(self) -> list[NDArray[np.float64]]:
        return [special.expit(logits) for logits in self._logits]

    @cached_property
    def prevalence(self) -> float:
        """Share of the test rows that is positive, mean over the splits."""
        return float(np.mean([labels.mean() for labels in self._labels]))

    @cached_property
    def expected(self) -> float:
        """Mean probability over the test rows: what share the model expects to be positive."""
        return float(np.mean([values.mean() for values in self._probabilities]))

    @cached_property
    def brier(self) -> float:
        """Brier score: mean squared error of the probabilities, 0 is perfect."""
        pairs = zip(self._labels, self._probabilities, strict=True)
        return float(np.mean([brier_score_loss(y, p) for y, p in pairs]))

    @cached_property
    def brier_of_nothing(self) -> float:
        """Brier score of giving every row the prevalence: a useful model is below."""
        return float(np.mean([y.mean() * (1 - y.mean()) for y in self._labels]))

    @cached_property
    def calibration(self) -> Calibration:
        """Predicted and observed shares in ten bins of equal width."""
        labels, values = np.concatenate(self._labels), np.concatenate(self._probabilities)
        bins = np.minimum((values * (len(BINS) - 1)).astype(int), len(BINS) - 2)  # 1 in the last
        n, positive, total = (
            np.bincount(bins, weights, minlength=len(BINS) - 1)
            for weights in (None, labels, values)
        )
        per_split = n / len(self._labels)
        filled = n > 0
        shares = np.full((2, len(n)), np.nan)
        shares[:, filled] = np.stack([total, positive])[:, filled] / n[filled]
        predicted, observed = shares
        low, high = wilson(observed, per_split)
        return Calibration(predicted, observed, low, high, per_split)

    @cached_property
    def precision(self) -> Summary:
        """Precision at :data:`RECALLS`: the best that is reached with at least that recall."""
        return Summary.of(
            np.stack([_precision(y, z) for y, z in zip(self._labels, self._logits, strict=True)])
        )

    @cached_property
    def thresholds(self) -> Thresholds:
        """What every threshold of the probability means."""
        pairs = zip(self._labels, self._probabilities, strict=True)
        # (n_splits, 2, n_thresholds): flagged rows of the negative and of the positive class
        flagged = np.stack(
            [[_at_least(values[labels == label]) for label in (0, 1)] for labels, values in pairs]
        )
        sizes = np.array([np.bincount(y, minlength=2) for y in self._labels])[:, :, None]
        (false, true), (negative, positive) = flagged.swapaxes(0, 1), sizes.swapaxes(0, 1)
        n = negative + positive
        with np.errstate(invalid="ignore", divide="ignore"):
            odds = np.where(THRESHOLDS < 1, THRESHOLDS / (1 - THRESHOLDS), np.nan)
            return Thresholds(
                flagged=Summary.of((true + false) / n),
                sensitivity=Summary.of(true / positive),
                specificity=Summary.of(1 - false / negative),
                ppv=Summary.of(true / (true + false)),
                npv=Summary.of((negative - false) / (n - true - false)),
                net_benefit=Summary.of(true / n - false / n * odds),
                treat_all=(positive / n - negative / n * odds).mean(axis=0),
            )

    def per_1000(self, position: int) -> dict[str, int]:
        """Count among 1,000 rows what happens at one of the :data:`THRESHOLDS`.

        Returns
        -------
        dict with keys ``found``, ``missed``, ``false_alarms``, ``spared``
            Whole numbers that add up to 1,000: positive and flagged, positive and not, negative
            and flagged, negative and not.
        """
        positive = round(1000 * self.prevalence)
        found = round(positive * float(self.thresholds.sensitivity.mean[position]))
        spared = round((1000 - positive) * float(self.thresholds.specificity.mean[position]))
        return {
            "found": found,
            "missed": positive - found,
            "false_alarms": 1000 - positive - spared,
            "spared": spared,
        }


def _precision(labels: NDArray[np.int64], logits: NDArray[np.float64]) -> NDArray[np.float64]:
    precision, recall, _ = precision_recall_curve(labels, logits)
    # From the largest recall down; the last point is a convention, no threshold has it. Beside
    # each recall the best precision of it and of all above.
    best, recall = np.maximum.accumulate(precision[:-1]), recall[:-1]
    places = np.searchsorted(recall[::-1], RECALLS - SAME)
    return np.asarray(best[len(recall) - 1 - places])


def _at_least(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many values each threshold flags, (n_thresholds,)."""
    return len(values) - np.searchsorted(np.sort(values), THRESHOLDS)
