"""Sentences about peaks, each computed from the members; none names a peak that they do not support."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pathway_models.intake.naming import scenario_name
from pathway_models.kernels.event_split import WINDOW
from pathway_models.kernels.turning_points import CENSORED, STATUS, Hump, turning_points
from pathway_models.language import emissions_text, error_text, say, share_text, word
from pathway_models.peaks.finding import index_of, later_members
from pathway_models.records import Pathways, Peaks


def peak(peaks: Peaks, scenario: str, *, lang: str = "en") -> str:
    """Say when a scenario peaks, or that no peak year can be named.

    A year is named only where at least half of *all* members have one; members that still rise, or are still
    flat, at the horizon never enter it.

    Raises
    ------
    ScenarioError
        The scenario is not among the peaks.
    """
    at = index_of(peaks, scenario)
    name = scenario_name(scenario, lang)
    shares = dict(zip(STATUS, peaks.status_shares()[at], strict=True))
    low, middle, high = peaks.quantiles()[at]
    parts = peaks.humps()[at]
    if peaks.closed_since is not None:
        body = _closed(peaks, middle, lang)
    elif parts:
        body = _in_parts(peaks, parts, lang)
    elif np.isinf(middle):
        body = _no_peak(peaks, shares, low, lang)
    elif middle == peaks.years[0]:
        body = _at_start(peaks, shares, lang)
    elif middle <= peaks.last_observed_year:
        body = _in_record(peaks, shares, middle, high, lang)
    else:
        value = emissions_text(float(np.median(peaks.value[at])), lang)
        body = _ahead(peaks, value, low, middle, high, shares, lang)
    return say(lang, en=f"{name}: {body}", zh=f"{name}：{body}")


def _closed(peaks: Peaks, highest: float, lang: str) -> str:
    return say(
        lang,
        en=f"closed, with no emissions since {peaks.closed_since}; the highest year on record is {highest:.0f}.",
        zh=f"已关闭，{peaks.closed_since}年起无排放；记录中最高年为{highest:.0f}年。",
    )


def _in_parts(peaks: Peaks, parts: tuple[Hump, ...], lang: str) -> str:
    """Name the separate parts of the peak years with their shares, in place of a median between them."""
    told_en, told_zh = [], []
    for one in parts:
        share = share_text(one.share, lang)
        if one.last < one.first:
            told_en.append(f"{share} peak later than {peaks.last_peak_year} or not at all")
            told_zh.append(f"{share}晚于{peaks.last_peak_year}年或不达峰")
        else:
            years = str(one.first) if one.open_end else one.text(peaks.last_peak_year)
            told_en.append(f"{share} of members peak in {years}{' or later' if one.open_end else ''}")
            told_zh.append(f"{share}的模拟结果在{years}年{'或以后' if one.open_end else ''}达峰")
    en, zh = " and ".join(told_en), "，".join(told_zh)
    return say(
        lang,
        en=f"{en}, with hardly any in between: no median is given.",
        zh=f"{zh}，其间几乎没有：不给出中位数。",
    )


def _no_peak(peaks: Peaks, shares: dict[str, float], low: float, lang: str) -> str:
    last = peaks.last_peak_year
    rising, flat = (share_text(shares[name], lang) for name in ("not_within_horizon", "plateau"))
    en = f"emissions are highest later than {last} in {rising} of members"
    zh = f"{rising}的模拟结果最高值晚于{last}年"
    if shares["plateau"] > 0:
        en += f" and not yet below their plateau in {flat}"
        zh += f"，{flat}的模拟结果仍未走出平台期"
    en, zh = f"{en}: no peak year can be named", f"{zh}：不能给出达峰年"
    if np.isfinite(low):
        en += f" (the earliest 5 % of members peak by {low:.0f})"
        zh += f"（最早的5%模拟结果在{low:.0f}年或以前达峰）"
    return say(lang, en=en + ".", zh=zh + "。")


def _at_start(peaks: Peaks, shares: dict[str, float], lang: str) -> str:
    first, share = int(peaks.years[0]), share_text(shares["in_record"], lang)
    return say(
        lang,
        en=f"emissions are highest in the record in {share} of members, mostly in {first}, its first year: the peak is"
        f" past and may lie before the record.",
        zh=f"{share}的模拟结果最高值出现在记录期内，多为记录首年（{first}年）：峰值已过，且可能早于记录期。",
    )


def _in_record(peaks: Peaks, shares: dict[str, float], middle: float, high: float, lang: str) -> str:
    share = share_text(shares["in_record"], lang)
    late = peaks.year_text(high)
    if np.isinf(high):
        tail_en = f"but more than one in twenty has no peak by {peaks.last_peak_year}"
        tail_zh = f"但超过5%的模拟结果到{peaks.last_peak_year}年仍未达峰"
    else:
        tail_en = f"one in twenty reaches it in {late} or later"
        tail_zh = f"5%的模拟结果在{late}年或以后才达到最高"
    return say(
        lang,
        en=f"the highest year lies in the record in {share} of members (median {middle:.0f}); {tail_en}.",
        zh=f"{share}的模拟结果最高值出现在记录期内（中位数{middle:.0f}年）；{tail_zh}。",
    )


def _ahead(
    peaks: Peaks, value: str, low: float, middle: float, high: float, shares: dict[str, float], lang: str
) -> str:
    censored = shares["not_within_horizon"] + shares["plateau"]
    early, late = peaks.year_text(low), peaks.year_text(high)
    en = f"peaks in {middle:.0f} (median member; nine in ten from {early} to {late}) at {value} a year"
    zh = f"模拟结果中位数为{middle:.0f}年达峰（90%区间：{early}至{late}），峰值{value}/年"
    if censored > 0:
        en += f"; {share_text(censored, lang)} of members have no peak by {peaks.last_peak_year}"
        zh += f"；{share_text(censored, lang)}的模拟结果到{peaks.last_peak_year}年仍未达峰"
    return say(lang, en=en + ".", zh=zh + "。")


def probability(peaks: Peaks, scenario: str, *, before: int = 2030, lang: str = "en") -> str:
    """State the headline: share of members that peak before a year, past and ahead, with sampling errors.

    Raises
    ------
    PathwayError
        No pathway reaches the end of the confirmation window.
    """
    at, name = index_of(peaks, scenario), scenario_name(scenario, lang)
    peaks.peaks_before(before)
    row = peaks.headline(before)[at]
    share = {key: share_text(float(row[key]), lang) for key in ("p_before", "p_not_before", "p_again")}
    said, by_draw = error_text(float(row["p_se"])), f"{peaks.members:,}"
    en = f"{name}: {share['p_before']}{said} of members peak before {before}"
    zh = f"{name}：{share['p_before']}{said}的模拟结果在{before}年以前达峰"
    if np.isfinite(row["p_past"]):
        past, ahead = (share_text(float(row[key]), lang) for key in ("p_past", "p_ahead"))
        en += f": {past} are already past, {ahead} ahead; {share['p_not_before']} do not peak before {before}."
        zh += f"：{past}已达峰，{ahead}未来达峰；{share['p_not_before']}届时未达峰。"
        given = float(row["p_ahead_given_not_past"])
        if np.isfinite(given):
            given_error = error_text(float(row["p_se_ahead_given"]))
            en += f" Of the members not already past, {share_text(given, lang)}{given_error} peak in time."
            zh += f"未达峰者中，{share_text(given, lang)}{given_error}可按时达峰。"
    else:
        en += f"; {share['p_not_before']} do not."
        zh += f"；{share['p_not_before']}不能。"
    if peaks.closed_since is not None:
        en += f" The site is closed: no emissions since {peaks.closed_since}."
        zh += f"该对象已关闭：{peaks.closed_since}年起无排放。"
    if row["p_again"]:
        en += f" {share['p_again']} exceed that maximum again after {before + WINDOW - 1}."
        zh += f"{share['p_again']}在{before + WINDOW - 1}年以后再次超过该最高值。"
    account = word(peaks.account, lang) if peaks.account else ""
    account_en = f", {account}" if account else ""
    en += f" Issue year {peaks.issue_year}{account_en};"
    en += f" ± is the sampling error of {by_draw} draws, in percentage points."
    account_zh = f"，{account}" if account else ""
    zh += f"评估年份{peaks.issue_year}{account_zh}；±为{by_draw}次抽样的误差（百分点）。"
    return say(lang, en=en, zh=zh)


def spread(peaks: Peaks, *, before: int = 2030, lang: str = "en") -> str:
    """Say between which scenarios the share of members with an early peak ranges."""
    shares = peaks.p_before(before)
    if len(shares) == 1:
        return probability(peaks, peaks.scenarios[0], before=before, lang=lang)
    low, high = int(shares.argmin()), int(shares.argmax())
    names = [scenario_name(peaks.scenarios[at], lang) for at in (low, high)]
    texts = [share_text(float(shares[at]), lang) for at in (low, high)]
    likely = int((shares > 0.5).sum())
    return say(
        lang,
        en=f"The share of members that peak before {before} ranges from {texts[0]} ({names[0]}) to {texts[1]}"
        f" ({names[1]}); it exceeds one half in {likely} of {len(shares)} scenarios.",
        zh=f"{before}年以前达峰的模拟结果占比在{texts[0]}（{names[0]}）至{texts[1]}（{names[1]}）之间；"
        f"{len(shares)}个情景中有{likely}个超过一半。",
    )


def median_path(pathways: Pathways, peaks: Peaks, scenario: str, *, lang: str = "en") -> str:
    """Say that the peak of the median path is not the median of the members' peaks."""
    total = pathways.total()[pathways.index(scenario)]
    last_observed = int(pathways.last_observed_year - pathways.years[0])
    turn = turning_points(np.median(total, axis=0), last_observed)
    year = int(pathways.years[0] + turn.index)
    of_path = f">{peaks.last_peak_year}" if turn.status in CENSORED else str(year)
    at = index_of(peaks, scenario)
    low, middle, high = map(peaks.year_text, peaks.quantiles()[at])
    if parts := peaks.parts_text(at):  # a median would lie between them
        of_members = say(lang, en=parts, zh=parts.replace("; ", "；").replace(" %", "%"))
    else:
        of_members = say(
            lang, en=f"{middle} ({low} to {high} for nine in ten)", zh=f"中位数{middle}（90%区间：{low}至{high}）"
        )
    return say(
        lang,
        en=f"Highest year of the median line: {of_path}. Peak years of the members: {of_members}.\nThe median line is"
        " not a member: only the members' peaks show when emissions peak and how sure that is.",
        zh=f"中位线的最高年：{of_path}。各次模拟的达峰年：{of_members}。\n"
        "中位线不是任何一次模拟：何时达峰、有多大把握，只能看各次模拟的峰值。",
    )


def order_of_peaks(peaks: Peaks, scenario: str, reference: str, *, lang: str = "en") -> str:
    """Say in how many members a scenario peaks later than the reference, draw by draw."""
    if scenario == reference:
        return say(lang, en="One scenario: nothing to compare.", zh="仅一个情景：无可比较。")
    late = later_members(peaks, scenario, reference)
    name, other = scenario_name(scenario, lang), scenario_name(reference, lang)
    if not late.any():
        return say(
            lang,
            en=f"{name} peaks no later than {other} in all {peaks.members:,} members.",
            zh=f"在全部{peaks.members:,}次模拟中，“{name}”达峰均不晚于“{other}”。",
        )
    count, share = int(late.sum()), share_text(float(late.mean()), lang)
    before, after = (peaks.value[index_of(peaks, one)][late] for one in (reference, scenario))
    lower = int((after < before).sum())
    # That the saved share shrinks follows from the order of the two years; no further reason is claimed.
    return say(
        lang,
        en=f"{name} peaks later than {other} in {count:,} of {peaks.members:,} members ({share}): in these, its"
        " levers save a smaller share of emissions in late years than in early ones, which makes the highest year"
        f" later. The highest value itself is lower in {lower:,} of them.",
        zh=f"在{peaks.members:,}次模拟中，“{name}”有{count:,}个（{share}）达峰晚于“{other}”：在这些模拟中，措施在后期"
        f"减少的排放占比小于前期，使最高年后移；其中{lower:,}个的最高值本身更低。",
    )


def describe_verdicts(verdicts: pd.DataFrame | Mapping[str, Sequence], *, lang: str = "en") -> str:
    """Summarise the verdicts on one series: how many of the rules that can judge it say peaked, and in which years.

    Parameters
    ----------
    verdicts : pandas.DataFrame or mapping of columns
        Rows of one entity, as `judge` returns them.
    """
    pairs = list(zip(verdicts["verdict"], verdicts["peak_year"], strict=True))
    peaked = [year for verdict, year in pairs if verdict == "peaked"]
    silent = sum(verdict == "unknown" for verdict, _ in pairs)
    said, asked = len(peaked), len(pairs) - silent
    if not asked:
        return say(lang, en="no rule can judge this series.", zh="没有规则能够判定。")
    if 2 * said == asked:
        head = say(lang, en="undecided", zh="各占一半，无法定论")
    elif 2 * said > asked:
        head = say(lang, en="peaked", zh="已达峰")
    else:
        head = say(lang, en="not peaked", zh="未达峰")
    years = sorted({int(year) for year in peaked if pd.notna(year)})
    when = f"{years[0]}-{years[-1]}" if len(years) > 1 else "".join(map(str, years))
    text = say(
        lang,
        en=f"{head}: {said} of the {asked} rules that can judge say peaked{f' ({when})' if when else ''}",
        zh=f"{head}：能够判定的{asked}条规则中，{said}条判为已达峰{f'（{when}年）' if when else ''}",
    )
    if silent:
        text += say(lang, en=f"; {silent} cannot judge it", zh=f"；{silent}条无法判定")
    return text + say(lang, en=".", zh="。")
