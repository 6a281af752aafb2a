"""Medians of repeated runs, and the machine that they were taken on."""

import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

import torch
from threadpoolctl import threadpool_limits

__all__ = ["alternate", "machine", "median_ms", "milliseconds", "one_thread"]

PACKAGES = ("torch", "scikit-learn", "numpy", "pandas", "streamlit", "plotly", "playwright")


def milliseconds(function: Callable[[], Any]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - started)


def median_ms(function: Callable[[], Any], runs: int, warm_up: int = 1) -> float:
    """Median wall time of ``runs`` calls, after some that do not count."""
    for _ in range(warm_up):
        function()
    return median(milliseconds(function) for _ in range(runs))


def alternate(functions: Mapping[str, Callable[[], Any]], runs: int) -> dict[str, float]:
    """Median wall time of each function; they take turns, so that load falls on all alike."""
    for function in functions.values():
        function()
    taken: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(runs):
        for name, function in functions.items():
            taken[name].append(milliseconds(function))
    return {name: median(times) for name, times in taken.items()}


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for torch, and for BLAS and OpenMP behind numpy and scikit-learn."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        torch.set_num_threads(before)


def machine() -> dict[str, Any]:
    """Processor, cores, system and versions."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _cpu() -> str:
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
