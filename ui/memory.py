"""Whether a model knows the table by heart: the badge on a proposal, and the check behind it."""

import threading
from dataclasses import dataclass, field
from ipaddress import ip_address

import pandas as pd
import streamlit as st

from laat_core import LaatError, Task
from laat_core.scores.llm.client import ChatModel
from laat_core.scores.llm.completions import count_answered, equal_form, read_rows
from laat_core.scores.llm.connection import parsed_address
from laat_core.scores.llm.memorised import MemoryCheck, ask_to_complete, draw_check
from laat_core.scores.llm.recall import Recall
from laat_core.store.project import Project
from ui.background import watch
from ui.model_choice import ModelChoice
from ui.state import AppState
from ui.text import literal

__all__ = ["check_memory", "show_memory_badge", "show_memory_badges"]

BADGES = {
    "by heart": ("Knows the table by heart", ":material/warning:", "orange"),
    "no sign": ("By heart: no sign of it", ":material/check:", "blue"),
    "cannot tell": ("By heart: cannot tell", ":material/question_mark:", "gray"),
}
UNKNOWN = "By heart: unknown"
NO_MODEL = (
    "The proposal was recorded or pasted. There is no model at hand that could be asked whether it "
    "knows this table by heart."
)
NOT_ASKED = (
    "Nobody has asked this model yet whether it knows this table by heart: on the Proposals page, "
    "under “By heart?”."
)


@dataclass
class MemoryJob:
    """One check on its way, in a thread of its own; what comes of it is kept with the project."""

    model: ChatModel
    check: MemoryCheck
    project: Project
    n_answered: int = 0
    recall: Recall | None = None
    problem: str = ""
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Send the rows."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether an answer is waited for."""
        alive = self._thread is not None and self._thread.is_alive()
        return alive and not self._cancelled.is_set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody has cancelled."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Wait no longer; that the rows were sent is kept at the server's next sign."""
        self._cancelled.set()

    def _run(self) -> None:
        self.problem = "A fault of this program has ended the check. Its log has the details."
        try:
            self.recall = ask_to_complete(self.model, self.check, self._hear, self._cancelled)
            self.project.quizzed(self.recall)
            self.problem = self.recall.problem
        except LaatError as error:
            self.problem = str(error)

    def _hear(self, text: str) -> None:
        self.n_answered = count_answered(text, len(self.check.rows))


# The badge


def show_memory_badge(state: AppState, name: str) -> None:
    """Say of a proposal whether its model knows the table; nothing where no model made it."""
    asked = state.project.history.asked.get(name)
    if not asked:
        return
    recall = state.project.history.recall_of(name)
    if recall is None:
        why = NOT_ASKED if asked.get("base_url") else NO_MODEL
        st.badge(UNKNOWN, icon=":material/question_mark:", color="gray", help=why)
        return
    label, icon, color = BADGES[recall.verdict]
    st.badge(label, icon=icon, color=color, help=literal(_sentence(recall)))


def show_memory_badges(state: AppState) -> None:
    """Show the badge of every proposal of a model."""
    asked = [name for name in state.experts if state.project.history.asked.get(name)]
    for name in asked:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(literal(name), width="content")
            show_memory_badge(state, name)


def _sentence(recall: Recall) -> str:
    if recall.problem:
        return f"No answer came: {recall.problem}"
    rows, columns = len(recall.rows), ", ".join(f"“{name}”" for name in recall.columns)
    counted = (
        f"Asked to complete {rows} rows of this table, the model answered for {recall.answered} "
        f"and gave {columns} exactly in {recall.hits}. Guessing from the other rows would hit "
        f"about {recall.expected:.1f}, and so many or more in {_share(recall.p_value)} checks."
    )
    return f"{counted} {MEANINGS[recall.verdict]}"


MEANINGS = {
    "by heart": "It seems to have seen this table. Its scores may repeat what the table says "
    "instead of what is known of the field, and then look better here than on new cases.",
    "no sign": "A model that knows one row in three would have been found out in at least four "
    "checks of five. One that knows fewer may not be.",
    "cannot tell": "Too few rows were answered, or their cells are too easily guessed, for a "
    "verdict.",
}


def _share(p_value: float) -> str:
    if p_value < 0.0001:
        return "fewer than 1 of 10,000"
    return f"{100 * p_value:.2g} of 100" if p_value < 1 else "all"


# The check


def check_memory(state: AppState, choice: ModelChoice) -> None:
    """Explain the check, show all that would be sent, and send it on request alone."""
    st.markdown(
        "**Does the model know this table by heart?** Public tables stand in the text that "
        "language models learn from. A model that remembers the rows may remember their outcomes "
        "too; its scores are then no knowledge of the field. The check asks it to complete some "
        "rows, and compares its exact hits with those of a good guess."
    )
    show_memory_badges(state)
    job: MemoryJob | None = st.session_state.get("memory_job")
    if job is not None and job.project is not state.project:
        job.cancel()
        job = st.session_state["memory_job"] = None
    key = f"memory_{state.opened}"
    if st.toggle("Prepare a check, to see what would be sent", key=key, persist_state="session"):
        try:
            check = _drawn(state.seen)
        except LaatError as error:
            st.error(literal(str(error)))
        else:
            _offer(state, choice, check, busy=bool(job and job.running))
    if job is not None:
        _follow(job)
    _kept(state)


def _drawn(task: Task) -> MemoryCheck:
    """Rows of a task, drawn once."""
    known: tuple[Task, MemoryCheck] | None = st.session_state.get("memory_check")
    if known is None or known[0] is not task:
        known = st.session_state["memory_check"] = task, draw_check(task)
    return known[1]


def _offer(state: AppState, choice: ModelChoice, check: MemoryCheck, *, busy: bool) -> None:
    if not check.can_tell:
        st.info(
            "This table cannot be checked: it has too few rows, or its cells are too easily "
            "guessed, for an answer to say anything. Nothing is sent."
        )
        return
    n_rows = len(check.rows)
    st.warning(literal(_destination(choice, n_rows)), icon=":material/outbox:")
    st.markdown("Exactly this is sent:")
    st.code(
        f"{check.prompt.system}\n\n{check.prompt.user}",
        language=None,
        wrap_lines=True,
        height=300,
    )
    st.caption(
        "The outcome is not among it, nor are columns that are ignored, nor what stands in place "
        "of the question marks. The prompt, the answer and the numbers of the rows are kept in the "
        "project's history, and go wherever the project is exported to."
    )
    if st.button(f"Send these {n_rows} rows", icon=":material/send:", disabled=busy):
        try:
            model = choice.connect()
        except LaatError as error:
            st.error(literal(str(error)))
            return
        job = st.session_state["memory_job"] = MemoryJob(model, check, state.kept)
        job.start()
        st.rerun()


def _destination(choice: ModelChoice, n_rows: int) -> str:
    """Say where the rows go, and whether they leave the machine."""
    name = choice.name.strip()
    model = (
        f"The model, chosen under “Ask a model”, is {name}."
        if name
        else "No model has been named yet: name one under “Ask a model”."
    )
    if choice.here:
        return f"{model} It is a file on this machine: the rows do not leave it."
    if _is_this_machine(choice.address):
        return (
            f"{model} {n_rows} rows of the table go to {choice.address}, a server on this machine. "
            "Whether it passes them on, only whoever set it up can say."
        )
    return (
        f"{model} {n_rows} rows of the table leave this machine: they go to {choice.address}. "
        "Send none that are confidential."
    )


def _is_this_machine(address: str) -> bool:
    try:
        host = parsed_address(address).host
    except LaatError:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _follow(job: MemoryJob) -> None:
    n_rows = len(job.check.rows)

    def draw() -> None:
        if job.running:
            said = f"Rows answered: {job.n_answered} of {n_rows}"
            st.progress(job.n_answered / max(1, n_rows), said)

    watch(job, draw)
    if job.running:
        return
    if job.problem or job.cancelled:
        st.error(literal(job.problem if job.recall else "Cancelled. The rows have been sent."))
    elif job.recall:
        st.markdown(f"**{BADGES[job.recall.verdict][0]}**. {literal(_sentence(job.recall))}")
        _row_by_row(job.check, job.recall)


def _row_by_row(check: MemoryCheck, recall: Recall) -> None:
    given = read_rows(recall.answer, len(check.rows), len(check.columns))
    answers = [given.get(number, ()) for number in range(1, len(check.rows) + 1)]
    with st.expander("Row by row"):
        st.dataframe(
            pd.DataFrame(
                {
                    "Row of the table": [row + 1 for row in check.rows],
                    "It says": [", ".join(cells) for cells in check.truth],
                    "The model says": [", ".join(answer) for answer in answers],
                    "Hit": [
                        answer == tuple(map(equal_form, cells))
                        for answer, cells in zip(answers, check.truth, strict=True)
                    ],
                }
            ),
            hide_index=True,
            placeholder="",
        )


def _kept(state: AppState) -> None:
    """Show the last check of each model, as the project keeps it."""
    for recall in state.project.history.recalls.values():
        with st.expander(literal(f"What {recall.model} was sent on {recall.date}, and answered")):
            st.caption(literal(_sentence(recall)))
            st.text(f"{recall.system}\n\n{recall.prompt}")
            st.text(recall.answer or "No answer.")
