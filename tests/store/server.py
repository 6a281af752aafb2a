"""A PostgreSQL server of the tests' own, from the system's package."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

__all__ = ["find_programs", "running_server"]

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
# Nothing of it is to outlast the tests.
CARELESS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def find_programs():
    """Folder of the server's programs, None where it is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else FOLDERS
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


@contextmanager
def running_server(programs):
    """Run a server on a socket in a temporary folder; yield that folder."""
    # Not in the folder of the tests: the path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="laat-pg-", dir="/tmp"))
    as_user = []
    if os.getuid() == 0:  # the server refuses to be run by root
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]

    def run(program, *arguments):
        done = subprocess.run(  # noqa: S603 - the system's own programs
            [*as_user, programs / program, "-D", folder / "data", *arguments],
            check=False, cwd=folder, timeout=60, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses='' -k {folder} {CARELESS}"
        run("pg_ctl", "start", "-w", "-l", folder / "log", "-o", options)
        try:
            yield folder
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder)
