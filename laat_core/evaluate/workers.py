"""Work on all cores: results as they come, and an end as soon as nobody wants more of them."""

import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from joblib import Parallel, delayed

from laat_core.errors import LaatError, StoppedError

__all__ = ["Wanted", "in_parallel"]

I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")


class Wanted:
    """Whether results are still wanted: a sign that every process sees, an empty file."""

    def __init__(self) -> None:
        handle, path = tempfile.mkstemp(prefix="laat-wanted-")
        os.close(handle)
        self._path = Path(path)

    def __bool__(self) -> bool:
        return self._path.exists()

    def end(self) -> None:
        """Want no more, from now on and for good."""
        self._path.unlink(missing_ok=True)

    def check(self, _: object = None) -> None:
        """Raise a StoppedError where nothing is wanted any more."""
        if not self:
            raise StoppedError("It was stopped before its end. Start it anew for a result.")


def in_parallel(
    work: Callable[[I, Callable[[object], None]], R],
    items: Iterable[I],
    wanted: Wanted,
    n_jobs: int = -1,
) -> Generator[R]:
    """Do a piece of work for every item, in processes of their own.

    Parameters
    ----------
    work : callable
        A function of a module, as it is found there by the other processes, or a partial of one.
        Its second argument is to be called now and then; it raises where nothing is wanted any
        more.
    items : iterable
    wanted : Wanted
        Whoever ends it ends the work, within a step of it. It is ended when the last result has
        been taken or the iterator is closed.
    n_jobs : int
        How many processes; -1 for one per core, 1 for none beside this one.

    Yields
    ------
    object
        Results in the order in which they come.

    Raises
    ------
    LaatError
        The first that a piece of work has raised; a StoppedError where somebody ended it.

    Notes
    -----
    The processes are joblib's, which starts each without running the main script again, shares
    them among all that is done here, and ends them when they have been idle for five minutes or
    this process ends. To break off its iterator would kill them for everybody, so that what is
    under way is told to end, and waited for.
    """

    def pending() -> Iterator[object]:
        for item in items:
            if not wanted:
                return
            yield delayed(_do)(work, item, wanted)

    found = Parallel(n_jobs, return_as="generator_unordered")(pending())
    try:
        for result in found:
            if isinstance(result, LaatError):
                raise result
            yield result
        wanted.check()
    finally:
        wanted.end()
        for _ in found:
            pass


def _do(work: Callable[[I, Callable[[object], None]], R], item: I, wanted: Wanted) -> R | LaatError:
    """Do one piece; what is raised is handed over, as joblib would kill the processes for it."""
    try:
        wanted.check()
        return work(item, wanted.check)
    except LaatError as error:
        return error
