"""What the workbench lets people choose: trust, design, model, and the scores as files."""

from pathlib import Path

import streamlit as st

from laat_core import PROTOCOLS, LaatError
from laat_core.scores.exchange import scores_from_bytes, scores_to_csv, scores_to_json
from ui.memory import show_memory_badge
from ui.naming import feature_labels
from ui.settings import (
    LEAST_SHARE,
    MOST_SEED,
    MOST_SHARE,
    MOST_SHOTS,
    MOST_SPLITS,
    Settings,
)
from ui.state import AppState
from ui.text import literal

__all__ = ["score_files", "settings"]

ROWS_LABELS = {False: "a few of each class", True: "all but a held-out share"}
MODEL_LABELS = {False: "logistic regression", True: "one hidden layer of 100 units"}
PROTOCOL_LABELS = {
    "default": "Mean and spread of all rows",
    "paper": "Minimum to maximum of the training rows",
}
TRANSFORM_LABELS = {
    "linear": "As they are",
    "exp": "Sharpened: large scores count far more",
}


def settings(state: AppState) -> None:
    """Choose design and model, behind a button."""
    # Fields of their own where other settings have come in, which they would set back otherwise.
    chosen, given = state.settings, state.given
    with st.popover("Settings", icon=":material/settings:"):
        st.caption("How the rows are divided")
        chosen.held_out = st.radio(
            "Training rows",
            list(ROWS_LABELS),
            index=int(chosen.held_out),
            format_func=ROWS_LABELS.__getitem__,
            horizontal=True,
            key=f"held_out_{given}",
        )
        _rows(chosen, given)
        left, right = st.columns(2)
        chosen.n_splits = int(
            left.number_input(
                f"Splits (1 to {MOST_SPLITS})",
                1,
                MOST_SPLITS,
                chosen.n_splits,
                key=f"n_splits_{given}",
                help="How often the rows are divided anew. More splits give steadier means and "
                "narrower intervals.",
            )
        )
        chosen.seed = int(
            right.number_input(
                "Seed of the splits",
                0,
                MOST_SEED,
                chosen.seed,
                key=f"seed_{given}",
                help="The same number divides the rows in the same way again; another one divides "
                "them otherwise.",
            )
        )
        st.caption("How the models are trained")
        chosen.hidden = st.radio(
            "Model",
            list(MODEL_LABELS),
            index=int(chosen.hidden),
            format_func=MODEL_LABELS.__getitem__,
            horizontal=True,
            key=f"hidden_{given}",
            help="Logistic regression adds the features up. A hidden layer can also combine them, "
            "and takes longer.",
        )
        chosen.protocol = st.selectbox(
            "Scaling",
            list(PROTOCOLS),
            index=list(PROTOCOLS).index(chosen.protocol),
            format_func=PROTOCOL_LABELS.__getitem__,
            key=f"protocol_{given}",
            help="How numbers of different units are made comparable. By mean and spread of all "
            "rows no label is looked at, and few training rows suffice. By minimum and maximum of "
            "the training rows is what the publication of the method does (arXiv 2502.20268); a "
            "category of two values then has a feature for each.",
        )
        chosen.score_transform = st.selectbox(
            "Scores",
            list(TRANSFORM_LABELS),
            index=list(TRANSFORM_LABELS).index(chosen.score_transform),
            format_func=TRANSFORM_LABELS.__getitem__,
            key=f"score_transform_{given}",
            help="How scores become weights. Sharpened is what the code of the method's authors "
            "does: a score below 6 then hardly counts beside a 10.",
        )
        chosen.loosen = st.checkbox(
            "Hold features loosely where the estimates disagree",
            chosen.loosen,
            key=f"loosen_{given}",
            help="The further apart the estimates of a score lie, the more the rows may say of "
            "this feature. A score that you have moved or locked is yours, and is held firmly.",
        )
    state.keep_settings()


def _rows(chosen: Settings, given: int) -> None:
    if chosen.held_out:
        percent = st.slider(
            "Held out for test, %",
            LEAST_SHARE,
            MOST_SHARE,
            round(100 * chosen.test_share),
            key=f"test_share_{given}",
        )
        chosen.test_share = percent / 100
    else:
        chosen.shots = int(
            st.number_input(
                "Training rows per class", 1, MOST_SHOTS, chosen.shots, key=f"shots_{given}"
            )
        )


def score_files(state: AppState) -> None:
    """Reset, save and load the scores, and say where they come from, behind a button."""
    # A new key closes it, and empties the uploader, once scores have been taken.
    with st.popover("Scores", icon=":material/tune:", key=f"score_files_{state.epoch}"):
        _origin(state)
        _back(state)
        _save(state)
        file = st.file_uploader(
            "Load scores (CSV or JSON)",
            type=["csv", "json"],
            key=f"scores_{state.epoch}",
            max_upload_size=5,
            help="One line per feature, by its name or as it is called here, with a score from "
            "−10 to 10. Features that are not in the file keep their scores. The marks not used, "
            "unsure and locked come along.",
        )
        if file is not None:
            _load(state, file.getvalue(), file.name)


def _back(state: AppState) -> None:
    if st.button("Take all edits back", icon=":material/undo:", width="stretch"):
        state.reset_scores()
        st.rerun()


def _save(state: AppState) -> None:
    name = Path(state.task.name).stem
    left, right = st.columns(2)
    left.download_button(
        "Save as CSV",
        lambda: scores_to_csv(state.scores, state.marks, state.task.outcome_name),
        f"{name}-scores.csv",
        "text/csv",
        icon=":material/download:",
        width="stretch",
        on_click="ignore",
    )
    right.download_button(
        "Save as JSON",
        lambda: scores_to_json(state.scores, state.task.outcome_name, state.marks),
        f"{name}-scores.json",
        "application/json",
        icon=":material/download:",
        width="stretch",
        on_click="ignore",
    )


def _load(state: AppState, content: bytes, name: str) -> None:
    task = state.task
    try:
        file = scores_from_bytes(
            content,
            name,
            state.feature_names,
            outcome=task.outcome_names,
            opposite=task.opposite_names,
            labels=feature_labels(task, state.features),
        )
        state.load_scores(name, file)
    except LaatError as error:
        st.error(literal(str(error)))
    else:
        st.toast(f"The scores of {literal(name)} are on the sliders.", icon=":material/check:")
        st.rerun()


def _origin(state: AppState) -> None:
    proposal = state.proposal
    if not state.origin:
        st.markdown("No proposal comes with this table: all scores start at 0.")
    elif proposal is None or not state.shows_recorded:
        st.markdown(f"From {literal(state.origin)}.")
    else:
        st.markdown(
            f"Proposed by {literal(proposal.model)}, recorded on {literal(proposal.date)}: "
            f"{len(proposal.scores.estimates)} answers, averaged. It was given the task and the "
            "feature descriptions, never a row. A language model may remember public tables such "
            f"as this one. {literal(proposal.memory)}"
        )
        with st.expander("What it was asked"):
            st.text(f"{proposal.system}\n\n{proposal.prompt}")
    show_memory_badge(state, state.origin)
    st.page_link(
        "pages/proposals.py",
        label="Ask a language model, or compare proposals",
        icon=":material/forum:",
    )
