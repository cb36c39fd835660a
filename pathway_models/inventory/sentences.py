"""Sentences about an inventory: its balance checks, its quality, missing data and the loss they cause."""

from collections.abc import Iterable

import numpy as np

from pathway_models.intake.factors.spread import read_uncertainties
from pathway_models.intake.factors.tables import published_factors
from pathway_models.intake.naming import factor_set_name, scenario_name
from pathway_models.inventory import accounts, decomposition, tables
from pathway_models.inventory.indicators import indicators
from pathway_models.language import change_text, emissions_text, say, share_text, word
from pathway_models.records import Park

#: Smallest shift of the median that is mentioned.
SMALL = 0.02


def balance_checks(checks: Iterable[tables.BalanceCheck], park: Park, *, lang: str = "en") -> str:
    """Say how many sums close, which do not, and how many warnings the table carries."""
    checks = list(checks)
    open_ones = [tables.named(tables.BALANCES, one.key, lang) for one in checks if not one.closes]
    warned = sum(note.startswith("Warning at ") for note in park.notes)
    stated = {one.key for one in checks} & {"stated_energy", "stated_shares"}
    en = f"{len(checks) - len(open_ones)} of {len(checks)} sums close"
    zh = f"{len(checks)}项核对中{len(checks) - len(open_ones)}项闭合"
    en += f"; not closed: {', '.join(open_ones)}." if open_ones else "."
    zh += f"；未闭合：{'、'.join(open_ones)}。" if open_ones else "。"
    if not stated:
        en += " The table states no total of its own to check its carriers against."
        zh += "表中没有可供核对的综合能耗总量。"
    en += f" The check of the table left {warned} warning{'s' if warned != 1 else ''} to review."
    zh += f"数据检查留下{warned}条提醒。"
    return say(lang, en=en, zh=zh)


def quality(park: Park, *, lang: str = "en") -> str:
    """Say which group weighs most in the error of the last year, and how large the joint error is."""
    shipped = read_uncertainties().factor_errors
    sizes = decomposition.errors_by_group(park, shipped)
    if not sizes:
        return say(
            lang,
            en="The table gives emissions as reported: there are no factors or amounts of energy whose errors could"
            " be drawn.",
            zh="排放量直接采用报送值：没有因子和能源数量，因而没有可抽取的误差。",
        )
    weight = {name: share * float(np.hypot(factor, activity)) for name, (factor, activity, share) in sizes.items()}
    worst = max(weight, key=lambda name: weight[name])
    joint = float(np.sqrt(sum(value**2 for value in weight.values())))
    half = f"{100 * tables.HALF_OF_90 * joint:.0f}"
    together = f"{100 * tables.HALF_OF_90 * decomposition.mean_error(park, shipped):.0f}"
    grid = _grid(park, lang)
    graded = say(lang, en="the grades of the values are included", zh="已含数据质量等级")
    if not park.activity_errors:
        unsaid = "no value is graded, so errors of activity data are NOT included"
        graded = say(lang, en=unsaid, zh="未填质量等级，未含活动水平误差")
    return say(
        lang,
        en=f"With the errors of the groups drawn independently, emissions of {park.last_observed_year} are uncertain by"
        f" ±{half} % (90 % range; ±{together} % if all errors went the same way); {graded}. Most of it comes from"
        f" {word(worst, lang)}. {grid}",
        zh=f"各类误差独立抽取时，{park.last_observed_year}年排放的90%区间约为±{half}%（若同向则±{together}%）；{graded}。"
        f"主要来自{word(worst, lang)}。{grid}",
    )


def _grid(park: Park, lang: str) -> str:
    if not park.grid_factor:
        return ""
    if park.grid_factor == "table":
        return say(lang, en="Grid factors are the table's own.", zh="电网因子取自数据表。")
    factors = published_factors(park.grid_factor)
    first, last = int(park.years[0]), park.last_observed_year
    if factors and factors.by_year:
        return _grid_by_year(park, sorted({factor.year for factor in factors.published}), lang)
    of = factors.published[0].year if factors else 0
    if first == last == of:
        return say(lang, en=f"The grid factor is that of {of}.", zh=f"电网因子为{of}年值。")
    return say(
        lang,
        en=f"The grid factor {park.grid_factor} is a declared substitute: the factor of {of} is used for the record of"
        f" {first}-{last}.",
        zh=f"电网因子{park.grid_factor}为公开选择的替代值：{of}年因子用于{first}-{last}年。",
    )


def _grid_by_year(park: Park, published: list[int], lang: str) -> str:
    """Say which years have a factor of their own, and which take that of the nearest year."""
    without = [int(year) for year in park.years if year not in published]
    head = say(
        lang,
        en=f"Grid factors {park.grid_factor} are those of each year, {published[0]}-{published[-1]}",
        zh=f"电网因子{park.grid_factor}逐年取值（{published[0]}-{published[-1]}年）",
    )
    if not without:
        return say(lang, en=f"{head}.", zh=f"{head}。")
    years = f"{without[0]}-{without[-1]}" if len(without) > 1 else str(without[0])
    return say(
        lang,
        en=f"{head}; {years} take{'' if len(without) > 1 else 's'} that of the nearest year, a declared substitute.",
        zh=f"{head}；{years}年采用最近年份的因子，为公开选择的替代值。",
    )


def missing_data(park: Park, *, lang: str = "en") -> str:
    """Say how complete the table is, and name the missing parts."""
    found = decomposition.parts_present(park)
    lacking = [tables.named(tables.MISSING, key, lang) for key, is_there in found.items() if not is_there]
    present, count = len(found) - len(lacking), len(found)
    if not lacking:
        return say(lang, en="The table is complete.", zh="该表内容齐全。")
    return say(
        lang,
        en=f"The table has {present} of the {count} parts of a full table; missing: {', '.join(lacking)}.",
        zh=f"完整数据表的内容有{present}/{count}；缺：{'、'.join(lacking)}。",
    )


def data_detail(
    found: Iterable[decomposition.DetailBands], scenario: str, before: int = 2030, *, lang: str = "en"
) -> str:
    """State the effect of each poorer table and each grade on the bands, measured on this park."""
    given, *others = found
    if not others:
        return say(
            lang,
            en="The table holds emissions only: there are no energy data to combine or to grade.",
            zh="数据表只有排放量：没有可以合并或评定等级的能源数据。",
        )
    parts = [_poorer(one, given, before, lang) for one in others if not one.key.startswith("grade")]
    worst, best = (next(one for one in others if one.key == f"grade_{grade}") for grade in "DA")
    is_level = abs(worst.p_before - best.p_before) <= SMALL
    hardly_en = ": grades affect the level, but hardly the peak" if is_level else ""
    hardly_zh = "：主要影响排放水平，对达峰影响很小" if is_level else ""
    parts.append(
        say(
            lang,
            en=f"Grades: the band of the last year is {_width(best, 'now', lang)} wide with grade A throughout and"
            f" {_width(worst, 'now', lang)} with grade D; P(before {before}) is {share_text(best.p_before, lang)} and"
            f" {share_text(worst.p_before, lang)}{hardly_en}.",
            zh=f"质量等级：全A级时末年区间宽{_width(best, 'now', lang)}，全D级时{_width(worst, 'now', lang)}；"
            f"{before}年以前达峰概率分别为{share_text(best.p_before, lang)}与{share_text(worst.p_before, lang)}"
            f"{hardly_zh}。",
        )
    )
    if any(one.width("then") < given.width("then") for one in others if not one.key.startswith("grade")):
        parts.append(
            say(
                lang,
                en="A narrower band from a poorer table does not mean better knowledge: differences that the table does"
                " not show cannot be drawn.",
                zh="数据更粗而区间更窄并不代表更有把握：表中没有的差异无法抽样。",
            )
        )
    name = scenario_name(scenario, lang)
    head = say(lang, en=f"Measured under {name}.", zh=f"以{name}实测。")
    return say(lang, en=" ".join([head, *parts]), zh="".join([head, *parts]))


def _width(one: decomposition.DetailBands, name: str, lang: str) -> str:
    return f"{100 * one.width(name):.0f}{'' if lang == 'zh' else ' '}%"


def _poorer(one: decomposition.DetailBands, given: decomposition.DetailBands, before: int, lang: str) -> str:
    shift = float(one.then[1] / given.then[1] - 1)
    moved = change_text(shift, lang, digits=0)
    told = tables.named(tables.DETAIL, one.key, lang)
    en_shift = f"the median of {before} {f'shifts by {moved}' if abs(shift) >= SMALL else 'hardly moves'}"
    zh_shift = f"{before}年中位数偏移{moved}" if abs(shift) >= SMALL else f"{before}年中位数基本不变"
    return say(
        lang,
        en=f"{told[0].upper()}{told[1:]}: {en_shift}, its band is {_width(one, 'then', lang)} wide (as given"
        f" {_width(given, 'then', lang)}), the median peak year is {one.peak[1]} ({given.peak[1]}) and"
        f" P(before {before}) is {share_text(one.p_before, lang)} ({share_text(given.p_before, lang)}).",
        zh=f"{told}时：{zh_shift}，{before}年区间宽{_width(one, 'then', lang)}（现有{_width(given, 'then', lang)}），"
        f"达峰年中位数{one.peak[1]}（{given.peak[1]}），{before}年以前达峰概率{share_text(one.p_before, lang)}"
        f"（{share_text(given.p_before, lang)}）。",
    )


def dual_reporting(park: Park, *, lang: str = "en") -> str:
    """Say how far the totals as reported, by location and by market differ in the last year."""
    found = accounts.take_inventory(park)
    power = found.emissions[[row[1] == "electricity" for row in found.rows]].sum(axis=0)[-1]
    gap = float(found.location_based[-1] - power)
    year = park.last_observed_year
    beyond = float(accounts.totals_beside(park).get("market", found.total())[-1] - found.total()[-1])
    more_en = more_zh = ""
    if beyond > 0:
        added = emissions_text(beyond, lang)
        more_en = f" The market-based total, where the rest counts without traded green power, is {added} higher than"
        more_en += " as reported."
        more_zh = f"基于市场的口径中其余电力扣除市场化绿电，比填报口径高{added}。"
    if gap <= 0:
        return say(
            lang,
            en=f"No green power was bought in {year}: the reported and the location-based total are the same.{more_en}",
            zh=f"{year}年没有外购绿电：填报口径与基于位置的总量相同。{more_zh}",
        )
    return say(
        lang,
        en=f"Green power makes the total of {year} as reported {emissions_text(gap, lang)} lower than the"
        f" location-based one.{more_en}",
        zh=f"绿电使{year}年填报口径总量比基于位置的总量低{emissions_text(gap, lang)}。{more_zh}",
    )


def factor_choices(park: Park, *, lang: str = "en") -> str:
    """Say which factor set the results use, and how much of them depends on it."""
    if not park.factor_set:
        return say(
            lang,
            en="The table names no factor set: emissions come from its own factors and totals.",
            zh="表中未指定排放因子集：排放量来自其自带的因子与总量。",
        )
    found = accounts.take_inventory(park)
    name = factor_set_name(park.factor_set, lang)
    by_set = [factor_id.startswith(park.factor_set) for factor_id in found.factor_ids]
    share = float(np.clip(found.emissions[by_set].sum(axis=0)[-1] / found.total()[-1], 0, 1))
    return say(
        lang,
        en=f"Results rely on the factor set {name}: it determines {share_text(share, lang)} of the emissions of"
        f" {park.last_observed_year}; factors of the table, processes and power determine the rest. Another set would"
        " change each fuel by the ratio of its factors, and nothing else.",
        zh=f"结果基于因子组{name}；{park.last_observed_year}年排放中{share_text(share, lang)}由其决定，"
        "其余取自表中因子、过程和电力。更换因子组时各燃料按因子之比变化，其他不变。",
    )


def indicator_note(park: Park, *, lang: str = "en") -> str:
    """Say how many indicators the table allows, and which thresholds may be judged."""
    found = indicators(park)
    judged = sum(one.requirement.is_trusted for one in found)
    return say(
        lang,
        en=f"The table supports {len(found)} indicators. {judged} thresholds were read in their source (those of"
        " zero-carbon parks in no. 910 of 2025); the others are background knowledge and are only shown.",
        zh=f"现有数据可计算{len(found)}项指标；其中{judged}项阈值见于来源（零碳园区指标见发改环资〔2025〕910号），其余阈值仅供参考。",
    )
