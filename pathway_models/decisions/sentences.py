"""The decision in sentences, each computed from the numbers it speaks of, in English and Chinese."""

from __future__ import annotations

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.costs import CarbonExposure
from pathway_models.decisions.decision import Decision, Price
from pathway_models.decisions.sensitivity import DiscoveredRule
from pathway_models.decisions.tables import cost_text, lever_names, money_text, package_name
from pathway_models.intake.names import item_name
from pathway_models.language.rounding import emissions_text, share_text
from pathway_models.language.words import say


def describe(decision: Decision, *, lang: str = "en") -> list[str]:
    """Say what the search found, in sentences: the answer first, then what it leaves open."""
    target, found = decision.target, decision.closest
    p, wanted = share_text(found.p_before, lang), share_text(target.probability, lang)
    package = package_name(decision.grid, found.code, lang)
    cost = cost_text(found, lang)
    if decision.reached:
        lines = [
            say(
                lang,
                en=f"The cheapest package that peaks before {target.before} with at least {wanted}: {package}."
                f" It does with {p}; {cost}.",
                zh=f"以不低于{wanted}的概率在{target.before}年前达峰的最低成本组合：{package}。概率为{p}；{cost}。",
            )
        ]
    else:
        lines = [
            say(
                lang,
                en=f"{_none_of(decision, lang)} peaks before {target.before} with {wanted}. The closest reaches {p}:"
                f" {package}; {cost}.",
                zh=f"{_none_of(decision, lang)}能以{wanted}的概率在{target.before}年前达峰。最接近的为{p}：{package}；"
                f"{cost}。",
            )
        ]
    lines += [_conditions(decision, lang), _budget(decision, lang), _known_only(decision, lang), _fresh(decision, lang)]
    lines += [*_prices(decision, lang), *_left_out(decision, lang)]
    return [line for line in lines if line]


def _conditions(decision: Decision, lang: str) -> str:
    """The conditions beside the peak year, with the probability that each holds."""
    limits, held = decision.target.limits, decision.closest.held
    asked = []
    if limits.peak is not None:
        most = emissions_text(limits.peak, lang)
        asked.append(("peak", (f"peak level at most {most}", f"峰值不高于{most}")))
    for year, cap in limits.totals.items():
        most = emissions_text(cap, lang)
        asked.append((f"total_{year}", (f"at most {most} in {year}", f"{year}年不高于{most}")))
    if limits.neutral is not None:
        year = limits.neutral
        asked.append(("neutral", (f"emissions less sinks zero in {year}", f"{year}年排放减碳汇为零")))
    if not asked:
        return ""
    wanted = share_text(decision.target.probability, lang)
    told = [f"{say(lang, en=en, zh=zh)} ({share_text(held[name], lang)})" for name, (en, zh) in asked]
    listed = say(lang, en="; ", zh="；").join(told)
    return say(
        lang,
        en=f"Further conditions, each asked for with {wanted} (in brackets: what the package does): {listed}.",
        zh=f"其他条件，各要求概率{wanted}（括号内为该组合的概率）：{listed}。",
    )


def _budget(decision: Decision, lang: str) -> str:
    """The budget, and that it says nothing of what has no price."""
    if decision.target.budget is None:
        return ""
    most, known = (money_text(one, lang) for one in (decision.target.budget, decision.closest.cost))
    sentence = say(
        lang,
        en=f"Budget: at most {most} of present value; the package's known costs are {known}.",
        zh=f"预算：现值不超过{most}；该组合已知成本现值{known}。",
    )
    if not decision.closest.unknown:
        return sentence
    return sentence + say(
        lang,
        en=" What its measures without a price cost comes on top: whether the budget holds is not known.",
        zh="成本未知的措施另计，预算能否满足尚不可知。",
    )


def describe_alternatives(decision: Decision, shown: int, *, lang: str = "en") -> str:
    """How many other packages reach the target at nearly the same cost; empty where none does."""
    count, margin = len(decision.near), share_text(decision.margin, lang)
    if not count:
        return ""
    some = min(shown, count)
    return say(
        lang,
        en=f"{count:,} other packages reach it with as many steps without a price and a known cost within {margin} of"
        f" this one's; the cheapest {some}:",
        zh=f"另有{count}个组合同样达标，成本未知的级数相同、已知成本相差不超过{margin}；成本最低的{some}个：",
    )


def _none_of(decision: Decision, lang: str) -> str:
    if decision.complete:
        return say(lang, en="No package of this grid", zh="本方案空间内没有组合")
    looked, count = decision.evaluated, decision.packages
    return say(
        lang,
        en=f"None of the {looked:,} packages looked at, of {count:,},",
        zh=f"在{count}个组合中已检查的{looked}个均不",
    )


def _known_only(decision: Decision, lang: str) -> str:
    """How far levers of known cost get by themselves."""
    known = [one for one in decision.front if not one.steps]
    if not decision.unknown or not known or not decision.complete:
        return ""
    best = share_text(known[-1].p_before, lang)
    return say(
        lang,
        en=f"With levers of known cost alone the most is {best}, for {money_text(known[-1].annualised, lang)} a year.",
        zh=f"仅用成本已知的措施，概率最高为{best}，每年{money_text(known[-1].annualised, lang)}。",
    )


def _fresh(decision: Decision, lang: str) -> str:
    if decision.closest.p_fresh is None:
        return ""
    fresh = share_text(decision.closest.p_fresh, lang)
    error = 100 * decision.fresh_error()
    return say(
        lang,
        en=f"On {decision.fresh_members:,} fresh draws the probability is {fresh} (sampling error {error:.1f} points).",
        zh=f"在{decision.fresh_members}个新样本上概率为{fresh}(抽样误差{error:.1f}个百分点)。",
    )


def _prices(decision: Decision, lang: str) -> list[str]:
    if not decision.reached or not decision.complete:
        return []
    year = decision.target.before - 1
    asked = [
        (decision.one_year_earlier, (f"One year earlier (before {year})", f"提前一年({year}年前)")),
        (decision.one_percent_more, ("One more percent of probability", "概率再提高1个百分点")),
    ]
    return [
        say(lang, en=f"{en}: {_price(price, lang)}.", zh=f"{zh}：{_price(price, lang)}。") for price, (en, zh) in asked
    ]


def _price(price: Price | None, lang: str) -> str:
    if price is None:
        return say(lang, en="out of reach in this grid", zh="本方案空间内无法实现")
    money = money_text(price.cost, lang)
    if not price.steps and not price.cost:
        return say(lang, en="the same package does it", zh="同一组合即可实现")
    if not price.steps:
        return say(lang, en=f"{money} of present value more", zh=f"现值增加{money}")
    return say(
        lang,
        en=f"{price.steps:+d} steps of levers whose cost is not known; known part {money}",
        zh=f"另需成本未知的措施{price.steps:+d}级；已知部分{money}",
    )


def _left_out(decision: Decision, lang: str) -> list[str]:
    lines = []
    if decision.unknown:
        names = lever_names(decision, tuple(decision.unknown), lang)
        lines.append(say(lang, en=f"Cost not known: {names}.", zh=f"成本未知：{names}。"))
    if decision.uncounted:
        groups = say(lang, en=", ", zh="、").join(item_name(group, lang) for group in decision.uncounted)
        lines.append(say(lang, en=f"Savings not counted, no price: {groups}.", zh=f"未计节约(无价格)：{groups}。"))
    if decision.gap is not None:
        cost = money_text(decision.gap.cost, lang)
        lines.append(
            say(
                lang,
                en=f"Not proven: a package not looked at could cost up to {cost} less, with {decision.gap.steps} steps"
                " fewer.",
                zh=f"尚未证明最优：未检查的组合成本至多低{cost}(少{decision.gap.steps}级)。",
            )
        )
    return lines


def describe_exposure(found: CarbonExposure, year: int, *, lang: str = "en") -> str:
    """What allowances cost in a year without and with a package, median and 5-95 % of members.

    Raises
    ------
    PathwayError
        The year is not projected.
    """
    if year not in found.years:
        raise PathwayError(f"year {year}: allowances are priced from {found.years[0]} to {found.years[-1]}")
    at = int(np.flatnonzero(found.years == year)[0])
    ranges = []
    for bought in (found.without, found.with_package):
        low, middle, high = (money_text(float(x), lang) for x in np.quantile(bought[:, at], (0.05, 0.5, 0.95)))
        ranges.append(say(lang, en=f"{middle} ({low} to {high})", zh=f"{middle}（{low}至{high}）"))
    return say(
        lang,
        en=f"Allowances to be bought in {year} cost {ranges[0]} without levers and {ranges[1]} with the package.",
        zh=f"{year}年需购配额的费用：无措施时{ranges[0]}，采用组合时{ranges[1]}。",
    )


def describe_rule(rule: DiscoveredRule, before: int, *, lang: str = "en") -> str:
    """The rule of failure as a sentence."""
    fails = share_text(rule.base, lang)
    if not rule.bounds:
        return say(
            lang,
            en=f"{fails} of members do not peak before {before}; no simple rule tells which.",
            zh=f"{fails}的成员未能在{before}年前达峰；没有简单规则可以区分。",
        )
    parts = []
    for one, low, high in rule.bounds:
        name = one.label_zh if lang == "zh" else one.label_en
        if high >= 1:
            parts.append(
                say(lang, en=f"{name} above its {_ordinal(low)} percentile", zh=f"{name}高于其{100 * low:.0f}%分位")
            )
        elif low <= 0:
            parts.append(
                say(lang, en=f"{name} below its {_ordinal(high)} percentile", zh=f"{name}低于其{100 * high:.0f}%分位")
            )
        else:
            parts.append(
                say(
                    lang,
                    en=f"{name} between its {_ordinal(low)} and {_ordinal(high)} percentile",
                    zh=f"{name}介于其{100 * low:.0f}%与{100 * high:.0f}%分位之间",
                )
            )
    density, coverage = share_text(rule.density, lang), share_text(rule.coverage, lang)
    return say(
        lang,
        en=f"The park fails to peak before {before} in {fails} of members. With {' and '.join(parts)} it fails in"
        f" {density} of members; {coverage} of all failures are of this kind.",
        zh=f"园区在{fails}的成员中未能于{before}年前达峰。当{'且'.join(parts)}时，失败占{density}；全部失败中{coverage}属于此类。",
    )


def _ordinal(rank: float) -> str:
    """A rank as an English percentile: 0.71 is the 71st."""
    number = round(100 * rank)
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
