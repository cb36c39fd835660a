"""The command line, and its end in one line where Ctrl-C stops it."""

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

#: Exit code of a program that Ctrl-C has ended, as shells have it: 128 and the number of the signal.
INTERRUPTED = 130
#: Signals that end a program: Ctrl-C, asked to end, and terminal closed.
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


#: Exit code that a signal has asked for, once one has.
_asked: list[int] = []
#: Signals that have asked for an end.
_heard: list[int] = []


class Interruption(KeyboardInterrupt):
    """Wish of a signal that the program end; dropped on its way, it is sent again.

    Python drops errors where it clears objects away, as after every import, and so does compiled code that asks
    whether an object can do something: the program would go on to its own end, as if nothing had been asked.

    Parameters
    ----------
    number : int
        The signal.
    again : callable, optional
        Called before it is sent again.
    """

    #: Seconds after which it is sent again: by then, what dropped it has returned.
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
    if os.name == "nt":  # where ``kill`` ends a program without a word
        _thread.interrupt_main(number)
    else:
        os.kill(os.getpid(), number)


def heed_signals() -> None:
    """Let the end that a system or Ctrl-C asks for clear up; what is ignored, as by nohup, stays ignored."""
    atexit.register(_leave)  # first, so that it is called last
    sys.unraisablehook = _tell_others
    for name in ENDING:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def _tell_others(dropped: sys.UnraisableHookArgs) -> None:
    """Tell of errors that Python drops, but for those that are sent again."""
    if not isinstance(dropped.exc_value, Interruption):
        sys.__unraisablehook__(dropped)


def _leave() -> None:
    """End with the code that was asked for: Python ends by SIGINT where a signal cut into an ``exec`` of a text."""
    if _asked:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # closed, or nobody reads it
                stream.flush()
        os._exit(_asked[0])


def ignore_signals() -> None:
    """Let no signal that ends a program be heard any more."""
    for name in ENDING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _stop(number: int, _: object) -> NoReturn:
    _heard.append(number)
    raise Interruption(number)


def end_if_asked() -> None:
    """End as the last signal has asked, if one has: libraries turn its interruption into errors of their own."""
    if _heard:
        end_interrupted(KeyboardInterrupt(_heard[-1]))


def end_interrupted(error: KeyboardInterrupt | None = None) -> NoReturn:
    """Say in one line that a signal has ended the program, and end it.

    Raises
    ------
    SystemExit
        With the code `INTERRUPTED`, or that of the signal which the error carries.
    """
    ignore_signals()  # a second one must not cut off the way out
    print("Stopped. 已停止。", file=sys.stderr)
    if isinstance(error, Interruption):
        error.is_taken = True
    number = error.args[0] if error is not None and error.args else signal.SIGINT
    _asked.append(128 + int(number))
    sys.exit(_asked[-1])
