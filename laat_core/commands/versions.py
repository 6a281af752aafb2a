"""Versions of this package and of what its numbers depend on."""

import platform
import tomllib
from importlib.metadata import version
from pathlib import Path

__all__ = ["package_version", "versions"]

NAME = "laat-workbench"
LIBRARIES = ("torch", "numpy", "pandas", "scikit-learn")


def package_version() -> str:
    """Version of this package, as ``pyproject.toml`` says.

    From that file in a checkout, installed or not; from the installed package elsewhere.
    """
    project = Path(__file__).parents[2] / "pyproject.toml"
    if project.is_file():
        about = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {})
        if about.get("name") == NAME:
            return str(about["version"])
    return version(NAME)


def versions() -> dict[str, str]:
    """Versions of this package, of the libraries that it calculates with, and of Python.

    Examples
    --------
    >>> list(versions())
    ['laat_core', 'torch', 'numpy', 'pandas', 'scikit-learn', 'Python']
    """
    libraries = {name: version(name) for name in LIBRARIES}
    return {"laat_core": package_version(), **libraries, "Python": platform.python_version()}
