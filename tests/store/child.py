"""Another process that uses the store."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The package without what its __init__ brings along: torch takes seconds to load.
START = f"""
import sys, types
sys.path.insert(0, {str(ROOT)!r})
package = types.ModuleType("laat_core")
package.__path__ = [{str(ROOT / "laat_core")!r}]
sys.modules["laat_core"] = package
arguments = sys.argv[1:]
"""


def start(code, *arguments):
    """Start a process that runs ``code`` with ``arguments``."""
    return subprocess.Popen(  # noqa: S603 - this package, with arguments of a test
        [sys.executable, "-c", START + code, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
