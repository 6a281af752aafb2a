"""How much is read at most: whatever a file says, it has to fit into memory."""

from laat_core.errors import DataError

__all__ = ["MAX_BYTES", "MAX_CELLS", "check_bytes", "check_cells"]

MAX_BYTES = 200 * 1024 * 1024
MAX_CELLS = 50_000_000  # a small Excel or Parquet file may hold more than fits into memory


def check_bytes(content: bytes, what: str) -> None:
    """Raise a DataError that begins with ``what`` if there are too many bytes."""
    if len(content) > MAX_BYTES:
        raise DataError(
            f"{what} more than {MAX_BYTES // 2**20} MB, the most that is read. "
            "Load fewer rows or columns."
        )


def check_cells(cells: int, name: str) -> None:
    """Raise a DataError if a table has too many cells."""
    if cells > MAX_CELLS:
        raise DataError(
            f"{name} holds about {cells:,} cells; at most {MAX_CELLS:,} are read. "
            "Load fewer rows or columns."
        )
