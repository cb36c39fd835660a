"""Progress bar of commands that take longer than a glance."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tqdm import tqdm


@contextlib.contextmanager
def progress_bar(total: int, unit: str, *, quiet: bool = False) -> Iterator[tqdm]:
    """Show a bar on the error stream, on terminals only.

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
