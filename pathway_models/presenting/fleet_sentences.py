"""What a fleet's numbers say: its coverage, its total, what packages would do, how rules differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathway_models.findings.budgets import RULES, Shares
from pathway_models.findings.fleet_coverage import CLAIMED
from pathway_models.findings.fleet_packages import OFF, PACKAGE, FleetPackages
from pathway_models.findings.together import Together
from pathway_models.presenting.decision_words import money_text
from pathway_models.presenting.fleet_words import (
    RULE_NAMES,
    count_text,
    invented_text,
    join,
    pick,
    reason_text,
    some,
)
from pathway_models.presenting.names import scenario_name
from pathway_models.presenting.plotting.fleet import short_name
from pathway_models.presenting.rounding import change_text, emissions_text, share_text, significant
from pathway_models.presenting.sentences import peak, probability
from pathway_models.presenting.words import say


def describe_coverage(together: Together, *, lang: str = "en") -> str:
    """How many parks a total holds, how many of them are invented, and which years."""
    fleet, count = together.fleet, len(together.fleet.parks)
    first, last, until = int(fleet.years[0]), fleet.last_observed_year, int(fleet.years[-1])
    made_up, parks = invented_text(len(together.invented), count, lang), count_text(count, together.kind, lang)
    return say(
        lang,
        en=f"The total holds {parks}, {made_up}; all are on record in {first}-{last} and projected to {until}, and only"
        f" these years are added. Other {'regions' if together.kind == 'region' else 'parks'} are not in it.",
        zh=f"合计包含{parks}，{made_up}；共同观测期为{first}-{last}年，预测至{until}年，只合计这些年份。未列入者不在其中。",
    )


def describe_total(together: Together, scenario: str, *, before: int = 2030, lang: str = "en") -> str:
    """When the total peaks, how surely before a year, and how many of its parks do so by themselves."""
    peaks, chances = together.fleet.peaks(), together.chances(scenario, before)
    likely, parks = int((chances > 0.5).sum()), count_text(len(chances), together.kind, lang)
    alone = say(
        lang,
        en=f"By itself, {likely} of {parks} peak{'s' if likely == 1 else ''} before {before} in more than half of"
        " the members.",
        zh=f"单独看，{parks}中有{likely}个在半数以上成员中于{before}年以前达峰。",
    )
    told = [peak(peaks, scenario, lang=lang), probability(peaks, scenario, before=before, lang=lang), alone]
    return say(lang, en=" ", zh="").join(told)


def describe_largest(together: Together, scenario: str, *, lang: str = "en") -> str:
    """Who carries the total late in the projection, and why the total may peak later than most of its parks."""
    known, end = (share_text(min(share, 1.0), lang) for share in together.largest(scenario))
    last, until, name = together.fleet.last_observed_year, int(together.fleet.years[-1]), scenario_name(scenario, lang)
    return say(
        lang,
        en=f"{name}: the largest single one carries {known} of the total in {last}, and {end} in {until} in the median"
        " member. Growth errors have heavy tails and are drawn one by one, so that among many a few grow without"
        " bound in almost every member: late years of a long projection are theirs, and the total can still rise where"
        " most of its parts have peaked.",
        zh=f"{name}：{last}年最大的一个占合计的{known}，{until}年在中位成员中占{end}。增长误差为厚尾且逐个抽取，个数多时几乎每个成员中"
        "都有少数持续增长：远期合计由它们决定，即使多数已达峰，合计仍可能上升。",
    )


def describe_packages(found: FleetPackages, *, lang: str = "en") -> list[str]:
    """What all packages together would do: to the total, to each park, at what known cost."""
    return [_effect(found, lang), _reach(found, lang), _cost(found, lang)]


def _effect(found: FleetPackages, lang: str) -> str:
    fleet, at = found.together.fleet, found.before - int(found.together.fleet.years[0])
    off, package = (fleet.scenarios.index(name) for name in (OFF, PACKAGE))
    early = fleet.peaks().p_peaked_by(found.before - 1)
    alone, taken = (share_text(float(early[one]), lang) for one in (off, package))
    change = float(np.median(fleet.total[package, :, at] / fleet.total[off, :, at])) - 1
    parks = count_text(len(fleet.parks), found.together.kind, lang)
    made_up = invented_text(len(found.together.invented), len(fleet.parks), lang)
    return say(
        lang,
        en=f"If all {parks} ({made_up}) took their packages, the total would peak before {found.before} in {taken} of"
        f" the members instead of {alone}; emissions in {found.before} change by {change_text(change, lang)} (median).",
        zh=f"若{parks}（{made_up}）均采用其组合，合计在{found.before}年以前达峰的成员由{alone}变为{taken}；{found.before}年排放变化"
        f"{change_text(change, lang)}（中位数）。",
    )


def _reach(found: FleetPackages, lang: str) -> str:
    asked, count = share_text(found.probability, lang), len(found.together.fleet.parks)
    missed, chances = found.missed, found.together.chances(PACKAGE, found.before)
    told = join([f"{short_name(name, lang)} {share_text(chances[name], lang)}" for name in missed], lang)
    reached = len(found.reached)
    text = say(
        lang,
        en=f"{reached} of {count} reach the {asked} asked for by themselves.",
        zh=f"{count}个中有{reached}个各自达到要求的{asked}。",
    )
    if missed:
        text += say(
            lang,
            en=f" Not with any package (the closest taken): {told}.",
            zh=f"任何组合均不能达标（取最接近者）：{told}。",
        )
    return text


def _cost(found: FleetPackages, lang: str) -> str:
    unknown, (value, yearly) = found.cost_not_known, found.known_cost()
    part, year = f"{money_text(yearly, lang)}", found.price_year
    if not unknown:
        return say(
            lang,
            en=f"Together they cost {part} a year ({money_text(value, lang)} in all, prices of {year}).",
            zh=f"合计成本每年{part}（现值合计{money_text(value, lang)}，{year}年价）。",
        )
    names = some(unknown, lang)
    return say(
        lang,
        en=f"What it costs together is not known: {len(unknown)} packages use measures without a known cost ({names})."
        f" The known part is {part} a year (prices of {year}); it counts what those measures save and not what they"
        " cost, and is no estimate of the whole.",
        zh=f"合计成本未知：{len(unknown)}个组合含成本未知的措施（{names}）。已知部分每年{part}（{year}年价），其中计入了这些措施的节省而未计入其支出，"
        "不能当作总成本。",
    )


def describe_shares(found: Shares, *, lang: str = "en") -> str:
    """How far the rules lie apart, and what the last tonne costs."""
    rules = [name for name in RULES if name in found.by_rule]
    tonnes = np.stack([found.by_rule[name] for name in rules])
    start = float(found.emissions.sum())
    spread = np.divide(
        np.ptp(tonnes, axis=0), found.emissions, out=np.zeros(len(found.parks)), where=found.emissions > 0
    )
    at = int(spread.argmax())
    low, high = int(tonnes[:, at].argmin()), int(tonnes[:, at].argmax())
    ends = [f"{pick(RULE_NAMES[rules[one]], lang)} {emissions_text(tonnes[one, at], lang)}" for one in (low, high)]
    cut = change_text(found.budget / start - 1, lang)
    name, total = short_name(found.parks[at], lang), emissions_text(found.budget, lang)
    first = say(
        lang,
        en=f"{total} in {found.year} is {cut} against the last year on record; {len(rules)} rules share it to the"
        f" tonne. They differ most for {name}: {ends[0]}; {ends[1]}.",
        zh=f"{found.year}年的{total}较最近观测年{cut}；{len(rules)}种规则均分配到吨。差异最大的是{name}：{ends[0]}；{ends[1]}。",
    )
    return say(lang, en=" ", zh="").join([first, *_price(found, lang), *_left_out(found, lang)])


def _price(found: Shares, lang: str) -> list[str]:
    if "marginal_cost" not in found.by_rule:
        return []
    if np.isinf(found.price):
        en = "All that measures of known cost can cut does not reach the budget; what is left is shared in proportion."
        return [say(lang, en=en, zh="成本已知措施的全部减排量仍达不到预算，余量按比例分配。")]
    if np.isnan(found.price):
        return [say(lang, en="Without any lever the budget is kept.", zh="不采取措施即可满足预算。")]
    price = significant(found.price)
    return [
        say(
            lang,
            en=f"At equal marginal cost the last tonne costs {price} CNY.",
            zh=f"等边际成本下最后一吨的成本为{price}元。",
        )
    ]


def _left_out(found: Shares, lang: str) -> list[str]:
    names = join([pick(RULE_NAMES[name], lang) for name in found.left_out], lang)
    if not names:
        return []
    why = join([reason_text(one, lang) for one in dict.fromkeys(found.left_out.values())], lang)
    return [say(lang, en=f"Not computed: {names} ({why}).", zh=f"未计算：{names}（{why}）。")]


def describe_bands(found: pd.DataFrame, year: int = 2040, *, lang: str = "en") -> str:
    """Coverage of the three bands in a year, and what follows."""
    rows = found[found["year"] == year].set_index("band")
    held = {name: share_text(float(rows.loc[name, "coverage"]), lang) for name in rows.index}
    width = rows["high"] - rows["low"]
    times = f"{width['summed'] / width['shared']:.1f}"
    claimed, error = share_text(CLAIMED, lang), f"{100 * float(found['standard_error'].iloc[0]):.1f}"
    return say(
        lang,
        en=f"In {year} the {claimed} band of members added with what they share holds {held['shared']} of the futures"
        f" (sampling error {error} points), that of parks drawn apart {held['independent']}; adding the parks' own"
        f" quantiles holds {held['summed']}, at {times} times the width.",
        zh=f"{year}年，保留共同不确定性的{claimed}区间包含{held['shared']}的未来（抽样误差{error}个百分点），独立相加的区间为"
        f"{held['independent']}；分位数直接相加为{held['summed']}，但宽度是前者的{times}倍。",
    )


def describe_peaks_of_parks(together: Together, before: int = 2030, *, lang: str = "en") -> str:
    """How many parks peak in time more likely than not, under every scenario."""
    parts = []
    for name in together.fleet.scenarios:
        likely = int((together.chances(name, before) > 0.5).sum())
        parts.append(f"{scenario_name(name, lang)} {likely}")
    count = count_text(len(together.fleet.parks), together.kind, lang)
    told = join(parts, lang)
    return say(
        lang,
        en=f"Of {count}, so many peak before {before} in more than half of the members: {told}.",
        zh=f"{count}中，在半数以上成员中于{before}年以前达峰的个数：{told}。",
    )
