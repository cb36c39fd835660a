"""Chapters 1 and 2: the five-year plans of the record in review; inventory, sinks, indicators, data quality today."""

import numpy as np

from pathway_models import plotting, sentences, tables
from pathway_models.cobenefits import tables as cobenefit_tables
from pathway_models.documents.blocks import ReportBuilder
from pathway_models.intake import messages, naming, register
from pathway_models.inventory.accounts import totals_beside
from pathway_models.inventory.decomposition import ECONOMIC, decoupling, has_economy
from pathway_models.inventory.indicators import indicators, system_name, total_energy
from pathway_models.language import rounding, say, word
from pathway_models.records import Park
from pathway_models.report.inputs import ReportInputs

#: Sources below this share of the total, in both years shown, stand in one row; annex A has all of them.
LEAST = 0.005


def review(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write chapter 1: the plans of the record in emissions, intensity, drivers and decoupling."""
    lang = inputs.lang
    builder.say(*([_not_asked(inputs)] if not register.has_rule(inputs.park.country, "notice") else []), _span(inputs))
    first, last = int(inputs.decomposition.years[0]), int(inputs.decomposition.years[-1])
    builder.section(say(lang, en="Emissions and intensity", zh="排放与强度"))
    builder.say(_change(inputs, first, last), _intensity(inputs, first, last))
    caption = say(lang, en=f"Emissions, energy and intensity, {first}-{last}", zh=f"{first}—{last}年排放、能耗与强度")
    builder.rows(caption, *_yearly(inputs, first, last), _activity_note(inputs.park, lang))
    builder.section(say(lang, en="Drivers of the change (LMDI)", zh="排放变化的驱动因素（LMDI）"))
    _drivers(builder, inputs, first, last)
    builder.section(say(lang, en="Decoupling (Tapio)", zh="脱钩状态（Tapio）"))
    _decoupled(builder, inputs.park, first, last, lang)


def _drivers(builder: ReportBuilder, inputs: ReportInputs, first: int, last: int) -> None:
    """Write the drivers of emissions, where the table has more than emissions."""
    lang, parts = inputs.lang, inputs.decomposition
    if not inputs.park.has_energy:
        builder.say(
            inputs.say(
                en="The table has neither energy nor value added: emissions cannot be decomposed into drivers.",
                zh="数据表既无能耗也无增加值，无法将排放变化分解为驱动因素。",
            )
        )
        return
    builder.say(sentences.decomposition(parts, lang=lang))
    title = word("title_decomposition", lang, first=first, last=last)
    alt = sentences.decomposition(parts, lang=lang)
    builder.figure(title, alt, lambda: plotting.decomposition(parts, lang=lang))
    builder.table(say(lang, en="Effects of the drivers", zh="各驱动因素的效应"), tables.decomposition(parts, lang=lang))


def _not_asked(inputs: ReportInputs) -> str:
    """State that no rule requires the document, and that the target years are another country's."""
    country = register.country_of(inputs.park.country).name(inputs.lang)
    return inputs.say(
        en=f"This park is in {country}. No rule included here requires a document from it. The years asked for are"
        " those of a Chinese notice: they do not bind this park and serve only to compare it with others.",
        zh=f"本园区位于{country}，本项目所载规则均未要求其编制文件。所询年份出自中国的通知，对该园区没有约束力，"
        "仅供与其他园区并列比较。",
    )


def _span(inputs: ReportInputs) -> str:
    """State the plan years that the table covers, ahead of any number."""
    (first, last), plans = inputs.window, inputs.plans
    if not plans:
        return inputs.say(
            en=f"This chapter reviews the whole record in the table, {first}-{last}.",
            zh=f"本章回顾数据表的全部记录（{first}—{last}年）。",
        )
    lines = []
    for plan in plans:
        start, end = max(plan.first, int(inputs.park.years[0])), min(plan.last, last)
        if (start, end) == (plan.first, plan.last):
            lines.append(
                inputs.say(
                    en=f"every year of the {plan.name('en')} plan, {start}-{end}",
                    zh=f"{plan.name('zh')}时期（{start}—{end}年）的每一年",
                )
            )
        else:
            years = inputs.say(
                en=f"{start}-{end}" if start < end else f"{start}",
                zh=f"{start}—{end}年" if start < end else f"{start}年",
            )
            lines.append(
                inputs.say(
                    en=f"{years} of the {plan.name('en')} plan ({plan.first}-{plan.last})",
                    zh=f"{plan.name('zh')}时期（{plan.first}—{plan.last}年）中的{years}",
                )
            )
    covered = inputs.say(en=" and ", zh="，以及").join(lines)
    return inputs.say(
        en=f"This chapter covers {covered}; it says nothing about years that are not in the table.",
        zh=f"本章覆盖{covered}；对数据表没有的年份不作判断。",
    )


def _change(inputs: ReportInputs, first: int, last: int) -> str:
    start = int(inputs.park.years[0])
    total = inputs.inventory.total()[first - start : last - start + 1]
    ends = [rounding.emissions_text(float(value), inputs.lang) for value in total[[0, -1]]]
    change, highest = rounding.change_text(float(total[-1] / total[0] - 1), inputs.lang), first + int(total.argmax())
    return inputs.say(
        en=f"Emissions went from {ends[0]} in {first} to {ends[1]} in {last} ({change}); they were highest in"
        f" {highest}.",
        zh=f"排放由{first}年的{ends[0]}变为{last}年的{ends[1]}（{change}），其间{highest}年最高。",
    )


def _economy(park: Park) -> np.ndarray:
    """Sum the value added of the sectors that have one: (H,) million CNY."""
    return park.activity[np.isin(park.activity_kinds, ECONOMIC)].sum(axis=0)


def _intensity(inputs: ReportInputs, first: int, last: int) -> str:
    park, lang = inputs.park, inputs.lang
    if not has_economy(park):
        return inputs.say(
            en="The table has no value added, so intensities per value added cannot be given.",
            zh="数据表没有增加值，无法给出单位增加值的强度。",
        )
    ends = [first - int(park.years[0]), last - int(park.years[0])]
    value, energy = _economy(park)[ends], park.energy.sum(axis=(0, 1))[ends]
    carbon = inputs.inventory.total()[ends] / value
    changes = [rounding.change_text(float(pair[1] / pair[0] - 1), lang) for pair in (carbon, energy / value)]
    return inputs.say(
        en=f"Over the same years CO2 per value added changed by {changes[0]} and energy per value added by"
        f" {changes[1]}.",
        zh=f"同期单位增加值碳排放变化{changes[0]}，单位增加值能耗变化{changes[1]}。",
    )


def _yearly(inputs: ReportInputs, first: int, last: int) -> tuple[list[str], list[list[str]]]:
    """Tabulate yearly quantities: head and rows, one row a quantity, one column a year."""
    park, lang, accounts = inputs.park, inputs.lang, inputs.inventory
    picked = (park.years >= first) & (park.years <= last)
    scale = rounding.scale_of(float(accounts.total().max()), lang)
    energy = np.array([total_energy(park)[int(year)] for year in park.years])
    head = [say(lang, en="quantity", zh="指标"), say(lang, en="unit", zh="单位")]
    lines = [
        (word("total", lang), scale.unit, accounts.total() / scale.divisor),
        (say(lang, en="scope 1", zh="范围一"), scale.unit, accounts.scope(1) / scale.divisor),
    ]
    if accounts.scope(2).any():
        name = say(lang, en="scope 2, market-based", zh="范围二（基于市场）")
        lines.append((name, scale.unit, accounts.scope(2) / scale.divisor))
    lines += [
        (word(f"total_{name}", lang), scale.unit, values / scale.divisor)
        for name, values in totals_beside(park).items()
    ]
    if park.has_energy:
        lines.append((say(lang, en="energy", zh="能源消费"), say(lang, en="10⁴ tce", zh="万吨标准煤"), energy / 1e4))
    if has_economy(park):
        value = _economy(park)
        is_large = value.max() >= rounding.LARGE_MONEY
        lines += [
            (say(lang, en="value added", zh="增加值"),
             say(lang, en="billion CNY" if is_large else "million CNY", zh="亿元"),
             value / (100 if lang == "zh" else 1000 if is_large else 1)),
            (say(lang, en="CO2 per value added", zh="单位增加值碳排放"),
             say(lang, en="t per million CNY", zh="吨/万元"),
             accounts.total() / value / (1 if lang == "en" else 100)),
            (say(lang, en="energy per value added", zh="单位增加值能耗"),
             say(lang, en="tce per million CNY", zh="吨标准煤/万元"), energy / value / (1 if lang == "en" else 100)),
        ]  # fmt: skip
    rows = [
        [name, unit, *(rounding.significant(float(one), 4) for one in values[picked])] for name, unit, values in lines
    ]
    return [*head, *(str(year) for year in park.years[picked])], rows


def _activity_note(park: Park, lang: str) -> str:
    if not has_economy(park):
        return ""
    sectors = [s for s, kind in zip(park.sectors, park.activity_kinds, strict=True) if kind not in ECONOMIC]
    year = park.price_year
    text = say(
        lang,
        en=f"Value added at {year} prices." if year else "Price basis of value added: as in the table.",
        zh=f"增加值按{year}年价格。" if year else "增加值价格口径以数据表为准。",
    )
    if sectors:
        text += say(
            lang,
            en=f" {len(sectors)} of {len(park.sectors)} sectors have no value added; their emissions and energy are"
            " still included in the intensity.",
            zh=f"{len(park.sectors)}个行业中有{len(sectors)}个没有增加值，其排放与能耗仍计入强度。",
        )
    return text


def _decoupled(builder: ReportBuilder, park: Park, first: int, last: int, lang: str) -> None:
    if not has_economy(park):
        builder.say(sentences.decoupled(park, lang=lang))
        return
    whole = decoupling(park, first, last)
    grown, emitted = (rounding.change_text(value, lang) for value in (whole.activity_change, whole.emissions_change))
    builder.say(
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
            rounding.change_text(one.activity_change, lang),
            rounding.change_text(one.emissions_change, lang),
            f"{one.elasticity:.2f}" if np.isfinite(one.elasticity) else "",
            word(one.state, lang),
        )
        for one in steps
    ]
    builder.rows(
        say(lang, en="Decoupling year by year", zh="逐年脱钩状态"), [say(lang, en=e, zh=z) for e, z in head], rows
    )


def today(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write chapter 2: the inventory of the last year, its sinks, its indicators and gaps in the data."""
    park, lang, accounts = inputs.park, inputs.lang, inputs.inventory
    last = park.last_observed_year
    builder.section(say(lang, en="Emissions by source", zh="分排放源的排放"))
    builder.say(sentences.inventory(accounts, lang=lang), _location_based(inputs))
    alt = sentences.describe_inventory(accounts, lang=lang)
    builder.figure(word("title_inventory", lang), alt, lambda: plotting.inventory(park, lang=lang))
    caption = say(lang, en=f"Inventory of {last} and {park.years[0]}", zh=f"{last}年与{park.years[0]}年排放清单")
    builder.table(caption, tables.inventory(park, least=LEAST, lang=lang))
    if len(park.sectors) > 1:
        builder.section(word("title_sectors", lang))
        builder.say(sentences.sectors(accounts, lang=lang))
        builder.figure(
            word("title_sectors", lang),
            sentences.sectors(accounts, lang=lang),
            lambda: plotting.inventory(park, by="sector", lang=lang),
        )
    builder.section(say(lang, en="Carbon sinks", zh="碳汇"))
    builder.say(_sinks(inputs))
    own = cobenefit_tables.measured(park, lang=lang)
    if own is not None:
        builder.section(say(lang, en="Air pollutants", zh="大气污染物"))
        builder.say(
            inputs.say(
                en="Emissions as stated in the park's own table. How they change on the advised path is shown with"
                " the targets, provided that the use of the factors was consented to.",
                zh="园区数据表自报的排放量；建议路径下的变化见目标与路径部分（须同意采用所需因子）。",
            )
        )
        builder.table(say(lang, en="Air pollutants as stated", zh="大气污染物排放（自报）"), own)
    builder.section(say(lang, en="Indicators and data quality", zh="指标与数据质量"))
    _indicators(builder, park, lang)
    builder.say(sentences.detail(park, lang=lang))


def _location_based(inputs: ReportInputs) -> str:
    if not inputs.park.has_energy:
        return inputs.say(
            en="Purchased electricity and heat are not in the table: totals in this report are scope 1.",
            zh="数据表不含外购电力和热力：本报告的合计为范围一。",
        )
    market = [row[2] == 2 and row[1] in ("electricity", "green_electricity") for row in inputs.inventory.rows]
    bought = float(inputs.inventory.emissions[market, -1].sum())
    located = float(inputs.inventory.location_based[-1])
    if not located and not bought:
        return ""
    texts = rounding.emissions_text(located, inputs.lang), rounding.emissions_text(bought, inputs.lang)
    return inputs.say(
        en=f"Purchased electricity contributes {texts[1]} as reported (green power at zero, the rest at the mean"
        f" factor) and {texts[0]} location-based. Totals in this report are as reported. Location-based and"
        " market-based totals are shown alongside; in the market-based account the factor of the rest excludes traded"
        " green power.",
        zh=f"外购电力按填报口径计{texts[1]}（绿电按零计，其余按平均因子），按基于位置的口径计{texts[0]}。本报告的合计为填报口径；"
        "基于位置和基于市场（其余电力采用扣除市场化绿电的因子）的合计并列给出。",
    )


def _sinks(inputs: ReportInputs) -> str:
    sink, total = float(inputs.park.sinks[-1]), float(inputs.inventory.total()[-1])
    last = inputs.park.last_observed_year
    if sink <= 0:
        return inputs.say(
            en="The table gives no green area with a sequestration rate: no sink is counted, and none is assumed.",
            zh="数据表没有同时给出绿地面积与固碳速率：不计碳汇，也不作假定。",
        )
    amount, share = (
        rounding.emissions_text(sink, inputs.lang),
        rounding.change_text(sink / total, inputs.lang, digits=2, sign="-"),
    )
    return inputs.say(
        en=f"Green areas took up {amount} in {last}, {share} of the park's emissions. Sinks are reported beside the"
        " total and not subtracted from it; they count only towards neutrality.",
        zh=f"{last}年绿地固碳{amount}，相当于园区排放的{share}。碳汇与排放并列报告，不从排放合计中扣除，"
        "仅在核算碳中和时计入。",
    )


def _indicators(builder: ReportBuilder, park: Park, lang: str) -> None:
    found, last = indicators(park), park.last_observed_year
    rows = [
        (
            one.requirement.name_zh if lang == "zh" else one.name_en,
            rounding.significant(one.values[max(one.values)], 3),
            naming.unit_name(one.unit, lang),
            str(max(one.values)),
            messages.translated(one.requirement.text, lang, "tables")
            if one.requirement.is_trusted
            else say(lang, en="not verified", zh="未核实"),
            system_name(one, lang),
        )
        for one in found
        if one.values
    ]
    if not rows:
        return
    head = (("indicator", "指标"), ("value", "数值"), ("unit", "单位"), ("year", "年份"),
            ("requirement as stated", "要求（原文）"), ("system", "体系"))  # fmt: skip
    note = say(
        lang,
        en="Only indicators that can be computed from the table are listed; requirements not seen in their source are"
        " not shown.",
        zh="仅列数据表能够计算的指标；未见原文的要求不予列出。",
    )
    builder.rows(
        say(lang, en=f"Indicators to {last}", zh=f"截至{last}年的指标"),
        [say(lang, en=e, zh=z) for e, z in head],
        rows,
        note,
    )
