"""The chapter on emissions and sinks today: inventory, sectors, sinks, indicators, quality of the data."""

from __future__ import annotations

from pathway_models.accounting.indicators import indicators
from pathway_models.presenting import plotting, sentences, tables
from pathway_models.presenting.report.blocks import Pen
from pathway_models.presenting.report.material import Material
from pathway_models.presenting.rounding import change_text, emissions_text, significant
from pathway_models.presenting.words import say, word
from pathway_models.records.park import Park


def today(pen: Pen, on: Material) -> None:
    """Chapter 2: the inventory of the last year, its sinks, its indicators, and what the table lacks."""
    park, lang, accounts = on.park, on.lang, on.inventory
    last = park.last_observed_year
    pen.section(say(lang, en="Emissions by source", zh="分排放源的排放"))
    pen.say(sentences.inventory(accounts, lang=lang), _location_based(on))
    alt = sentences.describe_inventory(accounts, lang=lang)
    pen.figure(word("title_inventory", lang), alt, lambda: plotting.inventory(park, lang=lang))
    caption = say(lang, en=f"Inventory of {last} and {park.years[0]}", zh=f"{last}年与{park.years[0]}年排放清单")
    pen.table(caption, tables.inventory(park, lang=lang))
    if len(park.sectors) > 1:
        pen.section(word("title_sectors", lang))
        pen.say(sentences.sectors(accounts, lang=lang))
        pen.figure(
            word("title_sectors", lang),
            sentences.sectors(accounts, lang=lang),
            lambda: plotting.inventory(park, by="sector", lang=lang),
        )
    pen.section(say(lang, en="Carbon sinks", zh="碳汇"))
    pen.say(_sinks(on))
    pen.section(say(lang, en="Indicators and quality of the data", zh="指标与数据质量"))
    _indicators(pen, park, lang)
    pen.say(sentences.detail(park, lang=lang))


def _location_based(on: Material) -> str:
    market = [row[2] == 2 and row[1] in ("electricity", "green_electricity") for row in on.inventory.rows]
    bought = float(on.inventory.emissions[market, -1].sum())
    located = float(on.inventory.location_based[-1])
    texts = emissions_text(located, on.lang), emissions_text(bought, on.lang)
    return say(
        on.lang,
        en=f"Purchased electricity counts {texts[1]} market-based (green power at zero); location-based it is"
        f" {texts[0]}. Totals of this report are market-based.",
        zh=f"外购电力按市场法计{texts[1]}（绿电按零计），按地域法计{texts[0]}。本报告的合计采用市场法。",
    )


def _sinks(on: Material) -> str:
    sink, total = float(on.park.sinks[-1]), float(on.inventory.total()[-1])
    last = on.park.last_observed_year
    if sink <= 0:
        return say(
            on.lang,
            en="The table states no green area with a sequestration rate: no sink is counted, and none is assumed.",
            zh="数据表没有同时给出绿地面积与固碳速率：不计碳汇，也不作假定。",
        )
    amount, share = emissions_text(sink, on.lang), change_text(sink / total, on.lang, digits=2, sign="-")
    return say(
        on.lang,
        en=f"Green areas took up {amount} in {last}, {share} of the park's emissions. Sinks stand beside the total"
        " and are not taken off it; only neutrality counts them.",
        zh=f"{last}年绿地固碳{amount}，相当于园区排放的{share}。碳汇与排放并列报告，不从排放合计中扣除，"
        "仅在核算碳中和时计入。",
    )


def _indicators(pen: Pen, park: Park, lang: str) -> None:
    found, last = indicators(park), park.last_observed_year
    rows = [
        (
            one.requirement.name_zh if lang == "zh" else one.name_en,
            significant(one.values[max(one.values)], 3),
            one.unit,
            str(max(one.values)),
            one.requirement.text if one.requirement.is_trusted else say(lang, en="not verified", zh="未核实"),
            one.indicator_id,
        )
        for one in found
    ]
    if not rows:
        return
    head = (("indicator", "指标"), ("value", "数值"), ("unit", "单位"), ("year", "年份"),
            ("requirement as stated", "要求（原文）"), ("system", "体系"))  # fmt: skip
    note = say(
        lang,
        en="Indicators that the table lets us compute; requirements that were not seen in their source are not shown.",
        zh="仅列数据表能够计算的指标；未见原文的要求不予列出。",
    )
    pen.rows(
        say(lang, en=f"Indicators to {last}", zh=f"截至{last}年的指标"),
        [say(lang, en=e, zh=z) for e, z in head],
        rows,
        note,
    )
