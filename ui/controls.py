"""What the workbench lets people choose: trust, design, model, and the scores as files."""

from pathlib import Path

import streamlit as st

from laat_core import PROTOCOLS, LaatError
from laat_core.scores.exchange import scores_from_bytes, scores_to_csv, scores_to_json
from ui.state import AppState, Settings
from ui.text import literal

__all__ = ["score_files", "settings", "trust"]

GAMMAS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
TRUST = {0.0: "0 · ignore them", 100.0: "100 · as the paper", 1000.0: "1000 · hardly anything else"}
ROWS_LABELS = {False: "a few of each class", True: "all but a held-out share"}
MODEL_LABELS = {False: "logistic regression", True: "one hidden layer of 100 units"}
PROTOCOL_LABELS = {
    "default": "Standard scores, from all rows (no label is used)",
    "paper": "Minimum to maximum, from the training rows (as the paper)",
}
TRANSFORM_LABELS = {
    "linear": "As they are",
    "exp": "Sharpened: large scores count far more (as the authors' code)",
}


def trust(state: AppState) -> None:
    """Choose gamma."""
    state.settings.gamma = st.select_slider(
        "Trust in the scores (γ)",
        options=GAMMAS,
        value=state.settings.gamma,
        format_func=lambda gamma: TRUST.get(gamma, f"{gamma:g}"),
        key="gamma",
        help="How strongly the model is drawn towards the scores. At 0 it learns from the rows "
        "alone; at 100 it is nearly the scores themselves.",
    )


def settings(state: AppState) -> None:
    """Choose design and model, behind a button."""
    chosen = state.settings
    with st.popover("Settings", icon=":material/settings:"):
        st.caption("How the rows are divided")
        chosen.held_out = st.radio(
            "Training rows",
            list(ROWS_LABELS),
            index=int(chosen.held_out),
            format_func=ROWS_LABELS.__getitem__,
            horizontal=True,
            key="held_out",
        )
        _rows(chosen)
        chosen.n_splits = int(st.number_input("Splits", 1, 200, chosen.n_splits, key="n_splits"))
        chosen.seed = int(st.number_input("Seed", 0, 2**31 - 1, chosen.seed, key="seed"))
        st.caption("How the models are trained")
        chosen.hidden = st.radio(
            "Model",
            list(MODEL_LABELS),
            index=int(chosen.hidden),
            format_func=MODEL_LABELS.__getitem__,
            horizontal=True,
            key="hidden",
        )
        chosen.protocol = st.selectbox(
            "Scaling",
            list(PROTOCOLS),
            index=list(PROTOCOLS).index(chosen.protocol),
            format_func=PROTOCOL_LABELS.__getitem__,
            key="protocol",
        )
        chosen.score_transform = st.selectbox(
            "Scores",
            list(TRANSFORM_LABELS),
            index=list(TRANSFORM_LABELS).index(chosen.score_transform),
            format_func=TRANSFORM_LABELS.__getitem__,
            key="score_transform",
        )


def _rows(chosen: Settings) -> None:
    if chosen.held_out:
        percent = st.slider(
            "Held out for test, %", 5, 95, round(100 * chosen.test_share), key="test_share"
        )
        chosen.test_share = percent / 100
    else:
        chosen.shots = int(
            st.number_input("Training rows per class", 1, 100_000, chosen.shots, key="shots")
        )


def score_files(state: AppState) -> None:
    """Reset, export and import the scores, and say where they come from, behind a button."""
    with st.popover("Scores", icon=":material/tune:"):
        _origin(state)
        if st.button("Back to where they came from", icon=":material/undo:", width="stretch"):
            state.reset_scores()
            st.rerun()
        name = Path(state.task.name).stem
        left, right = st.columns(2)
        left.download_button(
            "CSV",
            lambda: scores_to_csv(state.scores),
            f"{name}-scores.csv",
            "text/csv",
            icon=":material/download:",
            width="stretch",
            on_click="ignore",
        )
        right.download_button(
            "JSON",
            lambda: scores_to_json(state.scores),
            f"{name}-scores.json",
            "application/json",
            icon=":material/download:",
            width="stretch",
            on_click="ignore",
        )
        # A new key empties the uploader once its file has been taken.
        file = st.file_uploader(
            "Load scores (CSV or JSON)",
            type=["csv", "json"],
            key=f"scores_{state.epoch}",
            max_upload_size=5,
        )
        if file is not None:
            _load(state, file.getvalue(), file.name)


def _load(state: AppState, content: bytes, name: str) -> None:
    try:
        state.import_scores(scores_from_bytes(content, name, state.feature_names))
    except LaatError as error:
        st.error(literal(str(error)))
    else:
        st.rerun()


def _origin(state: AppState) -> None:
    proposal = state.proposal
    if proposal is None:
        st.markdown("No proposal comes with this table: all scores start at 0.")
        return
    st.markdown(
        f"Proposed by {literal(proposal.model)}, recorded on {literal(proposal.date)}: "
        f"{len(proposal.scores.estimates)} estimates, averaged. It was given the task and the "
        "feature descriptions, never a row. A language model may remember public tables such as "
        f"this one. {literal(proposal.memory)}"
    )
    with st.expander("What it was asked"):
        st.text(f"{proposal.system}\n\n{proposal.prompt}")
