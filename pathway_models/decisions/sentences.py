"""Sentences on decisions and their analyses, each computed from its numbers, in English and Chinese."""

from collections.abc import Sequence

import numpy as np

from pathway_models.core import PathwayError
from pathway_models.decisions import records, tables
from pathway_models.decisions.decision import Decision, IndicatorDecision, Price
from pathway_models.intake import naming, rules
from pathway_models.language import bracketed, emissions_text, error_text, money_text, say, share_text, significant
from pathway_models.records.peaks import shares_of

#: Most replacements listed one by one.
MOST_TOLD = 12


def describe(decision: Decision, *, lang: str = "en") -> list[str]:
    """Describe the outcome of a search: the answer first, then open points."""
    target, found = decision.target, decision.closest
    p, wanted = share_text(found.p_before, lang), share_text(target.probability, lang)
    package, cost = tables.package_name(decision.grid, found.code, lang), tables.cost_text(found, lang)
    if decision.reached:
        answer = say(
            lang,
            en=f"{tables.claim(decision, lang)} that gives a peak before {target.before} with a probability of at least"
            f" {wanted}: {package}. Its probability is {p}; cost: {cost}.",
            zh=f"以不低于{wanted}的概率在{target.before}年前达峰的{tables.claim(decision, lang)}：{package}。"
            f"概率为{p}；{cost}。",
        )
    else:
        none = _none_of(decision, lang)
        answer = say(
            lang,
            en=f"{none} gives a peak before {target.before} with a probability of {wanted}. The closest reaches {p}:"
            f" {package}; cost: {cost}.",
            zh=f"{none}能以{wanted}的概率在{target.before}年前达峰。最接近的为{p}：{package}；{cost}。",
        )
    lines = [
        answer,
        _split(decision, lang),
        _conditions(decision, lang),
        _budget(decision, lang),
        _known_only(decision, lang),
        _fresh(decision, lang),
    ]
    lines += [describe_unpriced(decision, lang=lang), *_prices(decision, lang), *_left_out(decision, lang)]
    return [line for line in lines if line]


def describe_unpriced(decision: Decision, *, lang: str = "en") -> str:
    """State when packages with unpriced measures are cheaper; empty where there are none or none was evaluated."""
    if not decision.reached or not decision.unknown or not decision.complete:
        return ""
    if not decision.cheaper_if:
        return say(
            lang,
            en="Whatever the measures without a price cost, no package with more of them is cheaper.",
            zh="无论无价格的措施成本多少，含更多此类措施的组合都不会更便宜。",
        )
    rows = tables.cheaper_if(decision, 3, lang=lang).itertuples()
    some = say(lang, en="; ", zh="；").join(
        say(lang, en=f"{row[0]} ({row[1]} a year)", zh=f"{row[0]}：每年{row[1]}") for row in rows
    )
    count = len(decision.cheaper_if)
    are = "s are" if count > 1 else " is"
    if decision.closest.steps:
        return say(
            lang,
            en=f"Measures without a price are needed, so the cheapest package cannot be determined. {count} other"
            f" package{are} cheaper if what is added costs little enough: {some}.",
            zh=f"达标需要无价格的措施，无法判定最低成本。另有{count}个组合在新增措施成本足够低时更便宜：{some}。",
        )
    return say(
        lang,
        en=f"{count} package{'s' if count > 1 else ''} with measures that have no price {'are' if count > 1 else 'is'}"
        f" cheaper if these cost little enough: {some}.",
        zh=f"另有{count}个含无价格措施的组合，在其成本足够低时更便宜：{some}。",
    )


def describe_answer(decision: Decision, *, lang: str = "en") -> str:
    """State in one sentence whether the target is reached, and at what cost, without the package."""
    target, found = decision.target, decision.closest
    p, wanted = share_text(found.p_before, lang), share_text(target.probability, lang)
    cost = tables.cost_text(found, lang)
    if decision.reached:
        return say(
            lang,
            en=f"Reached: {_lower(tables.claim(decision, lang))} gives a peak before {target.before} with a probability"
            f" of {p} (asked for: {wanted}); cost: {cost}.",
            zh=f"可以达标：{tables.claim(decision, lang)}以{p}的概率在{target.before}年前达峰"
            f"（要求{wanted}）；{cost}。",
        )
    none, limits = _none_of(decision, lang), target.limits
    if limits.peak is not None or limits.totals or limits.neutral is not None:
        return say(
            lang,
            en=f"Not reached: {_lower(none)} gives a peak before {target.before} and meets the further conditions, each"
            f" with a probability of {wanted}. The closest gives a peak in time with a probability of {p}; cost:"
            f" {cost}.",
            zh=f"不能达标：{none}能以{wanted}的概率既在{target.before}年前达峰又满足其他各项条件。最接近的组合按时达峰的概率为{p}；{cost}。",
        )
    return say(
        lang,
        en=f"Not reached: {_lower(none)} gives a peak before {target.before} with a probability of {wanted}. The"
        f" closest reaches {p}; cost: {cost}.",
        zh=f"不能达标：{none}能以{wanted}的概率在{target.before}年前达峰。最接近的为{p}；{cost}。",
    )


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def describe_open_points(decision: Decision, *, lang: str = "en") -> list[str]:
    """State further conditions, the budget, the probability with levers of known cost alone, and what was left out."""
    lines = [_conditions(decision, lang), _budget(decision, lang), _known_only(decision, lang)]
    return [line for line in (*lines, *_left_out(decision, lang)) if line]


def describe_prices(decision: Decision, *, lang: str = "en") -> list[tuple[str, str]]:
    """Name the tighter targets and the extra cost of each; empty where not known."""
    if not decision.reached or not decision.complete:
        return []
    year = decision.target.before - 1
    earlier = say(lang, en=f"One year earlier (before {year})", zh=f"提前一年（{year}年前）")
    surer = say(lang, en="One percentage point more of probability", zh="概率再提高1个百分点")
    return [(earlier, _price(decision.one_year_earlier, lang)), (surer, _price(decision.one_percent_more, lang))]


def _split(decision: Decision, lang: str) -> str:
    """State the headline of the package: shares past and ahead, and the sampling error."""
    found, before, members = decision.closest, decision.target.before, decision.members
    row = shares_of(found.p_before, found.p_past, members)
    past, ahead = (share_text(min(max(row[key], 0.0), 1.0), lang) for key in ("p_past", "p_ahead"))
    error, given = error_text(row["p_se"]), row["p_ahead_given_not_past"]
    text = say(
        lang,
        en=f"In {past} of all members the peak before {before} is already past, in {ahead} it is ahead (sampling"
        f" error{error} percentage points).",
        zh=f"{before}年以前达峰的模拟结果中，占全部{past}者已达峰，{ahead}未来达峰（抽样误差{error}个百分点）。",
    )
    if given == given:
        chance = share_text(min(max(given, 0.0), 1.0), lang) + error_text(row["p_se_ahead_given"])
        text += say(
            lang,
            en=f" Of the members not already past, {chance} peak in time.",
            zh=f"未达峰者中，{chance}可按时达峰。",
        )
    return text


def _conditions(decision: Decision, lang: str) -> str:
    """State the conditions beside the peak year, with the probability that each holds."""
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
        asked.append(("neutral", (f"emissions minus sinks at zero in {year}", f"{year}年排放减碳汇为零")))
    if not asked:
        return ""
    wanted = share_text(decision.target.probability, lang)
    told = [bracketed(say(lang, en=en, zh=zh), share_text(held[name], lang), lang) for name, (en, zh) in asked]
    listed = say(lang, en="; ", zh="；").join(told)
    return say(
        lang,
        en=f"Further conditions, each asked for with a probability of {wanted} (in brackets: that of the package):"
        f" {listed}.",
        zh=f"其他条件，各要求概率{wanted}（括号内为该组合的概率）：{listed}。",
    )


def _budget(decision: Decision, lang: str) -> str:
    """State the budget, which excludes levers without a price."""
    if decision.target.budget is None:
        return ""
    most, known = (money_text(one, lang) for one in (decision.target.budget, decision.closest.cost))
    sentence = say(
        lang,
        en=f"Budget: a present value of at most {most}; the package's known costs are {known}.",
        zh=f"预算：现值不超过{most}；该组合已知成本现值{known}。",
    )
    if not decision.closest.unknown:
        return sentence
    return sentence + say(
        lang,
        en=" The cost of its measures without a price comes on top, so whether the budget holds is not known.",
        zh="成本未知的措施另计，预算能否满足尚不可知。",
    )


def describe_alternatives(decision: Decision, shown: int, *, lang: str = "en") -> str:
    """Count the other packages that reach the target at nearly the same cost; empty where none does."""
    count, margin = len(decision.near), share_text(decision.margin, lang)
    if not count:
        return ""
    some = min(shown, count)
    return say(
        lang,
        en=f"{count:,} other package{'s reach' if count > 1 else ' reaches'} the target with as many steps without a"
        f" price and a known cost within {margin} of this one's; the cheapest {some}:",
        zh=f"另有{count}个组合同样达标，成本未知的级数相同、已知成本相差不超过{margin}；成本最低的{some}个：",
    )


def _none_of(decision: Decision, lang: str) -> str:
    if decision.complete:
        return say(lang, en="No package of this grid", zh="本方案空间内没有组合")
    looked, count = decision.evaluated, decision.packages
    return say(
        lang,
        en=f"None of the {looked:,} packages examined, out of {count:,},",
        zh=f"在{count}个组合中已检查的{looked}个均不",
    )


def _known_only(decision: Decision, lang: str) -> str:
    """State the highest probability that levers of known cost reach by themselves."""
    known = [one for one in decision.front if not one.steps]
    if not decision.unknown or not known or not decision.complete:
        return ""
    best = share_text(known[-1].p_before, lang)
    return say(
        lang,
        en=f"With levers of known cost alone, the highest probability is {best}, at"
        f" {money_text(known[-1].annualised, lang)} a year.",
        zh=f"仅用成本已知的措施，概率最高为{best}，每年{money_text(known[-1].annualised, lang)}。",
    )


def _fresh(decision: Decision, lang: str) -> str:
    if decision.closest.p_fresh is None:
        return ""
    fresh = share_text(decision.closest.p_fresh, lang)
    error = 100 * decision.fresh_error()
    return say(
        lang,
        en=f"On {decision.fresh_members:,} fresh draws the probability is {fresh} (sampling error {error:.1f}"
        " percentage points).",
        zh=f"在{decision.fresh_members:,}个新样本上概率为{fresh}（抽样误差{error:.1f}个百分点）。",
    )


def _prices(decision: Decision, lang: str) -> list[str]:
    return [
        say(lang, en=f"{name}: {price}.", zh=f"{name}：{price}。")
        for name, price in describe_prices(decision, lang=lang)
    ]


def _price(price: Price | None, lang: str) -> str:
    if price is None:
        return say(lang, en="out of reach in this grid", zh="本方案空间内无法实现")
    money = money_text(price.cost, lang)
    if not price.steps and not price.cost:
        return say(lang, en="the same package does it", zh="同一组合即可实现")
    if not price.steps:
        return say(lang, en=f"{money} more in present value", zh=f"现值增加{money}")
    return say(
        lang,
        en=f"{price.steps:+d} steps of levers whose cost is not known; known part {money}",
        zh=f"另需成本未知的措施{price.steps:+d}级；已知部分{money}",
    )


def _left_out(decision: Decision, lang: str) -> list[str]:
    lines = []
    if decision.unknown:
        names = tables.lever_names(decision, tuple(decision.unknown), lang)
        lines.append(say(lang, en=f"Cost not known: {names}.", zh=f"成本未知：{names}。"))
    if decision.uncounted:
        groups = say(lang, en=", ", zh="、").join(naming.item_name(group, lang) for group in decision.uncounted)
        lines.append(
            say(lang, en=f"Savings not counted for lack of a price: {groups}.", zh=f"未计节约（无价格）：{groups}。")
        )
    if decision.gap is not None:
        cost = money_text(decision.gap.cost, lang)
        lines.append(
            say(
                lang,
                en=f"Not proven to be optimal: a package not examined could cost up to {cost} less, with"
                f" {decision.gap.steps} fewer steps.",
                zh=f"尚未证明最优：未检查的组合成本至多低{cost}（少{decision.gap.steps}级）。",
            )
        )
    return lines


def describe_indicator(found: IndicatorDecision, *, lang: str = "en") -> list[str]:
    """Describe the search for a package that meets the core indicator of a profile in a year."""
    one, year = found.closest, found.year
    p, wanted = share_text(one.probability, lang), share_text(found.probability, lang)
    package, cost = tables.package_name(found.grid, one.code, lang), tables.cost_text(one, lang)
    what = bracketed(found.rule.name.told(lang), found.profile.name.told(lang), lang)
    if found.reached:
        answer = say(
            lang,
            en=f"The cheapest package that meets {what} in {year} with a probability of at least {wanted}: {package}."
            f" Its probability is {p}; cost: {cost}.",
            zh=f"{year}年以不低于{wanted}的概率达到“{what}”的最低成本组合：{package}。概率为{p}；{cost}。",
        )
    else:
        answer = say(
            lang,
            en=f"None of {found.packages:,} packages meets {what} in {year} with a probability of {wanted}. The closest"
            f" reaches {p}: {package}; cost: {cost}.",
            zh=f"{found.packages:,}个组合均不能在{year}年以{wanted}的概率达到“{what}”。最接近者概率为{p}：{package}；{cost}。",
        )
    lines = [answer, _indicator_values(found, lang)]
    if one.p_fresh is not None:
        again, draws = share_text(one.p_fresh, lang), f"{found.fresh_members:,}"
        lines.append(
            say(lang, en=f"On {draws} fresh draws the probability is {again}.", zh=f"在{draws}次新的模拟上为{again}。")
        )
    if one.with_class < 1.0:
        outside = share_text(1.0 - one.with_class, lang)
        lines.append(
            say(
                lang,
                en=f"In {outside} of the members the energy use falls into no size class of the rule; this counts as"
                " not met.",
                zh=f"{outside}的模拟结果其能耗不在规则的任何分档内，按未达到计。",
            )
        )
    return lines


def _indicator_values(found: IndicatorDecision, lang: str) -> str:
    """State the median of the indicator without levers and with the package, in every reading, beside the limits."""
    limits = [size.limit for size in found.rule.classes] or [found.rule.limit]
    told = " / ".join(f"{'<=' if one.is_upper else '>='} {one.value:g}" for one in limits if one is not None)
    names = say(lang, en=" / ", zh=" / ").join(one.name.told(lang) for one in found.profile.readings)
    values, off = (" / ".join(significant(value, 3) for value in one.values) for one in (found.closest, found.off))
    account = rules.read_account(found.profile.account).name.told(lang)
    return say(
        lang,
        en=f"Median in {found.year}: {values} {found.rule.unit} (without levers {off}), limit by size {told}. Account:"
        f" {account}; electricity at {names}.",
        zh=f"{found.year}年中位数：{values} {found.rule.unit}（无措施时{off}），按规模的限值{told}。"
        f"核算口径：{account}；电力折标系数：{names}。",
    )


def describe_exposure(found: records.CarbonExposure, year: int, *, lang: str = "en") -> str:
    """State the cost of allowances in a year without and with a package, median and 5-95 % of members.

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


def describe_rule(rule: records.DiscoveredRule, before: int, *, lang: str = "en") -> str:
    """State the rule for missing the target."""
    fails = share_text(rule.base, lang)
    if not rule.bounds:
        return say(
            lang,
            en=f"{fails} of members do not peak before {before}; no simple rule tells which.",
            zh=f"{fails}的模拟结果未能在{before}年前达峰；没有简单规则可以区分。",
        )
    parts = []
    for one, low, high in rule.bounds:
        name = one.label_zh if lang == "zh" else one.label_en
        ends = f"{100 * low:.0f}%", f"{100 * high:.0f}%"
        if high >= 1:
            en, zh = f"above its {_ordinal(low)}", f"高于其{ends[0]}分位"
        elif low <= 0:
            en, zh = f"below its {_ordinal(high)}", f"低于其{ends[1]}分位"
        else:
            en, zh = f"between its {_ordinal(low)} and {_ordinal(high)}", f"介于其{ends[0]}与{ends[1]}分位之间"
        parts.append(say(lang, en=f"{name} {en} percentile", zh=f"{name}{zh}"))
    density, coverage = share_text(rule.density, lang), share_text(rule.coverage, lang)
    return say(
        lang,
        en=f"The park fails to peak before {before} in {fails} of members. With {' and '.join(parts)} it fails in"
        f" {density} of members; {coverage} of all failures are of this kind.",
        zh=f"园区在{fails}的模拟结果中未能于{before}年前达峰。当{'且'.join(parts)}时，失败占{density}；全部失败中{coverage}属于此类。",
    )


def _ordinal(rank: float) -> str:
    """Write a rank as an English percentile: 0.71 is the 71st."""
    number = round(100 * rank)
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def describe_front(decision: Decision, *, lang: str = "en") -> str:
    """State the range of probabilities and costs of the front, among packages whose whole cost is known."""
    known = [one for one in decision.front if not one.steps]
    if len(known) < 2:
        return say(
            lang,
            en="Hardly any package has a cost that is fully known, so no price of probability can be read off.",
            zh="几乎没有成本全部已知的组合，无法读出概率的价格。",
        )
    first, last = known[0], known[-1]
    low, high = share_text(first.p_before, lang), share_text(last.p_before, lang)
    from_cost, to_cost = money_text(first.annualised, lang), money_text(last.annualised, lang)
    best = share_text(max(one.p_before for one in decision.front), lang)
    return say(
        lang,
        en=f"With levers of known cost, going from {low} to {high} changes the yearly cost from {from_cost} to"
        f" {to_cost}; with the others, whose cost is not known, the grid reaches {best}.",
        zh=f"仅用成本已知的措施，概率由{low}升至{high}，年成本由{from_cost}变为{to_cost}；加上成本未知的措施，最高可达{best}。",
    )


def describe_contributions(found: records.Attribution, year: int = 2035, *, lang: str = "en") -> str:
    """Name the player that avoids most in a year, and its share of the whole."""
    column = found.column(year)
    whole, best = float(found.whole()[column]), int(found.shares[:, column].argmax())
    if found.shares[best, column] <= 0:
        return say(lang, en=f"No measure avoids emissions in {year}.", zh=f"{year}年没有措施减少排放。")
    name, most = tables.player_name(found, best, lang), float(found.shares[best, column])
    tonnes, all_of_it = (emissions_text(value, lang, beside=max(whole, most)) for value in (most, whole))
    harmful = [tables.player_name(found, at, lang) for at in range(len(found.players)) if found.shares[at, column] < 0]
    more = say(lang, en=f" Emissions are raised by: {', '.join(harmful)}.", zh=f"排放反而增加：{'、'.join(harmful)}。")
    return say(
        lang,
        en=f"In {year} all measures avoid {all_of_it} on average; the largest part, {tonnes}, comes from {name}.",
        zh=f"{year}年全部措施平均减排{all_of_it}，其中贡献最大的是{name}，{tonnes}。",
    ) + (more if harmful else "")


def describe_years(found: records.Attribution, *, lang: str = "en") -> str:
    """State the years all players gain on the peak, who gains most, and where that is a lower bound."""
    column = found.column("years_gained")
    whole, best = float(found.whole()[column]), int(found.shares[:, column].argmax())
    if found.shares[best, column] <= 0:
        return say(lang, en="No measure brings the peak forward.", zh="没有措施使达峰提前。")
    sentence = say(
        lang,
        en=f"Together the measures bring the peak {significant(whole)} years forward on average;"
        f" {tables.player_name(found, best, lang)} contributes most,"
        f" {significant(float(found.shares[best, column]))} years.",
        zh=f"全部措施平均使达峰提前{significant(whole)}年，其中{tables.player_name(found, best, lang)}最多，"
        f"{significant(float(found.shares[best, column]))}年。",
    )
    if not any(found.censored):
        return sentence
    without, reached = (share_text(share, lang) for share in found.censored)
    last = found.last_peak_year
    return sentence + say(
        lang,
        en=f" These are lower bounds: {without} of members without levers and {reached} with all do not peak by"
        f" {last}.",
        zh=f"此为下限：至{last}年，无措施时{without}、全部措施时{reached}的模拟结果仍未达峰。",
    )


def describe_curve(found: records.Macc, reading: str = "shapley", *, lang: str = "en") -> str:
    """Name the cheapest and the dearest measure of a reading, with the chance of the first place."""
    whole = found.curve(reading)
    rows = [row for row in whole if row["cny_per_tco2"] is not None]
    unknown = sum(not row["cost_known"] for row in whole)
    if not rows:
        return say(lang, en="No measure has a known cost.", zh="没有成本已知的措施。")
    first, last = rows[0], rows[-1]
    key = "name_zh" if lang == "zh" else "name_en"
    sure = share_text(float(first["place_chance"]), lang)
    ends = [f"{float(row['cny_per_tco2']):,.0f}" for row in (first, last)]
    return say(
        lang,
        en=f"Avoiding a tonne costs least with {first[key]} ({ends[0]} CNY; the cheapest in {sure} of members) and most"
        f" with {last[key]} ({ends[1]} CNY); {unknown} measures have no known cost and no cost bar.",
        zh=f"每吨成本最低的是{first[key]}（{ends[0]}元，在{sure}的模拟结果中最低），最高的是{last[key]}（{ends[1]}元）；"
        f"另有{unknown}项措施成本未知，不画成本柱。",
    )


def describe_drivers(found: records.Sensitivity, before: int, *, lang: str = "en") -> str:
    """Name the strongest input for each output."""
    labels = found.labels_zh if lang == "zh" else found.labels_en
    parts = []
    for column, output in enumerate(records.OUTPUTS):
        at = int(found.leading[:, column].argmax())
        share = share_text(min(max(float(found.leading[at, column]), 0.0), 1.0), lang)
        name = tables.output_name(output, before, lang)
        parts.append(say(lang, en=f"{name}: {labels[at]} ({share})", zh=f"{name}：{labels[at]}（{share}）"))
    joined = say(lang, en="; ", zh="；").join(parts)
    return say(lang, en=f"The strongest input for each result: {joined}.", zh=f"各结果的首要因素：{joined}。")


def describe_worth(found: Sequence[records.Worth], *, lang: str = "en") -> str:
    """Name the input to measure first, or state that no input a park can learn is better than chance."""
    first = next((worth for worth in found if worth.input.can_be_learnt), None)
    chance = share_text(min(max(found[0].spread, 0.0), 1.0), lang)
    if first is None or first.doubt <= first.spread:
        return say(
            lang,
            en="No input that the park can find out more about would remove more of the uncertainty than chance alone"
            f" ({chance}).",
            zh=f"园区可获知的因素均未超过随机水平（{chance}）。",
        )
    name = first.input.label_zh if lang == "zh" else first.input.label_en
    how = first.how_zh if lang == "zh" else first.how_en
    doubt = share_text(first.doubt, lang)
    return say(
        lang,
        en=f"Measure this first: {name}. Knowing it would remove {doubt} of the uncertainty (chance alone: {chance})."
        f" How: {how}.",
        zh=f"先测：{name}。可消除{doubt}的不确定性（随机水平{chance}）；途径：{how}。",
    )


def describe_assets(found: records.AssetPlan | None, before: int, *, lang: str = "en") -> list[str]:
    """Describe reinvestment windows, lock-in, and levers that wait for replacement; None if there is no table."""
    if found is None:
        return [
            say(
                lang,
                en="No table of energy assets is given, so no measure waits until the equipment it replaces is due for"
                " replacement.",
                zh="未给出能源设施清单：各措施均不等待所替代设备到期。",
            )
        ]
    lines = [_units(found, lang), _locked_in(found, before, lang)]
    lines += [_wait(one, lang) for one in found.waiting if one.fitted.years_later]
    at_once = [_named(one, lang) for one in found.waiting if not one.fitted.years_later]
    names = [lever.name_zh if lang == "zh" else lever.name_en for lever in found.free]
    comma = say(lang, en=", ", zh="、")
    if at_once:
        listed = comma.join(at_once)
        lines.append(say(lang, en=f"Need not wait for replacement: {listed}.", zh=f"无需等待设备更新：{listed}。"))
    if names:
        lines.append(
            say(
                lang,
                en=f"No listed unit uses the energy that these replace, so they do not wait: {comma.join(names)}.",
                zh=f"清单中没有设备使用下列措施所替代的能源，故不等待：{comma.join(names)}。",
            )
        )
    return lines


def _units(found: records.AssetPlan, lang: str) -> str:
    energy = significant(sum(one.energy for one in found.assets))
    told = [f"{row['year']} {row['asset']}" for row in found.windows]
    more = len(told) - MOST_TOLD
    rest = say(lang, en=f", and {more} more", zh=f"，另有{more}次") if more > 0 else ""
    listed = say(lang, en=", ", zh="、").join(told[:MOST_TOLD]) + rest
    last = found.years[-1]
    when = say(lang, en=f"Replacements: {listed}.", zh=f"更新年份：{listed}。")
    if not told:
        when = say(lang, en=f"None is due for replacement by {last}.", zh=f"至{last}年均不更新。")
    count = len(found.assets)
    return say(
        lang,
        en=f"Energy assets: {count} unit{'s' * (count != 1)}, {energy} TJ a year. {when}",
        zh=f"能源设施{count}台，年用能{energy} TJ。{when}",
    )


def _locked_in(found: records.AssetPlan, before: int, lang: str) -> str:
    told = []
    for year in dict.fromkeys((int(found.years[0]), before, before + 5)):
        at = np.flatnonzero(found.years == year)
        if at.size:
            tonnes = emissions_text(float(found.locked_in[at[0]]), lang)
            told.append(say(lang, en=f"{tonnes} in {year}", zh=f"{year}年{tonnes}"))
    listed = say(lang, en=", ", zh="，").join(told)
    return say(
        lang,
        en=f"Locked-in emissions: run to the end of their lifetimes, today's units alone emit {listed}.",
        zh=f"锁定排放：现有设备用至寿命期末，仅其排放即为{listed}。",
    )


def _named(one: records.Waiting, lang: str) -> str:
    name = one.lever.name_zh if lang == "zh" else one.lever.name_en
    return say(
        lang,
        en=f"{name} ({tables.option_name(one.option, lang)})",
        zh=f"{name}（{tables.option_name(one.option, lang)}）",
    )


def _wait(one: records.Waiting, lang: str) -> str:
    years, early = one.fitted.years_later, say(lang, en=", ", zh="、").join(one.fitted.early)
    name = _named(one, lang)
    if one.fitted.early_cost is None:
        cost = say(lang, en="the value not yet written off is not known", zh="其未折旧余值未知")
    else:
        money = money_text(one.fitted.early_cost, lang)
        cost = say(lang, en=f"up to {money} not yet written off", zh=f"其未折旧余值至多{money}")
    return say(
        lang,
        en=f"{name} waits {years} year{'s' * (years != 1)} until the units it replaces are due; without waiting it"
        f" would replace {early} too early: {cost}.",
        zh=f"{name}推迟{years}年，待所替代设备到期；若不等待将提前替换{early}，{cost}。",
    )
