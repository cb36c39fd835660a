"""Energy assets in sentences: when they are replaced, what they lock in, which levers wait, what not waiting costs."""

from __future__ import annotations

import numpy as np

from pathway_models.findings.assets import AssetPlan, Waiting
from pathway_models.presenting.decision_words import money_text, option_name
from pathway_models.presenting.rounding import emissions_text, significant
from pathway_models.presenting.words import say

#: Replacements told one by one.
MOST_TOLD = 12


def describe_assets(found: AssetPlan | None, before: int, *, lang: str = "en") -> list[str]:
    """Reinvestment windows, lock-in, and the levers that wait for replacement or need not; None: no table is given."""
    if found is None:
        return [
            say(
                lang,
                en="No table of energy assets is given: no measure waits until what it replaces is due.",
                zh="未给出能源设施清单：各措施均不等待所替代设备到期。",
            )
        ]
    lines = [_units(found, lang), _locked_in(found, before, lang)]
    lines += [_wait(one, lang) for one in found.waiting if one.fitted.years_later]
    at_once = [_named(one, lang) for one in found.waiting if not one.fitted.years_later]
    names = [lever.name_zh if lang == "zh" else lever.name_en for lever in found.free]
    comma = say(lang, en=", ", zh="、")
    if at_once:
        listed = comma.join(at_once)
        lines.append(say(lang, en=f"Need not wait for replacement: {listed}.", zh=f"无需等待设备更新：{listed}。"))
    if names:
        lines.append(
            say(
                lang,
                en=f"No listed unit uses what these replace, so they do not wait: {comma.join(names)}.",
                zh=f"清单中没有设备使用下列措施所替代的能源，故不等待：{comma.join(names)}。",
            )
        )
    return lines


def _units(found: AssetPlan, lang: str) -> str:
    energy = significant(sum(one.energy for one in found.assets))
    told = [f"{row['year']} {row['asset']}" for row in found.windows]
    more = len(told) - MOST_TOLD
    rest = say(lang, en=f", and {more} more", zh=f"，另有{more}次") if more > 0 else ""
    listed = say(lang, en=", ", zh="、").join(told[:MOST_TOLD]) + rest
    last = found.years[-1]
    when = say(lang, en=f"They are replaced: {listed}.", zh=f"更新年份：{listed}。")
    if not told:
        when = say(lang, en=f"None is replaced by {last}.", zh=f"至{last}年均不更新。")
    count = len(found.assets)
    return say(
        lang,
        en=f"Energy assets: {count} unit{'s' * (count != 1)}, {energy} TJ a year. {when}",
        zh=f"能源设施{count}台，年用能{energy} TJ。{when}",
    )


def _locked_in(found: AssetPlan, before: int, lang: str) -> str:
    told = []
    for year in dict.fromkeys((int(found.years[0]), before, before + 5)):
        at = np.flatnonzero(found.years == year)
        if at.size:
            tonnes = emissions_text(float(found.locked_in[at[0]]), lang)
            told.append(say(lang, en=f"{tonnes} in {year}", zh=f"{year}年{tonnes}"))
    listed = say(lang, en=", ", zh="，").join(told)
    return say(
        lang,
        en=f"Locked in: run to the end of their lifetimes, today's units alone emit {listed}.",
        zh=f"锁定排放：现有设备用至寿命期末，仅其排放即为{listed}。",
    )


def _named(one: Waiting, lang: str) -> str:
    name = one.lever.name_zh if lang == "zh" else one.lever.name_en
    return say(lang, en=f"{name} ({option_name(one.option, lang)})", zh=f"{name}（{option_name(one.option, lang)}）")


def _wait(one: Waiting, lang: str) -> str:
    years, early = one.fitted.years_later, say(lang, en=", ", zh="、").join(one.fitted.early)
    name = _named(one, lang)
    if one.fitted.early_cost is None:
        cost = say(lang, en="how much is not written off is not known", zh="其未折旧余值未知")
    else:
        money = money_text(one.fitted.early_cost, lang)
        cost = say(lang, en=f"up to {money} not written off", zh=f"其未折旧余值至多{money}")
    return say(
        lang,
        en=f"{name} waits {years} year{'s' * (years != 1)} until the units it replaces are due; without waiting it"
        f" would replace {early} before time: {cost}.",
        zh=f"{name}推迟{years}年，待所替代设备到期；若不等待将提前替换{early}，{cost}。",
    )
