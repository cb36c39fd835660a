"""The command line, and its end in one line where Ctrl-C stops it."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

#: Exit code of a program that Ctrl-C has ended, as shells have it: 128 and the number of the signal.
INTERRUPTED = 130


def end_interrupted() -> NoReturn:
    """Say in one line that Ctrl-C has ended the program, and end it.

    Raises
    ------
    SystemExit
        With the code `INTERRUPTED`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not cut off the way out
    print("Stopped. 已停止。", file=sys.stderr)
    sys.exit(INTERRUPTED)
