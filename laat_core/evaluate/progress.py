"""How much of the work of one call is done."""

from collections.abc import Callable

__all__ = ["Progress"]


class Progress:
    """How many steps of one call are done, told to whom it concerns; a pass of training is one."""

    def __init__(self, tell: Callable[[float], None] | None, n_steps: int) -> None:
        self._tell, self._n_steps, self._done = tell, n_steps, 0
        self.on_epoch = (lambda _: self.step()) if tell else None

    def step(self) -> None:
        self._done += 1
        self.tell()

    def tell(self) -> None:
        if self._tell:
            self._tell(self._done / self._n_steps)
