"""Faults as a table for a terminal, columns aligned although Chinese signs are two columns wide."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator

from pathway_models.foundations.errors import Fault

SEVERITIES = ("error", "warning", "note")
#: Narrower terminals get lines that wrap.
NARROWEST = 60


def width_of(text: str) -> int:
    """Columns a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def padded(text: str, width: int) -> str:
    """The text with spaces up to a width."""
    return text + " " * max(0, width - width_of(text))


def fault_lines(faults: Iterable[Fault], columns: int | None = None) -> Iterator[str]:
    """Lines of the table: a head, a line for place and value, and below it what was expected and what to do.

    Parameters
    ----------
    faults : iterable of Fault
        In the order they are shown.
    columns : int, optional
        Width of the terminal; the real one by default.
    """
    faults = [_printable(fault) for fault in faults]
    if not faults:
        return
    width = max(NARROWEST, columns or shutil.get_terminal_size((100, 24)).columns)
    places = min(max(width_of(fault.place) for fault in faults), width // 3)
    yield f"{padded('severity', 8)}  {padded('place', places)}  value: expected; remedy"
    for fault in faults:
        value = f"{fault.value}: " if fault.value else ""
        text = f"{value}expected {fault.expected}; {fault.remedy}"
        head = f"{padded(fault.severity, 8)}  {padded(fault.place, places)}  "
        room = max(20, width - width_of(head))
        for at, line in enumerate(_wrapped(text, room)):
            yield (head if at == 0 else " " * width_of(head)) + line


def counts(faults: Iterable[Fault]) -> str:
    """How many of each severity, in words."""
    found = [fault.severity for fault in faults]
    words = [f"{found.count(name)} {name}{'s' if found.count(name) != 1 else ''}" for name in SEVERITIES]
    return ", ".join(words)


def _wrapped(text: str, room: int) -> list[str]:
    """Lines of at most so many columns, broken at spaces where there are any."""
    lines = []
    for line in textwrap.wrap(text, room, break_on_hyphens=False) or [""]:
        while width_of(line) > room:
            cut = next(at for at in range(len(line), 0, -1) if width_of(line[:at]) <= room)
            lines.append(line[:cut])
            line = line[cut:]
        lines.append(line)
    return lines


def _printable(fault: Fault) -> Fault:
    """Without signs that would steer the terminal: values and places come from the input."""
    place, value, expected, remedy = (
        "".join(sign if sign.isprintable() else "·" for sign in text)
        for text in (fault.place, fault.value, fault.expected, fault.remedy)
    )
    return Fault(fault.file, place, value, expected, remedy, fault.severity, fault.code)
