"""The issue year, in which an answer is given: of the call, else of the variable ``PATHWAYS_AS_OF``, else the clock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from pathway_models.core.errors import Fault, InputError

#: Variable that fixes the present year of a process and of all it starts.
VARIABLE = "PATHWAYS_AS_OF"
#: First and last year that can be meant.
EARLIEST, LATEST = 1990, 2100


def present_year() -> int:
    """Return the year of ``PATHWAYS_AS_OF``, else that of the clock.

    Raises
    ------
    InputError
        The variable holds no year from `EARLIEST` to `LATEST`.
    """
    given = os.environ.get(VARIABLE, "")
    if not given:
        return date.today().year
    if not (given.isascii() and given.isdecimal() and EARLIEST <= int(given) <= LATEST):
        expected, remedy = f"a year from {EARLIEST} to {LATEST}", "correct the variable or leave it out"
        raise InputError([Fault("environment", VARIABLE, given, expected, remedy, code="issue_year")])
    return int(given)


@contextmanager
def issued_in(year: int | None) -> Iterator[None]:
    """Fix the present year for a while, in this process and in those it starts; None changes nothing."""
    before = os.environ.get(VARIABLE)
    if year is not None:
        os.environ[VARIABLE] = str(year)
    try:
        yield
    finally:
        if before is not None:
            os.environ[VARIABLE] = before
        elif year is not None:
            os.environ.pop(VARIABLE, None)
