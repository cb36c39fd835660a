"""Sentences about many parks in both languages: coverage, totals, packages, budgets, benchmarks, rows of a summary."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathway_models.fleet import fleet_results, tables
from pathway_models.fleet.answers import answers, headline_of
from pathway_models.fleet.benchmarking import CORE, ENOUGH, INDICATORS, outliers
from pathway_models.intake import library, naming
from pathway_models.intake.register import Entry
from pathway_models.language import INVENTED, change_text, emissions_text, money_text, say, share_text, significant
from pathway_models.peaks.sentences import peak, probability
from pathway_models.runs.tables import asked, typed


def describe_coverage(results: fleet_results.FleetResults, *, lang: str = "en") -> str:
    """Say how many parks a total holds, how many of them are invented, and over which years."""
    fleet, count = results.fleet, len(results.fleet.parks)
    first, last, until = int(fleet.years[0]), fleet.last_observed_year, int(fleet.years[-1])
    made_up, parks = (
        tables.invented_text(len(results.invented), count, lang),
        tables.count_text(count, results.kind, lang),
    )
    return say(
        lang,
        en=f"The total covers {parks}, {made_up}; all have records for {first}-{last} and are projected to {until}, and"
        f" only these years are added up. Other {'regions' if results.kind == 'region' else 'parks'} are not included.",
        zh=f"合计包含{parks}，{made_up}；共同观测期为{first}-{last}年，预测至{until}年，只合计这些年份。未列入者不在其中。",
    )


def describe_total(results: fleet_results.FleetResults, scenario: str, *, before: int = 2030, lang: str = "en") -> str:
    """Say when the total peaks, how probably before a year, and how many of its parks do so by themselves."""
    short = results.as_far_as_tried(before)
    peaks, chances = short.fleet.peaks(), results.chances(scenario, before)
    likely, parks = int((chances > 0.5).sum()), tables.count_text(len(chances), results.kind, lang)
    alone = say(
        lang,
        en=f"Taken one by one, {likely} of {parks} peak{'s' if likely == 1 else ''} before {before} in more than half"
        " of the members.",
        zh=f"单独看，{parks}中有{likely}个有半数以上模拟结果于{before}年以前达峰。",
    )
    told = [probability(peaks, scenario, before=before, lang=lang), peak(peaks, scenario, lang=lang), alone]
    return say(lang, en=" ", zh="").join(told)


def describe_largest(results: fleet_results.FleetResults, scenario: str, *, lang: str = "en") -> str:
    """State the share of the largest park, and why the total may peak later than most of its parks."""
    known, end = (share_text(min(share, 1.0), lang) for share in results.largest(scenario))
    last, until, name = (
        results.fleet.last_observed_year,
        int(results.fleet.years[-1]),
        naming.scenario_name(scenario, lang),
    )
    return say(
        lang,
        en=f"{name}: the largest single one accounts for {known} of the total in {last}, and for {end} in {until} in"
        " the median member. Growth is partly each one's own, so that late years of a long projection lean towards"
        " those that grow most, and the total can still rise where most of its parts have peaked.",
        zh=f"{name}：{last}年最大的一个占合计的{known}，{until}年按模拟结果中位数占{end}。增长有一部分为各自独有，远期合计因此偏向增长最快者："
        "即使多数已达峰，合计仍可能上升。",
    )


def describe_packages(found: fleet_results.FleetPackages, *, lang: str = "en") -> list[str]:
    """State the effect of all packages on the total and on each park, and their known cost."""
    return [_effect(found, lang), _reach(found, lang), _cost(found, lang)]


def _effect(found: fleet_results.FleetPackages, lang: str) -> str:
    fleet, at = found.results.fleet, found.before - int(found.results.fleet.years[0])
    off, package = (fleet.scenarios.index(name) for name in (fleet_results.OFF, fleet_results.PACKAGE))
    early = fleet.peaks().p_before(found.before)
    alone, taken = (share_text(float(early[one]), lang) for one in (off, package))
    change = float(np.median(fleet.total[package, :, at] / fleet.total[off, :, at])) - 1
    parks = tables.count_text(len(fleet.parks), found.results.kind, lang)
    made_up = tables.invented_text(len(found.results.invented), len(fleet.parks), lang)
    return say(
        lang,
        en=f"If all {parks} ({made_up}) took their packages, the total would peak before {found.before} in {taken} of"
        f" the members instead of {alone}; emissions in {found.before} change by {change_text(change, lang)} (median).",
        zh=f"若{parks}（{made_up}）均采用其组合，合计在{found.before}年以前达峰的模拟结果由{alone}变为{taken}；{found.before}年排放变化"
        f"{change_text(change, lang)}（中位数）。",
    )


def _reach(found: fleet_results.FleetPackages, lang: str) -> str:
    asked, count = share_text(found.probability, lang), len(found.results.fleet.parks)
    missed, chances = found.missed, found.results.chances(fleet_results.PACKAGE, found.before)
    told = tables.join([f"{tables.short_name(name, lang)} {share_text(chances[name], lang)}" for name in missed], lang)
    reached = len(found.reached)
    text = say(
        lang,
        en=f"{reached} of {count} reach the {asked} asked for by themselves.",
        zh=f"{count}个中有{reached}个各自达到要求的{asked}。",
    )
    if missed:
        text += say(
            lang,
            en=f" Not reached with any package (the closest is taken): {told}.",
            zh=f"任何组合均不能达标（取最接近者）：{told}。",
        )
    return text


def _cost(found: fleet_results.FleetPackages, lang: str) -> str:
    unknown, (value, yearly) = found.cost_not_known, found.known_cost()
    part, year = money_text(yearly, lang), found.price_year
    if not unknown:
        return say(
            lang,
            en=f"Together they cost {part} a year (present value {money_text(value, lang)}, prices of {year}).",
            zh=f"合计成本每年{part}（现值合计{money_text(value, lang)}，{year}年价）。",
        )
    names = tables.some(unknown, lang)
    return say(
        lang,
        en=f"The total cost is not known: {len(unknown)} package{'s use' if len(unknown) > 1 else ' uses'} measures"
        f" without a known cost ({names})."
        f" The known part is {part} a year (prices of {year}); it counts what those measures save but not what they"
        " cost, and is no estimate of the total.",
        zh=f"合计成本未知：{len(unknown)}个组合含成本未知的措施（{names}）。已知部分每年{part}（{year}年价），其中计入了这些措施的节省而未计入其支出，"
        "不能当作总成本。",
    )


def describe_shares(found: fleet_results.Shares, *, lang: str = "en") -> str:
    """Say how far the rules differ, and the cost of the last tonne."""
    rules = [name for name in fleet_results.RULES if name in found.by_rule]
    tonnes = np.stack([found.by_rule[name] for name in rules])
    start = float(found.emissions.sum())
    spread = np.divide(
        np.ptp(tonnes, axis=0), found.emissions, out=np.zeros(len(found.parks)), where=found.emissions > 0
    )
    at = int(spread.argmax())
    low, high = int(tonnes[:, at].argmin()), int(tonnes[:, at].argmax())
    amounts = [emissions_text(tonnes[one, at], lang, beside=tonnes[high, at]) for one in (low, high)]
    ends = [
        f"{tables.pick(tables.RULE_NAMES[rules[one]], lang)} {amount}"
        for one, amount in zip((low, high), amounts, strict=True)
    ]
    cut = change_text(found.budget / start - 1, lang)
    name, total = tables.short_name(found.parks[at], lang), emissions_text(found.budget, lang)
    first = say(
        lang,
        en=f"{total} in {found.year} is a change of {cut} from the last year on record; {len(rules)}"
        f" rule{'s share' if len(rules) > 1 else ' shares'} it out to the tonne.",
        zh=f"{found.year}年的{total}较最近观测年{cut}；{len(rules)}种规则均分配到吨。",
    )
    differ = say(
        lang,
        en=f"They differ most for {name}: {ends[0]}; {ends[1]}.",
        zh=f"差异最大的是{name}：{ends[0]}；{ends[1]}。",
    )
    told = [first, *([differ] if len(rules) > 1 else []), *_price(found, lang), *_left_out(found, lang)]
    return say(lang, en=" ", zh="").join(told)


def _price(found: fleet_results.Shares, lang: str) -> list[str]:
    if "marginal_cost" not in found.by_rule:
        return []
    if np.isinf(found.price):
        en = "The measures of known cost cannot cut enough to meet the budget; the remainder is shared in proportion."
        return [say(lang, en=en, zh="成本已知措施的全部减排量仍达不到预算，余量按比例分配。")]
    if np.isnan(found.price):
        return [say(lang, en="The budget is met without any lever.", zh="不采取措施即可满足预算。")]
    price = significant(found.price)
    en, zh = f"At equal marginal cost the last tonne costs {price} CNY.", f"等边际成本下最后一吨的成本为{price}元。"
    return [say(lang, en=en, zh=zh)]


def _left_out(found: fleet_results.Shares, lang: str) -> list[str]:
    names = tables.join([tables.pick(tables.RULE_NAMES[name], lang) for name in found.left_out], lang)
    if not names:
        return []
    why = tables.join([tables.reason_text(one, lang) for one in dict.fromkeys(found.left_out.values())], lang)
    return [say(lang, en=f"Not computed: {names} ({why}).", zh=f"未计算：{names}（{why}）。")]


def describe_bands(found: pd.DataFrame, year: int = 2040, *, lang: str = "en") -> str:
    """Say how the three bands cover the futures of a year, and how wide they are."""
    rows = found[found["year"] == year].set_index("band")
    held = {name: share_text(float(rows.loc[name, "coverage"]), lang) for name in rows.index}
    width = rows["high"] - rows["low"]
    times = f"{width['summed'] / width['shared']:.1f}"
    claimed, error = share_text(fleet_results.CLAIMED, lang), f"{100 * float(found['standard_error'].iloc[0]):.1f}"
    return say(
        lang,
        en=f"In {year} the {claimed} band of members added up with shared uncertainty kept contains {held['shared']} of"
        f" the futures (sampling error {error} percentage points), that of independent draws {held['independent']};"
        f" adding the parks' own quantiles contains {held['summed']}, at {times} times the width.",
        zh=f"{year}年，保留共同不确定性的{claimed}区间包含{held['shared']}的未来（抽样误差{error}个百分点），独立相加的区间为"
        f"{held['independent']}；分位数直接相加为{held['summed']}，但宽度是前者的{times}倍。",
    )


def describe_benchmark(table: pd.DataFrame, *, lang: str = "en") -> str:
    """Say which parks carry most emissions, and which are outliers of their kind."""
    kind, count = fleet_results.check_kinds(table["kind"]), len(table)
    parks, made_up = (
        tables.count_text(count, kind, lang),
        tables.invented_text(int(table["invented"].sum()), count, lang),
    )
    rows = table.sort_values("emissions", ascending=False, kind="stable")
    part = (rows["emissions"].cumsum() / rows["emissions"].sum()).to_numpy()
    half = int(np.searchsorted(part, 0.5 - 1e-12)) + 1
    largest = tables.join([tables.short_name(name, lang) for name in rows["park_id"][:half]], lang)
    carried = share_text(min(float(part[half - 1]), 1.0), lang)
    first = say(
        lang,
        en=f"Of {parks} ({made_up}), the {half} with the largest emissions ({largest})"
        f" account{'s' * (half == 1)} for {carried}. ",
        zh=f"{parks}（{made_up}）中，排放最大的{half}个（{largest}）占{carried}。",
    )
    return first + _outliers(table, lang)


def _outliers(table: pd.DataFrame, lang: str) -> str:
    found, alone = outliers(table), int((table["compared_with"] < ENOUGH).sum())
    apart = ""
    if alone:
        apart = say(
            lang,
            en=f" {alone} of {len(table)} have fewer than {ENOUGH} of their own industry here and are not compared.",
            zh=f"其中{alone}个在此处同行业不足{ENOUGH}个，不作比较。",
        )
    if found.empty:
        return say(lang, en="None counts as an outlier of its kind.", zh="没有离群者。") + apart
    told = [
        say(
            lang,
            en=f"{tables.short_name(row.park_id, lang)} ({tables.pick(tables.INDICATOR_NAMES[row.indicator], lang)}"
            f" {tables.indicator_text(row.indicator, row.value, lang)}, distance {row.distance:+.1f})",
            zh=f"{tables.short_name(row.park_id, lang)}（{tables.pick(tables.INDICATOR_NAMES[row.indicator], lang)}"
            f"{tables.indicator_text(row.indicator, row.value, lang)}，距离{row.distance:+.1f}）",
        )
        for row in found.head(4).itertuples()
    ]
    more = len(found) - len(told)
    rest = say(lang, en=f" and {more} more", zh=f"，另有{more}项") if more else ""
    line = say(
        lang, en=f"Unlike others of their kind: {'; '.join(told)}{rest}.", zh=f"与同类不同：{'；'.join(told)}{rest}。"
    )
    return line + apart


def describe_groups(table: pd.DataFrame, found: pd.Series, *, lang: str = "en") -> str:
    """Say how many groups of like parks there are, and how their medians differ; or why there is none."""
    if found.isna().all():
        return _no_group(table, lang)
    sizes, name = found.dropna().value_counts().sort_index(), "emissions_per_value_added"
    medians = table[name].groupby(found.to_numpy()).median().dropna()
    left = int(found.isna().sum())
    counts = tables.join([str(one) for one in sizes], lang)
    rest = (
        say(lang, en=f" {left} lack an indicator and are in no group.", zh=f"{left}个缺少指标，未分组。")
        if left
        else ""
    )
    if len(medians) < 2:
        return say(lang, en=f"{len(sizes)} groups of {counts} parks.", zh=f"分为{len(sizes)}组，各{counts}个。") + rest
    high, low = int(medians.idxmax()), int(medians.idxmin())
    ends = [tables.indicator_text(name, float(medians.loc[number]), lang) for number in (high, low)]
    label, unit = tables.pick(tables.INDICATOR_NAMES[name], lang), tables.pick(tables.INDICATOR_NAMES[name][2:], lang)
    return (
        say(
            lang,
            en=f"{len(sizes)} groups of {counts}: the median {label} is {ends[0]} {unit} in group {high} and {ends[1]}"
            f" in group {low}.",
            zh=f"分为{len(sizes)}组，各{counts}个：{label}中位数在第{high}组为{ends[0]}{unit}，在第{low}组为{ends[1]}。",
        )
        + rest
    )


def _no_group(table: pd.DataFrame, lang: str) -> str:
    """Say that no park has all indicators that groups need, and which ones no park has."""
    absent = tables.join(
        [tables.pick(tables.INDICATOR_NAMES[name], lang) for name in INDICATORS if table[name].isna().all()], lang
    )
    parks = tables.count_text(len(table), fleet_results.check_kinds(table["kind"]), lang)
    lacking = say(lang, en=f" (in no table: {absent})", zh=f"（各表均无：{absent}）") if absent else ""
    return say(
        lang,
        en=f"No groups: none of {parks} has all the indicators{lacking}.",
        zh=f"未分组：{parks}均不具备全部指标{lacking}。",
    )


def describe_standards(found: pd.DataFrame, *, lang: str = "en") -> str:
    """Say how many parks meet the core limit of zero-carbon parks, and how far the others are from it."""
    core = found[found["indicator_id"] == CORE]
    judged = core[core["limit"].notna()]
    below = len(core) - len(judged)
    rest = (
        say(lang, en=f" {below} use too little energy for a size class.", zh=f"{below}个能耗低于分级下限。")
        if below
        else ""
    )
    if judged.empty:
        return say(lang, en="No park here can be compared with the limit.", zh="没有可与限值比较的园区。") + rest
    met = int(judged["met"].sum())
    low, high = (f"{value:.1f}" for value in (judged["times"].min(), judged["times"].max()))
    return (
        say(
            lang,
            en=f"{met} of {len(judged)} parks meet the core limit of zero-carbon parks for their size (no. 910 of 2025,"
            f" annex 3); CO₂ per tonne of standard coal is {low} to {high} times the limit. Power that is not green"
            " counts at the factor of fossil power (annex 4).",
            zh=f"{len(judged)}个园区中有{met}个满足相应规模的零碳园区核心限值（发改环资〔2025〕910号附件3）；单位能耗碳排放为限值的{low}至"
            f"{high}倍。非绿电按化石能源电力因子计算（附件4）。",
        )
        + rest
    )


def all_parks(summary: pd.DataFrame, scenario: str, *, lang: str = "en") -> str:
    """Say how many parks and regions peak before the year in question more likely than not under a scenario.

    Real and invented ones are counted separately: an invented park is no evidence.
    """
    summary = typed(summary)
    rows = summary[summary["scenario"] == scenario]
    invented = rows["invented"].to_numpy(bool)
    parts = [_count(rows[~invented], lang)]
    if invented.any():
        parts.append(f"{INVENTED}{say(lang, en=': ', zh='：')}{_count(rows[invented], lang)}")
    name = naming.scenario_name(scenario, lang)
    return say(lang, en=f"{name}: {'; '.join(parts)}.", zh=f"{name}：{'；'.join(parts)}。")


def _count(rows: pd.DataFrame, lang: str) -> str:
    total = len(rows)
    before, chances = asked(rows)
    likely = int((chances > 0.5).sum())
    unnamed = int((rows["share_censored"] > 0.5).sum())
    return say(
        lang,
        en=f"{likely} of {total} peak before {before} in more than half of their members; for {unnamed} no peak year"
        " can be named",
        zh=f"{total}个中有{likely}个有半数以上模拟结果于{before}年以前达峰；{unnamed}个不能给出达峰年",
    )


def waiting(register: Sequence[Entry], *, lang: str = "en") -> str:
    """Say how many known parks have no data yet."""
    count = sum(not entry.has_data for entry in register)
    return say(
        lang,
        en=f"{count} further parks of the register have no data yet: they are listed but never simulated.",
        zh=f"登记表中另有{count}个园区尚无数据：只列出，不模拟。",
    )


def headline(summary: pd.DataFrame, *, lang: str = "en") -> str:
    """Say in one sentence how many places peak in time without new measures, and how many could."""
    texts = summary.astype(object).where(summary.notna(), "").astype(str)
    rows = texts.assign(invented=texts["invented"].str.lower()).to_dict("records")
    found = answers(rows, library.read_scenarios())
    return headline_of(found, lang=lang) if found else describe_all_parks(summary, lang=lang)


def describe_all_parks(summary: pd.DataFrame, *, lang: str = "en") -> str:
    """Describe the figure of all parks, as its alternative text."""
    summary = typed(summary)
    parks = summary["park_id"].nunique()
    made_up = summary.loc[summary["invented"].to_numpy(bool), "park_id"].nunique()
    names = [naming.scenario_name(name, lang) for name in summary["scenario"].unique()]
    censored = int(np.sum(summary["peak_year_p95"].astype(str).str.startswith(">")))
    return say(
        lang,
        en=f"Ranges of the peak year of {parks} parks and regions, {made_up} of them invented, under"
        f" {' and '.join(names)}; {censored} of {len(summary)} ranges end without a peak within the horizon.",
        zh=f"{parks}个园区与区域（其中{made_up}个为虚构）在{'、'.join(names)}下的达峰年区间；"
        f"{len(summary)}个区间中有{censored}个在预测期内没有终点。",
    )
