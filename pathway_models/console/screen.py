"""Tables that fit the terminal, aligned with Chinese characters two columns wide."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pathway_models.language import width_of

if TYPE_CHECKING:
    from pathway_models.core import Fault


SEVERITIES = ("error", "warning", "note")
#: Head of the table, names of the severities, separator after a value.
WORDS = {
    "en": (("severity", "place", "value: what was expected; what to do"), SEVERITIES, ": "),
    "zh": (("级别", "位置", "数值：要求；处理办法"), ("错误", "警告", "说明"), "："),
}
#: Pieces a line may break after: a word with its spaces, or one Chinese character with the punctuation after it.
PIECES = r"[\u2e80-\u9fff\uff00-\uffef][，。；：、）》”％]*|[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+"
#: Narrowest width that lines are laid out for.
NARROWEST = 60
#: Width where the output goes to a file or another program.
PIPED = 120
#: Right-aligned cells: numbers with sign, percent and sampling error.
NUMBER = re.compile(r"[-+>~<≥≤]?\s?[\d,.]+(\s?%|\s?±[\d.]+)*|-|")
#: Narrowest column of wrapped text, blanks between columns, and most lines of a head.
NARROW_TEXT, GAP, HEAD_LINES = 16, 2, 3


def terminal_columns(piped: int = PIPED) -> int:
    """Return the width of the terminal in columns: ``COLUMNS`` first, and a width for files where there is none."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or piped
    except (AttributeError, ValueError, OSError):
        return piped


def screen_lines(rows: Sequence[Sequence[object]], columns: int | None = None, *, indent: int = 0) -> list[str]:
    """Format rows in columns that fit a width: long texts wrap; columns beyond the width follow below, part by part.

    Parameters
    ----------
    rows : sequence of sequences
        The first one holds the heads; the first cell of each row names it in every part.
    columns : int, optional
        Width; that of the terminal by default.
    indent : int
        Blanks before each line.

    Examples
    --------
    >>> for line in screen_lines([("park", "2019", "2020"), ("园区甲", "1.5", "11.5")], 60): print(line)
    park    2019  2020
    园区甲   1.5  11.5
    """
    texts = [[str(cell) for cell in row] for row in rows]
    room = max(NARROWEST, columns or terminal_columns()) - indent
    lines: list[str] = []
    parts = _parts([_narrowest(column) for column in zip(*texts, strict=True)], room)
    for part in parts:
        chosen = [[row[at] for at in part] for row in texts]
        lines += ["" for _ in lines[:1]] + _laid_out(chosen, room)
    return [f"{'':{indent}}{line}".rstrip() for line in lines]


def on_screen(text: str) -> str:
    """Break a sentence at the width of the terminal; a table, which has lines, stays as it is."""
    return text if "\n" in text else "\n".join(wrapped(text, max(NARROWEST, terminal_columns())))


def _is_number(column: Sequence[str]) -> bool:
    return len(column) > 1 and all(NUMBER.fullmatch(cell) for cell in column[1:])


@lru_cache(maxsize=4096)
def _longest_piece(text: str) -> int:
    return max((width_of(piece.rstrip()) for piece in re.findall(PIECES, text)), default=0)


def _narrowest(column: Sequence[str]) -> int:
    """Find how narrow a column may be: numbers stay whole, texts and heads are broken between words."""
    natural = max(map(width_of, column))
    # A Chinese head breaks anywhere; in more than a few lines it would be read downwards.
    head = max(_longest_piece(column[0]), -(-width_of(column[0]) // HEAD_LINES) + 1 if width_of(column[0]) > 8 else 0)
    if _is_number(column):
        return max(head, *map(width_of, column[1:]))
    return min(natural, max(head, NARROW_TEXT, min(24, *[max(map(_longest_piece, column))])))


def _parts(narrowest: Sequence[int], room: int) -> list[list[int]]:
    """Deal columns into parts that fit the room; the first column stands in each."""
    parts, used = [[0]], narrowest[0]
    for at, width in enumerate(narrowest[1:], start=1):
        if used + GAP + width > room and len(parts[-1]) > 1:
            parts.append([0])
            used = narrowest[0]
        parts[-1].append(at)
        used += GAP + width
    return parts


def _laid_out(rows: Sequence[Sequence[str]], room: int) -> list[str]:
    """Align one part, its widest texts broken first."""
    columns = list(zip(*rows, strict=True))
    widths, least = ([of(column) for column in columns] for of in (lambda one: max(map(width_of, one)), _narrowest))
    while (over := sum(widths) + GAP * (len(widths) - 1) - room) > 0:
        loose = [at for at, width in enumerate(widths) if width > least[at]]
        if not loose:
            break
        widest = max(loose, key=widths.__getitem__)
        others = max((widths[at] for at in loose if at != widest), default=0)
        widths[widest] -= min(over, max(1, widths[widest] - max(least[widest], others)))
    right = [_is_number(column) for column in columns]
    lines = []
    for row in rows:
        cells = [wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
        for at in range(max(map(len, cells))):
            shown = [cell[at] if at < len(cell) else "" for cell in cells]
            joined = zip(shown, widths, right, strict=True)
            lines.append((" " * GAP).join(padded(text, width, to_right) for text, width, to_right in joined).rstrip())
    return lines


def padded(text: str, width: int, to_right: bool = False) -> str:
    """Pad a text with spaces to a width, behind it or before it."""
    blanks = " " * max(0, width - width_of(text))
    return blanks + text if to_right else text + blanks


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
    faults = [_printable(fault, table) for fault in faults]
    if not faults:
        return
    wanted = [f"expected {fault.expected}; " if fault.expected else "" for fault in faults]
    if lang != "en":
        # The catalogue of messages is read for Chinese only.
        from pathway_models.intake.messages import expectation, fault_in

        faults = [fault_in(fault, lang) for fault in faults]
        wanted = [expectation(fault.expected) for fault in faults]
    width = max(NARROWEST, columns or terminal_columns())
    places = min(max(width_of(fault.place) for fault in faults), width // 3)
    head, names, colon = WORDS[lang]
    yield f"{padded(head[0], 8)}  {padded(head[1], places)}  {head[2]}"
    for fault, expected in zip(faults, wanted, strict=True):
        value = f"{fault.value}{colon}" if fault.value else ""
        text = f"{value}{expected}{fault.remedy}{fault.unlisted(lang)}"
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
    if width_of(text) <= room:  # true of nearly all cells
        return [text.strip()]
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
    elsewhere = f"{fault.file} " if table and fault.file != table else ""
    place, value, expected, remedy = (
        "".join(sign if sign.isprintable() else "·" for sign in text)
        for text in (elsewhere + fault.place, fault.value, fault.expected, fault.remedy)
    )
    return replace(fault, place=place, value=value, expected=expected, remedy=remedy)
