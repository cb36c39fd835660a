"""What the figures of a decision show, in sentences computed from the same numbers, in English and Chinese.

Energy assets in sentences: when they are replaced, what they lock in, which levers wait, what not waiting costs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pathway_models.decisions.assets import AssetPlan, Waiting
from pathway_models.decisions.attribution import Attribution
from pathway_models.decisions.decision import Decision
from pathway_models.decisions.figures import output_name
from pathway_models.decisions.inputs import OUTPUTS
from pathway_models.decisions.macc import Macc
from pathway_models.decisions.sensitivity import Sensitivity
from pathway_models.decisions.tables import family_name, money_text, option_name
from pathway_models.decisions.value_of_information import Worth
from pathway_models.language.rounding import emissions_text, share_text, significant
from pathway_models.language.words import say
from pathway_models.records.levers import FAMILIES


def describe_front(decision: Decision, *, lang: str = "en") -> str:
    """Between which probabilities and known costs the front runs, among packages whose whole cost is known."""
    known = [one for one in decision.front if not one.steps]
    if len(known) < 2:
        return say(
            lang,
            en="Hardly any package has a cost that is known as a whole: no price of probability can be read.",
            zh="几乎没有成本全部已知的组合，无法读出概率的价格。",
        )
    first, last = known[0], known[-1]
    low, high = share_text(first.p_before, lang), share_text(last.p_before, lang)
    from_cost, to_cost = money_text(first.annualised, lang), money_text(last.annualised, lang)
    best = share_text(max(one.p_before for one in decision.front), lang)
    return say(
        lang,
        en=f"With levers of known cost, going from {low} to {high} takes the yearly cost from {from_cost} to {to_cost};"
        f" with the others, whose cost nobody has stated, the grid reaches {best}.",
        zh=f"仅用成本已知的措施，概率由{low}升至{high}，年成本由{from_cost}变为{to_cost}；加上成本未知的措施，最高可达{best}。",
    )


def describe_contributions(found: Attribution, year: int = 2035, *, lang: str = "en") -> str:
    """Which player avoids most in a year, and how much of the whole that is."""
    column = found.column(year)
    whole, best = float(found.whole()[column]), int(found.shares[:, column].argmax())
    if found.shares[best, column] <= 0:
        return say(lang, en=f"No measure avoids emissions in {year}.", zh=f"{year}年没有措施减少排放。")
    name, tonnes = _player(found, best, lang), emissions_text(float(found.shares[best, column]), lang)
    harmful = [_player(found, at, lang) for at in range(len(found.players)) if found.shares[at, column] < 0]
    more = say(lang, en=f" More is emitted through: {', '.join(harmful)}.", zh=f"排放反而增加：{'、'.join(harmful)}。")
    return say(
        lang,
        en=f"In {year} all measures avoid {emissions_text(whole, lang)} on average; most of it, {tonnes}, through"
        f" {name}.",
        zh=f"{year}年全部措施平均减排{emissions_text(whole, lang)}，其中贡献最大的是{name}，{tonnes}。",
    ) + (more if harmful else "")


def describe_years(found: Attribution, *, lang: str = "en") -> str:
    """How many years all players gain on the peak, who gains most, and where that is a lower bound."""
    column = found.column("years_gained")
    whole, best = float(found.whole()[column]), int(found.shares[:, column].argmax())
    if found.shares[best, column] <= 0:
        return say(lang, en="No measure brings the peak forward.", zh="没有措施使达峰提前。")
    sentence = say(
        lang,
        en=f"Together the measures bring the peak {significant(whole)} years forward on average;"
        f" {_player(found, best, lang)} brings most, {significant(float(found.shares[best, column]))} years.",
        zh=f"全部措施平均使达峰提前{significant(whole)}年，其中{_player(found, best, lang)}最多，"
        f"{significant(float(found.shares[best, column]))}年。",
    )
    if not any(found.censored):
        return sentence
    without, reached = (share_text(share, lang) for share in found.censored)
    return sentence + say(
        lang,
        en=f" These are lower bounds: {without} of members without levers and {reached} with all do not peak by"
        f" {found.years[-1]}.",
        zh=f"此为下限：至{found.years[-1]}年，无措施时{without}、全部措施时{reached}的成员仍未达峰。",
    )


def _player(found: Attribution, at: int, lang: str) -> str:
    if found.players[at] in FAMILIES:
        return family_name(found.players[at], lang)
    return found.names_zh[at] if lang == "zh" else found.names_en[at]


def describe_curve(found: Macc, reading: str = "shapley", *, lang: str = "en") -> str:
    """The cheapest and the dearest measure of a reading, and how sure the first place is."""
    # As in the table and the figure: a lever that finds nothing to replace in this park is in neither.
    whole = [row for row in found.table(reading) if float(row["tco2_per_year"])]
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
        en=f"A tonne costs least through {first[key]} ({ends[0]} CNY; the cheapest in {sure} of members) and most"
        f" through {last[key]} ({ends[1]} CNY); {unknown} measures have no known cost and no height.",
        zh=f"每吨成本最低的是{first[key]}（{ends[0]}元，在{sure}的成员中最低），最高的是{last[key]}（{ends[1]}元）；"
        f"另有{unknown}项措施成本未知，不画高度。",
    )


def describe_drivers(found: Sensitivity, before: int, *, lang: str = "en") -> str:
    """The strongest input for each output."""
    labels = found.labels_zh if lang == "zh" else found.labels_en
    leading = found.first if found.total is None else found.total
    parts = []
    for column, output in enumerate(OUTPUTS):
        at = int(leading[:, column].argmax())
        share = share_text(min(max(float(leading[at, column]), 0.0), 1.0), lang)
        name = output_name(output, before, lang)
        parts.append(say(lang, en=f"{name}: {labels[at]} ({share})", zh=f"{name}：{labels[at]}（{share}）"))
    joined = say(lang, en="; ", zh="；").join(parts)
    return say(lang, en=f"What drives each most: {joined}.", zh=f"各结果的首要因素：{joined}。")


def describe_worth(found: Sequence[Worth], *, lang: str = "en") -> str:
    """What to measure first, or that nothing a park can learn stands out from chance."""
    first = next((worth for worth in found if worth.input.can_be_learnt), None)
    chance = share_text(min(max(found[0].spread, 0.0), 1.0), lang)
    if first is None or first.doubt <= first.spread:
        return say(
            lang,
            en=f"Nothing the park can learn removes more of the doubt than chance alone would show ({chance}).",
            zh=f"园区可获知的因素均未超过随机水平（{chance}）。",
        )
    name = first.input.label_zh if lang == "zh" else first.input.label_en
    how = first.how_zh if lang == "zh" else first.how_en
    doubt = share_text(first.doubt, lang)
    return say(
        lang,
        en=f"Measure this first: {name}. It would remove {doubt} of the doubt (chance alone: {chance}); by {how}.",
        zh=f"先测：{name}。可消除{doubt}的不确定性（随机水平{chance}）；途径：{how}。",
    )


#: Replacements told one by one.
MOST_TOLD = 12


def describe_assets(found: AssetPlan | None, before: int, *, lang: str = "en") -> list[str]:
    """Reinvestment windows, lock-in, and the levers that wait for replacement or need not; None: no table is given."""
    if found is None:
        return [
            say(
                lang,
                en="No table of energy assets is given: no measure waits until what it replaces is due.",
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
                en=f"No listed unit uses what these replace, so they do not wait: {comma.join(names)}.",
                zh=f"清单中没有设备使用下列措施所替代的能源，故不等待：{comma.join(names)}。",
            )
        )
    return lines


def _units(found: AssetPlan, lang: str) -> str:
    energy = significant(sum(one.energy for one in found.assets))
    told = [f"{row['year']} {row['asset']}" for row in found.windows]
    more = len(told) - MOST_TOLD
    rest = say(lang, en=f", and {more} more", zh=f"，另有{more}次") if more > 0 else ""
    listed = say(lang, en=", ", zh="、").join(told[:MOST_TOLD]) + rest
    last = found.years[-1]
    when = say(lang, en=f"They are replaced: {listed}.", zh=f"更新年份：{listed}。")
    if not told:
        when = say(lang, en=f"None is replaced by {last}.", zh=f"至{last}年均不更新。")
    count = len(found.assets)
    return say(
        lang,
        en=f"Energy assets: {count} unit{'s' * (count != 1)}, {energy} TJ a year. {when}",
        zh=f"能源设施{count}台，年用能{energy} TJ。{when}",
    )


def _locked_in(found: AssetPlan, before: int, lang: str) -> str:
    told = []
    for year in dict.fromkeys((int(found.years[0]), before, before + 5)):
        at = np.flatnonzero(found.years == year)
        if at.size:
            tonnes = emissions_text(float(found.locked_in[at[0]]), lang)
            told.append(say(lang, en=f"{tonnes} in {year}", zh=f"{year}年{tonnes}"))
    listed = say(lang, en=", ", zh="，").join(told)
    return say(
        lang,
        en=f"Locked in: run to the end of their lifetimes, today's units alone emit {listed}.",
        zh=f"锁定排放：现有设备用至寿命期末，仅其排放即为{listed}。",
    )


def _named(one: Waiting, lang: str) -> str:
    name = one.lever.name_zh if lang == "zh" else one.lever.name_en
    return say(lang, en=f"{name} ({option_name(one.option, lang)})", zh=f"{name}（{option_name(one.option, lang)}）")


def _wait(one: Waiting, lang: str) -> str:
    years, early = one.fitted.years_later, say(lang, en=", ", zh="、").join(one.fitted.early)
    name = _named(one, lang)
    if one.fitted.early_cost is None:
        cost = say(lang, en="how much is not written off is not known", zh="其未折旧余值未知")
    else:
        money = money_text(one.fitted.early_cost, lang)
        cost = say(lang, en=f"up to {money} not written off", zh=f"其未折旧余值至多{money}")
    return say(
        lang,
        en=f"{name} waits {years} year{'s' * (years != 1)} until the units it replaces are due; without waiting it"
        f" would replace {early} before time: {cost}.",
        zh=f"{name}推迟{years}年，待所替代设备到期；若不等待将提前替换{early}，{cost}。",
    )
