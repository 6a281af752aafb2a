"""How much of the trainings of one call is done."""

from collections.abc import Callable

__all__ = ["Progress"]


class Progress:
    """How many passes of the trainings of one call are done, told to whom it concerns."""

    def __init__(self, tell: Callable[[float], None] | None, n_epochs: int) -> None:
        self._tell, self._n_epochs, self._done = tell, n_epochs, 0
        self.on_epoch = self._after_epoch if tell else None

    def _after_epoch(self, _: int) -> None:
        self._done += 1
        self.tell()

    def tell(self) -> None:
        if self._tell:
            self._tell(self._done / self._n_epochs)
