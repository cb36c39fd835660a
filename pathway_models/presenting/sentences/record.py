"""Sentences about a park and its record: what it is, what its table lacks, what moved its emissions."""

from __future__ import annotations

import numpy as np

from pathway_models.findings.decomposition import Decomposition, decoupling, has_economy
from pathway_models.findings.effects import typical_sources
from pathway_models.presenting.names import headline, item_name, scenario_name
from pathway_models.presenting.rounding import change_text, emissions_text, share_text
from pathway_models.presenting.words import INVENTED, say, word
from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways

#: Years of a record below which its own trend says little.
SHORT = 10
#: A share of emissions that is rounding and nothing else.
ROUNDING = 1e-9


def heading(park: Park, *, lang: str = "en") -> str:
    """Head of a page about a park, in Markdown; an invented one is marked before anything else."""
    lines = [f"## {headline(park, lang)}"]
    if park.invented:
        lines.append(
            say(
                lang,
                en=f"**{INVENTED}: this park does not exist. Its numbers are made up and are evidence of nothing.**",
                zh=f"**{INVENTED}：本园区并不存在，数据为编造，不能作为任何证据。**",
            )
        )
    scope = say(lang, en=f"Boundary: {park.boundary}", zh=f"核算边界：{park.boundary}")
    chosen = say(
        lang,
        en=f"Factor set {park.factor_set}, grid factor {park.grid_factor}; factors in the table come first.",
        zh=f"排放因子组 {park.factor_set}，电网因子 {park.grid_factor}；表中自带的因子优先。",
    )
    return "\n\n".join([*lines, scope, chosen])


def notes(park: Park, *, lang: str = "en") -> str:
    """Findings and assumptions that belong to every result of a park, as a Markdown list."""
    if not park.notes:
        return say(lang, en="The table carries no notes.", zh="该表没有附注。")
    head = say(lang, en="Shown with every result:", zh="与所有结果一并展示（数据附注原文）：")
    return "\n".join([head, "", *(f"- {note}" for note in park.notes)])


def detail(park: Park, *, lang: str = "en") -> str:
    """Say how much the table tells, and what the missing detail costs."""
    sectors, carriers = len(park.sectors), int((park.energy[..., -1].sum(axis=0) > 0).sum())
    span = f"{park.years[0]}-{park.years[-1]}"
    en = [f"The table has {park.years.size} years ({span}), {sectors} sector{'s' if sectors > 1 else ''} and"
          f" {carriers} carrier{'s' if carriers > 1 else ''} in use."]  # fmt: skip
    zh = [f"该表有{park.years.size}年（{span}）、{sectors}个行业、在用能源{carriers}种。"]
    if park.tier == "rich":
        en.append("Sectors and carriers are told apart, so no lever has to act on an average.")
        zh.append("分行业、分品种：措施无须作用于平均水平。")
    else:
        en.append("Without sectors, a shift between branches looks like a change of intensity, and the levers on"
                  " structure act on an average park.")  # fmt: skip
        zh.append("没有分行业数据：行业间的变化会表现为强度变化，产业结构措施只能作用于园区平均水平。")
    if park.tier == "poor":
        en.append("Without carriers, no fuel can be seen to replace another: the mix is one average fuel.")
        zh.append("没有分能源品种数据：无法看到燃料替代，能源结构只是一个平均值。")
    if not has_economy(park):
        en.append("Without value added, energy itself stands for activity: intensity cannot be told from growth.")
        zh.append("没有增加值：以能耗本身代表活动规模，强度变化与规模增长无法区分。")
    if park.years.size < SHORT:
        en.append(f"With fewer than {SHORT} years the trend leans on other regions' records, and the range is wider.")
        zh.append(f"不足{SHORT}年：趋势更多依靠其他区域的历史记录，区间因此更宽。")
    return say(lang, en=" ".join(en), zh="".join(zh))


def inventory(found: Inventory, *, lang: str = "en") -> str:
    """Say how much was emitted in the last year, from what, and how that changed."""
    total, first, last = found.total(), int(found.years[0]), int(found.years[-1])
    by_item: dict[str, float] = {}
    for (_, item, _), values in zip(found.rows, found.emissions, strict=True):
        by_item[item] = by_item.get(item, 0.0) + float(values[-1])
    largest = max(by_item, key=lambda item: by_item[item])
    share = share_text(min(by_item[largest] / float(np.maximum(list(by_item.values()), 0).sum()), 1.0), lang)
    bought = share_text(float(np.clip(found.scope(2)[-1] / total[-1], 0, 1)), lang)
    amount, change = emissions_text(float(total[-1]), lang), change_text(float(total[-1] / total[0] - 1), lang)
    highest = int(found.years[total.argmax()])
    return say(
        lang,
        en=f"In {last} emissions were {amount} ({change} since {first}; highest in {highest}); the largest source is"
        f" {item_name(largest, lang)} ({share} of all positive sources), and {bought} of the total is scope 2.",
        zh=f"{last}年排放{amount}（较{first}年{change}，最高在{highest}年）；最大排放源为{item_name(largest, lang)}"
        f"（占全部正排放的{share}），范围二占总量的{bought}。",
    )


def sectors(found: Inventory, *, lang: str = "en") -> str:
    """Say which sector emits most in the last year, and which has grown most."""
    by_sector, last = found.by_sector(), int(found.years[-1])
    if len(by_sector) == 1:
        return say(lang, en="The table has no split by sector.", zh="该表没有分行业数据。")
    largest = max(by_sector, key=lambda name: by_sector[name][-1])
    grown = max(by_sector, key=lambda name: by_sector[name][-1] - by_sector[name][0])
    share = share_text(float(np.clip(by_sector[largest][-1] / found.total()[-1], 0, 1)), lang)
    rise = emissions_text(float(by_sector[grown][-1] - by_sector[grown][0]), lang)
    return say(
        lang,
        en=f"In {last} {item_name(largest, lang)} emits most ({share} of the total); since {found.years[0]}"
        f" {item_name(grown, lang)} has added most ({rise}).",
        zh=f"{last}年排放最多的行业为{item_name(largest, lang)}（占总量的{share}）；自{found.years[0]}年以来增量最大的"
        f"为{item_name(grown, lang)}（{rise}）。",
    )


def sources(pathways: Pathways, scenario: str, *, lang: str = "en") -> str:
    """Say which source remains the largest at the end, and how far the total has come down.

    Raises
    ------
    ScenarioError
        The scenario was not projected.
    """
    mean = typical_sources(pathways, scenario)
    total, last = mean.sum(axis=0), int(pathways.years[-1])
    since = int(pathways.last_observed_year - pathways.years[0])
    largest = pathways.sources[int(mean[:, -1].argmax())]
    share = share_text(float(mean[:, -1].max() / np.maximum(mean[:, -1], 0).sum()), lang)
    change, name = change_text(float(total[-1] / total[since] - 1), lang, digits=0), scenario_name(scenario, lang)
    return say(
        lang,
        en=f"{name}, middle half of members: emissions change by {change} from {pathways.last_observed_year} to {last};"
        f" the largest source left in {last} is {word(largest, lang)} ({share} of all positive sources).",
        zh=f"{name}（居中一半成员）：{pathways.last_observed_year}年至{last}年排放变化{change}；{last}年最大的剩余排放源为"
        f"{word(largest, lang)}（占全部正排放的{share}）。",
    )


def decomposition(parts: Decomposition, *, lang: str = "en") -> str:
    """Say which drivers raised and lowered emissions most, and that the effects add up."""
    sums = parts.sums()
    up, down = (choose(sums, key=lambda name: sums[name]) for choose in (max, min))
    change = float(parts.emissions[-1] - parts.emissions[0])
    moved = change_text(change / float(parts.emissions[0]), lang)
    raised, lowered = (_effect(sums, name, lang) for name in (up, down))
    closes = parts.residual() < ROUNDING
    tail_en = "the effects add up to the change without a rest" if closes else "THE EFFECTS DO NOT ADD UP"
    tail_zh = "各项效应之和与总变化相等，无残差" if closes else "各项效应之和与总变化不符"
    return say(
        lang,
        en=f"Emissions changed by {moved} over {parts.years[0]}-{parts.years[-1]}: most upwards by {raised}, most"
        f" downwards by {lowered}; {tail_en}.",
        zh=f"{parts.years[0]}-{parts.years[-1]}年排放变化{moved}：上升主要来自{raised}，下降主要来自{lowered}；"
        f"{tail_zh}。",
    )


def _effect(sums: dict[str, float], name: str, lang: str) -> str:
    label = word(name, lang)
    sign = "-" if sums[name] < 0 else "+"
    return say(
        lang,
        en=f"{label} ({sign}{emissions_text(abs(sums[name]), lang)})",
        zh=f"{label}（{sign}{emissions_text(abs(sums[name]), lang)}）",
    )


def decoupled(park: Park, *, lang: str = "en") -> str:
    """Say whether emissions have come apart from value added."""
    if not has_economy(park):
        return say(lang, en="The table has no value added to decouple from.", zh="该表没有增加值，无法判断是否脱钩。")
    found = decoupling(park)
    grown, emitted = (change_text(value, lang) for value in (found.activity_change, found.emissions_change))
    state = word(found.state, lang)
    return say(
        lang,
        en=f"From {found.first} to {found.last} value added changed by {grown} and emissions by {emitted}: {state}"
        f" (elasticity {found.elasticity:.2f}).",
        zh=f"{found.first}年至{found.last}年增加值变化{grown}，排放变化{emitted}：{state}（弹性{found.elasticity:.2f}）。",
    )
