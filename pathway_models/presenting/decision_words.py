"""Words of the decision: families, levers, packages and money, English and Chinese."""

from __future__ import annotations

import re

from pathway_models.findings.choices import Candidate, Decision
from pathway_models.presenting.rounding import significant
from pathway_models.presenting.words import say, word
from pathway_models.records.grids import Block, Grid

SETTINGS = {"moderate": ("moderate", "适度"), "strong": ("strong", "强化")}


def family_name(family: str, lang: str) -> str:
    """Name of a family of levers; the family of processes is not the source of that name."""
    return say(lang, en="low-carbon processes", zh="工艺降碳") if family == "process" else word(family, lang)


def block_name(block: Block, lang: str) -> str:
    """Name of a block: its lever's, or its family's."""
    if block.name_en == block.block_id:
        return family_name(block.block_id, lang)
    return block.name_zh if lang == "zh" else block.name_en


def option_name(label: str, lang: str) -> str:
    """Name of an option: ``strong+5`` is the strong setting, five years later.

    Examples
    --------
    >>> option_name("strong+5", "en"), option_name("moderate", "zh")
    ('strong, 5 years later', '适度')
    """
    found = re.fullmatch(r"(.+?)([+-]\d+)?", label)
    setting, shift = (found.group(1), int(found.group(2) or 0)) if found else (label, 0)
    en, zh = SETTINGS.get(setting, (setting, setting))
    if shift:
        when = ("later", "晚") if shift > 0 else ("earlier", "早")
        en, zh = f"{en}, {abs(shift)} years {when[0]}", f"{zh}，{when[1]}{abs(shift)}年"
    return say(lang, en=en, zh=zh)


def package_name(grid: Grid, code: tuple[int, ...], lang: str) -> str:
    """A package in words: its blocks with their settings."""
    used = [(b, o) for b, o in zip(grid.blocks, grid.options_of(code), strict=True) if o.measures]
    parts = [f"{block_name(block, lang)} ({option_name(option.label, lang)})" for block, option in used]
    return say(lang, en="; ", zh="；").join(parts) or say(lang, en="no lever", zh="无措施")


def money_text(million: float, lang: str) -> str:
    """An amount of money in words of its size.

    Examples
    --------
    >>> money_text(1234.0, "en"), money_text(1234.0, "zh")
    ('1,230 million CNY', '12.3亿元')
    """
    return say(lang, en=f"{significant(million)} million CNY", zh=f"{significant(million / 100)}亿元")


def cost_text(candidate: Candidate, lang: str) -> str:
    """Cost of a package a year; what is not known is said, never left as a number that looks whole."""
    if not candidate.unknown:
        return say(
            lang,
            en=f"{money_text(candidate.annualised, lang)} a year",
            zh=f"每年{money_text(candidate.annualised, lang)}",
        )
    known = money_text(candidate.annualised, lang)
    return say(
        lang,
        en=f"cost not known ({candidate.steps} steps without a price); known part {known} a year",
        zh=f"成本未知({candidate.steps}级力度无价格)；已知部分每年{known}",
    )


def lever_names(decision: Decision, ids: tuple[str, ...], lang: str) -> str:
    """Names of some levers of a decision's grid."""
    names = {
        m.lever.lever_id: m.lever.name_zh if lang == "zh" else m.lever.name_en
        for m in decision.grid.everything().measures
    }
    return say(lang, en=", ", zh="、").join(names.get(one, one) for one in ids)
