"""The app in a process of its own, and a real Chromium in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from benchmarks.command import ROOT

__all__ = ["VIEWPORT", "BenchmarkError", "Server", "app", "chromium", "free_port", "serve"]

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
VIEWPORT: ViewportSize = {"width": 1440, "height": 900}
START_SECONDS = 60


class BenchmarkError(RuntimeError):
    """The app or the browser is not as the benchmark needs it."""


@dataclass(frozen=True)
class Server:
    """The app's process.

    Attributes
    ----------
    url : str
    pid : int
    log : file
        What it has written to its output.
    database : Path
        File that it keeps its projects in.
    """

    url: str
    pid: int
    log: IO[str]
    database: Path = Path()

    def said(self) -> str:
        """Return its log so far."""
        # At a position of its own: the process writes where the file's position is.
        size = os.fstat(self.log.fileno()).st_size
        return os.pread(self.log.fileno(), size, 0).decode(errors="replace")

    def memory_mb(self) -> float | None:
        """Return how much memory it has; None where the system does not say."""
        status = Path(f"/proc/{self.pid}/status")
        if not status.is_file():
            return None
        lines = status.read_text(encoding="utf-8").splitlines()
        kib = next(line.split()[1] for line in lines if line.startswith("VmRSS:"))
        return int(kib) / 1024

    def cpu_seconds(self) -> float | None:
        """Return how long it has computed so far; None where the system does not say."""
        status = Path(f"/proc/{self.pid}/stat")
        if not status.is_file():
            return None
        # Behind its name, which may hold anything: the 12th and 13th are ticks for itself and
        # for its calls of the system.
        values = status.read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serve(
    database: Path | None = None, port: int | None = None, options: Sequence[str] = ()
) -> Iterator[Server]:
    """Start the app; yield its process as soon as it answers.

    Parameters
    ----------
    database : Path or None
        File of its projects, made where there is none; None for one that is gone afterwards.
        Nobody's own projects are touched.
    port : int or None
        None for any that is free.
    options : sequence of str
        Others of Streamlit.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    where = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as log:
        database = database or Path(folder, "projects.db")
        environment = {**os.environ, "LAAT_DATABASE_URL": f"sqlite:///{database}"}
        with subprocess.Popen(  # noqa: S603 - our own app
            [*command, *where, *options],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process:
            try:
                _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process, log)
                yield Server(f"http://127.0.0.1:{port}/", process.pid, log, database)
            finally:
                process.terminate()


@contextmanager
def app(database: Path | None = None, port: int | None = None) -> Iterator[str]:
    """Start the app as :func:`serve` does; yield its address as soon as it answers."""
    with serve(database, port) as server:
        yield server.url


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium that is on the path, without a window."""
    path = shutil.which("chromium")
    if path is None:
        raise BenchmarkError("No chromium on the path. Install it to time what people see.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(url: str, server: subprocess.Popen[bytes], log: IO[str]) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if server.poll() is not None:
            log.seek(0)
            raise BenchmarkError(f"The app stopped with status {server.returncode}:\n{log.read()}")
        try:
            with urllib.request.urlopen(url):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.01)
    raise BenchmarkError(f"The app did not answer within {START_SECONDS} s.")
