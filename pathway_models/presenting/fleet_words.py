"""Words of a fleet: what it is called with its coverage, its indicators, rules of sharing and bands."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pathway_models.findings.fleet_members import REGION
from pathway_models.findings.together import Together
from pathway_models.foundations.errors import PathwayError
from pathway_models.intake.register import Entry
from pathway_models.presenting.plotting.fleet import short_name
from pathway_models.presenting.words import INVENTED, say

#: Indicator -> (English, Chinese, unit in English, unit in Chinese).
INDICATOR_NAMES = {
    "emissions_per_value_added": ("CO₂ per value added", "单位增加值碳排放", "t per million CNY", "吨/百万元"),
    "energy_per_value_added": ("energy per value added", "单位增加值能耗", "tce per million CNY", "吨标准煤/百万元"),
    "emissions_per_tce": ("CO₂ per tonne of standard coal", "单位能耗碳排放", "tCO₂/tce", "tCO₂/吨标准煤"),
    "coal_share": ("share of coal in energy", "煤炭占能耗比重", "", ""),
    "emissions_growth": ("growth of emissions, a year", "排放年均增速", "", ""),
}
RULE_NAMES = {
    "grandfathering": ("grandfathering", "历史排放法"),
    "value_added": ("per value added", "增加值法"),
    "capability": ("capability", "能力法"),
    "marginal_cost": ("equal marginal cost", "等边际成本法"),
}
BAND_NAMES = {
    "shared": ("added member by member, what is shared kept", "逐成员相加，保留共同不确定性"),
    "independent": ("parks drawn apart", "各园区独立相加"),
    "summed": ("parks' own quantiles added", "各园区分位数直接相加"),
}


def pick(pair: Sequence[str], lang: str) -> str:
    """The English or the Chinese one of two words."""
    return say(lang, en=pair[0], zh=pair[1])


def join(names: Sequence[str], lang: str) -> str:
    """Names in a row."""
    return say(lang, en=", ", zh="、").join(names)


def some(parks: Sequence[str], lang: str, most: int = 4) -> str:
    """Short names of parks in a row, the first few of many."""
    told, more = join([short_name(name, lang) for name in parks[:most]], lang), len(parks) - most
    return told if more <= 0 else told + say(lang, en=f" and {more} more", zh=f"等{len(parks)}个")


def reason_text(reason: str, lang: str) -> str:
    """Why a rule was not computed, in the language asked for.

    Examples
    --------
    >>> reason_text("no value added: region-d", "zh")
    '缺少增加值：region-d'
    """
    for en, zh in (("no costs given", "未给出成本"), ("no value added: ", "缺少增加值：")):
        if reason.startswith(en):
            return say(lang, en=reason, zh=zh + reason.removeprefix(en))
    return reason


def count_text(count: int, kind: str, lang: str) -> str:
    """So many parks or regions.

    Examples
    --------
    >>> count_text(1, "park", "en"), count_text(30, "region", "zh")
    ('1 park', '30个区域')
    """
    plural = "" if count == 1 else "s"
    name = ("region" if kind == REGION else "park", "个区域" if kind == REGION else "个园区")
    return say(lang, en=f"{count} {name[0]}{plural}", zh=f"{count}{name[1]}")


def invented_text(invented: int, count: int, lang: str) -> str:
    """How many of them are invented, always said.

    Examples
    --------
    >>> invented_text(0, 3, "en"), invented_text(2, 3, "en"), invented_text(3, 3, "zh")
    ('none invented', '2 invented', '均为虚构')
    """
    if invented == 0:
        return say(lang, en="none invented", zh="无虚构")
    if invented == count:
        return say(lang, en="all invented", zh="均为虚构")
    return say(lang, en=f"{invented} invented", zh=f"其中{invented}个为虚构")


def fleet_head(together: Together, lang: str) -> Entry:
    """What stands where one park's name would: how many parks, how many invented, and their common record.

    An entry of no register, so that every figure made for one park takes it, and marks what is invented.
    """
    fleet, count = together.fleet, len(together.fleet.parks)
    first, last = int(fleet.years[0]), fleet.last_observed_year
    texts = {
        one: say(
            one,
            en=f"{count_text(count, together.kind, one)} together, {invented_text(len(together.invented), count, one)},"
            f" all on record {first}-{last}",
            zh=f"{count_text(count, together.kind, one)}合计，{invented_text(len(together.invented), count, one)}，"
            f"共同观测期{first}-{last}年",
        )
        for one in ("en", "zh")
    }
    blank = dict.fromkeys(("province", "archetype", "table", "status", "naming_year", "confidence"), "")
    return Entry(
        park_id="fleet",
        name_zh=texts["zh"],
        name_en=texts["en"],
        kind=together.kind,
        invented=bool(together.invented),
        **blank,
    )


def parks_head(count: int, invented: int, kind: str, lang: str) -> str:
    """Headline of a figure of parks side by side, with the mark of invention."""
    mark = f"[{INVENTED}] " if invented else ""
    comma = say(lang, en=", ", zh="，")
    return f"{mark}{count_text(count, kind, lang)}{comma}{invented_text(invented, count, lang)}"


def check_kinds(kinds: Collection[str]) -> str:
    """The kind of parks shown side by side.

    Raises
    ------
    PathwayError
        Parks and regions are mixed.
    """
    regions = [kind == REGION for kind in kinds]
    if any(regions) and not all(regions):
        raise PathwayError("parks and regions are never set side by side: filter one kind")
    return REGION if any(regions) else "park"
