"""Errors a user can act on: what is wrong, where it stands, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One fault of an input: where it stands, what stands there, what should.

    Parameters
    ----------
    file : str
        Name of the file as the user gave it.
    place : str
        ``line 7`` of a text file, ``2019!C6`` of a workbook, ``scenarios.deep[2]`` of YAML.
    value : str
        The value found, as the user wrote it.
    expected : str
        What was expected there.
    remedy : str
        What to do about it.
    severity : {"error", "warning", "note"}
        Only errors stop the reading.
    code : str
        Stable name of the kind of fault, for tests and for searching.
    """

    file: str
    place: str
    value: str
    expected: str
    remedy: str
    severity: str = "error"
    code: str = ""

    def __str__(self) -> str:
        found = f" = {self.value!r}" if self.value != "" else ""
        return f"{self.file}, {self.place}{found}: expected {self.expected}; {self.remedy}"


class PathwayError(Exception):
    """Base of every error this package raises for a user's mistake."""


class InputError(PathwayError):
    """An input cannot be used; carries every fault found in it.

    Parameters
    ----------
    faults : iterable of Fault
        All faults, in reading order.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        head = f"{count} fault{'s' if count != 1 else ''} in the input"
        super().__init__("\n".join([head + ":", *(f"  * {fault}" for fault in self.faults)]))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Guard the writing of a file: a folder without write permission, or an open file, gives no traceback.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    try:
        yield
    except OSError as error:
        remedy = f"choose another folder, or close the file where it is open: {error.strerror}"
        fault = Fault(path.name, "file", "", "a file that can be written", remedy, code="not_written")
        raise InputError([fault]) from None


class RecordError(PathwayError, ValueError):
    """A record would not be valid: names the field and what was expected of it."""


class ScenarioError(PathwayError):
    """A scenario or lever asked for does not exist or does not fit the park."""


class BatchError(PathwayError):
    """A batch run cannot start or continue as asked."""
