"""The command line, and its exit in one line after Ctrl-C."""

from __future__ import annotations

import _thread
import atexit
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import NoReturn

#: Signals that end a program: Ctrl-C, termination request, and terminal closed.
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


#: Exit code requested by a signal, once there is one.
_asked: list[int] = []
#: Signals received.
_heard: list[int] = []


class Interruption(KeyboardInterrupt):
    """Request of a signal to end the program; sent again where Python drops it.

    Python drops errors where it clears objects away, as after every import, and so does compiled code that asks
    whether an object can do something: the program would go on to its own end, as if nothing had been asked.

    Parameters
    ----------
    number : int
        The signal.
    again : callable, optional
        Called before it is sent again.
    """

    #: Seconds until it is sent again, when the code that dropped it has returned.
    AFTER = 0.02

    def __init__(self, number: int, again: Callable[[], None] | None = None) -> None:
        super().__init__(number)
        self.again, self.is_taken = again, False

    def __del__(self) -> None:
        if not (self.is_taken or sys.is_finalizing()):
            _thread.start_new_thread(_send_again, (self.args[0], self.again))


def _send_again(number: int, again: Callable[[], None] | None) -> None:
    time.sleep(Interruption.AFTER)
    if again is not None:
        again()
    if os.name == "nt":  # where ``kill`` ends a program without any handler
        _thread.interrupt_main(number)
    else:
        os.kill(os.getpid(), number)


def heed_signals() -> None:
    """Handle signals that end the program so that it cleans up; ignored ones, as under nohup, stay ignored."""
    atexit.register(_leave)  # first, so that it is called last
    sys.unraisablehook = _tell_others
    for name in ENDING:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def _tell_others(dropped: sys.UnraisableHookArgs) -> None:
    """Report errors that Python drops, except those that are sent again."""
    if not isinstance(dropped.exc_value, Interruption):
        sys.__unraisablehook__(dropped)


def _leave() -> None:
    """Exit with the requested code: Python ends by SIGINT where a signal interrupted an ``exec`` of a text."""
    if _asked:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # closed, or nobody reads it
                stream.flush()
        os._exit(_asked[0])


def ignore_signals() -> None:
    """Ignore all signals that end a program from now on."""
    for name in ENDING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _stop(number: int, _: object) -> NoReturn:
    _heard.append(number)
    raise Interruption(number)


def end_if_asked() -> None:
    """Exit as the last signal requested, if any: libraries convert its interruption to errors of their own."""
    if _heard:
        end_interrupted(KeyboardInterrupt(_heard[-1]))


def end_interrupted(error: KeyboardInterrupt | None = None) -> NoReturn:
    """Print in one line that a signal has ended the program, and exit.

    Raises
    ------
    SystemExit
        With the code that shells give: 128 plus the number of the signal in the error, or of Ctrl-C.
    """
    ignore_signals()  # a second one must not interrupt the exit
    print("Stopped. 已停止。", file=sys.stderr)
    if isinstance(error, Interruption):
        error.is_taken = True
    number = error.args[0] if error is not None and error.args else signal.SIGINT
    _asked.append(128 + int(number))
    sys.exit(_asked[-1])
