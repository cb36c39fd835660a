"""Tables of pathways, levers and plans for readers: heads in words, rounded numbers, units and sources.

Display of records in a notebook: a heading and a small table, without ids, times or seeds.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import singledispatch
from html import escape

import numpy as np
import pandas as pd

from pathway_models.documents.blocks import text_table
from pathway_models.intake.naming import factor_name, item_name, park_name, scenario_name, source_text
from pathway_models.inventory.accounts import take_inventory
from pathway_models.inventory.decomposition import Decomposition
from pathway_models.kernels.turning_points import STATUS
from pathway_models.language.rounding import change_text, error_text, scale_of, share_text, significant
from pathway_models.language.words import INVENTED, display_language, say, word
from pathway_models.pathways import plan_effects
from pathway_models.peaks.finding import scenario_differences
from pathway_models.records import DriverTarget, Inventory, Park, ParkIdentity, Pathways, Scenario, Scenarios, plans
from pathway_models.records.peaks import Headline, Peaks


def _head(lang: str, **words: tuple[str, str]) -> dict[str, str]:
    """Return the column heads: key to text."""
    return {key: say(lang, en=en, zh=zh) for key, (en, zh) in words.items()}


def _table(rows: Sequence[tuple], head: dict[str, str], keys: int = 1) -> pd.DataFrame:
    """Build a table from rows and heads; the first columns name the rows."""
    return text_table(rows, list(head.values()), keys)


def inventory(park: Park, *, least: float = 0.0, lang: str = "en") -> pd.DataFrame:
    """Table the inventory of the last observed year by sector and source, with the factor behind each.

    Parameters
    ----------
    park : Park
    least : float
        Sources below this share of the total, in both years shown, are combined into one row.
    lang : {"en", "zh"}

    Returns
    -------
    DataFrame
        Largest first; the last row is the total.
    """
    found = take_inventory(park)
    last, total = found.emissions[:, -1], float(found.total()[-1])
    scale = scale_of(total, lang)
    head = _head(
        lang,
        sector=("sector", "行业"),
        source=("source", "排放源"),
        scope=("scope", "范围"),
        factor=("factor", "排放因子"),
        first=(f"{found.years[0]}", f"{found.years[0]}年"),
        last=(f"{found.years[-1]}", f"{found.years[-1]}年"),
        share=("share of total", "占比"),
    )
    head["first"], head["last"] = (f"{head[key]}, {scale.unit}" for key in ("first", "last"))
    order = np.argsort(-last, kind="stable")
    ends_of = found.emissions[:, [0, -1]]
    small = (np.abs(ends_of) < least * np.abs(found.total()[[0, -1]])).all(axis=1) & found.emissions.any(axis=1)
    small &= small.sum() > 1
    rows = [
        (
            item_name(found.rows[at][0], lang),
            item_name(found.rows[at][1], lang),
            str(found.rows[at][2]),
            factor_name(found.factor_ids[at], lang),
            f"{found.emissions[at, 0] / scale.divisor:,.2f}",
            f"{last[at] / scale.divisor:,.2f}",
            change_text(float(last[at] / total) if total else np.nan, lang, sign="-"),
        )
        for at in order
        if found.emissions[at].any() and not small[at]
    ]
    if small.any():
        name = say(lang, en=f"{small.sum()} others", zh=f"其余{small.sum()}项")
        sums = found.emissions[small][:, [0, -1]].sum(axis=0)
        part = change_text(float(sums[1] / total), lang, sign="-")
        rows.append((name, "", "", "", *(f"{value / scale.divisor:,.2f}" for value in sums), part))
    ends = [f"{value / scale.divisor:,.2f}" for value in found.total()[[0, -1]]]
    rows.append((word("total", lang), "", "", "", *ends, change_text(1.0, lang, sign="-")))
    return _table(rows, head, 2)


def factors(park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Table emission factors in use, by carrier and process: range over sectors and years, and origin."""
    head = _head(
        lang,
        item=("carrier or process", "能源品种或过程"),
        unit=("unit", "单位"),
        low=("lowest", "最低"),
        high=("highest", "最高"),
        last=(f"mean in {park.last_observed_year}", f"{park.last_observed_year}年均值"),
        choice=("source of the factor", "因子来源"),
    )
    rows = []
    for at, carrier in enumerate(park.carriers):
        used = park.energy[:, at] > 0
        if used.any():
            values, use = park.factors[:, at][used], park.energy[:, at, -1]
            mean = float((use * park.factors[:, at, -1]).sum() / use.sum()) if use.any() else float("nan")
            rows.append((carrier, "tCO2/TJ", values.min(), values.max(), mean))
    for at, process in enumerate(park.processes):
        values = park.process_factors[at]
        rows.append((process.name, f"tCO2/{process.unit}", values.min(), values.max(), values[-1]))
    accounts = take_inventory(park)
    behind: dict[str, dict[str, None]] = {}
    for (_, item, _), factor_id in zip(accounts.rows, accounts.factor_ids, strict=True):
        behind.setdefault(item, {}).update(dict.fromkeys(factor_id.split("; ")))
    origins = {item: factor_name("; ".join(ids), lang) for item, ids in behind.items()}
    shown = [
        (item_name(item, lang), unit, *(_factor_text(value) for value in values), origins[item])
        for item, unit, *values in rows
    ]
    return _table(shown, head)


def _factor_text(value: float) -> str:
    return "" if np.isnan(value) else significant(float(value), 4)


def peaks(found: Peaks, *, before: int = 2030, lang: str = "en") -> pd.DataFrame:
    """Table the headline first, then the peak year with its range or parts, and the peak value, by scenario."""
    rows = found.summary(before)
    scale = scale_of(max(float(row["peak_value_p50_tco2"]) for row in rows), lang)
    last = found.last_peak_year
    head = _head(
        lang,
        scenario=("scenario", "情景"),
        before=(f"P(before {before})", f"{before}年以前"),
        past=("already past", "已达峰"),
        ahead=("ahead", "未来达峰"),
        late=(f"not before {before}", "届时未达峰"),
        given=("P(ahead | not past)", "尚可争取的达峰概率"),
        again=("exceeds it again", "此后再超过"),
        by=(f"P(by end of {before})", f"{before}年底前"),
        p05=("peak year p05", "达峰年 p05"),
        p50=("p50, or parts", "p50，或各部分"),
        p95=("p95", "p95"),
        censored=(f"no peak by {last}", f"至{last}年未达峰"),
        value=(f"peak value p50, {scale.unit}", f"峰值 p50，{scale.unit}"),
        status=("most frequent status", "最常见状态"),
    )
    shown = [
        (
            scenario_name(str(row["scenario"]), lang),
            _share(row[f"p_peak_before_{before}"], lang) + error_text(float(row["p_se"])),
            _share(row["p_past"], lang),
            _share(row["p_ahead"], lang),
            _share(row["p_not_before"], lang),
            _share(row["p_ahead_given_not_past"], lang) + error_text(float(row["p_se_ahead_given"])),
            _share(row["p_again"], lang),
            _share(row[f"p_peak_by_{before}"], lang),
            row["peak_year_p05"],
            row["peak_parts"] or row["peak_year_p50"],
            row["peak_year_p95"],
            share_text(float(row["share_censored"]), lang),
            significant(float(row["peak_value_p50_tco2"]) / scale.divisor),
            word(str(row["peak_status"]), lang),
        )
        for row in rows
    ]
    return _table(shown, head)


def _share(value: object, lang: str) -> str:
    """Write a share, or "-" where there is none."""
    share = float(value)  # type: ignore[arg-type]
    return "-" if np.isnan(share) else share_text(share, lang)


def readings(found: Peaks, held: Peaks, *, before: int = 2030, lang: str = "en") -> pd.DataFrame:
    """Table the headline in both readings, by scenario: as such plans turn out, and if its drivers hold.

    Parameters
    ----------
    found, held : Peaks
        Of the same draws; the second of ``project(..., drivers="hold")``.
    """
    turn_out = say(lang, en="as such plans turn out", zh="按此类规划的历史兑现情况")
    hold = say(lang, en="if its drivers hold", zh="若驱动因素如期")
    words = (("P(before {})", "{}年以前"), ("already past", "已达峰"), ("ahead | not past", "尚可争取的达峰概率"))
    heads = [say(lang, en=en, zh=zh).format(before) for en, zh in words]
    rows = []
    for name, *both in zip(found.scenarios, found.headline(before), held.headline(before), strict=True):
        cells = []
        for row in both:
            cells += [
                _share(row["p_before"], lang) + error_text(float(row["p_se"])),
                _share(row["p_past"], lang),
                _share(row["p_ahead_given_not_past"], lang) + error_text(float(row["p_se_ahead_given"])),
            ]
        rows.append((scenario_name(name, lang), *cells))
    columns = [
        say(lang, en="scenario", zh="情景"),
        *(head + say(lang, en=", ", zh="，") + part for part in (turn_out, hold) for head in heads),
    ]
    return text_table(rows, columns)


def statuses(found: Peaks, *, lang: str = "en") -> pd.DataFrame:
    """Table the share of members by status, a row a scenario; rows add up to all members."""
    shares = found.status_shares()
    columns = [word(name, lang) for name in STATUS]
    rows = [[share_text(min(float(value), 1.0), lang) for value in row] for row in shares]
    names = [scenario_name(name, lang) for name in found.scenarios]
    heads = [say(lang, en="scenario", zh="情景"), *columns]
    return text_table([(name, *row) for name, row in zip(names, rows, strict=True)], heads)


def levers(scenario: Scenario | Iterable[Scenario], *, lang: str = "en") -> pd.DataFrame:
    """Table every parameter of the levers of scenarios: low, mode, high, unit, years and source."""
    chosen = [scenario] if isinstance(scenario, Scenario) else list(scenario)
    head = _head(
        lang,
        family=("family", "类别"),
        lever=("lever", "措施"),
        setting=("setting", "力度"),
        years=("phase-in", "实施期"),
        parameter=("parameter", "参数"),
        unit=("unit", "单位"),
        low=("low", "低"),
        mode=("mode", "众数"),
        high=("high", "高"),
        source=("source", "来源"),
    )
    rows = dict.fromkeys(
        (
            word(measure.lever.family, lang),
            measure.lever.name_zh if lang == "zh" else measure.lever.name_en,
            word(measure.setting, lang),
            f"{measure.ramp.start}-{measure.ramp.complete}",
            measure.lever.acts.parameter(name).label.zh if lang == "zh" else name,
            word(measure.lever.units.get(name, ""), lang),
            f"{corners.low:g}",
            f"{corners.mode:g}",
            f"{corners.high:g}",
            source_text(measure.lever.source_of(name, measure.setting), lang),
        )
        for one in chosen
        for measure in one.measures
        for name, corners in measure.lever.triangles(measure.setting).items()
    )
    return _table(list(rows), head, 2)


def decomposition(parts: Decomposition, *, lang: str = "en") -> pd.DataFrame:
    """Table the effects of each driver over the record, and their sum beside the change of emissions."""
    scale = scale_of(float(np.abs(parts.emissions).max()), lang)
    sums, change = parts.sums(), float(parts.emissions[-1] - parts.emissions[0])
    names = [word(name, lang) for name in sums]
    values = [f"{value / scale.divisor + 0.0:+,.2f}" for value in (*sums.values(), sum(sums.values()), change)]
    labels = [*names, say(lang, en="sum of effects", zh="效应合计"), say(lang, en="change in inventory", zh="清单变化")]
    head = {"driver": say(lang, en="driver", zh="驱动因素"), "effect": scale.unit}
    return _table(list(zip(labels, values, strict=True)), head)


def compare(
    pathways: Pathways,
    found: Peaks,
    scenarios: Mapping[str, Scenario],
    *,
    year: int = 2035,
    before: int = 2030,
    lang: str = "en",
) -> pd.DataFrame:
    """Compare emissions and the probability of an early peak with the scenario without levers."""
    head = _head(
        lang,
        scenario=("scenario", "情景"),
        p50=(f"emissions in {year}, p50", f"{year}年排放变化 p50"),
        p05=("p05", "p05"),
        p95=("p95", "p95"),
        gain=(f"P(before {before}), points", f"{before}年以前达峰概率，百分点"),
    )
    rows = [
        (
            scenario_name(one.scenario, lang),
            *(change_text(value, lang) for value in (one.p50, one.p05, one.p95)),
            f"{round(100 * one.gain):+d}",
        )
        for one in scenario_differences(pathways, found, scenarios, year=year, before=before)
    ]
    return _table(rows, head)


#: Units written in words.
SHARE = "share"


def driver_name(bands: plan_effects.DriverBands, lang: str) -> str:
    """Name a driver with its sector and item, and its unit."""
    names = {
        "activity": ("activity", "活动水平"),
        "intensity": ("energy intensity", "能源强度"),
        "share": ("share of", "能源占比"),
        "grid_factor": ("grid factor", "电网排放因子"),
        "heat_factor": ("factor of purchased heat", "外购热力排放因子"),
        "output": ("output of", "产量"),
    }
    en, zh = names[bands.driver]
    item = item_name(bands.item, lang) if bands.item else ""
    sector = item_name(bands.sector, lang) if bands.sector else ""
    unit = "%" if bands.unit == SHARE else bands.unit
    if lang == "zh":
        unit = unit.replace("million CNY", "百万元").replace("persons", "人")
        return f"{sector}{item}{zh}（{unit}）"
    return f"{' '.join(part for part in (en, item) if part)}{', ' if sector else ''}{sector} ({unit})"


def shown_values(values: np.ndarray, unit: str) -> np.ndarray:
    """Convert values to the unit shown: shares in percent."""
    return values * 100.0 if unit == SHARE else values


def overrides(effects: plan_effects.PlanEffects, *, lang: str = "en") -> pd.DataFrame:
    """Table every target of a given driver beside the baseline's value for that year.

    Returns
    -------
    DataFrame
        One row a driver and target year: medians and 90 % of members, without and with the override.
    """
    head = [
        say(lang, en="driver", zh="驱动因素"),
        say(lang, en="year", zh="年份"),
        say(lang, en="baseline: median", zh="基线：中位数"),
        say(lang, en="90 % of members", zh="90%区间"),
        say(lang, en="given: median", zh="给定：中位数"),
        say(lang, en="90 % of members, given", zh="90%区间（给定）"),
        say(lang, en="stated as", zh="给定方式"),
        say(lang, en="source", zh="来源"),
    ]
    rows = []
    for bands in effects.drivers:
        for target in bands.targets:
            if target.year > effects.years[-1]:
                continue
            at = target.year - int(effects.years[0])
            cells = []
            for part in (bands.without, bands.given):
                low, middle, high = (significant(float(v), 3) for v in shown_values(part[:, at], bands.unit))
                cells += [middle, low if low == high else f"{low} - {high}"]
            rows.append((driver_name(bands, lang), str(target.year), *cells, _stated(target, lang), target.source))
    return pd.DataFrame(rows, columns=head).set_index(head[:2])


def _stated(target: DriverTarget, lang: str) -> str:
    """Describe the form in which a target was given; its level has a column of its own."""
    value = change_text(target.value, lang)
    if target.kind == "level":
        return say(lang, en="level", zh="水平值")
    if target.kind == "growth":
        return say(lang, en=f"{value} a year", zh=f"年均{value}")
    base = say(lang, en="the last observed year", zh="末个观测年")
    if target.base_year:
        base = say(lang, en=str(target.base_year), zh=f"{target.base_year}年")
    return say(lang, en=f"{value} against {base}", zh=f"较{base}{value}")


def chances(effects: plan_effects.PlanEffects, *, lang: str = "en") -> pd.DataFrame:
    """Table the probability of peaking before the year by scenario: without plans, with each kind alone, with both."""
    year = effects.before
    head = [
        say(lang, en="scenario", zh="情景"),
        say(lang, en=f"P(peak before {year}), baseline", zh=f"{year}年以前达峰概率：基线"),
        say(lang, en="with overrides", zh="含给定路径"),
        say(lang, en="with projects", zh="含项目"),
        say(lang, en="with both", zh="两者皆含"),
    ]
    parts = (effects.p_without, effects.p_overrides, effects.p_projects, effects.p_with)
    rows = [
        (scenario_name(name, lang), *(share_text(float(part[at]), lang) for part in parts))
        for at, name in enumerate(effects.scenarios)
    ]
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def projects(park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Table the committed projects of a park with their loads, probabilities and sources."""
    head = [
        say(lang, en="project", zh="项目"),
        say(lang, en="sector", zh="行业"),
        say(lang, en="start", zh="投产年"),
        say(lang, en="years to full load", zh="达产年数"),
        say(lang, en="probability", zh="实施概率"),
        say(lang, en="delay, likely - longest (years)", zh="延期：可能-最长（年）"),
        say(lang, en="annual load", zh="年负荷"),
        say(lang, en="source", zh="来源"),
    ]
    rows = [
        (
            one.name,
            item_name(one.sector, lang),
            str(one.start),
            str(one.ramp_years),
            share_text(one.probability, lang),
            f"{one.delay_likely:g} - {one.delay_longest:g}" if one.delay_longest else "",
            "; ".join(_load(park, load, lang) for load in one.loads),
            one.source,
        )
        for one in park.plans.projects
    ]
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def _load(park: Park, load: plans.Load, lang: str) -> str:
    amount = f"{load.value:+,.6g}"
    if load.quantity == "energy":
        return f"{item_name(load.item, lang)} {amount} TJ"
    if load.quantity == "product":
        unit = next(process.unit for process in park.processes if process.name == load.item)
        return f"{item_name(load.item, lang)} {amount} {unit}"
    return say(lang, en=f"value added {amount} million CNY", zh=f"增加值 {amount} 百万元")


#: Years between the columns of a table of pathways.
STEP = 10


def html_of(record: object) -> str:
    """Render a record as HTML in the language of displays: its heading, and its table."""
    title, table = _shown(record, display_language())
    return f"<p><strong>{escape(title)}</strong></p>{table.to_html(border=0)}"


def _title(identity: Park | ParkIdentity, lang: str, what: str, **values: object) -> str:
    mark = f"[{INVENTED}] " if identity.invented else ""
    return f"{mark}{park_name(identity, lang)}{word('colon', lang)}{word(what, lang, **values)}"


@singledispatch
def _shown(record: object, lang: str) -> tuple[str, pd.DataFrame]:
    raise TypeError(f"no display of {type(record).__name__}")


@_shown.register
def _(record: Park, lang: str) -> tuple[str, pd.DataFrame]:
    last, energy = record.last_observed_year, record.energy.sum(axis=0)
    rows = {item_name(name, lang): energy[at] for at, name in enumerate(record.carriers) if energy[at].any()}
    years = [int(record.years[0]), last]
    cells = [[significant(float(values[at])) for at in (0, -1)] for values in rows.values()]
    table = pd.DataFrame(cells, index=list(rows), columns=[f"{year}, TJ" for year in years])
    told = {"count": len(record.sectors), "first": years[0], "last": last}
    return _title(record, lang, "shown_park", **told), table


@_shown.register
def _(record: Inventory, lang: str) -> tuple[str, pd.DataFrame]:
    scale = scale_of(float(np.abs(record.total()).max()), lang)
    rows = {word("scope 1", lang): record.scope(1), word("scope 2", lang): record.scope(2)}
    rows |= {word("total", lang): record.total()}
    cells = [[f"{value / scale.divisor:,.2f}" for value in values] for values in rows.values()]
    table = pd.DataFrame(cells, index=list(rows), columns=record.years.tolist())
    return _title(record.identity, lang, "shown_emissions", unit=scale.unit), table


@_shown.register
def _(record: Pathways, lang: str) -> tuple[str, pd.DataFrame]:
    total, last = record.total(), record.last_observed_year
    years = [year for year in record.years.tolist() if year == last or (year > last and not year % STEP)]
    columns = np.searchsorted(record.years, years)
    scale = scale_of(float(np.median(total, axis=1).max()), lang)
    low, middle, high = np.quantile(total[..., columns], (0.05, 0.5, 0.95), axis=1)
    names = [scenario_name(name, lang) for name in record.scenarios]
    cells = [
        [f"{significant(m / scale.divisor)} ({significant(a / scale.divisor)} - {significant(b / scale.divisor)})"
         for a, m, b in zip(*row, strict=True)]
        for row in zip(low, middle, high, strict=True)
    ]  # fmt: skip
    return (
        _title(record.identity, lang, "shown_pathways", count=total.shape[1], unit=scale.unit),
        pd.DataFrame(cells, index=names, columns=years),
    )


@_shown.register
def _(record: Peaks, lang: str) -> tuple[str, pd.DataFrame]:
    before = record.before or 2030
    return _title(record.identity, lang, "shown_peaks", year=before), peaks(record, before=before, lang=lang)


@_shown.register
def _(record: Headline, lang: str) -> tuple[str, pd.DataFrame]:
    head = [word(name, lang) for name in ("peaks in time", "past already", "ahead of us", "not before")]
    shares = (record.p_before, record.p_past, record.p_ahead, record.p_not_before)
    cells = [[share_text(float(share), lang) for share in row] for row in zip(*shares, strict=True)]
    names = [scenario_name(name, lang) for name in record.scenarios]
    title = _title(record.identity, lang, "shown_headline", year=record.before, issued=record.issue_year)
    return title, pd.DataFrame(cells, index=names, columns=head)


@_shown.register
def _(record: Scenarios, lang: str) -> tuple[str, pd.DataFrame]:
    rows = [
        (scenario.name_zh if lang == "zh" else scenario.name_en, str(len(scenario.measures)),
         word("comma", lang).join(dict.fromkeys(word(one.lever.family, lang) for one in scenario.measures)))
        for scenario in record.values()
    ]  # fmt: skip
    head = [word(name, lang) for name in ("scenario_column", "levers", "families")]
    return word("shown_scenarios", lang, count=len(rows)), pd.DataFrame(rows, columns=head).set_index(head[0])


@singledispatch
def frame_of(record: object) -> pd.DataFrame:
    """Return a record as a long table, in canonical units.

    Returns
    -------
    pandas.DataFrame
        A park: energy (TJ) and factor (tCO2/TJ) by sector, carrier and year.  An inventory: tCO2 by sector, source,
        scope and year.  Pathways: mean and quantiles of the total (tCO2) by scenario and year.  Peaks:
        `Peaks.summary`.  A headline: its rows by scenario.
        Scenarios: a row a lever with its setting and phase-in.
    """
    raise TypeError(f"no table of {type(record).__name__}")


@frame_of.register
def _(record: Park) -> pd.DataFrame:
    names = pd.MultiIndex.from_product(
        [record.sectors, record.carriers, record.years.tolist()], names=["sector", "carrier", "year"]
    )
    values = {"energy_tj": record.energy.ravel(), "factor_tco2_per_tj": record.factors.ravel()}
    return pd.DataFrame(values, index=names).reset_index()


@frame_of.register
def _(record: Inventory) -> pd.DataFrame:
    names = pd.MultiIndex.from_tuples(record.rows, names=["sector", "source", "scope"])
    wide = pd.DataFrame(record.emissions, index=names, columns=record.years.tolist())
    return wide.rename_axis(columns="year").stack().rename("emissions_tco2").reset_index()


@frame_of.register
def _(record: Pathways) -> pd.DataFrame:
    total, shares = record.total(), (0.05, 0.25, 0.5, 0.75, 0.95)
    names = pd.MultiIndex.from_product([record.scenarios, record.years.tolist()], names=["scenario", "year"])
    values = {"mean": total.mean(axis=1).ravel()}
    values |= {f"p{100 * share:02.0f}": np.quantile(total, share, axis=1).ravel() for share in shares}
    return pd.DataFrame(values, index=names).reset_index()


@frame_of.register
def _(record: Peaks) -> pd.DataFrame:
    return pd.DataFrame(record.summary(record.before or 2030))


@frame_of.register
def _(record: Headline) -> pd.DataFrame:
    return pd.DataFrame(record.rows()).set_index("scenario")


@frame_of.register
def _(record: Scenarios) -> pd.DataFrame:
    rows = [
        {"scenario": one.scenario_id, "name_en": one.name_en, "name_zh": one.name_zh, "lever": each.lever.lever_id,
         "family": each.lever.family, "setting": each.setting, "start": each.ramp.start,
         "complete": each.ramp.complete}
        for one in record.values()
        for each in one.measures
    ]  # fmt: skip
    return pd.DataFrame(rows)
