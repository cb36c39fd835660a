"""Tables and sentences of the decision, ready to be read; what a cost leaves out always stands beside it."""

from __future__ import annotations

import pandas as pd

from pathway_models.findings.attribution import Attribution
from pathway_models.findings.choices import Candidate, Decision, Price
from pathway_models.findings.information import Worth
from pathway_models.findings.macc import Macc
from pathway_models.findings.sensitivity import Rule, Sensitivity
from pathway_models.presenting.decision_words import cost_text, family_name, lever_names, money_text, package_name
from pathway_models.presenting.rounding import emissions_text, scale_of, share_text, significant
from pathway_models.presenting.words import say

UNKNOWN = {"en": "cost not known", "zh": "成本未知"}


def contributions(found: Attribution, *, year: int = 2035, lang: str = "en") -> pd.DataFrame:
    """What each player contributes: tonnes in a year, years gained, points of probability; the last row is the whole."""
    rows = found.table(year)
    scale = scale_of(max(abs(float(row["avoided_tco2"])) for row in rows), lang)
    head = [
        say(lang, en="lever", zh="措施"),
        say(lang, en=f"avoided in {year}, {scale.unit}", zh=f"{year}年减排,{scale.unit}"),
        say(lang, en="peak lowered, " + scale.unit, zh="峰值降低," + scale.unit),
        say(lang, en="years gained", zh="达峰提前,年"),
        say(lang, en=f"points of P(peak before {found.before})", zh=f"{found.before}年前达峰概率,百分点"),
    ]
    table = [
        (
            player_name(found, at, lang)
            if at < len(found.players)
            else str(row["name_zh" if lang == "zh" else "name_en"]),
            f"{float(row['avoided_tco2']) / scale.divisor:,.2f}",
            f"{float(row['peak_level']) / scale.divisor:,.2f}",
            f"{float(row['years_gained']):+.1f}",
            f"{100 * float(row['probability']):+.1f}",
        )
        for at, row in enumerate(rows)
    ]
    return pd.DataFrame(table, columns=head).set_index(head[0])


def player_name(found: Attribution, at: int, lang: str) -> str:
    """Name of a family or lever of an attribution."""
    name = found.names_zh[at] if lang == "zh" else found.names_en[at]
    return family_name(name, lang) if name == found.players[at] else name


def comparison(found: Attribution, quantity: str | int, *, lang: str = "en") -> pd.DataFrame:
    """Shapley shares beside leave-one-out and one at a time: only the first add up to the whole."""
    rows = found.comparison(quantity)
    ends = {"sum": ("sum", "合计"), "whole": ("what all reach together", "共同效果")}
    names = [
        say(lang, en=ends[str(row["player"])][0], zh=ends[str(row["player"])][1])
        if row["player"] in ends
        else player_name(found, at, lang)
        for at, row in enumerate(rows)
    ]
    head = {
        "shapley": say(lang, en="Shapley", zh="Shapley分摊"),
        "leave_one_out": say(lang, en="leave one out", zh="逐一去除"),
        "one_at_a_time": say(lang, en="one at a time", zh="逐一单独"),
    }
    values = {title: [significant(float(row[key])) for row in rows] for key, title in head.items()}
    return pd.DataFrame(values, index=pd.Index(names, name=say(lang, en="lever", zh="措施")))


def packages(decision: Decision, *, most: int = 8, lang: str = "en") -> pd.DataFrame:
    """The best or closest package, its alternatives and no lever at all, with cost and probabilities."""
    before = decision.target.before
    head = [
        say(lang, en="package", zh="组合"),
        say(lang, en="levers", zh="措施"),
        f"P(<{before})",
        say(lang, en="on fresh draws", zh="新抽样检验"),
        f"P(<={before})",
        say(lang, en="cost", zh="成本"),
        say(lang, en="known CNY/t", zh="已知,元/吨"),
    ]
    first = say(lang, en="best" if decision.reached else "closest", zh="最优" if decision.reached else "最接近")
    named = [(first, decision.closest)]
    named += [(str(at), one) for at, one in enumerate(decision.alternatives[:most], start=2)]
    named.append((say(lang, en="no lever", zh="无措施"), decision.off))
    rows = [(name, *_package_row(decision, one, lang)) for name, one in named]
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def _package_row(decision: Decision, one: Candidate, lang: str) -> tuple[str, ...]:
    fresh = "" if one.p_fresh is None else share_text(one.p_fresh, lang)
    tonne = UNKNOWN[lang] if one.unknown else "" if one.per_tonne != one.per_tonne else significant(one.per_tonne)
    cost = "0" if one is decision.off else cost_text(one, lang)
    levers = package_name(decision.grid, one.code, lang)
    return levers, share_text(one.p_before, lang), fresh, share_text(one.p_by, lang), cost, tonne


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
                zh=f"以不低于{wanted}的概率在{target.before}年前达峰的最低成本组合:{package}。概率为{p};{cost}。",
            )
        ]
    else:
        lines = [
            say(
                lang,
                en=f"No package of this grid peaks before {target.before} with {wanted}. The closest reaches {p}:"
                f" {package}; {cost}.",
                zh=f"本方案空间内没有组合能以{wanted}的概率在{target.before}年前达峰。最接近的为{p}:{package};{cost}。",
            )
        ]
    lines += [_known_only(decision, lang), _fresh(decision, lang), *_prices(decision, lang), *_left_out(decision, lang)]
    return [line for line in lines if line]


def _known_only(decision: Decision, lang: str) -> str:
    """How far levers of known cost get by themselves."""
    known = [one for one in decision.front if not one.steps]
    if not decision.unknown or not known:
        return ""
    best = share_text(known[-1].p_before, lang)
    return say(
        lang,
        en=f"With levers of known cost alone the most is {best}, for {money_text(known[-1].annualised, lang)} a year.",
        zh=f"仅用成本已知的措施,概率最高为{best},每年{money_text(known[-1].annualised, lang)}。",
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
    if not decision.reached:
        return []
    year = decision.target.before - 1
    asked = [
        (decision.one_year_earlier, (f"One year earlier (before {year})", f"提前一年({year}年前)")),
        (decision.one_percent_more, ("One more percent of probability", "概率再提高1个百分点")),
    ]
    return [
        say(lang, en=f"{en}: {_price(price, lang)}.", zh=f"{zh}:{_price(price, lang)}。") for price, (en, zh) in asked
    ]


def _price(price: Price | None, lang: str) -> str:
    if price is None:
        return say(lang, en="out of reach in this grid", zh="本方案空间内无法实现")
    money = money_text(price.cost, lang)
    if not price.steps:
        return say(lang, en=f"{money} of present value more", zh=f"现值增加{money}")
    return say(
        lang,
        en=f"{price.steps:+d} steps of levers whose cost is not known; known part {money}",
        zh=f"另需成本未知的措施{price.steps:+d}级;已知部分{money}",
    )


def _left_out(decision: Decision, lang: str) -> list[str]:
    lines = []
    if decision.unknown:
        names = lever_names(decision, tuple(decision.unknown), lang)
        lines.append(say(lang, en=f"Cost not known: {names}.", zh=f"成本未知:{names}。"))
    if decision.uncounted:
        groups = ", ".join(decision.uncounted)
        lines.append(say(lang, en=f"Savings not counted, no price: {groups}.", zh=f"未计节约(无价格):{groups}。"))
    if decision.gap is not None:
        cost = money_text(decision.gap.cost, lang)
        lines.append(
            say(
                lang,
                en=f"Not proven: a package not looked at could cost up to {cost} less ({decision.gap.steps} steps fewer).",
                zh=f"尚未证明最优:未检查的组合成本至多低{cost}(少{decision.gap.steps}级)。",
            )
        )
    return lines


def abatement(found: Macc, reading: str = "shapley", *, lang: str = "en") -> pd.DataFrame:
    """The abatement cost curve as a table; levers of unknown cost have a width and no height."""
    head = [
        say(lang, en="lever", zh="措施"),
        say(lang, en="avoided a year", zh="年均减排"),
        say(lang, en="5-95 %", zh="5%-95%"),
        say(lang, en=f"CNY({found.price_year})/t", zh=f"元({found.price_year}年价)/吨"),
        say(lang, en="5-95 % ", zh="成本5%-95%"),
        say(lang, en="chance of this place", zh="位次概率"),
        say(lang, en="rests on", zh="依据"),
    ]
    rows = []
    for row in found.table(reading):
        height = row["cny_per_tco2"]
        basis = ("suppositions in part", "部分为假设") if row["assumed"] else ("sources", "有来源")
        rows.append(
            (
                row["name_zh"] if lang == "zh" else row["name_en"],
                emissions_text(float(row["tco2_per_year"]), lang),
                f"{emissions_text(float(row['tco2_p05']), lang)} - {emissions_text(float(row['tco2_p95']), lang)}",
                UNKNOWN[lang] if height is None else significant(float(height)),
                ""
                if height is None
                else f"{significant(float(row['cny_p05']))} - {significant(float(row['cny_p95']))}",
                "" if row["place_chance"] is None else share_text(float(row["place_chance"]), lang),
                "" if height is None else say(lang, en=basis[0], zh=basis[1]),
            )
        )
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def drivers(found: Sensitivity, output: str = "peaked_before", *, most: int = 10, lang: str = "en") -> pd.DataFrame:
    """What drives an output, the strongest first."""
    head = [
        say(lang, en="input", zh="输入"),
        say(lang, en="alone", zh="单独"),
        say(lang, en="90 % interval", zh="90%区间"),
    ]
    has_total = found.total is not None
    rows = []
    for row in found.table(output)[:most]:
        name = str(row["name_zh"] if lang == "zh" else row["name_en"])
        cells = [f"{float(row['first']):.2f}", f"{float(row['first_low']):.2f} - {float(row['first_high']):.2f}"]
        if has_total:
            cells += [f"{float(row['total']):.2f}", f"{float(row['total_low']):.2f} - {float(row['total_high']):.2f}"]
        rows.append((name, *cells))
    if has_total:
        head += [say(lang, en="with interactions", zh="含交互"), say(lang, en="90 % interval ", zh="90%区间(含交互)")]
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def measure_first(found: list[Worth], *, most: int = 6, lang: str = "en") -> pd.DataFrame:
    """What to measure first, and how; inputs that chance alone could make look as useful are left out."""
    head = [
        say(lang, en="input", zh="输入"),
        say(lang, en="doubt it would remove", zh="可消除的不确定性"),
        say(lang, en="how to learn it", zh="如何获知"),
    ]
    rows = [
        (
            one.input.label_zh if lang == "zh" else one.input.label_en,
            share_text(min(one.doubt, 1.0), lang),
            one.how_zh if lang == "zh" else one.how_en,
        )
        for one in found
        if one.input.can_be_learnt and one.doubt > one.spread
    ]
    return pd.DataFrame(rows[:most], columns=head).set_index(head[0])


def describe_rule(rule: Rule, before: int, *, lang: str = "en") -> str:
    """The rule of failure as a sentence."""
    fails = share_text(rule.base, lang)
    if not rule.bounds:
        return say(
            lang,
            en=f"{fails} of members do not peak before {before}; no simple rule tells which.",
            zh=f"{fails}的成员未能在{before}年前达峰;没有简单规则可以区分。",
        )
    parts = []
    for one, low, high in rule.bounds:
        name = one.label_zh if lang == "zh" else one.label_en
        if high >= 1:
            parts.append(
                say(lang, en=f"{name} above its {100 * low:.0f}th percentile", zh=f"{name}高于其{100 * low:.0f}%分位")
            )
        elif low <= 0:
            parts.append(
                say(lang, en=f"{name} below its {100 * high:.0f}th percentile", zh=f"{name}低于其{100 * high:.0f}%分位")
            )
        else:
            parts.append(
                say(
                    lang,
                    en=f"{name} between its {100 * low:.0f}th and {100 * high:.0f}th percentile",
                    zh=f"{name}介于其{100 * low:.0f}%与{100 * high:.0f}%分位之间",
                )
            )
    density, coverage = share_text(rule.density, lang), share_text(rule.coverage, lang)
    return say(
        lang,
        en=f"The park fails to peak before {before} in {fails} of members. With {' and '.join(parts)} it fails in"
        f" {density} of members; {coverage} of all failures are of this kind.",
        zh=f"园区在{fails}的成员中未能于{before}年前达峰。当{'且'.join(parts)}时,失败占{density};全部失败中{coverage}属于此类。",
    )
