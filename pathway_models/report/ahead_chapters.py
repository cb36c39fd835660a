"""The chapters on what lies ahead: the gap to peaking and neutrality, targets and pathways."""

from __future__ import annotations

import numpy as np

from pathway_models import plotting, sentences, tables
from pathway_models.documents.blocks import ReportBuilder
from pathway_models.intake.names import scenario_name
from pathway_models.language.rounding import change_text, scale_of, significant
from pathway_models.language.words import say, word
from pathway_models.report import claims, reductions
from pathway_models.report.inputs import ReportInputs

#: Years a pathway is shown at, as far as it reaches.
MILESTONES = (2025, 2030, 2035, 2040, 2050, 2060)


def gap(pen: ReportBuilder, on: ReportInputs) -> None:
    """Chapter 3: how far the park is from peaking in time and from neutrality."""
    lang, before = on.lang, on.before
    pen.section(say(lang, en="Gap to peaking", zh="与碳达峰的差距"))
    pen.say(
        sentences.peak(on.peaks, on.reference, lang=lang),
        sentences.probability(on.peaks, on.reference, before=before, lang=lang),
        sentences.spread(on.peaks, before=before, lang=lang),
    )
    pen.table(
        say(lang, en="Peak year and probability by scenario", zh="各情景的达峰年与概率"),
        tables.peaks(on.peaks, before=before, lang=lang),
        say(
            lang,
            en=f"Quantiles and shares are over all members; '>' marks members without a peak by"
            f" {on.pathways.years[-1]}. A scenario is not a forecast.",
            zh=f"分位数与占比均按全部成员计；“>”表示到{on.pathways.years[-1]}年仍无峰值。情景不是预测。",
        ),
    )
    pen.figure(
        word("title_peak_years", lang),
        sentences.describe_peak_years(on.peaks, before=before, lang=lang),
        lambda: plotting.peak_years(on.peaks, before=before, lang=lang),
    )
    pen.section(say(lang, en="Gap to each target", zh="与各项目标的差距"))
    _gaps(pen, on)


def _gaps(pen: ReportBuilder, on: ReportInputs) -> None:
    """Distance of the path without measures and of the advised one from every target, neutrality among them."""
    lang, found = on.lang, on.gaps
    pen.say(sentences.late(found, lang=lang))
    names = list(dict.fromkeys([on.reference, on.chosen]))
    shown = tables.gaps(found, names, lang=lang)
    pen.table(
        say(lang, en="Gaps to the targets", zh="与各项目标的差距"),
        shown.drop(columns=shown.columns[-1]),
        say(
            lang,
            en="Above zero: still missing; at zero or below: met. Quantiles and shares over all members; national"
            " targets bind the nation, not a park.",
            zh="大于零表示尚有差距，等于或小于零表示达成。分位数与占比按全部成员计；国家目标约束全国，而非单个园区。",
        ),
    )
    # The sentences come as a Markdown list: its head, then an entry a target.
    head, *entries = (line for line in sentences.gap(found, on.chosen, lang=lang).splitlines() if line)
    pen.say(head)
    pen.bullets(entry.removeprefix("- ") for entry in entries)


def pathways(pen: ReportBuilder, on: ReportInputs) -> None:
    """Chapter 4: the target that the numbers carry, the advised path, and what makes it."""
    lang = on.lang
    pen.section(say(lang, en="Target", zh="目标"))
    pen.say(claims.target(on))
    _milestones(pen, on)
    pen.section(say(lang, en="Pathway without further measures", zh="不采取新措施的路径"))
    _fan(pen, on, on.reference)
    if on.chosen != on.reference:
        pen.section(say(lang, en="Advised pathway", zh="建议路径"))
        _fan(pen, on, on.chosen)
        pen.say(sentences.order_of_peaks(on.peaks, on.chosen, on.reference, lang=lang))
    if on.park.plans.projects:
        pen.section(say(lang, en="Committed projects", zh="已定项目"))
        pen.say(
            say(
                lang,
                en=f"All pathways carry the park's {len(on.park.plans.projects)} committed projects.",
                zh=f"所有路径均计入园区的{len(on.park.plans.projects)}个已定项目。",
            )
        )
        pen.table(say(lang, en="Committed projects", zh="已定项目"), tables.projects(on.park, lang=lang))
    pen.section(say(lang, en="Where the reductions come from", zh="减排来自何处"))
    reductions.contributions(pen, on)
    reductions.sources(pen, on)
    pen.section(say(lang, en="Air pollutants beside CO₂", zh="减污降碳协同"))
    reductions.cobenefits(pen, on)


def _fan(pen: ReportBuilder, on: ReportInputs, scenario: str) -> None:
    lang, name = on.lang, scenario_name(scenario, on.lang)
    pen.say(
        sentences.peak(on.peaks, scenario, lang=lang), sentences.median_path(on.pathways, on.peaks, scenario, lang=lang)
    )
    pen.figure(
        say(lang, en=f"{name}: total emissions and peak years of the members", zh=f"{name}：总排放与各成员的达峰年"),
        sentences.describe_fan(on.pathways, on.peaks, scenario, before=on.before, lang=lang),
        lambda: plotting.fan(
            on.pathways,
            scenario,
            peaks=on.peaks,
            inventory=on.inventory,
            before=on.before,
            lang=lang,
        ),
    )


def _milestones(pen: ReportBuilder, on: ReportInputs) -> None:
    """Emissions of the advised path and of none at round years, with their range."""
    lang, first = on.lang, int(on.pathways.years[0])
    years = [year for year in MILESTONES if on.park.last_observed_year < year <= on.pathways.years[-1]]
    last = float(on.inventory.total()[-1])
    names = list(dict.fromkeys([on.reference, on.chosen]))
    scale = scale_of(max(float(np.quantile(on.totals(name), 0.95, axis=0).max()) for name in names), lang)
    rows = []
    for name in names:
        for year in years:
            low, middle, high = np.quantile(on.totals(name)[:, year - first], (0.05, 0.5, 0.95))
            texts = [significant(float(value) / scale.divisor) for value in (low, middle, high)]
            rows.append((scenario_name(name, lang), str(year), *texts, change_text(float(middle / last - 1), lang)))
    head = [
        say(lang, en="pathway", zh="路径"),
        say(lang, en="year", zh="年份"),
        f"p05, {scale.unit}",
        f"p50, {scale.unit}",
        f"p95, {scale.unit}",
        say(lang, en=f"p50 against {on.park.last_observed_year}", zh=f"p50较{on.park.last_observed_year}年"),
    ]
    note = say(
        lang,
        en="Quantiles of the members year by year. They are no yearly quotas: when emissions peak is said by the"
        " members only.",
        zh="逐年的成员分位数，不是年度配额：何时达峰只由各成员的峰值说明。",
    )
    pen.rows(say(lang, en="Emissions at round years", zh="关键年份的排放"), head, rows, note)
