"""What a command is at, on the error stream of a terminal: nothing where the output goes to a file or a program."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tqdm import tqdm

#: Seconds between two showings of the time gone by.
TICK = 0.5


@contextmanager
def progress_bar(total: int, unit: str, *, quiet: bool = False) -> Iterator[tqdm]:
    """Show a bar of things of one kind.

    Parameters
    ----------
    total : int
    unit : str
        What is counted.
    quiet : bool
        Show none.
    """
    from tqdm import tqdm  # deferred: --help should not wait for it

    hidden = quiet or not sys.stderr.isatty()
    with tqdm(total=total, unit=unit, disable=hidden, ascii=os.name == "nt", file=sys.stderr) as bar:
        yield bar


@contextmanager
def working(stages: int, first: str = "") -> Iterator[Callable[[str], None]]:
    """Show a bar of stages with the time gone by; yield the function that names the next stage.

    Parameters
    ----------
    stages : int
        How many there are.
    first : str
        Name of the first one, where it begins at once.
    """
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    # Deferred: takes a while to import.
    from tqdm import tqdm

    form, ended = "{desc} |{bar:20}| {n_fmt}/{total_fmt} {elapsed}", threading.Event()
    with tqdm(total=stages, bar_format=form, leave=False, ascii=os.name == "nt", file=sys.stderr) as bar:

        def tick() -> None:
            while not ended.wait(TICK):
                bar.refresh()

        def stage(text: str) -> None:
            bar.update(bool(bar.desc))
            bar.set_description_str(text)

        if first:
            stage(first)
        ticking = threading.Thread(target=tick, daemon=True)
        ticking.start()
        try:
            yield stage
        finally:
            ended.set()
            ticking.join()
