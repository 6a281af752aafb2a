"""What the words on the pages mean."""

import streamlit as st

__all__ = ["show_legend"]

WORDS = {
    "Task": "a table, the column that is predicted, the class that counts as positive, and one "
    "sentence that says what is predicted.",
    "Column and feature": "a column is what the table has. A feature is what the model sees of "
    "it: a number, or a yes/no flag such as “chest pain = asymptomatic”. Each feature has a "
    "slider.",
    "Importance score": "a number from −10 to 10. Its sign says which class the feature speaks "
    "for, its size how strongly, beside the other features.",
    "Estimate and proposal": "an estimate is one answer of a language model. A proposal is the "
    "scores from one source; the purple mark is its score, the purple band runs from its lowest "
    "to its highest estimate.",
    "Attribution": "what the trained model makes of a feature: how much its output rises with "
    "the feature, with all features together scaled to length 1.",
    "Target and weight": "the scores, scaled to length 1. This is what the LAAT model's "
    "attributions are drawn towards; each feature's part of it is the weight beside its slider.",
    "Rows alone": "how each feature goes with the outcome in the training rows of one split: a "
    "correlation from −1 to 1, with its 95 % interval. Test rows are not looked at.",
    "Flag": "somebody contradicts your score: the proposal, the rows alone, or the LAAT model. "
    "Click the row to read who. The rows contradict a score where they go the other way by more "
    "than chance explains. That takes more than an interval on the other side of 0: among many "
    "features some interval always lies there by chance.",
    "Trust in the scores (gamma, γ)": "how strongly the attributions are drawn towards the "
    "scores. At 0 they are ignored; at 100, the value in the publication of the method (arXiv "
    "2502.20268), and above the model is nearly the scores themselves. “auto” reads it off the "
    "training rows of each split: it falls as rows grow in number, and where they speak against "
    "the scores.",
    "Unsure (≈)": "a score that you would not swear to is held loosely, at a tenth of the usual "
    "strength, so that the rows have more to say of its feature. Under Settings, features whose "
    "estimates lie apart can be loosened too. What is locked is sure.",
    "Not used (∅)": "a feature by which the LAAT model is not to decide, whatever the rows say, as "
    "one that stands for something it should not know. Its score counts as 0, and the model is "
    "kept from using it; the baseline may. Other features that go with it may still tell the model "
    "the same.",
    "LAAT model": "a model trained on the rows and on the scores (LAAT: Large Language Model "
    "Attribution Aligned Training).",
    "Baseline": "the same model from the same start, on the same rows, without the scores.",
    "Scores alone": "no training at all: every feature times its score, added up.",
    "Placebo": "the same scores, shuffled among the features, so that they know nothing of them. "
    "Scores that know something do better than nearly every placebo.",
    "Split and shot": "a split divides the rows into some to learn from and some to test on. "
    "“5 per class” means that the model learns from 5 rows of each class. All models get the "
    "same splits, and the numbers are means over them.",
    "Held-out rows": "rows locked away before editing, which nothing here trains or tests on. On "
    "the Evidence page one may look at them, and each look is counted. (The share held out for "
    "test under Settings is another thing: it is drawn anew for every split.)",
    "ROC-AUC": "of 100 pairs of one row of each class, how often the model ranks the two "
    "rightly. 50 is tossing a coin, 100 is perfect. “±” is the standard deviation over the "
    "splits.",
    "95 % interval": "of the difference between LAAT model and baseline that is to be expected "
    "on other rows of the same kind, trained on as many. It allows for the splits and for the rows "
    "that they share; where it holds 0, the difference may be chance. As a rule, more splits make "
    "it narrower. With at least as many rows to train on as to test on it is the corrected "
    "resampled t interval.",
    "ROC curve": "for every possible threshold: which share of the positive class is found, "
    "against which share of the other class is wrongly flagged. The band holds 8 of 10 splits.",
}


def show_legend() -> None:
    """Show the words with their meaning, behind a button."""
    with st.popover("Words", icon=":material/menu_book:", help="What the words mean"):
        st.markdown("\n".join(f"- **{word}**: {meaning}" for word, meaning in WORDS.items()))
