"""Choosing the model that is asked: one behind an address, or a file on this machine."""

from dataclasses import dataclass

import streamlit as st

from laat_core.errors import LaatError, ModelError
from laat_core.scores.llm.client import ChatModel, connect
from laat_core.scores.llm.connection import is_usual, known_key, usual_address
from laat_core.scores.llm.local import LocalServer, can_run_locally, small_model
from ui.text import literal

__all__ = ["ModelChoice", "choose_model"]

SERVER, HERE = "a server", "a model on this machine"


@dataclass(frozen=True)
class ModelChoice:
    """A model that may be asked; its key is kept in the session alone."""

    here: bool
    address: str
    name: str
    key: str
    temperature: float | None

    def connect(self) -> ChatModel:
        """Return the model, ready to be asked; a file is loaded first."""
        if not self.name.strip():
            raise ModelError("No model is named. Enter its name.")
        if self.here:
            return _local_server(self.name).chat_model(self.temperature)
        client = connect(
            self.address, self.key or known_key(self.address) or _secret_key(self.address)
        )
        return ChatModel(client, self.name.strip(), self.temperature)


def choose_model() -> ModelChoice:
    """Let a model be named, and its connection be tested."""
    kind = st.radio("Ask", [SERVER, HERE], horizontal=True, key="llm_kind", persist_state="session")
    choice = _here() if kind == HERE else _server()
    if st.button("Test the connection", icon=":material/cable:"):
        try:
            with st.spinner("Asking for one word …"):
                sentence = choice.connect().check()
            st.success(literal(sentence))
        except LaatError as error:
            st.error(literal(str(error)))
    return choice


def _server() -> ModelChoice:
    address = st.text_input(
        "Address",
        usual_address(),
        key="llm_address",
        persist_state="session",
        help="Any OpenAI-compatible server: OpenAI, Ollama, vLLM, LM Studio, llama.cpp … For "
        "Azure, include the version: "
        "https://NAME.openai.azure.com/openai/deployments/MODEL?api-version=2024-10-21. "
        "A server on this machine is always reached directly, never through a proxy.",
    )
    name = st.text_input(
        "Model", key="llm_model", persist_state="session", placeholder="gpt-…, llama3.2, …"
    )
    key = st.text_input(
        "Key",
        type="password",
        key="llm_key",
        persist_state="session",
        help="Kept in this session only. If empty, OPENAI_API_KEY from the environment or the "
        "app's secrets is used, but only for the default address.",
    )
    return ModelChoice(False, address, name, key, _temperature())


def _here() -> ModelChoice:
    small = small_model()
    path = st.text_input(
        "GGUF file",
        str(small or ""),
        key="llm_file",
        persist_state="session",
        help="A language model in one file, as used by LM Studio, llama.cpp and others.",
    )
    if not can_run_locally():
        st.warning("This needs the package xllamacpp: pip install xllamacpp.")
    elif small is not None and path == str(small):
        st.warning(
            "SmolLM2 (135 million parameters): this tiny model only tests the connection. Its "
            "scores are worth nothing."
        )
    return ModelChoice(True, "", path, "", _temperature())


def _temperature() -> float | None:
    value: float | None = st.session_state.get("llm_temperature")
    return value


def _secret_key(address: str) -> str:
    """Return the key of the app's secrets, which is meant for the usual address alone."""
    if not is_usual(address):
        return ""
    try:
        return str(st.secrets.get("OPENAI_API_KEY", ""))
    except FileNotFoundError:
        return ""


@st.cache_resource(max_entries=1, show_spinner="Loading the model …")
def _local_server(path: str) -> LocalServer:
    return LocalServer(path)
