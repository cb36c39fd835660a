"""Chapters 3 and 4: the gap to peaking and neutrality; targets, pathways and where their reductions come from."""

import numpy as np

from pathway_models import plotting, sentences, tables
from pathway_models.cobenefits import tables as cobenefit_tables
from pathway_models.decisions import figures as decision_plots
from pathway_models.decisions import records
from pathway_models.decisions import tables as decision_tables
from pathway_models.documents.blocks import ReportBuilder
from pathway_models.intake.naming import scenario_name
from pathway_models.language import change_text, say, scale_of, significant, word
from pathway_models.report import claims
from pathway_models.report.inputs import CONTRIBUTION_YEAR, ReportInputs

#: Years at which a pathway is shown, as far as it reaches.
MILESTONES = (2025, 2030, 2035, 2040, 2050, 2060)
#: Columns of the table of peaks that fit a page: shares of the headline, peak year, peak level.
PEAK_COLUMNS = [0, 1, 2, 3, 7, 8, 9, 11]


def gap(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write chapter 3: the distance from peaking in time and from neutrality."""
    lang, before = inputs.lang, inputs.before
    builder.section(say(lang, en="Gap to peaking", zh="与碳达峰的差距"))
    builder.say(
        sentences.probability(inputs.peaks, inputs.reference, before=before, lang=lang),
        sentences.peak(inputs.peaks, inputs.reference, lang=lang),
        sentences.spread(inputs.peaks, before=before, lang=lang),
    )
    builder.table(
        say(lang, en="Headline and peak year by scenario", zh="各情景的达峰结论与达峰年"),
        tables.peaks(inputs.peaks, before=before, lang=lang).iloc[:, PEAK_COLUMNS],
        inputs.say(
            en=f"Quantiles and shares are over all members; '>' marks members without a peak by"
            f" {inputs.peaks.last_peak_year}. A scenario is not a forecast.",
            zh=f"分位数与占比均按全部模拟结果计；“>”表示到{inputs.peaks.last_peak_year}年仍无峰值。情景不是预测。",
        ),
    )
    builder.figure(
        word("title_peak_years", lang),
        sentences.describe_peak_years(inputs.peaks, before=before, lang=lang),
        lambda: plotting.peak_years(inputs.peaks, before=before, lang=lang),
    )
    builder.section(say(lang, en="Gap to each target", zh="与各项目标的差距"))
    _gaps(builder, inputs)


def _gaps(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write the gap of the path without measures and of the advised one to every target, neutrality among them."""
    lang, found = inputs.lang, inputs.gaps
    builder.say(sentences.late(found, lang=lang))
    names = list(dict.fromkeys([inputs.reference, inputs.chosen]))
    builder.table(
        say(lang, en="Gaps to the targets", zh="与各项目标的差距"),
        tables.gaps(found, names, notes=False, lang=lang),
        inputs.say(
            en="Above zero, a gap remains; at zero or below, the target is met. Quantiles and shares are over all"
            " members. National targets bind the nation, not a park.",
            zh="大于零表示尚有差距，等于或小于零表示达成。分位数与占比按全部模拟结果计；国家目标约束全国，而非单个园区。",
        ),
    )
    # The sentences come as a Markdown list: its head, then an entry a target.
    head, *entries = (line for line in sentences.gap(found, inputs.chosen, lang=lang).splitlines() if line)
    builder.say(head)
    builder.bullets(entry.removeprefix("- ") for entry in entries)


def pathways(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write chapter 4: the target that the results support, the advised path and its reductions."""
    lang = inputs.lang
    builder.section(say(lang, en="Target", zh="目标"))
    builder.say(claims.target(inputs))
    _milestones(builder, inputs)
    builder.section(say(lang, en="Pathway without further measures", zh="不采取新措施的路径"))
    _fan(builder, inputs, inputs.reference)
    if inputs.chosen != inputs.reference:
        builder.section(say(lang, en="Advised pathway", zh="建议路径"))
        _fan(builder, inputs, inputs.chosen)
        builder.say(sentences.order_of_peaks(inputs.peaks, inputs.chosen, inputs.reference, lang=lang))
    if inputs.park.plans.projects:
        builder.section(say(lang, en="Committed projects", zh="已定项目"))
        builder.say(
            inputs.say(
                en=f"All pathways include the park's {len(inputs.park.plans.projects)} committed projects.",
                zh=f"所有路径均计入园区的{len(inputs.park.plans.projects)}个已定项目。",
            )
        )
        builder.table(say(lang, en="Committed projects", zh="已定项目"), tables.projects(inputs.park, lang=lang))
    builder.section(say(lang, en="Where the reductions come from", zh="减排来自何处"))
    _contributions(builder, inputs)
    _sources(builder, inputs)
    builder.section(say(lang, en="Air pollutants alongside CO₂", zh="减污降碳协同"))
    _cobenefits(builder, inputs)


def _fan(builder: ReportBuilder, inputs: ReportInputs, scenario: str) -> None:
    lang, name = inputs.lang, scenario_name(scenario, inputs.lang)
    builder.say(
        sentences.peak(inputs.peaks, scenario, lang=lang),
        sentences.median_path(inputs.pathways, inputs.peaks, scenario, lang=lang),
        sentences.account_totals(inputs.pathways, scenario, lang=lang),
    )
    builder.figure(
        say(lang, en=f"{name}: total emissions and peak years of the members", zh=f"{name}：总排放与各次模拟的达峰年"),
        sentences.describe_fan(inputs.pathways, inputs.peaks, scenario, before=inputs.before, lang=lang),
        lambda: plotting.fan(
            inputs.pathways,
            scenario,
            peaks=inputs.peaks,
            inventory=inputs.inventory,
            before=inputs.before,
            lang=lang,
        ),
    )


def _milestones(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write emissions at round years, with their range, for the advised path and the one without levers."""
    lang, first = inputs.lang, int(inputs.pathways.years[0])
    years = [year for year in MILESTONES if inputs.park.last_observed_year < year <= inputs.pathways.years[-1]]
    last = float(inputs.inventory.total()[-1])
    names = list(dict.fromkeys([inputs.reference, inputs.chosen]))
    scale = scale_of(max(float(np.quantile(inputs.totals(name), 0.95, axis=0).max()) for name in names), lang)
    rows = []
    for name in names:
        for year in years:
            low, middle, high = np.quantile(inputs.totals(name)[:, year - first], (0.05, 0.5, 0.95))
            texts = [significant(float(value) / scale.divisor) for value in (low, middle, high)]
            change = float(middle / last - 1) if last else np.nan
            rows.append((scenario_name(name, lang), str(year), *texts, change_text(change, lang)))
    head = [
        say(lang, en="pathway", zh="路径"),
        say(lang, en="year", zh="年份"),
        f"p05, {scale.unit}",
        f"p50, {scale.unit}",
        f"p95, {scale.unit}",
        say(lang, en=f"p50 against {inputs.park.last_observed_year}", zh=f"p50较{inputs.park.last_observed_year}年"),
    ]
    note = inputs.say(
        en="Quantiles of the members, year by year. They are not annual quotas: only the peaks of the members tell"
        " when emissions peak.",
        zh="逐年的模拟结果分位数，不是年度配额：何时达峰只由各次模拟的峰值说明。",
    )
    builder.rows(say(lang, en="Emissions in key years", zh="关键年份的排放"), head, rows, note)


def _contributions(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write the contribution of each family of levers, as wedges and as a table."""
    lang, found = inputs.lang, inputs.family_shares
    if found is None:
        builder.say(
            inputs.say(
                en="The path uses no lever, so there is nothing to attribute.",
                zh="该路径没有动用任何措施：无可分摊。",
            )
        )
        return
    year = min(CONTRIBUTION_YEAR, int(found.years[-1]))
    contribution = _describe_contributions(inputs, found, year)
    builder.say(contribution)
    head = inputs.say(
        en="Wedges by family of measures, between the path without levers and the advised one. ",
        zh="无措施路径与建议路径之间各类措施的减排贡献图。",
    )
    builder.figure(
        say(lang, en="Reductions by family of measures", zh="各类措施的减排贡献"),
        head + contribution,
        lambda: decision_plots.wedges(found, lang=lang),
    )
    builder.table(
        say(lang, en=f"Contributions by family in {year}", zh=f"{year}年各类措施的贡献"),
        decision_tables.contributions(found, year=year, lang=lang),
        inputs.say(
            en="Shapley shares: they add up to the total and do not depend on the order of the measures. Means over"
            " members.",
            zh="Shapley分摊：各项之和等于总量，与次序无关。模拟均值。",
        ),
    )


def _describe_contributions(inputs: ReportInputs, found: records.Attribution, year: int) -> str:
    """Name the largest family and the joint effect of all."""
    lang = inputs.lang
    rows = {str(row["player"]): row for row in found.table(year)}
    together = rows.pop("all")
    avoided = float(together["avoided_tco2"])
    gained, points = float(together["years_gained"]), 100 * float(together["probability"])
    behind = found.last_peak_year + 1
    tail = inputs.say(
        en=f"Together the levers bring the peak forward by {gained:.1f} years on average (a member without a peak"
        f" counts as {behind}); the probability of a peak before {inputs.before} changes by {points:+.0f} percentage"
        " points.",
        zh=f"全部措施合计使达峰平均提前{gained:.1f}年（没有峰值的模拟结果按{behind}年计），"
        f"使{inputs.before}年以前达峰的概率变化{points:+.0f}个百分点。",
    )
    if avoided <= 0:
        return tail
    player = max(rows, key=lambda key: float(rows[key]["avoided_tco2"]))
    name = decision_tables.player_name(found, found.players.index(player), lang)
    share = change_text(float(rows[player]["avoided_tco2"]) / avoided, lang, digits=0, sign="-")
    return inputs.say(
        en=f"In {year} the largest contribution is from {name} ({share} of what all levers avoid together). {tail}",
        zh=f"{year}年贡献最大的是“{name}”（占全部措施共同减排的{share}）。{tail}",
    )


def _sources(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write the remaining emissions of the advised path by source, and the balance of capture and its energy use."""
    lang, scenario = inputs.lang, inputs.chosen
    builder.say(sentences.sources(inputs.pathways, scenario, lang=lang))
    if any(measure.lever.acts.part == "capture" for measure in inputs.scenarios[scenario].measures):
        builder.say(sentences.capture(inputs.pathways, scenario, lang=lang))
    name = scenario_name(scenario, lang)
    builder.figure(
        word("title_sources", lang, scenario=name),
        sentences.describe_sources(inputs.pathways, scenario, lang=lang),
        lambda: plotting.sources(inputs.pathways, scenario, before=inputs.before, lang=lang),
    )


def _cobenefits(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write the change in air pollutants on the advised path, or why it is not given."""
    lang, found = inputs.lang, inputs.cobenefits
    if found is None and not inputs.park.has_energy:
        builder.say(
            inputs.say(
                en="No air pollutants are reported: they are calculated by energy carrier, and the table has no"
                " carriers.",
                zh="不给出大气污染物结果：其按能源品种核算，而表中没有分品种数据。",
            )
        )
        return
    if found is None:
        builder.say(
            inputs.say(
                en="No air pollutants are projected: the factors needed were not seen in a source and are not used"
                " without consent (--allow-background).",
                zh="不给出大气污染物预测：所需因子未见于来源，未经同意（--allow-background）不予采用。",
            )
        )
        return
    year = min(CONTRIBUTION_YEAR, int(found.years[-1]))
    if inputs.chosen != found.scenarios[found.reference].scenario_id:
        builder.say(cobenefit_tables.describe(found, inputs.chosen, year, lang=lang))
    builder.note(*cobenefit_tables.describe_basis(found.basis, lang=lang))
    caption = say(lang, en=f"Air pollutants and CO₂ in {year}", zh=f"{year}年大气污染物与CO₂")
    builder.table(caption, cobenefit_tables.scenarios(found, year, lang=lang))
