"""What the figures by group mean, and when each is the wrong one."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["NOTIONS", "Notion"]


@dataclass(frozen=True)
class Notion:
    """What a figure means, and where it misleads.

    Attributes
    ----------
    name : str
    meaning, wrong_when : str
        A sentence each.
    """

    name: str
    meaning: str
    wrong_when: str


NOTIONS: Mapping[str, Notion] = {
    "base_rate": Notion(
        "Truly positive",
        "The share of a group's rows that is of the positive class, whatever a model says "
        "(base rate).",
        "The labels themselves are a product of unequal treatment, such as arrests for crimes.",
    ),
    "selection_rate": Notion(
        "Selected",
        "The share of a group's rows to which the model gives at least the threshold "
        "(selection rate).",
        "Being selected is good for some of the rows and bad for others.",
    ),
    "tpr": Notion(
        "Found",
        "Of a group's positive rows, the share that the model selects (true positive rate).",
        "What was recorded as positive depends on the group.",
    ),
    "fpr": Notion(
        "False alarms",
        "Of a group's negative rows, the share that the model selects all the same (false positive "
        "rate).",
        "What was recorded as negative depends on the group: who is never examined is never ill.",
    ),
    "auc": Notion(
        "AUC",
        "Of 100 pairs of a positive and a negative row of the group, how many the model ranks "
        "rightly; 50 is chance.",
        "Rows of different groups compete with one another: it says nothing of how the model ranks "
        "between groups.",
    ),
    "calibration": Notion(
        "Probability too high by",
        "The mean probability that the model gives to a group, less the share of it that is "
        "positive (calibration); below 0 it is too low.",
        "Errors of high and of low probabilities cancel out: the mean may be right, and no single "
        "probability.",
    ),
    "brier": Notion(
        "Brier score",
        "The mean squared error of the probabilities; 0 is perfect.",
        "Base rates differ: a group near one half has a higher score with an equally good model.",
    ),
    "demographic_parity": Notion(
        "Demographic parity",
        "Each group is selected equally often: the difference is 0, the ratio 1.",
        "Groups differ in what is predicted for reasons that ought to count, such as age in a "
        "disease of the old.",
    ),
    "equalized_odds": Notion(
        "Equalized odds",
        "Of the positive rows, and of the negative rows, each group is selected equally often; "
        "the worse of the two counts.",
        "The labels are biased: the model is then asked to repeat their bias in every group.",
    ),
    "equal_opportunity": Notion(
        "Equal opportunity",
        "Of the positive rows, each group is selected equally often.",
        "A false alarm does harm too: it says nothing of the negative rows.",
    ),
}
