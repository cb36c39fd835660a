"""The command line, and its end in one line where Ctrl-C stops it."""

import atexit
import contextlib
import os
import signal
import sys
from typing import NoReturn

#: Exit code of a program that Ctrl-C has ended, as shells have it: 128 and the number of the signal.
INTERRUPTED = 130
#: Signals that end a program as Ctrl-C does: asked to end, and terminal closed.
ENDING = ("SIGTERM", "SIGHUP")


#: Exit code that a signal has asked for, once one has.
_asked: list[int] = []


def heed_signals() -> None:
    """Let the end that a system asks for clear up as Ctrl-C does; what is ignored, as by nohup, stays ignored."""
    atexit.register(_leave)  # first, so that it is called last
    for name in ENDING:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def _leave() -> None:
    """End with the code that was asked for: Python ends by SIGINT where a signal cut into an ``exec`` of a text."""
    if _asked:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # closed, or nobody reads it
                stream.flush()
        os._exit(_asked[0])


def ignore_signals() -> None:
    """Let no signal that ends a program be heard any more."""
    for name in ("SIGINT", *ENDING):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _stop(number: int, _: object) -> NoReturn:
    raise KeyboardInterrupt(number)


def end_interrupted(error: KeyboardInterrupt | None = None) -> NoReturn:
    """Say in one line that a signal has ended the program, and end it.

    Raises
    ------
    SystemExit
        With the code `INTERRUPTED`, or that of the signal which the error carries.
    """
    ignore_signals()  # a second one must not cut off the way out
    print("Stopped. 已停止。", file=sys.stderr)
    number = error.args[0] if error is not None and error.args else signal.SIGINT
    _asked.append(128 + int(number))
    sys.exit(_asked[-1])
