"""Faults as a table for a terminal, columns aligned although Chinese signs are two columns wide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pathway_models.language.words import width_of

if TYPE_CHECKING:
    from pathway_models.core.errors import Fault


SEVERITIES = ("error", "warning", "note")
#: Head of the table, names of the severities, prefix of the expectation, separators.
WORDS = {
    "en": (("severity", "place", "value: expected; remedy"), SEVERITIES, "expected ", (": ", "; ")),
    "zh": (("级别", "位置", "值：应为；处理"), ("错误", "警告", "说明"), "应为", ("：", "；")),
}
#: Pieces a line may break after: a word with its spaces, or one Chinese character.
PIECES = r"[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+"
#: Narrower terminals get lines that wrap.
NARROWEST = 60


def padded(text: str, width: int) -> str:
    """Pad a text with spaces to a width."""
    return text + " " * max(0, width - width_of(text))


def aligned(rows: Iterable[Iterable[object]]) -> list[str]:
    """Align the columns of a table; the last one may be as long as it is."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(width_of, column)) for column in zip(*texts, strict=True)]
    return ["  ".join(padded(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in texts]


def fault_lines(
    faults: Iterable[Fault], columns: int | None = None, lang: str = "en", *, table: str = ""
) -> Iterator[str]:
    """Format faults as a table: a head, a line for place and value, and below it the expectation and the remedy.

    Parameters
    ----------
    faults : iterable of Fault
        In the order they are shown.
    columns : int, optional
        Width of the terminal; the real one by default.
    lang : {"en", "zh"}
    table : str, optional
        Name of the file that is checked: a fault of another file, such as the description beside a table, names it.
    """
    # Opens archives too, which takes a while to import.
    import shutil

    faults = [_printable(fault, table) for fault in faults]
    if not faults:
        return
    if lang != "en":
        # The catalogue of messages is read only where somebody reads Chinese.
        from pathway_models.intake.messages import fault_in

        faults = [fault_in(fault, lang) for fault in faults]
    width = max(NARROWEST, columns or shutil.get_terminal_size((100, 24)).columns)
    places = min(max(width_of(fault.place) for fault in faults), width // 3)
    head, names, expected, apart = WORDS[lang]
    yield f"{padded(head[0], 8)}  {padded(head[1], places)}  {head[2]}"
    for fault in faults:
        value = f"{fault.value}{apart[0]}" if fault.value else ""
        text = f"{value}{expected}{fault.expected}{apart[1]}{fault.remedy}{fault.unlisted(lang)}"
        head = f"{padded(names[SEVERITIES.index(fault.severity)], 8)}  {padded(fault.place, places)}  "
        room = max(20, width - width_of(head))
        for at, line in enumerate(wrapped(text, room)):
            yield (head if at == 0 else " " * width_of(head)) + line


def counts(faults: Iterable[Fault], lang: str = "en") -> str:
    """Count the faults of each severity, in words."""
    found = dict.fromkeys(SEVERITIES, 0)
    for fault in faults:
        found[fault.severity] += 1 + fault.more
    if lang == "zh":
        return "，".join(f"{name}{found[code]}处" for code, name in zip(SEVERITIES, WORDS[lang][1], strict=True))
    return ", ".join(f"{count} {name}{'s' if count != 1 else ''}" for name, count in found.items())


def wrapped(text: str, room: int) -> list[str]:
    """Wrap a text at a number of columns, between words or Chinese characters where there are any.

    Examples
    --------
    >>> wrapped("应为0或以上的数值 check the sign", 16)
    ['应为0或以上的数', '值 check the', 'sign']
    """
    lines = [""]
    for piece in re.findall(PIECES, text):
        if lines[-1] and width_of(lines[-1] + piece.rstrip()) > room:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
        while width_of(lines[-1].rstrip()) > room:
            line = lines.pop()
            cut = next(at for at in range(min(len(line), room), 0, -1) if at == 1 or width_of(line[:at]) <= room)
            lines += [line[:cut], line[cut:]]
    return [line.rstrip() for line in lines]


def _printable(fault: Fault, table: str) -> Fault:
    """Remove control characters, as values and places come from the input."""
    from dataclasses import replace

    elsewhere = f"{fault.file} " if table and fault.file != table else ""
    place, value, expected, remedy = (
        "".join(sign if sign.isprintable() else "·" for sign in text)
        for text in (elsewhere + fault.place, fault.value, fault.expected, fault.remedy)
    )
    return replace(fault, place=place, value=value, expected=expected, remedy=remedy)
