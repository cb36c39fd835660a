"""Tables of a park's plans: given drivers beside the baseline, projects, and what they do to the peak."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathway_models.findings.planning import DriverBands, PlanEffects
from pathway_models.presenting.names import item_name, scenario_name
from pathway_models.presenting.rounding import change_text, share_text, significant
from pathway_models.presenting.words import say
from pathway_models.records.park import Park
from pathway_models.records.plans import Load, Target

#: Units that are told in words.
SHARE = "share"


def driver_name(bands: DriverBands, lang: str) -> str:
    """A driver with its sector and item, and its unit."""
    names = {
        "activity": ("activity", "活动水平"),
        "intensity": ("energy intensity", "能源强度"),
        "share": ("share of", "能源占比"),
        "grid_factor": ("grid factor", "电网排放因子"),
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
    """Values as they are shown: shares in percent."""
    return values * 100.0 if unit == SHARE else values


def overrides(effects: PlanEffects, *, lang: str = "en") -> pd.DataFrame:
    """Every target of a given driver beside what the baseline has for that year.

    Returns
    -------
    DataFrame
        One row a driver and target year: medians and 90 % of members, without and with the override.
    """
    head = [
        say(lang, en="driver", zh="驱动因素"),
        say(lang, en="year", zh="年份"),
        say(lang, en="baseline: median", zh="基线：中位数"),
        say(lang, en="90 % of members", zh="90%的成员"),
        say(lang, en="given: median", zh="给定：中位数"),
        say(lang, en="90 % of members, given", zh="90%的成员（给定）"),
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


def _stated(target: Target, lang: str) -> str:
    """How a target was given; its level stands in the table already."""
    value = change_text(target.value, lang)
    if target.kind == "level":
        return say(lang, en="level", zh="水平值")
    if target.kind == "growth":
        return say(lang, en=f"{value} a year", zh=f"年均{value}")
    base = say(lang, en="the last observed year", zh="末个观测年")
    if target.base_year:
        base = say(lang, en=str(target.base_year), zh=f"{target.base_year}年")
    return say(lang, en=f"{value} against {base}", zh=f"较{base}{value}")


def chances(effects: PlanEffects, *, lang: str = "en") -> pd.DataFrame:
    """Probability of peaking before the year, by scenario: without plans, with each kind alone, with both."""
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
    """Committed projects of a park with their loads, chances and sources."""
    head = [
        say(lang, en="project", zh="项目"),
        say(lang, en="sector", zh="行业"),
        say(lang, en="start", zh="投产年"),
        say(lang, en="years to full load", zh="达产年数"),
        say(lang, en="probability", zh="实施概率"),
        say(lang, en="delay, likely - longest (years)", zh="延期：可能-最长（年）"),
        say(lang, en="load a year", zh="年负荷"),
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


def _load(park: Park, load: Load, lang: str) -> str:
    amount = f"{load.value:+,.6g}"
    if load.quantity == "energy":
        return f"{item_name(load.item, lang)} {amount} TJ"
    if load.quantity == "product":
        unit = next(process.unit for process in park.processes if process.name == load.item)
        return f"{item_name(load.item, lang)} {amount} {unit}"
    return say(lang, en=f"value added {amount} million CNY", zh=f"增加值 {amount} 百万元")
