import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from laat_core.commands import versions

ROOT = Path(__file__).parents[2]


def test_in_a_checkout_the_version_is_that_of_pyproject():
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert versions.package_version() == about["project"]["version"]


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """The module as if it lay in a folder of installed packages."""
    folder = tmp_path / "site-packages" / "laat_core" / "commands"
    folder.mkdir(parents=True)
    monkeypatch.setattr(versions, "__file__", str(folder / "versions.py"))
    return folder


@pytest.mark.parametrize("beside", [None, '[project]\nname = "another"\nversion = "9"\n', ""])
def test_elsewhere_it_is_that_of_the_installed_package(elsewhere, monkeypatch, beside):
    if beside is not None:
        (elsewhere.parents[1] / "pyproject.toml").write_text(beside, encoding="utf-8")
    monkeypatch.setattr(versions, "version", lambda name: f"{name} 7.1")
    assert versions.package_version() == "laat-workbench 7.1"


def test_a_copy_of_the_checkout_that_is_not_installed_knows_it(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    folder = tmp_path / "laat_core" / "commands"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "laat_core" / "commands" / "versions.py", folder)
    code = "from laat_core.commands.versions import package_version; print(package_version())"
    done = subprocess.run(  # noqa: S603 - this module, copied
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == versions.package_version()
