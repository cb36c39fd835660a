"""Tables of an inventory: balance checks, quality, missing data, electricity, factor sets, indicators.

Balance checks of an inventory: sums that must agree, and their differences.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pathway_models.core import InputError, units
from pathway_models.intake import messages, naming, numbers, parks
from pathway_models.intake.factors import ids, spread, tables
from pathway_models.inventory import accounts, decomposition
from pathway_models.inventory.indicators import indicators, summed_energy, system_name, total_energy
from pathway_models.language import rounding, say, word
from pathway_models.records import Park

#: Sums of the same numbers may differ by rounding only.
ROUNDING = 1e-9


@dataclass(frozen=True)
class BalanceCheck:
    """Sum that must agree with another one.

    Parameters
    ----------
    key : str
        ``ledger``, ``scopes``, ``sectors``, ``drivers``, ``stated_energy`` or ``stated_shares``.
    year : int
        The year in which they differ most.
    found, expected : float
    unit : str
    allowed : float
        Largest relative difference that counts as closed.
    """

    key: str
    year: int
    found: float
    expected: float
    unit: str
    allowed: float

    @property
    def difference(self) -> float:
        """Relative difference."""
        return abs(self.found - self.expected) / abs(self.expected) if self.expected else abs(self.found)

    @property
    def closes(self) -> bool:
        """True where the difference is allowed."""
        return self.difference <= self.allowed


def check_balances(park: Park) -> list[BalanceCheck]:
    """Compare every sum of a park with the one it must agree with.

    Returns
    -------
    list of BalanceCheck
        Sums the table states itself come last, where it states any.
    """
    inventory = accounts.take_inventory(park)
    total = inventory.total()
    by_year = dict.fromkeys(map(int, park.years), 0.0)
    for line in accounts.ledger_rows(park):
        by_year[int(line["year"])] += float(line["emissions_tco2"])
    found = [
        _largest("ledger", park, np.array(list(by_year.values())), total),
        _largest("scopes", park, inventory.scope(1) + inventory.scope(2), total),
    ]
    if len(park.sectors) > 1:
        found.append(_largest("sectors", park, sum(inventory.by_sector().values()), total))
    effects = decomposition.decompose_past(park)
    moved = total[0] + np.concatenate([[0.0], effects.values.sum(axis=0).cumsum()])
    return [*found, _largest("drivers", park, moved, total), *_stated(park)]


def _carriers(park: Park) -> dict[int, float]:
    """Sum carriers with feedstock and power made on site, less sales beyond the purchases, TJ by year."""
    made = park.memo_items.get(("generation", "park", "renewable"), {})
    sold = [j for j, process in enumerate(park.processes) if process.name.startswith(ids.SOLD)]
    beyond = dict(zip(map(int, park.years), park.outputs[sold].sum(axis=0), strict=True))
    return {
        year: tj + made.get(year, 0.0) * units.TJ_PER_MWH - float(beyond[year])
        for year, tj in summed_energy(park).items()
    }


def _largest(key: str, park: Park, found: np.ndarray, expected: np.ndarray) -> BalanceCheck:
    off = np.abs(found / expected - 1)
    # Rounding errors differ between processors: no year is the worst.
    at = int(off.argmax()) if off.max() > ROUNDING else -1
    return BalanceCheck(key, int(park.years[at]), float(found[at]), float(expected[at]), "tCO2", ROUNDING)


def _stated(park: Park) -> list[BalanceCheck]:
    """Compare the totals stated in the table with the sums of their parts."""
    bounds, checks = numbers.read_plausible().bounds, []
    stated, summed = park.memo_items.get(("total_energy", "park", ""), {}), _carriers(park)
    pairs = {year: (summed[year], stated[year]) for year in stated if year in summed and stated[year] > 0}
    if pairs:
        year = max(pairs, key=lambda year: abs(pairs[year][0] / pairs[year][1] - 1))
        one, other = (value / units.TJ_PER_TCE for value in pairs[year])
        checks.append(BalanceCheck("stated_energy", year, one, other, "tce", bounds["closure"].high - 1))
    shares = [values for (quantity, *_), values in park.memo_items.items() if quantity == "energy_share"]
    sums = {year: sum(values.get(year, 0.0) for values in shares) for year in (shares[0] if shares else ())}
    if sums and len(shares) == 5:
        year = max(sums, key=lambda year: abs(sums[year] - 1))
        checks.append(BalanceCheck("stated_shares", year, sums[year], 1.0, "share", bounds["shares"].high - 1))
    return checks


#: Name of `check_balances` before 0.3, kept for one release.
closure = check_balances


BALANCES = {
    "ledger": ("ledger, cell by cell = inventory", "逐格台账合计 = 清单总量"),
    "scopes": ("scope 1 + scope 2 = total", "范围一 + 范围二 = 总量"),
    "sectors": ("sum of sectors = total", "分行业合计 = 总量"),
    "drivers": ("first year + effects of drivers = last year", "首年 + 各驱动效应 = 末年"),
    "stated_energy": ("sum of carriers = stated total energy", "分品种合计 = 填报综合能耗"),
    "stated_shares": ("stated shares = 1", "填报占比合计 = 1"),
}
MISSING = {
    "sectors": ("split by sector", "分行业数据", "shifts between sectors look like intensity; measured below",
                "行业间变化表现为强度变化；代价见下表实测"),
    "carriers": ("split by carrier", "分能源品种数据", "fuel switching cannot be seen; measured below",
                 "无法看到燃料替代；代价见下表实测"),
    "economy": ("value added or GDP", "增加值或地区生产总值", "growth and intensity cannot be told apart",
                "增长与强度无法区分"),
    "grades": ("quality grades of the values", "数据质量等级",
               "no errors of activity data are drawn; the effect of grades is measured below",
               "不抽取活动水平误差；各等级的影响见下表实测"),
    "own_factors": ("own factors", "自有因子", "factors of the set, with the spread that fits their confidence",
                    "采用因子组因子，并带其可信度对应的离散度"),
    "own_grid_factor": ("grid factor of the same year", "当年电网因子",
                        "a substitute, with the spread between the three named substitutes",
                        "采用替代因子，并带三种替代值之间的离散度"),
    "processes": ("industrial processes", "工业过程", "process emissions are outside the inventory",
                  "过程排放不在清单内"),
    "feedstock": ("fuel used as feedstock", "用作原料的能源", "all fuel counts as burnt", "全部燃料按燃烧计"),
    "uses": ("what its energy is used for", "能源用途",
             "levers act on the uses assumed for its types of sectors (data/sectors.yml)",
             "措施按行业类型的默认用途作用（均为假设，data/sectors.yml）"),
    "stated_total": ("stated total energy", "填报综合能耗", "the carriers cannot be checked against a total",
                     "分品种数据无法与总量核对"),
    "sinks": ("green areas with their sink rate", "绿地面积及碳汇速率", "no sinks can be listed beside the emissions",
              "排放旁无碳汇可列"),
    "pollutants": ("measured air pollutants", "实测大气污染物", "co-benefits rely on general factors",
                   "协同效益依赖通用系数"),
}  # fmt: skip
DETAIL = {
    "as_given": ("as in the table", "按现有数据表"),
    "without_sectors": ("without sectors", "不分行业"),
    "totals_only": ("totals only", "仅有总量"),
    "grade_A": ("all values of grade A", "全部为A级"),
    "grade_B": ("all values of grade B", "全部为B级"),
    "grade_C": ("all values of grade C, or none given", "全部为C级或未填等级"),
    "grade_D": ("all values of grade D", "全部为D级"),
}


def named(words: dict[str, tuple[str, ...]], key: str, lang: str) -> str:
    """Return the first pair of words of a key."""
    return say(lang, en=words[key][0], zh=words[key][1])


#: Half of the 90 % range of a normal distribution, in standard deviations.
HALF_OF_90 = 1.645
#: Differences below this are rounding, which differs between processors.
NOTHING = 1e-9


def _table(rows: list[tuple], head: list[tuple[str, str]], lang: str) -> pd.DataFrame:
    """Build a table from rows and heads; the first column names the rows."""
    names = [say(lang, en=en, zh=zh) for en, zh in head]
    return pd.DataFrame(rows, columns=names).set_index(names[0])


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def balance_checks(checks: Iterable[BalanceCheck], *, lang: str = "en") -> pd.DataFrame:
    """Table every sum that must agree, the year it differs most, and the verdict."""
    head = [("sum", "核对项"), ("year", "年份"), ("found", "合计"), ("expected", "应为"), ("unit", "单位"),
            ("difference", "相对差"), ("closes", "是否闭合")]  # fmt: skip
    rows = [
        (
            named(BALANCES, one.key, lang),
            say(lang, en="every year", zh="各年") if one.difference < NOTHING else str(one.year),
            rounding.significant(one.found, 6),
            rounding.significant(one.expected, 6),
            one.unit,
            f"<{NOTHING:g}" if one.difference < NOTHING else _percent(one.difference, 2),
            say(lang, en="yes", zh="是") if one.closes else say(lang, en="NO", zh="否"),
        )
        for one in checks
    ]
    return _table(rows, head, lang)


def quality(park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Table the emissions of each group with the errors of its factors and activity data."""
    head = [("group", "类别"), ("share of emissions", "排放占比"), ("factor error (1 sd)", "因子误差（1倍标准差）"),
            ("activity error (1 sd)", "活动水平误差（1倍标准差）"),
            ("90 % range of its emissions", "该类排放的90%区间")]  # fmt: skip
    rows = []
    shipped = spread.read_uncertainties().factor_errors
    for group, (factor, activity, share) in decomposition.errors_by_group(park, shipped).items():
        whole = HALF_OF_90 * float(np.hypot(factor, activity))
        band = f"{100 * np.expm1(-whole):+.0f} % … {100 * np.expm1(whole):+.0f} %"
        stated = _percent(activity) if activity else say(lang, en="not graded", zh="未分级")
        rows.append((word(group, lang), _percent(share), _percent(factor), stated, band))
    return _table(rows, head, lang)


def missing_data(park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Table the contents of a full table, their presence in this one, and the consequence of each absence."""
    head = [("what", "内容"), ("in the table", "表中有无"), ("without it", "缺失的后果")]
    rows = []
    for key, is_there in decomposition.parts_present(park).items():
        follows = say(lang, en=MISSING[key][2], zh=MISSING[key][3])
        there = say(lang, en="yes", zh="有") if is_there else say(lang, en="no", zh="无")
        rows.append((named(MISSING, key, lang), there, "" if is_there else follows))
    return _table(rows, head, lang)


def data_detail(found: Iterable[decomposition.DetailBands], before: int = 2030, *, lang: str = "en") -> pd.DataFrame:
    """Table bands of emissions and of the peak year at several levels of data detail."""
    found = list(found)
    scale, base = rounding.scale_of(float(found[0].then[1]), lang), found[0].then[1]
    head = [("detail", "数据详略"), ("last year, p05-p95 width", "末年排放 p05-p95 宽度"),
            (f"{before}, p50, {scale.unit}", f"{before}年 p50，{scale.unit}"), ("shift of p50", "p50 偏移"),
            (f"{before}, p05-p95 width", f"{before}年 p05-p95 宽度"),
            ("peak year p05 / p50 / p95, or parts", "达峰年 p05 / p50 / p95，或各部分"),
            (f"P(before {before})", f"{before}年以前达峰概率")]  # fmt: skip
    rows = [
        (
            named(DETAIL, one.key, lang),
            _percent(one.width("now"), 0),
            rounding.significant(float(one.then[1]) / scale.divisor),
            f"{100 * (one.then[1] / base - 1):+.0f} %",
            _percent(one.width("then"), 0),
            one.parts or " / ".join(one.peak),
            rounding.share_text(one.p_before, lang),
        )
        for one in found
    ]
    return _table(rows, head, lang)


def dual_reporting(park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Table the accounts of purchased power side by side by year, with memo items and intensities."""
    found, beside = accounts.take_inventory(park), accounts.totals_beside(park)
    scale = rounding.scale_of(float(found.total().max()), lang)
    electricity = [row[1] == "electricity" for row in found.rows]
    power = found.emissions[electricity].sum(axis=0)
    captured = found.emissions[[row[1].startswith(ids.CAPTURED) for row in found.rows]].sum(axis=0)
    lines = {
        ("scope 1", "范围一"): found.scope(1),
        ("scope 2, as reported", "范围二（填报口径）"): found.scope(2),
        (
            "total, as reported: green power 0, rest at the mean",
            "总量（填报口径：绿电计零，其余按平均）",
        ): found.total(),
        ("purchased power, as reported", "外购电力（填报口径）"): power,
        ("purchased power, location-based", "外购电力（基于位置）"): found.location_based,
        ("total, location-based", "总量（基于位置）"): beside.get("location", found.total()),
        ("total, market-based: rest without traded green power", "总量（基于市场：其余扣除市场化绿电）"): beside.get(
            "market", found.total()
        ),
        ("captured CO₂ (inside the total)", "捕集的CO₂（已计入总量）"): captured,
        ("sinks (beside the total)", "碳汇（不计入总量）"): found.sinks,
    }
    years = [str(year) for year in found.years]
    rows = [
        (say(lang, en=en, zh=zh), scale.unit, *(f"{value / scale.divisor:,.2f}" for value in values + 0.0))
        for (en, zh), values in lines.items()
        if values.any()
    ]
    rows += _intensities(park, found.total(), lang)
    return _table(rows, [("", ""), ("unit", "单位"), *((year, year) for year in years)], lang)


def _intensities(park: Park, total: np.ndarray, lang: str) -> list[tuple]:
    tce = np.array([total_energy(park)[int(year)] for year in park.years])
    economic = np.isin(park.activity_kinds, decomposition.ECONOMIC)
    rows = []
    if economic.any():
        added = park.activity[economic].sum(axis=0) * 100  # million CNY to 10^4 CNY
        unit, name = say(lang, en="tCO2/10⁴ CNY", zh="tCO2/万元"), say(lang, en="per value added", zh="单位增加值排放")
        rows.append((name, unit, *(f"{value:.3f}" for value in total / added)))
    if not tce.all():
        return rows
    name = say(lang, en="per tonne of standard coal", zh="单位能耗排放")
    return [*rows, (name, "tCO2/tce", *(f"{value:.3f}" for value in total / tce))]


def factor_choices(park_id: str, park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Table the park's last year under each factor set, every other choice left as it is."""
    head = [("factor set", "因子组"), ("emissions", "排放"), ("unit", "单位"),
            ("against the park's choice", "与园区选择相比"), ("remark", "说明")]  # fmt: skip
    own = float(accounts.take_inventory(park).total()[-1])
    scale, rows = rounding.scale_of(own, lang), []
    for name in tables.factor_sets():
        mark = say(lang, en="chosen by the park", zh="园区所选") if name == park.factor_set else ""
        try:
            total = float(accounts.take_inventory(parks.read_park(park_id, factor_set=name)).total()[-1])
        except InputError as error:
            lacking = say(lang, en=f"cannot be used: {error.count} faults", zh=f"不可用：{error.count}处错误")
            rows.append((name, "", "", "", lacking))
            continue
        rows.append(
            (
                name,
                rounding.significant(total / scale.divisor, 5),
                scale.unit,
                f"{100 * (total / own - 1):+.2f} %",
                mark,
            )
        )
    return _table(rows, head, lang)


def indicator_table(park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Table the indicators of HJ 274-2015 and of the zero-carbon parks of 2025, first and last year, with limits."""
    head = [("indicator", "指标"), ("unit", "单位"), ("first", "首年"), ("last", "末年"), ("required", "要求"),
            ("source, confidence of the threshold", "来源与阈值可信度")]  # fmt: skip
    rows = []
    for one in indicators(park):
        years = sorted(one.values)
        first, last = (f"{one.values[year]:.4g} ({year})" for year in (years[0], years[-1]))
        name = say(lang, en=one.name_en, zh=one.requirement.name_zh)
        asked, sure = (
            messages.translated(text, lang, "tables") for text in (one.requirement.text, one.requirement.confidence)
        )
        source = f"{system_name(one, lang)}{say(lang, en=', ', zh='，')}{sure}"
        rows.append((name, naming.unit_name(one.unit, lang), first, last, asked, source))
    return _table(rows, head, lang)
