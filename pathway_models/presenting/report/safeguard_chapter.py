"""The chapter of safeguards: what is to be watched, paid for and known better, and what the numbers do not say."""

from __future__ import annotations

import numpy as np

from pathway_models.findings.choices import Decision
from pathway_models.presenting.decision_words import cost_text, lever_names
from pathway_models.presenting.names import scenario_name
from pathway_models.presenting.report.blocks import Pen
from pathway_models.presenting.report.material import Material
from pathway_models.presenting.rounding import emissions_text
from pathway_models.presenting.words import say


def safeguards(pen: Pen, on: Material) -> None:
    """Chapter 6: what is to be watched, what is to be known better, and what the numbers do not say."""
    lang = on.lang
    pen.section(say(lang, en="Yearly check", zh="年度跟踪"))
    pen.say(_watch(on))
    if on.decision is not None:
        pen.section(say(lang, en="Funding", zh="资金"))
        pen.say(_funding(on.decision, lang))
    pen.section(say(lang, en="Data", zh="数据"))
    pen.bullets(_data(on))
    pen.section(say(lang, en="What this report does not say", zh="本报告不作的判断"))
    pen.bullets(_limits(on))


def _watch(on: Material) -> str:
    """The band of next year's emissions on the advised path: above it the path is left."""
    lang, year = on.lang, on.park.last_observed_year + 1
    column = year - int(on.pathways.years[0])
    low, middle, high = (
        emissions_text(float(one), lang) for one in np.quantile(on.totals(on.chosen)[:, column], (0.05, 0.5, 0.95))
    )
    name = scenario_name(on.chosen, lang)
    return say(
        lang,
        en=f"On the path '{name}' emissions in {year} are {middle} (nine members in ten: {low} to {high}). A reported"
        f" value above {high} means that the park is off this path: the report is then to be made again with the new"
        " year.",
        zh=f"在“{name}”路径上，{year}年排放为{middle}（九成成员：{low}至{high}）。若上报值高于{high}，"
        "说明园区已偏离该路径，"
        "应纳入新年份数据重新编制本报告。",
    )


def _funding(found: Decision, lang: str) -> str:
    """What the package costs a year as far as it is known, and how much of it is not."""
    cost, closest = cost_text(found.closest, lang), found.closest
    if not closest.unknown:
        return say(lang, en=f"The advised package: {cost}.", zh=f"推荐组合：{cost}。")
    names = lever_names(found, closest.unknown, lang)
    return say(
        lang,
        en=f"The advised package: {cost}. No cost was found for {names}: a plan of funding has to begin with these.",
        zh=f"推荐组合：{cost}。未找到成本的措施：{names}；资金安排应首先落实这些措施的费用。",
    )


def _data(on: Material) -> list[str]:
    lang, park = on.lang, on.park
    lines = [
        say(
            lang,
            en=f"The record has {park.years.size} years; the table is to be filled every year.",
            zh=f"记录共{park.years.size}年；应逐年填报数据表。",
        )
    ]
    if park.tier != "rich":
        lines.append(
            say(
                lang,
                en="The table has no sectors: energy use by enterprise or branch is to be collected next.",
                zh="数据表没有分行业数据：下一步应收集分企业或分行业的能源消费。",
            )
        )
    if park.factor_set:
        lines.append(
            say(
                lang,
                en=f"Factors are those of {park.factor_set} except where the table has its own: measured carbon"
                " content,"
                " calorific value and oxidation rate of the main fuels are to replace them.",
                zh=f"除数据表自带因子外，排放因子取自{park.factor_set}：主要燃料应以实测含碳量、热值和氧化率替代。",
            )
        )
    if on.decision is not None and on.decision.unknown:
        count = len(on.decision.unknown)
        lines.append(
            say(
                lang,
                en=f"For {count} measures no cost was found in a source: quotations are to be sought before money is"
                " committed.",
                zh=f"有{count}项措施未找到有来源的成本：投入资金前应先行询价。",
            )
        )
    return lines


def _limits(on: Material) -> list[str]:
    lang = on.lang
    lines = [
        say(
            lang,
            en="Scenarios are no forecasts; probabilities are shares of the ensemble's members under the assumptions of"
            " the annexes.",
            zh="情景不是预测；概率为附录所列假设下集合成员的占比。",
        ),
        say(
            lang,
            en=f"Nothing is said of years behind {on.pathways.years[-1]}.",
            zh=f"对{on.pathways.years[-1]}年之后不作判断。",
        ),
        say(
            lang,
            en="Costs are those of the shipped table and of the energy saved; no quotation of this park stands behind"
            " them.",
            zh="成本取自随附成本表及节能收益，并非本园区的报价。",
        ),
    ]
    if on.park.invented:
        lines.insert(
            0,
            say(
                lang,
                en="The park does not exist; no statement of this report is evidence about any real park.",
                zh="本园区并不存在；本报告的任何陈述都不能作为任何真实园区的证据。",
            ),
        )
    return lines
