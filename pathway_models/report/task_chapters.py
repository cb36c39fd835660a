"""Chapters 5 and 6: key tasks with cost and alternatives; safeguards in tracking, funding and data, and limits."""

from collections.abc import Mapping

import numpy as np

from pathway_models.decisions import decision, sentences, tables
from pathway_models.documents.blocks import ReportBuilder
from pathway_models.intake import library, naming
from pathway_models.language import rounding, say
from pathway_models.records import Lever, Measure
from pathway_models.report.inputs import CONTRIBUTION_YEAR, PROBABILITY, ReportInputs

#: The notice's tasks and the families of levers that serve each (section two of the notice).
TASKS = (
    (("structure", "efficiency", "substitution"), "Energy mix, efficiency and industrial"
                                                  " structure", "优化能源结构、能效和产业结构"),
    (("process", "ccus"), "Low-carbon technology", "推动低碳技术创新应用转化"),
    (("management",), "Management platform, education and behaviour", "构建双碳管理平台与绿色低碳宣传教育"),
    (("sinks",), "Carbon sinks", "增加碳汇"),
)  # fmt: skip
#: An avoided amount below this share of the park's emissions counts as none.
NEGLIGIBLE = 1e-6


def tasks(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write chapter 5: the levers of the advised path under the notice's tasks, each with its effect."""
    lang, scenario = inputs.lang, inputs.scenarios[inputs.chosen]
    builder.say(_chosen_from(inputs))
    if inputs.decision is not None:
        builder.say(*sentences.describe(inputs.decision, lang=lang))
    effects = _lever_effects(inputs)
    for families, en, zh in TASKS:
        own = [measure for measure in scenario.measures if measure.lever.family in families]
        if not own:
            continue
        builder.section(say(lang, en=en, zh=zh))
        builder.bullets(_task(inputs, measure, effects.get(measure.lever.lever_id)) for measure in own)
    if not scenario.measures:
        builder.say(say(lang, en="The path uses no lever.", zh="该路径没有动用任何措施。"))
    if inputs.decision is not None:
        _packages(builder, inputs)


def _chosen_from(inputs: ReportInputs) -> str:
    name = naming.scenario_name(inputs.chosen, inputs.lang)
    if inputs.decision is None:
        return inputs.say(
            en=f"No package was searched for. The tasks are the levers of the scenario in this run with the most early"
            f" peaks: {name}.",
            zh=f"未进行措施组合优选。任务取自本次运行中提前达峰概率最高的情景：“{name}”。",
        )
    found = inputs.decision
    fresh, wanted = found.fresh_members, rounding.share_text(PROBABILITY, inputs.lang)
    own = rounding.share_text(inputs.early(inputs.chosen), inputs.lang)
    goal = (
        inputs.say(en=f"the cheapest with at least a {wanted} probability of a peak before {inputs.before}",
                   zh=f"能以不低于{wanted}的概率在{inputs.before}年以前达峰的最低成本组合")
        if found.reached
        else inputs.say(en=f"the closest to a {wanted} probability of a peak before {inputs.before}, reached by none",
                        zh=f"最接近以{wanted}的概率在{inputs.before}年以前达峰的组合（没有组合达到）")
    )  # fmt: skip
    return inputs.say(
        en=f"The tasks are the levers of the advised package: of {found.packages:,} packages, {goal}. The search used"
        f" {found.members:,} members, its result was tested on {fresh:,} fresh ones, and the shares in this chapter"
        f" come from these. Everywhere else the report uses the run's own {inputs.pathways.members:,} members: {own}"
        f" peak before {inputs.before}.",
        zh=f"任务取自推荐组合：在{found.packages:,}个组合中，{goal}。优选用{found.members:,}次模拟，"
        f"并以{fresh:,}次新的模拟检验，本章的占比即来自这些模拟；"
        f"其他各处均采用本次运行{inputs.pathways.members:,}次模拟的数值：{inputs.before}年以前达峰{own}。",
    )


def _lever_effects(inputs: ReportInputs) -> dict[str, tuple[float, float]]:
    """Look up tonnes avoided and change in probability by lever."""
    found = inputs.lever_shares
    if found is None:
        return {}
    year = min(CONTRIBUTION_YEAR, int(found.years[-1]))
    return {
        str(row["player"]): (float(row["avoided_tco2"]), float(row["probability"]))
        for row in found.table(year)
        if row["player"] in found.players
    }


def _task(inputs: ReportInputs, measure: Measure, effects: tuple[float, float] | None) -> str:
    """Describe one lever in a sentence: setting, years and effect in this park."""
    lang, lever, ramp = inputs.lang, measure.lever, measure.ramp
    name = lever.name_zh if lang == "zh" else lever.name_en
    setting = tables.option_name(measure.setting, lang)
    year = min(CONTRIBUTION_YEAR, int(inputs.pathways.years[-1]))
    avoided, points = effects or (0.0, 0.0)
    if abs(avoided) < NEGLIGIBLE * float(inputs.inventory.total()[-1]):
        effect = inputs.say(
            en=f"does not change total emissions in {year}",
            zh=f"不改变{year}年的排放合计",
        )
    elif avoided < 0:
        effect = inputs.say(
            en=f"RAISES emissions in {year} by {rounding.emissions_text(-avoided, lang)} on average",
            zh=f"使{year}年排放平均增加{rounding.emissions_text(-avoided, lang)}",
        )
    else:
        effect = inputs.say(
            en=f"avoids {rounding.emissions_text(avoided, lang)} in {year} on average and changes the probability of a"
            f" peak before {inputs.before} by {100 * points:+.1f} points",
            zh=f"{year}年平均减排{rounding.emissions_text(avoided, lang)}，"
            f"使{inputs.before}年以前达峰的概率变化{100 * points:+.1f}个百分点",
        )
    return inputs.say(
        en=f"{name} ({setting}; {ramp.start}-{ramp.complete}): {effect}.",
        zh=f"{name}（{setting}；{ramp.start}—{ramp.complete}年实施）：{effect}。",
    )


def _packages(builder: ReportBuilder, inputs: ReportInputs) -> None:
    lang, found = inputs.lang, inputs.decision
    builder.section(say(lang, en="Cost and alternatives", zh="成本与备选组合"))
    builder.table(
        say(lang, en="The advised package, alternatives and no levers", zh="推荐组合、备选组合与无措施"),
        tables.packages(found, most=3, lang=lang),
        inputs.say(
            en=f"Costs at {found.costs.price_year} prices, relative to the energy bill without levers. Below zero, the"
            " energy saved is worth more than what is paid. Measures without a price are named and never counted as"
            " free.",
            zh=f"成本为{found.costs.price_year}年价，相对于无措施时的能源支出；负值表示节省的能源价值高于支出。"
            "没有价格的措施单独列出，绝不按零计。",
        ),
    )
    if found.cheaper_if:
        builder.table(
            say(lang, en="When measures without a price are cheaper", zh="无价格措施何时更便宜"),
            tables.cheaper_if(found, most=5, lang=lang),
            inputs.say(
                en="Compared with the advised package: the cost that the measures named add must stay below the"
                " amount.",
                zh="与推荐组合相比：所列措施新增的成本须低于该数额。",
            ),
        )
    if found.economics is not None:
        builder.table(
            say(lang, en="Investment, energy and return of the package", zh="组合的投资、能源与回报"),
            tables.package_economics(found.economics, lang=lang),
            tables.describe_economics(found, lang=lang).rstrip(":：") + say(lang, en=".", zh="。"),
        )
    if found.without_block:
        builder.table(
            say(lang, en="What the package cannot do without", zh="不可或缺的措施"),
            tables.indispensable(found, lang=lang),
        )
    if found.dropped:
        levers = {**library.read_levers(), **inputs.levers}
        names = say(lang, en=", ", zh="、").join(_dropped(name, levers, lang) for name in found.dropped)
        builder.say(
            inputs.say(
                en=f"Left out of the search, because they cannot change this park's peak: {names}.",
                zh=f"因不能改变本园区的达峰而未纳入优选：{names}。",
            )
        )


def _dropped(name: str, levers: Mapping[str, Lever], lang: str) -> str:
    """Name a block left out of the search: a lever of the library, or a family."""
    if name in levers:
        return levers[name].name_zh if lang == "zh" else levers[name].name_en
    return tables.family_name(name, lang)


def safeguards(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write chapter 6: yearly check, funding, data and limits of the report."""
    lang = inputs.lang
    builder.section(say(lang, en="Yearly check", zh="年度跟踪"))
    builder.say(_watch(inputs))
    if inputs.decision is not None:
        builder.section(say(lang, en="Funding", zh="资金"))
        builder.say(_funding(inputs.decision, lang))
    builder.section(say(lang, en="Data", zh="数据"))
    builder.bullets(_data(inputs))
    builder.section(say(lang, en="What this report does not say", zh="本报告不作的判断"))
    builder.bullets(_limits(inputs))


def _watch(inputs: ReportInputs) -> str:
    """State the range of next year's emissions on the advised path; above it the park is off the path."""
    lang, year = inputs.lang, inputs.park.last_observed_year + 1
    column = year - int(inputs.pathways.years[0])
    low, middle, high = (
        rounding.emissions_text(float(one), lang)
        for one in np.quantile(inputs.totals(inputs.chosen)[:, column], (0.05, 0.5, 0.95))
    )
    name = naming.scenario_name(inputs.chosen, lang)
    return inputs.say(
        en=f"On the path '{name}' emissions in {year} are {middle} (nine members in ten: {low} to {high}). A reported"
        f" value above {high} means that the park is off this path. The report should then be prepared again with the"
        " new year included.",
        zh=f"在“{name}”路径上，{year}年排放为{middle}（90%区间：{low}至{high}）。若上报值高于{high}，"
        "说明园区已偏离该路径，"
        "应纳入新年份数据重新编制本报告。",
    )


def _funding(found: decision.Decision, lang: str) -> str:
    """State the yearly cost of the package and the levers whose cost is unknown."""
    cost, closest = tables.cost_text(found.closest, lang), found.closest
    if not closest.unknown:
        return say(lang, en=f"The advised package: {cost}.", zh=f"推荐组合：{cost}。")
    names = tables.lever_names(found, closest.unknown, lang)
    return say(
        lang,
        en=f"The advised package: {cost}. No cost was found for {names}: the funding plan has to begin with these.",
        zh=f"推荐组合：{cost}。未找到成本的措施：{names}；资金安排应首先落实这些措施的费用。",
    )


def _data(inputs: ReportInputs) -> list[str]:
    park = inputs.park
    lines = [
        inputs.say(
            en=f"The record has {park.years.size} years; the table should be filled in every year.",
            zh=f"记录共{park.years.size}年；应逐年填报数据表。",
        )
    ]
    if park.tier != "rich":
        lines.append(
            inputs.say(
                en="The table has no sectors: energy use by enterprise or branch should be collected next.",
                zh="数据表没有分行业数据：下一步应收集分企业或分行业的能源消费。",
            )
        )
    if park.factor_set:
        factor_set = naming.factor_set_name(park.factor_set, inputs.lang)
        lines.append(
            inputs.say(
                en=f"Factors are those of {factor_set} except where the table has its own. For the main fuels they"
                " should be replaced by measured carbon content, calorific value and oxidation rate.",
                zh=f"除数据表自带因子外，排放因子取自{factor_set}：主要燃料应以实测含碳量、热值和氧化率替代。",
            )
        )
    if inputs.decision is not None and inputs.decision.unknown:
        count = len(inputs.decision.unknown)
        lines.append(
            inputs.say(
                en=f"For {count} measures no cost was found in a source: quotations should be obtained before money is"
                " committed.",
                zh=f"有{count}项措施未找到有来源的成本：投入资金前应先行询价。",
            )
        )
    return lines


def _limits(inputs: ReportInputs) -> list[str]:
    lines = [
        inputs.say(
            en="Scenarios are not forecasts; probabilities are shares of the ensemble's members under the assumptions"
            " in the annexes.",
            zh="情景不是预测；概率为附录所列假设下模拟结果的占比。",
        ),
        inputs.say(
            en=f"Nothing is said about years after {inputs.pathways.years[-1]}.",
            zh=f"对{inputs.pathways.years[-1]}年之后不作判断。",
        ),
        inputs.say(
            en="Costs come from the supplied cost table and from the energy saved; they are not quotations for this"
            " park.",
            zh="成本取自随附成本表及节能收益，并非本园区的报价。",
        ),
    ]
    if inputs.park.invented:
        lines.insert(
            0,
            inputs.say(
                en="The park does not exist; no statement in this report is evidence about any real park.",
                zh="本园区并不存在；本报告的任何陈述都不能作为任何真实园区的证据。",
            ),
        )
    return lines
