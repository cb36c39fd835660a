"""Messages in the language of the person at the command line: faults, refusals, help.

Code and records keep their English texts; what a person sees is looked up in the catalogue of ``data/messages`` and
shown in English where it is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pathway_models.foundations.errors import Fault, InputError, PathwayError
from pathway_models.intake.messages import BLANK, CLAUSES, read_catalogue, read_names
from pathway_models.presenting.words import check_language

#: What a status adds where a table has more than one fault.
MORE = re.compile(r" \(and (\d+) more faults?; see 'pathways check'\)$")
#: What has no word, such as a unit or a grade, is the same in both languages.
WORD = re.compile(r"[a-z]{2,}")


def translated(text: str, lang: str, catalogue: str = "faults") -> str:
    """A text in a language, clause by clause; clauses that the catalogue lacks stay English.

    Examples
    --------
    >>> translated("a number of 0 or more; correct it", "zh")
    '0或以上的数值；请更正'
    """
    return _found(text, lang, catalogue)[0]


def lacking(text: str, catalogue: str = "faults") -> list[str]:
    """Clauses of a text that the catalogue has no Chinese for."""
    return _found(text, "zh", catalogue)[1]


def fault_in(fault: Fault, lang: str) -> Fault:
    """A fault with what was expected and what to do in a language."""
    if check_language(lang) == "en":
        return fault
    return replace(fault, expected=translated(fault.expected, lang), remedy=translated(fault.remedy, lang))


def fault_text(fault: Fault, lang: str) -> str:
    """One fault as a line of text."""
    if check_language(lang) == "en":
        return str(fault)
    shown = fault_in(fault, lang)
    found = f" = {fault.value!r}" if fault.value != "" else ""
    return f"{fault.file}，{fault.place}{found}：应为{shown.expected}；{shown.remedy}"


def cause_in(cause: str, lang: str) -> str:
    """Why a park's run did not come out, as its status says it: a fault as a line, or a sentence."""
    if check_language(lang) == "en":
        return cause
    where, found, text = cause.partition(": expected ")
    if not found:
        return translated(cause, lang, "cli")
    more = MORE.search(text)
    rest = f"（另有{more.group(1)}处问题，见'pathways check'）" if more else ""
    return f"{where}：应为{translated(MORE.sub('', text), lang)}{rest}"


def error_text(error: PathwayError, lang: str) -> str:
    """Whatever a user's mistake raised, as text."""
    if check_language(lang) == "en":
        return str(error)
    if isinstance(error, InputError):
        lines = [f"输入中有{len(error.faults)}处问题：", *(f"  * {fault_text(fault, lang)}" for fault in error.faults)]
        return "\n".join(lines)
    return translated(str(error), lang, "cli")


def _found(text: str, lang: str, catalogue: str) -> tuple[str, list[str]]:
    if check_language(lang) == "en":
        return text, []
    whole = _looked_up(text, catalogue)
    if whole is not None:
        return whole, []
    clauses = CLAUSES.split(text)
    chinese = [_looked_up(clause, catalogue) for clause in clauses]
    shown = [clause if found is None else found for clause, found in zip(clauses, chinese, strict=True)]
    missing = [clause for clause, found in zip(clauses, chinese, strict=True) if found is None and WORD.search(clause)]
    return "；".join(shown), missing


def _looked_up(text: str, catalogue: str) -> str | None:
    """Chinese of one text, or None."""
    whole, templates = read_catalogue(catalogue)
    if text in whole:
        return whole[text]
    if text in read_names():
        return read_names()[text]
    clauses = len(CLAUSES.split(text))
    for template in templates:
        match = template.pattern.fullmatch(text) if template.clauses == clauses else None
        if match:
            return BLANK.sub(_filler(match, catalogue), template.chinese)
    return None


def _filler(match: re.Match[str], catalogue: str) -> Callable[[re.Match[str]], str]:
    """Fills the blanks of a Chinese text with what stood in the English one; names and messages are translated."""

    def fill(blank: re.Match[str]) -> str:
        name = blank.group(1)
        value = match.group(f"b{name}")
        return _looked_up(value, catalogue) or value

    return fill
