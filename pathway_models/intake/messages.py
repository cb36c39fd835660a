"""Catalogue of messages: Chinese by English template, for faults, refusals and help at the command line.

Code and records keep their English texts; texts for display are looked up in the catalogue of ``data/messages`` and
stay English where they are missing there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from pathway_models.core import Fault, InputError, PathwayError, files, yaml_files
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.language.words import check_language, place_name

#: A blank of a template: ``{0}``; ``{y}`` for a year, ``{q0}`` for something in quotation marks.
BLANK = re.compile(r"\{(\w+)\}")
#: Separator of the clauses of a text.
CLAUSES = re.compile(r"; (?![^()]*\))")
KINDS = {"y": r"\d{4}", "q": "'[^']*'"}


@dataclass(frozen=True)
class Template:
    """One message with blanks.

    Parameters
    ----------
    pattern : re.Pattern
        Matches the English text; its groups are the blanks.
    chinese : str
    clauses : int
        Number of its clauses: a blank must not match the next one.
    """

    pattern: re.Pattern[str]
    chinese: str
    clauses: int


@cache
def read_catalogue(name: str) -> tuple[dict[str, str], tuple[Template, ...]]:
    """Read the messages of one file of ``data/messages``: those without blanks, and those with, most specific first.

    Parameters
    ----------
    name : {"faults", "cli", "tables"}

    Raises
    ------
    InputError
        The file is missing or is not YAML.
    """
    content, _ = yaml_files.read_yaml(files.data_folder() / "messages" / f"{name}_zh.yml")
    whole = {english: chinese for english, chinese in content.items() if not BLANK.search(english)}
    blanked = sorted((english for english in content if english not in whole), key=_fixed_length, reverse=True)
    return whole, tuple(
        Template(_pattern(english), content[english], len(CLAUSES.split(english))) for english in blanked
    )


@cache
def read_names() -> dict[str, str]:
    """Read the Chinese names of carriers and of the rows, units and choices of the template, by English names."""
    names = {carrier.name_en: carrier.name_zh for carrier in read_carriers().values()}
    content, _ = yaml_files.read_yaml(files.data_folder() / "layouts" / "template.yml")
    pending = [content]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            for english, chinese in (("en", "zh"), ("name_en", "name_zh"), ("label_en", "label_zh")):
                if isinstance(item.get(english), str) and isinstance(item.get(chinese), str):
                    names[item[english]] = item[chinese]
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return names


def _fixed_length(template: str) -> int:
    return len(BLANK.sub("", template))


def _pattern(template: str) -> re.Pattern[str]:
    """Return the regular expression of a template, with lazy blanks."""
    parts = BLANK.split(template)
    text = re.escape(parts[0])
    for blank, after in zip(parts[1::2], parts[2::2], strict=True):
        text += f"(?P<b{blank}>{KINDS.get(blank[0], '.+?')})" + re.escape(after)
    return re.compile(text, re.DOTALL)


#: End of a status where a table has more than one fault.
MORE = re.compile(r" \(and (\d+) more faults?; see 'pathways check'\)$")
#: Beginning of a note that was a warning.
WARNED = "Warning at "
#: A word: texts without one, such as a unit or a grade, are the same in both languages.
WORD = re.compile(r"[a-z]{2,}")


def translated(text: str, lang: str, catalogue: str = "faults") -> str:
    """Translate a text clause by clause; clauses that the catalogue lacks stay English.

    Examples
    --------
    >>> translated("a number of 0 or more; correct it", "zh")
    '0或以上的数值；请更正'
    """
    return _found(text, lang, catalogue)[0]


def lacking(text: str, catalogue: str = "faults") -> list[str]:
    """List the clauses of a text without Chinese in the catalogue."""
    return _found(text, "zh", catalogue)[1]


def fault_in(fault: Fault, lang: str) -> Fault:
    """Translate place, expectation and remedy of a fault."""
    if check_language(lang) == "en":
        return fault
    expected, remedy = translated(fault.expected, lang), translated(fault.remedy, lang)
    return replace(fault, place=place_name(fault.place, lang), expected=expected, remedy=remedy)


def fault_text(fault: Fault, lang: str) -> str:
    """Write a fault as a line of text."""
    if check_language(lang) == "en":
        return str(fault)
    shown = fault_in(fault, lang)
    found = f" = {fault.value!r}" if fault.value != "" else ""
    return f"{fault.file}，{shown.place}{found}：{expectation(shown.expected)}{shown.remedy}{fault.unlisted(lang)}"


def expectation(wanted: str) -> str:
    """Write an expectation in Chinese; empty where there is none.

    Examples
    --------
    >>> expectation("0或以上的数值"), expectation("至多100%"), expectation("至多为用量本身"), expectation("")
    ('应为0或以上的数值；', '应不超过100%；', '应不超过用量本身；', '')
    """
    for least in ("至多为", "至多", "最多", "不超过"):
        if wanted.startswith(least):
            return f"应不超过{wanted.removeprefix(least)}；"
    return f"应为{wanted}；" if wanted else ""


def cause_in(cause: str, lang: str) -> str:
    """Write the cause of a failed run, as in its status: a fault as a line, or a sentence."""
    if check_language(lang) == "en":
        return cause
    where, found, text = cause.partition(": expected ")
    if not found:
        return translated(cause, lang, "cli")
    more = MORE.search(text)
    rest = f"（另有{more.group(1)}处问题，见'pathways check'）" if more else ""
    wanted, _, remedy = translated(MORE.sub("", text), lang).partition("；")
    return f"{where}：{expectation(wanted)}{remedy}{rest}"


def warning_in(note: str, lang: str) -> str:
    """Translate a note that was a warning (`Warning at line 9: expected ...`); other notes are returned unchanged.

    Examples
    --------
    >>> warning_in("Warning at line 9: expected a number of 0 or more; correct it", "zh")
    '第9行有警告：应为0或以上的数值；请更正'
    """
    if check_language(lang) == "en":
        return note
    if not note.startswith(WARNED):
        return translated(note, lang)
    place, _, text = note.removeprefix(WARNED).partition(": expected ")
    wanted, _, remedy = translated(text, lang).partition("；")
    return f"{place_name(place, lang)}有警告：{expectation(wanted)}{remedy}"


def error_text(error: PathwayError, lang: str) -> str:
    """Write an error caused by a user's mistake as text."""
    if check_language(lang) == "en":
        return str(error)
    if isinstance(error, InputError):
        lines = [f"输入中有{error.count}处问题：", *(f"  * {fault_text(fault, lang)}" for fault in error.faults)]
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
    """Return the Chinese of one text; None where the catalogue lacks it."""
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
    """Return a function that fills the blanks of a Chinese text from the English one, with translated names."""

    def fill(blank: re.Match[str]) -> str:
        name = blank.group(1)
        value = match.group(f"b{name}")
        return _looked_up(value, catalogue) or value

    return fill
