"""Sentences of the first page, and claims about a path's peak, each checked against the members."""

import numpy as np

from pathway_models.decisions.tables import lever_names, option_name
from pathway_models.fleet.answers import answer_sentence, decisive_sentence
from pathway_models.intake.naming import scenario_name
from pathway_models.language import rounding, say
from pathway_models.report.inputs import CONTRIBUTION_YEAR, PROBABILITY, ReportInputs

#: Most actions, and most levers without a price, named on the first page.
ACTIONS, UNPRICED = 3, 4


def verdict(inputs: ReportInputs, scenario: str) -> str:
    """Classify a scenario's peak by all its members.

    Returns
    -------
    {"open", "passed", "late", "likely", "sure"}
        By the share that peaks before the year asked for: at least `PROBABILITY`, ``sure``; above one half,
        ``passed`` where more than half of all members are past already, else ``likely``; up to one half, ``open``
        where as many have no peak by the horizon either, else ``late``.
    """
    at = inputs.peaks.scenarios.index(scenario)
    share, row = inputs.early(scenario), inputs.peaks.headline(inputs.before)[at]
    if share >= PROBABILITY:
        return "sure"
    if share > 0.5:
        return "passed" if row["p_past"] > 0.5 else "likely"
    return "open" if np.isinf(inputs.peaks.quantiles()[at, 1]) else "late"


def headline(inputs: ReportInputs) -> str:
    """State both shares in one sentence."""
    without, advised = (inputs.early(name) for name in (inputs.reference, inputs.chosen))
    name = scenario_name(inputs.chosen, inputs.lang) if inputs.chosen != inputs.reference else ""
    return answer_sentence(without, advised, name, inputs.before, inputs.lang)


def decisive(inputs: ReportInputs) -> str:
    """Name what decides the answer, as the card of the park's page does, and what the path can be relied on for."""
    lang, families = inputs.lang, {}
    for name in inputs.manifest.scenarios:
        if len({measure.lever.family for measure in inputs.scenarios[name].measures}) == 1:
            families[name] = 100 * (inputs.early(name) - inputs.early(inputs.reference))
    if not families:
        return target(inputs)
    most = max(families, key=families.__getitem__)
    said = decisive_sentence(scenario_name(most, lang).removesuffix("情景"), families[most], True, lang)
    return say(lang, en=" ", zh="").join([said, target(inputs)])


def actions(inputs: ReportInputs) -> list[str]:
    """Name the three levers of the advised path that gain most: probability of a peak in time first, then tonnes."""
    found, lang = inputs.lever_shares, inputs.lang
    if found is None:
        return [say(lang, en="The path uses no lever.", zh="该路径没有动用任何措施。")]
    year = min(CONTRIBUTION_YEAR, int(found.years[-1]))
    rows = [row for row in found.table(year) if row["player"] in found.players]
    rows.sort(key=lambda row: (-float(str(row["probability"])), -float(str(row["avoided_tco2"]))))
    measures = {measure.lever.lever_id: measure for measure in inputs.scenarios[inputs.chosen].measures}
    lines = []
    for row in rows[:ACTIONS]:
        measure = measures[str(row["player"])]
        name = measure.lever.name_zh if lang == "zh" else measure.lever.name_en
        setting, ramp = option_name(measure.setting, lang), measure.ramp
        points, avoided = 100 * float(str(row["probability"])), float(str(row["avoided_tco2"]))
        cut = rounding.emissions_text(abs(avoided), lang)
        less = avoided >= 0
        lines.append(
            inputs.say(
                en=f"{name} ({setting}), {ramp.start}-{ramp.complete}: {points:+.1f} points;"
                f" {'avoids' if less else 'adds'} {cut} in {year}.",
                zh=f"{name}（{setting}），{ramp.start}—{ramp.complete}年：{points:+.1f}个百分点，"
                f"{year}年{'减排' if less else '增排'}{cut}。",
            )
        )
    return lines


def cost(inputs: ReportInputs) -> str:
    """State the yearly cost of the advised package with its range, and the levers without a price."""
    lang, found = inputs.lang, inputs.decision
    if found is None or inputs.cost_range is None:
        return inputs.say(en="No package was searched for: no cost is given.", zh="未进行措施组合优选，不给出成本。")
    low, high = (rounding.money_text(value, lang) for value in inputs.cost_range)
    likely = rounding.money_text(found.closest.annualised, lang)
    year = found.costs.price_year
    known = inputs.say(
        en=f"{likely} a year ({low} to {high} in nine draws out of ten), at {year} prices, relative to no new"
        " measures. Below zero, the energy saved is worth more than the cost.",
        zh=f"每年{likely}（90%区间：{low}至{high}），{year}年价，相对于不采取新措施；负值表示节能收益高于支出。",
    )
    if not found.closest.unknown:
        return known
    names = lever_names(found, found.closest.unknown[:UNPRICED], lang)
    count = len(found.closest.unknown)
    more = inputs.say(en=", ...", zh="等") if count > UNPRICED else ""
    return inputs.say(
        en=f"The known part: {known} No price was found for {count} of its measures ({names}{more}): the total cost"
        " is not known.",
        zh=f"已知部分{known}其中{count}项措施没有价格（{names}{more}），全部成本未知。",
    )


def caveat(inputs: ReportInputs) -> str:
    """State the caveats of the answer: sampling error, other reading, data, scope."""
    lang, run = inputs.lang, inputs.manifest
    row = inputs.peaks.headline(inputs.before)[inputs.peaks.scenarios.index(inputs.reference)]
    error = f"±{100 * float(str(row['p_se'])):.1f}"
    last, issued = inputs.park.last_observed_year, inputs.peaks.issue_year
    lines = [
        inputs.say(
            en=f"Shares of {run.members:,} members; sampling error {error} percentage points. Data to {last}; issue"
            f" year {issued}. A scenario is not a forecast.",
            zh=f"概率为{run.members:,}次模拟中的占比，抽样误差{error}个百分点；数据截至{last}年，评估年份{issued}年。情景不是预测。",
        )
    ]
    if inputs.if_drivers_hold == inputs.if_drivers_hold:
        share = rounding.share_text(inputs.if_drivers_hold, lang)
        lines.append(
            inputs.say(
                en=f"If the park's drivers hold as stated: {share} without new measures.",
                zh=f"若驱动因素如期实现：无新措施时为{share}。",
            )
        )
    return say(lang, en=" ", zh="").join(lines)


def target(inputs: ReportInputs) -> str:
    """State the target that the advised path supports, or that it supports none."""
    lang, before, last = inputs.lang, inputs.before, inputs.peaks.last_peak_year
    share, name = rounding.share_text(inputs.early(inputs.chosen), lang), scenario_name(inputs.chosen, lang)
    wanted = rounding.share_text(PROBABILITY, lang)
    en = {
        "open": f"Under “{name}”, half or more of the members have no peak by {last}: the numbers support no target"
        " year.",
        "passed": f"Under “{name}”, more than half of the members are already past their peak, but the share of all"
        f" members that peak before {before} is {share}, less than {wanted}: staying below the peak level is the"
        " target, not yet a certainty.",
        "late": f"Under “{name}”, {share} of members peak before {before}: the numbers do not support that year as a"
        " target that is likely to be met.",
        "likely": f"Under “{name}”, {share} of members peak before {before}: a peak before {before} is more likely"
        f" than not, but its probability is below {wanted}.",
        "sure": f"Under “{name}”, {share} of members peak before {before}: it can be set as a target with a"
        f" probability of at least {wanted}.",
    }
    zh = {
        "open": f"在“{name}”下，半数或以上模拟结果到{last}年仍无峰值：数值不支持给出目标年。",
        "passed": f"在“{name}”下，半数以上模拟结果已达峰，但{before}年以前达峰的模拟结果为{share}，低于{wanted}："
        "应以不再超过该水平为目标，尚不能视为已有把握。",
        "late": f"在“{name}”下，{share}的模拟结果在{before}年以前达峰：数值不支持把该年作为大概率可实现的目标。",
        "likely": f"在“{name}”下，{share}的模拟结果在{before}年以前达峰：{before}年以前达峰的可能性过半，"
        f"但把握低于{wanted}。",
        "sure": f"在“{name}”下，{share}的模拟结果在{before}年以前达峰：可以不低于{wanted}的把握将其设为目标。",
    }
    found = verdict(inputs, inputs.chosen)
    return say(lang, en=en[found], zh=zh[found])
