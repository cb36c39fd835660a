"""Errors, units, arrays and files that every other room uses.

Defined here: names imported at first use, so that ``import pathway_models`` and the command line start at once; and
the issue year, in which an answer is given: that of the call, else of the variable ``PATHWAYS_AS_OF``, else the clock.
"""

import ctypes
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from importlib import import_module
from types import ModuleType
from typing import Any

from pathway_models.core.errors import BatchError, Fault, InputError, PathwayError, RecordError, ScenarioError  # noqa: F401

__version__ = "0.2.0"

#: One thread a process: matrices here are small, so that further threads of the linear algebra wait for each other at
#: full load (a fit of a growth law takes a third of the processor time); workers fill the cores instead.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")

#: Settings of glibc's ``mallopt``, from its malloc.h: sizes from which memory is given back to the system when freed.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> None:
    """Keep up to 1 GB of freed array memory for reuse; without effect where the allocator is not glibc.

    Blocks of an ensemble are just large enough for glibc to return each to the system and to ask for it again, page by
    page: half of the time of a projection.
    """
    with suppress(AttributeError, OSError, TypeError):
        allocator = ctypes.CDLL(None)
        allocator.mallopt(_MMAP_THRESHOLD, 2**30)
        allocator.mallopt(_TRIM_THRESHOLD, 2**30)


#: Variable that fixes the present year of a process and of all it starts.
ISSUE_VARIABLE = "PATHWAYS_AS_OF"
#: First and last accepted issue year.
EARLIEST_ISSUE, LATEST_ISSUE = 1990, 2100


def present_year() -> int:
    """Return the year of ``PATHWAYS_AS_OF``, else that of the clock.

    Raises
    ------
    InputError
        The variable holds no year from `EARLIEST_ISSUE` to `LATEST_ISSUE`.
    """
    given = os.environ.get(ISSUE_VARIABLE, "")
    if not given:
        return date.today().year
    if not (given.isascii() and given.isdecimal() and EARLIEST_ISSUE <= int(given) <= LATEST_ISSUE):
        expected, remedy = f"a year from {EARLIEST_ISSUE} to {LATEST_ISSUE}", "correct the variable or leave it out"
        raise InputError([Fault("environment", ISSUE_VARIABLE, given, expected, remedy, code="issue_year")])
    return int(given)


@contextmanager
def issued_in(year: int | None) -> Iterator[None]:
    """Fix the issue year within a ``with`` block, in this process and in those it starts; None changes nothing."""
    before = os.environ.get(ISSUE_VARIABLE)
    if year is not None:
        os.environ[ISSUE_VARIABLE] = str(year)
    try:
        yield
    finally:
        if before is not None:
            os.environ[ISSUE_VARIABLE] = before
        elif year is not None:
            os.environ.pop(ISSUE_VARIABLE, None)


def look_up(owner: str, homes: Mapping[str, str], name: str) -> Any:
    """Import the module that a name lives in and return the object.

    Parameters
    ----------
    owner : str
        Module that offers the name.
    homes : mapping name -> module below ``pathway_models``
        A home that ends in the name and holds nothing of that name is the object itself (``pw.plotting``); behind a
        colon stands the name that the object has at home, where it is another one.
    name : str

    Raises
    ------
    AttributeError
        The owner offers no such name.
    """
    if name not in homes:
        raise AttributeError(f"{owner} has no {name!r}; there are {', '.join(homes)}")
    home, _, own = homes[name].partition(":")
    module: ModuleType = import_module(f"pathway_models.{home}")
    return getattr(module, name, module) if home.split(".")[-1] == name else getattr(module, own or name)


class Shown:
    """Display of a record in a notebook, and as a table (`pathways.tables`, imported on first use)."""

    def to_frame(self) -> Any:
        """Return a long table (pandas.DataFrame), one value a row, in canonical units."""
        return look_up(__name__, {"frame_of": "pathways.tables"}, "frame_of")(self)

    def _repr_html_(self) -> str:
        return look_up(__name__, {"html_of": "pathways.tables"}, "html_of")(self)
