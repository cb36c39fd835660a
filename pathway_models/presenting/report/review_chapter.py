"""The chapter on the thirteenth plan in review: emissions, intensity, what moved them, decoupling."""

from __future__ import annotations

import numpy as np

from pathway_models.accounting.indicators import total_energy
from pathway_models.findings.decomposition import ECONOMIC, decoupling, has_economy
from pathway_models.presenting import plotting, sentences, tables
from pathway_models.presenting.report.blocks import Pen
from pathway_models.presenting.report.material import PLAN, Material
from pathway_models.presenting.rounding import change_text, emissions_text, scale_of, significant
from pathway_models.presenting.words import say, word
from pathway_models.records.park import Park


def review(pen: Pen, on: Material) -> None:
    """Chapter 1: 2016-2020 in emissions, intensity, drivers and decoupling."""
    lang = on.lang
    pen.say(_span(on))
    first, last = int(on.decomposition.years[0]), int(on.decomposition.years[-1])
    pen.section(say(lang, en="Emissions and intensity", zh="排放与强度"))
    pen.say(_change(on, first, last), _intensity(on, first, last))
    caption = say(lang, en=f"Emissions, energy and intensity, {first}-{last}", zh=f"{first}—{last}年排放、能耗与强度")
    pen.rows(caption, *_yearly(on, first, last), _activity_note(on.park, lang))
    pen.section(say(lang, en="Drivers of the change (LMDI)", zh="排放变化的驱动因素（LMDI）"))
    parts = on.decomposition
    pen.say(sentences.decomposition(parts, lang=lang))
    title = word("title_decomposition", lang, first=first, last=last)
    alt = sentences.decomposition(parts, lang=lang)
    pen.figure(title, alt, lambda: plotting.decomposition(parts, lang=lang))
    pen.table(say(lang, en="Effects of the drivers", zh="各驱动因素的效应"), tables.decomposition(parts, lang=lang))
    pen.section(say(lang, en="Decoupling (Tapio)", zh="脱钩状态（Tapio）"))
    _decoupled(pen, on.park, first, last, lang)


def _span(on: Material) -> str:
    """Which of the plan's years the table covers, said before any number of them."""
    years, lang = on.park.years, on.lang
    if on.window is None:
        return say(
            lang,
            en=f"The table has fewer than two years of {PLAN[0]}-{PLAN[1]}: this chapter shows its own record,"
            f" {years[0]}-{years[-1]}, and says nothing of the plan's years that are missing.",
            zh=f"数据表在{PLAN[0]}—{PLAN[1]}年内不足两年：本章按数据表自身年份（{years[0]}—{years[-1]}年）回顾，"
            "对缺少的年份不作判断。",
        )
    if on.window == PLAN:
        return say(
            lang,
            en=f"This chapter looks back on the thirteenth plan, {PLAN[0]}-{PLAN[1]}; every year of it is in the"
            " table.",
            zh=f"本章回顾“十三五”时期（{PLAN[0]}—{PLAN[1]}年），数据表覆盖其中每一年。",
        )
    return say(
        lang,
        en=f"Of the thirteenth plan, {PLAN[0]}-{PLAN[1]}, the table covers {on.window[0]}-{on.window[1]}; nothing is"
        " said of the years that are missing.",
        zh=f"数据表覆盖“十三五”时期（{PLAN[0]}—{PLAN[1]}年）中的{on.window[0]}—{on.window[1]}年；"
        "对缺少的年份不作判断。",
    )


def _change(on: Material, first: int, last: int) -> str:
    start = int(on.park.years[0])
    total = on.inventory.total()[first - start : last - start + 1]
    ends = [emissions_text(float(value), on.lang) for value in total[[0, -1]]]
    change, highest = change_text(float(total[-1] / total[0] - 1), on.lang), first + int(total.argmax())
    return say(
        on.lang,
        en=f"Emissions went from {ends[0]} in {first} to {ends[1]} in {last} ({change}); of these years {highest} is"
        " the highest.",
        zh=f"排放由{first}年的{ends[0]}变为{last}年的{ends[1]}（{change}），其间{highest}年最高。",
    )


def _economy(park: Park) -> np.ndarray:
    """Value added of the sectors that have one, (H,) million CNY."""
    return park.activity[np.isin(park.activity_kinds, ECONOMIC)].sum(axis=0)


def _intensity(on: Material, first: int, last: int) -> str:
    park, lang = on.park, on.lang
    if not has_economy(park):
        return say(
            lang,
            en="The table has no value added, so that no intensity of it can be given.",
            zh="数据表没有增加值，无法给出单位增加值的强度。",
        )
    ends = [first - int(park.years[0]), last - int(park.years[0])]
    value, energy = _economy(park)[ends], park.energy.sum(axis=(0, 1))[ends]
    carbon = on.inventory.total()[ends] / value
    changes = [change_text(float(pair[1] / pair[0] - 1), lang) for pair in (carbon, energy / value)]
    return say(
        lang,
        en=f"Over the same years CO2 per value added changed by {changes[0]} and energy per value added by"
        f" {changes[1]}.",
        zh=f"同期单位增加值碳排放变化{changes[0]}，单位增加值能耗变化{changes[1]}。",
    )


def _yearly(on: Material, first: int, last: int) -> tuple[list[str], list[list[str]]]:
    """Head and rows: one row a quantity, one column a year."""
    park, lang, accounts = on.park, on.lang, on.inventory
    picked = (park.years >= first) & (park.years <= last)
    scale = scale_of(float(accounts.total().max()), lang)
    energy = np.array([total_energy(park)[int(year)] for year in park.years])
    head = [say(lang, en="quantity", zh="指标"), say(lang, en="unit", zh="单位")]
    lines = [
        (word("total", lang), scale.unit, accounts.total() / scale.divisor),
        (say(lang, en="scope 1", zh="范围一"), scale.unit, accounts.scope(1) / scale.divisor),
        (say(lang, en="scope 2, market-based", zh="范围二（基于市场）"), scale.unit, accounts.scope(2) / scale.divisor),
        (say(lang, en="energy", zh="能源消费"), say(lang, en="10⁴ tce", zh="万吨标准煤"), energy / 1e4),
    ]
    if has_economy(park):
        value = _economy(park)
        lines += [
            (say(lang, en="value added", zh="增加值"), say(lang, en="million CNY", zh="亿元"),
             value / (1 if lang == "en" else 100)),
            (say(lang, en="CO2 per value added", zh="单位增加值碳排放"),
             say(lang, en="t per million CNY", zh="吨/万元"),
             accounts.total() / value / (1 if lang == "en" else 100)),
            (say(lang, en="energy per value added", zh="单位增加值能耗"),
             say(lang, en="tce per million CNY", zh="吨标准煤/万元"), energy / value / (1 if lang == "en" else 100)),
        ]  # fmt: skip
    rows = [[name, unit, *(significant(float(one), 4) for one in values[picked])] for name, unit, values in lines]
    return [*head, *(str(year) for year in park.years[picked])], rows


def _activity_note(park: Park, lang: str) -> str:
    if not has_economy(park):
        return ""
    sectors = [s for s, kind in zip(park.sectors, park.activity_kinds, strict=True) if kind not in ECONOMIC]
    year = park.price_year
    text = say(
        lang,
        en=f"Value added at prices of {year}." if year else "Price basis of the value added: as in the table.",
        zh=f"增加值按{year}年价格。" if year else "增加值价格口径以数据表为准。",
    )
    if sectors:
        text += say(
            lang,
            en=f" {len(sectors)} of {len(park.sectors)} sectors have no value added; their emissions and energy are in"
            " the intensity all the same.",
            zh=f"{len(park.sectors)}个行业中有{len(sectors)}个没有增加值，其排放与能耗仍计入强度。",
        )
    return text


def _decoupled(pen: Pen, park: Park, first: int, last: int, lang: str) -> None:
    if not has_economy(park):
        pen.say(sentences.decoupled(park, lang=lang))
        return
    whole = decoupling(park, first, last)
    grown, emitted = (change_text(value, lang) for value in (whole.activity_change, whole.emissions_change))
    pen.say(
        say(
            lang,
            en=f"From {first} to {last} value added changed by {grown} and emissions by {emitted}:"
            f" {word(whole.state, lang)} (elasticity {whole.elasticity:.2f}).",
            zh=f"{first}年至{last}年增加值变化{grown}，排放变化{emitted}：{word(whole.state, lang)}"
            f"（弹性{whole.elasticity:.2f}）。",
        )
    )
    steps = [decoupling(park, year, year + 1) for year in range(first, last)]
    head = (("years", "年份"), ("value added", "增加值变化"), ("emissions", "排放变化"), ("elasticity", "弹性"),
            ("state", "状态"))  # fmt: skip
    rows = [
        (
            f"{one.first}-{one.last}",
            change_text(one.activity_change, lang),
            change_text(one.emissions_change, lang),
            f"{one.elasticity:.2f}" if np.isfinite(one.elasticity) else "",
            word(one.state, lang),
        )
        for one in steps
    ]
    pen.rows(say(lang, en="Decoupling year by year", zh="逐年脱钩状态"), [say(lang, en=e, zh=z) for e, z in head], rows)
