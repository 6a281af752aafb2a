"""Which table a result is of."""

import hashlib
from importlib.resources import files
from pathlib import Path

from laat_core.commands.arguments import read_file
from laat_core.datasets import dataset_names

__all__ = ["table_document"]


def table_document(table: str) -> dict[str, str | None]:
    """Name of a table with the SHA-256 of its file's bytes.

    Parameters
    ----------
    table : str
        Name of a bundled table, or path of a file.

    Returns
    -------
    dict
        ``name`` and ``sha256``; the latter is None for tables that come with scikit-learn, which
        its version tells apart.
    """
    if table not in dataset_names():
        path = Path(table)
        return {"name": path.name, "sha256": _hash(read_file(path))}
    file = files("laat_core.datasets") / "tables" / f"{table}.csv.gz"
    return {"name": table, "sha256": _hash(file.read_bytes()) if file.is_file() else None}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
