"""Asking a language model, and watching its estimates arrive."""

import threading
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from laat_core.data.text import listed
from laat_core.errors import LaatError
from laat_core.scores.llm.cache import AnswerCache, default_cache_folder
from laat_core.scores.llm.client import Usage
from laat_core.scores.llm.prompt import Prompt, Question, write_prompt
from laat_core.scores.llm.propose import Estimate, Progress, Proposal, Proposer
from ui.background import watch
from ui.model_choice import ModelChoice, choose_model
from ui.naming import feature_labels
from ui.state import AppState
from ui.text import literal

__all__ = ["Job", "ask_a_model"]

MOST_ESTIMATES = 20
LETTERS_PER_TOKEN = 4  # of English text, roughly
TOKENS_PER_FEATURE = 45  # of an answer: name, reason and score
STATES = {
    "waiting": "waiting",
    "asking": "answering",
    "repairing": "asking again, because the answer did not fit",
    "done": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}


@dataclass
class Job:
    """Estimates on their way, in a thread of their own."""

    proposer: Proposer
    thread: threading.Thread | None = None

    def start(self, n_estimates: int) -> None:
        """Ask for estimates, or for more of them."""
        self.thread = threading.Thread(target=self.proposer.ask, args=(n_estimates,), daemon=True)
        self.thread.start()

    @property
    def running(self) -> bool:
        """Whether estimates are on their way."""
        return self.thread is not None and self.thread.is_alive()

    def cancel(self) -> None:
        """Stop asking; what has come is kept."""
        self.proposer.cancel()


def ask_a_model(state: AppState, question: Question) -> tuple[ModelChoice, Prompt]:
    """Choose a model, see and edit the prompt, ask, watch, and take the proposal.

    Returns
    -------
    ModelChoice, Prompt
        The model that is chosen, and the prompt as it was edited.
    """
    job: Job | None = st.session_state.get("job")
    if job is not None and job.proposer.question != question:
        job.cancel()
        job = st.session_state["job"] = None
    left, right = st.columns([2, 3], gap="large")
    with left:
        choice = choose_model()
        n_estimates, prices = _numbers()
    with right:
        prompt = _prompt(state, question)
        _cost(question, prompt, n_estimates, prices)
        busy = bool(job and job.running)
        if st.button("Ask", type="primary", icon=":material/send:", disabled=busy):
            _start(choice, question, prompt, n_estimates)
    if job is not None:
        _watch(state, job, prices)
    return choice, prompt


def _start(choice: ModelChoice, question: Question, prompt: Prompt, n_estimates: int) -> None:
    try:
        model = choice.connect()
    except LaatError as error:
        st.error(literal(str(error)))
        before: Job | None = st.session_state.get("job")
        if before is not None and not before.proposer.proposal.good:
            st.session_state["job"] = None  # what it said would stand beside this
        return
    job = Job(Proposer(model, question, prompt, AnswerCache(default_cache_folder())))
    job.start(n_estimates)
    st.session_state["job"] = job
    st.rerun()  # so that nobody asks twice


def _numbers() -> tuple[int, tuple[float, float]]:
    """Number of estimates, and prices per million tokens sent and received."""
    left, right = st.columns(2)
    n_estimates = left.number_input(
        "Estimates",
        1,
        MOST_ESTIMATES,
        5,
        key="llm_estimates",
        help="How many answers are averaged. Their spread shows how sure the model is.",
        persist_state="session",
    )
    right.number_input(
        "Temperature",
        0.0,
        2.0,
        None,
        0.1,
        key="llm_temperature",
        placeholder="the server's own",
        help="How much the estimates may differ. Some models accept only their default.",
        persist_state="session",
    )
    with st.expander("Prices, if you want to see the cost"):
        sent, received = (
            st.number_input(
                f"Per million tokens {what}", 0.0, value=0.0, key=key, persist_state="session"
            )
            for what, key in (("sent", "llm_price_sent"), ("received", "llm_price_received"))
        )
    return int(n_estimates), (float(sent), float(received))


def _prompt(state: AppState, question: Question) -> Prompt:
    written = write_prompt(question)
    number = f"{state.opened}_{hash((written.system, written.user))}"
    system = st.text_area(
        "System message",
        written.system,
        height=110,
        key=f"llm_system_{number}",
        persist_state="session",
    )
    user = st.text_area(
        "Message",
        written.user,
        height=300,
        key=f"llm_user_{number}",
        persist_state="session",
        help="You can edit it, but keep the name of every feature.",
    )
    st.caption(
        "Only these two messages are sent: the task's sentence, and the names and descriptions of "
        "the features. Rows of the table and the scores on the sliders are never sent."
    )
    return Prompt(system, user)


def _cost(question: Question, prompt: Prompt, n: int, prices: tuple[float, float]) -> None:
    sent = n * (len(prompt.system) + len(prompt.user)) // LETTERS_PER_TOKEN
    received = n * TOKENS_PER_FEATURE * len(question.features)
    st.caption(f"Expected: about {_tokens(Usage(sent, received), prices)}.")


def _tokens(usage: Usage, prices: tuple[float, float]) -> str:
    money = (usage.prompt * prices[0] + usage.completion * prices[1]) / 1e6
    return f"{usage}, {money:,.4f} at your prices" if any(prices) else str(usage)


def _watch(state: AppState, job: Job, prices: tuple[float, float]) -> None:
    def draw() -> None:
        for one in job.proposer.progress:
            if job.running or one.state == "cancelled":
                _show_progress(one)

    watch(job, draw)
    if not job.running:
        _result(state, job, prices)


def _show_progress(one: Progress) -> None:
    reason = f" · {literal(one.reason)}" if one.reason and one.state == "asking" else ""
    st.progress(
        one.n_scored / max(1, one.n_features),
        f"Estimate {one.number}: {STATES[one.state]}, {one.n_scored} of {one.n_features} features"
        f"{reason}",
    )


def _result(state: AppState, job: Job, prices: tuple[float, float]) -> None:
    proposal = job.proposer.proposal
    problems: dict[str, list[str]] = {}
    for failed in proposal.failed:
        problems.setdefault(failed.problem, []).append(str(failed.number))
    for problem, numbers in problems.items():
        which = _which(numbers, len(proposal.estimates))
        st.error(literal(f"{which} of {proposal.model} failed. {problem}"))
    if proposal.notes:
        st.info(literal(" ".join(proposal.notes)))
    if not proposal.good:
        return
    cached = sum(estimate.cached for estimate in proposal.good)
    paid = f"{cached} from the cache, at no cost. " if cached else ""
    n_all = len(proposal.estimates)
    st.success(
        f"{len(proposal.good)} of {n_all} {'estimates' if n_all > 1 else 'estimate'} can be used. "
        f"{paid}{_tokens(proposal.usage, prices)}."
    )
    left, middle, right = st.columns([2, 2, 2], vertical_alignment="center")
    keep = left.checkbox("Keep my own edits", value=True, key="keep_edits_asked")
    if middle.button("Put on the sliders", type="primary", width="stretch", key="put_asked"):
        name = state.add_expert(
            f"{proposal.model}, {proposal.date}", proposal.scores, _asked(proposal)
        )
        state.use(name, keep_edits=keep)
        st.toast("The proposal is on the sliders.", icon=":material/check:")
    # After a cancel, asking again finds what had come in the cache, and asks for the rest.
    if not job.proposer.cancelled and right.button("Ask for one more", width="stretch"):
        job.start(1)
        st.rerun()
    _features(state, proposal)
    _conversations(proposal)


def _which(numbers: list[str], n_all: int) -> str:
    """Name some of the estimates, as the beginning of a sentence."""
    if len(numbers) == n_all:
        return {1: "The estimate", 2: "Both estimates"}.get(n_all, f"All {n_all} estimates")
    return f"Estimate{'s' if len(numbers) > 1 else ''} {listed(numbers)}"


def _asked(proposal: Proposal) -> dict[str, Any]:
    """What the project keeps of how a proposal came about."""
    return {
        "model": proposal.model,
        "base_url": proposal.base_url,
        "date": proposal.date,
        "temperature": proposal.temperature,
        "system": proposal.prompt.system,
        "prompt": proposal.prompt.user,
    }


def _features(state: AppState, proposal: Proposal) -> None:
    """Show mean, spread and reasons per feature."""
    scores, labels = proposal.scores, feature_labels(state.task, state.features)
    estimates = scores.estimates[:, 0]
    with st.expander("Scores and reasons"):
        st.dataframe(
            pd.DataFrame(
                {
                    "Feature": [labels[name] for name in scores.features],
                    "Mean": list(scores.as_dict().values()),
                    "Lowest": estimates.min(axis=0),
                    "Highest": estimates.max(axis=0),
                    "Reasons": [" · ".join(dict.fromkeys(told)) for told in scores.reasons],
                }
            ),
            hide_index=True,
            column_config={"Mean": st.column_config.NumberColumn(format="%.1f")},
        )


def _conversations(proposal: Proposal) -> None:
    estimates = {f"Estimate {one.number}": one for one in proposal.estimates}
    with st.expander("Full conversation"):
        chosen = st.selectbox("Estimate", list(estimates), key="llm_conversation")
        _conversation(estimates[chosen])


def _conversation(estimate: Estimate) -> None:
    forms = {"schema": "with a JSON schema", "json": "in JSON mode", "text": "as plain text"}
    st.caption(
        f"Asked {forms[estimate.path]}; {estimate.seconds:.1f} s; "
        f"{'from the cache' if estimate.cached else 'not from the cache'}."
    )
    for message in estimate.messages:
        st.markdown(f"**{message['role']}**")
        st.text(message["content"])
