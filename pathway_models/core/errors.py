"""Errors a user can act on: what is wrong, where it stands, what to do."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

#: Most faults of one kind that are listed.
MOST_ALIKE = 100
#: Most characters of a value or place, and of an expectation or remedy, that a message shows.
LONGEST_SHOWN, LONGEST_TOLD = 200, 2_000


@dataclass(frozen=True, slots=True)
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
        What was expected there; empty for a note on how something was read.
    remedy : str
        What to do about it.
    severity : {"error", "warning", "note"}
        Only errors stop the reading.
    code : str
        Stable name of the kind of fault, for tests and for searching.
    more : int
        Number of faults of its kind that follow and are not listed.
    """

    file: str
    place: str
    value: str
    expected: str
    remedy: str
    severity: str = "error"
    code: str = ""
    more: int = 0

    def __post_init__(self) -> None:
        longest = {"place": LONGEST_SHOWN, "value": LONGEST_SHOWN, "expected": LONGEST_TOLD, "remedy": LONGEST_TOLD}
        for name, most in longest.items():
            text = getattr(self, name)
            if isinstance(text, str) and len(text) > most:
                object.__setattr__(self, name, text[: most - 1] + "…")

    def __str__(self) -> str:
        found = f" = {self.value!r}" if self.value != "" else ""
        wanted = f"expected {self.expected}; " if self.expected else ""
        return f"{self.file}, {self.place}{found}: {wanted}{self.remedy}{self.unlisted()}"

    def unlisted(self, lang: str = "en") -> str:
        """Say how many more of its kind there are; empty where all are listed."""
        if not self.more:
            return ""
        return f"; and {self.more:,} more of this kind" if lang == "en" else f"；同类问题另有{self.more}处"


def grouped(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Keep the first `MOST_ALIKE` faults of each kind, in their order; the last of them says how many more there are.

    A kind is a file, a severity and a code.

    Examples
    --------
    >>> alike = [Fault("park.csv", f"line {n}", "x", "a number", "correct it", code="number") for n in range(40_571)]
    >>> kept = grouped(alike)
    >>> len(kept), kept[-1].place, kept[-1].more
    (100, 'line 99', 40471)
    """
    kept: list[Fault] = []
    kinds: dict[tuple[str, str, str], tuple[int, int, int]] = {}
    for fault in faults:
        kind = (fault.file, fault.severity, fault.code)
        count, more, last = kinds.get(kind, (0, 0, 0))
        if count < MOST_ALIKE:
            kept.append(fault)
            kinds[kind] = count + 1, more + fault.more, len(kept) - 1
        else:
            kinds[kind] = count, more + 1 + fault.more, last
    for _, more, last in kinds.values():
        if kept[last].more != more:
            kept[last] = replace(kept[last], more=more)
    return tuple(kept)


class PathwayError(Exception):
    """Base of every error this package raises for a user's mistake."""


class InputError(PathwayError):
    """An input cannot be used; carries every fault found in it.

    Parameters
    ----------
    faults : iterable of Fault
        All faults, in reading order; of many alike the first ones are kept (`grouped`).
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = grouped(faults)
        count = self.count
        head = f"{count} fault{'s' if count != 1 else ''} in the input"
        super().__init__("\n".join([head + ":", *(f"  * {fault}" for fault in self.faults)]))

    @property
    def count(self) -> int:
        """Number of faults, those included that are not listed."""
        return sum(1 + fault.more for fault in self.faults)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an error of the system in writing a file into `InputError`.

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
    """A requested scenario or lever does not exist or does not fit the park."""


class BatchError(PathwayError):
    """A batch run cannot start or continue as asked."""
