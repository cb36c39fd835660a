"""The catalogue of messages: Chinese by English template, a data file that needs no programmer to translate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pathway_models.intake.factors import read_carriers
from pathway_models.intake.paths import data_folder
from pathway_models.intake.yaml_files import read_yaml

#: A blank of a template: ``{0}``; ``{y}`` for a year, ``{q0}`` for something in quotation marks.
BLANK = re.compile(r"\{(\w+)\}")
#: Between the clauses of a text.
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
        How many clauses it has: a blank must not swallow the next one.
    """

    pattern: re.Pattern[str]
    chinese: str
    clauses: int


@cache
def read_catalogue(name: str) -> tuple[dict[str, str], tuple[Template, ...]]:
    """Messages of one file of ``data/messages``: those without blanks, and those with, the most specific first.

    Parameters
    ----------
    name : {"faults", "cli", "tables"}

    Raises
    ------
    InputError
        The file is missing or is not YAML.
    """
    content, _ = read_yaml(data_folder() / "messages" / f"{name}_zh.yml")
    whole = {english: chinese for english, chinese in content.items() if not BLANK.search(english)}
    blanked = sorted((english for english in content if english not in whole), key=_fixed_length, reverse=True)
    return whole, tuple(
        Template(_pattern(english), content[english], len(CLAUSES.split(english))) for english in blanked
    )


@cache
def read_names() -> dict[str, str]:
    """Chinese names of carriers and of the rows, units and choices of the template, by their English ones."""
    names = {carrier.name_en: carrier.name_zh for carrier in read_carriers().values()}
    content, _ = read_yaml(data_folder() / "layouts" / "template.yml")
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
    """Regular expression of a template; a blank takes as little as it can."""
    parts = BLANK.split(template)
    text = re.escape(parts[0])
    for blank, after in zip(parts[1::2], parts[2::2], strict=True):
        text += f"(?P<b{blank}>{KINDS.get(blank[0], '.+?')})" + re.escape(after)
    return re.compile(text, re.DOTALL)
