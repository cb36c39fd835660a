"""Tables of a fleet in both languages, and the words shared with its sentences and figures."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathway_models.decisions.tables import cost_text, package_name
from pathway_models.figures.style import readable
from pathway_models.fleet import benchmarking, fleet_results
from pathway_models.intake import naming, register
from pathway_models.language import INVENTED, rounding, say

#: Indicator -> (English, Chinese, unit in English, unit in Chinese).
INDICATOR_NAMES = {
    "emissions_per_value_added": ("CO₂ per value added", "单位增加值碳排放", "t per million CNY", "吨/百万元"),
    "energy_per_value_added": ("energy per value added", "单位增加值能耗", "tce per million CNY", "吨标准煤/百万元"),
    "emissions_per_tce": ("CO₂ per tonne of standard coal", "单位能耗碳排放", "tCO₂/tce", "tCO₂/吨标准煤"),
    "coal_share": ("share of coal in energy", "煤炭占能耗比重", "", ""),
    "emissions_growth": ("emissions growth per year", "排放年均增速", "", ""),
}
RULE_NAMES = {
    "grandfathering": ("grandfathering", "历史排放法"),
    "value_added": ("per value added", "增加值法"),
    "capability": ("capability", "能力法"),
    "marginal_cost": ("equal marginal cost", "等边际成本法"),
}
BAND_NAMES = {
    "shared": ("added member by member, shared part kept", "逐次模拟相加，保留共同不确定性"),
    "independent": ("independent draws", "各园区独立相加"),
    "summed": ("parks' quantiles added", "各园区分位数直接相加"),
}
#: Longest name beside a row; a longer one is replaced by the park's id.
LONGEST = {"en": 26, "zh": 14}


def pick(pair: Sequence[str], lang: str) -> str:
    """Pick the English or the Chinese one of two words."""
    return say(lang, en=pair[0], zh=pair[1])


def join(names: Sequence[str], lang: str) -> str:
    """List names in a row."""
    return say(lang, en=", ", zh="、").join(names)


def short_name(park_id: str, lang: str) -> str:
    """Return the name of a park beside a row; a long one without its brackets, or else the id."""
    name = naming.park_name(park_id, lang)
    if len(name) > LONGEST[lang]:
        name = re.sub(r"\s*[(（].*?[)）]", "", name)
    return readable(name) if len(name) <= LONGEST[lang] else park_id


def some(parks: Sequence[str], lang: str) -> str:
    """List the short names of the first few parks."""
    most = fleet_results.NAMED
    told, more = join([short_name(name, lang) for name in parks[:most]], lang), len(parks) - most
    return told if more <= 0 else told + say(lang, en=f" and {more} more", zh=f"等{len(parks)}个")


def reason_text(reason: str, lang: str) -> str:
    """Translate the reason why a rule was not computed.

    Examples
    --------
    >>> reason_text("no value added: region-d", "zh")
    '缺少增加值：区域D'
    """
    if reason == "no costs given":
        return say(lang, en=reason, zh="未给出成本")
    lacking, unpriced = "no value added: ", ": no lever of known cost changes its emissions"
    if reason.startswith(lacking):
        return say(lang, en=lacking, zh="缺少增加值：") + some(reason.removeprefix(lacking).split(", "), lang)
    if reason.endswith(unpriced):
        name = short_name(reason.removesuffix(unpriced), lang)
        return name + say(lang, en=unpriced, zh="：没有已知成本的措施能改变其排放")
    return reason


def count_text(count: int, kind: str, lang: str) -> str:
    """Write a number of parks or regions.

    Examples
    --------
    >>> count_text(1, "park", "en"), count_text(30, "region", "zh")
    ('1 park', '30个区域')
    """
    plural = "" if count == 1 else "s"
    name = (
        "region" if kind == fleet_results.REGION else "park",
        "个区域" if kind == fleet_results.REGION else "个园区",
    )
    return say(lang, en=f"{count} {name[0]}{plural}", zh=f"{count}{name[1]}")


def invented_text(invented: int, count: int, lang: str) -> str:
    """Write the number of invented parks, zero included.

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


def fleet_head(results: fleet_results.FleetResults) -> register.Entry:
    """Name a fleet by its number of parks, of invented ones, and their common record.

    The entry belongs to no register; figures of one park accept it and mark it where invented.
    """
    fleet, count = results.fleet, len(results.fleet.parks)
    first, last = int(fleet.years[0]), fleet.last_observed_year
    texts = {
        one: say(
            one,
            en=f"{count_text(count, results.kind, one)} together, {invented_text(len(results.invented), count, one)},"
            f" all on record {first}-{last}",
            zh=f"{count_text(count, results.kind, one)}合计，{invented_text(len(results.invented), count, one)}，"
            f"共同观测期{first}-{last}年",
        )
        for one in ("en", "zh")
    }
    blank = dict.fromkeys(("province", "archetype", "table", "status", "naming_year", "confidence"), "")
    return register.Entry(
        park_id=fleet_results.FLEET,
        name_zh=texts["zh"],
        name_en=texts["en"],
        kind=results.kind,
        invented=bool(results.invented),
        **blank,
    )


def parks_head(count: int, invented: int, kind: str, lang: str) -> str:
    """Write the headline of a figure of parks side by side, with the mark of invention."""
    mark = f"[{INVENTED}] " if invented else ""
    comma = say(lang, en=", ", zh="，")
    return f"{mark}{count_text(count, kind, lang)}{comma}{invented_text(invented, count, lang)}"


def marked(park_id: str, invented: bool, lang: str) -> str:
    """Return the name of a park, of an invented one with its mark."""
    return (f"[{INVENTED}] " if invented else "") + naming.park_name(park_id, lang)


def indicator_text(name: str, value: float, lang: str) -> str:
    """Write an indicator's value; a dash where the table lacks an input."""
    if not np.isfinite(value):
        return "–"
    if name in benchmarking.LOGARITHMIC:
        return rounding.significant(value)
    return (
        rounding.share_text(min(value, 1.0), lang)
        if name == "coal_share"
        else rounding.change_text(float(np.expm1(value)), lang)
    )


def totals(
    results: fleet_results.FleetResults, years: Sequence[int] = (2025, 2030, 2035, 2040), *, lang: str = "en"
) -> pd.DataFrame:
    """Tabulate the fleet's total in some years by scenario, median and 90 % of members, and its peak year.

    Years beyond the tested horizon of the growth law are left out.
    """
    fleet = results.as_far_as_tried().fleet
    band, peaks = fleet.band((0.05, 0.5, 0.95)), fleet.peaks()
    scale = rounding.scale_of(float(band[1].max()), lang)
    chosen = [year for year in years if fleet.years[0] <= year <= fleet.years[-1]]
    rows = {}
    for at, name in enumerate(fleet.scenarios):
        cells = []
        for year in chosen:
            low, middle, high = band[:, at, year - int(fleet.years[0])]
            middle, low, high = (rounding.significant(value / scale.divisor) for value in (middle, low, high))
            cells.append(f"{middle} ({low} – {high})")
        rows[naming.scenario_name(name, lang)] = [*cells, peaks.peak_text(at)]
    peak = say(lang, en="peak year", zh="达峰年")
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*(f"{year}, {scale.unit}" for year in chosen), peak])


def ranking(
    table: pd.DataFrame, chances: pd.Series | None = None, found: pd.Series | None = None, *, lang: str = "en"
) -> pd.DataFrame:
    """Rank parks from the largest emissions to the smallest, each indicator with its rank (1 is the highest).

    Parameters
    ----------
    table : DataFrame
        From `benchmark`.
    chances : Series, optional
        Share of members that peak in time, by park id (`FleetResults.chances`).
    found : Series, optional
        From `groups`.
    lang : {"en", "zh"}

    Raises
    ------
    PathwayError
        Parks and regions are mixed.
    """
    fleet_results.check_kinds(table["kind"])
    rows = table.sort_values(["emissions", "park_id"], ascending=[False, True], kind="stable")
    shown = pd.DataFrame(index=pd.Index(rows["park_id"]))
    pairs = zip(rows["park_id"], rows["invented"], strict=True)
    shown[say(lang, en="name", zh="名称")] = [marked(park_id, invented, lang) for park_id, invented in pairs]
    scale = rounding.scale_of(float(rows["emissions"].max()), lang)
    emitted = [rounding.significant(value / scale.divisor) for value in rows["emissions"]]
    shown[say(lang, en=f"emissions, {scale.unit}", zh=f"排放，{scale.unit}")] = [
        f"{text} ({year})" for text, year in zip(emitted, rows["year"], strict=True)
    ]
    part = rows["emissions"].cumsum() / rows["emissions"].sum()
    shown[say(lang, en="cumulative", zh="累计占比")] = [rounding.share_text(min(float(one), 1.0), lang) for one in part]
    for name in benchmarking.INDICATORS:
        en, zh, *units = INDICATOR_NAMES[name]
        unit = pick(units, lang)
        head = say(lang, en=f"{en}, {unit}" if unit else en, zh=f"{zh}，{unit}" if unit else zh)
        ranks = rows[name].rank(ascending=False, method="min")
        cells = zip(rows[name], ranks, strict=True)
        shown[head] = [indicator_text(name, v, lang) + ("" if np.isnan(r) else f" ({r:.0f})") for v, r in cells]
    if chances is not None:
        year = str(chances.name).rsplit("_", 1)[-1]
        texts = chances.loc[rows["park_id"]].map(lambda share: rounding.share_text(share, lang))
        shown[say(lang, en=f"peak before {year}", zh=f"{year}年以前达峰")] = texts.to_numpy()
    if found is not None:
        texts = ["–" if pd.isna(number) else f"{number}" for number in found.loc[rows.index]]
        shown[say(lang, en="group", zh="组")] = texts
    return shown


def standards(found: pd.DataFrame, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the core indicator of zero-carbon parks with its limit by size class, the farthest from it first."""
    core = found[found["indicator_id"] == benchmarking.CORE].sort_values(["times", "park_id"], ascending=[False, True])
    none = say(lang, en="no class (below 0.2 Mtce)", zh="无（低于20万吨标准煤）")
    size = {2e5: say(lang, en="0.2-1.0 Mtce", zh="20万-100万吨标准煤"),
            1e6: say(lang, en="1 Mtce or more", zh="100万吨标准煤及以上")}  # fmt: skip
    cells = {
        say(lang, en="name", zh="名称"): [
            marked(park_id, invented, lang) for park_id, invented in zip(core["park_id"], core["invented"], strict=True)
        ],
        say(lang, en="energy a year", zh="年综合能耗"): [
            none if pd.isna(one) else size[one] for one in core["size_class"]
        ],
        say(lang, en="tCO₂/tce", zh="tCO₂/吨标准煤"): [
            f"{value:.2f} ({year})" for value, year in zip(core["value"], core["year"], strict=True)
        ],
        say(lang, en="at most", zh="不高于"): ["–" if np.isnan(one) else f"{one:g}" for one in core["limit"]],
        say(lang, en="times the limit", zh="为限值的倍数"): ["–" if np.isnan(v) else f"{v:.1f}" for v in core["times"]],
    }
    return pd.DataFrame(cells, index=pd.Index(core["park_id"], name="park_id"))


def packages(found: fleet_results.FleetPackages, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate each park's package, the probability it reaches, and its known cost."""
    table, rows = found.table(), []
    for row in table.itertuples():
        decision, taken = found.decisions.get(row.park_id), found.taken(row.park_id)
        nothing = say(lang, en="no lever changes its peak", zh="没有措施能改变其峰值")
        reached = say(lang, en="reached", zh="达标") if row.reached else say(lang, en="closest", zh="最接近")
        rows.append(
            [
                marked(row.park_id, row.invented, lang),
                nothing if decision is None else package_name(decision.grid, taken.code, lang),
                rounding.share_text(row.p_without, lang),
                f"{rounding.share_text(row.p_with, lang)} ({reached})",
                "–" if taken is None else cost_text(taken, lang),
            ]
        )
    head = [
        say(lang, en="name", zh="名称"),
        say(lang, en="package", zh="组合"),
        say(lang, en=f"before {found.before}, no lever", zh=f"{found.before}年以前，无措施"),
        say(lang, en="with the package", zh="采用组合"),
        say(lang, en=f"cost (prices of {found.price_year})", zh=f"成本（{found.price_year}年价）"),
    ]
    return pd.DataFrame(rows, columns=head, index=pd.Index(table["park_id"]))


def shares(found: fleet_results.Shares, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate tonnes of every park by every rule; each rule adds up to the budget, to the tonne."""
    table = found.table().set_index("park_id").rename(index={"sum": say(lang, en="sum", zh="合计")})
    shown = pd.DataFrame(index=table.index)
    shown[say(lang, en="last on record, t", zh="最近观测，吨")] = [f"{value:,.0f}" for value in table["emissions"]]
    for name in fleet_results.RULES:
        if name in found.by_rule:
            label = pick(RULE_NAMES[name], lang)
            shown[say(lang, en=f"{label}, t", zh=f"{label}，吨")] = [f"{int(value):,}" for value in table[name]]
    return shown


def bands(found: pd.DataFrame, years: Sequence[int] = (2025, 2030, 2040), *, lang: str = "en") -> pd.DataFrame:
    """Tabulate coverage and width of the three bands in some years."""
    rows = {}
    scale = rounding.scale_of(float((found["high"] - found["low"]).max()), lang)
    for name in fleet_results.BANDS:
        part = found[found["band"] == name].set_index("year")
        rows[pick(BAND_NAMES[name], lang)] = [
            f"{rounding.share_text(float(part.loc[year, 'coverage']), lang)}"
            f" ({rounding.significant(float(part.loc[year, 'high'] - part.loc[year, 'low']) / scale.divisor)})"
            for year in years
        ]
    heads = [
        say(lang, en=f"{year}: coverage (width, {scale.unit})", zh=f"{year}年：覆盖率（宽度，{scale.unit}）")
        for year in years
    ]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)
