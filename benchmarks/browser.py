"""The app in a process of its own, and a real Chromium in front of it."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from playwright.sync_api import Browser, sync_playwright

from benchmarks.command import ROOT

__all__ = ["VIEWPORT", "BenchmarkError", "app", "chromium"]

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
VIEWPORT = {"width": 1440, "height": 900}
START_SECONDS = 60


class BenchmarkError(RuntimeError):
    """The app or the browser is not as the benchmark needs it."""


@contextmanager
def app() -> Iterator[str]:
    """Start the app; yield its address as soon as it answers."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(  # noqa: S603 - our own app
            [*command, *options], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        ) as server,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()


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


def _free_port() -> int:
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
