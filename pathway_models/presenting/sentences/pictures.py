"""Alt texts: what a figure shows, for those who cannot see it."""

from __future__ import annotations

import numpy as np

from pathway_models.findings.effects import typical_sources
from pathway_models.presenting.names import headline, item_name, scenario_name
from pathway_models.presenting.rounding import emissions_text
from pathway_models.presenting.sentences.peaks import peak, probability
from pathway_models.presenting.words import say, word
from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks


def describe_fan(
    pathways: Pathways, peaks: Peaks, scenario: str, *, park: Park | None = None, before: int = 2030, lang: str = "en"
) -> str:
    """Alt text of `plotting.fan`."""
    head = headline(park or pathways.identity, lang)
    total = pathways.total()[pathways.index(scenario)]
    last = int(pathways.years[-1])
    low, middle, high = (emissions_text(float(v), lang) for v in np.quantile(total[:, -1], (0.05, 0.5, 0.95)))
    first = say(
        lang,
        en=f"Fan of total emissions of {head}, {pathways.years[0]}-{last}: {middle} a year in {last}"
        f" ({low} to {high} for nine members in ten). ",
        zh=f"{head}的总排放扇形图（{pathways.years[0]}-{last}年）：{last}年为{middle}/年（九成成员在{low}至{high}之间）。",
    )
    gap = say(lang, en=" ", zh="")
    return first + peak(peaks, scenario, lang=lang) + gap + probability(peaks, scenario, before=before, lang=lang)


def describe_peak_years(peaks: Peaks, *, before: int = 2030, lang: str = "en") -> str:
    """Alt text of `plotting.peak_years`."""
    gap = say(lang, en=" ", zh="")
    return gap.join(probability(peaks, name, before=before, lang=lang) for name in peaks.scenarios)


def describe_inventory(found: Inventory, *, lang: str = "en") -> str:
    """Alt text of `plotting.inventory`."""
    items = list(dict.fromkeys(item for _, item, _ in found.rows))
    named = say(lang, en=", ", zh="、").join(item_name(item, lang) for item in items)
    ends = [emissions_text(float(value), lang) for value in found.total()[[0, -1]]]
    return say(
        lang,
        en=f"Stacked emissions of {named}: {ends[0]} in {found.years[0]}, {ends[1]} in {found.years[-1]}.",
        zh=f"{named}的堆叠排放图：{found.years[0]}年{ends[0]}，{found.years[-1]}年{ends[1]}。",
    )


def describe_sources(pathways: Pathways, scenario: str, *, lang: str = "en") -> str:
    """Alt text of `plotting.sources`."""
    mean = typical_sources(pathways, scenario)
    last = dict(zip(pathways.sources, mean[:, -1], strict=True))
    shown = [f"{word(name, lang)} {emissions_text(float(value), lang)}" for name, value in last.items() if value != 0]
    name, year = scenario_name(scenario, lang), pathways.years[-1]
    return say(
        lang,
        en=f"Emissions by source under {name}, mean over the middle half of members; in {year}: {', '.join(shown)}.",
        zh=f"{name}下分排放源的排放（居中一半成员的均值）；{year}年：{'、'.join(shown)}。",
    )
