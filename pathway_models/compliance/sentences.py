"""Sentences of compliance: the verdict in one line, and what an account leaves out."""

from __future__ import annotations

from collections.abc import Iterable

from pathway_models.compliance.records import RULE_WORDS, CarbonBudget, Compliance
from pathway_models.inventory.accounts import Accounted
from pathway_models.language.rounding import scale_of
from pathway_models.language.words import say


def verdict_sentence(found: Compliance, *, lang: str = "en") -> str:
    """Say how many indicators are met, not met and open, and how the obligatory ones stand."""
    met, missed, open_ = (found.count(name) for name in ("met", "not_met", "cannot_say"))
    core = [one for one in found.judgements if one.rule.kind == "obligatory"]
    failed = [one.rule.name.told(lang) for one in core if one.verdict == "not_met"]
    text = say(
        lang,
        en=f"{found.park_id}, {found.year}, {found.profile.name.en}: {met} met, {missed} not met, {open_} cannot be"
        " said.",
        zh=f"{found.park_id}，{found.year}年，{found.profile.name.zh}：达到{met}项，未达到{missed}项，无法判断{open_}项。",
    )
    if failed:
        text += say(
            lang,
            en=f" Obligatory and not met: {'; '.join(failed)}.",
            zh=f"未达到的约束性指标：{'；'.join(failed)}。",
        )
    return text


def account_notes(found: Iterable[Accounted], *, lang: str = "en") -> list[str]:
    """Say which accounts do not apply, and which years lack a factor without traded green power."""
    lines = []
    for one in found:
        name = one.account.name.told(lang)
        if not one.applies:
            lines.append(
                say(
                    lang,
                    en=f"{name}: cannot be said, the table names none of its branches"
                    f" ({', '.join(one.account.sectors)}).",
                    zh=f"{name}：无法判断，数据表未列出其覆盖行业（{'、'.join(one.account.sectors)}）。",
                )
            )
        elif one.without_residual:
            years = ", ".join(map(str, one.without_residual))
            lines.append(
                say(
                    lang,
                    en=f"{name}: no factor without traded green power is known for {years}; the park's own factor"
                    " stands, which counts traded green power twice.",
                    zh=f"{name}：{years}年没有扣除市场化交易绿电的因子，沿用园区自身因子，其中市场化绿电被重复计算。",
                )
            )
    return lines


def budget_sentence(found: CarbonBudget, *, lang: str = "en") -> str:
    """State a budget, its rule and its base."""
    scale = scale_of(found.total, lang)
    en, zh = RULE_WORDS[found.rule]
    first, last = int(found.years[0]), int(found.years[-1])
    base = say(
        lang,
        en=f"base {found.base_year}" + ("" if found.is_base_observed else ", median of the ensemble"),
        zh=f"基年{found.base_year}年" + ("" if found.is_base_observed else "（模拟结果中位数）"),
    )
    total = f"{found.total / scale.divisor:,.1f} {scale.unit}"
    return say(
        lang,
        en=f"{found.park_id}: budget {first}-{last} {total} ({en}; {base}).",
        zh=f"{found.park_id}：{first}—{last}年碳预算{total}（{zh}；{base}）。",
    )
