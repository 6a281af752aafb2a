"""One sentence per figure about the models' probabilities, made from its numbers."""

from collections.abc import Mapping

import numpy as np

from laat_core.evaluate.predictions import BINS, RECALLS, Predictions

__all__ = ["say_brier", "say_calibration", "say_decision", "say_precision", "say_threshold"]

RECALL = 80  # percent found, where precision is told


def say_calibration(predictions: Predictions, outcome: str) -> str:
    """Say what is true of the cases in the bin that has most of them.

    Parameters
    ----------
    predictions : Predictions
        Of the LAAT model.
    outcome : str
        What the positive class is called, as it is to be shown.
    """
    bins = predictions.calibration
    fullest = int(np.argmax(bins.n_rows))
    low, high = (round(100 * end) for end in BINS[fullest : fullest + 2])
    return (
        f"Of the cases to which the LAAT model gives {low} to {high} %, "
        f"{100 * bins.observed[fullest]:.0f} % have {outcome}."
    )


def say_brier(models: Mapping[str, Predictions], outcome: str) -> str:
    """Say how far the probabilities of each model are off over all cases."""
    laat, baseline = models["laat"], models["baseline"]
    return (
        f"Over all, the LAAT model expects {100 * laat.expected:.0f} % and the baseline "
        f"{100 * baseline.expected:.0f} %; {100 * laat.prevalence:.0f} % have {outcome}. Brier "
        f"score, the mean squared error of the probabilities: {laat.brier:.3f} and "
        f"{baseline.brier:.3f}, where 0 is perfect and {laat.brier_of_nothing:.3f} is giving "
        "everybody the same. The nearer a point is to the grey line, the more literally its "
        "probability can be taken."
    )


def say_precision(models: Mapping[str, Predictions], outcome: str) -> str:
    """Say how many of the flagged are right when most of the positive class is to be found."""
    position = int(np.argmin(np.abs(100 * RECALLS - RECALL)))
    laat, baseline, alone = (
        f"{100 * models[name].precision.mean[position]:.0f}"
        for name in ("laat", "baseline", "scores_alone")
    )
    everybody = 100 * models["laat"].prevalence
    return (
        f"To find {RECALL} of 100 cases with {outcome}, the LAAT model flags cases of which "
        f"{laat} in 100 have it; the baseline {baseline}, the scores alone {alone}, and flagging "
        f"everybody {everybody:.0f}."
    )


def say_threshold(models: Mapping[str, Predictions], percent: int, outcome: str) -> str:
    """Say what flagging from a probability on does to 1,000 cases."""
    laat, baseline = (models[name].per_1000(percent) for name in ("laat", "baseline"))
    positive = laat["found"] + laat["missed"]
    return (
        f"Of 1,000 cases, {positive:,} have {outcome}: flagging from {percent} % on, the LAAT "
        f"model finds {laat['found']:,} of them with {laat['false_alarms']:,} false alarms, the "
        f"baseline {baseline['found']:,} with {baseline['false_alarms']:,}."
    )


def say_decision(models: Mapping[str, Predictions], percent: int) -> str:
    """Say whether deciding by the LAAT model is better than deciding without a model."""
    table = models["laat"].thresholds
    best = 1000 * max(0.0, float(table.treat_all[percent]))
    laat, baseline = (
        1000 * float(models[name].thresholds.net_benefit.mean[percent]) - best
        for name in ("laat", "baseline")
    )
    without = "on all" if best > 0 else "on none"
    ratio = (100 - percent) / percent
    alarms = "one false alarm" if percent == 50 else f"{ratio:.2g} false alarms"
    return (
        f"If one find is worth {alarms} (a threshold of {percent} %), acting by the LAAT model is "
        f"{_compared(laat)} acting {without}, the better of the two without a model; acting by the "
        f"baseline is {_compared(baseline)} it."
    )


def _compared(per_1000: float) -> str:
    if round(per_1000) == 0:
        return "as good as"
    better = "better" if per_1000 > 0 else "worse"
    return f"{abs(per_1000):,.0f} finds per 1,000 cases {better} than"
