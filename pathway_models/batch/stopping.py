"""Signals that end a run: what waits for parks is interrupted, what writes is not."""

import contextlib
import signal
from collections.abc import Callable, Iterator

from pathway_models.cli import Interruption

#: Signals that end a program: Ctrl-C, asked to end, terminal closed.
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class Stop:
    """Wish to end a run, from Ctrl-C or a signal; it cuts off nothing but what runs within `interruptible`."""

    def __init__(self) -> None:
        #: Number of the first signal; 0 while none has come.
        self.number = 0
        self._may_interrupt = self._is_waiting = False

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Take note of all signals that end a program, whenever they come; ignored ones stay ignored."""
        numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
        before = {number: signal.getsignal(number) for number in numbers}
        heeded = [number for number in numbers if before[number] != signal.SIG_IGN]
        for number in heeded:
            signal.signal(number, self._hear)
        try:
            yield
        finally:
            for number in heeded:
                signal.signal(number, before[number])

    def _hear(self, number: int, _: object) -> None:
        self.number = self.number or number
        if self._may_interrupt:
            self._may_interrupt = False  # a second signal must not cut off the way out
            raise Interruption(number, self._let_in)

    def _let_in(self) -> None:
        """Take the next signal in the place of one whose interruption was dropped."""
        self._may_interrupt = self._is_waiting

    def interruptible(self, work: Callable[[], object]) -> None:
        """Call a function that may wait for long, unless a stop is asked for; a stop meanwhile ends it."""
        try:
            try:
                self._may_interrupt = self._is_waiting = True
                if not self.number:
                    work()
            finally:
                self._may_interrupt = self._is_waiting = False
        except KeyboardInterrupt as error:  # also one that comes while nobody has called `heard`
            if isinstance(error, Interruption):
                error.is_taken = True
            self.number = self.number or int(error.args[0] if error.args else signal.SIGINT)
